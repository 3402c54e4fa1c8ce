"""The installer of a newer version on its way to the user's disk, and what to do with it. The one before it is kept."""

from __future__ import annotations

import hashlib
import logging
import os
import shlex
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine import folders, private
from engine.models.store.catalogue import Offer, Source
from engine.models.store.connection import TIMEOUT
from engine.models.store.download import PAUSES, Download
from engine.models.store.unfinished import discard
from engine.updates.release import Installer, Release, order

_log = logging.getLogger(__name__)
KEPT = 2
"""How many versions' installers stay: the newest, and the one before it to go back to."""


class NewerRefrain(Offer):
    """What the downloader is told of an installer."""

    by_hand = "install it from there"


def folder() -> Path:
    """Where installers are kept, each in a folder named after its version."""
    return folders.data() / "updates"


def download(
    release: Release, installer: Installer, into: Path | None = None, after: Download | None = None,
    timeout: float = TIMEOUT, pauses: Sequence[float] = PAUSES,
) -> Download:  # fmt: skip
    """Goes on where an earlier one was broken off. Not started yet; what follows `into` is as for `Download`.

    Raises `OSError` with a sentence where nothing can be kept.
    """
    into = into or folder()
    base = installer.url.rpartition("/")[0]
    source = Source(base, release.version, files=(installer.file,))
    offer = NewerRefrain(f"refrain {release.version}", "Refrain", "", "", release.page, installer.file.size or 0, (source,))
    if not (into / release.version).exists():
        discard(into)  # what is there is of another version, which nobody wants any more
    private.make_folder(into)
    return Download(offer, into, after, timeout, pauses)


def path(release: Release, installer: Installer, into: Path | None = None) -> Path:
    """Where the installer is once it is there."""
    return (into or folder()) / release.version / installer.file.path


def settle(release: Release, installer: Installer, into: Path | None = None) -> str:
    """After the download: looks at the installer once more, makes it ready, throws away those before the last one, and says
    how to install it. Raises `OSError` with a sentence if the file is not the one that was published."""
    into = into or folder()
    found = path(release, installer, into)
    with found.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != installer.file.sha256:
            found.unlink()
            raise OSError(f"{found.name} was not the installer that was published, and is deleted: fetch it anew.")
    if installer.kind == "appimage":
        with suppress(OSError):
            os.chmod(found, 0o755)
    versions = sorted((one for one in into.iterdir() if one.is_dir() and order(one.name)), key=lambda one: order(one.name))
    older = [one for one in versions if order(one.name) < order(release.version)]
    for one in older[: 1 - KEPT]:
        shutil.rmtree(one, ignore_errors=True)
        _log.info("The installer of %s was thrown away.", one.name)
    return f"{found.name} is here and checked. {how_to_install(installer.kind, found)}"


def how_to_install(kind: str, file: Path) -> str:
    """Sentences for somebody who has the installer."""
    if kind == "deb":
        return f"To install it, close Refrain and run: sudo apt install {shlex.quote(str(file))}"
    if kind == "appimage":
        return "To use it, close Refrain and start this file instead of the one before; that one may be deleted then."
    if kind == "windows":
        return "To install it, close Refrain and open this file; your sessions and settings stay."
    return "To install it, close Refrain, open this file and draw Refrain into Applications; your sessions and settings stay."
