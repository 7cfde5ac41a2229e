"""How far long work is: what whoever does it tells whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is.

    Parameters
    ----------
    name
        What is run.
    done, total
        Runs.
    note
        What happens besides counting, for example compiling.
    unit
        What is counted.
    """

    name: str
    done: int
    total: int
    note: str = ""
    unit: str = "runs"
