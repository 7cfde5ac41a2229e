"""Compiled or interpreted, with and without bounds checks and wide vectors: the same bits.

Modes that compile anew keep their code beside that of the plain mode, so that only the first run is slow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from model_tools import ROOT, digest, result_of, small

from krimpsim.core.cache import CACHE_FOLDER
from krimpsim.inputs.tables import load_tables
from krimpsim.population import need_profile as need
from krimpsim.population import need_rates

SCRIPT = Path(__file__).with_name("run_digest.py")
WIDE = "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V3 X86_V4"
PLAIN = {"scenarios": "scenarios/convenant", "end": "2013-03-31"}
COMPILED = small(PLAIN["scenarios"], PLAIN["end"])
INTERPRETED = small(PLAIN["scenarios"], "2013-02-28", ["Zandberg", "Exloerveen"])


def without_wide_vectors() -> str:
    """Return the names of the vector features that this NumPy can be told to leave alone."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return " ".join(name for name in WIDE.split() if name in __cpu_dispatch__ and __cpu_features__.get(name))


MODES: dict[str, dict[str, str]] = {
    "one thread": {"NUMBA_NUM_THREADS": "1"},
    "two threads": {"NUMBA_NUM_THREADS": "2"},
    "interpreted": {"NUMBA_DISABLE_JIT": "1"},
    "bounds checked": {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(CACHE_FOLDER / "bounds_checked")},
    "narrow vectors": {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NPY_DISABLE_CPU_FEATURES": without_wide_vectors(),
        "NUMBA_CACHE_DIR": str(CACHE_FOLDER / "narrow_vectors"),
    },
}
ANEW = ("bounds checked", "narrow vectors")


def environment(mode: str) -> dict[str, str]:
    plain = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("NUMBA_", "NPY_")) or key == "NUMBA_CACHE_DIR"
    }
    return plain | {"PYTHONPATH": str(ROOT)} | MODES[mode]


@pytest.fixture(scope="session")
def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Start all modes that are asked for at once: the two that compile anew take long the first time."""
    folder = tmp_path_factory.mktemp("modes")
    result_of(COMPILED)  # the plain mode is compiled before others look for its code
    rates = need_rates.need_rates(INTERPRETED)
    profile = need.need_profile(INTERPRETED, load_tables(), rates)
    np.savez(folder / "profile.npz", share=profile.share, normaliser=profile.normaliser)
    processes = {}
    asked = {item.callspec.params.get("mode") for item in request.session.items if hasattr(item, "callspec")}
    for mode in (mode for mode in MODES if mode in asked):
        config = folder / f"{mode.replace(' ', '_')}.json"
        config.write_text(
            (INTERPRETED if mode == "interpreted" else COMPILED).model_dump_json(by_alias=True), encoding="utf-8"
        )
        command = [sys.executable, str(SCRIPT), str(config)] + (
            [str(folder / "profile.npz")] if mode == "interpreted" else []
        )
        processes[mode] = subprocess.Popen(
            command, env=environment(mode), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    yield processes
    for process in processes.values():
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "mode", [pytest.param(mode, marks=pytest.mark.once) if mode in ANEW else mode for mode in MODES]
)
def test_every_mode_gives_the_same_bits(started: dict[str, subprocess.Popen[str]], mode: str) -> None:
    out, err = started[mode].communicate(timeout=900)
    assert started[mode].returncode == 0, err
    assert json.loads(out.splitlines()[-1]) == digest(result_of(INTERPRETED if mode == "interpreted" else COMPILED))


def test_profile_of_need_is_the_same_interpreted() -> None:
    config = INTERPRETED
    rates, tables = need_rates.need_rates(config), load_tables()
    whole = need.need_profile(config, tables, rates)
    monthly, ratios = need_rates.in_a_month(tables.death_probability), need_rates.level_hazard_ratios(config)
    chain = need.Chain(monthly, ratios, rates, need_rates.places_of(config, monthly.shape[2]), 0.5)
    for sex, age, year in ((0, 0, 0), (1, 68, 5), (0, 85, 20), (1, 104, 27)):
        now, after = whole.share[sex, age, year].copy(), np.zeros(need.N_STATES)
        other_now, other_after = now.copy(), np.zeros(need.N_STATES)
        stays, other_stays = np.empty(1), np.empty(1)
        for _ in range(12):
            a = need._advance(chain, now, after, sex, age, year, stays)
            b = need._advance.py_func(chain, other_now, other_after, sex, age, year, other_stays)
            assert (a, stays[0]) == (b, other_stays[0])
            for level in (4, 3):
                need._admit(after, rates, level, 0.5, 0.3)
                need._admit.py_func(other_after, rates, level, 0.5, 0.3)
            np.testing.assert_array_equal(after, other_after)
            now[:], other_now[:] = after, other_after
