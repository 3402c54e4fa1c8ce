"""What the program says it is made of."""

from engine import parts
from engine.resources import resources_folder


def test_weights_that_hold_somebody_else_s_name_that_licence_and_hold_its_words():
    found = {part.name: part for part in parts.weights(resources_folder())}
    assert "MIT" in found["Wren (weights)"].licence
    assert "Moonshine AI" in found["Wren (weights)"].text and "Permission is hereby granted" in found["Wren (weights)"].text
    assert found["Wren padded (weights)"].licence == "free for any use"
