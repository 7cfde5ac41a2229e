"""`KrimpModel`: the Mesa model.  One step is one month."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NoReturn

import mesa
import numpy as np

from krimpsim.collector import Headlines, Numbers
from krimpsim.config.load import as_config
from krimpsim.config.run import RunConfig
from krimpsim.config.turned import with_events
from krimpsim.core import arguments
from krimpsim.core.box import Box
from krimpsim.core.clock import START, days_in, label, month_of
from krimpsim.core.codes import Presence
from krimpsim.core.errors import KrimpsimError, UsageError
from krimpsim.core.streams import run_key, unsigned
from krimpsim.organisations.convenant import Calendar, Convenant
from krimpsim.organisations.payers import Insurer, Municipality, make_parties
from krimpsim.organisations.providers import HomeCareProvider, hinterland_luck, prices_of
from krimpsim.outputs import rows
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.groups import GROUP_COLUMNS, N_CELLS, by_group
from krimpsim.outputs.recorder import Sheets
from krimpsim.outputs.result import Result
from krimpsim.population.agenda import N_ITEMS, with_entries
from krimpsim.population.agentset import ResidentSet
from krimpsim.population.kinship import link_housemates
from krimpsim.population.lists import CARER_MINUTES, with_places
from krimpsim.population.market import Market, no_clauses, open_market
from krimpsim.population.renumbering import renumber
from krimpsim.population.roll import with_seats
from krimpsim.population.schema import I64, People, Ties
from krimpsim.population.state import Now, State
from krimpsim.population.synthesis import synthesise, with_room
from krimpsim.processes import arrivals, informal_care, staff
from krimpsim.schedule import (
    FIRST_MONTH,
    LAPS,
    care_month,
    clear,
    open_year,
    people_month,
    record_month,
    supply_month,
)
from krimpsim.start import first_state, indirect_time, open_accounts, prepared

_UNLIMITED = 1 << 40
YEARS_OF_ORDER = 2  #: every so many years the tables are put in order; more seldom takes more room


class KrimpModel(mesa.Model):  # type: ignore[misc]
    """Krimp, care demand and zorgkracht in the veendorpen, month by month.

    The constructor makes the population, spins up 24 months with the people held still, and stops at the eve of
    ``run.start``.  `steps` counts months from there; `running` turns False after the month of ``run.end``.

    Parameters
    ----------
    config
        A configuration, or the path of one.
    replicate
        Number of the replicate: same seed and replicate, same luck in every scenario.
    seed, rng
        For Mesa's batch runner only; must be None or 0, as all luck follows from ``run.seed`` and `replicate`.

    Raises
    ------
    UsageError
        If `seed` or `rng` is given, or `replicate` is no number of a replicate; it is a ``ValueError`` too.
    """

    def __init__(
        self,
        config: RunConfig | str | Path = "",
        *,
        replicate: int = 0,
        seed: int | None = None,
        rng: int | None = None,
    ) -> None:
        if seed not in (None, 0) or rng not in (None, 0):
            raise UsageError("luck follows from run.seed and replicate; leave seed and rng at None")
        replicate = arguments.replicate(replicate)
        super().__init__(rng=0)
        self.seconds: dict[str, float] = {}
        self._mark = began = time.perf_counter()
        self.config = with_events(as_config(config))
        self.replicate = replicate
        self.key = unsigned(run_key(self.config.run.seed, replicate))
        self.world, self.rules, self._rules_box, calendar = prepared(self.config.model_dump_json(by_alias=True))
        self.places, self.villages = self.world.places, self.world.villages
        founders = synthesise(self.world.cells, self.world.traits, self.world.profile, self.places.between_m, self.key)
        used = founders.in_use[0]
        link_housemates(founders.people[: used.persons], np.full(used.households, -1, dtype=np.int64))
        market = open_market(self.config, self.world.tables, self.places, self.key)
        self._take(first_state(self.world, self.rules, founders, market))
        self._newcomers = arrivals.newcomers_per_month(self.rules.migration.arrivals) + 500
        self._make_organisations(calendar)
        self.first_month, self.last_month = month_of(self.config.run.start), month_of(self.config.run.end)
        self._n_months = self.last_month - self.first_month + 1
        self._no_clauses = no_clauses(len(self.villages))
        self._clauses, self._clauses_box = self._no_clauses, Box(self._no_clauses)  # of this month
        self._spin_up()
        self._sheet = self._new_sheets()
        self._sheet_box = Box(self._sheet)
        for month in range(START, self.first_month):
            self._month(month, None)
        self.datacollector = Headlines(self._numbers)
        self.seconds = {"start": time.perf_counter() - began}

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be copied or pickled."""
        raise TypeError(
            "a model cannot be pickled or copied: it holds compiled code and tables that change in place; make it "
            "again with KrimpModel(config, replicate=...), which gives the same months, or keep model.result()"
        )

    def _lap(self, part: str) -> None:
        """Count the time since the last lap for a part of the run."""
        now = time.perf_counter()
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self._mark
        self._mark = now

    def laps(self) -> dict[str, int]:
        """Return the ticks of the processor's clock by process, and between them; all 0 unless `core.laps` counts."""
        return dict(zip(LAPS, self.state.laps[:-1].tolist(), strict=True))

    def _take(self, state: State) -> None:
        """Go on with this state; arrays are shared with the box, and change in place."""
        self.state, self._box = state, Box(state)

    @property
    def people(self) -> People:
        """The rows in use of the table of persons; take them anew after a step.

        Columns are as narrow as they lie in the table.  NumPy adds them up in 64 bits, Python's ``sum`` does not; the
        sets of residents hand out wide ones.
        """
        return self.state.people[: self.in_use.persons]

    @property
    def ties(self) -> Ties:
        """The rows in use of the table of care ties."""
        return self.state.ties[: self.in_use.ties]

    @property
    def in_use(self) -> Any:
        """Rows of persons, rows of ties and numbers of households in use: the row of `InUse`."""
        return self.state.in_use[0]

    @property
    def market(self) -> Market:
        """The home-care market."""
        return self.state.market

    def _make_organisations(self, calendar: Calendar) -> None:
        """Make the agents that decide."""
        group = self.places.group
        self.providers = [
            HomeCareProvider(self, b, provider, self.config, self.market, group)
            for b, provider in enumerate(self.config.providers)
        ]
        self._of_group = (group[:, None] == np.unique(group)).astype(np.int64)  # (villages, groups)
        self._decided_until = START
        self.parties = make_parties(self, self.config)
        self.municipalities = [party for party in self.parties if isinstance(party, Municipality)]
        self.convenant = Convenant(self, self.config, self.market, calendar)

    def _new_sheets(self) -> Sheets:
        """Return empty rows for all months, and what it takes to fill them."""
        n, n_villages, n_providers = self._n_months, len(self.villages), len(self.config.providers)
        observation = self.config.observation
        children, enough = self.state.roll.census["children"], observation.school_children

        def zeros(*shape: int) -> I64:
            return np.zeros(shape, dtype=np.int64)

        self._numbers = Numbers(
            villages=zeros(n, n_villages, len(VILLAGE_COLUMNS)),
            providers=zeros(n, n_providers, len(PROVIDER_COLUMNS)),
            region=zeros(n, len(REGION_COLUMNS)),
            cells=zeros(n, N_CELLS, len(GROUP_COLUMNS)),
        )
        return Sheets(
            villages=rows.by_name(self._numbers.villages, rows.VILLAGE),
            providers=rows.by_name(self._numbers.providers, rows.PROVIDER),
            region=rows.by_name(self._numbers.region, rows.REGION),
            cells=rows.by_name(self._numbers.cells, rows.CELL),
            schools=np.where(children >= enough, enough, 0),
            fte_minutes=60.0 * self.config.staff.hours_per_fte,
            unpaid_price=round(100 * observation.shadow_price_unpaid),
        )

    @property
    def month(self) -> int:
        """Absolute month of the last step, or the month before the first."""
        return self.first_month + int(self.steps) - 1

    @property
    def residents(self) -> ResidentSet:
        """Everybody who lives at home in the area now; take the set anew after a step, as rows may move."""
        people = self.people
        return ResidentSet(people, np.flatnonzero(people.presence == int(Presence.HOME)), self.month)

    @property
    def informal_carers(self) -> ResidentSet:
        """Residents who give informal care of an hour a week or more."""
        return self.residents.select(lambda s: s.get("care_minutes") >= CARER_MINUTES)

    @property
    def volunteers(self) -> ResidentSet:
        """Residents who volunteer in care."""
        return self.residents.select(lambda s: s.get("volunteer_minutes") > 0)

    def _spin_up(self) -> None:
        """Fill ties, clients, rounds and staff with the people held still; then fix indirect time and accounts."""
        for month in range(FIRST_MONTH, START):
            if month % 12 == 0:
                self._open_year(month, spin_up=True)
            self._make_room(0)
            self.market.room[:] = self.market.intake[:] = _UNLIMITED
            clear(self._box)
            self._care(month, days_in(month), spin_up=True)
        self.state.indirect[:] = indirect_time(self.config, self.rules, self.state)
        now = Now(self.key, START - 12, 31, 0, True, False, self._no_clauses)
        staff.step(self.state, self.rules.staff, now)
        self.market.contribution[:] = 0
        self.market.volume[:] = 0
        self.state.book.quarter[:], self.state.book.quarter_paid[:] = 0, 0
        open_accounts(self.state, self.rules, self.providers, self.municipalities)

    def _open_year(self, month: int, *, spin_up: bool) -> None:
        """Call the roll and make the agenda of a calendar year; now and then, put the tables in order before.

        In the spin-up ages are held still: its roll is that of the first year.
        """
        s, informal = self.state, self.rules.informal_care
        if month // 12 % YEARS_OF_ORDER == 0 or month in (FIRST_MONTH, START):
            offer = unsigned(informal_care.offer_key(self.key))
            renumber(s.people, s.ties, s.in_use, s.lists, len(self.villages), offer, informal.willing)
        while True:
            open_year(self._box, self._rules_box, self.key, month // 12, START if spin_up else month, spin_up)
            used = int(s.agenda.entries[0])
            if used <= len(self.state.agenda.row):
                return
            self._make_room(used)

    def _care(self, month: int, days: int, *, spin_up: bool) -> None:
        """Run the month of care and of the providers."""
        box, rules, clauses = self._box, self._rules_box, self._clauses_box
        care_month(box, rules, clauses, self.key, month, days, spin_up)
        self._lap("care")
        supply_month(box, rules, clauses, self.key, month, days, spin_up)
        self._lap("providers")

    def _make_room(self, entries: int) -> None:
        """Let the tables and lists hold the newcomers of a month, and the agenda these entries."""
        s = self.state
        people, ties = with_room(s, self._newcomers)
        agenda, lists = with_entries(s.agenda, entries), with_places(s.lists, len(people), len(ties))
        if people is not s.people or ties is not s.ties or agenda is not s.agenda or lists is not s.lists:
            roll = with_seats(s.roll, len(people))
            self._take(s._replace(people=people, ties=ties, agenda=agenda, lists=lists, roll=roll))

    def _month(self, month: int, index: int | None) -> None:
        """Simulate one month and record it in the row of this index."""
        days = days_in(month)
        clear(self._box)
        if month % 3 == 0:
            self._decide(month, index)
            self._lap("decisions")
        if month % 12 == 0:
            self._open_year(month, spin_up=False)
            self._lap("agenda of the year")
        self._make_room(int(self.state.agenda.entries[0]) + 12 * N_ITEMS * self._newcomers)
        clauses = self.convenant.now(month)
        if clauses is not self._clauses:
            self._clauses, self._clauses_box = clauses, Box(clauses)
        people_month(self._box, self._rules_box, self._clauses_box, self.key, month, days)
        self._lap("people")
        self._care(month, days, spin_up=False)
        if index is not None:
            cents = self.convenant.cost(month)
            record_month(self._box, self._sheet_box, index, month, days, cents)

    def _decide(self, month: int, index: int | None) -> None:
        """Let organisations decide at the start of a quarter; record who stopped intake, entered, left or failed."""
        january, m, book = month % 12 == 0, self.market, self.state.book
        for provider, (revenue, result) in zip(self.providers, book.quarter.tolist(), strict=True):
            provider.year_revenue += revenue
            provider.year_result += result
        for town in self.municipalities:
            town.book(int(book.quarter_paid[town.payer]), month - self._decided_until)
        book.quarter[:], book.quarter_paid[:] = 0, 0
        self._decided_until = month
        if january:
            self.convenant.decide_members(self.key, month, [p.year_revenue for p in self.providers])
        for party in self.parties:
            if isinstance(party, Municipality) and month >= self.rules.reform:
                party.decide(self.state.hours_factor, self.state.intakes, month // 12)
            elif isinstance(party, Insurer):
                party.decide(m, month % 12)
        if month == START:
            for provider in self.providers:
                provider.year_revenue = 0  # until now an estimate; what a year brought in is counted from here
            return
        takes, active = m.takes_new.copy(), m.active.copy()
        by_group = (m.contribution @ self._of_group).tolist()
        m.contribution[:] = 0
        for provider, cents in zip(self.providers, by_group, strict=True):
            provider.decide_quarter(cents, january)
        if january:
            paid = sum(p.year_result for p in self.providers) > 0
            prices = prices_of(month, self.rules.accounts)
            luck = hinterland_luck(self.key, month, m.words).tolist()
            for provider, of_year in zip(self.providers, luck, strict=True):
                provider.decide_year(self.key, month, paid, of_year, prices)
        if index is None or ((takes == m.takes_new).all() and (active == m.active).all()):
            return
        stays, gone = (active & m.active) == 1, (active == 1) & (m.active == 0)
        failed = np.array([provider.has_failed for provider in self.providers], dtype=bool)
        refused = ((takes == 1) & (m.takes_new == 0)).sum(axis=1) * stays
        row = self._sheet.providers[index]
        row["intake_stops"], row["entries"] = refused, (active == 0) & (m.active == 1)
        row["exits"], row["failures"] = gone & ~failed, gone & failed

    def step(self) -> None:
        """Simulate one month.

        Raises
        ------
        KrimpsimError
            After the last month of the run.
        """
        self._mark = time.perf_counter()
        index = int(self.steps) - 1
        if index >= self._n_months:
            raise KrimpsimError(f"the run ended in {label(self.last_month)}; set run.end later")
        self._month(self.first_month + index, index)
        self.datacollector.collect(self)
        self._lap("record")
        if index == self._n_months - 1:
            self.running = False

    def result(self) -> Result:
        """Return what was recorded so far."""
        n = int(self.steps)
        return Result(
            scenario=self.config.scenario.id,
            replicate=self.replicate,
            first_month=self.first_month,
            villages=self.villages,
            providers=tuple(p.id for p in self.config.providers),
            village_rows=self._numbers.villages[:n],
            provider_rows=self._numbers.providers[:n],
            region_rows=self._numbers.region[:n],
            group_rows=by_group(self._numbers.cells[:n]),
            seconds=dict(self.seconds),
        )
