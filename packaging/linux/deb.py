"""The Debian package: the tree in /opt/refrain, and what a desktop needs to know of it."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import tree
from contents import ROOT
from linux import needs, program

if TYPE_CHECKING:
    from build import Job

HERE = Path(__file__).resolve().parent
ARCHITECTURES = {"linux-x86_64": "amd64", "linux-aarch64": "arm64"}
ENTRY = "io.refrain.Refrain.desktop"
"""The menu entry, named as portals know the program (`app/desktop/desktop_entry.py`)."""
MARK = ROOT / "resources" / "icons" / "refrain.svg"
CONTROL = """\
Package: refrain
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Section: sound
Priority: optional
Description: offline voice chat with a spoken language model
 You speak; a small model on this machine answers in text and speech. Most speech
 tokens leave the network early, and at a steady beat one returns to full depth;
 exit depth, refreshes and tokens per second are drawn as they happen.
 .
 A small model comes with it; larger ones are downloaded on request.
"""


def build(job: Job) -> Path:
    """Makes the package in `job.out`. Raises `BuildError`."""
    made = program.make(job)
    folder = job.work / "package"
    shutil.rmtree(folder, ignore_errors=True)
    place = folder / "opt" / "refrain"
    program.copy(made, place, "deb")
    integrate(folder, job.version)
    needed = program.needed(job, place)
    owners = needs.packages_of(needed.libraries, made.root)
    table = job.contents.tables["debian"]
    control = CONTROL.format(
        version=job.version,
        architecture=ARCHITECTURES[job.platform.name],
        maintainer=table["maintainer"],
        kilobytes=tree.size(folder) // 1024,
        depends=needs.depends(needed, owners.values(), [*needs.of_source(), *table["wanted"]], table["renamed"]),
    )
    write(folder / "DEBIAN" / "control", control)
    name = f"refrain_{job.version}_{ARCHITECTURES[job.platform.name]}.deb"
    binds = {folder: program.PACKAGE, job.out: "/out"}
    made.root.run("dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", program.PACKAGE, f"/out/{name}", binds=binds)
    return job.out / name


def integrate(folder: Path, version: str) -> None:
    """Command, menu entry, icon, kind of file, manual page and licence, in a package whose root is `folder`.

    The caches of icons, kinds of files and menus are brought up to date by triggers of the packages that have them.
    """
    command = folder / "usr" / "bin" / "refrain"
    command.parent.mkdir(parents=True)
    command.symlink_to("/opt/refrain/bin/refrain")
    share = folder / "usr" / "share"
    write(share / "applications" / ENTRY, _text(ENTRY))
    write(share / "mime" / "packages" / "refrain.xml", _text("refrain.xml"))
    write(share / "icons" / "hicolor" / "scalable" / "apps" / "refrain.svg", MARK.read_text(encoding="utf-8"))
    _zip(share / "man" / "man1" / "refrain.1.gz", _text("refrain.1").replace("@VERSION@", version))
    write(share / "doc" / "refrain" / "copyright", copyright_file())
    changes = ROOT / "CHANGELOG.md"
    if changes.exists():
        _zip(share / "doc" / "refrain" / "changelog.gz", changes.read_text(encoding="utf-8"))


def copyright_file() -> str:
    """The program's own licence, and where those of its parts stand."""
    licence = ROOT / "LICENSE"
    own = licence.read_text(encoding="utf-8").strip() if licence.exists() else "See the program's source."
    return f"""Refrain

{own}

The parts that come with it keep their own licences: each package in
/opt/refrain/lib/python3*/site-packages has them in its .dist-info folder, and the
program shows them under About. Python is under the licence of the Python Software
Foundation; on Debian see /usr/share/common-licenses and /opt/refrain/lib/python3*/LICENSE.txt.
Qt and PySide6 are used under the GNU Lesser General Public License, version 3
(/usr/share/common-licenses/LGPL-3); their libraries stand as files of their own and
can be replaced.
"""


def write(path: Path, text: str) -> None:
    """A file for everybody to read; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _zip(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
