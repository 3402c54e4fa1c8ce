"""Makes the list of a GPU pack: which wheels it consists of, where they are, how large they are, and their checksums.

    .venv/bin/python packaging/lock/gpu.py                                      # every list that the public index allows
    .venv/bin/python packaging/lock/gpu.py linux-x86_64-cp311-cuda13            # one of them
    .venv/bin/python packaging/lock/gpu.py windows-x86_64-cp312-cuda13 --index https://download.pytorch.org/whl/cu130

Only metadata is read (the index's pages and the list at the end of each wheel); no wheel is fetched. The index is the one that
pip is configured with, or `--index`; addresses in the list are the index's own. Needs the library `packaging`, which is in
the environment that `dev.py` makes. What is left out, and why, is said in LEFT_OUT; the README of `resources/gpu` has more.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tomllib
import urllib.parse
import urllib.request
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT / "resources" / "gpu"
JSON = "application/vnd.pypi.simple.v1+json"
LEFT_OUT = {
    **dict.fromkeys(("filelock", "typing-extensions", "setuptools", "fsspec", "numpy"), "Refrain has it or never needs it"),
    **dict.fromkeys(("sympy", "networkx", "jinja2", "mpmath", "markupsafe"), "for torch.compile, which Refrain does not use"),
    "triton": "for torch.compile, which Refrain does not use",
    "cuda-bindings": "for torch's profilers, which Refrain does not use; torch looks whether it is there",
}
PIECE = 1 << 20  # bytes that are fetched at once


@dataclass(frozen=True)
class Target:
    """What a pack is for. `driver` is the lowest that CUDA's release notes name, `capability` the lowest of torch's build."""

    name: str
    python: tuple[int, int]
    system: str  # as in markers: Linux or Windows
    machine: str
    platforms: tuple[str, ...]  # as in the names of wheels
    title: str
    device: str
    runtime: str
    driver: str
    capability: str


def _linux(machine: str, newest: int = 35) -> tuple[str, ...]:
    """What runs with glibc 2.35 (or `newest`), the oldest that Refrain's packages support."""
    older = ("manylinux2014", "manylinux2010", "manylinux1")
    return (*(f"manylinux_2_{minor}_{machine}" for minor in range(newest, 4, -1)), *(f"{name}_{machine}" for name in older))


_CUDA = ("GPU pack for NVIDIA cards (CUDA 13.0)", "cuda", "13.0", "580.65.06")
TARGETS = {
    target.name: target
    for target in (
        Target("linux-x86_64-cp311-cuda13", (3, 11), "Linux", "x86_64", _linux("x86_64"), *_CUDA, "7.5"),
        Target("linux-aarch64-cp313-cuda13", (3, 13), "Linux", "aarch64", _linux("aarch64", 40), *_CUDA, "8.0"),
        Target("windows-x86_64-cp312-cuda13", (3, 12), "Windows", "AMD64", ("win_amd64",), *_CUDA, "7.5"),
    )
}
ON_THE_PUBLIC_INDEX = ("linux-x86_64-cp311-cuda13", "linux-aarch64-cp313-cuda13")
"""The public index has torch for Windows without CUDA only, and none for ROCm at all."""


class _Page(HTMLParser):
    """The links of an index that knows no JSON."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.files: list[dict] = []
        self._address = address
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        link = dict(attributes).get("href") if tag == "a" else None
        if link:
            url, _, checksum = urllib.parse.urljoin(self._address, link).partition("#")
            name = urllib.parse.unquote(url.rpartition("/")[2])
            found = {"filename": name, "url": url, "hashes": dict([checksum.split("=", 1)] if "=" in checksum else [])}
            self.files.append(found | {"yanked": "data-yanked" in dict(attributes)})


@cache
def files(index: str, name: str) -> list[dict]:
    """What the index has of a project."""
    address = f"{index.rstrip('/')}/{name}/"
    request = urllib.request.Request(address, headers={"Accept": f"{JSON}, text/html;q=0.5"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        text, kind = answer.read().decode(), answer.headers.get("Content-Type", "")
    return json.loads(text)["files"] if "json" in kind else _Page(answer.url, text).files


def choose(index: str, requirement: Requirement, tags: list[Tag]) -> dict:
    """The newest wheel that fits, as the index describes it."""
    found = []
    for file in files(index, canonicalize_name(requirement.name)):
        if not file["filename"].endswith(".whl") or file.get("yanked"):
            continue
        try:
            _, version, build, fits = parse_wheel_filename(file["filename"])
        except ValueError:
            continue
        ranks = [rank for rank, tag in enumerate(tags) if tag in fits]
        if ranks and requirement.specifier.contains(version):
            found.append((version, build, -min(ranks), file))
    if not found:
        raise SystemExit(f"The index has no wheel of {requirement} for this pack.")
    return max(found, key=lambda one: one[:3])[3]


class Remote(io.RawIOBase):
    """A file on a server, of which only the pieces that are asked for are fetched."""

    def __init__(self, url: str, size: int) -> None:
        self._url, self._size, self._place = url, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        return self._place

    def readinto(self, buffer) -> int:
        last = min(self._place + len(buffer), self._size) - 1
        if last < self._place:
            return 0
        request = urllib.request.Request(self._url, headers={"Range": f"bytes={self._place}-{last}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            if answer.status != 206:
                raise SystemExit(f"{self._url}: the server sends whole files only.")
            piece = answer.read(last + 1 - self._place)
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def look(file: dict) -> tuple[Message, int, int]:
    """A wheel's own METADATA, its bytes, and those that it has unpacked: from the end of the archive, where its list is."""
    count = size(file)
    with zipfile.ZipFile(io.BufferedReader(Remote(file["url"], count), PIECE)) as archive:
        entry = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        unpacked = sum(info.file_size for info in archive.infolist())
        return HeaderParser().parsestr(archive.read(entry).decode()), count, unpacked


