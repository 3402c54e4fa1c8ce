"""Refrain.app and its disk image for Apple silicon. Runs on macOS with Xcode's command line tools.

The Python is Astral's standalone build, which does not depend on where it stands. What signs and notarises is read from the
environment (see README.md beside this file); without it the bundle is signed ad hoc, which is good for this Mac alone.
"""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import contents
import tree
from contents import BuildError
from macos import frameworks, signing
from supply import papers
from wheels import digest

if TYPE_CHECKING:
    from build import Job

HERE = Path(__file__).resolve().parent
LAUNCHER = "refrain"


def build(job: Job) -> Path:
    """Makes the disk image in `job.out`. Raises `BuildError`."""
    if sys.platform != "darwin":
        raise BuildError("The app for macOS is built on macOS: its launcher, signatures and disk image need that system's tools.")
    app = job.work / "image" / "Refrain.app"
    shutil.rmtree(app.parent, ignore_errors=True)
    python = unpack_python(fetch_python(job.work), job.work / "python", job.platform.python)
    make_app(job, python, app)
    identity = signing.Identity.from_environment()
    signing.sign(app, HERE / "entitlements.plist", identity)
    made = job.out / f"Refrain-{job.version}-arm64.dmg"
    make_image(app.parent, made, job.version)
    signing.notarise(made, identity)
    return made


def make_app(job: Job, python: Path, app: Path) -> None:
    """The bundle, not signed yet."""
    root, platform = app / "Contents" / "Resources", job.platform
    root.parent.mkdir(parents=True)
    tree.assemble(platform, job.contents, python, job.wheels(), root, "macos")
    frameworks.prepare(root)
    papers.write(root, platform)
    shutil.copyfile(HERE / "refrain.icns", root / "refrain.icns")
    oldest = platform.tags[0].split("_")[1:3]
    information = describe(job.version, ".".join(oldest))
    (root.parent / "Info.plist").write_bytes(information)
    (root.parent / "PkgInfo").write_bytes(b"APPL????")
    compile_launcher(root, root.parent / "MacOS" / LAUNCHER, platform.python, ".".join(oldest))
    tree.compile_all(root / "bin" / f"python{platform.python}", root)
    tree.print_largest(root, platform)


def describe(version: str, oldest: str) -> bytes:
    """Info.plist; `oldest`: the first version of macOS that it runs on."""
    values = {"@VERSION@": version, "@OLDEST@": oldest, "@IDENTIFIER@": signing.IDENTIFIER}
    text = (HERE / "Info.plist").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    return plistlib.dumps(plistlib.loads(text.encode()))


def fetch_python(work: Path) -> Path:
    """The archive of the Python that contents.toml names; one that is there already is not fetched again."""
    about = contents.read_toml(contents.HERE / "contents.toml")["macos"]["python"]
    archive = work / about["url"].rpartition("/")[2]
    if not archive.exists():
        work.mkdir(parents=True, exist_ok=True)
        part = archive.with_name(archive.name + ".part")
        try:
            with urllib.request.urlopen(about["url"], timeout=60) as answer, part.open("wb") as file:
                shutil.copyfileobj(answer, file)
        except OSError as error:
            raise BuildError(f"Python could not be fetched ({error}): put {archive.name} into {work}.") from error
        part.replace(archive)
    if digest(archive) != about["sha256"]:
        raise BuildError(f"{archive} is not the Python that contents.toml names: its sha256 is {digest(archive)}.")
    return archive


def unpack_python(archive: Path, target: Path, version: str) -> Path:
    """What is needed of it: the program, its library, and the standard library."""
    shutil.rmtree(target, ignore_errors=True)
    whole = target.with_name(target.name + "-whole")
    shutil.rmtree(whole, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(whole, filter="data")
    for name in (f"bin/python{version}", f"lib/libpython{version}.dylib", f"lib/python{version}", f"include/python{version}"):
        found, place = whole / "python" / name, target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not found.exists():
            raise BuildError(f"{archive.name} holds no {name}.")
        found.replace(place)
    shutil.rmtree(whole)
    return target


def compile_launcher(root: Path, target: Path, python: str, oldest: str) -> None:
    """Against the Python in `root`, whose headers go afterwards; the library is found from where the launcher stands."""
    target.parent.mkdir(parents=True, exist_ok=True)
    library, headers = root / "lib" / f"libpython{python}.dylib", root / "include"
    run("install_name_tool", "-id", f"@rpath/{library.name}", library)
    how = ["-arch", "arm64", f"-mmacosx-version-min={oldest}", "-O2", "-Wall", "-Wextra", f'-DPYTHON="{python}"']
    where = ["-I", headers / f"python{python}", "-L", library.parent, f"-lpython{python}"]
    run("cc", *how, HERE / "launcher.c", *where, "-Wl,-rpath,@executable_path/../Resources/lib", "-o", target)
    shutil.rmtree(headers)


def make_image(folder: Path, image: Path, version: str) -> None:
    """The disk image of a folder with the app, with the place beside it where it is to be drawn to."""
    place = folder / "Applications"
    place.unlink(missing_ok=True)
    place.symlink_to("/Applications")
    image.unlink(missing_ok=True)
    run("hdiutil", "create", "-volname", f"Refrain {version}", "-srcfolder", folder, "-fs", "APFS", "-format", "ULMO", image)


def run(*command: object) -> str:
    """What a tool printed. Raises `BuildError` with its last lines."""
    try:
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        raise BuildError(f"{command[0]} is missing: install Xcode's command line tools (xcode-select --install).") from None
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise BuildError(f"{command[0]} failed. Its last lines were:\n{last}")
    return done.stdout
