"""Agent-based simulation of population decline, care demand and zorgkracht in the veendorpen of Oost-Drenthe.

The names below load on first use, so that ``krimpsim --help`` starts at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krimpsim.config.load import load_config
    from krimpsim.model import KrimpModel
    from krimpsim.outputs.store import read_results
    from krimpsim.run import run

    __version__: str

__all__ = ["KrimpModel", "__version__", "load_config", "read_results", "run"]

_HOME = {
    "load_config": "krimpsim.config.load",
    "KrimpModel": "krimpsim.model",
    "run": "krimpsim.run",
    "read_results": "krimpsim.outputs.store",
}


class _Package(ModuleType):
    """Keeps ``krimpsim.run`` the function: importing the module of that name would otherwise put the module there."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value.run if name == "run" and isinstance(value, ModuleType) else value)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            value: Any = version("krimpsim")
        except PackageNotFoundError:
            value = "0+not.installed"
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'krimpsim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
