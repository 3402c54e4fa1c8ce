"""What a GPU pack consists of: the lists in `resources/gpu`, read and checked. No torch.

A list names every wheel with its address, size and SHA-256. Wheels are programs: none is taken that a list does not name.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.models.store.catalogue import Offer, RemoteFile, Source
from engine.quoting import quoted, reason, shown
from engine.resources import resources_folder

DEVICES = ("cuda", "rocm", "cpu")
WHEELS = "wheels"
"""The folder of a download that the wheels are in."""
MOST_WHEELS = 100
MOST_UNPACKED = 40_000_000_000  # bytes of all wheels together
_LONGEST = 1_000_000  # bytes of a list
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_VERSION = re.compile(r"\d+(\.\d+){0,4}")
_WHEEL = re.compile(r"([A-Za-z0-9_.]+)-([A-Za-z0-9_.!+]+)(-\d[^-]*)?-([a-z0-9_.]+)-([a-z0-9_.]+)-([A-Za-z0-9_.]+)\.whl")
_LOOPBACK = ("127.0.0.1", "localhost")
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}


@dataclass(frozen=True)
class Wheel:
    """One of a pack's wheels; bytes as it is fetched, and unpacked. Raises `ValueError` for what cannot be."""

    name: str
    file: str
    url: str
    size: int
    sha256: str
    licence: str
    unpacked: int

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and _NAME.fullmatch(self.name)):
            raise ValueError(f"A wheel has an odd name ({shown(self.name)}).")
        if not (isinstance(self.file, str) and _WHEEL.fullmatch(self.file)):
            raise ValueError(f"{shown(self.file)} is no wheel's name.")
        if not isinstance(self.sha256, str) or type(self.size) is not int or self.size < 1:
            raise ValueError(f"{self.file} has no size or no checksum.")
        RemoteFile(self.file, self.size, self.sha256)  # which looks at them
        if type(self.unpacked) is not int or not 0 <= self.unpacked <= MOST_UNPACKED:
            raise ValueError(f"The unpacked size of {self.file} is odd ({shown(self.unpacked)}).")
        if not isinstance(self.licence, str) or not self.licence:
            raise ValueError(f"{self.file} has no licence.")
        if not is_address(self.url) or urllib.parse.unquote(self.url.rpartition("/")[2]) != self.file:
            raise ValueError(f"The address of {self.file} is odd ({shown(self.url)}).")

    @property
    def remote(self) -> RemoteFile:
        return RemoteFile(self.file, self.size, self.sha256)

    @property
    def source(self) -> Source:
        return Source(self.url.rpartition("/")[0], WHEELS, files=(self.remote,))

    def fits(self, python: str, system: str) -> bool:
        """Whether it is for this Python ("cp311") and platform ("linux-x86_64"), by its name."""
        wheel = _WHEEL.fullmatch(self.file)
        if wheel is None:
            return False
        _, _, _, pythons, interfaces, platforms = wheel.groups()
        is_python = set(pythons.split(".")) & {python, "py3"} or (interfaces == "abi3" and pythons.startswith("cp3"))
        kind, _, machine = system.partition("-")
        names = {"linux": ("manylinux", "linux"), "windows": ("win",), "macos": ("macosx",)}.get(kind, ("-",))
        ends = {"x86_64": ("x86_64", "amd64"), "aarch64": ("aarch64", "arm64")}.get(machine, (machine,))
        is_system = any(one == "any" or (one.startswith(names) and one.endswith(ends)) for one in platforms.split("."))
        return bool(is_python) and set(interfaces.split(".")) <= {python, "none", "abi3"} and is_system

    @property
    def glibc(self) -> tuple[int, int]:
        """The oldest C library that it runs with; (0, 0) where its name does not say."""
        found = re.findall(r"manylinux_(\d+)_(\d+)", self.file)
        return min(((int(major), int(minor)) for major, minor in found), default=(0, 0))


@dataclass(frozen=True)
class Pack(Offer):
    """A pack as its list describes it, for one Python and platform.

    `device` is one of `DEVICES`; `runtime` the version of CUDA or ROCm, `driver` the lowest version of the card's driver,
    `capability` the lowest compute capability of a card (each "" where it does not matter).
    """

    device: str
    platform: str
    python: str
    torch: str
    runtime: str
    driver: str
    capability: str
    wheels: tuple[Wheel, ...]
    by_hand = "choose From a folder"

    @property
    def unpacked_bytes(self) -> int:
        return sum(wheel.unpacked for wheel in self.wheels)

    @property
    def glibc(self) -> tuple[int, int]:
        """The oldest C library that all of it runs with."""
        return max(wheel.glibc for wheel in self.wheels)


