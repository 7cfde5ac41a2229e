"""Commands on files: check, new, report and reproduce."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krimpsim.cli.app import app, explained, show_problems
from krimpsim.cli.options import Jobs, Json, Quiet, Replicates, Settings
from krimpsim.cli.progress import progress, stoppable
from krimpsim.cli.scenarios import load, survey
from krimpsim.core.errors import ConfigError, KrimpsimError, Problem, UsageError

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]


@app.command("check", rich_help_panel="Scenarios")
@explained
def check_command(
    files: Annotated[list[Path], typer.Argument(help="Configuration files.")], settings: Settings = None
) -> None:
    """Check configuration files and report every mistake, with its line."""
    problems: dict[Problem, None] = {}
    for file in files:
        try:
            ((config, _),) = load([file], settings or [])
        except ConfigError as error:
            problems.update(dict.fromkeys(error.problems))
        else:
            typer.echo("; ".join(filter(None, [f"{file}: ok", survey(config)])))
    if problems:
        show_problems(list(problems))
        typer.echo(f"{len(problems)} problem(s).", err=True)
        raise typer.Exit(ConfigError.exit_code)


@app.command("new", rich_help_panel="Scenarios")
@explained
def new_command(
    name: Annotated[str, typer.Argument(help="Identifier of the scenario: lower case, digits and _.")],
    extends: Annotated[Path, typer.Option(help="The parent: the scenario from which this one differs.")] = Path(
        "configs/scenarios/today.toml"
    ),
    folder: Annotated[Path | None, typer.Option(help="Where to write it; default beside the parent.")] = None,
) -> None:
    """Write a small scenario file to start from."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        allowed = "write lower-case letters, digits and _, a letter first, 64 at most"
        raise UsageError(f"'{name[:80]}' cannot name a scenario: {allowed}")
    if not extends.is_file():
        raise UsageError(f"{extends}: no such file to extend; give one with --extends")
    folder = folder or extends.parent
    file = folder / f"{name}.toml"
    if file.exists():
        raise UsageError(f"{file} exists already")
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    write_file(file, _new_scenario(name, extends, folder))
    typer.echo(f"wrote {file}")


def write_file(file: Path, text: str) -> None:
    """Write a file that the user named."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        from krimpsim.outputs.folder import said

        raise UsageError(f"{file}: {said(error)}; choose another place") from None


def _new_scenario(name: str, parent: Path, folder: Path) -> str:
    """Return the text of a new scenario file."""
    relative = Path(os.path.relpath(parent.resolve(), folder.resolve())).as_posix()
    title = name.replace("_", " ").capitalize()
    schemas = [above / "krimpsim.schema.json" for above in (folder.resolve(), *folder.resolve().parents)]
    schema = next((os.path.relpath(path, folder.resolve()) for path in schemas if path.is_file()), None)
    head = f"#:schema {Path(schema).as_posix()}\n" if schema else ""
    return (
        head
        + f'''# {title}.  Only what differs from the parent stands here.
extends = {json.dumps(relative, ensure_ascii=False)}
schema = 1

[scenario]
id = "{name}"
title.nl = "{title}"
title.en = "{title}"

# Take the # away from what should differ, and check the file with: krimpsim check {name}.toml
# [convenant.joint_nights]
# enabled = true
# start = 2027-01-01
# strength = 1.0        # 0 = off, 1 = as intended
'''
    )


@app.command("report", rich_help_panel="Scenarios")
@explained
def report_command(folder: Annotated[Path, typer.Argument(help="Folder of a run.")], quiet: Quiet = False) -> None:
    """Write the report and the figures of a finished run again."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    from krimpsim.outputs.folder import writable
    from krimpsim.report.build import build_report

    writable(folder, "the folder")
    with progress(quiet) as show:
        page = build_report(folder, show)
    typer.echo(str(page))


@app.command("reproduce", rich_help_panel="Scenarios")
@explained
def reproduce_command(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished run; it is left as it is.")],
    replicates: Replicates = None,
    jobs: Jobs = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a finished run again, compare the results bit for bit, and say what differs and what has changed since."""
    from krimpsim.reproduce import reproduce

    with stoppable(), progress(quiet) as show:
        found = reproduce(folder, replicates=replicates, jobs=jobs, on_progress=show)
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"is_equal": found.is_equal}, default=str, ensure_ascii=False))
    else:
        for line in found.inputs:
            typer.echo(f"input    {line}")
        for name, then, now in found.circumstances:
            typer.echo(f"changed  {name}: {then} then, {now} now")
        if not found.circumstances:
            typer.echo("changed  nothing: the same version, sources, data, libraries and processor")
        for line in found.different:
            typer.echo(f"differs  {line}")
        which = f"all {found.of}" if found.replicates == found.of else f"the first {found.replicates} of {found.of}"
        said = "equal bit for bit" if found.is_equal else f"{len(found.different)} of its files differ"
        typer.echo(f"results  {folder}: {which} replicates run again, {said}")
    if not found.is_equal:
        raise typer.Exit(KrimpsimError.exit_code)
