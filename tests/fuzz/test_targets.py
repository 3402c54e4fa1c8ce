"""Every parser copes with odd input: each fuzz target for a moment, always with the same inputs."""

from __future__ import annotations

from tests.fuzz.target import names
from tests.fuzz.watching import watch

SECONDS = 0.25  # for a target beyond its examples


def test_odd_input_is_read_or_refused_with_a_sentence():
    outcomes = list(watch(names(), SECONDS, is_random=False))  # in one process: imports take longer than inputs
    problems = [f"{one.target}: {one.problem}\nfor the input {one.input[:500]}" for one in outcomes if one.problem]
    assert not problems, "\n".join(problems)
    assert {one.target for one in outcomes if one.inputs} == set(names())
