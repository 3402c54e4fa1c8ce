"""Tokens that are frames: their ids, and that a frame is drawn and reviewed as if it were one id of a huge vocabulary."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.frames import FrameIds, Frames, FrameTokens
from engine.lm.sampling import Sampler, Sampling, entropy
from engine.lm.seen_ids import SeenIds
from engine.schedules import Tolerance

VOCABULARY, CODEBOOKS, CODES = 100, 2, 3


class Network:
    """Two codebooks of three codes and the end; a row is the first code's logits and, for each first code, the second's."""

    def rows(self, states):
        return states

    def codes(self, row, pick, codebooks=None, layers=None):
        first = pick(row[: CODES + 1], 0)
        if first == CODES:
            return [CODES] * (codebooks or CODEBOOKS)
        if codebooks == 1:
            return [first]
        return [first, pick(row[(CODES + 1) * (1 + first) :][: CODES + 1], 1)]

    def logits_of_first(self, row, layers=None):
        return row[: CODES + 1]

    def frame_embedding(self, codes):
        return torch.tensor([[float(sum(code * 10**place for place, code in enumerate(one)))] * 2 for one in codes])


IDS = FrameIds(VOCABULARY, CODEBOOKS, CODES)
TOKENS = FrameTokens(IDS, Network(), 5)
FRAMES = Frames(TOKENS)


def row(seed: int) -> torch.Tensor:
    return 1.5 * torch.randn((CODES + 1) * (1 + CODES), generator=torch.Generator().manual_seed(seed))


def probabilities(logits: torch.Tensor) -> dict[int, float]:
    """Of every frame."""
    first, found = logits[: CODES + 1].softmax(-1), {}
    for a in range(CODES):
        second = logits[(CODES + 1) * (1 + a) :][: CODES + 1].softmax(-1)
        found |= {IDS.id_of((a, b)): float(first[a] * second[b]) for b in range(CODES + 1)}
    return found | {IDS.id_of((CODES, CODES)): float(first[CODES])}


def assert_drawn_from(tokens: list[int], wanted: dict[int, float]) -> None:
    counts = Counter(tokens)
    assert counts.keys() <= wanted.keys()
    chi = sum((counts[token] - len(tokens) * p) ** 2 / (len(tokens) * p) for token, p in wanted.items())
    assert chi < 40  # 12 degrees of freedom: one in ten thousand is above


def test_ids_are_beyond_the_vocabulary_and_tell_the_codes():
    frames = [codes for count in (1, 2) for codes in product(range(CODES + 1), repeat=count)]
    ids = [IDS.id_of(codes) for codes in frames]
    assert len(set(ids)) == len(ids) and min(ids) >= VOCABULARY
    assert [IDS.codes_of(token) for token in ids] == frames and all(token in IDS for token in ids)
    for token in (VOCABULARY - 1, VOCABULARY, VOCABULARY + CODES + 2, IDS.id_of((1, 1, 1)), 10**30):
        assert token not in IDS
        with pytest.raises(ValueError, match=f"Token {token} is no frame"):
            IDS.codes_of(token)
    released = FrameIds(65536, 8, 2048)
    most = (2048,) * 8
    assert released.codes_of(released.id_of(most)) == most


def test_frames_and_text_are_embedded_side_by_side():
    table = torch.arange(2.0 * VOCABULARY).view(VOCABULARY, 2)
    tokens = [3, IDS.id_of((1, 2)), 5, IDS.id_of((2,))]
    states = TOKENS.embed(tokens, lambda ids: table[torch.tensor(ids)])
    assert states.tolist() == [[6, 7], [21, 21], [10, 11], [2, 2]]
    assert table[0].tolist() == [0, 1]


def test_greedily_each_code_is_the_likeliest():
    logits = row(1)
    first = int(logits[: CODES + 1].argmax())
    token = Sampler(Sampling()).choose(logits, FRAMES)
    assert IDS.codes_of(token)[0] == first and len(IDS.codes_of(token)) == CODEBOOKS
    assert IDS.codes_of(Sampler(Sampling()).choose(logits, Frames(TOKENS, codebooks=1))) == (first,)


def test_frames_are_drawn_as_likely_as_their_codes_say():
    sampler, logits = Sampler(Sampling(temperature=1.0), seed=3), row(2)
    assert_drawn_from([sampler.choose(logits, FRAMES) for _ in range(6000)], probabilities(logits))


def test_a_reviewed_draft_is_distributed_as_full_depth_s_choice():
    sampler, shallow, full = Sampler(Sampling(temperature=1.0), seed=4), row(6) + 0.6 * row(5), row(6)
    found, kept = [], 0
    for _ in range(6000):
        draft, drafted = sampler.draft(shallow, FRAMES)
        found.append(sampler.review(draft, drafted, full, FRAMES))
        kept += found[-1] == draft
    assert_drawn_from(found, probabilities(full))
    assert 500 < kept < 5500


def test_a_greedy_review_gives_full_depth_s_choice():
    sampler = Sampler(Sampling())
    for seed in range(40):
        draft, drafted = sampler.draft(row(seed), FRAMES)
        assert drafted is None
        assert sampler.review(draft, drafted, row(seed + 1), FRAMES) == sampler.choose(row(seed + 1), FRAMES)


def test_a_tolerant_review_keeps_what_is_likely_enough():
    logits = torch.full(((CODES + 1) * (1 + CODES),), -5.0)
    logits[[0, 1]] = torch.tensor([2.0, 1.9])  # first codes 0 and 1
    logits[(CODES + 1) * 2 + 2] = 3.0  # after 1 comes 2
    draft, sampler = IDS.id_of((1, 2)), Sampler(Sampling())
    assert sampler.review(draft, None, logits, FRAMES) != draft
    assert sampler.review(draft, None, logits, FRAMES, tolerance=Tolerance(top_n=2)) == draft
    wrong = IDS.id_of((1, 0))
    assert sampler.review(wrong, None, logits, FRAMES, tolerance=Tolerance(top_n=1)) != wrong


def test_text_has_a_temperature_of_its_own():
    text, logits = AllowedIds(VOCABULARY, range(10), text=True), torch.randn(VOCABULARY)
    sampler = Sampler(Sampling(temperature=2.0, text_temperature=0.0), seed=1)
    assert {sampler.choose(logits, text) for _ in range(20)} == {int(logits[:10].argmax())}
    assert len({sampler.choose(logits, AllowedIds(VOCABULARY, range(10))) for _ in range(60)}) > 1
    assert len({sampler.choose(row(1), FRAMES) for _ in range(60)}) > 1
    assert int(sampler.probabilities(logits, text).argmax()) == int(logits[:10].argmax())
    with pytest.raises(ValueError, match="temperature must be 0"):
        Sampling(text_temperature=-1.0)


def test_entropy_is_that_of_the_first_code():
    logits = row(7)
    wanted = torch.special.entr(logits[: CODES + 1].softmax(-1)).sum()
    assert entropy(logits, FRAMES) == pytest.approx(float(wanted))


def test_a_repetition_penalty_passes_frames_over():
    seen = SeenIds(VOCABULARY, [3, IDS.id_of((1, 1))])
    seen.add(IDS.id_of((2, 2)))
    seen.add(4)
    assert seen.ids.tolist() == [3, 4] and len(seen) == 2
    seen.roll_back(1)
    assert seen.ids.tolist() == [3]
