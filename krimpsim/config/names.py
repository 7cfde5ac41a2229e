"""Names of places and of providers, however a user writes them: one name for each, as the tables or the file have it."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator

_UNSEEN = ("Mn", "Cf")  # accents that stand alone, and marks without width
_BETWEEN = dict.fromkeys(map(ord, "-‐‑‒–—_/'’`´."), " ")


def folded(text: str) -> str:
    """Return a name without what people write in more than one way: accents, capitals, hyphens, more blanks than one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in _UNSEEN)
    return " ".join(plain.translate(_BETWEEN).casefold().split())


@cache
def _places() -> dict[str, str]:
    """Return the name in the input tables of every place, by folded name: villages, their groups, bases."""
    from krimpsim.inputs.tables import load_tables

    tables = load_tables()
    names = (*tables.base_names, *tables.group_names, *tables.village_names)
    return {folded(name): name for name in names}


def place_name(value: Any) -> Any:
    """Return the name of a place as the input tables have it; what is none of them stays, for checks to refuse."""
    return _places().get(folded(value), value) if isinstance(value, str) else value


def is_place(value: Any) -> bool:
    """Return whether a value is the name of a place as the input tables have it."""
    return isinstance(value, str) and _places().get(folded(value)) == value


def _identifier(value: Any) -> Any:
    """Return what a user wrote as an identifier has to be: lower case, with ``_`` between words."""
    return folded(value).replace(" ", "_") if isinstance(value, str) else value


#: The name of a village, a group of villages, or a base.
PlaceName = Annotated[str, BeforeValidator(place_name)]
#: The id of a provider of this file, where it is referred to.
ProviderName = Annotated[str, BeforeValidator(_identifier)]
