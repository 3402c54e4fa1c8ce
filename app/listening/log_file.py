"""An append-only log of JSON objects, one per line: what was written is there after a crash."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from engine import private

LogEntry = dict[str, Any]


def now() -> str:
    """The time, as logs write it."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def new_folder(root: Path, began: str, inside: str) -> Path:
    """A private folder under `root` for what `began` at that time, by which folders are in order; with one `inside` it.

    Raises: OSError.
    """
    folder = root / f"{began[:19].replace(':', '-')}-{secrets.token_hex(2)}"
    private.make_folder(folder / inside)
    return folder


def append(path: Path, record: Mapping[str, Any]) -> None:
    """Adds one line and waits until it is on the disk. Raises: OSError."""
    line = (json.dumps(record, ensure_ascii=False) + "\n").encode()
    with open(path, "ab+", opener=private.opener) as file:
        if file.tell() and not _ends_a_line(file):
            line = b"\n" + line  # a crash cut the last line short; what is left of it stays
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[LogEntry]:
    """The log's records; a line that a crash cut short is left out. Raises: OSError."""
    records = []
    for line in path.read_bytes().splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records


def _ends_a_line(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
