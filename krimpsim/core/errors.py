"""Errors that a user meets.  Each says where, what was got, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a configuration file.

    Parameters
    ----------
    where
        ``file:line`` of the offending value, or of its table when the key is missing.
    key
        Dotted name of the key.
    message
        What was got and what is wrong with it.
    hint
        What is allowed, with unit and default, and a suggestion; may be empty.
    """

    where: str
    key: str
    message: str
    hint: str = ""


class KrimpsimError(Exception):
    """Base of all errors that are explained to the user."""

    exit_code = 1


class ConfigError(KrimpsimError):
    """A configuration that cannot be run; holds every problem found."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.where}  {p.key}: {p.message}" for p in self.problems))


class DataError(KrimpsimError):
    """An input table or a result file that is missing or damaged."""

    exit_code = 4


class UsageError(KrimpsimError, ValueError):
    """A command or call that cannot be carried out as given: a path that does not exist, a name that is taken."""

    exit_code = 2


class Stopped(KeyboardInterrupt):
    """Work that the user stopped; the text says how far it was and what is kept."""