def size(file: dict) -> int:
    """Bytes, from the index or else the server."""
    if file.get("size"):
        return file["size"]
    request = urllib.request.Request(file["url"], headers={"Range": "bytes=0-0"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.headers["Content-Range"].rpartition("/")[2])


def licence(read) -> str:
    """As the wheel names it, in one line."""
    text = read.get("License-Expression") or read.get("License") or ""
    text = " ".join(text.split())
    return text if text and len(text) < 200 else "as its files say"


def resolve(index: str, wanted: str, target: Target) -> list[dict]:
    """torch and all that it names for this target, without what is left out."""
    short = f"cp{target.python[0]}{target.python[1]}"
    tags = [*cpython_tags(target.python, platforms=target.platforms), *compatible_tags(target.python, short, target.platforms)]
    environment = {
        "python_version": ".".join(map(str, target.python)),
        "python_full_version": ".".join(map(str, (*target.python, 0))),
        "platform_system": target.system,
        "platform_machine": target.machine,
        "sys_platform": {"Linux": "linux", "Windows": "win32"}[target.system],
        "os_name": {"Linux": "posix", "Windows": "nt"}[target.system],
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    waiting, looked, wheels = [Requirement(wanted)], set(), {}
    while waiting:
        one = waiting.pop(0)
        name = canonicalize_name(one.name)
        if name in LEFT_OUT or (name, frozenset(one.extras)) in looked:
            continue
        looked.add((name, frozenset(one.extras)))
        file = choose(index, one, tags)
        if name in wheels and wheels[name]["file"] != file["filename"]:
            raise SystemExit(f"{one} and {wheels[name]['file']} do not go together.")
        read, count, unpacked = look(file)
        wheels[name] = {
            "name": name,
            "file": file["filename"],
            "url": file["url"],
            "size": count,
            "sha256": file["hashes"]["sha256"],
            "licence": licence(read),
            "unpacked": unpacked,
        }
        print(f"  {file['filename']}: {wheels[name]['size'] / 1e6:.1f} MB, {wheels[name]['licence']}", file=sys.stderr)
        for line in read.get_all("Requires-Dist", []):
            needed = Requirement(line)
            for extra in one.extras or {""}:
                if needed.marker is None or needed.marker.evaluate({**environment, "extra": extra}):
                    waiting.append(needed)
    return sorted(wheels.values(), key=lambda wheel: (wheel["name"] != "torch", wheel["name"]))


def described(target: Target, torch: str, wheels: list[dict]) -> dict:
    """As the program reads it."""
    return {
        "name": target.name,
        "title": target.title,
        "device": target.device,
        "platform": target.name.partition("-cp")[0],
        "python": f"cp{target.python[0]}{target.python[1]}",
        "torch": torch,
        "runtime": target.runtime,
        "driver": target.driver,
        "capability": target.capability,
        "licence": "NVIDIA's licence for its CUDA libraries; torch is BSD-3-Clause",
        "licence_note": "The libraries are proprietary: they may be used free of charge with NVIDIA cards.",
        "page": "https://docs.nvidia.com/cuda/eula/",
        "wheels": wheels,
    }


def configured_index() -> str:
    """The one that pip asks."""
    from pip._internal.configuration import Configuration

    configuration = Configuration(isolated=False)
    configuration.load()
    found = dict(configuration.items())
    return found.get(":env:.index-url") or found.get("global.index-url") or "https://pypi.org/simple"


def torch_version() -> str:
    """The one that the program is pinned to."""
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return next(need.partition("==")[2] for need in needs if need.startswith("torch=="))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(TARGETS)}")
    parser.add_argument("--index", default="", help="another index, such as the one of torch's makers")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in TARGETS]
    if unknown:
        parser.error(f"There is no {unknown[0]}: choose from {', '.join(TARGETS)}.")
    for name in given.names or ON_THE_PUBLIC_INDEX:
        print(name, file=sys.stderr)
        target, torch = TARGETS[name], torch_version()
        wheels = resolve(given.index or configured_index(), f"torch=={torch}", target)
        text = json.dumps(described(target, torch, wheels), indent=1, ensure_ascii=False)
        (LISTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
