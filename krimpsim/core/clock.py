"""Months as integers: ``year * 12 + month - 1``."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from krimpsim.core.jit import compiled

FIRST_YEAR = 2013
START = FIRST_YEAR * 12  #: absolute month of 1 January 2013, on which people are as observed


def month_of(day: date) -> int:
    """Return the absolute month of a day."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """Return the first day of an absolute month."""
    return date(month // 12, month % 12 + 1, 1)


@cache
def days_in(month: int) -> int:
    """Return the number of days in an absolute month."""
    return (first_day(month + 1) - first_day(month)).days


def label(month: int) -> str:
    """Return the month as ``2031-04``."""
    return f"{month // 12}-{month % 12 + 1:02d}"


def last_day(month: int) -> date:
    """Return the last day of an absolute month."""
    return first_day(month + 1) - timedelta(days=1)


@compiled
def age_in(month: int, birth_month: int) -> int:
    """Return the completed years of age in a month."""
    return (month - birth_month) // 12


@compiled
def january_age(year: int, birth_month: int) -> int:
    """Return the completed years of age on 1 January of a year, -1 for those born in it."""
    return year - birth_month // 12 - 1
