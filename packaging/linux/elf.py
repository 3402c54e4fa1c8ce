"""Reads what a Linux program or library asks of others: names, versions of symbols, where it looks. 64 bits, little-endian.

Layout: the ELF-64 object file format, and the symbol versioning of the Linux Standard Base.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

_LOAD, _DYNAMIC = 1, 2
_NEEDED, _STRTAB, _SONAME, _RPATH, _RUNPATH, _VERNEED, _VERNEEDNUM = 1, 5, 14, 15, 29, 0x6FFFFFFE, 0x6FFFFFFF


@dataclass
class Elf:
    soname: str = ""
    needed: list[str] = field(default_factory=list)
    runpath: str = ""
    versions: set[str] = field(default_factory=set)
    """Of symbols, as "GLIBC_2.34"."""


def read(path: Path) -> Elf | None:
    """None for what is no ELF file for these machines, or loads nothing dynamically."""
    with path.open("rb") as file:
        if file.read(6) != b"\x7fELF\x02\x01":
            return None
    data = path.read_bytes()
    try:
        return _parse(data)
    except (struct.error, IndexError):
        return None


def _parse(data: bytes) -> Elf | None:
    (table,) = struct.unpack_from("<Q", data, 0x20)
    size, count = struct.unpack_from("<HH", data, 0x36)
    loads, dynamic = [], None
    for number in range(count):
        kind, _, offset, address, _, in_file, _, _ = struct.unpack_from("<IIQQQQQQ", data, table + number * size)
        if kind == _LOAD:
            loads.append((address, offset, in_file))
        elif kind == _DYNAMIC:
            dynamic = (offset, in_file)
    if dynamic is None:
        return None

    def place(address: int) -> int:
        return next(address - start + offset for start, offset, length in loads if start <= address < start + length)

    tags: list[tuple[int, int]] = []
    for at in range(dynamic[0], sum(dynamic), 16):
        tag, value = struct.unpack_from("<QQ", data, at)
        if tag == 0:
            break
        tags.append((tag, value))
    first = dict(reversed(tags))
    strings = place(first[_STRTAB])

    def text(offset: int) -> str:
        start = strings + offset
        return data[start : data.index(b"\0", start)].decode(errors="replace")

    found = Elf(needed=[text(value) for tag, value in tags if tag == _NEEDED])
    found.soname = text(first[_SONAME]) if _SONAME in first else ""
    path = first.get(_RUNPATH, first.get(_RPATH))
    found.runpath = text(path) if path is not None else ""
    if _VERNEED in first:
        at = place(first[_VERNEED])
        for _ in range(first.get(_VERNEEDNUM, 0)):
            _, names, _, aux, following = struct.unpack_from("<HHIII", data, at)
            one = at + aux
            for _ in range(names):
                _, _, _, name, next_name = struct.unpack_from("<IHHII", data, one)
                found.versions.add(text(name))
                one += next_name
            at += following
    return found


def newest(versions: set[str], prefix: str) -> tuple[int, ...]:
    """The newest of the versions with that prefix: {"GLIBC_2.4", "GLIBC_2.34"}, "GLIBC_" -> (2, 34); () where there is none."""
    numbers = (version.removeprefix(prefix) for version in versions if version.startswith(prefix))
    return max((tuple(map(int, number.split("."))) for number in numbers if number.replace(".", "").isdecimal()), default=())