def here() -> tuple[str, str]:
    """This Python and platform, as packs name them: ("cp311", "linux-x86_64")."""
    kind = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    return f"cp{sys.version_info[0]}{sys.version_info[1]}", f"{kind}-{_MACHINES.get(machine, machine)}"


def shipped(folder: Path | None = None) -> list[Pack]:
    """The packs of all lists that come with the program. Raises `ValueError` with a sentence for a damaged one."""
    folder = folder or resources_folder() / "gpu"
    return [read(path) for path in sorted(folder.glob("*.json"))]


def read(path: Path) -> Pack:
    """A list. Raises `ValueError` with a sentence for one that is missing, damaged or not to be trusted with a name."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_LONGEST + 1)
        if len(text) > _LONGEST:
            raise ValueError("It is too long for a list of wheels.")
        return parse(text)
    except (OSError, ValueError) as error:
        raise ValueError(f"The list of a GPU pack {path} cannot be read ({reason(error)}).") from error


def parse(text: bytes | str) -> Pack:
    """A list's text. Raises `ValueError` for anything else."""
    try:
        found = json.loads(text)
        wheels = found.pop("wheels")
        if not isinstance(wheels, list) or not 1 <= len(wheels) <= MOST_WHEELS:
            raise ValueError("It names no wheels, or too many.")
        return _pack(found, tuple(Wheel(**wheel) for wheel in wheels))
    except ValueError:
        raise
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"It is no list of wheels ({reason(error)}).") from None


def is_address(url: object) -> bool:
    """Whether it is a server's, and safe on the way; on this machine itself it need not be."""
    if not isinstance(url, str) or len(url) > 1000 or not url.isprintable():
        return False
    parts = urllib.parse.urlsplit(url)
    return bool(parts.netloc) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))


def _pack(found: dict[str, Any], wheels: tuple[Wheel, ...]) -> Pack:
    texts = {key: found.pop(key) for key in ("name", "title", "device", "platform", "python", "torch", "runtime", "driver")}
    texts |= {key: found.pop(key) for key in ("capability", "licence", "licence_note", "page")}
    odd = next((key for key, value in texts.items() if not isinstance(value, str) or len(value) > 300), None)
    if odd or found:
        raise ValueError(f"It is odd at {quoted(odd or str(next(iter(found))))}.")
    named = _NAME.fullmatch(texts["name"]) and texts["title"]
    if not named or texts["device"] not in DEVICES or not is_address(texts["page"]):
        raise ValueError("It has an odd name, title, device or page.")
    versions = {key: texts[key] for key in ("torch", "runtime", "driver", "capability")}
    odd = next((key for key, version in versions.items() if version and not _VERSION.fullmatch(version)), "")
    if odd or not texts["torch"]:
        raise ValueError(f"Its version of {odd or 'torch'} is odd.")
    if len({wheel.file.lower() for wheel in wheels}) < len(wheels) or len({wheel.name for wheel in wheels}) < len(wheels):
        raise ValueError("It names a wheel twice.")
    torch = next((wheel for wheel in wheels if wheel.name == "torch"), None)
    if torch is None or not torch.file.startswith((f"torch-{texts['torch']}-", f"torch-{texts['torch']}+")):
        raise ValueError(f"It has no wheel of torch {texts['torch']}.")
    stranger = next((wheel for wheel in wheels if not wheel.fits(texts["python"], texts["platform"])), None)
    if stranger is not None:
        raise ValueError(f"{stranger.file} is not for {texts['python']} on {texts['platform']}.")
    if sum(wheel.unpacked for wheel in wheels) > MOST_UNPACKED:
        raise ValueError("It is larger than any pack.")
    return Pack(
        id=texts.pop("name"),
        name=texts.pop("title"),
        download_bytes=sum(wheel.size for wheel in wheels),
        sources=tuple(wheel.source for wheel in wheels),
        wheels=wheels,
        **texts,
    )
