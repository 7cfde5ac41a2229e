"""`requirements.lock` holds what `pyproject.toml` asks for, on every Python that is tested, and nothing else."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHONS = ("3.11", "3.12")
ENTRY = re.compile(
    r"^(?P<pin>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; (?P<marker>[^\n\\]+?))? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"    # via(?P<via>(?: [^\n]+\n|\n(?:    #   [^\n]+\n)+))",
    flags=re.MULTILINE,
)


class Locked(NamedTuple):
    """A line of the lock, and who asks for it."""

    name: str
    version: Version
    marker: Marker | None
    via: frozenset[str]

    def holds(self, environment: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(environment)


LOCK = [
    Locked(
        found["pin"],
        Version(found["version"]),
        Marker(found["marker"]) if found["marker"] else None,
        frozenset(word for word in re.findall(r"[a-z][\w.-]*", found["via"].replace("(pyproject.toml)", ""))),
    )
    for found in ENTRY.finditer(TEXT)
]


def environment_of(python: str, extra: str = "") -> dict[str, str]:
    """Return the environment of this machine with another Python."""
    here = {name: str(value) for name, value in default_environment().items()}
    return here | {"python_version": python, "python_full_version": f"{python}.9", "extra": extra}


def asked(extras: set[str], python: str) -> list[Requirement]:
    """Return what the project asks for with some of its extras, and with the extras that these ask for."""
    found, ahead = [], [*PROJECT["dependencies"]]
    ahead += [text for extra in sorted(extras) for text in PROJECT["optional-dependencies"][extra]]
    for one in map(Requirement, ahead):
        if one.marker is not None and not one.marker.evaluate(environment_of(python)):
            continue
        found += asked(one.extras, python) if one.name == PROJECT["name"] else [one]
    return found


def pinned(python: str) -> dict[str, Version]:
    """Return the versions that the lock holds for a Python on this machine, by name."""
    lines = [line for line in LOCK if line.holds(environment_of(python))]
    assert len({line.name for line in lines}) == len(lines), "two versions of one package"
    return {line.name: line.version for line in lines}


def test_every_line_is_a_version_with_hashes_and_who_asks() -> None:
    assert ENTRY.sub("", TEXT) == ""
    assert len(LOCK) > 50


def test_no_address_and_no_place_on_a_machine() -> None:
    assert not re.search(r"://|file:|(?<![\w.])[~.]?/\w|^-", TEXT, flags=re.MULTILINE)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_has_a_version_that_satisfies_it(python: str) -> None:
    versions = pinned(python)
    requirements = asked({"dev"}, python)
    assert len(requirements) > 20
    for one in requirements:
        name = canonicalize_name(one.name)
        assert name in versions, f"{name}: not locked; .ci/lock writes the lock anew"
        assert versions[name] in one.specifier, f"{one}: {versions[name]} is locked"


def test_every_extra_is_part_of_dev() -> None:
    """What the lock is made for holds all extras."""
    for python, extra in ((python, extra) for python in PYTHONS for extra in PROJECT["optional-dependencies"]):
        if extra == "ema" and python == "3.11":
            continue  # there is none
        assert set(map(str, asked({extra}, python))) <= set(map(str, asked({"dev"}, python))), (python, extra)


def test_nothing_is_locked_that_nobody_asks_for() -> None:
    names = {canonicalize_name(one.name) for python in PYTHONS for one in asked({"dev"}, python)}
    assert {line.name for line in LOCK if PROJECT["name"] in line.via} == names, "asked for by the project"
    reached, before = {PROJECT["name"]}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {line.name for line in LOCK if line.via & reached}
    assert {line.name for line in LOCK} <= reached
    assert {name for line in LOCK for name in line.via} <= reached


def test_what_locked_packages_ask_for_is_locked() -> None:
    """Of those that are installed here in the locked version."""
    here = environment_of(default_environment()["python_version"])
    versions, seen = pinned(here["python_version"]), 0
    for name, version in versions.items():
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if Version(installed.version) != version:
            continue
        for one in map(Requirement, installed.requires or []):
            if one.marker is None or one.marker.evaluate(here):
                seen += 1
                assert versions.get(canonicalize_name(one.name), Version("0")) in one.specifier, f"{name} asks {one}"
    assert seen > 0
