"""Wheels to make packs of: a tiny package in torch's place, and lists for whatever wheels there are."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.gpu import pack as packs
from engine.gpu.packs import own_torch

TORCH = own_torch()
PYTHON, SYSTEM = packs.here()
INIT = f'__version__ = "{TORCH}"\nmade_for = "a test"\n'
TAGS = f"{PYTHON}-{PYTHON}-" + {"linux": "manylinux_2_28_x86_64", "windows": "win_amd64"}.get(SYSTEM.partition("-")[0], "any")
STAND_IN = f"torch-{TORCH}-{TAGS}.whl"


def make(folder: Path, files: Mapping[str, bytes | str] = {}, name: str = STAND_IN, init: str = INIT) -> Path:
    """A wheel with `files` and, in torch's place, a package of one file."""
    folder.mkdir(parents=True, exist_ok=True)
    path, metadata = folder / name, f"Name: torch\nVersion: {TORCH}\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in {"torch/__init__.py": init, f"torch-{TORCH}.dist-info/METADATA": metadata, **files}.items():
            archive.writestr(entry, content)
    return path


def described(*wheels: Path, url: str = "https://example.org", **changes: Any) -> dict[str, Any]:
    """A list of these wheels, as JSON has it; the first is torch's."""
    return {
        "name": "stand-in",
        "title": "GPU pack of a test",
        "device": "cpu",
        "platform": SYSTEM,
        "python": PYTHON,
        "torch": TORCH,
        "runtime": "",
        "driver": "",
        "capability": "",
        "licence": "BSD-3-Clause",
        "licence_note": "Anybody may use it.",
        "page": "https://example.org/licence",
        "wheels": [one(wheel, url, "torch" if number == 0 else f"part-{number}") for number, wheel in enumerate(wheels)],
        **changes,
    }


def one(wheel: Path, url: str, name: str) -> dict[str, Any]:
    with wheel.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    with zipfile.ZipFile(wheel) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    address = f"{url}/{wheel.name.replace('+', '%2B')}"
    return {"name": name, "file": wheel.name, "url": address, "size": wheel.stat().st_size, "sha256": checksum,
            "licence": "BSD-3-Clause", "unpacked": unpacked}  # fmt: skip


def pack_of(*wheels: Path, url: str = "https://example.org", **changes: Any) -> packs.Pack:
    """The same, read."""
    return packs.parse(json.dumps(described(*wheels, url=url, **changes)))
