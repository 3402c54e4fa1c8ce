#!/usr/bin/env python3
"""Builds installers: python3 packaging/build.py deb appimage windows macos [--torch-wheel PATH] [--out dist].

Needs Python 3.11 or later with pip, and what a platform's own script names when it is missing.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import contents
import wheels
from contents import ROOT, BuildError, Contents, Platform

KINDS = {"deb": "linux.deb", "appimage": "linux.appimage", "windows": "windows.windows", "macos": "macos.macos"}
"""Each module has `build(job) -> Path`: it makes the installer in `job.out` and returns it, or raises `BuildError`."""


@dataclass
class Job:
    """What a platform's script needs to know."""

    kind: str
    out: Path
    work: Path
    """A folder of the platform, kept between builds."""
    contents: Contents
    torch_wheel: Path | None = None
    runtime: Path | None = None
    """Of the AppImage; None: it is built."""
    sources: Path | None = None
    """A folder with the repositories that it is built from, by name; None: they are fetched."""

    @property
    def version(self) -> str:
        return contents.version()

    @property
    def platform(self) -> Platform:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        names = {"windows": "windows-x86_64", "macos": "macos-arm64"}
        return self.contents.platform(names.get(self.kind, f"linux-{machine}"))

    def wheels(self) -> list[Path]:
        """Those of the packages, and the program's own."""
        fetched = wheels.fetch(self.platform, self.contents, self.work.parent, self.torch_wheel)
        return [*fetched, wheels.program_wheel(self.work)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="+", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--torch-wheel", type=Path, help="take this file for torch, if its hash stands in the lock")
    parser.add_argument("--runtime", type=Path, help="take this runtime for the AppImage, if contents.toml has its hash")
    parser.add_argument("--sources", type=Path, help="a folder with git repositories of the AppImage's runtime")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the installers go (default: dist)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "packaging", help="kept between builds")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    for kind in dict.fromkeys(given.kinds):
        began = time.monotonic()
        work = given.work.absolute() / kind
        work.mkdir(parents=True, exist_ok=True)
        job = Job(kind, given.out.absolute(), work, contents.load(), given.torch_wheel, given.runtime, given.sources)
        try:
            made = importlib.import_module(KINDS[kind]).build(job)
            _check_size(made, kind, job.contents)
        except BuildError as error:
            print(f"packaging: {error}", file=sys.stderr)
            return 1
        print(f"{made}: {made.stat().st_size / 1e6:.1f} MB in {time.monotonic() - began:.0f} seconds", flush=True)
    return 0


def _check_size(made: Path, kind: str, wanted: Contents) -> None:
    most = wanted.sizes.get(kind)
    if most is not None and made.stat().st_size > most:
        raise BuildError(f"{made} has {made.stat().st_size / 1e6:.1f} MB; at most {most / 1e6:.0f} are allowed.")


if __name__ == "__main__":
    sys.exit(main())
