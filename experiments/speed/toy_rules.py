"""What peers that work with whole columns share: the chances of `plain_mesa.py` by year of age, and how they live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

OLDEST = 129  #: years; who is older counts as this old
_YEARS = np.arange(OLDEST + 1)
DEATH = 0.00003 * 1.1 ** (_YEARS - 20.0)  #: to die in a month
WORSE = 0.0001 * 1.07 ** (_YEARS - 20.0)  #: to need more care
BETTER, BIRTH = 0.02, 0.004  #: to need less, if care is needed; of a woman of `MOTHERS` to give birth
MOTHERS = (15, 50)  #: from this age, and below this age
MOST = 4  #: level of need


class Village(Protocol):
    """A village of a peer."""

    person_months: int

    def step(self) -> None:
        """Live a month."""


def living(village: Village, months: int) -> Callable[[], int]:
    """Return what lives the months of a village, and returns how many months its persons lived."""

    def live() -> int:
        for _ in range(months):
            village.step()
        return village.person_months

    return live
