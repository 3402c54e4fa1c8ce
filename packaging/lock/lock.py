"""Makes the lists of wheels that go into the installers: one file a platform, one wheel a package, each with its hash.

    python3 packaging/lock/lock.py [PLATFORM ...]     makes them anew (needs uv, and PyPI)
    python3 packaging/lock/lock.py --check            only says whether they still fit pyproject.toml and constraints.txt

What goes in, and for which systems, stands in `packaging/contents.toml`, which versions in `pyproject.toml` and
`constraints.txt`, and which wheels of torch are for processors in `torch.toml` beside this file. A line is what pip takes
with `--require-hashes`; the wheel's name is its comment.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONTENTS = HERE.parent / "contents.toml"
LINE = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+) --hash=sha256:(?P<sha256>[0-9a-f]{64})  # (?P<wheel>[^ ]+\.whl)")
HEAD = "# The wheels of the installed program on {}. Made by packaging/lock/lock.py: do not edit.\n"


class Locked(NamedTuple):
    """One wheel of a lock."""

    name: str
    version: str
    sha256: str
    wheel: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}  # {self.wheel}"


def normal(name: str) -> str:
    """As the package index writes it: `PySide6_Essentials` is `pyside6-essentials`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def platforms() -> dict[str, dict]:
    """name -> what `contents.toml` says of it."""
    return _toml(CONTENTS)["platform"]


def read(platform: str) -> list[Locked]:
    """The wheels of a platform. Raises `ValueError` with a sentence for a line that is none of ours."""
    path = HERE / f"{platform}.txt"
    locked = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            match = LINE.fullmatch(line)
            if match is None:
                raise ValueError(f"Line {number} of {path} names no wheel with its hash: make the lock anew with lock.py.")
            locked.append(Locked(**match.groupdict()))
    return locked


def wanted() -> dict[str, str]:
    """name -> version of what is asked for: pyproject's packages less those that are left out, and those that are added."""
    project = _toml(ROOT / "pyproject.toml")["project"]
    packages = _toml(CONTENTS)["packages"]
    pins = dict(_pin(one) for one in project["dependencies"])
    extras = dict(_pin(one) for many in project["optional-dependencies"].values() for one in many if "==" in one)
    pins |= {normal(name): extras[normal(name)] for name in packages["added"]}
    return {name: version for name, version in pins.items() if name not in excluded()}


def excluded() -> set[str]:
    return set(map(normal, _toml(CONTENTS)["packages"]["excluded"]))


def pinned() -> dict[str, str]:
    """name -> version, of all that the two files pin."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(_pin(line) for line in lines if "==" in line) | wanted()


def disagreements(platform: str) -> list[str]:
    """Sentences about what the lock says otherwise than the files it was made from."""
    there = {one.name: one.version for one in read(platform)}
    pins, told = pinned(), []
    for name in wanted():
        if name not in there:
            told.append(f"{platform}: {name} is missing.")
    for name, version in there.items():
        if name not in pins:
            told.append(f"{platform}: {name} is pinned nowhere: put {name}=={version} into constraints.txt.")
        elif version.partition("+")[0] != pins[name]:
            told.append(f"{platform}: {name} is {version}, but {pins[name]} is pinned.")
        if name in excluded():
            told.append(f"{platform}: {name} is to stay out.")
    return told


def make(platform: str) -> list[Locked]:
    """Asks the resolver. Raises `CalledProcessError` if it finds no answer, which it explains itself."""
    torch, ask, own = _toml(HERE / "torch.toml"), wanted(), []
    if platform in torch["wheels"]:
        version, (tags, sha256) = f"{ask.pop('torch')}+{torch['local']}", torch["wheels"][platform]
        own.append(Locked("torch", version, sha256, f"torch-{version}-{tags}.whl"))
        ask |= {name: pinned()[name] for name in map(normal, torch["needs"])}
    packages = _resolve(platforms()[platform], [f"{name}=={version}" for name, version in ask.items()])
    return sorted([*own, *map(_best, packages)])


def _resolve(about: dict, requirements: list[str]) -> list[dict]:
    uv = shutil.which("uv") or sys.exit("lock.py: uv is needed: pip install uv")
    system, oldest = _as_uv_says(about["tags"][0])
    with tempfile.TemporaryDirectory() as folder:
        asked, out, answer = Path(folder, "asked.in"), Path(folder, "out.in"), Path(folder, "pylock.toml")
        asked.write_text("\n".join(requirements))
        out.write_text("\n".join(excluded()))
        command = [uv, "pip", "compile", "--quiet", "--no-config", "--format", "pylock.toml", "--only-binary", ":all:"]
        command += ["--python-version", about["python"], "--python-platform", system]
        command += ["--constraints", ROOT / "constraints.txt", "--excludes", out, "--output-file", answer, asked]
        subprocess.run([str(part) for part in command], check=True, env={**os.environ, **oldest})
        return _toml(answer)["packages"]


def _as_uv_says(tag: str) -> tuple[str, dict[str, str]]:
    """A wheel's tag as uv names the system, and what it wants in the environment to know its age."""
    if linux := re.fullmatch(r"(manylinux_2_\d+)_(x86_64|aarch64)", tag):
        return f"{linux[2]}-{linux[1]}", {}
    if mac := re.fullmatch(r"macosx_(\d+)_(\d+)_arm64", tag):
        return "aarch64-apple-darwin", {"MACOSX_DEPLOYMENT_TARGET": f"{mac[1]}.{mac[2]}"}
    return {"win_amd64": "x86_64-pc-windows-msvc"}[tag], {}


def _best(package: dict) -> Locked:
    """Of several wheels the one made for the platform: the other one lacks the library that this one brings."""
    wheels = {wheel.get("name") or wheel["url"].rpartition("/")[2]: wheel["hashes"]["sha256"] for wheel in package["wheels"]}
    name = min(wheels, key=lambda name: (name.endswith("-any.whl"), name))
    return Locked(normal(package["name"]), package["version"], wheels[name], name)


def _pin(line: str) -> tuple[str, str]:
    name, _, version = line.partition("#")[0].strip().partition("==")
    return normal(name), version


def _toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platforms", nargs="*", metavar="PLATFORM", help=f"of {', '.join(platforms())}; all without any")
    parser.add_argument("--check", action="store_true", help="make nothing")
    chosen = parser.parse_args()
    if unknown := set(chosen.platforms) - set(platforms()):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for platform in chosen.platforms or platforms():
        if not chosen.check:
            lines = [f"{one}\n" for one in make(platform)]
            (HERE / f"{platform}.txt").write_text(HEAD.format(platform) + "".join(lines), encoding="utf-8")
        for sentence in (told := disagreements(platform)):
            print(sentence, file=sys.stderr)
        if told:
            sys.exit(1)
        print(f"{platform}: {len(read(platform))} wheels")


if __name__ == "__main__":
    main()
