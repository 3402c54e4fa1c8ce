"""Every schedule on a random model: entropy, exits on text, what the upper layers hold, tolerant reviews, head slices."""

from __future__ import annotations

import itertools

import pytest
import torch

from engine.decoding.interleaved import decode
from engine.events import Drafts, Token
from engine.lm.decoder import Decoder
from engine.lm.sampling import Sampler, Sampling, entropy
from engine.schedules import parse
from tests.engine.decoding.full_depth import largest_difference
from tests.engine.dense_lm import dense
from tests.engine.random_lm import SHAPE, ChunkPattern, RandomModel
from tests.engine.random_spoken_lm import ReplyPattern

PROMPT = [1, 2, 3, 9, 10]
EARLY = ["fixed:2", "spark:even@2", "spark:k=4,last@3", "entropy:2<2", "entropy:2<0.42"]  # some are below, some above
CAUGHT_UP = [form + text for form in EARLY for text in ("", "+text")] + ["full"]
LONG = ReplyPattern(limit=60)
REVIEWED = ["spark:odd@2+review", "spark:k=4,last@3+review", "spark:triple@2+text+review"]


def start(model, schedule, pattern=None, sampling=None, seed=0, **options):
    cache, logits = model.prompt(PROMPT)
    sampler = Sampler(sampling or Sampling(), seed)
    return cache, decode(model, cache, logits, pattern or ChunkPattern(), parse(schedule), sampler, **options)


def reply(model, schedule, *args, **options):
    cache, decoding = start(model, schedule, *args, **options)
    events = list(decoding)
    assert {cache.filled(layer) for layer in range(SHAPE.layers)} == {len(PROMPT) + len(decoding.ids) - 1}
    return [event for event in events if isinstance(event, Token)], cache


def ids(tokens):
    return [token.id for token in tokens]


@pytest.mark.parametrize("schedule", [*CAUGHT_UP, *REVIEWED, "spark:even@2+slice", "entropy:2<2+slice"])
@pytest.mark.parametrize("heads", ["random", "lens"])
def test_after_every_full_step_the_cache_is_full_depths(schedule, heads):
    worst, steps = largest_difference(RandomModel(1, heads), PROMPT, LONG, schedule, 60)
    print(f"{schedule}, {heads} heads: {worst:.1e} after {steps} full steps")
    assert worst < 1e-5 and (
        steps > 5 or schedule in ("fixed:2+text", "entropy:2<2+text", "entropy:2<0.42+text")
    )  # these seldom go deep


@pytest.mark.parametrize("schedule", CAUGHT_UP)
def test_catching_up_computes_nothing_twice(schedule, monkeypatch):
    model, work = RandomModel(1), 0
    cache, decoding = start(model, schedule)
    run = model.decoder.run

    def counted(states, position, cache, first=0, last=None, **options):
        nonlocal work
        work += len(states) * ((SHAPE.layers if last is None else last) - first)
        return run(states, position, cache, first, last, **options)

    monkeypatch.setattr(model.decoder, "run", counted)
    list(decoding)
    assert work == (len(decoding.ids) - 1) * SHAPE.layers


def test_entropy_decides_in_the_middle_of_the_step():
    model = RandomModel(1, "lens")
    never, always = reply(model, "entropy:2<0.000001", LONG)[0], reply(model, "entropy:2<99", LONG)[0]
    assert ids(never) == ids(reply(model, "full", LONG)[0]) and {token.depth for token in never} == {4}
    fixed, _ = reply(model, "fixed:2", LONG)
    assert [(t.id, t.depth, t.caught_up) for t in always] == [(t.id, t.depth, t.caught_up) for t in fixed]
    tokens, _ = reply(model, "entropy:2<0.42", LONG)
    speech = [token for token in tokens if token.kind == "speech" and token.index < 59]
    assert 3 < sum(token.depth == 2 for token in speech) < len(speech) - 3
    assert all((token.entropy < 0.42) == (token.depth == 2) != token.refresh for token in speech)
    assert all(token.entropy is None and not token.refresh for token in tokens if token.kind == "text")


