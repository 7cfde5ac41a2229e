"""Commands that read the store of an experiment: tables, and sensitivity indices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krimpsim.cli.app import app, explained, new_console
from krimpsim.cli.options import Json, named_folder
from krimpsim.cli.sweeps import ExperimentFile, StoreFolder, TableFolder
from krimpsim.core.errors import UsageError

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]


@app.command("collect", rich_help_panel="Experiments")
@explained
def collect_command(
    stores: Annotated[list[Path], typer.Argument(metavar="STORE...", help="Stores of sweeps.")],
    out: Annotated[
        Path,
        typer.Option("--out", parser=named_folder, metavar="DIR", help="The store that takes all runs; it may exist."),
    ],
) -> None:
    """Put the runs of several stores together, and check that runs of more than one are equal."""
    from krimpsim.experiments.store import Store

    for folder in stores:
        if not (folder / "scalars").is_dir():
            raise UsageError(f"{folder}: no store of a sweep")
    from krimpsim.outputs.folder import writable

    target = Store(writable(out, "--out"))
    for folder in stores:
        if folder.resolve() != out.resolve():
            typer.echo(f"{folder}: {target.take(Store(folder))} runs taken")
    target.compact()


@app.command("sobol", rich_help_panel="Experiments")
@explained
def sobol_command(
    file: ExperimentFile,
    store: StoreFolder = None,
    out: TableFolder = None,
    as_json: Json = False,
) -> None:
    """Say which factors of a finished experiment matter: Sobol' indices, or effects of Morris; tables and figures."""
    from krimpsim.experiments.analysis import analyse

    found = analyse(file, store, out)
    kind = next(name for name in ("sobol", "morris", "chaos", "pawn") if name in found.tables)
    table = found.tables[kind]
    from krimpsim.report.sensitivity_figures import draw_analysis

    draw_analysis(found)
    if as_json:
        rows = json.loads(table.to_json(orient="records"))
        what = {"folder": str(found.folder), "tables": list(found.tables), "table": rows, "notes": found.notes}
        typer.echo(json.dumps(what, ensure_ascii=False))
        return
    from rich.table import Table

    index, luck = {"morris": ("mu_star", "mu_star_by_luck"), "pawn": ("PAWN", "floor")}.get(kind, ("ST", "noise_share"))
    heads = {"mu_star": "mu*", "mu_star_by_luck": "mu* by luck", "noise_share": "noise share"}
    columns = [luck] if luck in table else []
    shown = Table(
        "scenario",
        "outcome",
        "factor",
        heads.get(index, index),
        "95% interval",
        *(heads.get(one, one) for one in columns),
    )
    for row in table.to_dict("records"):
        interval = f"{row[index + '_low']:.3g} to {row[index + '_high']:.3g}"
        numbers = [f"{row[index]:.3g}", interval, *(f"{row[name]:.3g}" for name in columns)]
        shown.add_row(row["scenario"], row["outcome"], row["factor"], *numbers)
    new_console().print(shown)
    for note in found.notes:
        typer.echo(note)
    typer.echo(f"tables and figures: {found.folder}")
