"""Records of a run as lines of JSON: each on the disk as soon as it is there, so that a stopped run can go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import Field, asdict
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from engine import whole_file


class Record(Protocol):
    """A dataclass; `identity` tells it from all others."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def identity(self) -> tuple[Hashable, ...]: ...


Kept = TypeVar("Kept", bound=Record)


class Lines(Generic[Kept]):
    """The records in a file, whose folder is made; a later one of the same identity counts.

    `build` makes a record of what `json` reads of its fields. Raises `OSError` with a sentence where nothing can be written, and
    for a file that holds anything else: it is left as it is.
    """

    def __init__(self, path: Path, build: Callable[[dict[str, Any]], Kept]) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._known = {record.identity: record for record in self._read(build)}
            self.compact()
        except ValueError as error:
            raise OSError(f"{path} is not of such a run ({error}): give another folder.") from error
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise OSError(f"Results cannot be written to {path.parent}: {why}. Give another folder.") from error

    def __getitem__(self, identity: tuple[Hashable, ...]) -> Kept | None:
        return self._known.get(identity)

    def add(self, record: Kept) -> None:
        """Keeps a record; it is on the disk when this returns."""
        self._known[record.identity] = record
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(record))

    def compact(self) -> None:
        """One line for each identity."""
        whole_file.write(self._path, "".join(map(_line, self._known.values())).encode())

    def _read(self, build: Callable[[dict[str, Any]], Kept]) -> list[Kept]:
        """What is there, without a last line that the end of a run has cut off. Raises `ValueError` for any other line."""
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        *lines, _cut_off = text.split("\n")
        found = []
        for number, line in enumerate(lines, 1):
            try:
                found.append(build(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"its line {number} cannot be used") from error
        return found


def pair(values: Mapping[str, Any], name: str) -> tuple[int, int] | None:
    """A field of two numbers, which JSON keeps as a list."""
    found = values[name]
    return None if found is None else (int(found[0]), int(found[1]))


def _line(record: Record) -> str:
    return json.dumps(asdict(record)) + "\n"
