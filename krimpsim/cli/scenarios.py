"""Commands that run scenarios: run and compare."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from krimpsim.cli.app import app, explained, new_console
from krimpsim.cli.options import (
    ConfigFile,
    DryRun,
    Force,
    Jobs,
    Json,
    Lang,
    Language,
    Out,
    Quiet,
    Replicates,
    Settings,
    Story,
)
from krimpsim.cli.progress import progress, stoppable
from krimpsim.core.errors import ConfigError, DataError, Problem, Stopped, UsageError

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig
    from krimpsim.core.progress import Progress
    from krimpsim.experiments.vary import Vary

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]


@app.command("run", rich_help_panel="Scenarios")
@explained
def run_command(
    config: ConfigFile,
    replicates: Replicates = None,
    jobs: Jobs = None,
    settings: Settings = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    story: Story = None,
    lang: Lang = Language.NL,
    force: Force = False,
) -> None:
    """Run one scenario, many times with different luck."""
    loaded = load([config], settings or [])
    if dry_run:
        _announce(loaded, replicates, out, as_json)
        return
    shown = _Shown(as_json, quiet, story, lang)
    _execute(loaded, shown, replicates=replicates, jobs=jobs, out=out, force=force)


@app.command("compare", rich_help_panel="Scenarios")
@explained
def compare_command(
    configs: Annotated[
        list[Path], typer.Argument(help="Two or more files; the first is what the others are compared with.")
    ],
    replicates: Replicates = None,
    jobs: Jobs = None,
    settings: Settings = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    story: Story = None,
    lang: Lang = Language.NL,
    force: Force = False,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="WHAT",
            help="Draw numbers anew for each run, the same in all scenarios: uncertain (what nobody knows, from its "
            "range), levers (the strength of clauses), or a table of points, CSV or Parquet. May be given twice.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run scenarios with the same luck and compare them."""
    if len(configs) < 2:
        raise UsageError("compare needs two files or more")
    loaded = load(configs, settings or [])
    _comparable(loaded, configs)
    drawn = None
    if vary:
        from krimpsim.experiments.vary import Vary

        plain = [config for config, _ in loaded]
        drawn = Vary(vary, plain, replicates or plain[0].run.replicates)
    if dry_run:
        _announce(loaded, replicates, out, as_json, drawn)
        return
    shown = _Shown(as_json, quiet, story, lang)
    _execute(loaded, shown, replicates=replicates, jobs=jobs, out=out, force=force, vary=drawn)


def load(paths: Sequence[Path], settings: Sequence[str]) -> list[Loaded]:
    """Load every file, and report the problems of all of them together."""
    from krimpsim.config.load import load_with_origins

    overrides = dict(_setting(text) for text in settings)
    loaded: list[Loaded] = []
    problems: dict[Problem, None] = {}  # a parent of two files speaks once
    for path in paths:
        try:
            loaded.append(load_with_origins(path, overrides))
        except ConfigError as error:
            problems.update(dict.fromkeys(error.problems))
    if problems:
        raise ConfigError(list(problems))
    return loaded


def _setting(text: str) -> tuple[str, object]:
    """Return key and value of ``--set key=value``; a value that is not TOML is a text."""
    from krimpsim.config.toml_cures import cure_of

    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set {text}: write key=value, as in --set run.seed=7")
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError as error:
        parsed = {}
        if value.strip()[:1] in ("[", "{", '"', "'", "“", "‘", "„"):  # no plain word or number
            _, message, hint = cure_of(f"value = {value}", str(error))
            hint = f"{hint.replace('value = ', '')}; a shell takes double quotes away, so put single ones around all"
            raise ConfigError([Problem(f"--set {text}", key.strip(), message, hint)]) from None
    return key.strip(), parsed["value"] if list(parsed) == ["value"] else value


def _comparable(loaded: Sequence[Loaded], paths: Sequence[Path]) -> None:
    """Refuse a comparison in which more than the scenario differs."""
    ids: dict[str, Path] = {}
    for (config, _), path in zip(loaded, paths, strict=True):
        name = config.scenario.id
        if name in ids:
            raise UsageError(f"{ids[name]} and {path} have the same scenario.id '{name}'; give each its own")
        ids[name] = path
        for key in ("run.start", "run.end", "run.seed", "region.villages"):
            block, field = key.split(".")
            first, this = (getattr(getattr(one, block), field) for one in (loaded[0][0], config))
            if first != this:
                raise UsageError(f"{paths[0]} and {path} cannot be compared: {key} is {first} and {this}")


@dataclass(frozen=True)
class _Shown:
    """What is shown of results, and how: as JSON, without progress, with so many stories in a language."""

    as_json: bool
    quiet: bool
    story: int | None
    lang: Language


