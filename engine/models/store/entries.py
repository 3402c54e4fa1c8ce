"""The models that the page shows: what ships, what was added, and what could be downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.models.folders import FolderFacts, check
from engine.models.hub_cache import label
from engine.models.store import catalogue
from engine.models.store.catalogue import Released
from engine.models.store.needs import Needs
from engine.models.store.unfinished import unfinished_bytes

_OF_WREN = (
    "Refrain's own small model: answers everyday English questions in one voice, on the processor of a laptop.",
    "Free for any use",
)


@dataclass(frozen=True)
class ModelEntry:
    """`key` names the card; `use` is what the engine loads, a name or a folder. `facts` None: it is not on this machine."""

    key: str
    use: str
    name: str
    description: str
    licence: str
    facts: FolderFacts | None
    released: Released | None = None
    is_added: bool = False
    unfinished: int = 0  # bytes of a download
    needs: Needs | None = None
    """By the planner, once `Shelf.look` asked it; None where it cannot be told."""

    @property
    def problem(self) -> str:
        return self.facts.problem if self.facts is not None else ""

    @property
    def can_be_used(self) -> bool:
        return self.facts is not None and not self.problem

    @property
    def folder(self) -> Path | None:
        """The place on this machine, if there is one."""
        return self.facts.folder if self.facts is not None else None

    @property
    def family(self) -> str:
        """As far as it is known."""
        return self.facts.family if self.facts is not None else self.released.family if self.released is not None else ""

    @property
    def parameters(self) -> int:
        if self.facts is not None and self.facts.parameters:
            return self.facts.parameters
        return self.released.parameters if self.released is not None else 0


def collect(added: Iterable[Path], models_folder: Path, shipped: Iterable[tuple[str, Path]]) -> list[ModelEntry]:
    """Looks through every folder, so it is for a background thread.

    Raises `ValueError` with a sentence if the catalogue that ships is damaged.
    """
    releases = catalogue.read()
    entries = [_entry(name, name, check(folder), releases) for name, folder in shipped]
    entries += [_entry(str(folder), str(folder), check(folder), releases, is_added=True) for folder in added]
    return entries + [_of_release(released, models_folder) for released in releases]


def _entry(key: str, use: str, facts: FolderFacts, releases: tuple[Released, ...], is_added: bool = False) -> ModelEntry:
    described = next((one for one in releases if one.family == facts.family), None)
    if facts.family == "wren":
        description, licence = _OF_WREN
    elif described is not None:
        description, licence = described.description, f"{described.licence}. {described.licence_note}"
    else:
        description, licence = "", ""
    name = facts.title if not is_added else label(facts.folder)
    use = str(facts.folder) if is_added else use
    return ModelEntry(key, use, name or key, description, licence, facts, is_added=is_added)


def _of_release(released: Released, models_folder: Path) -> ModelEntry:
    """One that was downloaded stands in a place of its own."""
    place = models_folder / released.id
    unfinished, facts = unfinished_bytes(place), None
    folder = place / released.sources[0].folder
    if not unfinished and (folder / "config.json").is_file():
        facts = check(folder)
    licence = f"{released.licence}. {released.licence_note}"
    name, description = released.name, released.description
    return ModelEntry(released.id, str(folder), name, description, licence, facts, released, unfinished=unfinished)
