"""Every parser copes with odd input: each fuzz target for a moment, always with the same inputs."""

from __future__ import annotations

import pytest

from tests.fuzz.target import names
from tests.fuzz.watching import Outcome, watch

SECONDS = 0.25  # for a target beyond its examples


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {outcome.target: outcome for outcome in watch(names(), SECONDS, is_random=False)}


@pytest.mark.parametrize("name", names())
def test_odd_input_is_read_or_refused_with_a_sentence(outcomes, name):
    outcome = outcomes[name]
    assert not outcome.problem, f"{outcome.problem}\nfor the input {outcome.input[:500]}"
    assert outcome.inputs > 0
