"""Refrain's tree for Linux: the Python of the oldest Debian that it runs on, the wheels, the launcher, byte code."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import tree
from contents import BuildError, Globs
from linux import needs
from linux import root as roots
from linux.root import Root
from supply import papers
from wheels import digest

if TYPE_CHECKING:
    from build import Job

HERE = Path(__file__).resolve().parent
PACKAGE = "/package"
"""Where the folder of what is packed appears in the root."""


@dataclass(frozen=True)
class Program:
    tree: Path
    """What comes to stand in /opt/refrain."""
    root: Root
    """The system that it was built in."""


_made: dict[Path, Program] = {}


def make(job: Job) -> Program:
    """The tree, once in a run of build.py: to be copied, not changed. Raises `BuildError`."""
    folder = job.work.parent / "linux"
    if folder not in _made:
        root = build_root(job)
        place = folder / "opt" / "refrain"
        python = _python(job, root, folder / "python")
        tree.assemble(job.platform, job.contents, python, job.wheels(), place, "deb")
        inside = f"{PACKAGE}/opt/refrain"
        within = partial(root.run, binds={folder: PACKAGE})
        _empty_icu_data(job, place, within)
        _strip(job, place, within)
        _link_doubles(place)
        papers.write(place, job.platform)
        tree.compile_all(f"{inside}/bin/python{job.platform.python}", inside, within, ("-s", PACKAGE, "-p", "/"))
        tree.skip_byte_code(job.platform, job.contents, place)
        within(f"{inside}/bin/refrain", "self-test")  # nothing is missing, and no library was spoilt
        tree.print_largest(place, job.platform)
        _check_size(job, place)
        _made[folder] = Program(place, root)
    return _made[folder]


def build_root(job: Job) -> Root:
    """The oldest system that is supported, with a Python, the libraries of the program, and the tools of the build."""
    table = job.contents.tables["debian"]
    suite, version = table["root"][job.platform.name], job.platform.python
    wanted = [name.rpartition("|")[2] if suite == "bookworm" else name.partition("|")[0] for name in needs.of_source()]
    packages = [f"python{version}", *wanted, *table["wanted"], *table["build"], *table["libraries"]]
    return roots.make(suite, job.work.parent / f"root-{suite}", sorted(set(packages)))


def copy(program: Program, target: Path, kind: str) -> None:
    """The same tree elsewhere, its files shared with the first; only the mark says how it is installed."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-al", str(program.tree), str(target)], check=True)
    for path in filter(Path.is_file, list(target.iterdir())):  # what may be written anew is its own
        own_copy(path)
    tree.mark(target, kind)


def own_copy(path: Path) -> None:
    """The file may be shared with the tree of another package: what changes is a copy."""
    fresh = path.with_name(path.name + ".new")
    shutil.copy2(path, fresh)
    fresh.replace(path)


def needed(job: Job, place: Path) -> needs.Needs:
    """What the tree needs of the system."""
    table = job.contents.tables["debian"]
    newest = tuple(map(int, table["glibc"][job.platform.name].split(".")))
    return needs.of_tree(place, Globs(table["optional"]), newest)


def _python(job: Job, root: Root, folder: Path) -> Path:
    """The root's Python as the tree has it: bin/python3.x finds its library beside itself."""
    shutil.rmtree(folder, ignore_errors=True)
    name, library = f"python{job.platform.python}", folder / job.platform.library
    (folder / "bin").mkdir(parents=True)
    shutil.copy(root.path(f"/usr/bin/{name}"), folder / "bin" / name)
    shutil.copytree(root.path(f"/usr/lib/{name}"), library, symlinks=True)
    for link in [path for path in library.rglob("*") if path.is_symlink()]:
        target = root.path(f"/usr/lib/{name}/{link.relative_to(library).as_posix()}")
        link.unlink()
        if target.is_file():
            shutil.copy(target, link)
    if not (library / "LICENSE.txt").exists():
        shutil.copy(root.path(f"/usr/share/doc/{name}/copyright"), library / "LICENSE.txt")
    shutil.copy(HERE / "sitecustomize.py", library / "sitecustomize.py")
    launcher = folder / "bin" / "refrain"
    launcher.write_text((HERE / "refrain.sh").read_text(encoding="utf-8").replace("@PYTHON@", name), encoding="utf-8")
    launcher.chmod(0o755)
    return folder


def _strip(job: Job, place: Path, within: Callable[..., str]) -> None:
    site, wanted = place / job.platform.site, Globs(job.contents.tables["debian"]["stripped"])
    paths = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*.so*")) if needs.is_library(path)]
    inside = f"{PACKAGE}/opt/refrain/{job.platform.site}"
    within("strip", "--strip-unneeded", *(f"{inside}/{path}" for path in paths if wanted.match(path)))
    tree.renew_records(site)


def _empty_icu_data(job: Job, place: Path, within: Callable[..., str]) -> None:
    """Qt asks ICU for the case of letters, whose tables are in its code, and for the order of words in a language, which the
    program does not need: 32 MB of data go, and a library without any stays."""
    text = (HERE / "icu_data.s").read_text(encoding="utf-8")
    for path in sorted((place / job.platform.site).rglob("libicudata.so.*")):
        inside = f"{PACKAGE}/opt/refrain/{path.parent.relative_to(place).as_posix()}"
        source, made = path.with_name("icu_data.s"), path.with_name("icu_data.o")
        source.write_text(text.replace("NAME", f"icudt{path.suffix[1:]}_dat"), encoding="utf-8")
        within("as", f"{inside}/{source.name}", "-o", f"{inside}/{made.name}")
        path.unlink()
        within("ld", "-shared", "-soname", path.name, "-o", f"{inside}/{path.name}", f"{inside}/{made.name}")
        source.unlink()
        made.unlink()


def _link_doubles(place: Path) -> None:
    """Wheels hold no links, and some bring the same library twice, or what another one brings: one is kept."""
    first: dict[str, Path] = {}
    for path in sorted(filter(needs.is_library, place.rglob("*.so*")), key=lambda path: (-len(path.name), path)):
        kept = first.setdefault(digest(path), path)
        if kept is not path:
            path.unlink()
            path.symlink_to(os.path.relpath(kept, path.parent))


def _check_size(job: Job, place: Path) -> None:
    size, most = tree.size(place), job.contents.sizes["installed"]
    if size > most:
        raise BuildError(f"The program has {size / 1e6:.0f} MB unpacked; at most {most / 1e6:.0f} are allowed (contents.toml).")
