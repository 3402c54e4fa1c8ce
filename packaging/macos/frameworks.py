"""What wheels bring for macOS, as the system and its signatures want it: one processor's code, and frameworks with their links.

Layouts: Apple's Mach-O and universal binaries (mach-o/loader.h, mach-o/fat.h) and the anatomy of frameworks. A wheel is a zip
file without links, so a framework in it has copies where links belong, or nothing.
"""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

from contents import BuildError

ARM64 = 0x0100000C
_PLAIN, _FAT, _FAT_64 = b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"
_MOST = 20
"""Processors in a universal file; a Java class begins with the same bytes, and then a larger number."""
_NEEDED = re.compile(rb"@rpath/(\w+)\.framework/")


def prepare(root: Path) -> None:
    """All of it, in a tree. Raises `BuildError` where something needs a framework that is not inside."""
    saved = sum(map(thin, list(code(root))))
    found = sorted(root.rglob("*.framework"))
    for framework in found:
        mend(framework)
    lacking = needed(root) - {framework.stem for framework in found}
    if lacking:
        raise BuildError(f"In {root} something needs {', '.join(sorted(lacking))}, which contents.toml excludes.")
    print(f"{saved / 1e6:.0f} MB of code for other processors were left out")


def code(folder: Path) -> Iterator[Path]:
    """The programs and libraries of this system in a folder; links are not followed."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and is_code(path))


def is_code(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(8)
    return head[:4] == _PLAIN or (head[:4] in (_FAT, _FAT_64) and int.from_bytes(head[4:], "big") < _MOST)


def thin(path: Path) -> int:
    """Keeps the code for Apple silicon alone -> the bytes that are saved. Raises `BuildError` where there is none."""
    content = path.read_bytes()
    if content[:4] == _PLAIN:
        if struct.unpack_from("<I", content, 4)[0] != ARM64:
            raise BuildError(f"{path} is for another processor.")
        return 0
    wide = content[:4] == _FAT_64
    size, layout = (32, ">IIQQ") if wide else (20, ">IIII")
    for number in range(struct.unpack_from(">I", content, 4)[0]):
        processor, _, offset, length = struct.unpack_from(layout, content, 8 + number * size)
        if processor == ARM64:
            fresh = path.with_name(path.name + ".new")
            fresh.write_bytes(content[offset : offset + length])
            shutil.copymode(path, fresh)
            fresh.replace(path)
            return len(content) - length
    raise BuildError(f"{path} has no code for Apple silicon.")


def mend(framework: Path) -> None:
    """Gives a framework its links: the version that counts, and to what is in it from above. Raises `BuildError`."""
    versions = framework / "Versions"
    found = [path for path in versions.iterdir() if path.is_dir() and not path.is_symlink()] if versions.is_dir() else []
    if len(found) != 1 or not (found[0] / framework.stem).is_file():
        raise BuildError(f"{framework} is no framework with one version.")
    version = found[0]
    _link(versions / "Current", version.name)
    for part in version.iterdir():
        _link(framework / part.name, f"Versions/Current/{part.name}")


def around(path: Path) -> Path | None:
    """The framework whose own library this is."""
    framework = next((folder for folder in path.parents if folder.suffix == ".framework"), None)
    return framework if framework is not None and path.name == framework.stem else None


def needed(root: Path) -> set[str]:
    """The frameworks that the code in a tree asks for, other than the system's."""
    return {name.decode() for path in code(root) for name in _NEEDED.findall(path.read_bytes()) if name.startswith(b"Qt")}


def _link(path: Path, target: str) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.symlink_to(target)
