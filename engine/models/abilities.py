"""What a family of models can be asked, for who meets it first: `resources/models/abilities.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.resources import resources_folder


@dataclass(frozen=True)
class Abilities:
    """One sentence, and questions that the model can answer. `modes` are what it can be asked for beside conversation, which
    is the first: by the name for `engine.models.load`, in words."""

    sentence: str = ""
    examples: tuple[str, ...] = ()
    modes: Mapping[str, str] = field(default_factory=dict)


def abilities(family: str) -> Abilities:
    """Nothing for a family that is not known."""
    found = json.loads((resources_folder() / "models" / "abilities.json").read_text(encoding="utf-8")).get(family)
    return Abilities(found["sentence"], tuple(found["examples"]), found.get("modes", {})) if found else Abilities()
