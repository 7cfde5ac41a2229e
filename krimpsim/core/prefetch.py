"""Asks memory for what a loop will need soon.

A month walks over people in order of urgency, not of place, so that nearly every person it comes to is out of the
cache.  Asking for a row some steps ahead hides most of the wait.  It changes nothing else; interpreted code asks for
nothing.
"""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic, overload

from krimpsim.core.jit import compiled

AHEAD = 8  #: steps ahead at which a loop asks for rows; in a trial 4, 8, 16 and 32 did the same
_LINE = 64  # bytes of a line of memory
_FROM_ENDS = 8  # bytes from both ends of a longer row at which to ask: of the three lines that it may lie in, most
_READ, _KEEP, _DATA = 0, 3, 1  # what LLVM's prefetch takes: for reading, keep it close, data and not code


def fetch(table: Any, row: int) -> None:
    """Ask for the lines of memory in which a row of a table lies."""


@intrinsic
def _fetch(_context: Any, table: Any, row: Any) -> Any:
    """Emit LLVM's prefetch near both ends of a row, of one for a row that is shorter than a line."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, *_ = signature.args
        array = context.make_array(kind)(context, builder, arguments[0])
        place = cgutils.get_item_pointer(context, builder, kind, array, arguments[1:])  # type: ignore[no-untyped-call]
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kinds = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        name = "llvm.prefetch.p0"
        prefetch = cgutils.get_or_insert_function(builder.module, kinds, name)  # type: ignore[no-untyped-call]
        how = [ir.Constant(word, value) for value in (_READ, _KEEP, _DATA)]
        start, size = builder.bitcast(place, byte), kind.dtype.size
        for end in (0,) if size < _LINE else (_FROM_ENDS, size - _FROM_ENDS):
            builder.call(prefetch, [builder.gep(start, [ir.Constant(word, end)]), *how])
        return context.get_dummy_value()

    return numba.types.none(table, numba.types.intp), build


@overload(fetch, strict=False)
def _fetch_compiled(table: Any, row: int) -> Any:
    return lambda table, row: _fetch(table, row)  # type: ignore[call-arg]


@compiled
def ask_ahead(table: Any, rows: Any, k: int, n: int) -> None:
    """Ask for the row of a table that comes some steps after place k of a list of n rows."""
    if k + AHEAD < n:
        fetch(table, rows[k + AHEAD])