def test_entropy_is_that_of_the_exit_head_over_what_may_come():
    model, pattern = RandomModel(1, "lens"), LONG
    tokens, _ = reply(model, "entropy:2<0.000001", pattern)
    asked = [*PROMPT, *ids(tokens)]
    states = dense(model.decoder.embed(asked), layers=2, seed=1)
    for place, token in enumerate(tokens):
        if token.entropy is not None:
            logits = model.exit_heads[2].logits(states[len(PROMPT) + place - 1 :][:1])[0]
            assert token.entropy == pytest.approx(entropy(logits, pattern.allowed()), abs=1e-4)
        pattern = pattern.after(token.id)


def test_a_token_that_runs_on_catches_up_what_pends():
    tokens, _ = reply(RandomModel(1, "lens"), "entropy:2<0.42", LONG)
    pending = 0
    for token in tokens[1:]:
        assert token.caught_up == (pending if token.depth == 4 else 0)
        pending = 0 if token.depth == 4 else pending + 1


def test_groups_run_through_text():
    tokens, _ = reply(RandomModel(1), "spark:triple@2+text", ChunkPattern(text=2, speech=4, limit=18))
    assert [t.depth for t in tokens] == [4, 2, 2] * 6
    assert [t.kind for t in tokens] == (["text"] * 2 + ["speech"] * 4) * 3
    tokens, _ = reply(RandomModel(1), "fixed:3+text", ChunkPattern(limit=12))
    assert [t.depth for t in tokens] == [4] + [3] * 11  # the first one is the prompt's


def test_a_transcript_never_exits():
    tokens, _ = reply(RandomModel(1), "fixed:3+text", ReplyPattern(text=5, limit=12, heard=3))
    assert [(t.kind, t.depth) for t in tokens[:5]] == [("heard", 4)] * 3 + [("text", 3)] * 2
    tokens, _ = reply(RandomModel(1), "spark:triple@2+text", ReplyPattern(text=5, limit=12, heard=3))
    assert [t.depth for t in tokens[3:9]] == [4, 2, 2] * 2


@pytest.mark.parametrize("heads", ["random", "lens"])
@pytest.mark.parametrize("form", ["fixed:2", "spark:even@2", "spark:triple@3+text", "entropy:2<2", "fixed:2+text"])
@pytest.mark.parametrize("kv", ["hole", "propagate"])
def test_what_upper_layers_hold_decides_later_tokens(form, kv, heads):
    """Every token of the reply against the dense decoder, in which the same positions are left out or pass unchanged."""
    model, pattern = RandomModel(5, heads), LONG
    tokens, cache = reply(model, f"{form}+{kv}", pattern)
    layer = parse(form).layer
    fed = [*PROMPT, *ids(tokens)]
    exits = {len(PROMPT) - 1 + index for index, token in enumerate(tokens) if token.depth == layer}
    assert len(exits) > 5 and not any(token.caught_up for token in tokens)
    for index, token in enumerate(tokens):
        n = len(PROMPT) + index
        gone = dict.fromkeys(range(layer, SHAPE.layers), {position for position in exits if position < n})
        how = {"left_out" if kv == "hole" else "unchanged": gone}
        state = dense(model.decoder.embed(fed[:n]), **how, layers=token.depth, seed=5)[-1:]
        head = model.exit_heads[layer] if token.kind == "speech" or heads == "lens" else model.decoder
        logits = (model.decoder if token.depth == SHAPE.layers else head).logits(state)[0]
        if token.kind != "control":
            assert Sampler(Sampling()).choose(logits, pattern.allowed()) == token.id
        pattern = pattern.after(token.id)
    held = cache.position
    assert cache.entries(0) == held
    assert cache.entries(3) == held - (len(exits) if kv == "hole" else 0)


