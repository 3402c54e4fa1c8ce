"""Fetches the wheels of a platform on this machine, each checked against its hash in lock/<platform>.txt."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from contents import HERE, ROOT, BuildError, Contents, Platform, normal

LOCKS = HERE / "lock"
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*==\s*(?P<version>[^\s;]+)(?:\s*;[^#]*?)?(?:\s+--hash=\S+)*\s*")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True)
class Pin:
    """A line of a lock."""

    name: str
    version: str
    hashes: frozenset[str]
    """sha256 of the files that may be taken."""


def read_lock(path: Path) -> list[Pin]:
    """Raises `BuildError` for a line that pins nothing, or without a hash."""
    if not path.exists():
        raise BuildError(f"There is no lock for this platform: {path}.")
    pins = []
    text = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if not line or line.startswith("--"):
            continue
        found = _PIN.fullmatch(line)
        hashes = frozenset(_HASH.findall(line))
        if found is None or not hashes:
            raise BuildError(f"{path.name}: a line must be NAME==VERSION --hash=sha256:…, but one is: {line[:100]}")
        pins.append(Pin(normal(found["name"]), found["version"], hashes))
    return pins


def fetch(platform: Platform, contents: Contents, work: Path, torch_wheel: Path | None = None) -> list[Path]:
    """The wheels that go in, by name; those that are there already are not fetched again. `work`: of the build.

    `torch_wheel` is taken for torch, if its hash stands in the lock. Raises `BuildError`.
    """
    pins = [pin for pin in read_lock(LOCKS / f"{platform.name}.txt") if pin.name not in contents.packages]
    folder = work / "wheels" / platform.name
    folder.mkdir(parents=True, exist_ok=True)
    if torch_wheel is not None:
        _hand_in(torch_wheel, pins, folder)
    here = {digest(path): path for path in folder.glob("*.whl")}
    missing = [pin for pin in pins if not pin.hashes & here.keys()]
    if missing:
        print(f"fetching {len(missing)} wheels for {platform.name}", flush=True)
        _download(missing, platform, folder, work)
        here = {digest(path): path for path in folder.glob("*.whl")}
    found = []
    for pin in pins:
        known = pin.hashes & here.keys()
        if not known:
            raise BuildError(f"No wheel of {pin.name} {pin.version} for {platform.name} has a hash of the lock.")
        found.append(here[min(known)])
    return sorted(found, key=lambda path: path.name.lower())


def digest(path: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def program_wheel(work: Path) -> Path:
    """Refrain's own wheel, made from a clean copy of the sources: one that was built before could leave old files in it."""
    source, target = work / "source", work / "program"
    for folder in (source, target):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")
    for name in ("app", "engine", "resources"):
        shutil.copytree(ROOT / name, source / name, ignore=unwanted)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    _pip("wheel", "--no-deps", "--wheel-dir", str(target), str(source))
    (wheel,) = target.glob("*.whl")
    return wheel


def _hand_in(wheel: Path, pins: list[Pin], folder: Path) -> None:
    if not wheel.is_file():
        raise BuildError(f"There is no wheel at {wheel}.")
    pin = next((pin for pin in pins if pin.name == "torch"), None)
    if pin is None or digest(wheel) not in pin.hashes:
        raise BuildError(f"{wheel.name} is not the torch of the lock: its sha256 is {digest(wheel)}.")
    if not (folder / wheel.name).exists():
        shutil.copy(wheel, folder)


def _download(pins: list[Pin], platform: Platform, folder: Path, work: Path) -> None:
    wanted = work / f"wanted-{platform.name}.txt"
    lines = (f"{pin.name}=={pin.version} {' '.join(f'--hash=sha256:{one}' for one in sorted(pin.hashes))}\n" for pin in pins)
    wanted.write_text("".join(lines), encoding="utf-8")
    tags = [part for tag in all_tags(platform) for part in ("--platform", tag)]
    version = platform.python.replace(".", "")
    abis = [part for abi in (f"cp{version}", "abi3", "none") for part in ("--abi", abi)]
    how = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", platform.python]
    _pip("download", *how, *abis, *tags, "--dest", str(folder), "-r", str(wanted))


def all_tags(platform: Platform) -> list[str]:
    """The tags of wheels that run there; pip does not know by itself that a newer glibc runs what an older one does."""
    tags = list(platform.tags)
    for tag in platform.tags:
        if found := re.fullmatch(r"manylinux_2_(\d+)_(\w+)", tag):
            newest, machine = int(found[1]), found[2]
            tags += [f"manylinux_2_{minor}_{machine}" for minor in range(newest - 1, 16, -1)]
            tags += [f"manylinux2014_{machine}", f"linux_{machine}"]
    return tags


def _pip(*arguments: str) -> None:
    """Raises `BuildError` with pip's last lines."""
    command = [sys.executable, "-m", "pip", *arguments, "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        why = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise BuildError(f"pip {arguments[0]} failed. Its last lines were:\n{why}")
