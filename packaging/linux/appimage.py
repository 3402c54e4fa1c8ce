"""The AppImage: the tree with the libraries that a desktop may lack, packed behind a runtime that mounts it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from contents import BuildError, Globs
from linux import deb, elf, needs, program, runtime
from linux.root import Root
from supply import papers
from supply.inside import Extra

if TYPE_CHECKING:
    from build import Job

HERE = Path(__file__).resolve().parent
PRIVATE = "lib/private"
"""Where the added libraries are, seen from the tree: `sitecustomize.py` looks there, too."""


def build(job: Job) -> Path:
    """Makes the AppImage in `job.out`. Raises `BuildError`."""
    made = program.make(job)
    folder = job.work / "package"
    shutil.rmtree(folder, ignore_errors=True)
    place = folder / "opt" / "refrain"
    program.copy(made, place, "appimage")
    deb.integrate(folder, job.version)
    shutil.rmtree(folder / "usr" / "bin")
    brought = bring_libraries(job, place, made.root, folder)
    papers.write(place, job.platform, extras(brought, made.root))
    shutil.copy(HERE / "apprun.sh", folder / "AppRun")
    (folder / "AppRun").chmod(0o755)
    shutil.copy(HERE / deb.ENTRY, folder / deb.ENTRY)
    shutil.copy(deb.MARK, folder / "refrain.svg")
    (folder / ".DirIcon").symlink_to("refrain.svg")
    head = runtime.build(job, made.root)
    packed = job.work / "packed.squashfs"
    packed.unlink(missing_ok=True)
    how = ["-root-owned", "-noappend", "-no-progress", "-comp", "zstd", "-Xcompression-level", "19", "-b", "1M"]
    binds = {folder: program.PACKAGE, job.work: "/work"}
    made.root.run("mksquashfs", program.PACKAGE, "/work/packed.squashfs", *how, binds=binds)
    target = job.out / f"Refrain-{job.version}-{job.platform.name.removeprefix('linux-')}.AppImage"
    with target.open("wb") as whole:
        for part in (head, packed):
            with part.open("rb") as source:
                shutil.copyfileobj(source, whole, 1 << 20)
    packed.unlink()
    target.chmod(0o755)
    return target


def bring_libraries(job: Job, place: Path, root: Root, folder: Path) -> list[str]:
    """Copies system libraries into the tree, but those that every desktop has, and lets what needs them look there.

    A library that Python alone would load (through ctypes) finds its own needs beside itself. Returns the names of all.
    """
    table = job.contents.tables["appimage"]
    everywhere = Globs(table["everywhere"])
    known = dict(re.findall(r"^\s*(\S+) \(.*?\) => (\S+)$", root.run("ldconfig", "-p"), re.MULTILINE)[::-1])
    private = place / PRIVATE
    private.mkdir(parents=True)
    waiting = [*program.needed(job, place).libraries, *table["loaded"]]
    brought: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in brought or everywhere.match(name):
            continue
        if name not in known:
            raise BuildError(f"The root has no {name}, which the AppImage needs.")
        shutil.copy(root.path(known[name]), private / name)
        (private / name).chmod(0o755)
        brought.add(name)
        waiting += elf.read(private / name).needed
    print(f"brought into the AppImage: {', '.join(sorted(brought))}", flush=True)
    for path in sorted(place.rglob("*")):
        found = elf.read(path) if needs.is_library(path) else None
        if found is None or not brought & {*found.needed, *([path.name] if path.parent == private else [])}:
            continue
        ways = [way for way in found.runpath.split(":") if way]
        up = Path(*[".."] * len(path.parent.relative_to(place).parts), PRIVATE).as_posix()
        ways.append("$ORIGIN" if path.parent == private else f"$ORIGIN/{up}")
        program.own_copy(path)
        inside = f"{program.PACKAGE}/{path.relative_to(folder).as_posix()}"
        root.run("patchelf", "--set-rpath", ":".join(ways), inside, binds={folder: program.PACKAGE})
    return sorted(brought)


def extras(libraries: list[str], root: Root) -> list[Extra]:
    """The system's packages that the libraries are from, with what Debian says of their licences."""
    found = []
    for name in sorted(set(needs.packages_of(dict.fromkeys(libraries, []), root).values())):
        text = root.path(f"/usr/share/doc/{name}/copyright")
        version = root.run("dpkg-query", "-W", "-f", "${Version}", name).strip()
        found.append(Extra(name, version, "as in its text", text))
    return found
