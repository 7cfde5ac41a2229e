"""The decorators for compiled functions, and the box in which arrays are handed to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.experimental import structref
from numba.extending import typeof_impl

from krimpsim.core.cache import kept_with_the_package

Function = TypeVar("Function", bound=Callable[..., Any])

_INTO_CALLERS = not getattr(numba.config, "BOUNDSCHECK")  # noqa: B009  with checks the code is too large for it
_WITHOUT_REFERENCES: dict[str, Any] = {"nogil": True, "cache": True, "_nrt": False, "forceinline": _INTO_CALLERS}
_WITH_REFERENCES: dict[str, Any] = {"nogil": True, "cache": True, "_nrt": True}


def _wide(kind: Any) -> Any:
    """Return the type in which a value enters a compiled function: codes and signed whole numbers have 64 bits."""
    types: Any = numba.types
    kind = types.unliteral(kind)
    signed = isinstance(kind, types.Integer) and kind.signed
    return types.int64 if signed or isinstance(kind, types.IntEnumMember) else kind


def _unify(_code: Any, _context: Any, other: Any) -> Any:
    """Return the type of what is a code at one time and a whole number at another."""
    return _wide(other) if _wide(other) == numba.types.int64 else None


numba.types.IntEnumMember.unify = _unify  # type: ignore[assignment, method-assign]


def _once(dispatcher: Any) -> Any:
    """Let a function be compiled once for all whole numbers with a sign.

    Left to itself Numba compiles a callee anew for each constant and each width that it is called with: 77 times for
    the key of a month, half of all the work.  Constants still reach the machine code, as callees are compiled into
    their callers.
    """
    if hasattr(dispatcher, "get_call_template"):
        template_of = dispatcher.get_call_template

        def widened(args: Any, kws: Any) -> Any:
            return template_of(tuple(map(_wide, args)), {name: _wide(kind) for name, kind in kws.items()})

        dispatcher.get_call_template = widened
    return dispatcher


def compiled(function: Function) -> Function:
    """Compile a function on its first call, without the interpreter lock, and keep the result on disk.

    Such a function makes no arrays and hands none back, and so need not count references: counting them for every
    array that a rule about one person touches costs more than the rule.  Numba refuses to compile it when it does make
    one; one that it hands back would be given away twice, which nobody sees but a test of this house.  It is compiled
    into its callers: handing over the tables and lists, some 100 words a call, costs more than the rule too.
    """
    return _made(function, _WITHOUT_REFERENCES)


def allocating(function: Function) -> Function:
    """Compile a function that makes arrays."""
    return _made(function, _WITH_REFERENCES)


def _made(function: Function, options: dict[str, Any]) -> Function:
    """Return a function that Numba compiles, and keeps on disk with those of this package."""
    with kept_with_the_package():
        return cast(Function, _once(numba.njit(**options)(function)))


class _Plain:
    """A box in interpreted code."""

    def __init__(self, held: Any) -> None:
        self.held = held


@structref.register
class _BoxType(numba.types.StructRef):
    """Type of a box in compiled code."""


class Box(structref.StructRefProxy):
    """A bundle of arrays that is handed over to compiled code once: a call costs a microsecond then, not a hundred.

    Compiled code reads the bundle as ``box.held``.
    """

    held: Any

    def __new__(cls, held: Any) -> Box:
        """Put a named tuple of arrays, numbers or other named tuples in a box."""
        if getattr(numba.config, "DISABLE_JIT"):  # noqa: B009
            return cast(Box, _Plain(held))
        _introduce(held)
        return _boxed(held)


def _introduce(held: Any) -> None:
    """Tell Numba that a named tuple is a tuple: else it looks through all that it knows, once for each class."""
    kind, known = type(held), cast(Any, typeof_impl)
    if isinstance(held, tuple) and kind not in known.registry:
        known.register(kind, known.dispatch(tuple))
        for part in held:
            _introduce(part)


structref.define_proxy(Box, _BoxType, ["held"])  # type: ignore[no-untyped-call]


@allocating
def _boxed(held: Any) -> Box:
    """Return a box, made by code that is kept on disk: what the proxy makes by itself is compiled in every process."""
    return Box(held)
