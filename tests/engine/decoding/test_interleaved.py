"""The decoding loop: depths, review against full depth, cancelling and the cache it leaves."""

from __future__ import annotations

from functools import cache as remember

import pytest
import torch

from engine.decoding.interleaved import decode
from engine.events import Drafts, Token
from engine.lm.allowed_ids import AllowedIds
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import ScheduleError, parse
from tests.engine.random_lm import END, SHAPE, ChunkPattern, RandomModel, speech_head

PROMPT = [1, 2, 3, 9, 10]
TRUSTED = ["full", "fixed:2", "spark:even@1", "spark:odd@2", "spark:triple@2", "spark:k=4,last@3"]
REVIEWED = ["spark:even@1+review", "spark:triple@2+review", "spark:k=4,last@3+review", "spark:k=9,first@2+review"]


@remember
def random_model(seed=0, heads="random"):
    return RandomModel(seed, heads)


@remember
def full_depth(seed, heads, pattern):
    """Ids and kinds of a greedy reply at full depth."""
    _, decoding = start(random_model(seed, heads), "full", pattern)
    return [(event.id, event.kind) for event in decoding], decoding.cached_ids


def start(model, schedule, pattern=None, sampling=None, seed=0, capacity=None, **options):
    cache, logits = model.prompt(PROMPT, capacity)
    sampler = Sampler(sampling or Sampling(), seed)
    return cache, decode(model, cache, logits, pattern or ChunkPattern(), parse(schedule), sampler, **options)


def reply(model, schedule, *args, **options):
    cache, decoding = start(model, schedule, *args, **options)
    events = list(decoding)
    assert_usable(model, cache, decoding)
    return [e for e in events if isinstance(e, Token)], [e for e in events if isinstance(e, Drafts)], decoding


def assert_usable(model, cache, decoding):
    ids = PROMPT + decoding.cached_ids
    assert decoding.ids[: len(decoding.cached_ids)] == decoding.cached_ids
    wanted = model.full_cache(ids)
    for layer in range(SHAPE.layers):
        assert cache.filled(layer) == len(ids)
        torch.testing.assert_close(cache.contents(layer), wanted.contents(layer), atol=1e-5, rtol=0)


def test_depths_follow_the_schedule():
    tokens, _, _ = reply(RandomModel(1), "spark:triple@2", ChunkPattern(text=2, speech=4, limit=18))
    text, speech = [4, 4], [4, 2, 2, 4]
    assert [t.depth for t in tokens] == (text + speech) * 3
    assert [t.refresh for t in tokens] == ([False] * 2 + [True, False, False, True]) * 3
    assert [t.caught_up for t in tokens] == ([0] * 5 + [2]) * 3
    assert [t.kind for t in tokens] == (["text"] * 2 + ["speech"] * 4) * 3
    assert [t.index for t in tokens] == list(range(18))


def test_text_flushes_what_pends():
    tokens, _, _ = reply(RandomModel(), "fixed:2", ChunkPattern(text=2, speech=4, limit=12))
    assert [t.caught_up for t in tokens] == [0] * 6 + [4] + [0] * 5
    assert not any(t.refresh for t in tokens)


@pytest.mark.parametrize("schedule", TRUSTED + REVIEWED)
@pytest.mark.parametrize("heads", ["random", "lens", "perfect"])
def test_the_cache_is_full_depths_afterwards(schedule, heads):
    tokens, _, decoding = reply(RandomModel(1, heads), schedule)
    assert [t.id for t in tokens] == decoding.ids
    assert decoding.cached_ids == decoding.ids[:-1]


@pytest.mark.parametrize("schedule", TRUSTED[1:])
def test_perfect_heads_lose_nothing(schedule):
    model = RandomModel(3, "perfect")
    tokens, _, _ = reply(model, schedule.replace("@1", "@2").replace(":1", ":2"))
    assert [t.id for t in tokens] == [t.id for t in reply(model, "full")[0]]


@pytest.mark.parametrize("schedule", REVIEWED)
@pytest.mark.parametrize("heads", ["random", "lens", "perfect"])
def test_greedy_review_equals_full_depth(schedule, heads):
    kept = rejected = 0
    for seed in range(6):
        model = random_model(seed, heads)
        for pattern in (ChunkPattern(limit=40), ChunkPattern(1, 7, limit=25)):
            wanted, cached = full_depth(seed, heads, pattern)
            _, decoding = start(model, schedule, pattern)
            events = list(decoding)
            tokens, reviews = ([e for e in events if isinstance(e, kind)] for kind in (Token, Drafts))
            assert [(t.id, t.kind) for t in tokens] == wanted
            assert decoding.cached_ids == cached
            assert sum(r.accepted for r in reviews) == sum(t.depth < 4 for t in tokens)
            kept += sum(r.accepted for r in reviews)
            rejected += sum(len(r.rejected) for r in reviews)
    if heads == "random":
        assert rejected > 4 * kept > 0
    if heads == "perfect" and "@1" not in schedule:
        assert kept and not rejected


