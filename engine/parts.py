"""What this program is made of: every package, Python itself, weights and bundled libraries, each with its licence. No torch.

Nothing is listed by hand: packages say it of themselves, in the source tree and where they are installed; what an installer
brought beside them is noted in `parts.json` at its root, which the builder writes.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from engine.installed import installation
from engine.resources import resources_folder

NOTE = "parts.json"
"""At the root of an installation: what is neither a package nor in `resources`."""
PROGRAM = "refrain"
_TEXT = re.compile(r"(licen[cs]e|copying|notice|copyright|third.?party.?notices)", re.IGNORECASE)
_SPDX = {
    "MIT License": "MIT", "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "BSD License": "BSD-3-Clause", "3-Clause BSD License": "BSD-3-Clause", "BSD 3-Clause License": "BSD-3-Clause",
    "ISC License": "ISC", "ISC License (ISCL)": "ISC", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}  # fmt: skip
"""How older packages write what now has one name for all."""
_FALL_BACK = ("Apache-2.0", "LGPL-3.0", "GPL-3.0")
"""Licences whose texts lie in `resources/licences`: some packages are under them and carry none."""
_LONGEST = 64  # characters of an old "License" entry that is a name and no text
_MOST = 2_000_000  # characters of a text


@dataclass(frozen=True)
class Component:
    """`licence` as SPDX writes it, where that is known. `kind`: "program", "weights", "recordings", "python", "package" or
    "library"."""

    name: str
    version: str
    licence: str
    kind: str
    texts: tuple[Path, ...] = ()

    @property
    def text(self) -> str:
        """The words of its licences; reads files."""
        read = []
        for path in self.texts:
            try:
                words = path.read_text(encoding="utf-8", errors="replace")[:_MOST].strip()
            except OSError:
                continue
            read.append(f"{path.name}\n\n{words}" if len(self.texts) > 1 else words)
        return ("\n\n" + 40 * "–" + "\n\n").join(read)


def parts() -> list[Component]:
    """Of this copy, the program itself first. Reads many small files: for a background thread."""
    here = installation()
    packages = _packages(_needed())
    return [*_own(packages), *_shipped(resources_folder()), *(noted(here.root) or [python()]), *_others(packages)]


def installed_in(site: Path, resources: Path, root: Path) -> list[Component]:
    """The same of a tree that is being built, whose packages are in `site`."""
    packages = _packages(metadata.distributions(path=[str(site)]), resources)
    return [*_own(packages), *_shipped(resources), *noted(root), *_others(packages)]


def weights(resources: Path) -> list[Component]:
    """The models that ship with the program; what they took over from others is under the licence that their own text holds."""
    found = []
    for text in sorted(resources.glob("*/LICENSE.md")):
        name = text.parent.name.replace("-", " ").capitalize()
        licence = "MIT AND free for any use" if "\nMIT License\n" in text.read_text(encoding="utf-8") else "free for any use"
        found.append(Component(f"{name} (weights)", "", licence, "weights", (text,)))
    return found


def recordings(resources: Path) -> list[Component]:
    """Recorded people in the test sets that ship."""
    common = resources / "licences" / "GPL-3.0.txt"
    return [
        Component("Recordings of people", "", "CC-BY-SA-3.0 AND CC-BY-SA-4.0 AND GPL-3.0-or-later", "recordings", (text, common))
        for text in sorted(resources.glob("evaluation/*/LICENSE.md"))
    ]


def python() -> Component:
    """The Python that runs."""
    places = (Path(os.__file__).parent / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE")
    texts = tuple(path for path in places if path.is_file())[:1]
    return Component("Python", platform.python_version(), "PSF-2.0", "python", texts)


def noted(root: Path) -> list[Component]:
    """What the builder noted; none where nothing was or it cannot be read."""
    try:
        said = json.loads((root / NOTE).read_text(encoding="utf-8"))
        return [
            Component(one["name"], one["version"], one["licence"], one["kind"], tuple(root / text for text in one["texts"]))
            for one in said
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def licence_of(package: Distribution) -> str:
    """As SPDX writes it where the package says enough, else in its own words; "" where it says nothing."""
    said = package.metadata
    if "License-Expression" in said:
        return said["License-Expression"]
    classes = [one.rpartition("::")[2].strip() for one in said.get_all("Classifier") or () if one.startswith("License ::")]
    words = said["License"].strip() if "License" in said else ""
    name: str
    for name in ([words] if 0 < len(words) <= _LONGEST and "\n" not in words else []) + classes:
        if name and name != "OSI Approved":
            return _SPDX.get(name, name)
    return ""


def texts_of(package: Distribution, licence: str, resources: Path) -> tuple[Path, ...]:
    """Its own licence files; the common text where it brings none."""
    found = []
    for file in package.files or ():
        folder, name = PurePosixPath(file).parent.as_posix(), PurePosixPath(file).name
        beside = re.fullmatch(r"[^/]+\.dist-info(/licenses(/.*)?)?", folder) or re.fullmatch(r"\w+", folder)
        if beside and not name.endswith((".py", ".pyc")) and (_TEXT.match(name) or ".dist-info/licenses" in folder):
            found.append(Path(str(package.locate_file(file))))
    common = [resources / "licences" / f"{name}.txt" for name in _FALL_BACK if re.search(rf"\b{re.escape(name)}\b", licence)]
    return tuple(path for path in sorted(found) or common if path.is_file())


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _shipped(resources: Path) -> list[Component]:
    return [*weights(resources), *recordings(resources)]


def _own(packages: list[Component]) -> list[Component]:
    return [part for part in packages if part.kind == "program"]


def _others(packages: list[Component]) -> list[Component]:
    return [part for part in packages if part.kind == "package"]


def _packages(found: Iterable[Distribution], resources: Path | None = None) -> list[Component]:
    resources, made = resources or resources_folder(), {}
    for package in found:
        name, licence = package.metadata["Name"], licence_of(package)
        if name and normal(name) not in made:
            kind = "program" if normal(name) == PROGRAM else "package"
            shown = name.capitalize() if kind == "program" else name
            made[normal(name)] = Component(shown, package.version, licence, kind, texts_of(package, licence, resources))
    return [made[name] for name in sorted(made)]


def _needed() -> Iterator[Distribution]:
    """The program and every package that it needs, and those in turn, as far as they are here."""
    wanted, seen = [PROGRAM], set()
    while wanted:
        name = normal(wanted.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield package
        for need in package.requires or ():
            if "extra" not in need.partition(";")[2]:
                wanted.append(re.split(r"[^\w.-]", need, maxsplit=1)[0])
