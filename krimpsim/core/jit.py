"""The decorators for compiled functions, and the box in which arrays are handed to them."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
from numba._dynfunc import make_function
from numba.core import cgutils, imputils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.datamodel import default_manager
from numba.core.datamodel.models import StructRefModel
from numba.core.extending import infer_getattr, lower_getattr_generic
from numba.core.runtime.nrtdynmod import _meminfo_struct_type
from numba.core.typed_passes import NativeLowering
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref
from numba.extending import intrinsic, overload, typeof_impl

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
    into its callers: handing over the tables and lists, some 100 words a call, costs more than the rule too.
    """
    return _made(function, _WITHOUT_REFERENCES)


def allocating(function: Function) -> Function:
    """Compile a function that makes arrays.

    One that is handed the whole state is compiled into its callers: counting some hundred arrays in and out costs more
    than many a process.
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


class _BoxType(numba.types.StructRef):
    """Type of a box in compiled code; its name is short, for it is part of the name of all that takes one."""

    def __init__(self, fields: Any) -> None:
        super().__init__(fields)  # type: ignore[no-untyped-call]
        self.name = f"Box{hashlib.blake2b(self.name.encode(), digest_size=8).hexdigest()}"


class Box(structref.StructRefProxy):
    """A named tuple of arrays that is handed to compiled code, and on in it, as one address.

    What is in it stays in it: the arrays change, never which arrays they are.  Compiled code reads it like the tuple;
    in interpreted code it is the tuple.
    """

    def __new__(cls, held: Any) -> Box:
        """Put a named tuple of arrays, numbers or other named tuples in a box."""
        if getattr(numba.config, "DISABLE_JIT"):  # noqa: B009
            return cast(Box, held)
        _introduce(held)
        return _boxed(held)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return what is in the box under a name."""


def _introduce(held: Any) -> None:
    """Tell Numba that a named tuple is a tuple: else it looks through all that it knows, once for each class."""
    kind, known = type(held), cast(Any, typeof_impl)
    if isinstance(held, tuple) and kind not in known.registry:
        known.register(kind, known.dispatch(tuple))
        for part in held:
            _introduce(part)


default_manager.register(_BoxType, StructRefModel)
structref.define_boxing(_BoxType, Box)  # type: ignore[no-untyped-call]


@infer_getattr
class _InBox(AttributeTemplate):  # type: ignore[misc, no-any-unimported]
    """Says of what type a thing in a box is."""

    key = _BoxType

    def generic_resolve(self, kind: Any, name: str) -> Any:
        """Return the type of what is in the box under a name."""
        return kind.field_dict.get(name)


def _places(context: Any, builder: Any, kind: Any, box: Any) -> Any:
    """Return the places of all things in a box; code that counts no references may ask too."""
    meminfo = cgutils.create_struct_proxy(kind)(context, builder, value=box).meminfo  # type: ignore[no-untyped-call]
    of_memory = builder.bitcast(meminfo, _meminfo_struct_type.as_pointer())
    data = _never_changes(builder, builder.load(cgutils.gep_inbounds(builder, of_memory, 0, _DATA)))
    payload = kind.get_data_type()
    place = builder.bitcast(data, context.data_model_manager[payload].get_value_type().as_pointer())
    return cgutils.create_struct_proxy(payload)(context, builder, ref=place)  # type: ignore[no-untyped-call]


_DATA = 3  # place of the address of what is kept, in Numba's record of a piece of memory


def _never_changes(builder: Any, load: Any) -> Any:
    """Let LLVM know that what is read stays the same, so that reading it once is enough."""
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


@lower_getattr_generic(_BoxType)
def _read(context: Any, builder: Any, kind: Any, box: Any, name: str) -> Any:
    """Return the code that reads a thing in a box."""
    place = _places(context, builder, kind, box)._get_ptr_by_name(name)
    value = _never_changes(builder, builder.load(place))
    return imputils.impl_ret_borrowed(context, builder, kind.field_dict[name], value)


@intrinsic
def _packed(_context: Any, kind: Any, held: Any) -> Any:
    """Put all that is in a named tuple in a new box."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        box, things = arguments
        places = _places(context, builder, signature.return_type, box)
        for name, of, value in zip(held.fields, held.types, cgutils.unpack_tuple(builder, things), strict=True):
            context.nrt.incref(builder, of, value)
            setattr(places, name, value)
        return imputils.impl_ret_borrowed(context, builder, signature.return_type, box)

    return kind(kind, held), code


def _box_of(held: Any) -> Box:
    """Return a named tuple in a box."""
    raise NotImplementedError


@overload(_box_of)
def _box_of_compiled(held: Any) -> Any:
    kind, new = _BoxType(zip(held.fields, map(numba.types.unliteral, held.types), strict=True)), structref.new

    def made(held: Any) -> Any:
        return _packed(new(kind), held)

    return made


@allocating
def _boxed(held: Any) -> Box:
    """Return a box, made by code that is kept on disk."""
    return _box_of(held)
