"""Asks where a file shall be written: a name that is proposed, in the folder that was used last."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.storage.file_names import free

_last: Path | None = None


def ask(parent: QWidget, title: str, stem: str, kinds: str) -> tuple[Path | None, str]:
    """A file and the chosen one of `kinds` (as Qt writes them, the first is proposed), or None if the user thought better.

    Who chooses another kind and leaves the proposed ending gets that kind's ending.
    """
    ending = _ending(kinds)
    proposed = free(folder(), stem, ending)
    chosen, kind = QFileDialog.getSaveFileName(parent, title, str(proposed), kinds)
    if not chosen:
        return None, ""
    path, wanted = Path(chosen), _ending(kind)
    if wanted and path.suffix != wanted and path.suffix == ending:
        path = free(path.parent, path.stem, wanted)
    remember(path)
    return path, kind


def remember(file: Path) -> None:
    """The folder of this file is the one that was used last."""
    global _last
    _last = file.parent


def show_folder(file: Path) -> bool:
    """Opens the folder that a file is in; returns whether a program for that was found."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))


def folder() -> Path:
    """The one that was used last, at first that of the user's documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    places = (_last, Path(documents) if documents else None)
    return next((place for place in places if place is not None and place.is_dir()), Path.home())


def _ending(kinds: str) -> str:
    """".zip" of "Session (*.zip);;Transcript (*.md)"."""
    found = re.search(r"\(\*(\.[\w-]+)\)", kinds)
    return found[1] if found else ""
