"""Keyed random draws: the only source of chance in the model.

A draw is a pure function of (seed, replicate, decision, month, who, draw number).  There is no generator state, so
the order of rows, threads, processes and scenarios cannot change it.  The arithmetic is written once, on integers
with masks, and gives the same bits compiled and interpreted (splitmix finaliser, Stafford variant 13).
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import Any, cast

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from krimpsim.core.jit import allocating, compiled

MASK = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
_MULTIPLIER_1 = 0xBF58476D1CE4E5B9
_MULTIPLIER_2 = 0x94D049BB133111EB
CERTAIN = 1 << 32  #: the threshold that every draw passes


class Stream(IntEnum):
    """One member per decision.  Append only: a number that was ever used keeps its meaning."""

    SYNTHESIS_HOUSEHOLD = 1
    SYNTHESIS_AGE = 2
    SYNTHESIS_PERSON = 3
    SYNTHESIS_NEED = 4
    SYNTHESIS_KIN = 5
    MORTALITY_DEATH = 10
    FERTILITY_BIRTH = 11
    FERTILITY_SEX = 12
    MIGRATION_LEAVE = 13
    MIGRATION_ARRIVE = 14
    MIGRATION_DISTANCE = 15
    MIGRATION_OLD_AGE = 16
    HOUSEHOLDS_SEEK = 17
    HOUSEHOLDS_CHOICE = 18
    HOUSEHOLDS_SEPARATE = 19
    HOUSEHOLDS_LEAVE_HOME = 20
    CARE_NEED_CHANGE = 21
    CARE_NEED_DEMENTIA = 22
    CARE_NEED_EPISODE = 23
    CARE_NEED_EPISODE_END = 24
    ADMISSION_REQUEST = 25
    ADMISSION_ORDER = 26
    DETECTION_NOTICE = 27
    CLAIM_ORDER = 28
    CLAIM_ACCEPT = 29
    TIE_RECRUIT = 30
    TIE_STOP = 31
    TIE_NEIGHBOUR = 32
    TIE_EXPORT = 33
    TIE_OFFER = 34
    VOLUNTEER_STATE = 35
    MARKET_CHOICE = 36
    MARKET_CONSENT = 37
    NIGHTS_PLANNED = 38
    NIGHTS_CALL = 39
    STAFF_ROUNDING = 40
    PROVIDER_BASE = 41
    HINTERLAND_MARGIN = 42
    PROVIDER_ENTRY = 43
    BURDEN_STATE = 44
    CONVENANT_COMPLY = 45
    CARER_STOP = 46
    PROVIDER_DISRUPTION = 47
    YOUNG_CARER = 48
    RESPITE_REACH = 49
    MIGRATION_HOUSING = 50
    NIGHTS_REMOTE = 51
    CARE_NEED_SEAM = 52
    OWN_BUDGET = 53


def u64(value: Any) -> int:
    """Return the value as an unsigned 64-bit integer."""
    return int(value) & MASK


@overload(u64, strict=False)
def _u64_compiled(value: Any) -> Any:
    return lambda value: np.uint64(value)


def i64(value: Any) -> int:
    """Return an unsigned value below 2**63 as a signed integer."""
    return int(value)


@overload(i64, strict=False)
def _i64_compiled(value: Any) -> Any:
    return lambda value: np.int64(value)


@compiled
def mix(x: int) -> int:
    """Return the splitmix finaliser of a 64-bit word."""
    x = ((x ^ (x >> 30)) * _MULTIPLIER_1) & MASK
    x = ((x ^ (x >> 27)) * _MULTIPLIER_2) & MASK
    return x ^ (x >> 31)


@compiled
def run_key(seed: int, replicate: int) -> int:
    """Return the key of one run.  The scenario is no part of it: scenarios share their luck."""
    return mix((mix((u64(seed) * GOLDEN) & MASK) + u64(replicate) * GOLDEN) & MASK)


@compiled
def month_key(key: int, stream: int, month: int, draw: int) -> int:
    """Return the key of one decision in one month; hoist it out of the loop over persons."""
    return mix(mix((u64(key) + u64(stream) * GOLDEN) & MASK) ^ (u64(month) | (u64(draw) << 16)))


@compiled
def bits(decision_key: int, uid: int) -> int:
    """Return 64 random bits for one individual under a decision key."""
    return mix(mix((u64(decision_key) + u64(uid) * GOLDEN) & MASK) ^ u64(decision_key))


@compiled
def draw_all(decision_key: int, uid: Any, draws: Any) -> None:
    """Draw the 32 bits that `happens` compares for many individuals: a straight loop, which takes several at a time.

    Parameters
    ----------
    uid
        shape (n,): identities, side by side in memory.
    draws
        shape (n or more,), 32 bits without a sign: filled from the start.
    """
    for k in range(len(uid)):
        draws[k] = bits(decision_key, uid[k]) >> 32


@compiled
def happens(decision_key: int, uid: int, threshold: int) -> bool:
    """Return whether an event of probability ``threshold / 2**32`` happens to this individual."""
    return i64(bits(decision_key, uid) >> 32) < threshold


@compiled
def uniform(decision_key: int, uid: int) -> float:
    """Return a draw in the open interval (0, 1), 53 bits wide and never 0, so that its logarithm exists."""
    return (float(i64(bits(decision_key, uid) >> 11)) + 0.5) * 1.1102230246251565e-16


@compiled
def below(decision_key: int, uid: int, n: int) -> int:
    """Return an integer in [0, n) for n < 2**31."""
    return (i64(bits(decision_key, uid) >> 32) * n) >> 32


@compiled
def pick(decision_key: int, uid: int, cumulative: Any) -> int:
    """Return the first index whose cumulative threshold, of 2**32, exceeds the draw."""
    value = i64(bits(decision_key, uid) >> 32)
    last = len(cumulative) - 1
    for index in range(last):
        if value < cumulative[index]:
            return index
    return last


@compiled
def uid_of(tag: int, a: int, b: int, c: int) -> int:
    """Return the permanent identity made of a domain tag and three stable words."""
    x = mix((u64(tag) * GOLDEN) & MASK)
    x = mix((x + u64(a) * GOLDEN) & MASK)
    x = mix((x + u64(b) * GOLDEN) & MASK)
    return mix((x + u64(c) * GOLDEN) & MASK)


@compiled
def uniform_of(key: int, stream: int, month: int, draw: int, uid: int) -> float:
    """Return one draw in (0, 1) in a single call; for decisions that are taken outside compiled loops."""
    return uniform(month_key(key, stream, month, draw), uid)


@compiled
def race(decision_key: int, uid: int, others: NDArray[np.uint64], draws: NDArray[np.float64]) -> None:
    """Fill one draw in (0, 1) for an individual together with each of many others: the smallest of them wins."""
    for k in range(len(others)):  # so plain a loop that the processor takes several at a time
        draws[k] = uniform(decision_key, u64(uid) ^ others[k])


@allocating
def uniforms_of(key: int, stream: int, month: int, draw: int, uids: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return one draw in (0, 1) for each of many, shape (n,)."""
    found = np.empty(len(uids), dtype=np.float64)
    decision_key = month_key(key, stream, month, draw)
    for k in range(len(uids)):
        found[k] = uniform(decision_key, uids[k])
    return found


def unsigned(value: int) -> int:
    """Return a 64-bit word in the form in which compiled functions take it from Python: never as a signed integer."""
    return cast(int, np.uint64(value))


def word(text: str) -> int:
    """Return a stable 64-bit word for a name (a village, a provider)."""
    return unsigned(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def threshold(probability: float) -> int:
    """Return the integer threshold of a probability.

    Raises
    ------
    ValueError
        If the probability lies outside [0, 1]: a wrong number is an error, never clipped.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"probability {probability!r} lies outside [0, 1]")
    return round(probability * CERTAIN)


def cumulative(weights: list[float]) -> NDArray[np.int64]:
    """Return the cumulative thresholds of 2**32 that `pick` takes, shape (n,), for a list of weights."""
    total, running, out = sum(weights), 0.0, []
    for weight in weights:
        running += weight
        out.append(threshold(min(1.0, running / total)))
    return np.array(out, dtype=np.int64)
