"""The profile of need is kept for other configurations, by everything that it hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from model_tools import TINY, config_of

from krimpsim.config.declarations import plain
from krimpsim.config.run import RunConfig
from krimpsim.inputs.tables import crowded, load_tables
from krimpsim.population import need_profile as need
from krimpsim.population.need_profile import NeedProfile
from krimpsim.population.need_rates import need_rates

READ = ("care_need", "migration", "admission", "mortality", "population")  #: blocks that it reads


def profile_of(config: RunConfig) -> NeedProfile:
    return need.need_profile(config, crowded(load_tables(), config.region.copies), need_rates(config))


def moved(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield, for each number in a value, copies in which it is a little more and a little less; of a list the last."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from (tuple({**value, key: new} for new in pair) for pair in moved(child))
    elif isinstance(value, list) and value:
        yield from (tuple([*value[:-1], new] for new in pair) for pair in moved(value[-1]))
    elif isinstance(value, float):
        yield 1.01 * value, 0.99 * value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value + 1, value - 1


def others(block: str) -> Iterator[RunConfig]:
    """Yield the tiny example with another number in a block, for every number that may be another."""
    data = plain(config_of(TINY))
    for pair in moved(data[block]):
        for new in pair:
            try:
                yield RunConfig.model_validate({**data, block: new})
            except ValueError:
                continue
            break


@pytest.mark.parametrize("block", READ)
def test_what_is_kept_is_what_would_be_computed(block: str) -> None:
    """For every number of the blocks that it reads, after the profile of the number as it was."""
    differ = 0
    for config in others(block):
        base = profile_of(config_of(TINY))
        found = profile_of(config)
        if found is base:  # or else it was computed
            need._kept.clear()
            fresh = profile_of(config)
            np.testing.assert_array_equal(found.share, fresh.share)
            np.testing.assert_array_equal(found.normaliser, fresh.normaliser)
        differ += found is not base
    assert differ > 1


def test_a_number_that_it_does_not_read_leaves_the_profile_as_it_was() -> None:
    base = profile_of(config_of(TINY))
    assert profile_of(config_of(TINY, {"market.consent_share": 0.3})) is base
    assert profile_of(config_of(TINY, {"region.copies": 3})) is not base  # it reads the people at home


def test_few_are_kept_and_the_one_used_longest_ago_goes() -> None:
    first, *later = [config_of(TINY, {"care_need.men_ratio": 0.7 + k / 100}) for k in range(need.MOST_KEPT + 1)]
    kept = profile_of(first)
    for config in later[:-1]:
        profile_of(config)
    assert profile_of(first) is kept
    second = profile_of(later[0])
    profile_of(later[-1])
    assert len(need._kept) == need.MOST_KEPT
    assert profile_of(first) is kept
    assert profile_of(later[0]) is second
    assert profile_of(later[1]) is not None
    assert len(need._kept) == need.MOST_KEPT
