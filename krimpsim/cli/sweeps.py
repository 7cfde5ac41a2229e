"""Commands on experiments of many runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krimpsim.cli.app import app, explained, new_console
from krimpsim.cli.files import write_file
from krimpsim.cli.options import DryRun, Jobs, Json, Quiet, named_folder
from krimpsim.cli.progress import progress, stoppable
from krimpsim.core.errors import Stopped, UsageError

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig
    from krimpsim.experiments.plan import Plan
    from krimpsim.experiments.reading import Loaded as LoadedExperiment
    from krimpsim.experiments.state import Status
    from krimpsim.experiments.store import Store

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]

sweep = typer.Typer(name="sweep", help="Experiments of many runs, from one file.", no_args_is_help=True)

app.add_typer(sweep, rich_help_panel="Experiments")

ExperimentFile = Annotated[Path, typer.Argument(metavar="FILE", help="Experiment file, TOML.", show_default=False)]

StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--store",
        parser=named_folder,
        metavar="DIR",
        help="Folder of the store; default as the file says.",
        show_default=False,
    ),
]

TableFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=named_folder,
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
@explained
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
        write_file(slurm, text)
    _show_size(plan, place, as_json, str(slurm) if slurm else None)


def _show_size(plan: Plan, store: Store, as_json: bool, script: str | None = None) -> None:
    """Print what an experiment takes."""
    from krimpsim.experiments import state

    now = state.status(plan, store)
    seconds = state.seconds_per_run(plan, store)
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
        "disk_mb": round(now.missing * state.bytes_per_run(plan, now) / 1e6, 1),
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
    from krimpsim.experiments import engine, state
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
        with stoppable(), progress(quiet) as show:
            if dask is None:
                found = engine.run_experiment(loaded, str(file), place, engine.local_engine(workers), retry, show)
            else:
                with engine.dask_client(dask, workers, plan, place.folder / "logs") as client:
                    go = engine.dask_engine(client, workers)
                    found = engine.run_experiment(loaded, str(file), place, go, retry, show)
    except KeyboardInterrupt:
        now = state.status(engine.current_plan(loaded, str(file), place), place)
        go_on = plans.command("resume" if now.done else "run", file, loaded.experiment, place)
        raise Stopped(f"{now.done} of {now.total} runs are kept; go on with {go_on}") from None
    _show_status(found, place, as_json)


@sweep.command("run")
@explained
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
@explained
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
@explained
def sweep_status_command(file: ExperimentFile, store: StoreFolder = None, as_json: Json = False) -> None:
    """Count what is done, what failed and why, and what is missing."""
    from krimpsim.experiments import engine, state

    loaded, place = _experiment(file, store)
    plan = engine.current_plan(loaded, str(file), place)
    _show_status(state.status(plan, place), place, as_json)
    if not as_json:
        for run_id, inputs, error in state.failures(plan, place):
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
@explained
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
    print_scenarios(found, new_console())
    for note in found.notes:
        typer.echo(note)
    typer.echo(f"tables and figures: {found.folder}")


@sweep.command("compact")
@explained
def sweep_compact_command(file: ExperimentFile, store: StoreFolder = None) -> None:
    """Merge small files of the store; not while workers run."""
    _, place = _experiment(file, store)
    before, after = place.compact()
    typer.echo(f"{place.folder}: {before} shards became {after}")


@sweep.command("rerun")
@explained
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
@explained
def sweep_work_command(store: Path, plan: str, task: int, tasks: int) -> None:
    """Do the part of one task of a SLURM array."""
    from krimpsim.experiments.slurm import work

    outcome = work(store, plan, task, tasks)
    typer.echo(f"task {task} of {tasks}: {outcome.runs} runs, {outcome.failed} failed")
    if outcome.stopped:
        raise KeyboardInterrupt
