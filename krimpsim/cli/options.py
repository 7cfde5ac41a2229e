"""Arguments and options that several commands have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from krimpsim.core import arguments
from krimpsim.core.errors import UsageError

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]


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


def named_folder(text: str) -> Path:
    """Return the folder that an option names; an empty name is most often a variable of the shell without a value."""
    if not text.strip():
        raise typer.BadParameter("the name is empty; give the name of a folder, or leave the option out")
    return Path(text)


Out = Annotated[
    Path | None,
    typer.Option("--out", parser=named_folder, metavar="DIR", help="Folder for the results; default results/."),
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
