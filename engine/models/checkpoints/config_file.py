"""Reading a release's JSON files, with sentences for what is missing in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from engine.models.checkpoints.files import AGAIN, read_text
from engine.quoting import reason, shown

Built = TypeVar("Built")

LARGEST = 10_000_000
"""Bytes of a config: those with all the tokens of a vocabulary have a tenth of that."""


def read_json(path: Path, most: int = LARGEST) -> dict[str, Any]:
    """A JSON file's object. Raises `FileNotFoundError` or `ValueError` with a sentence, also for more than `most` bytes."""
    text = read_text(path, most)
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged ({reason(error)}): {AGAIN}.") from None
    if not isinstance(read, dict):
        raise ValueError(f"{path} is damaged, for it holds no names with values: {AGAIN}.")
    return read


class Fields:
    """Values of a config by name. Every method raises `ValueError` with a sentence for a value it cannot use."""

    def __init__(self, values: dict[str, Any], path: Path):
        self.values, self.path = values, path

    @classmethod
    def read(cls, path: Path) -> Fields:
        return cls(read_json(path), path)

    def count(self, *names: str, most: int = 10_000_000) -> int:
        """A whole number above 0, under the first of `names` that is there; more than `most` is an error in the file."""
        value = self._first(names)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise ValueError(f"{self.path} has {names[0]} = {shown(value)}, which must be a whole number from 1 to {most:,}.")
        return value

    def number(self, *names: str) -> float:
        """A number above 0, under the first of `names` that is there."""
        value = self._first(names)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e30:
            raise ValueError(f"{self.path} has {names[0]} = {shown(value)}, which must be a number above 0.")
        return float(value)

    def part(self, name: str) -> Fields:
        """A nested object; this one itself where there is none of that name (flat variants of a config)."""
        inner = self.values.get(name)
        return Fields(inner, self.path) if isinstance(inner, dict) else self

    def require(self, **wanted: Any) -> None:
        """What the engine relies on: each value, where it is there at all, must be the wanted one."""
        for name, value in wanted.items():
            found = self.values.get(name, value)
            if found != value:
                raise ValueError(f"{self.path} has {name} = {shown(found)}; models of this kind are run only with {value!r}.")

    def build(self, kind: Callable[..., Built], **values: Any) -> Built:
        """What `kind` makes of these values, with this file named in what it raises."""
        try:
            return kind(**values)
        except ValueError as error:
            raise ValueError(f"{self.path} cannot be used: {error}") from None

    def ids(self, name: str) -> tuple[int, ...]:
        """One token id or a list of them; none where the name is not there."""
        value = self.values.get(name)
        found = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(token, int) and not isinstance(token, bool) and 0 <= token < 2**31 for token in found):
            raise ValueError(f"{self.path} has {name} = {shown(value)}, which must be token ids.")
        return tuple(found)

    def _first(self, names: tuple[str, ...]) -> Any:
        for name in names:
            if self.values.get(name) is not None:
                return self.values[name]
        raise ValueError(f"{self.path} lacks {names[0]}: it is of another model, or damaged.")
