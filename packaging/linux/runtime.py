"""The runtime of the AppImage, which mounts what stands behind it: built from its public sources, pinned by their commits.

A release may hand in its vendor's signed one instead, by hash.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import wheels
from contents import BuildError
from linux.root import Root

if TYPE_CHECKING:
    from build import Job

HERE = Path(__file__).resolve().parent
TOOLS = (
    *("clang", "make", "autoconf", "automake", "libtool", "pkg-config", "binutils"),
    *("libc6-dev", "libfuse3-dev", "libzstd-dev", "zlib1g-dev"),
)
INSIDE = "/runtime"
SCRIPT = """
set -e
cd /runtime/squashfuse
./autogen.sh
export CFLAGS="-ffunction-sections -fdata-sections -Os"
./configure --disable-demo --disable-high-level --disable-shared --without-xz --without-lzo --without-lz4 LDFLAGS=-static
make libsquashfuse.la libsquashfuse_ll.la libfuseprivate.la
cd /runtime/type2-runtime/src/runtime
clang -std=gnu99 -Os -D_FILE_OFFSET_BITS=64 "-DGIT_COMMIT=\\"$COMMIT\\"" -T data_sections.ld -ffunction-sections -fdata-sections \
  -Wl,--gc-sections -static -static-pie -I/runtime/include -I/runtime/squashfuse -I/usr/include/fuse3 \
  runtime.c /runtime/half_copied.c \
  -L/runtime/squashfuse/.libs -lsquashfuse_ll -lsquashfuse -lfuseprivate -lfuse3 -lzstd -lz -lpthread -ldl -o /runtime/runtime
strip --strip-debug --strip-unneeded /runtime/runtime
"""
MAGIC = b"AI\x02"  # at offset 8: what tells an AppImage of this kind


def build(job: Job, root: Root) -> Path:
    """The runtime as a file, from `job.runtime` or built. Raises `BuildError`."""
    table = job.contents.tables["appimage"]
    if job.runtime is not None:
        if not job.runtime.is_file() or wheels.digest(job.runtime) not in table["runtimes"]:
            raise BuildError(f"{job.runtime} is no runtime whose sha256 stands in contents.toml.")
        return job.runtime
    folder = job.work / "runtime"
    made, stamp = folder / "runtime", folder / "built-from"
    wanted = repr((table["sources"], SCRIPT, (HERE / "half_copied.c").read_text(encoding="utf-8")))
    if made.exists() and stamp.exists() and stamp.read_text() == wanted:
        return made
    shutil.rmtree(folder, ignore_errors=True)
    for name, source in table["sources"].items():
        _unpack(name, source, job, folder / name)
    if not root.path("/usr/bin/clang").exists():
        root.install(*TOOLS)
    include = folder / "include" / "squashfuse"
    include.mkdir(parents=True)
    for header in (folder / "squashfuse").glob("*.h"):
        shutil.copy(header, include)
    shutil.copy(HERE / "half_copied.c", folder)
    root.run("sh", "-c", SCRIPT, binds={folder: INSIDE}, env={"COMMIT": table["sources"]["type2-runtime"]["commit"][:7]})
    with made.open("r+b") as file:
        file.seek(8)
        file.write(MAGIC)
    stamp.write_text(wanted)
    return made


def _unpack(name: str, source: dict, job: Job, target: Path) -> None:
    """The files of one commit, out of a repository in `job.sources`, or fetched."""
    url, commit = source["url"], source["commit"]
    given = job.sources / name if job.sources is not None else None
    repository = given if given is not None and given.exists() else job.work.parent / "sources" / f"{name}.git"
    if not _has(repository, commit):
        repository.mkdir(parents=True, exist_ok=True)
        _git(repository, "init", "-q", "--bare")
        try:
            _git(repository, "fetch", "-q", "--depth", "1", url, commit)
        except BuildError as error:
            where = f"{name} is not here and cannot be fetched ({error})"
            raise BuildError(f"The source of {where}; --sources names a folder with it.") from None
    target.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", str(repository), "archive", commit], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(target)], input=archive, check=True)


def _has(repository: Path, commit: str) -> bool:
    if not repository.is_dir() or shutil.which("git") is None:
        return False
    found = subprocess.run(["git", "-C", str(repository), "cat-file", "-e", f"{commit}^{{commit}}"], capture_output=True)
    return found.returncode == 0


def _git(repository: Path, *arguments: str) -> None:
    if shutil.which("git") is None:
        raise BuildError("git is needed for the sources of the AppImage's runtime: please install it.")
    done = subprocess.run(["git", "-C", str(repository), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise BuildError(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else f"git {arguments[0]} failed")
