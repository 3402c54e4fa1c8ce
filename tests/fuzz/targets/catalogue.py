"""The catalogue of models that can be downloaded."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from engine.models.store import catalogue
from engine.resources import resources_folder
from tests.fuzz.inputs import changed, json_bytes, json_values, spoilt
from tests.fuzz.target import Target

VALID = json.loads((resources_folder() / "models" / "catalogue.json").read_text(encoding="utf-8"))


def read(content: bytes, place: Path) -> None:
    (place / "catalogue.json").write_bytes(content)
    for released in catalogue.read(place / "catalogue.json"):
        str(released.host)


TARGET = Target(
    spoilt(json_bytes(VALID)) | changed(VALID).map(json_bytes) | json_values.map(json_bytes) | st.binary(),
    read,
    examples=[b"", b"[" * 100_000, b"9" * 5000, b"\xff", b"[{}]", b"[5]", b"{}"],
)
