"""Which system libraries the tree needs, and which Debian packages have them."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contents import ROOT, BuildError, Globs
from linux import elf
from linux.root import Root

COMPILERS = {29: "11", 30: "12", 31: "13", 32: "13.2"}
"""GLIBCXX_3.4.x -> the release of the compiler whose libstdc++ has it."""


@dataclass
class Needs:
    libraries: dict[str, list[str]] = field(default_factory=dict)
    """Names of libraries that are not in the tree -> the files that ask for them."""
    glibc: tuple[int, ...] = ()
    glibcxx: tuple[int, ...] = ()


def of_tree(tree: Path, leave: Globs, newest_glibc: tuple[int, ...]) -> Needs:
    """What all programs and libraries of a tree need, but those named by `leave` (paths seen from the tree).

    Raises `BuildError` where one needs a newer glibc than `newest_glibc`.
    """
    files = {path: found for path in sorted(tree.rglob("*")) if is_library(path) and (found := elf.read(path)) is not None}
    inside = {name for path, found in files.items() for name in (found.soname, path.name) if name}
    needs = Needs()
    for path, found in files.items():
        name = path.relative_to(tree).as_posix()
        glibc = elf.newest(found.versions, "GLIBC_")
        if glibc > newest_glibc:
            raise BuildError(f"{name} needs glibc {'.'.join(map(str, glibc))}, newer than the oldest system's.")
        needs.glibc = max(needs.glibc, glibc)
        needs.glibcxx = max(needs.glibcxx, elf.newest(found.versions, "GLIBCXX_"))
        if leave.match(name) is None:
            for library in found.needed:
                if library not in inside:
                    needs.libraries.setdefault(library, []).append(name)
    return needs


def is_library(path: Path) -> bool:
    """By its name: a program or a library."""
    return path.is_file() and not path.is_symlink() and (".so" in path.name or path.parent.name == "bin")


def packages_of(libraries: Mapping[str, list[str]], root: Root) -> dict[str, str]:
    """Library -> the package of `root` that has it; `libraries` names the files that ask for each.

    Raises `BuildError` for one that no package there has.
    """
    known = dict(re.findall(r"^\s*(\S+) \(.*?\) => (\S+)$", root.run("ldconfig", "-p"), re.MULTILINE)[::-1])
    found = {}
    for library in libraries:
        if library not in known:
            why = f"which {', '.join(libraries[library][:3])} asks for" if libraries[library] else "which is wanted"
            raise BuildError(f"No package of the root has {library}, {why}: have it installed there, or leave that out.")
        found[library] = _owner(known[library], root)
    return found


def depends(needs: Needs, owners: Iterable[str], wanted: Iterable[str], renamed: dict[str, str]) -> str:
    """The field Depends: the packages `owners` of the libraries, and those `wanted` besides, as dev.py writes them ("a|b").

    `renamed`: package -> the name that later releases have for it; either will do.
    """
    fields: dict[str, str] = {}
    for name in (*owners, *wanted):
        newer, _, older = name.partition("|")
        older = older or newer
        newer = renamed.get(older, newer)
        fields[older] = older if newer == older else f"{newer} | {older}"
    fields["libc6"] = f"libc6 (>= {'.'.join(map(str, needs.glibc))})"
    if needs.glibcxx[-1:] >= (min(COMPILERS),):
        fields["libstdc++6"] = f"libstdc++6 (>= {COMPILERS[min(needs.glibcxx[-1], max(COMPILERS))]})"
    return ", ".join(fields[name] for name in sorted(fields))


def of_source() -> list[str]:
    """The packages that dev.py installs for the program."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    return dev.DEBIAN["run"]


def _owner(path: str, root: Root) -> str:
    for candidate in dict.fromkeys((path, path.removeprefix("/usr"), "/usr" + path)):
        try:
            said = root.run("dpkg", "-S", candidate)
        except BuildError:
            continue
        return said.partition(":")[0].split(",")[0]
    raise BuildError(f"No package of the root owns {path}.")
