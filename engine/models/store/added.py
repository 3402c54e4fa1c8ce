"""The folders that the user has added, kept in a file."""

from __future__ import annotations

import json
import time
from pathlib import Path

from engine import private, whole_file


class AddedFolders:
    """Reads and writes at once, so it is for a background thread. `problem` is a sentence about a list that was damaged.

    The file is read every time: the window and a command may both add to it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._damage = self._unread = ""

    @property
    def problem(self) -> str:
        return self._unread or self._damage

    @property
    def folders(self) -> tuple[Path, ...]:
        """None of them where the list cannot be read; `problem` then says why."""
        self._unread = ""
        try:
            return tuple(map(Path, self._read()))
        except OSError as error:
            self._unread = str(error)
            return ()

    def add(self, folder: Path) -> None:
        """Raises `OSError` with a sentence if the list cannot be read or kept."""
        folders = self._read()
        if str(folder) not in folders:
            self._keep([*folders, str(folder)])

    def remove(self, folder: Path) -> None:
        """From the list; the files stay. Raises `OSError` with a sentence if the list cannot be read or kept."""
        self._keep([one for one in self._read() if one != str(folder)])

    def _read(self) -> list[str]:
        """A damaged list is put aside and counts as empty; one that cannot be read or put aside must not be written over."""
        try:
            folders = json.loads(self._path.read_text(encoding="utf-8"))["folders"]
            if not isinstance(folders, list) or not all(isinstance(one, str) for one in folders):
                raise ValueError("no list of folders")
            return folders
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OSError(f"The list of added models cannot be read ({error.strerror or error}).") from error
        except (ValueError, KeyError, TypeError, RecursionError):
            aside = self._path.with_name(f"{self._path.stem} damaged {time.strftime('%Y-%m-%d %H%M%S')}{self._path.suffix}")
            try:
                self._path.replace(aside)
            except OSError as error:
                raise OSError(f"The list of added models in {self._path} is damaged and cannot be put aside: move it.") from error
            self._damage = f"The list of added models was damaged and is kept as {aside}: add your folders again."
        return []

    def _keep(self, folders: list[str]) -> None:
        try:
            private.make_folder(self._path.parent)
            whole_file.write(self._path, json.dumps({"folders": folders}, indent=1).encode(), private=True)
        except OSError as error:
            raise OSError(f"The list of models cannot be kept in {self._path.parent} ({error.strerror or error}).") from error
