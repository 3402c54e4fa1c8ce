"""What a family of models can be asked, for who meets it first: `resources/models/abilities.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.resources import resources_folder


@dataclass(frozen=True)
class Abilities:
    """One sentence, and questions that the model can answer."""

    sentence: str = ""
    examples: tuple[str, ...] = ()


def abilities(family: str) -> Abilities:
    """Nothing for a family that is not known."""
    found = json.loads((resources_folder() / "models" / "abilities.json").read_text(encoding="utf-8")).get(family)
    return Abilities(found["sentence"], tuple(found["examples"])) if found else Abilities()
