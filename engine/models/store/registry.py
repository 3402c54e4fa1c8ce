"""What is on this machine and what could be: everything that has to wait for a disk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_data_path

from engine import models
from engine.models import folders
from engine.models.hub_cache import label
from engine.models.store import catalogue
from engine.models.store.added import AddedFolders
from engine.models.store.entries import ModelEntry, collect
from engine.models.store.hardware import Hardware, look
from engine.models.store.needs import Needs, of_release, planned
from engine.models.store.unfinished import discard, unfinished_bytes


@dataclass(frozen=True)
class Inventory:
    """What was found; `problem` is a sentence."""

    entries: tuple[ModelEntry, ...]
    machine: Hardware
    problem: str


class ModelRegistry:
    """Models that ship, that were added and that were downloaded, below `folder` in the user's data."""

    def __init__(self, folder: Path | None = None) -> None:
        self._data = folder or user_data_path("refrain", appauthor=False)
        self._added = AddedFolders(self._data / "models.json")

    @property
    def problem(self) -> str:
        """A sentence about a list of added folders that turned out to be damaged."""
        return self._added.problem

    @property
    def downloads(self) -> Path:
        return self._data / "models"

    def names(self) -> dict[str, Path]:
        """What an added or downloaded model may be called, and its folder; quick, for nothing is looked through.

        A downloaded one has the name of the catalogue, an added one that of its folder, or where two share it the whole
        path. Raises `ValueError` with a sentence if the catalogue that ships is damaged.
        """
        named = {}
        for released in catalogue.read():
            place = self.downloads / released.id
            folder = place / released.sources[0].folder
            if (folder / "config.json").is_file() and not unfinished_bytes(place):
                named[released.id] = folder
        added = self._added.folders
        taken = Counter([*models.SHIPPED, *named, *map(label, added)])
        return named | {label(folder) if taken[label(folder)] == 1 else str(folder): folder for folder in added}

    def entries(self) -> list[ModelEntry]:
        """Raises `ValueError` with a sentence if the catalogue that ships is damaged."""
        shipped = [(name, models.find(name)) for name in models.SHIPPED]
        return collect(self._added.folders, self.downloads, shipped)

    def look(self) -> Inventory:
        """May take seconds, and bring torch along."""
        entries = tuple(replace(entry, needs=_needs(entry)) for entry in self.entries())
        return Inventory(entries, look(self.downloads), self.problem)

    def add(self, folder: Path) -> str:
        """Checks a folder and puts it on the list; returns what is wrong or else what it is, in a sentence.

        One that holds no model that Refrain knows is refused with `ValueError`.
        """
        facts = folders.check(folder)
        if not facts.family:
            raise ValueError(facts.problem)
        self._added.add(facts.folder)
        if facts.problem:
            return f"{facts.title} was added, but cannot be used. {facts.problem}"
        return f"{facts.title} was added from {facts.folder}."

    def remove(self, folder: Path) -> str:
        self._added.remove(folder)
        return f"{folder} is not on the list any more; its files are untouched."

    def discard(self, release: str) -> str:
        """Deletes an unfinished download."""
        discard(self.downloads / release)
        return "The unfinished download was deleted."


def _needs(entry: ModelEntry) -> Needs | None:
    if entry.facts is not None:
        return planned(entry.facts)
    return of_release(entry.released) if entry.released is not None else None
