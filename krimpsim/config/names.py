"""Names of places, however a user writes them: one name for each, with accents, capitals, blanks and hyphens as it has."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator

_BETWEEN = dict.fromkeys(map(ord, "-‐‑‒–—_/'’`´."), " ")


def folded(text: str) -> str:
    """Return a name without what people write in more than one way: accents, capitals, hyphens, more blanks than one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.translate(_BETWEEN).casefold().split())


@cache
def _places() -> dict[str, str]:
    """Return the name in the input tables of every place, by folded name: villages, their groups, bases."""
    from krimpsim.inputs.tables import load_tables

    tables = load_tables()
    names = (*tables.base_names, *tables.group_names, *tables.village_names)
    return {folded(name): name for name in names}


def _as_known(value: Any) -> Any:
    """Return the name of a place as the input tables have it; what is none of them stays, for checks to refuse."""
    return _places().get(folded(value), value) if isinstance(value, str) else value


#: The name of a village, a group of villages, or a base.
PlaceName = Annotated[str, BeforeValidator(_as_known)]
