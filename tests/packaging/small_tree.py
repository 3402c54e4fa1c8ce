"""A tree as the builder assembles it, with three small packages and no Python that could run."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

VERSIONS = {"refrain": "0.1.0", "Some_Package": "2.0", "qtish": "6.1"}
PYTHON = "3.11.2"


def make(folder: Path, site: str = "lib/python3.11/site-packages") -> Path:
    """`Some_Package` brings a library and a text; `qtish` is under the LGPL and brings no text."""
    place = folder / site
    package(place, "refrain", "License-Expression: MIT", {"refrain-0.1.0.dist-info/licenses/LICENSE": b"Refrain's words"})
    contents = {
        "Some_Package-2.0.dist-info/LICENSE": b"Words & <more>",
        "some_package/module.cpython-311-x86_64-linux-gnu.so": b"ours",
        "some_package.libs/libother-1a2b.so.3": b"of somebody else",
    }
    package(place, "Some_Package", "License: BSD License", contents)
    package(place, "qtish", "License: LGPL-3.0-only OR GPL-2.0-only", {})
    for name, words in {"licences/LGPL-3.0.txt": "LESSER", "wren/LICENSE.md": "free", "wren/lm.safetensors": "weights"}.items():
        write(place / "resources" / name, words.encode())
    write(folder / "lib/python3.11/LICENSE.txt", b"Python's words")
    write(folder / "bin/python3.11", b"\x7fELF\x003.11\x00" + PYTHON.encode() + b"\x00")
    return folder


def package(site: Path, name: str, licence: str, files: dict[str, bytes]) -> None:
    info = f"{name}-{VERSIONS[name]}.dist-info"
    files = {f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSIONS[name]}\n{licence}\n".encode(), **files}
    lines = []
    for path, content in files.items():
        write(site / path, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}\n")
    write(site / info / "RECORD", "".join([*lines, f"{info}/RECORD,,\n"]).encode())


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
