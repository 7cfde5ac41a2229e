"""The municipalities of the region: the one list that everything about them follows."""

from __future__ import annotations

from typing import NamedTuple

from krimpsim.core.codes import Payer


class Town(NamedTuple):
    """A municipality.

    Parameters
    ----------
    name
        As in the tables.
    corop
        Code of its statistical region.
    key
        Part of the names of its party (``gemeente_...``) and of its column (``paid_..._eur``).
    """

    name: str
    corop: str
    key: str

    @property
    def party(self) -> str:
        """Its name as a party to the convenant."""
        return f"gemeente_{self.key}"

    @property
    def paid(self) -> str:
        """The column of what it pays."""
        return f"paid_{self.key}_eur"


#: In the order of their codes, from 0 on.
TOWNS = (
    Town("Borger-Odoorn", "NL132", "borger_odoorn"),  # Zuidoost-Drenthe
    Town("Aa en Hunze", "NL131", "aa_en_hunze"),  # Noord-Drenthe
)
MUNICIPALITIES = tuple(town.name for town in TOWNS)
COROP = tuple(town.corop for town in TOWNS)
N_PAYERS = Payer.MUNICIPALITY + len(TOWNS)