def test_review_groups_restart_after_every_full_step():
    tokens, reviews, _ = reply(RandomModel(3, "perfect"), "spark:k=4,last@2+review", ChunkPattern(text=2, speech=5, limit=21))
    first = tokens[:7]
    assert [t.depth for t in first] == [4, 4, 2, 2, 2, 4, 2]
    assert [t.refresh for t in first] == [False] * 5 + [True, False]
    assert [t.caught_up for t in tokens[:8]] == [0] * 5 + [3, 0, 1]
    assert tokens[7].kind == "text" and not tokens[7].refresh
    assert [r.accepted for r in reviews] == [3, 1] * 3


def test_review_with_a_repetition_penalty_equals_full_depth():
    sampling = Sampling(repetition_penalty=1.4)
    for seed in range(6):
        model = RandomModel(seed, "lens")
        runs = [reply(model, s, None, sampling, previous=PROMPT)[0] for s in ("full", "spark:k=4,last@3+review")]
        assert [t.id for t in runs[0]] == [t.id for t in runs[1]]


def test_drafts_know_the_drafts_before_them():
    """Of heads as good as full depth every draft is kept, under a penalty too."""
    for seed in range(3):
        model = RandomModel(seed, "perfect")
        _, reviews, _ = reply(model, "spark:k=9,first@2+review", ChunkPattern(2, 12), Sampling(repetition_penalty=1.4))
        assert sum(review.accepted for review in reviews) > 20 and not any(review.rejected for review in reviews)


def test_a_draft_may_end_the_reply():
    """Drafted end tokens are reviewed too: wrong ones are corrected, right ones end the reply."""
    ended = 0
    for seed in range(12):
        model = random_model(seed, "lens")
        pattern = ChunkPattern(limit=30, speaking=True, tail=True)
        wanted = [token for token, _ in full_depth(seed, "lens", pattern)[0]]
        tokens, _, _ = reply(model, "spark:k=4,last@3+review", pattern)
        assert [t.id for t in tokens] == wanted
        ended += tokens[-1].id == END and tokens[-1].depth == 3
    assert ended


@pytest.mark.parametrize("schedule", TRUSTED + REVIEWED)
@pytest.mark.parametrize("after", [0, 1, 5, 9])
def test_closing_or_cancelling_leaves_a_usable_cache(schedule, after):
    model = random_model(4, "lens")
    wanted = [e.id for e in start(model, schedule)[1] if isinstance(e, Token)]
    cache, decoding = start(model, schedule)
    received = []
    for event in decoding:
        received += [event.id] if isinstance(event, Token) else []
        if len(received) >= after:
            break
    decoding.close()
    assert_usable(model, cache, decoding)
    assert received == decoding.ids == wanted[: len(received)]

    steps = iter(range(1000))
    cache, decoding = start(model, schedule, cancelled=lambda: next(steps) >= after)
    ids = [e.id for e in decoding if isinstance(e, Token)]
    assert_usable(model, cache, decoding)
    assert ids == decoding.ids == wanted[: len(ids)] and len(ids) < len(wanted)

    # The conversation goes on from there.
    ids = PROMPT + decoding.cached_ids + [5, 6]
    states = model.decoder.run(model.decoder.embed([5, 6]), len(ids) - 2, cache)
    torch.testing.assert_close(model.decoder.logits(states[-1:]), model.prompt(ids)[1], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("schedule", ["full", "fixed:2", "spark:k=4,last@3+review"])
def test_a_full_cache_cuts_the_reply(schedule):
    model = RandomModel(4, "lens")
    wanted = [t.id for t in reply(model, schedule)[0]]
    tokens, _, _ = reply(model, schedule, capacity=len(PROMPT) + 13)
    assert [t.id for t in tokens] == wanted[:14] != wanted


def test_a_head_that_knows_no_allowed_id_is_not_asked():
    class OnlyEnd(ChunkPattern):
        def allowed(self):
            return AllowedIds(SHAPE.vocabulary, [END])

    model = RandomModel()
    model.exit_heads = {2: speech_head(2, with_end=False)}
    for schedule in ("fixed:2", "spark:odd@2", "spark:odd@2+review"):
        tokens, _, _ = reply(model, schedule, OnlyEnd(speaking=True, tail=True, limit=3))
        assert [(t.id, t.depth) for t in tokens] == [(END, 4)]


def test_nothing_to_say():
    tokens, _, decoding = reply(RandomModel(), "full", ChunkPattern(done=True))
    assert tokens == [] == decoding.cached_ids


def test_a_schedule_the_model_cannot_run_is_refused():
    model = RandomModel()
    for schedule in ("fixed:4", "spark:even@9+review"):
        with pytest.raises(ScheduleError):
            start(model, schedule)


def test_times_come_from_the_given_clock():
    ticks = iter(range(1000))
    tokens, _, _ = reply(RandomModel(), "spark:even@2", clock=lambda: float(next(ticks)))
    assert [t.at for t in tokens] == [float(i) for i in range(len(tokens))]
    assert all(t.milliseconds > 0 for t in tokens)
