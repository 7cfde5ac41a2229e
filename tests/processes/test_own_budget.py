"""Own budgets (7.10e): rules by themselves and in runs."""

from __future__ import annotations

import pytest
from model_tools import B, R, V, result_of, small


def test_own_budgets_buy_what_providers_no_longer_give() -> None:
    """In the first month the same people ask for the same; what they buy costs three quarters of care in kind."""
    shares = {"entitlement__accept_share": 1.0, "entitlement__own_budget_price_ratio": 0.75}
    kinds = [V[f"minutes_professional_{kind}"] for kind in ("household_help", "personal_care", "guidance")]
    in_kind, half, all_ = (
        result_of(small("scenarios/today", "2013-01-31", **shares, entitlement__own_budget_share=x))
        for x in (0.0, 0.5, 1.0)
    )
    assert in_kind.region_rows[0, [R["hours_own_budget"], R["spent_own_budget_eur"]]].sum() == 0
    assert 0 < half.region_rows[0, R["hours_own_budget"]] < all_.region_rows[0, R["hours_own_budget"]]
    bought = all_.region_rows[0, R["hours_own_budget"]]
    assert bought == all_.village_rows[0][:, kinds].sum()
    nursing = all_.village_rows[0, :, V["minutes_professional_nursing"]].sum()
    assert all_.provider_rows[0, :, B["hours_contact"]].sum() == nursing
    wanted = [int(all_.village_rows[0][:, column].sum()) for column in kinds]
    tariffs = (21.1, 43.5, 47.0)
    price = sum(m / 60 * t * 0.75 * 31 / 7 for m, t in zip(wanted, tariffs, strict=True))
    assert all_.region_rows[0, R["spent_own_budget_eur"]] / 100 == pytest.approx(price, rel=0.01)
