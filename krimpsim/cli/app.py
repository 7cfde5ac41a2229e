"""The command line itself: what stands before a command, errors as messages and exit codes, tables on a terminal."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

from krimpsim.core.errors import ConfigError, DataError, KrimpsimError, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]

Params = ParamSpec("Params")

Return = TypeVar("Return")

STOPPED = 130

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


def explained(command: Callable[Params, Return]) -> Callable[Params, Return]:
    """Turn errors of a command into messages and exit codes."""

    @functools.wraps(command)
    def wrapped(*args: Params.args, **kwargs: Params.kwargs) -> Return:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except ConfigError as error:
            show_problems(error.problems)
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


def show_problems(problems: Sequence[Problem]) -> None:
    """Print problems on unbroken lines, so that editors and terminals can follow ``file:line``."""
    for problem in problems:
        typer.echo(f"{_error()} {problem.where}  {problem.key}: {problem.message}", err=True)
        if problem.hint:
            typer.echo(f"        {problem.hint}", err=True)


def new_console() -> Console:
    """Return what prints tables: as wide as the terminal, or as COLUMNS says."""
    from rich.console import Console

    asked = os.environ.get("COLUMNS", "")
    width = int(asked) if asked.isdecimal() and int(asked) else _PIPE_WIDTH
    return Console(width=None if sys.stdout.isatty() else width, highlight=False)
