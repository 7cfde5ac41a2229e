"""The command line.  Results go to standard output, progress and errors to standard error."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import sys
import threading
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from krimpsim.core import arguments
from krimpsim.core.errors import ConfigError, DataError, KrimpsimError, Problem, Stopped, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig
    from krimpsim.core.progress import Progress
    from krimpsim.experiments.engine import Status
    from krimpsim.experiments.plan import Plan
    from krimpsim.experiments.reading import Loaded as LoadedExperiment
    from krimpsim.experiments.store import Store
    from krimpsim.experiments.vary import Vary

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]

Params = ParamSpec("Params")
Return = TypeVar("Return")

SECONDS_BETWEEN_LINES = 30  #: of progress, where there is no terminal
STOPPED = 130
_SECONDS_OF_ONE_WISH = 1.0  # to stop; a later one ends everything at once
_PIPE_WIDTH = 140  # of tables that do not go to a terminal

app = typer.Typer(
    name="krimpsim",
    help="Care and population decline in the veendorpen of Oost-Drenthe: run scenarios and compare them.",
    epilog="Exit codes: 0 ok, 1 model error, 2 usage, 3 bad configuration, 4 data missing or damaged, 5 partial, "
    "130 stopped.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line."""
    app()


def _show_version(asked: bool) -> None:
    if asked:
        from krimpsim import __version__

        typer.echo(f"krimpsim {__version__}")
        raise typer.Exit


