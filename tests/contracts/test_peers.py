"""What `experiments/speed/peers.py` says of peers that are absent or fail, and how it counts; nothing is timed here."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

SPEED = Path(__file__).resolve().parents[2] / "experiments" / "speed"


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(SPEED)
    return importlib.import_module("peers")


def test_what_is_absent_or_fails_is_said_and_left_out(peers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def repeat(peer: Any, replicate: int) -> Any:
        if peer.package == "mesa-frames":
            raise RuntimeError("no such thing")
        return peers.Repeat(1e-3 * replicate, 10_000, 10, 2_000 if peer is peers.KRIMPSIM else 0)

    monkeypatch.setattr(peers, "installed", lambda peer: "" if peer is peers.STARSIM else "9.9")
    monkeypatch.setattr(peers, "repeat", repeat)
    found, absent = peers.measure(3)
    rows = {row[0]: row[1:] for row in peers.table(found, absent)}
    assert rows["Starsim"] == ("not installed: pip install -r experiments/speed/peers.txt", "", "", "", "", "")
    assert rows["mesa-frames"] == ("did not run: no such thing", "", "", "", "", "")
    assert rows["plain Mesa 9.9"][1:] == ("200", "100 to 300", "1.00", "1,000", "10")
    assert rows["krimpsim 9.9"][1:] == ("200", "100 to 300", "1.00", "1,000", "10")
    assert rows["  per person who needs care"][1:] == ("1000", "500 to 1500", "5.00", "200", "10")
    assert peers.verdict(found).endswith(": not measured")


@pytest.mark.parametrize(("ours", "said"), [(0.9, "met"), (1.1, "missed")])
def test_the_goal_is_starsim(peers: Any, ours: float, said: str) -> None:
    found = {peers.KRIMPSIM: [peers.Repeat(ours, 10, 1)], peers.STARSIM: [peers.Repeat(1.0, 10, 1)]}
    assert peers.verdict(found).endswith(f": {said}")


def test_every_peer_has_a_file_and_a_way_to_be_installed(peers: Any) -> None:
    listed = (SPEED / "peers.txt").read_text(encoding="utf-8")
    for peer in peers.PEERS:
        assert not peer.module or (SPEED / f"{peer.module}.py").exists()
        assert not peer.module or peer.package in listed
