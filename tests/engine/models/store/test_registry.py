"""Names of added and downloaded models, and that nothing here needs torch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import models
from engine.models.store import catalogue, registry
from engine.models.store.registry import ModelRegistry
from engine.models.store.unfinished import LISTING
from tests.engine.models.store.test_folders import WREN, copied
from tests.rig.processes import python


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The folder of the user's data, for whoever asks."""
    monkeypatch.setattr(registry, "user_data_path", lambda *_, **__: tmp_path / "data")
    return tmp_path / "data"


def downloaded(data: Path) -> Path:
    released = catalogue.read()[2]
    folder = data / "models" / released.id / released.sources[0].folder
    folder.parent.mkdir(parents=True)
    return copied(WREN, folder)


def test_added_and_downloaded_models_are_found_by_name(data, tmp_path):
    mine, fetched = copied(WREN, tmp_path / "mine"), downloaded(data)
    ModelRegistry().add(mine)
    assert ModelRegistry().names() == {"step-audio-2-mini": fetched, "mine": mine}
    assert models.find("mine") == mine and models.find("step-audio-2-mini") == fetched
    assert models.find("wren") == WREN and models.find(str(mine)) == mine
    assert models.load("mine").folder == mine
    with pytest.raises(ValueError, match="one of wren, .*, step-audio-2-mini, mine or"):
        models.find("yours")


def test_two_of_one_name_are_told_apart_by_their_places(data, tmp_path):
    folders = [copied(WREN, tmp_path / place / "wren") for place in ("a", "b")]
    for folder in folders:
        ModelRegistry().add(folder)
    assert ModelRegistry().names() == {str(folder): folder for folder in folders}
    assert models.find("wren") == WREN


def test_an_unfinished_download_has_no_name(data):
    (downloaded(data).parent / LISTING).write_text("[]")
    assert ModelRegistry().names() == {}


@pytest.mark.whole
def test_nothing_here_brings_torch_along():
    files = Path(registry.__file__).parent.glob("*.py")
    names = [f"engine.models.store.{path.stem}" for path in files if path.stem != "__init__"]
    work = f"import importlib, json, sys\nfor name in {names}: importlib.import_module(name)\n"
    loaded = json.loads(python(work + "print(json.dumps(sorted(sys.modules)))"))
    assert len(names) > 10 and not {"torch", "PySide6"} & set(loaded)
