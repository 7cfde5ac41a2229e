"""The record that every process file exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from krimpsim.core.streams import Stream
from krimpsim.population.agenda import Item


class Comes(NamedTuple):
    """An event that is put on the agenda of a year.

    Parameters
    ----------
    item, stream
        What stands there, and the decision that draws its months.
    chance
        Field of the process's `Params` with its largest chances by kind of person, or by year and kind of person; none
        when the process itself puts it there.
    spin_up
        Whether it is put there in the spin-up too.
    """

    item: Item
    stream: Stream
    chance: str = ""
    spin_up: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the schedule.

    Parameters
    ----------
    number
        Section of the description of the model.
    name
        What it is called.
    every
        ``month``, ``quarter`` or ``year``.
    reads, writes
        Columns of persons and ties, or fields of the market, that it looks at and changes.
    streams
        The decisions it draws.
    about
        One sentence.
    agenda
        What it puts on the agenda of the year.
    """

    number: str
    name: str
    every: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    streams: tuple[Stream, ...]
    about: str
    agenda: tuple[Comes, ...] = ()


def place_of(process: Process) -> tuple[int, ...]:
    """Return where a process stands in the description: 7.9b as (7, 9, 2)."""
    chapter, _, section = process.number.partition(".")
    digits = section.rstrip("abcdefgh")
    return int(chapter), int(digits), ord(section[len(digits) :] or "`") - ord("`")
