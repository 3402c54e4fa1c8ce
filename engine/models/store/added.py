"""The folders that the user has added, kept in a file."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path


class AddedFolders:
    """Reads and writes at once, so it is for a background thread. `problem` is a sentence about a list that was damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        self._folders: list[str] | None = None

    @property
    def folders(self) -> tuple[Path, ...]:
        return tuple(map(Path, self._list()))

    def add(self, folder: Path) -> None:
        """Raises `OSError` with a sentence if it cannot be kept."""
        if str(folder) not in self._list():
            self._keep([*self._list(), str(folder)])

    def remove(self, folder: Path) -> None:
        """From the list; the files stay. Raises `OSError` with a sentence if that cannot be kept."""
        self._keep([one for one in self._list() if one != str(folder)])

    def _list(self) -> list[str]:
        if self._folders is None:
            self._folders = self._read()
        return self._folders

    def _read(self) -> list[str]:
        try:
            folders = json.loads(self._path.read_text(encoding="utf-8"))["folders"]
            if not isinstance(folders, list) or not all(isinstance(one, str) for one in folders):
                raise ValueError("no list of folders")
            return folders
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problem = f"The list of added models cannot be read ({error.strerror or error})."
        except (ValueError, KeyError, TypeError):
            aside = self._path.with_name(f"{self._path.stem} damaged {time.strftime('%Y-%m-%d %H%M%S')}{self._path.suffix}")
            try:
                self._path.replace(aside)
                self.problem = f"The list of added models was damaged and is kept as {aside}: add your folders again."
            except OSError:
                self.problem = f"The list of added models in {self._path} is damaged: add your folders again."
        return []

    def _keep(self, folders: list[str]) -> None:
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps({"folders": folders}, indent=1), encoding="utf-8")
            os.replace(new, self._path)
        except OSError as error:
            raise OSError(f"The list of models cannot be kept in {self._path.parent} ({error.strerror or error}).") from error
        self._folders = folders
