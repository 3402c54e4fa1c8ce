"""The installer for Windows, made on Linux and by the same steps on Windows: the tree, two launchers, NSIS around them.

Signing: REFRAIN_SIGN, if it is set, is a command that signs the file whose path follows it (signtool, osslsigncode or a
script around one); it is run on the launchers, the uninstaller and the installer. Without it they are unsigned, and Windows
warns whoever starts the installer.

REFRAIN_QUICK=1 packs loosely, for trying: packing well takes most of the build's time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import tree
from contents import ROOT, BuildError
from supply import papers
from windows import python

if TYPE_CHECKING:
    from build import Job

HERE = Path(__file__).resolve().parent
SIGN, QUICK = "REFRAIN_SIGN", "REFRAIN_QUICK"
LAUNCHERS = {
    "refrain.exe": ("-mconsole", (), "Refrain, on the command line"),
    "RefrainWindow.exe": ("-mwindows", ("-DWINDOW",), "Refrain"),
}
"""Name -> (subsystem, definitions, what it is). Case does not tell files apart on Windows."""
TOOLS = {
    "gcc": (("x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-gcc-win32"), "gcc-mingw-w64-x86-64"),
    "windres": (("x86_64-w64-mingw32-windres", "windres"), "binutils-mingw-w64-x86-64"),
    "makensis": (("makensis", r"C:\Program Files (x86)\NSIS\makensis.exe"), "nsis"),
}
"""What the build needs -> (its names, Debian's package)."""
LONGEST_PATH = 190  # characters below the folder: with that of a user of twenty letters it stays under Windows' 260


def build(job: Job) -> Path:
    """Makes the installer in `job.out`. Raises `BuildError`."""
    tools = find_tools()
    folder = job.work / "tree"
    tree.assemble(job.platform, job.contents, python.prepare(job.work), job.wheels(), folder, "windows")
    for name in ("LICENSE", "CHANGELOG.md"):
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, folder / (name if "." in name else name + ".txt"))
    papers.write(folder, job.platform)
    papers.write(folder, job.platform)
    make_launchers(tools, folder, job.work / "launchers", job.version)
    check_paths(folder)
    tree.print_largest(folder, job.platform)
    _check_installed(tree.size(folder), job.contents.sizes.get("installed"))
    return _pack(tools, job, folder)


def find_tools() -> dict[str, str]:
    """Raises `BuildError` with a sentence that names all that are missing."""
    found = {name: next(filter(None, map(shutil.which, names)), None) for name, (names, _) in TOOLS.items()}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        packages = " ".join(TOOLS[name][1] for name in missing)
        raise BuildError(f"To build for Windows, {' and '.join(missing)} must be here (Debian: apt install {packages}).")
    return found


def make_launchers(tools: dict[str, str], folder: Path, work: Path, version: str) -> None:
    """`LAUNCHERS` into `folder`. Raises `BuildError`."""
    work.mkdir(parents=True, exist_ok=True)
    library = python.read_lock().library
    for name, (subsystem, definitions, description) in LAUNCHERS.items():
        resource = work / f"{name}.o"
        words = {"VERSION": version, "NAME": name, "DESCRIPTION": description}
        header = "".join(f'#define {key} "{value}"\n' for key, value in words.items())
        (work / "launcher.rc").write_text(
            f"{header}#define NUMBERS {numbers(version).replace('.', ',')}\n{(HERE / 'launcher.rc').read_text(encoding='ascii')}",
            encoding="ascii",
        )
        _run([tools["windres"], "-I", str(HERE), "-i", "launcher.rc", "-o", str(resource)], work)
        _run(
            [
                *(tools["gcc"], "-municode", subsystem, *definitions, f'-DLIBRARY="{library}"'),
                *("-O2", "-s", "-Wall", "-Wextra", "-Werror"),
                *("-static", "-Wl,--no-insert-timestamp,--dynamicbase,--nxcompat,--high-entropy-va"),
                *("-o", str(folder / name), str(HERE / "launcher.c"), str(resource)),
            ],
            work,
        )
        if command := sign_command():
            _run([*command, str(folder / name)], work)


def sign_command() -> list[str]:
    """The words of `REFRAIN_SIGN`; none where nothing is to be signed."""
    words = re.findall(r'"([^"]*)"|(\S+)', os.environ.get(SIGN, ""))
    return [quoted or plain for quoted, plain in words]


def numbers(version: str) -> str:
    """A version as Windows has them: "0.1.0rc1" -> "0.1.0.0"."""
    found = [int(part) for part in re.match(r"\d+(\.\d+)*", version).group().split(".")]
    return ".".join(map(str, [*found, 0, 0, 0, 0][:4]))


def check_paths(folder: Path) -> None:
    """Raises `BuildError` where a file's path is too long for Windows, or two differ by case alone."""
    seen: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if len(name) > LONGEST_PATH:
            raise BuildError(f"{name} is longer than the {LONGEST_PATH} characters that are safe on Windows.")
        if seen.setdefault(name.lower(), name) != name:
            raise BuildError(f"{name} and {seen[name.lower()]} are one file on Windows.")


def files(folder: Path) -> str:
    """A part of the installer's script: what the uninstaller removes. Folders of the tree's root are ours as a whole."""
    lines = ["!macro RemoveFiles"]
    for path in sorted(folder.iterdir()):
        lines.append(f'    {"RMDir /r" if path.is_dir() else "Delete"} "$INSTDIR\\{path.name}"')
    return "\n".join([*lines, "!macroend", ""])


def _pack(tools: dict[str, str], job: Job, folder: Path) -> Path:
    made = job.out / f"refrain-{job.version}-windows-x86_64.exe"
    table = job.work / "files.nsh"
    table.write_text(files(folder), encoding="utf-8")
    words = {
        "TREE": folder,
        "FILES": table,
        "OUT": made,
        "VERSION": job.version,
        "NUMBERS": numbers(job.version),
        "MEGABYTES": tree.size(folder) // (1 << 20) + 1,
        "LIBRARY": python.read_lock().library,
        "ICON": HERE / "refrain.ico",
    }
    if os.environ.get(SIGN):
        words["SIGN"] = os.environ[SIGN]
    if os.environ.get(QUICK):
        words["QUICK"] = 1
    began = time.monotonic()
    given = [f"-D{name}={value}" for name, value in words.items()]
    _run([tools["makensis"], "-V2", "-INPUTCHARSET", "UTF8", *given, str(HERE / "installer.nsi")], job.work)
    print(f"packed in {time.monotonic() - began:.0f} seconds", flush=True)
    return made


def _check_installed(size: int, most: int | None) -> None:
    if most is not None and size > most:
        raise BuildError(f"{size / 1e6:.0f} MB would be installed; at most {most / 1e6:.0f} are allowed.")


def _run(command: list[str], folder: Path) -> None:
    """Raises `BuildError` with the last words of what failed."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        raise BuildError(f"{Path(command[0]).name} failed: {done.stdout.strip()[-1500:]}")
