"""A kitchen-table survey moves what residents are willing to do: never further than its answers, never elsewhere."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from model_tools import FIVE_VILLAGES, TINY, V, config_of, result_of, same, small

from krimpsim.config.base import ConfigModel
from krimpsim.config.run import RunConfig
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.outputs.result import Result
from krimpsim.population.survey import assumed, shifts, surveyed

GROUP = "Drouwenerveen-Bronnegerveen-Buinerveen"
NAMES = load_tables().village_names


def row(place: str, n: int, give: int, accept: int, hours: float | None = None) -> dict[str, Any]:
    numbers = {"village_group": place, "respondents": n, "willing_to_give": give, "willing_to_accept": accept}
    return numbers | ({} if hours is None else {"hours": hours})


def asked(*rows: dict[str, Any], **more: object) -> RunConfig:
    """Return five villages on the eve of 2013 with these answers."""
    return small("scenarios/today", "2013-01-31", zorgkracht__survey=list(rows), **more)


def by_village(config: RunConfig, name: str) -> np.ndarray:
    return getattr(surveyed(config, load_tables()), name)


def range_of(block: type[ConfigModel], name: str) -> tuple[float, float]:
    extra = block.model_fields[name].json_schema_extra
    assert isinstance(extra, dict)
    return tuple(extra["x-range"])  # type: ignore[arg-type, return-value]


# --- how far it moves -------------------------------------------------------------------------------------------


def test_what_was_assumed_weighs_as_much_as_its_range_says() -> None:
    """A range that holds the number with 90% has a standard deviation, and that a number of respondents."""
    plain = RunConfig()
    for block, name, prior in (
        (plain.informal_care, "willing_share", plain.zorgkracht.give_prior_persons),
        (plain.entitlement, "accept_share", plain.zorgkracht.accept_prior_persons),
    ):
        low, high = range_of(type(block), name)
        mean, deviation = getattr(block, name), (high - low) / 2 / 1.645
        assert prior == round(mean * (1 - mean) / deviation**2 - 1)
    low, high = range_of(type(plain.informal_care), "capacity_minutes")
    of_a_person = 1.5 * plain.informal_care.capacity_minutes / math.sqrt(12)  # drawn between 1/4 and 7/4 of the mean
    assert plain.zorgkracht.hours_prior_persons == round((of_a_person / ((high - low) / 2 / 1.645)) ** 2)


@pytest.mark.parametrize("weight", [1.0, 0.5])
def test_answers_count_for_as_many_as_answered(weight: float) -> None:
    config = asked(row("Eexterveen", 40, 36, 20, 5.0), zorgkracht__weight=weight)
    v, z, before = NAMES.index("Eexterveen"), config.zorgkracht, assumed(config, load_tables())
    for name, prior, n, said in (
        ("give", z.give_prior_persons, 40 * weight, 0.9),
        ("accept", z.accept_prior_persons, 40 * weight, 0.5),
        ("minutes", z.hours_prior_persons, 36 * weight, 300.0),
    ):
        old = float(getattr(before, name)[v])
        assert float(by_village(config, name)[v]) == pytest.approx((prior * old + n * said) / (prior + n), rel=1e-12)
        np.testing.assert_array_equal(np.delete(by_village(config, name), v), np.delete(getattr(before, name), v))


def test_hours_that_were_not_asked_change_no_hours() -> None:
    config = asked(row("Eexterveen", 40, 36, 20))
    np.testing.assert_array_equal(by_village(config, "minutes"), assumed(config, load_tables()).minutes)


def test_villages_asked_together_shift_alike_and_count_once() -> None:
    config, tables = asked(row(GROUP, 40, 40, 30, 20.0)), load_tables()
    here = list(tables.villages_of(GROUP))
    assert len(here) == 3
    before, after = assumed(config, tables), surveyed(config, tables)
    residents, prior = tables.village_population[here], config.zorgkracht.give_prior_persons
    old = float(np.average(before.give[here], weights=residents))
    expected = (prior * old + 40 * 1.0) / (prior + 40)
    assert float(np.average(after.give[here], weights=residents)) == pytest.approx(expected, rel=1e-12)
    assert np.ptp(after.give[here] - before.give[here]) == pytest.approx(0.0, abs=1e-12)


def test_no_answers_push_a_share_below_nobody_or_above_everybody() -> None:
    spread = {"informal_care__village_spread": 1.0, "zorgkracht__give_prior_persons": 1.0}
    everybody, nobody = (by_village(asked(row(GROUP, 500, n, n), **spread), "give") for n in (500, 0))
    assert everybody.max() == 1.0
    assert nobody.min() == 0.0


# --- whom it moves ----------------------------------------------------------------------------------------------


def test_a_survey_that_says_what_was_assumed_changes_nothing() -> None:
    """Shares that a count can hit exactly; with others, what changes is the rounding of the count."""
    as_said = {
        "informal_care.willing_share": 0.5,
        "informal_care.village_spread": 0.0,
        "entitlement.accept_share": 0.75,
        "informal_care.capacity_minutes": 600,
    }
    rows = [row("Eexterveen", 100, 50, 75, 10.0), row(GROUP, 40, 20, 30, 10.0)]
    assert same(result_of(config_of(TINY, as_said | {"zorgkracht.survey": rows})), result_of(config_of(TINY, as_said)))


def test_a_survey_without_weight_changes_nothing(tiny: Result) -> None:
    rows = [row("Eexterveen", 100, 100, 100, 40.0)]
    assert same(result_of(config_of(TINY, {"zorgkracht.survey": rows, "zorgkracht.weight": 0.0})), tiny)


def founders(config: RunConfig) -> tuple[np.ndarray, ...]:
    """Return identity, village, capacity and acceptance of everybody before the first month, in order of identity."""
    model = KrimpModel(config)
    order = np.argsort(model.people.uid)
    columns = (getattr(model.people, name)[order] for name in ("village", "capacity", "accepts"))
    return (model.people.uid[order], *columns)


def test_who_was_willing_stays_willing_and_nobody_elsewhere_changes() -> None:
    plain = asked()
    place = KrimpModel(plain).villages.index("Eexterveen")
    uid, village, capacity, accepts = founders(plain)
    gave, accepted = [], []
    for n in (20, 60, 180):
        others = founders(asked(row("Eexterveen", n, n, n, 15.0)))
        np.testing.assert_array_equal(others[0], uid)
        np.testing.assert_array_equal(others[1], village)
        here = village == place
        np.testing.assert_array_equal(others[2][~here], capacity[~here])
        np.testing.assert_array_equal(others[3][~here], accepts[~here])
        assert (others[2][here] >= capacity[here]).all()
        assert (others[3][here] >= accepts[here]).all()
        assert (others[2][here] > 0).sum() > (capacity[here] > 0).sum()
        gave.append(int((others[2][here] > 0).sum()))
        accepted.append(int(others[3][here].sum()))
    assert gave == sorted(set(gave)), "more answers, more people who are willing"
    assert accepted == sorted(set(accepted))


def test_a_survey_that_says_less_makes_nobody_willing() -> None:
    _, _, capacity, accepts = founders(asked())
    _, _, less, refuse = founders(asked(row("Eexterveen", 60, 5, 20, 2.0)))
    assert (less <= capacity).all()
    assert (refuse <= accepts).all()
    assert (less < capacity).any()
    assert (refuse < accepts).any()


def test_everything_else_about_the_founders_is_as_it_was() -> None:
    plain, more = KrimpModel(asked()), KrimpModel(asked(row("Eexterveen", 100, 100, 100, 20.0)))
    a, b = (np.argsort(model.people.uid) for model in (plain, more))
    for name in ("birth_month", "sex", "village", "level", "income", "work_minutes", "volunteer_minutes", "has_car"):
        np.testing.assert_array_equal(getattr(plain.people, name)[a], getattr(more.people, name)[b])


def test_which_villages_take_part_changes_no_answer() -> None:
    config = asked(row(GROUP, 40, 40, 30, 20.0))
    alone = asked(row(GROUP, 40, 40, 30, 20.0), region__villages=["Buinerveen"])
    np.testing.assert_array_equal(by_village(config, "give"), by_village(alone, "give"))


def test_more_willingness_is_more_care_by_family_and_neighbours(tiny: Result) -> None:
    """At the point of entry: with some three times the people and four times the hours it cannot be missed."""
    rows = [row(name, 100, 100, 92, 40.0) for name in FIVE_VILLAGES]
    more = result_of(config_of(TINY, {"zorgkracht.survey": rows, "informal_care.willing_share": 0.3}))
    less = result_of(config_of(TINY, {"informal_care.willing_share": 0.3}))
    given = V["minutes_informal_given"]
    assert more.village_rows[..., given].sum() > less.village_rows[..., given].sum()


# --- what the report is told ------------------------------------------------------------------------------------


def test_shifts_are_by_group_for_publication_and_only_about_villages_of_the_run() -> None:
    config = asked(row("Buinerveen", 20, 18, 15, 12.0), row("Drouwenerveen", 30, 9, 30), row("Zandberg", 12, 6, 6))
    (shift,) = shifts(config, load_tables())
    v = NAMES.index("Buinerveen")
    before, after = assumed(config, load_tables()), surveyed(config, load_tables())
    assert (shift.place, shift.villages, shift.of, shift.respondents) == (GROUP, 1, 3, 20)
    assert shift.give == pytest.approx((before.give[v], after.give[v]))
    assert shift.hours == pytest.approx((10.0, after.minutes[v] / 60))
    (both,) = shifts(
        asked(
            *[r.model_dump(exclude_none=True) for r in config.zorgkracht.survey],
            region__villages=["Buinerveen", "Drouwenerveen"],
        ),
        load_tables(),
    )
    assert (both.villages, both.respondents) == (2, 50)
