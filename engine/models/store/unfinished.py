"""What a download that was broken off has left in its folder."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from engine.models.store.catalogue import files_from_json

LISTING = "download.json"
"""Beside the files while they are not all there."""


def unfinished_bytes(folder: Path) -> int:
    """What an unfinished download has put into `folder`; 0 where there is none."""
    if not (folder / LISTING).is_file():
        return 0
    return max(1, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != LISTING))


def discard(folder: Path) -> None:
    """Deletes what an unfinished download has written, and nothing else. Raises `OSError`."""
    with suppress(ValueError, KeyError, TypeError, FileNotFoundError):
        for file in files_from_json(json.loads((folder / LISTING).read_text(encoding="utf-8"))):
            for path in (folder / file.path, folder / f"{file.path}.part"):
                path.unlink(missing_ok=True)
    (folder / LISTING).unlink(missing_ok=True)
    for empty in (*sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True), folder):
        with suppress(OSError):
            empty.rmdir()
