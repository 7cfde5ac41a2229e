"""Keyed draws: known answers in plain Python integers, thresholds, and one meaning per stream."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_tools import ROOT

from krimpsim.core import streams
from krimpsim.core.streams import Stream, word
from krimpsim.schedule import PROCESSES

MASK = (1 << 64) - 1
G = 0x9E3779B97F4A7C15
words = st.integers(0, MASK)


def mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def run_key(seed: int, replicate: int) -> int:
    return mix((mix(seed * G & MASK) + replicate * G) & MASK)


def month_key(key: int, stream: int, month: int, draw: int) -> int:
    return mix(mix((key + stream * G) & MASK) ^ (month | draw << 16))


def bits(key: int, uid: int) -> int:
    return mix(mix((key + uid * G) & MASK) ^ key)


def test_finaliser_gives_the_published_numbers_of_splitmix() -> None:
    """The first outputs of splitmix64 for seed 1234567, as published with its reference code."""
    state, out = 1234567, []
    for _ in range(3):
        state = (state + G) & MASK
        out.append(int(streams.mix(np.uint64(state))))
    assert out == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(words)
def test_mix_is_the_naive_one(x: int) -> None:
    assert int(streams.mix(np.uint64(x))) == mix(x)


@given(st.integers(0, 2**53), st.integers(0, 10_000))
def test_run_key_is_the_naive_one(seed: int, replicate: int) -> None:
    assert int(streams.run_key(seed, replicate)) == run_key(seed, replicate)


@given(words, st.sampled_from(Stream), st.integers(0, 2100 * 12), st.integers(0, 1000), words)
def test_draws_are_the_naive_ones(key: int, stream: Stream, month: int, draw: int, uid: int) -> None:
    decision = int(streams.month_key(np.uint64(key), int(stream), month, draw))
    assert decision == month_key(key, stream, month, draw)
    value = bits(decision, uid)
    d, u = np.uint64(decision), np.uint64(uid)
    assert int(streams.bits(d, u)) == value
    assert streams.uniform(d, u) == ((value >> 11) + 0.5) * 2.0**-53
    assert streams.below(d, u, 12) == (value >> 32) * 12 >> 32
    assert streams.happens(d, u, 1 << 31) == (value >> 32 < 1 << 31)
    assert not streams.happens(d, u, 0)
    assert streams.happens(d, u, streams.CERTAIN)
    cumulative = np.array([1 << 30, 1 << 31, 3 << 30], dtype=np.int64)
    assert streams.pick(d, u, cumulative) == min(2, (value >> 62))
    assert streams.uniform_of(np.uint64(key), int(stream), month, draw, u) == streams.uniform(d, u)
    many = np.array([uid, uid ^ 1, 7], dtype=np.uint64)
    of_many = streams.uniforms_of(np.uint64(key), int(stream), month, draw, many)
    assert of_many.tolist() == [streams.uniform(d, one) for one in many]
    draws = np.empty(3)
    streams.race(d, np.uint64(12345), many, draws)
    assert draws.tolist() == [streams.uniform(d, np.uint64(12345 ^ int(one))) for one in many]


@given(st.integers(0, 100), words, words, words)
def test_identities_are_the_naive_ones(tag: int, a: int, b: int, c: int) -> None:
    x = mix(tag * G & MASK)
    for part in (a, b, c):
        x = mix((x + part * G) & MASK)
    assert int(streams.uid_of(tag, np.uint64(a), np.uint64(b), np.uint64(c))) == x


@given(words, words)
def test_uniform_lies_strictly_between_nought_and_one(key: int, uid: int) -> None:
    assert 0.0 < streams.uniform(np.uint64(key), np.uint64(uid)) < 1.0


@given(st.integers(0, 1 << 24), st.integers(0, 2**31 - 1))
def test_signed_and_unsigned_words_are_the_same(a: int, b: int) -> None:
    assert int(streams.uid_of(3, np.uint64(a), b, 0)) == int(
        streams.uid_of(3, np.uint64(a), np.uint64(b), np.uint64(0))
    )


@pytest.mark.parametrize("probability", [-1e-12, 1.0000001, float("nan"), float("inf"), -0.5])
def test_probability_outside_nought_and_one_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        streams.threshold(probability)


@given(st.floats(0.0, 1.0))
def test_threshold_is_the_probability_of_two_to_the_32(probability: float) -> None:
    assert 0 <= streams.threshold(probability) <= streams.CERTAIN
    assert abs(streams.threshold(probability) / 2**32 - probability) <= 2.0**-33


def test_threshold_ends() -> None:
    assert (streams.threshold(0.0), streams.threshold(0.5), streams.threshold(1.0)) == (0, 1 << 31, 1 << 32)


def test_every_stream_has_a_number_of_its_own() -> None:
    values = [int(member) for member in Stream.__members__.values()]
    assert len(set(values)) == len(values) == len(Stream)
    assert all(0 < value < 1 << 16 for value in values)


def test_every_stream_belongs_to_a_process_or_to_the_synthesis() -> None:
    used = Counter(stream for process in PROCESSES for stream in process.streams)
    rest = {stream for stream in Stream if stream not in used}
    assert {stream.name for stream in rest} <= {
        "SYNTHESIS_HOUSEHOLD",
        "SYNTHESIS_AGE",
        "SYNTHESIS_NEED",
        "SYNTHESIS_KIN",
        "CLAIM_ACCEPT",
        "PROVIDER_BASE",
        "MARKET_UPTAKE",
    }


def test_words_of_names_stay_the_same() -> None:
    assert int(word("a")) == int.from_bytes(blake2b(b"a", digest_size=8).digest(), "little")
    names = [f"provider thuiszorg_{letter}" for letter in "abcdefg"]
    assert len({int(word(name)) for name in names}) == len(names)


@settings(max_examples=settings.default.max_examples * 3 // 100)
@given(st.integers(0, 2**40))
def test_draws_spread_evenly(seed: int) -> None:
    """Chi square over 64 cells of 6,400 draws: 63 on average, spread 11; 150 lies near eight spreads away."""
    key = np.uint64(streams.month_key(np.uint64(streams.run_key(seed, 0)), 10, 24156, 0))
    cells = Counter(int(streams.bits(key, np.uint64(uid))) >> 58 for uid in range(6400))
    assert sum((cells[c] - 100) ** 2 / 100 for c in range(64)) < 150


# --- an edited rule can never run old code ----------------------------------------------------------------------

ASK = (
    "import numpy as np\n"
    "from krimpsim.population.kinship import tie_uid\n"
    "print(int(tie_uid(np.uint64(5), np.uint64(7), 1)))\n"
)


def ask(package: Path, cache: Path) -> int:
    """Return what a small compiled function says, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(package), "NUMBA_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False, cwd=package
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.gate
def test_edited_rule_never_runs_old_code(tmp_path: Path) -> None:
    """The rule edited stands in another file than the function asked, whose own file stays as it was."""
    package, cache = tmp_path / "copy", tmp_path / "cache"
    shutil.copytree(ROOT / "krimpsim", package / "krimpsim", ignore=shutil.ignore_patterns("__pycache__"))
    a, b, relation = 5, 7, 1
    before = mix(5 * G & MASK)
    for part in (a, b, relation):
        before = mix((before + part * G) & MASK)
    assert ask(package, cache) == before
    assert ask(package, cache) == before, "the second time from the cache"
    path = package / "krimpsim" / "core" / "streams.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("x >> 30") == 1
    path.write_text(text.replace("x >> 30", "x >> 29"), encoding="utf-8")
    after = ask(package, cache)
    assert after != before
    path.write_text(text, encoding="utf-8")
    assert ask(package, cache) == before, "the old code is still there for the old rule"


def test_a_clone_elsewhere_finds_what_was_compiled(tmp_path: Path) -> None:
    """The same sources at a second path compile nothing again."""
    cache, hits = tmp_path / "cache", "print(sum(tie_uid.stats.cache_hits.values()))\n"
    said = []
    for place in ("one", "two"):
        shutil.copytree(ROOT / "krimpsim", tmp_path / place / "krimpsim", ignore=shutil.ignore_patterns("__pycache__"))
        environment = os.environ | {"PYTHONPATH": str(tmp_path / place), "NUMBA_CACHE_DIR": str(cache)}
        done = subprocess.run(
            [sys.executable, "-c", ASK + hits], env=environment, capture_output=True, text=True, cwd=tmp_path / place
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.split())
    assert said[0][0] == said[1][0]
    assert [row[1] for row in said] == ["0", "1"]
