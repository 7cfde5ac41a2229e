"""What a comparison found: the one rule of when a difference is named, for the page, its marks and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from krimpsim.inputs.municipalities import TOWNS
from krimpsim.outputs.compare import Paired
from krimpsim.outputs.headlines import HEADLINES, Headline
from krimpsim.report.numbers import RoundedPair, digits_for, en, nl, rounded, rounded_interval, rounded_pair
from krimpsim.report.runset import Group, RunSet, Scenario

RULE_NL = (
    "Een verschil is duidelijk als het met ander toeval waarschijnlijk dezelfde kant op gaat: het hele interval van "
    "95% ligt aan één kant van nul."
)
FEW_RUNS = 10  #: fewer have no percentiles: their lowest and highest are shown
RULE_EN = "clear: the whole 95% interval of the difference lies on one side of 0"
PAYERS = (
    *((town.paid, f"gemeente {town.name}", f"municipality {town.name}") for town in TOWNS),
    ("paid_insurer_eur", "de zorgverzekeraar", "insurer"),
    ("paid_care_office_eur", "het zorgkantoor", "care office"),
    ("clause_cost_eur", "de partijen samen, voor het samenwerken zelf", "the parties, for the cooperation itself"),
    ("contributions_eur", "inwoners zelf (eigen bijdrage)", "residents themselves (contributions)"),
)
UNPAID = "minutes_informal_given"  #: what family and neighbours give without pay
_UNITS_NL = {
    "h per 100 h needed": "uur van elke 100 uur",
    "h/week": "uur per week",
    "persons": "mensen",
    "per 100 persons": "van elke 100",
    "1": "",
    "villages": "dorpen",
    "nights/year": "nachten",
    "km/year": "km",
    "EUR/year": "euro",
}


def verdict(found: Paired, lower_is_better: bool = True, *, small: bool = False) -> str:
    """Return what a difference means: ``better``, ``equal``, ``worse``, or ``unclear`` where chance could do it.

    Parameters
    ----------
    found
        The paired difference.
    lower_is_better
        Which direction people would call better.
    small
        Whether it is of too few residents to say anything.
    """
    if small:
        return "unclear"
    if found.equal == found.pairs:
        return "equal"
    if found.pairs < 2 or found.low <= 0 <= found.high:
        return "unclear"
    return "better" if (found.difference < 0) == lower_is_better else "worse"


def counted(found: Paired) -> tuple[int, int, int]:
    """Return in how many pairs B is better, equal and worse."""
    return found.better, found.equal, found.pairs - found.better - found.equal


def counted_nl(found: Paired) -> str:
    """Return in how many runs B is better, equal and worse, in Dutch."""
    better, equal, worse = counted(found)
    if found.pairs == 1:
        word = "beter" if better else "gelijk" if equal else "slechter"
        return f"In de enige doorrekening is B {word}."
    if equal == found.pairs:
        return f"A en B zijn gelijk in alle {found.pairs} doorrekeningen."
    parts = [(better, "beter"), (equal, "gelijk"), (worse, "slechter")]
    said = [f"{word} in {'alle ' if n == found.pairs else ''}{n}" for n, word in parts if n]
    return f"B is {', '.join(said)}{'' if found.pairs in (better, worse) else f' van de {found.pairs}'} doorrekeningen."


@dataclass(frozen=True)
class Findings:
    """The differences of all headlines in a year, and of what each payer pays.

    Parameters
    ----------
    year
        The year.
    pairs
        Number of pairs of runs.
    headlines
        Per verdict of `verdict`: headline and difference, in the order of the headlines.
    payers
        Clear differences: name in Dutch, name in English, euros in that year.
    unpaid
        How many hours a week more family and neighbours give without pay; 0 when that is not clear.
    months
        How many months of the year were run: amounts are sums over these.
    """

    year: int
    pairs: int
    headlines: Mapping[str, Sequence[tuple[Headline, Paired]]]
    payers: Sequence[tuple[str, str, float]]
    unpaid: float = 0.0
    months: int = 12

    @property
    def is_nothing(self) -> bool:
        """Whether no headline differs clearly, and nobody pays clearly more or less."""
        return not (self.headlines["better"] or self.headlines["worse"] or self.payers or self.unpaid)

    def lists_nl(self) -> list[tuple[str, list[str]]]:
        """Return in Dutch every headline that differs clearly, good and bad, and who pays: headings and their lines."""
        if self.pairs < 2:
            return [("Er is één doorrekening. Of een verschil toeval is, is dan niet te zeggen.", [])]
        if self.is_nothing:
            return [("Deze afspraak verandert hier bijna niets: geen enkel getal verschilt duidelijk.", [])]
        said = []
        for kind, word in (("better", "beter"), ("worse", "slechter")):
            found = [_change_nl(*one, self.months) for one in self.headlines[kind]]
            said.append((f"Duidelijk {word} bij B in {self.year}:", found or ["niets"]))
        more = [f"{name}: {_euros_nl(change, self.months)}" for name, _, change in self.payers]
        if self.unpaid:
            how = "meer" if self.unpaid > 0 else "minder"
            hours = nl(abs(self.unpaid), digits_for(self.unpaid))
            more.append(f"familie en buren, zonder loon: {hours} uur per week {how}")
        said.append(("Wie betaalt:", more or ["niemand duidelijk meer of minder"]))
        return said

    def lines_en(self) -> list[str]:
        """Return in English the same, a line each, for the terminal."""
        if self.pairs < 2:
            return ["One pair of runs: whether a difference is chance cannot be told."]
        if self.is_nothing:
            return [f"{self.year}: B changes almost nothing here; no difference is clear."]
        lines = []
        for kind in ("better", "worse"):
            found = [_change_en(*one, self.months) for one in self.headlines[kind]]
            lines.append(f"{self.year}: B is {kind}: {'; '.join(found) if found else 'nowhere clearly'}")
        more = [f"{name} {_money_en(change, self.months)}" for _, name, change in self.payers]
        if self.unpaid:
            unpaid = en(self.unpaid, digits_for(self.unpaid), sign=True).replace("−", "-")
            more.append(f"family and neighbours, without pay {unpaid} h/week")
        lines.append(f"{self.year}: who pays: {'; '.join(more) if more else 'nobody clearly more or less'}")
        unclear = [headline.label_en for headline, _ in (*self.headlines["unclear"], *self.headlines["equal"])]
        lines.append(f"{self.year}: no clear difference: {'; '.join(unclear) if unclear else 'none'}")
        return lines


def findings(runs: RunSet, b: Scenario, year: int) -> Findings:
    """Return what a comparison of a scenario with the first found in a year."""
    headlines: dict[str, list[tuple[Headline, Paired]]] = {"better": [], "equal": [], "worse": [], "unclear": []}
    pairs = 0
    for headline in HEADLINES:
        found = runs.difference(b, headline.name, year)
        pairs = found.pairs
        headlines[verdict(found, headline.lower_is_better)].append((headline, found))
    payers = []
    for column, name_nl, name_en in PAYERS:
        found = runs.column_difference(b, column, year)
        if verdict(found) in ("better", "worse"):
            payers.append((name_nl, name_en, found.difference))
    unpaid = runs.column_difference(b, UNPAID, year)
    hours = unpaid.difference if verdict(unpaid) in ("better", "worse") else 0.0
    return Findings(year, pairs, headlines, payers, hours, runs.months[year])


def place_verdict(runs: RunSet, group: Group, b: Scenario, year: int) -> str:
    """Return what the difference in unmet care means in a village or group of villages."""
    return verdict(runs.group_difference(group, b, year), small=group.is_small(runs.a.id))


def shown_pair(found: Paired, digits: int | None = None) -> RoundedPair:
    """Return both numbers rounded alike, with as many more decimals, two at most, as a clear difference needs to show.

    Parameters
    ----------
    found
        The paired difference.
    digits
        Decimals to begin with; those that suit the numbers when None.
    """
    pair = rounded_pair(found.mean_a, found.mean_b, digits)
    is_clear = verdict(found) in ("better", "worse")
    while is_clear and pair.difference == 0 and pair.digits < 2:
        pair = rounded_pair(found.mean_a, found.mean_b, pair.digits + 1)
    return pair


def shown_interval(found: Paired, pair: RoundedPair) -> tuple[Decimal, Decimal, int]:
    """Return the interval of a difference and its decimals: as many as a reader needs to see that it leaves out 0."""
    digits, nearest = pair.digits, min(abs(found.low), abs(found.high))
    while verdict(found) in ("better", "worse") and rounded(nearest, digits) == 0 and digits < 3:
        digits += 1
    return *rounded_interval(found.low, found.high, RoundedPair(pair.a, pair.b, digits)), digits


def a_year_nl(months: int) -> str:
    """Return over which time an amount of a year is counted, when so many months of it were run."""
    return "per jaar" if months == 12 else f"in {months} maand{'en' if months > 1 else ''}"


def _a_year_en(months: int) -> str:
    return "/year" if months == 12 else f" in {months} month{'s' if months > 1 else ''}"


def _change_nl(headline: Headline, found: Paired, months: int) -> str:
    """Return a headline, its two numbers and the difference, in Dutch."""
    pair, unit = shown_pair(found), _UNITS_NL[headline.unit]
    if headline.unit.endswith("/year"):
        unit += f" {a_year_nl(months)}"
    change = nl(pair.difference, pair.digits, sign=True) if pair.difference else "minder dan 0,01"
    numbers = f"{nl(pair.a, pair.digits)} bij A, {nl(pair.b, pair.digits)} bij B"
    return f"{headline.label_nl} ({change}{f' {unit}' if unit else ''}; {numbers})"


def _change_en(headline: Headline, found: Paired, months: int) -> str:
    """Return a headline and its difference, in English."""
    pair = shown_pair(found)
    change = en(pair.difference, pair.digits, sign=True) if pair.difference else "less than 0.01"
    unit = "" if headline.unit in ("1", "persons", "villages") else f" {headline.unit}"
    unit = unit.replace("/year", _a_year_en(months))
    return f"{headline.label_en} ({change}{unit})".replace("−", "-")


def _euros_nl(change: float, months: int) -> str:
    size = nl(abs(change), _euro_digits(change))
    return f"€\u00a0{size} {a_year_nl(months)} {'meer' if change > 0 else 'minder'}"


def _money_en(change: float, months: int) -> str:
    return en(change, _euro_digits(change), sign=True).replace("−", "-") + f" EUR{_a_year_en(months)}"


def _euro_digits(change: float) -> int:
    """Return how euros are rounded: to hundreds, small amounts to tens, large ones to thousands."""
    return -1 if abs(change) < 1000 else min(-2, digits_for(change))
