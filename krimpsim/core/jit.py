"""The decorators for compiled functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

from krimpsim.core.cache import kept_with_the_package

Function = TypeVar("Function", bound=Callable[..., Any])

_INTO_CALLERS = not getattr(numba.config, "BOUNDSCHECK")  # noqa: B009  with checks the code is too large for it
_WITHOUT_REFERENCES: dict[str, Any] = {"nogil": True, "_nrt": False, "forceinline": _INTO_CALLERS}
_WITH_REFERENCES: dict[str, Any] = {"nogil": True, "_nrt": True}


class _Part(JITCodeLibrary):
    """The code of a function as other compiled code calls it: left as it is, to be made better where it is called."""

    def _optimize_final_module(self) -> None:
        """Leave that to the caller, which has all of it before it."""

    def _finalize_final_module(self) -> None:
        """Make no machine code."""
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _PartLowering(NativeLowering):
    """Lowers a function that only compiled code calls: no wrapper for Python, no machine code."""

    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower, and tell Numba where the code is to be found."""
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)  # type: ignore[no-untyped-call]
        state.flags.no_compile = state.flags.no_cpython_wrapper = state.flags.no_cfunc_wrapper = True
        super().run_pass(state)  # type: ignore[no-untyped-call]
        state.library.finalize()
        lowered = state["cr"]
        description, name = lowered.fndesc, lowered.fndesc.qualname.rpartition(".")[2]
        nowhere = make_function(description.lookup_module(), name, "", 0, lowered.env, (state.library,))
        state.targetctx.insert_user_function(nowhere, description, [state.library])
        state["cr"] = lowered._replace(cfunc=nowhere)
        return True


class _PartCompiler(CompilerBase):
    """Numba's compiler with `_PartLowering` in place of its own."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)  # type: ignore[no-untyped-call]
        passes.passes = [(_PartLowering if made is NativeLowering else made, text) for made, text in passes.passes]
        passes.finalize()
        return [passes]


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


def _widened(template_of: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let a function be compiled once for all whole numbers with a sign.

    Left to itself Numba compiles a callee anew for each constant and each width that it is called with: 77 times for
    the key of a month, half of all the work.  Constants still reach the machine code, as callees are compiled into
    their callers.
    """

    def wide(args: Any, kws: Any) -> Any:
        return template_of(tuple(map(_wide, args)), {name: _wide(kind) for name, kind in kws.items()})

    return wide


def compiled(function: Function) -> Function:
    """Compile a function on its first call, without the interpreter lock, and keep the result on disk.

    Such a function makes no arrays and hands none back, and so need not count references: counting them for every
    array that a rule about one person touches costs more than the rule.  Numba refuses to compile it when it does make
    one; one that it hands back would be given away twice, which nobody sees but a test of this house.  It is compiled
    into its callers: left to itself LLVM calls too many, and a run takes two fifths longer.
    """
    return _made(function, _WITHOUT_REFERENCES)


def allocating(function: Function) -> Function:
    """Compile a function that makes arrays.

    One that is handed the state is compiled into its callers, so that what it reads there is read once.
    """
    takes_state = _INTO_CALLERS and "s" in inspect.signature(function).parameters
    return _made(function, _WITH_REFERENCES | {"forceinline": takes_state})


def _made(function: Function, options: dict[str, Any]) -> Function:
    """Return a function that Numba compiles, and keeps on disk with those of this package.

    What Python calls has a twin that compiled code calls: else each function is made better, translated and wrapped by
    itself, and again in each of its callers, which is more than half of all the work.
    """
    with kept_with_the_package():
        entry: Any = numba.njit(cache=True, **options)(function)
    if hasattr(entry, "get_call_template"):
        part: Any = numba.njit(pipeline_class=_PartCompiler, **options)(function)
        entry.part, entry.get_overload = part, part.get_overload
        entry.get_call_template = _widened(part.get_call_template)
    return cast(Function, entry)
