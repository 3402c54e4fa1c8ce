"""Seen ids against a plain list of them, through anything that is added and taken back."""

from __future__ import annotations

import random

from engine.lm.seen_ids import SeenIds


def test_they_are_those_of_the_whole_sequence_after_any_steps():
    draw = random.Random(0)
    for _ in range(20):
        tokens = [draw.randrange(9) for _ in range(draw.randrange(5))]
        first, seen = len(tokens), SeenIds(9, tokens)
        for _ in range(60):
            if draw.random() < 0.6:
                tokens.append(draw.randrange(9))
                seen.add(tokens[-1])
            else:
                kept = draw.randint(0, len(seen))
                del tokens[first + kept :]
                seen.roll_back(kept)
            assert len(seen) == len(tokens) - first
            ids = seen.ids.tolist()
            assert sorted(ids) == sorted(set(tokens))


def test_what_came_first_stays():
    seen = SeenIds(5, [3, 1, 3])
    seen.add(1)
    seen.add(4)
    seen.roll_back(0)
    assert seen.ids.tolist() == [3, 1]
