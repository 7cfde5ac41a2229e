"""Numbers and names as a reader sees them, in Dutch and English."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True, slots=True)
class RoundedPair:
    """Two numbers rounded alike, so that a + difference = b holds for what the reader sees."""

    a: Decimal
    b: Decimal
    digits: int

    @property
    def difference(self) -> Decimal:
        """The difference b - a of the rounded numbers."""
        return self.b - self.a


def rounded_pair(a: float, b: float, digits: int | None = None) -> RoundedPair:
    """Round two numbers alike, with the decimals of `digits_for` unless said otherwise."""
    if digits is None:
        digits = digits_for(a, b)
    return RoundedPair(rounded(a, digits), rounded(b, digits), digits)


def rounded_interval(low: float, high: float, pair: RoundedPair) -> tuple[Decimal, Decimal]:
    """Return the interval of a difference, rounded like the pair; it holds the difference that the reader sees."""
    difference = pair.difference
    return min(rounded(low, pair.digits), difference), max(rounded(high, pair.digits), difference)


def digits_for(*numbers: float) -> int:
    """Return the decimals that suit numbers: one below 100, none from there, hundreds and thousands for large ones."""
    size = max((abs(number) for number in numbers if not math.isnan(number)), default=0)
    return 1 if size < 100 else 0 if size < 1e5 else -2 if size < 1e6 else -3


def rounded(number: float, digits: int) -> Decimal:
    """Return a number with so many decimals; negative digits round to tens, hundreds and so on."""
    return Decimal(repr(float(number))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN) + Decimal(0)


def nl(number: Decimal | float, digits: int = 1, sign: bool = False) -> str:
    """Return a number the Dutch way: decimal comma, points between thousands, a real minus."""
    return en(number, digits, sign).translate(str.maketrans(",.", ".,"))


def en(number: Decimal | float, digits: int = 1, sign: bool = False) -> str:
    """Return a number the English way: decimal point, commas between thousands, a real minus."""
    value = number if isinstance(number, Decimal) else rounded(number, digits)
    text = f"{abs(value):,.{max(digits, 0)}f}"
    if not text.strip("0.,"):
        return text
    return ("−" if value < 0 else "+" if sign else "") + text


def dutch_name(village: str) -> str:
    """Return a village name with the dots that the tables leave out."""
    return village.replace("Exloe", "Exloë")


def joined(names: Sequence[str]) -> str:
    """Return names as an enumeration in Dutch."""
    return " en ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]
