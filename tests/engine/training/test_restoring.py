"""Training goes on from what ships."""

import pytest

from engine.resources import resources_folder
from engine.training.export import export
from engine.training.restore import restore

WREN = resources_folder() / "wren"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder, target = tmp_path_factory.mktemp("training"), tmp_path_factory.mktemp("wren")
    restore(WREN, folder)
    export(folder, target)
    return target


@pytest.mark.parametrize("name", ("config.json", "training.json", "tokenizer.json"))
def test_what_is_exported_again_says_of_itself_what_ships(exported, name):
    assert (exported / name).read_text(encoding="utf-8") == (WREN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ("listener.safetensors", "speaker.safetensors", "lm.safetensors"))
def test_and_its_weights_have_the_size_of_those_that_ship(exported, name):
    assert (exported / name).stat().st_size == (WREN / name).stat().st_size
