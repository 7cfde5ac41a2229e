"""The generated part of ``ODD.md``: tables of state variables, schedule and parameters, from the code that runs.

``python -m krimpsim.odd`` writes them anew.  A test fails when they are stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic.fields import FieldInfo

from krimpsim.config.base import ConfigModel
from krimpsim.config.events import EventsConfig
from krimpsim.config.run import RunConfig
from krimpsim.config.turned import EVENTS
from krimpsim.core.codes import Kind
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.columns import Column as Observed
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUPS
from krimpsim.outputs.headlines import INDICATORS
from krimpsim.population.schema import PEOPLE, TIES, Column
from krimpsim.schedule import PROCESSES

ODD = Path(__file__).with_name("ODD.md")
COMMAND = "python -m krimpsim.odd"
BEGIN = f"<!-- generated: by {COMMAND}; edit the code, not these tables -->"
END = "<!-- generated: end -->"


class Parameter(NamedTuple):
    """One key of a configuration file, as declared.

    Parameters
    ----------
    key
        Path in the file, for example ``care_need.men_ratio``; ``[]`` marks the elements of a list.
    block
        Class that declares it.
    default, unit, source, about
        As declared; the default as text of a configuration file.
    bounds
        Low and high of what is plausible, if given.
    is_number
        Whether the default is a single number.
    """

    key: str
    block: type[ConfigModel]
    default: str
    unit: str
    bounds: tuple[float, float] | None
    source: str
    about: str
    is_number: bool


def parameters(block: type[ConfigModel] = RunConfig, prefix: str = "") -> Iterator[Parameter]:
    """Yield every parameter of a configuration file, in the order of the file."""
    for name, field in block.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        inner = _block_of(field)
        if inner is not None:
            yield from parameters(inner, f"{key}." if field.annotation is inner else f"{key}[].")
            if field.annotation is inner or not field.description:
                continue
        yield _declared(key, block, field)


def _block_of(field: FieldInfo) -> type[ConfigModel] | None:
    """Return the block that a field holds, one or many, or None for a single value."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, ConfigModel):
            return kind
    return None


def _declared(key: str, block: type[ConfigModel], field: FieldInfo) -> Parameter:
    """Return the declaration of one field."""
    extra: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    bounds = extra.get("x-range")
    return Parameter(
        key=key,
        block=block,
        default="needed" if field.is_required() else _text(default),
        unit=str(extra.get("x-unit", "")),
        bounds=(float(bounds[0]), float(bounds[1])) if bounds else None,
        source=str(extra.get("x-source", "")),
        about=field.description or "",
        is_number=isinstance(default, (int, float)) and not isinstance(default, bool),
    )


def _text(value: object) -> str:
    """Return a default as a reader would write it."""
    if value is None:
        return "not set"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(child)}" for key, child in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value)) or "none"
    return str(value) or "empty"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _columns(table: Mapping[str, Column]) -> str:
    """Return the table of the state variables of one kind of row."""
    rows = [
        (f"`{name}`", c.unit, c.meaning, {"": "", "household": "household"}.get(c.points_to, f"row of {c.points_to}"))
        for name, c in table.items()
    ]
    return _table(("variable", "unit", "meaning", "points to"), rows)


def _schedule() -> str:
    """Return the table of the processes in the order in which they run."""
    rows = [
        (
            p.number,
            p.name,
            p.every,
            ", ".join(p.reads) or "-",
            ", ".join(p.writes) or "-",
            ", ".join(stream.name.lower() for stream in p.streams) or "-",
        )
        for p in PROCESSES
    ]
    return _table(("no.", "process", "when", "reads", "writes", "draws"), rows)


def _parameters() -> str:
    """Return one table per block of the configuration."""
    blocks: dict[str, list[Parameter]] = {}
    for p in parameters():
        block, dot, _ = p.key.rpartition(".")
        blocks.setdefault(block if dot else "top of the file", []).append(p)
    parts = []
    for name, members in blocks.items():
        about = (members[0].block.__doc__ or "").strip().splitlines()[0]
        rows = [
            (
                f"`{p.key.rpartition('.')[2]}`",
                p.default,
                p.unit,
                f"{p.bounds[0]:g} to {p.bounds[1]:g}" if p.bounds else "",
                p.about,
                p.source,
            )
            for p in members
        ]
        title = f"#### `{name}`" if "." in name or name != "top of the file" else "#### Top of the file"
        parts.append(f"{title}\n\n{about}\n\n" + _table(("key", "default", "unit", "range", "meaning", "source"), rows))
    return "\n\n".join(parts)