@pytest.mark.parametrize("kv", ["+hole", "+propagate"])
@pytest.mark.parametrize("after", [0, 1, 6, 9])
def test_a_conversation_goes_on_after_holes(kv, after):
    model = RandomModel(4, "lens")
    wanted = ids(reply(model, "spark:k=4,first@2" + kv)[0])
    cache, decoding = start(model, "spark:k=4,first@2" + kv)
    found = [event.id for event in itertools.islice(decoding, after)]
    decoding.close()
    steps = iter(range(1000))
    other, cancelled = start(model, "spark:k=4,first@2" + kv, cancelled=lambda: next(steps) >= after)
    assert [event.id for event in cancelled] == cancelled.ids == wanted[: len(cancelled.ids)]
    assert found == wanted[:after] == decoding.ids
    for held in (cache, other):
        position = held.position
        assert {held.filled(layer) for layer in range(4)} == {position}
        model.decoder.run(model.decoder.embed([5, 6]), position, held)
        held.roll_back(len(PROMPT) + 1)
        rows = model.decoder.run(model.decoder.embed([7]), min(position, len(PROMPT) + 1), held)
        assert torch.isfinite(rows).all() and held.position == min(position, len(PROMPT) + 1) + 1
    # Rolled back to what has no gap, everything is as if nothing had happened.
    cache.roll_back(len(PROMPT))
    again = decode(model, cache, model.prompt(PROMPT)[1], ChunkPattern(), parse("full"), Sampler(Sampling()))
    assert [event.id for event in again] == ids(reply(model, "full")[0])


@pytest.mark.parametrize("schedule", ["spark:odd@2+text+review", "spark:k=4,last@3+text+review", "spark:k=9,first@1+text+review"])
@pytest.mark.parametrize("heads", ["random", "lens", "perfect"])
def test_reviewed_drafts_of_text_change_nothing(schedule, heads):
    drafted = 0
    for seed in range(6):
        model = RandomModel(seed, heads)
        found, wanted = reply(model, schedule)[0], reply(model, "full")[0]
        assert [(t.id, t.kind) for t in found] == [(t.id, t.kind) for t in wanted]
        drafted += sum(token.kind == "text" and token.depth < 4 for token in found)
    assert drafted


def test_tolerance_keeps_more_drafts_up_to_all():
    model = RandomModel(2, "random")
    kept = {}
    for how in ("", "(top-n=1)", "(top-n=4)", "(top-n=9)", "(top-p=0.5)", "(top-p=0.9)", "(top-p=1)"):
        _, decoding = start(model, f"spark:k=4,last@2+review{how}", ChunkPattern(limit=58))
        events = list(decoding)
        reviews = [event for event in events if isinstance(event, Drafts)]
        kept[how] = sum(r.accepted for r in reviews) / sum(r.accepted + len(r.rejected) for r in reviews)
        if how in ("", "(top-n=1)"):
            assert decoding.ids == ids(reply(model, "full", ChunkPattern(limit=58))[0])
    assert kept[""] == kept["(top-n=1)"] < kept["(top-n=4)"] < kept["(top-n=9)"]
    assert kept["(top-p=0.5)"] < kept["(top-p=0.9)"] < kept["(top-p=1)"] == 1


@pytest.mark.parametrize("schedule", ["full", "spark:k=4,last@2", "spark:k=4,last@2+review"])
def test_slices_are_computed_at_places_for_speech_alone(schedule, monkeypatch):
    asked, real = [], Decoder.logits

    def logits(self, states, allowed=None):
        asked.append(allowed)
        return real(self, states, allowed)

    monkeypatch.setattr(Decoder, "logits", logits)
    for more in ("", "+slice"):
        model = RandomModel(0, "lens")
        asked.clear()
        reply(model, schedule + more, None, Sampling(), 0)
        assert any(allowed is None for allowed in asked)  # text
        assert any(allowed is not None for allowed in asked) == bool(more)


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(0.8, 0.9)])
@pytest.mark.parametrize("schedule", [*CAUGHT_UP, *REVIEWED, "fixed:2+hole", "spark:even@2+text+propagate"])
def test_slicing_changes_no_token(schedule, sampling):
    for seed in range(3):
        model = RandomModel(seed, "lens")
        found, wanted = (reply(model, schedule + more, None, sampling, seed)[0] for more in ("+slice", ""))
        assert [(t.id, t.depth, t.caught_up) for t in found] == [(t.id, t.depth, t.caught_up) for t in wanted]