@app.callback()
def _begin(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take what stands before the name of a command."""


# --- errors and output ------------------------------------------------------------------------------------------


def _explained(command: Callable[Params, Return]) -> Callable[Params, Return]:
    """Turn errors of a command into messages and exit codes."""

    @functools.wraps(command)
    def wrapped(*args: Params.args, **kwargs: Params.kwargs) -> Return:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except ConfigError as error:
            _show_problems(error.problems)
            typer.echo(f"{len(error.problems)} problem(s). Nothing was run.", err=True)
            code = error.exit_code
        except KrimpsimError as error:
            typer.echo(f"{_error()} {error}", err=True)
            code = error.exit_code
        except KeyboardInterrupt as stop:
            typer.echo(": ".join(filter(None, ["stopped", str(stop)])), err=True)
            code = STOPPED
        except OSError as error:
            place = "" if error.filename is None else f"{error.filename}  "
            typer.echo(f"{_error()} {place}{error.strerror or error}", err=True)
            code = DataError.exit_code
        except MemoryError:
            typer.echo(f"{_error()} memory ran out; give fewer processes, as in -j 1", err=True)
            code = KrimpsimError.exit_code
        except Exception:
            traceback.print_exc()
            typer.echo(
                f"{_error()} this is a fault in krimpsim, not in your files; the lines above say where", err=True
            )
            code = KrimpsimError.exit_code
        raise typer.Exit(code)

    return wrapped


def _error() -> str:
    return typer.style("error", fg=typer.colors.RED, bold=True) if sys.stderr.isatty() else "error"


def _show_problems(problems: Sequence[Problem]) -> None:
    """Print problems on unbroken lines, so that editors and terminals can follow ``file:line``."""
    for problem in problems:
        typer.echo(f"{_error()} {problem.where}  {problem.key}: {problem.message}", err=True)
        if problem.hint:
            typer.echo(f"        {problem.hint}", err=True)


def _console() -> Console:
    from rich.console import Console

    asked = os.environ.get("COLUMNS", "")
    width = int(asked) if asked.isdecimal() and int(asked) else _PIPE_WIDTH
    return Console(width=None if sys.stdout.isatty() else width, highlight=False)


_stop_asked = threading.Event()


def _stop_if_asked() -> None:
    """Stop now when that was asked: code that was interrupted in the wrong place may have gone on."""
    if _stop_asked.is_set():
        raise KeyboardInterrupt


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let work end in order when it is asked to stop: by Ctrl-C, by the system, or because the terminal is closed."""
    first: list[float] = []

    def stop(number: int, _: object) -> None:
        now = time.monotonic()
        if first:  # one wish may come twice: to the process, and to its group
            if now - first[0] > _SECONDS_OF_ONE_WISH:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            return
        first.append(now)
        typer.echo("stopping", err=True)
        _stop_asked.set()
        raise KeyboardInterrupt

    asked = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    main = threading.current_thread() is threading.main_thread()
    before = {one: signal.signal(one, stop) for one in asked if main and signal.getsignal(one) != signal.SIG_IGN}
    try:
        yield
    except Exception:
        _stop_if_asked()  # an error that stopping brought about is none
        raise
    finally:
        _stop_asked.clear()
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows progress: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""
    if quiet:
        yield lambda _: _stop_if_asked()
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        text = "[progress.description]{task.description}"
        count, note = TextColumn("{task.completed}/{task.total} {task.fields[unit]}"), TextColumn("{task.fields[note]}")
        tasks: dict[str, TaskID] = {}
        with Bars(
            TextColumn(text), BarColumn(), count, TimeRemainingColumn(), note, console=Console(stderr=True)
        ) as bars:

            def show(now: Progress) -> None:
                _stop_if_asked()
                if now.name not in tasks:
                    tasks[now.name] = bars.add_task(now.name, total=now.total, note=now.note, unit=now.unit)
                bars.update(tasks[now.name], completed=now.done, total=now.total, note=now.note)

            yield show


class _Lines:
    """Progress as plain lines: one when something else begins, and one every `SECONDS_BETWEEN_LINES`.

    Time left is told from the first run that was ready on: compiling and starting processes do not count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._first: dict[str, tuple[float, int]] = {}
        self._note = ""

    def __call__(self, now: Progress) -> None:
        _stop_if_asked()
        moment = self._clock()
        if now.done and now.done < now.total:
            self._first.setdefault(now.name, (moment, now.done))
        is_news = now.note not in ("", self._note)
        self._note = now.note
        if not is_news and moment - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = moment
        parts = [f"{now.name} {now.done}/{now.total} {now.unit}"]
        start, before = self._first.get(now.name, (moment, 0))
        if now.done > before and moment > start:
            rate = (now.done - before) / (moment - start)
            left = round((now.total - now.done) / rate)
            parts += [f"{rate:.1f} {now.unit}/s", f"{left // 60}:{left % 60:02d} left"]
        typer.echo(" · ".join([*parts, *([now.note] if now.note else [])]), err=True)


# --- running ----------------------------------------------------------------------------------------------------


class Language(StrEnum):
    """Language of the stories."""

    NL = "nl"
    EN = "en"


ConfigFile = Annotated[Path, typer.Argument(help="Configuration file, TOML.", show_default=False)]


def _asked(check: Callable[[object], int]) -> Callable[[int | None], int | None]:
    """Return a check of an option, with the words in which Python hears it."""

    def checked(value: int | None) -> int | None:
        try:
            return None if value is None else check(value)
        except UsageError as error:
            raise typer.BadParameter(str(error)) from None

    return checked


Replicates = Annotated[
    int | None,
    typer.Option(
        "-n",
        "--replicates",
        callback=_asked(arguments.replicates),
        help=f"Runs per scenario, 1 to {arguments.MOST_REPLICATES}; default from the file.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "-j", "--jobs", callback=_asked(arguments.jobs), help="Processes; default one per processor of this job."
    ),
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Put a value in the place of the file's.")
]


def _folder(text: str) -> Path:
    """Return the folder that an option names; an empty name is most often a variable of the shell without a value."""
    if not text.strip():
        raise typer.BadParameter("the name is empty; give the name of a folder, or leave the option out")
    return Path(text)


Out = Annotated[
    Path | None, typer.Option("--out", parser=_folder, metavar="DIR", help="Folder for the results; default results/.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace other results that the folder holds.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be run, and run nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
Story = Annotated[
    int | None,
    typer.Option(
        "--story",
        metavar="N",
        min=1,
        max=20,
        help="Tell the lives of so many invented residents of the first run; saved, and printed without -q or --json.",
        show_default=False,
    ),
]
Lang = Annotated[Language, typer.Option("--lang", help="Language of the stories.")]


@app.command("run", rich_help_panel="Scenarios")
@_explained
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
    loaded = _load([config], settings or [])
    if dry_run:
        _announce(loaded, replicates, out, as_json)
        return
    shown = _Shown(as_json, quiet, story, lang)
    _execute(loaded, shown, replicates=replicates, jobs=jobs, out=out, force=force)


@app.command("compare", rich_help_panel="Scenarios")
@_explained
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
    loaded = _load(configs, settings or [])
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


def _load(paths: Sequence[Path], settings: Sequence[str]) -> list[Loaded]:
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

    with _stoppable(), _progress(shown.quiet) as show:
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

        (print_comparison if len(loaded) > 1 else print_summary)(folder, _console())
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
    surveys = {config.scenario.id: _survey(config) for config in configs if _survey(config)}
    what |= {"surveys": [f"{name}: {text}" for name, text in surveys.items()]} if surveys else {}
    if vary is not None:
        what["drawn"] = f"{vary.facts['numbers']} numbers and {vary.facts['levers']} strengths, anew for each run"
    if as_json:
        typer.echo(json.dumps(what))
        return
    for name, value in what.items():
        typer.echo(f"{name:<10}{', '.join(value) if isinstance(value, list) else value}")
    typer.echo("Nothing was run.")


def _survey(config: RunConfig) -> str:
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

    from krimpsim.outputs.indicators import HEADLINES

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


# --- experiments ------------------------------------------------------------------------------------------------

sweep = typer.Typer(name="sweep", help="Experiments of many runs, from one file.", no_args_is_help=True)
app.add_typer(sweep, rich_help_panel="Experiments")

ExperimentFile = Annotated[Path, typer.Argument(metavar="FILE", help="Experiment file, TOML.", show_default=False)]
StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--store",
        parser=_folder,
        metavar="DIR",
        help="Folder of the store; default as the file says.",
        show_default=False,
    ),
]
TableFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=_folder,
        metavar="DIR",
        help="Folder for tables and figures; default results/ID of the experiment.",
    ),
]
Dask = Annotated[
    str | None,
    typer.Option("--dask", metavar="WHERE", help="Use Dask: local, slurm, a scheduler file or an address."),
]
Retry = Annotated[bool, typer.Option("--retry-errors", help="Compute failed runs again.")]


def _experiment(file: Path, store: Path | None) -> tuple[LoadedExperiment, Store]:
    """Read an experiment; nothing is written."""
    from krimpsim.experiments.plan import store_folder
    from krimpsim.experiments.reading import load_experiment
    from krimpsim.experiments.store import Store

    loaded = load_experiment(file)
    return loaded, Store(store or store_folder(loaded.experiment))


@sweep.command("plan")
@_explained
def sweep_plan_command(
    file: ExperimentFile,
    store: StoreFolder = None,
    slurm: Annotated[
        Path | None, typer.Option("--slurm", metavar="SCRIPT", help="Write an sbatch script, - prints it.")
    ] = None,
    pilot: Annotated[int, typer.Option("--pilot", min=0, help="Compute so many runs first, to measure them.")] = 0,
    as_json: Json = False,
) -> None:
    """Check an experiment, write its plan into the store, and say what it takes."""
    from krimpsim.experiments import engine
    from krimpsim.experiments import plan as plans
    from krimpsim.experiments import slurm as slurm_script

    loaded, place = _experiment(file, store)
    plan = engine.current_plan(loaded, str(file), place)
    plans.write_plan(plan, place)
    if pilot:
        engine.pilot(plan, place, pilot)
    text = slurm_script.script(plan, place, len(plan.missing(place))) if slurm else ""
    if slurm == Path("-"):
        typer.echo(text, nl=False)
        return
    if slurm:
        (place.folder / "logs").mkdir(exist_ok=True)
        _write(slurm, text)
    _show_size(plan, place, as_json, str(slurm) if slurm else None)


def _show_size(plan: Plan, store: Store, as_json: bool, script: str | None = None) -> None:
    """Print what an experiment takes."""
    from krimpsim.experiments import engine

    now = engine.status(plan, store)
    seconds = engine.seconds_per_run(plan, store)
    rows = len(plan.point_of_row)
    what: dict[str, object] = {
        "experiment": plan.facts.experiment,
        "points": rows,
        "scenarios": plan.scenarios,
        "replicates": plan.facts.replicates,
        "runs": now.total,
        "missing": now.missing,
        "core_hours": None if seconds is None else round(now.missing * seconds / 3600, 3),
        "seconds_per_run": None if seconds is None else round(seconds, 4),
        "disk_mb": round(now.missing * engine.bytes_per_run(plan, now) / 1e6, 1),
        "store": str(store.folder),
        "plan": plan.name,
    } | ({"script": script} if script else {})
    if as_json:
        typer.echo(json.dumps(what))
        return
    for name, value in what.items():
        said = ", ".join(value) if isinstance(value, list) else value
        if value is None:
            said = "not known: state execution.seconds_per_run, or measure with krimpsim sweep plan FILE --pilot 4"
        typer.echo(f"{name:<17}{said}")
    if script:
        typer.echo(f"submit it with: sbatch {script}")


def _run_sweep(
    file: Path,
    store: Path | None,
    jobs: int | None,
    dask: str | None,
    retry: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    resume: bool,
) -> None:
    from krimpsim.core.processors import processors
    from krimpsim.experiments import engine
    from krimpsim.experiments import plan as plans

    loaded, place = _experiment(file, store)
    plan = engine.current_plan(loaded, str(file), place)
    if dry_run:
        _show_size(plan, place, as_json)
        if not as_json:
            typer.echo("Nothing was run.")
        return
    if resume and not (place.folder / "plans").is_dir():
        begin = plans.command("run", file, loaded.experiment, place)
        raise UsageError(f"{place.folder}: nothing was begun here; start with {begin}")
    workers = jobs or loaded.experiment.execution.jobs or processors()
    try:
        with _stoppable(), _progress(quiet) as show:
            if dask is None:
                found = engine.run_experiment(loaded, str(file), place, engine.local_engine(workers), retry, show)
            else:
                with engine.dask_client(dask, workers, plan, place.folder / "logs") as client:
                    go = engine.dask_engine(client, workers)
                    found = engine.run_experiment(loaded, str(file), place, go, retry, show)
    except KeyboardInterrupt:
        now = engine.status(engine.current_plan(loaded, str(file), place), place)
        go_on = plans.command("resume" if now.done else "run", file, loaded.experiment, place)
        raise Stopped(f"{now.done} of {now.total} runs are kept; go on with {go_on}") from None
    _show_status(found, place, as_json)


@sweep.command("run")
@_explained
def sweep_run_command(
    file: ExperimentFile,
    store: StoreFolder = None,
    jobs: Jobs = None,
    dask: Dask = None,
    retry: Retry = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run what an experiment lacks, on this machine or with Dask."""
    _run_sweep(file, store, jobs, dask, retry, dry_run, as_json, quiet, resume=False)


@sweep.command("resume")
@_explained
def sweep_resume_command(
    file: ExperimentFile,
    store: StoreFolder = None,
    jobs: Jobs = None,
    dask: Dask = None,
    retry: Retry = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Go on with an experiment that was begun: compute exactly what the store lacks."""
    _run_sweep(file, store, jobs, dask, retry, False, as_json, quiet, resume=True)


@sweep.command("status")
@_explained
def sweep_status_command(file: ExperimentFile, store: StoreFolder = None, as_json: Json = False) -> None:
    """Count what is done, what failed and why, and what is missing."""
    from krimpsim.experiments import engine

    loaded, place = _experiment(file, store)
    plan = engine.current_plan(loaded, str(file), place)
    _show_status(engine.status(plan, place), place, as_json)
    if not as_json:
        for run_id, inputs, error in engine.failures(plan, place):
            typer.echo(f"failed   {run_id}  {inputs}\n         {error.strip().splitlines()[-1]}")


def _show_status(now: Status, store: Store, as_json: bool) -> None:
    """Print how far an experiment is."""
    what = asdict(now) | {"store": str(store.folder)}
    if as_json:
        typer.echo(json.dumps(what))
        return
    typer.echo(f"runs     {now.total}: {now.done - now.failed} done, {now.failed} failed, {now.missing} missing")
    damaged = f", {now.damaged} damaged and set aside" if now.damaged else ""
    typer.echo(f"store    {store.folder}: {now.shards} shards{damaged}, {now.bytes / 1e6:.1f} MB, plan {now.plan}")
    if now.seconds_per_run is not None:
        typer.echo(f"a run    {now.seconds_per_run:.3f} s")
    for name, versions in now.made_by.items():
        typer.echo(f"differs  {name}: {', '.join(f'{one} in {n} shards' for one, n in versions.items())}")


@sweep.command("compare")
@_explained
def sweep_compare_command(
    file: ExperimentFile,
    store: StoreFolder = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="SCENARIO", help="Compare with this one; default the first.")
    ] = None,
    out: TableFolder = None,
    as_json: Json = False,
) -> None:
    """Compare the scenarios of a finished experiment: paired differences, regret and criteria; tables and figures."""
    from krimpsim.experiments.comparison import compare_scenarios
    from krimpsim.report.comparison import draw_scenarios, print_scenarios

    found = compare_scenarios(file, store, against, out)
    draw_scenarios(found)
    if as_json:
        tables = {
            name: json.loads(table.to_json(orient="records"))
            for name, table in found.tables.items()
            if name != "differences_by_point"
        }
        typer.echo(json.dumps({"folder": str(found.folder), **tables, "notes": found.notes}, ensure_ascii=False))
        return
    print_scenarios(found, _console())
    for note in found.notes:
        typer.echo(note)
    typer.echo(f"tables and figures: {found.folder}")


@sweep.command("compact")
@_explained
def sweep_compact_command(file: ExperimentFile, store: StoreFolder = None) -> None:
    """Merge small files of the store; not while workers run."""
    _, place = _experiment(file, store)
    before, after = place.compact()
    typer.echo(f"{place.folder}: {before} shards became {after}")


@sweep.command("rerun")
@_explained
def sweep_rerun_command(
    file: ExperimentFile,
    run_id: Annotated[str, typer.Argument(help="Identity of a run, or the beginning of one.")],
    store: StoreFolder = None,
) -> None:
    """Compute one run here, whatever the store says, and print what came out; the store is left as it is."""
    from krimpsim.experiments import engine
    from krimpsim.experiments.reductions import scalars

    loaded, place = _experiment(file, store)
    plan = engine.current_plan(loaded, str(file), place)
    numbers = [number for one, number in plan.positions.items() if one.startswith(run_id)]
    if len(numbers) != 1:
        raise UsageError(f"{run_id}: {len(numbers)} runs of this experiment begin so")
    run = plan.run(numbers[0])
    values = scalars(plan.simulate(plan.config(run), run.replicate), plan.facts.indicators)
    found = {one.name: value for one, value in zip(plan.facts.indicators, values, strict=True)}
    typer.echo(json.dumps({"run_id": run.run_id, **json.loads(plan.inputs(run)), **found}, ensure_ascii=False))


@sweep.command("work", hidden=True)
@_explained
def sweep_work_command(store: Path, plan: str, task: int, tasks: int) -> None:
    """Do the part of one task of a SLURM array."""
    from krimpsim.experiments.slurm import work

    outcome = work(store, plan, task, tasks)
    typer.echo(f"task {task} of {tasks}: {outcome.runs} runs, {outcome.failed} failed")
    if outcome.stopped:
        raise KeyboardInterrupt


@app.command("collect", rich_help_panel="Experiments")
@_explained
def collect_command(
    stores: Annotated[list[Path], typer.Argument(metavar="STORE...", help="Stores of sweeps.")],
    out: Annotated[
        Path,
        typer.Option("--out", parser=_folder, metavar="DIR", help="The store that takes all runs; it may exist."),
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
@_explained
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
    _console().print(shown)
    for note in found.notes:
        typer.echo(note)
    typer.echo(f"tables and figures: {found.folder}")


# --- files ------------------------------------------------------------------------------------------------------


@app.command("check", rich_help_panel="Scenarios")
@_explained
def check_command(
    files: Annotated[list[Path], typer.Argument(help="Configuration files.")], settings: Settings = None
) -> None:
    """Check configuration files and report every mistake, with its line."""
    problems: dict[Problem, None] = {}
    for file in files:
        try:
            ((config, _),) = _load([file], settings or [])
        except ConfigError as error:
            problems.update(dict.fromkeys(error.problems))
        else:
            typer.echo("; ".join(filter(None, [f"{file}: ok", _survey(config)])))
    if problems:
        _show_problems(list(problems))
        typer.echo(f"{len(problems)} problem(s).", err=True)
        raise typer.Exit(ConfigError.exit_code)


@app.command("new", rich_help_panel="Scenarios")
@_explained
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
    _write(file, _new_scenario(name, extends, folder))
    typer.echo(f"wrote {file}")


def _write(file: Path, text: str) -> None:
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
@_explained
def report_command(folder: Annotated[Path, typer.Argument(help="Folder of a run.")], quiet: Quiet = False) -> None:
    """Write the report and the figures of a finished run again."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    from krimpsim.outputs.folder import writable
    from krimpsim.report.build import build_report

    writable(folder, "the folder")
    with _progress(quiet) as show:
        page = build_report(folder, show)
    typer.echo(str(page))


@app.command("reproduce", rich_help_panel="Scenarios")
@_explained
def reproduce_command(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished run; it is left as it is.")],
    replicates: Replicates = None,
    jobs: Jobs = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a finished run again, compare the results bit for bit, and say what differs and what has changed since."""
    from krimpsim.reproduce import reproduce

    with _stoppable(), _progress(quiet) as show:
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


# --- about the model --------------------------------------------------------------------------------------------


@app.command("plan", rich_help_panel="More")
@_explained
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
    console = _console()
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
@_explained
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
    _write(file, schema_text())
    typer.echo(f"wrote {file}")


@app.command("info", rich_help_panel="More")
@_explained
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

        print_magnitudes(_console())
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
    _console().print(table)


if __name__ == "__main__":
    main()