def _observed(columns: Sequence[Observed]) -> str:
    """Return the table of the columns of a result table; what is there by kind of care stands behind its sum."""
    names = {column.name for column in columns}
    of_kind = {name: {f"{name}_{kind.name.lower()}" for kind in Kind} for name in names}
    split = {name for name in names if of_kind[name] <= names}
    hidden = {name for whole in split for name in of_kind[whole]}
    rows = [
        (
            f"`{c.name}`" + (", by kind" if c.name in split else ""),
            c.unit,
            c.label_en + (f". {c.about}" if c.about else ""),
            c.label_nl,
        )
        for c in columns
        if c.name not in hidden
    ]
    return _table(("column", "unit", "meaning", "Dutch label"), rows)


def _observation() -> str:
    """Return the tables of what is observed."""
    groups = [
        (f"`{group}`", ", ".join(f"`{value}`" for value, _, _ in values), ", ".join(en for _, _, en in values))
        for group, values in GROUPS.items()
    ]
    indicators = [
        (f"`{i.name}`", i.unit, i.label_en, "lower" if i.lower_is_better else "higher", i.label_nl) for i in INDICATORS
    ]
    parts = [
        ("By village (`villages.parquet`)", _observed(VILLAGE_COLUMNS)),
        ("By provider (`providers.parquet`)", _observed(PROVIDER_COLUMNS)),
        ("Of the region alone (`region.parquet`, beside the sums of the two above)", _observed(REGION_COLUMNS)),
        ("Groups of residents (`groups.parquet`)", _table(("group", "values", "meaning"), groups)),
        ("By group of residents", _observed(GROUP_COLUMNS)),
        (
            "Compared between scenarios (`summary.csv`, `compare.csv`), per calendar year",
            _table(("indicator", "unit", "meaning", "better is", "Dutch label"), indicators),
        ),
    ]
    return "\n\n".join(f"#### {title}\n\n{table}" for title, table in parts)


def _events() -> str:
    """Return the table of the dated events and their switches."""
    config, rows = RunConfig.model_validate({}), []
    for name, facts in EVENTS.items():
        field = EventsConfig.model_fields[name]
        source = field.json_schema_extra["x-source"] if isinstance(field.json_schema_extra, dict) else ""
        rows.append(
            (
                f"{facts.day:%Y-%m}",
                f"`events.{name}`",
                _text(field.default),
                field.description or "",
                ", ".join(f"`{key}`" for key in facts.change(config)),
                facts.where,
                str(source).removeprefix("choice: "),
            )
        )
    return _table(
        ("month", "switch", "default", "what happens", "what the switch sets", "where it acts", "source"), rows
    )


def generated_text() -> str:
    """Return the generated part of the description, markers excluded."""
    return "\n".join(
        (
            "### Table A. State variables",
            "",
            "Every person also has a permanent identity, `uid`, and so has every tie.",
            "",
            "#### Persons",
            "",
            _columns(PEOPLE),
            "",
            "#### Ties",
            "",
            _columns(TIES),
            "",
            "### Table B. Schedule",
            "",
            _schedule(),
            "",
            "### Table C. Parameters",
            "",
            "A source that begins with *evidence* names a row of `inputs/data/evidence.csv`; *input* names an input",
            "table; *choice* is for the user to decide; *assumption* gives the reason.  *Range* is what is plausible,",
            "not what is allowed.",
            "",
            _parameters(),
            "",
            "### Table D. Observation",
            "",
            "Every column of every month.  Counts are at the end of the month, flows of the month.",
            "",
            _observation(),
            "",
            "### Table E. Dated events",
            "",
            "A switch that is turned over lays other values over the keys named here, so that the event never happened",
            "or, where the default is false, does happen.  The night service of the region, from October 2022, is a",
            "clause: its switch is `convenant.joint_nights.enabled`.",
            "",
            _events(),
        )
    )


def refreshed(text: str) -> str:
    """Return the text of the description with the generated part of now.

    Raises
    ------
    ValueError
        If the markers are not there, once each and in order.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"the text needs the line {BEGIN} and after it the line {END}, once each")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{generated_text()}\n\n{END}{rest.partition(END)[2]}"


def refresh(path: Path = ODD) -> bool:
    """Write the generated part of a description anew; return whether that changed it."""
    old = path.read_text(encoding="utf-8")
    new = refreshed(old)
    if new == old:
        return False
    path.write_bytes(new.encode())
    return True


def main() -> None:
    """Refresh the description of the model that stands beside this file."""
    sys.stdout.write(f"{ODD}: {'written' if refresh() else 'up to date'}\n")


if __name__ == "__main__":
    main()
