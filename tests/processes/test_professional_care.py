"""Who pays, and the reasons for a gap (7.10d): rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import V, claim, result_of, small
from model_tools import month as month_of_model

from krimpsim.core.clock import first_day, month_of
from krimpsim.core.codes import NOBODY, Kind, Part, Payer
from krimpsim.model import KrimpModel
from krimpsim.population.market import no_clauses
from krimpsim.population.state import Now, pool_of
from krimpsim.processes import (
    professional_care,
)

NOW = Now(np.uint64(1), 2013 * 12, 31, 0, False, False, no_clauses(22))


@pytest.mark.parametrize("municipality", [0, 1])
@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("month", [2013 * 12, 2014 * 12 + 11, 2015 * 12, 2015 * 12 + 1, 2040 * 12 + 11])
def test_payers_by_date(municipality: int, level: int, month: int) -> None:
    before, heavy = month < month_of(first_day(2015 * 12)), level == 4
    town = Payer.MUNICIPALITY + municipality
    office = Payer.CARE_OFFICE
    expected = {
        Kind.HOUSEHOLD_HELP: town if before or not heavy else office,
        Kind.PERSONAL_CARE: office if before or heavy else Payer.INSURER,
        Kind.NURSING: office if before or heavy else Payer.INSURER,
        Kind.GUIDANCE: office if before or heavy else town,
        Kind.DAY_PROGRAMME: office if before or heavy else town,
    }
    now = NOW._replace(month=month, reformed=month >= 2015 * 12)
    payers = {kind: professional_care.payer_of(now, int(kind), level, municipality) for kind in Kind}
    assert payers == expected


def test_pools() -> None:
    assert [pool_of(int(kind)) for kind in Kind] == [0, 1, 1, 1, 1]


def test_municipal_care_stops_between_two_payers() -> None:
    """A gap of a year for everybody who reaches level 4, from 2015 on and not before."""
    gap = {"entitlement__seam_share": 1.0, "entitlement__seam_months": 12}
    none = {"entitlement__seam_share": 0.0}
    with_it, without = (result_of(small("scenarios/today", "2015-12-31", **x)).village_rows for x in (gap, none))
    columns = [V["minutes_no_budget_household_help"], V["minutes_no_budget_guidance"]]
    until = 2 * 12
    np.testing.assert_array_equal(with_it[:until], without[:until])
    assert with_it[until][:, columns].sum() > without[until][:, columns].sum()
    nursing = V["minutes_no_budget_nursing"]
    assert with_it[:, :, nursing].sum() == without[:, :, nursing].sum() == 0


@pytest.mark.parametrize(
    ("month", "gap_until", "stops"),
    [
        (2015 * 12, 2015 * 12 + 1, True),
        (2015 * 12, 2015 * 12, False),
        (2014 * 12 + 11, 2015 * 12 + 1, False),
    ],
    ids=["in the gap", "gap over", "before the reform"],
)
def test_only_help_and_guidance_stop_in_the_gap_between_payers(month: int, gap_until: int, stops: bool) -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    person, v = model.people[0], int(model.people[0].village)
    person.noticed = person.granted = person.accepts = 1
    person.level = 4
    person.provider_care = NOBODY
    p, book, now = model.rules.professional_care, model.state.book, month_of_model(model, month)

    def split(until: int) -> tuple[list[int], list[int]]:
        person.between_payers = until
        need = claim(rest=dict.fromkeys(Kind, 600))
        book.parts[:] = 0
        professional_care.ask(model.state, p, now, 0, need)
        return need.formal.tolist(), book.parts[v, Part.NO_BUDGET].tolist()

    plain, nothing = split(0)
    assert min(plain[kind] for kind in Kind if kind != Kind.DAY_PROGRAMME) > 0
    assert nothing == [0] * 5
    lost = [
        x if stops and kind in (Kind.HOUSEHOLD_HELP, Kind.GUIDANCE) else 0 for kind, x in zip(Kind, plain, strict=True)
    ]
    assert split(gap_until) == ([x - y for x, y in zip(plain, lost, strict=True)], lost)
