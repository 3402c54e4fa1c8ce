"""Libraries that come out of a Debian system, as parts with their versions and licences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from supply.inside import Extra

if TYPE_CHECKING:
    from linux.root import Root

UNNAMED = "see its text"


def extras(packages: Iterable[str], root: Root) -> list[Extra]:
    """The parts for some packages of a root, in order of their names. Raises `BuildError` for one that is not there."""
    found = []
    for name in sorted(set(packages)):
        version = root.run("dpkg-query", "-W", "-f", "${Version}", name).strip()
        text = root.path(f"/usr/share/doc/{name}/copyright")
        found.append(Extra(name, version, licences(text.read_text(encoding="utf-8", errors="replace")), text))
    return found


def licences(text: str) -> str:
    """The names of the licences in a copyright file of Debian's own form, each once; `UNNAMED` for one of another form."""
    names = dict.fromkeys(re.findall(r"^License:\s*(\S.*?)\s*$", text, re.MULTILINE))
    return ", ".join(names) if names and "copyright-format" in text.partition("\n\n")[0] else UNNAMED
