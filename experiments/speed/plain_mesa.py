"""The yardstick: ageing, death, need and birth of persons in plain Mesa, an object each, a call each a month.

Written as Mesa's own tutorials teach it.  Nothing of krimpsim is in it: no ties, no care, no providers.
"""

from __future__ import annotations

import mesa


class Person(mesa.Agent):  # type: ignore[misc]
    """A resident."""

    def __init__(self, model: Village, age: int, sex: int) -> None:
        super().__init__(model)
        self.age, self.sex, self.level = age, sex, 0

    def step(self) -> None:
        """Live a month: grow older, die, need care, give birth."""
        draw = self.model.random.random
        self.age += 1
        years = self.age // 12
        if draw() < 0.00003 * 1.1 ** (years - 20):
            self.remove()
            return
        if draw() < 0.0001 * 1.07 ** (years - 20):
            self.level = min(4, self.level + 1)
        elif self.level and draw() < 0.02:
            self.level -= 1
        if self.sex and 15 <= years < 50 and draw() < 0.004:
            Person(self.model, 0, self.model.random.randrange(2))


class Village(mesa.Model):  # type: ignore[misc]
    """Residents and nothing else."""

    def __init__(self, residents: int) -> None:
        super().__init__(rng=1)
        for _ in range(residents):
            Person(self, self.random.randrange(90 * 12), self.random.randrange(2))
        self.person_months = 0

    def step(self) -> None:
        """Live a month."""
        self.person_months += len(self.agents)
        self.agents.shuffle_do("step")
