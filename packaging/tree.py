"""Assembles what is installed: a Python, the packages unpacked, the program. Shared by all platforms."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from contents import BuildError, Contents, Platform, normal, version

MARK = "refrain-install.json"
LARGEST = 20
"""How many parts `print_largest` names."""


def assemble(platform: Platform, contents: Contents, python: Path, wheels: Iterable[Path], target: Path, kind: str) -> None:
    """Fills the empty folder `target` with what is installed.

    `python`: a folder that holds a Python as it is to be in the tree (its standard library at `platform.library`); what
    `contents` excludes of it is not copied. `wheels`: those of the packages and the program's own. `kind`: "deb",
    "appimage", "windows" or "macos", noted in the tree for the program to read. Raises `BuildError` if afterwards
    something is inside that is excluded.
    """
    shutil.rmtree(target, ignore_errors=True)
    _copy_python(platform, contents, python, target)
    site = target / platform.site
    site.mkdir(parents=True, exist_ok=True)
    for wheel in wheels:
        unpack(wheel, site, contents)
    mark(target, kind)
    check(platform, contents, target)


def mark(target: Path, kind: str) -> None:
    """Notes in the tree how it is installed, for the program to read."""
    about = {"kind": kind, "version": version(), "built": datetime.now(UTC).strftime("%Y-%m-%d")}
    (target / MARK).unlink(missing_ok=True)  # it may be shared with another tree
    (target / MARK).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def unpack(wheel: Path, site: Path, contents: Contents) -> None:
    """The files of a wheel that are not excluded; its RECORD names those that are there. Scripts and headers stay out."""
    name = normal(wheel.name.partition("-")[0])
    if name in contents.packages:
        raise BuildError(f"{wheel.name} is excluded by contents.toml.")
    written, record = [], None
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            path = _place(info.filename)
            if info.is_dir() or path is None or contents.files.match(path):
                continue
            file = site / path
            if not file.resolve().is_relative_to(site.resolve()):
                raise BuildError(f"{wheel.name} holds a file outside of its folder: {info.filename}.")
            file.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith(".dist-info/RECORD"):
                record = path
                continue
            if file.exists():
                raise BuildError(f"{wheel.name} and another wheel both hold {path}.")
            with archive.open(info) as source, file.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            is_program = (info.external_attr >> 16) & stat.S_IXUSR or path.endswith(".so") or ".so." in path
            file.chmod(0o755 if is_program else 0o644)
            written.append(path)
    if record is None:
        raise BuildError(f"{wheel.name} is no wheel: it has no RECORD.")
    _write_record(site, record, written)


def compile_all(
    python: Path | str, folder: Path | str, run: Callable[..., object] | None = None, how: Sequence[str] = ()
) -> None:
    """Byte code for every module in `folder`, by the tree's own Python, that is not compared with the source when it is
    imported: where the program is installed nobody may write, and a copy changes times.

    `run`: takes the words of the command, where it cannot run here. `how`: more options of compileall.
    """
    always = ["-I", "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    (run or _run)(str(python), *always, *how, str(folder))


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise BuildError(f"Byte code could not be made: {done.stdout.strip()[-500:]}")


def skip_byte_code(platform: Platform, contents: Contents, target: Path) -> None:
    """Removes the byte code of what `contents` says is seldom imported."""
    site = target / platform.site
    for path in site.rglob("__pycache__/*.pyc"):
        module = path.parent.parent / (path.name.partition(".")[0] + ".py")
        if contents.no_byte_code.match(module.relative_to(site).as_posix()):
            path.unlink()


def renew_records(site: Path) -> None:
    """RECORD of every package says what its files are now, after some have been changed on purpose."""
    for record in site.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as lines:
            paths = [row[0] for row in csv.reader(lines)]
        own = record.relative_to(site).as_posix()
        _write_record(site, own, [path for path in paths if path != own])


def check(platform: Platform, contents: Contents, target: Path) -> None:
    """Raises `BuildError` naming what is inside `target` although it is excluded."""
    site, library = target / platform.site, target / platform.library
    wrong = []
    for path, in_packages in _files(site, library):
        pattern = (contents.files if in_packages else contents.python).match(path)
        if pattern and not _is_byte_code(path):
            wrong.append(f"{path} ({pattern})")
    wrong += [f"the package {name}" for name in installed(site) if name in contents.packages]
    known = {name.replace("-", "_") for name in contents.packages}
    wrong += [f"the folder {path.name}" for path in site.iterdir() if path.is_dir() and path.name.lower() in known]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BuildError(f"In {target} is what contents.toml excludes: {'; '.join(wrong[:5])}{more}.")


def installed(site: Path) -> dict[str, str]:
    """Normal name -> version of the packages in a folder."""
    found = {}
    for metadata in site.glob("*.dist-info/METADATA"):
        head = HeaderParser().parsestr(metadata.read_text(encoding="utf-8", errors="replace"))
        found[normal(head["Name"])] = head["Version"]
    return found


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def print_largest(target: Path, platform: Platform) -> None:
    """Names the largest parts: packages, folders of large packages, and single large files."""
    site = target / platform.site
    large = {site / name for name in ("torch", "torch/lib", "PySide6", "PySide6/Qt", "PySide6/Qt/lib", "resources")}
    sizes: dict[str, int] = {}
    for path in target.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        part, below = path, path.relative_to(site).parts if path.is_relative_to(site) else ()
        if below:
            part = site / below[0]
            for name in below[1:]:
                if part not in large:
                    break
                part = part / name
        elif path.is_relative_to(target / platform.library):
            part = target / platform.library
        label = part.relative_to(target).as_posix()
        sizes[label] = sizes.get(label, 0) + path.stat().st_size
    print(f"{sum(sizes.values()) / 1e6:.0f} MB in {target.name}; the {LARGEST} largest parts (MB):")
    for label, count in sorted(sizes.items(), key=lambda one: -one[1])[:LARGEST]:
        print(f"  {count / 1e6:7.1f}  {label}")


def _copy_python(platform: Platform, contents: Contents, python: Path, target: Path) -> None:
    library = platform.library + "/"

    def unwanted(folder: str, names: list[str]) -> list[str]:
        below = PurePosixPath(Path(folder).relative_to(python).as_posix())
        paths = {name: str(below / name) for name in names}
        return [n for n, path in paths.items() if path.startswith(library) and contents.python.match(path[len(library) :])]

    shutil.copytree(python, target, symlinks=True, ignore=unwanted)


def _place(name: str) -> str | None:
    """Where a file of a wheel goes, seen from the folder of the packages; None for what is not needed at run time."""
    first, _, rest = name.partition("/")
    if not first.endswith(".data"):
        return name
    scheme, _, rest = rest.partition("/")
    return rest if scheme in ("purelib", "platlib") else None


def _write_record(site: Path, record: str, written: list[str]) -> None:
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\n")
    for path in written:
        with (site / path).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").digest()
        table.writerow((path, "sha256=" + base64.urlsafe_b64encode(found).rstrip(b"=").decode(), (site / path).stat().st_size))
    table.writerow((record, "", ""))
    (site / record).write_text(lines.getvalue(), encoding="utf-8")


def _files(site: Path, library: Path) -> Iterable[tuple[str, bool]]:
    """(path seen from its folder, whether it is of the packages) of the files of both."""
    for path in site.rglob("*"):
        if path.is_file():
            yield path.relative_to(site).as_posix(), True
    for path in library.rglob("*"):
        if path.is_file() and not path.is_relative_to(site):
            yield path.relative_to(library).as_posix(), False


def _is_byte_code(path: str) -> bool:
    return path.endswith(".pyc")
