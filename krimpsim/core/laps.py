"""Counts what each process costs within a month that is compiled as one piece: only where KRIMPSIM_LAPS is 1.

Everywhere else a lap is nothing: it is left out when the month is compiled.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

from krimpsim.core.cache import COUNTS_LAPS
from krimpsim.core.jit import compiled


def ticks() -> int:
    """Return the count of the processor's clock; 0 in interpreted code."""
    return 0


@intrinsic
def _ticks(_context: Any) -> Any:
    """Emit LLVM's reading of the cycle counter."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = ir.FunctionType(ir.IntType(64), [])
        read = cgutils.get_or_insert_function(builder.module, kinds, "llvm.readcyclecounter")  # type: ignore[no-untyped-call]
        return builder.call(read, [])

    return numba.types.int64(), build


@overload(ticks, strict=False)
def _ticks_compiled() -> Any:
    return lambda: _ticks()  # type: ignore[call-arg]


@compiled
def lap(laps: NDArray[np.int64], process: int) -> None:
    """Count the ticks since the last lap for a process; the last place holds when that was."""
    if COUNTS_LAPS:
        now = ticks()
        laps[process] += now - laps[len(laps) - 1]
        laps[len(laps) - 1] = now
