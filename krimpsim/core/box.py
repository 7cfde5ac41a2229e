"""The box in which arrays are handed to compiled code: as one address, in place of some hundred words at every call."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

import numba
from numba.core import cgutils, datamodel, extending, imputils
from numba.core.datamodel.models import StructRefModel
from numba.core.runtime.nrtdynmod import _meminfo_struct_type
from numba.core.typing.templates import AttributeTemplate
from numba.experimental import structref
from numba.extending import intrinsic, overload, typeof_impl

from krimpsim.core.jit import allocating

_cg, _imp, _ref, _ext, _models = (cast(Any, one) for one in (cgutils, imputils, structref, extending, datamodel))
_DATA = 3  # place of the address of what is kept, in Numba's record of a piece of memory


class _BoxType(numba.types.StructRef):
    """Type of a box in compiled code; its name is short, for it is part of the name of all that takes one."""

    def __init__(self, fields: Any) -> None:
        super().__init__(fields)  # type: ignore[no-untyped-call]
        self.name = f"Box{hashlib.blake2b(self.name.encode(), digest_size=8).hexdigest()}"


class Box(structref.StructRefProxy):
    """A named tuple of arrays, numbers and named tuples that compiled code takes, and hands on, as one address.

    What is in it stays in it: the arrays change, never which arrays they are.  Compiled code reads it like the tuple;
    in interpreted code it is the tuple.
    """

    def __new__(cls, held: Any) -> Box:
        """Put a named tuple in a box."""
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


_models.default_manager.register(_BoxType, StructRefModel)
_ref.define_boxing(_BoxType, Box)


@_ext.infer_getattr
class _InBox(AttributeTemplate):
    """Says of what type a thing in a box is."""

    key = _BoxType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        """Return the type of what is in the box under a name."""
        return kind.field_dict.get(name)


def _places(context: Any, builder: Any, kind: Any, box: Any) -> Any:
    """Return the places of all things in a box; code that counts no references may ask too."""
    meminfo = _cg.create_struct_proxy(kind)(context, builder, value=box).meminfo
    of_memory = builder.bitcast(meminfo, _meminfo_struct_type.as_pointer())
    data = _never_changes(builder, builder.load(_cg.gep_inbounds(builder, of_memory, 0, _DATA)))
    payload = kind.get_data_type()
    place = builder.bitcast(data, context.data_model_manager[payload].get_value_type().as_pointer())
    return _cg.create_struct_proxy(payload)(context, builder, ref=place)


def _never_changes(builder: Any, load: Any) -> Any:
    """Let LLVM know that what is read stays the same, so that reading it once is enough."""
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


@_ext.lower_getattr_generic(_BoxType)  # type: ignore[untyped-decorator]
def _read(context: Any, builder: Any, kind: Any, box: Any, name: str) -> Any:
    """Return the code that reads a thing in a box."""
    place = _places(context, builder, kind, box)._get_ptr_by_name(name)
    value = _never_changes(builder, builder.load(place))
    return _imp.impl_ret_borrowed(context, builder, kind.field_dict[name], value)


def _pack(_context: Any, kind: Any, held: Any) -> Any:
    """Put all that is in a named tuple in a new box."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        box, things = arguments
        places = _places(context, builder, signature.return_type, box)
        for name, of, value in zip(held.fields, held.types, _cg.unpack_tuple(builder, things), strict=True):
            context.nrt.incref(builder, of, value)
            setattr(places, name, value)
        return _imp.impl_ret_borrowed(context, builder, signature.return_type, box)

    return kind(kind, held), code


_packed: Any = intrinsic(_pack)
_new: Any = _ref.new


def _box_of(held: Any) -> Box:
    """Return a named tuple in a box: for compiled code alone, which is what stands below."""
    raise TypeError("only compiled code makes boxes so")


@overload(_box_of)
def _box_of_compiled(held: Any) -> Any:
    kind = _BoxType(zip(held.fields, map(numba.types.unliteral, held.types), strict=True))

    def made(held: Any) -> Any:
        return _packed(_new(kind), held)

    return made


@allocating
def _boxed(held: Any) -> Box:
    """Return a box, made by code that is kept on disk: what a proxy makes by itself is compiled in every process."""
    return _box_of(held)
