"""The same luck gives the same numbers, whatever the order of rows, the number of processes or the machine's mood."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_tools import (
    ROOT,
    TABLES,
    TINY,
    config_of,
    differences,
    digest,
    finished,
    result_of,
    same,
    shuffled,
    small,
    state_by_uid,
    with_founders,
)

from krimpsim import schedule
from krimpsim.config.run import RunConfig
from krimpsim.core import streams
from krimpsim.core.codes import Presence
from krimpsim.core.streams import run_key
from krimpsim.model import KrimpModel
from krimpsim.outputs.result import Result
from krimpsim.population.schema import People, Ties
from krimpsim.population.synthesis import Founders
from krimpsim.processes import accounts, informal_care, market, nights, professional_care
from krimpsim.run import simulate, simulate_all

GOLDEN = Path(__file__).with_name("golden_tiny.json")
#: Many pairs part, meet and leave home: what one does in a month must not depend on whose row comes first.
STIRRED = {
    "households.separate_per_year": 0.2,
    "households.seek_young_per_year": 2.0,
    "households.seek_old_per_year": 2.0,
    "households.leave_home_per_year": 2.0,
    "migration.churn_per_year": 0.1,
    "migration.old_move_per_year": 0.3,
}


def test_rerun_gives_the_same_numbers(tiny_config: RunConfig, tiny: Result) -> None:
    assert same(simulate(tiny_config, 0), tiny)


def test_another_replicate_or_seed_gives_other_numbers(tiny_config: RunConfig, tiny: Result) -> None:
    assert not same(result_of(tiny_config, 1), tiny)
    assert not same(result_of(config_of(TINY, {"run.seed": 7})), tiny)


def test_number_of_processes_changes_nothing(tiny_config: RunConfig) -> None:
    other = config_of(TINY, {"scenario.id": "other", "burden.intercept": -2.0})
    one = list(simulate_all([tiny_config, other], 2, 1))
    two = list(simulate_all([tiny_config, other], 2, 2))
    assert [(r.scenario, r.replicate) for r in one] == [(r.scenario, r.replicate) for r in two]
    assert [digest(r) for r in one] == [digest(r) for r in two]
    assert len({digest(r)["village_rows"] for r in one}) == 4


def full(founders: Founders) -> tuple[People, Ties]:
    """Leave no room for newcomers: the tables have to grow."""
    used = founders.in_use[0]
    return founders.people[: used.persons].copy(), founders.ties[: used.ties].copy()


def rubbish_behind(founders: Founders) -> tuple[People, Ties]:
    """Fill the room for newcomers with what no row could hold."""
    used = founders.in_use[0]
    for table, rows in ((founders.people, used.persons), (founders.ties, used.ties)):
        np.asarray(table).view(np.uint8).reshape(len(table), -1)[rows:] = 0x55
    return founders.people, founders.ties


@pytest.mark.parametrize("change", [full, rubbish_behind])
def test_room_for_newcomers_changes_nothing(
    tiny_config: RunConfig, tiny: Result, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_founders(monkeypatch, change)
    other = finished(tiny_config)
    for name in TABLES:
        np.testing.assert_array_equal(getattr(other.result(), name), getattr(tiny, name))
    assert len(other.state.people) > other.in_use.persons > 0


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_order_of_rows_changes_nothing(
    tiny_config: RunConfig, tiny: Result, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = finished(tiny_config)
    with_founders(monkeypatch, shuffled(seed))
    other = finished(tiny_config)
    assert not np.array_equal(plain.people.uid, other.people.uid), "the rows were not shuffled"
    for name in TABLES:
        np.testing.assert_array_equal(getattr(other.result(), name), getattr(tiny, name))
    assert differences(state_by_uid(plain), state_by_uid(other)) == []


@pytest.mark.parametrize("seed", [0, 1])
def test_order_of_rows_changes_nothing_where_households_change_often(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small(
        "scenarios/convenant", "2015-06-30", **{key.replace(".", "__"): value for key, value in STIRRED.items()}
    )
    plain = KrimpModel(config)
    with_founders(monkeypatch, shuffled(seed))
    other = KrimpModel(config)
    while plain.running:
        plain.step()
        other.step()
        assert differences(state_by_uid(plain), state_by_uid(other)) == [], f"month {plain.month}"
    assert same(plain.result(), other.result())


def test_order_of_rows_changes_nothing_in_the_whole_region_to_2040(monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of("scenarios/today")
    plain = result_of(config)
    with_founders(monkeypatch, shuffled(0))
    assert same(simulate(config, 0), plain)


def test_tiny_example_gives_the_golden_numbers(tiny: Result, request: pytest.FixtureRequest) -> None:
    now, golden = digest(tiny), json.loads(GOLDEN.read_text(encoding="utf-8"))
    line = request.config.getoption("--refresh-golden", default=None)
    if line is not None:
        golden = refreshed(golden, now, line)
        GOLDEN.write_text(json.dumps(golden, indent=2) + "\n", encoding="utf-8")
    assert now == golden["digests"], (
        "results changed: if that is meant, add a line under Model change in krimpsim/CHANGELOG.md and run "
        "pytest tests/model/test_identity.py --refresh-golden 'how the line begins'"
    )


def test_golden_numbers_belong_to_a_model_change_in_the_changelog() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert the_line(golden["model_change"])
    assert golden["seal"] == seal(golden["digests"], golden["model_change"]), (
        "the golden numbers or their line were written by hand: --refresh-golden writes them"
    )


def test_golden_numbers_are_refreshed_with_a_new_line_only() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    other = dict.fromkeys(golden["digests"], "0")
    first = next(line for line in model_changes() if not line.startswith(golden["model_change"]))[:60]
    assert refreshed(golden, other, first) == {"model_change": first, "digests": other, "seal": seal(other, first)}
    assert refreshed(golden, golden["digests"], first) == golden, "nothing changed, so no line belongs to it"
    for line, reason in (
        (golden["model_change"], "an earlier change"),
        (golden["model_change"][:-5], "an earlier change"),
        ("Something that nobody wrote down", "0 lines"),
        ("", r"\d+ lines"),
    ):
        with pytest.raises(AssertionError, match=reason):
            refreshed(golden, other, line)


def model_changes() -> list[str]:
    """Return the lines under Model change in the changelog, without marks."""
    text = (ROOT / "krimpsim" / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = re.findall(r"^### Model change$(.*?)(?=^##|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^ *- (.*(?:\n +[^ -].*)*)", "".join(parts), flags=re.MULTILINE)
    return [" ".join(line.replace("*", "").split()) for line in lines]


def the_line(words: str) -> str:
    """Return the one line under Model change that begins with these words."""
    found = [line for line in model_changes() if line.startswith(words)]
    assert len(found) == 1, f"{len(found)} lines under Model change in krimpsim/CHANGELOG.md begin: {words}"
    return found[0]


def seal(digests: dict[str, str], line: str) -> str:
    """Return what ties golden digests to their line: neither is edited without the other."""
    return blake2b(json.dumps([digests, line], sort_keys=True).encode(), digest_size=8).hexdigest()


def refreshed(golden: dict[str, Any], now: dict[str, str], line: str) -> dict[str, Any]:
    """Return the golden numbers anew, with the line of the changelog that says why they differ."""
    if golden["digests"] == now:
        return golden
    assert the_line(line) != the_line(golden["model_change"]), "the golden numbers have this line: an earlier change"
    return {"model_change": line, "digests": now, "seal": seal(now, line)}


def test_each_kernel_is_compiled_once_for_all_runs(tiny: Result) -> None:
    for config in (
        small("scenarios/convenant", "2013-03-31"),
        small("scenarios/no_cooperation", "2013-02-28", ["Zandberg"]),
        config_of("examples/night_ride_joint"),
    ):
        result_of(config)
    for kernel in (schedule.people_month, schedule.care_month, schedule.record_month, schedule.clear):
        assert len(kernel.signatures) == 1, kernel.__name__  # type: ignore[attr-defined]
    rules = (nights.step, accounts.gain, informal_care.step_one, market.serve, professional_care.ask, streams.month_key)
    for rule in rules:  # as compiled code calls them; none when the kernels came from disk
        assert len(rule.part.signatures) <= 1, rule.__name__  # type: ignore[attr-defined]


def test_copies_of_the_population_are_other_people_of_the_same_kind() -> None:
    one, three = (KrimpModel(small("examples/tiny", "2013-01-31", region__copies=n)) for n in (1, 3))
    home, homes = (m.people.presence[: m.in_use.persons] == int(Presence.HOME) for m in (one, three))
    assert homes.sum() == 3 * home.sum()
    uids = three.people.uid[: three.in_use.persons]
    assert len(np.unique(uids)) == len(uids)
    assert set(one.people.uid[: one.in_use.persons][home]) < set(uids)
    for name in ("birth_month", "sex"):
        mine, theirs = (
            getattr(one.people, name)[: len(home)][home],
            getattr(three.people, name)[: len(homes)][homes],
        )
        assert abs(theirs.mean() - mine.mean()) < 4 * mine.std() / np.sqrt(len(mine))


COMPILES_NOTHING = """
import sys
from numba.core import event
from krimpsim.config.run import RunConfig
from krimpsim.core import box
from krimpsim.run import simulate
if len(sys.argv) > 2:
    import numba
    box._boxed = numba.njit(box._boxed.py_func)
with event.install_recorder("numba:run_pass") as passes:
    simulate(RunConfig.model_validate_json(sys.argv[1]), 0)
print(sum(one.is_start for _, one in passes.buffer))
"""


@pytest.mark.parametrize("more", [[], pytest.param(["boxes made by code that is not kept"], marks=pytest.mark.gate)])
def test_a_second_process_compiles_nothing(more: list[str]) -> None:
    config = small("examples/tiny", "2013-01-31")
    result_of(config)
    command = [sys.executable, "-c", COMPILES_NOTHING, config.model_dump_json(by_alias=True), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 0) == bool(more)


def test_keys_of_runs_may_have_any_bit() -> None:
    """Half of them are above what a signed number holds: each kind runs, and neither compiles a kernel anew."""
    config = small("examples/tiny", "2013-01-31")
    keys = {int(run_key(config.run.seed, replicate)) >> 63: replicate for replicate in range(12)}
    assert set(keys) == {0, 1}
    for replicate in keys.values():
        assert result_of(config, replicate).village_rows.any()
    assert len(schedule.care_month.signatures) == 1  # type: ignore[attr-defined]
