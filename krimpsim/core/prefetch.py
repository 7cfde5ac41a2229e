"""Asks memory for what a loop will need soon.

A month walks over people in order of urgency, not of place, so that nearly every person it comes to is out of the
cache.  Asking for a row some steps ahead hides most of the wait.  It changes nothing else; interpreted code asks for
nothing.
"""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils
from numba.extending import intrinsic, overload

_READ, _KEEP, _DATA = 0, 3, 1  # what LLVM's prefetch takes: for reading, keep it close, data and not code


def fetch(table: Any, row: int, byte: int) -> None:
    """Ask for the line of memory around a byte of a row of a table."""


@intrinsic
def _fetch(_context: Any, table: Any, row: Any, byte: Any) -> Any:
    """Emit LLVM's prefetch of one byte."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, *_ = signature.args
        array = context.make_array(kind)(context, builder, arguments[0])
        start = cgutils.get_item_pointer(context, builder, kind, array, arguments[1:2])  # type: ignore[no-untyped-call]
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.gep(builder.bitcast(start, byte), [arguments[2]])
        kinds = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        name = "llvm.prefetch.p0"
        prefetch = cgutils.get_or_insert_function(builder.module, kinds, name)  # type: ignore[no-untyped-call]
        how = [ir.Constant(word, value) for value in (_READ, _KEEP, _DATA)]
        builder.call(prefetch, [place, *how])
        return context.get_dummy_value()

    return numba.types.none(table, numba.types.intp, numba.types.intp), build


@overload(fetch, strict=False)
def _fetch_compiled(table: Any, row: int, byte: int) -> Any:
    return lambda table, row, byte: _fetch(table, row, byte)  # type: ignore[call-arg]