def _execute(loaded: Sequence[Loaded], shown: _Shown, **how: Any) -> None:
    """Run, report and print; how as in `run_scenarios`."""
    from krimpsim.run import run_scenarios

    with stoppable(), progress(shown.quiet) as show:
        folder = run_scenarios(loaded, on_progress=show, **how)
        vary: Vary | None = how.get("vary")
        if vary is not None:
            loaded = [(vary(config, 0), origins) for config, origins in loaded]  # stories are those of the first run
        files, problem = _written(folder, loaded, shown, show)
    if shown.as_json:
        tables = {name: _headline_rows(folder / f"{name}.csv") for name in ("summary", "compare")}
        named = {name: str(path) for name, path in files.items()}
        typer.echo(json.dumps({"folder": str(folder), **named, **tables}, ensure_ascii=False))
    else:
        from krimpsim.report.tables import print_comparison, print_summary

        (print_comparison if len(loaded) > 1 else print_summary)(folder, new_console())
        if "stories" in files and not shown.quiet:
            typer.echo("\n" + files["stories"].read_text(encoding="utf-8"))
        for name, path in {"results": folder, **files}.items():
            typer.echo(f"{name:<9}{path}")
    if problem:
        raise DataError(problem)


def _written(
    folder: Path, loaded: Sequence[Loaded], shown: _Shown, show: Callable[[Progress], None]
) -> tuple[dict[str, Path], str]:
    """Write report and stories; return their files, and what went wrong: the results are whole then all the same."""
    from krimpsim.report.build import build_report

    files: dict[str, Path] = {}
    try:
        files["report"] = build_report(folder, show)
        if shown.story is not None:
            from krimpsim.report.stories import write_stories

            files["stories"] = write_stories(folder, [one for one, _ in loaded], shown.story, str(shown.lang))
    except OSError as error:
        from krimpsim.outputs.folder import said

        lost = "stories" if "report" in files else "report"
        again = "give the command again" if "report" in files else f"krimpsim report {folder}"
        why = ": ".join(filter(None, [str(error.filename or ""), said(error)]))
        return files, f"{folder}  results are whole; {lost} not written: {why}; {again}"
    except KeyboardInterrupt:
        raise Stopped(f"results are whole; report not written: krimpsim report {folder}") from None
    return files, ""


def _announce(
    loaded: Sequence[Loaded], replicates: int | None, out: Path | None, as_json: bool, vary: Vary | None = None
) -> None:
    """Print what would be run."""
    from krimpsim.config.origins import steps_by_origin
    from krimpsim.inputs.tables import load_tables

    configs = [config for config, _ in loaded]
    run, chosen = configs[0].run, configs[0].region.villages
    ways = [steps_by_origin(configs[0], config) for config in configs[1:]]
    between = [step.config.scenario.id for steps in ways for step in steps[:-1]]
    names = [config.scenario.id for config in configs]
    what = {
        "runs": (replicates or run.replicates) * len(names + between),
        "scenarios": names + between,
        "villages": len(load_tables().village_names) if chosen == "all" else len(chosen),
        "months": (run.end.year - run.start.year) * 12 + run.end.month - run.start.month + 1,
        "folder": str(out or "results"),
    }
    surveys = {config.scenario.id: survey(config) for config in configs if survey(config)}
    what |= {"surveys": [f"{name}: {text}" for name, text in surveys.items()]} if surveys else {}
    if vary is not None:
        what["drawn"] = f"{vary.facts['numbers']} numbers and {vary.facts['levers']} strengths, anew for each run"
    if as_json:
        typer.echo(json.dumps(what))
        return
    for name, value in what.items():
        typer.echo(f"{name:<10}{', '.join(value) if isinstance(value, list) else value}")
    typer.echo("Nothing was run.")


def survey(config: RunConfig) -> str:
    """Return what survey a configuration holds, in words; nothing when it holds none."""
    rows = config.zorgkracht.survey
    if not rows:
        return ""
    from krimpsim.inputs.tables import load_tables

    names = {load_tables().village_names[v] for row in rows for v in load_tables().villages_of(row.village_group)}
    running = names if config.region.villages == "all" else names & set(config.region.villages)
    people, weight = sum(row.respondents for row in rows), config.zorgkracht.weight
    places = f"{len(running)} village{'s' if len(running) != 1 else ''}"
    return f"survey of {people} respondents about {places} of this run, at weight {weight:g}"


def _headline_rows(path: Path) -> list[dict[str, object]]:
    """Return the rows of a result table that hold a headline indicator; none when there is no such table."""
    import csv

    from krimpsim.outputs.headlines import HEADLINES

    names = {headline.name for headline in HEADLINES}
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        return [
            {key: _number(value) for key, value in row.items()}
            for row in csv.DictReader(lines)
            if row.get("indicator") in names
        ]


def _number(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None
