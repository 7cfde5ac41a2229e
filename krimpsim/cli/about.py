"""Commands that tell about the model: plan, schema and info."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krimpsim.cli.app import app, explained, new_console
from krimpsim.cli.files import write_file
from krimpsim.core.errors import DataError, UsageError

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]


@app.command("plan", rich_help_panel="More")
@explained
def plan_command() -> None:
    """Show the order of events in a month: what each process reads, writes and draws, and the time of the last run."""
    from rich.table import Table

    from krimpsim.schedule import PARTS, PROCESSES

    folder, seconds = _last_times(Path("results"))
    part_of = {module.PROCESS.number: part for part, modules in PARTS.items() for module in modules}
    heads = ("no.", "process", "when", "reads", "writes", "draws", "part", "time", "about")
    table = Table(*heads, title="One month, in order")
    for process in PROCESSES:
        part = part_of.get(process.number, "")
        cells = (
            process.number,
            process.name,
            process.every,
            process.reads,
            process.writes,
            process.streams,
            part,
            f"{1000 * seconds[part]:.1f} ms" if part in seconds else "-",
            process.about,
        )
        table.add_row(*map(_cell, cells))
    console = new_console()
    console.print(table)
    if folder is None:
        console.print("time: not known, as no finished run stands in results/ here")
        return
    rest = ", ".join(f"{part} {1000 * value:.1f} ms" for part, value in seconds.items() if part not in PARTS)
    console.print(f"time: of the whole part, over all months, in the fastest run of {folder}")
    console.print("A part is compiled into one piece, so its processes share one time and none has its own.")
    console.print(f"besides: {rest}; together {1000 * sum(seconds.values()):.1f} ms")


def _last_times(results: Path) -> tuple[Path | None, dict[str, float]]:
    """Return the youngest run-set in a folder, and the seconds of each part of a run in it; None where none says."""
    from krimpsim.outputs.manifest import MANIFEST, read_manifest

    for path in sorted(results.glob(f"*/{MANIFEST}"), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            seconds = read_manifest(path.parent).get("seconds_of_a_replicate")
        except DataError:
            continue
        if seconds:
            return path.parent, dict(seconds)
    return None, {}


def _cell(value: object) -> str:
    """Return a name, a number or a list of them as text."""
    if isinstance(value, (tuple, list, set, frozenset)):
        return ", ".join(map(_cell, value))
    name = getattr(value, "name", value)
    return str(name).lower() if hasattr(value, "name") else str(value)


@app.command("schema", rich_help_panel="More")
@explained
def schema_command(
    write: Annotated[bool, typer.Option("--write", help="Write it to configs/krimpsim.schema.json.")] = False,
) -> None:
    """Print the JSON Schema of configuration files, which editors use for completion."""
    from krimpsim.config.schema import SCHEMA_FILE, schema_text

    if not write:
        typer.echo(schema_text(), nl=False)
        return
    file = Path(SCHEMA_FILE)
    if not file.parent.is_dir():
        raise UsageError(f"{file.parent}: no such folder; run this at the top of the project")
    write_file(file, schema_text())
    typer.echo(f"wrote {file}")


@app.command("info", rich_help_panel="More")
@explained
def info_command(
    warm: Annotated[
        bool, typer.Option("--warm", help="Compile the model now, so that the next run starts at once.")
    ] = False,
    magnitudes: Annotated[
        bool, typer.Option("--magnitudes", help="Print orders of magnitude to judge results by.")
    ] = False,
) -> None:
    """Show versions, the cache folder, and the input tables with what to beware of."""
    if warm:
        from krimpsim.run import warm as compile_now

        started = time.monotonic()
        compile_now()
        typer.echo(f"compiled in {time.monotonic() - started:.1f} s")
    if magnitudes:
        from krimpsim.report.magnitudes import print_magnitudes

        print_magnitudes(new_console())
    if not (warm or magnitudes):
        _show_info()


def _show_info() -> None:
    """Print versions, cache folder and the register of inputs."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from rich.table import Table

    from krimpsim import __version__
    from krimpsim.core.cache import CACHE_FOLDER
    from krimpsim.inputs.register import read_register

    typer.echo(f"{'krimpsim':<12}{__version__}")
    typer.echo(f"{'python':<12}{platform.python_version()}")
    for package in ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic"):
        try:
            typer.echo(f"{package:<12}{version(package)}")
        except PackageNotFoundError:
            typer.echo(f"{package:<12}missing")
    typer.echo(f"{'cache':<12}{CACHE_FOLDER}")
    table = Table("table", "contents", "year", "status", "beware", title="Input tables")
    for entry in read_register():
        table.add_row(entry.file, entry.title, entry.year, entry.status, entry.caveat)
    new_console().print(table)
