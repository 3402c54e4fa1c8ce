"""The benchmark of the microphone's processing."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from app.benchmarks.__main__ import app
from app.benchmarks.processing import OPTIONS, SETS


@pytest.mark.whole
def test_every_option_is_compared_with_the_sound_as_it_was():
    run = CliRunner().invoke(app, ["processing", "--questions", "1"])
    assert run.exit_code == 0, run.output
    found = [json.loads(line) for line in run.output.splitlines()]
    assert [(one["set"], one["option"]) for one in found] == [(name, option) for name in SETS for option in OPTIONS]
    for one in found:
        assert all(0 <= share <= 100 for share in one["right"]) and one["questions"] == 1
        if one["option"] == "as it was":
            assert one["right, more than as it was"] == [0.0, 0.0, 0.0]
