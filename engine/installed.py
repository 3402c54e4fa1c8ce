"""How this copy of Refrain came here, and so how its commands are typed. No torch, no Qt.

In the source tree `dev.py` stands beside `engine`; it is never installed. An installer's tree has `refrain-install.json` at
its root; this file is some folders below it (`lib/python3.11/site-packages/engine`), so the folders above it are looked
through, and then `sys.prefix` and those above that. Where neither is found, somebody put the program into a Python.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

MARK = "refrain-install.json"
DEV = "python3 dev.py"
KINDS = {
    "deb": "Debian package",
    "appimage": "AppImage",
    "windows": "Windows installer",
    "macos": "macOS app",
    "package": "Python package",
    "source": "source tree",
}
"""What a copy may have come by, and how it is said."""
_HERE = Path(__file__).resolve().parents[1]
_ABOVE = 6  # folders: the mark of something far above is not ours
_MOST = 1 << 16  # bytes


@dataclass(frozen=True)
class Installation:
    """A copy of the program: `kind` of `KINDS`, when it was `built` (empty: not known), and the folder it all stands in.

    `launcher` is the program that starts it, where that is known; a terminal may find it by its name alone.
    """

    kind: str
    root: Path
    version: str = ""
    built: str = ""
    launcher: Path | None = None

    @property
    def from_source(self) -> bool:
        return self.kind == "source"

    def __str__(self) -> str:
        """In words, for reports."""
        words = KINDS.get(self.kind, self.kind)
        return f"{words}, built {self.built}" if self.built else words


@cache
def installation() -> Installation:
    """This copy."""
    if (_HERE / "dev.py").is_file():
        return Installation("source", _HERE)
    for folder in _above(_HERE, Path(sys.prefix).resolve()):
        if (folder / MARK).is_file():
            return read(folder)
    return Installation("package", _HERE)


def read(root: Path) -> Installation:
    """The installation whose mark is in `root`. One that cannot be read still says that an installer was here."""
    found: object = None
    try:
        with open(root / MARK, "rb") as file:
            found = json.loads(file.read(_MOST))
    except (OSError, ValueError, RecursionError):
        pass
    said = found if isinstance(found, dict) else {}
    texts = {key: value for key, value in said.items() if isinstance(value, str)}
    launcher = root / texts["launcher"] if texts.get("launcher") else _launcher(root)
    return Installation(texts.get("kind") or "package", root, texts.get("version", ""), texts.get("built", ""), launcher)


def version() -> str:
    """Of the program, as pyproject.toml has it; a copy without its package's data is named by the installer's mark."""
    try:
        return metadata.version("refrain")
    except metadata.PackageNotFoundError:
        return installation().version or "of an unknown version"


def command(words: str, source: str = "") -> str:
    """How somebody types this command here: "ask --text Hello" -> "refrain ask --text Hello" or "python3 dev.py run ask …".

    `source`: what dev.py is given for it in the source tree, where that is not "run" with the same words.
    """
    return f"{DEV} {source or f'run {words}'}" if installation().from_source else f"{_program()} {words}"


def how_to_get(extra: str) -> str:
    """The rest of a sentence, without its full stop, that tells where packages come from that not everybody needs.

    `extra`: a name that `dev.py setup` takes ("eval", "voice", "train").
    """
    if installation().from_source:
        return f"run {DEV} setup {extra}"
    return f"the installed program does without it, its source tree brings it by {DEV} setup {extra}"


def module(name: str, *arguments: str) -> list[str]:
    """The command line of a process of our own, `python -m name`, as sheltered from the user's Python as this one is, and
    with the same letters in its pipes.

    It goes with `environment`.
    """
    shelter = ["-I"] if sys.flags.isolated else []
    letters = ["-X", "utf8"] if sys.flags.utf8_mode and sys.flags.isolated else []  # else it is told by the environment
    return [sys.executable, *shelter, *letters, "-m", name, *arguments]


def environment() -> dict[str, str]:
    """Of a process that `module` starts, wherever it starts: it finds the same program as this one."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(_HERE), os.environ.get("PYTHONPATH"))))}


def _above(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (folder, *folder.parents)[:_ABOVE]


def _launcher(root: Path) -> Path | None:
    places = (root / "bin" / "refrain", root / "refrain.exe", root.parent / "MacOS" / "refrain")
    return next(filter(Path.is_file, places), None)


def _program() -> str:
    """What starts the installed program in a terminal: its name if that finds it, else its path."""
    image = os.environ.get("APPIMAGE", "") if installation().kind == "appimage" else ""
    launcher = Path(image) if image else installation().launcher
    if launcher is None or _is_found(launcher):
        return "refrain"
    return subprocess.list2cmdline([str(launcher)]) if sys.platform == "win32" else shlex.quote(str(launcher))


def _is_found(launcher: Path) -> bool:
    found = shutil.which("refrain")
    try:
        return found is not None and Path(found).resolve() == launcher.resolve()
    except OSError:
        return False
