"""What is really inside a tree that was assembled: its Python, packages, weights, and the libraries within the packages."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contents import ROOT, BuildError, Platform
from wheels import digest

sys.path.insert(0, str(ROOT))

from engine.parts import NOTE, Component, installed_in

FOLDER = "licences"
"""In the root of a tree: texts of what is no package."""
_LIBRARY = re.compile(r"(.*/)?(lib[^/]*\.(so[^/]*|dylib)|[^/]*\.dll|(\w+)\.framework/Versions/\w+/\3)", re.IGNORECASE)
_PYTHONS = ("bin/python{0}", "lib/libpython{0}.dylib", "python{1}.dll")
"""Where Python's own code is, by its version with and without a point."""


@dataclass(frozen=True)
class Extra:
    """Something that a platform's script put beside the packages, such as a library of the system; `text`: its licence."""

    name: str
    version: str
    licence: str
    text: Path
    kind: str = "library"


@dataclass(frozen=True)
class Library:
    """A file within a package that is made of other people's code, and its sha256 as it is in the tree."""

    name: str
    sha256: str


def note(tree: Path, platform: Platform, extras: Iterable[Extra] = ()) -> None:
    """Writes down in the tree what is no package, for the program to show: its Python and the extras, with their licences."""
    found = [_python(tree, platform)]
    for extra in extras:
        text = tree / FOLDER / f"{re.sub(r'[^A-Za-z0-9.+-]', '-', extra.name)}.txt"
        text.parent.mkdir(exist_ok=True)
        text.unlink(missing_ok=True)
        shutil.copyfile(extra.text, text)
        said = _said(extra.name, extra.version, extra.licence, extra.kind)
        found.append({**said, "texts": [text.relative_to(tree).as_posix()]})
    write(tree / NOTE, json.dumps(found, indent=1) + "\n")


def parts(tree: Path, platform: Platform) -> list[Component]:
    """All of them, after `note`."""
    site = tree / platform.site
    return installed_in(site, site / "resources", tree)


def libraries(tree: Path, platform: Platform, package: str) -> list[Library]:
    """Those within a package that its RECORD names: modules for Python itself are its own, and not listed."""
    site, found = tree / platform.site, []
    for record in site.glob("*.dist-info/RECORD"):
        if _normal(record.parent.name.partition("-")[0]) != _normal(package):
            continue
        with record.open(encoding="utf-8", newline="") as file:
            names = [path for path, *_ in csv.reader(file) if _LIBRARY.fullmatch(path)]
            found += [Library(name, digest(site / name)) for name in names if (site / name).is_file()]
    return sorted(found, key=lambda one: one.name)


def write(path: Path, text: str) -> None:
    """A new file, also where one is there: that one may be shared with another tree."""
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


def python_version(tree: Path, platform: Platform) -> str:
    """Of the tree's Python, read from its code, which need not run here. Raises `BuildError`."""
    wanted = re.compile(rb"\x00(" + re.escape(platform.python).encode() + rb"\.\d+)\x00")
    for pattern in _PYTHONS:
        path = tree / pattern.format(platform.python, platform.python.replace(".", ""))
        if path.is_file() and (found := wanted.search(path.read_bytes())):
            return found[1].decode()
    raise BuildError(f"No Python {platform.python} that tells its version is in {tree}.")


def _python(tree: Path, platform: Platform) -> dict[str, object]:
    places = (f"{platform.library}/LICENSE.txt", "LICENSE-PYTHON.txt")
    texts = [place for place in places if (tree / place).is_file()][:1]
    if not texts:
        raise BuildError(f"The licence of Python is missing in {tree}: put it at {places[0]}.")
    return {**_said("Python", python_version(tree, platform), "PSF-2.0", "python"), "texts": texts}


def _said(name: str, version: str, licence: str, kind: str) -> dict[str, object]:
    return {"name": name, "version": version, "licence": licence, "kind": kind}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
