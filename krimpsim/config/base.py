"""How a parameter is declared: value, unit, bounds, range and source, once, in one place.

The TOML keys, the errors a user meets, the JSON Schema, the parameter tables and the factors of a sensitivity
analysis all read these declarations.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

#: The closed list of units.  ``1`` is a pure number, ``share`` lies in [0, 1].
UNITS = frozenset(
    [
        "1",
        "share",
        "year",
        "1/year",
        "month",
        "1/month",
        "months",
        "min/week",
        "min",
        "h",
        "h/week",
        "km",
        "km/h",
        "m",
        "EUR",
        "EUR/h",
        "EUR/km",
        "EUR/year",
        "persons",
        "FTE",
        "ratio",
        "per_1000",
        "1/1000/night",
        "provider",
        "choice",
        "date",
        "text",
        "list",
    ]
)


class ConfigModel(BaseModel):
    """A block of the configuration: frozen, and every unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, protected_namespaces=())


def param(
    default: Any,
    *,
    unit: str,
    source: str,
    about: str,
    ge: float | None = None,
    le: float | None = None,
    range: tuple[float, float] | None = None,  # noqa: A002
) -> Any:
    """Declare one parameter.

    Parameters
    ----------
    default
        Value when the file is silent, in `unit`.
    unit
        One of `UNITS`.
    source
        ``evidence: KEY`` for a row of the evidence table, ``input: NAME`` for an input table, ``choice: ...`` for
        what the user decides, or ``assumption: ...`` with the reason.
    about
        One sentence: what the number means.
    ge, le
        Smallest and largest allowed value, same unit.
    range
        Low and high of what is plausible, same unit; given when the value is uncertain.

    Raises
    ------
    ValueError
        If the declaration is incomplete: unknown unit, no source, an assumption without range.
    """
    if unit not in UNITS:
        raise ValueError(f"unit {unit!r} is not in the list of units")
    head = source.partition(":")[0]
    if head not in {"evidence", "input", "choice", "assumption"}:
        raise ValueError(f"source {source!r} must start with evidence:, input:, choice: or assumption:")
    if head == "assumption" and range is None and isinstance(default, (int, float)) and not isinstance(default, bool):
        raise ValueError(f"an assumption needs a range: {about}")
    if range is not None and not range[0] <= range[1]:
        raise ValueError(f"range {range} is upside down: {about}")
    extra: dict[str, Any] = {"x-unit": unit, "x-source": source}
    if range is not None:
        extra["x-range"] = list(range)
    bounds: dict[str, Any] = {name: bound for name, bound in (("ge", ge), ("le", le)) if bound is not None}
    if callable(default):
        field: FieldInfo = Field(default_factory=default, description=about, json_schema_extra=extra, **bounds)
    else:
        field = Field(default, description=about, json_schema_extra=extra, **bounds)
    return field


Dated = dict[str, float]  #: values by the year from which they hold


def dated(table: dict[str, float], first_year: int, n_years: int) -> list[float]:
    """Return the value that holds in each year: the last one dated in or before it, else the first."""
    rows = sorted((int(year), value) for year, value in table.items())
    return [([value for year, value in rows if year <= first_year + k] or [rows[0][1]])[-1] for k in range(n_years)]
