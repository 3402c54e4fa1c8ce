"""Every schedule on Wren: replies, the cache they leave, going on after cancelling and after holes."""

from __future__ import annotations

import pytest

from engine import models
from engine.benchmarks.questions import spoken
from engine.decoding.interleaved import decode
from engine.dialogue import Dialogue
from engine.events import Drafts, Prefilled, Token, TurnCancelled, TurnFinished
from engine.lm.backend_choice import BACKENDS
from engine.lm.decoder import Decoder
from engine.lm.graph_decoder import GraphDecoder
from engine.lm.sampling import Sampler, Sampling
from engine.models.checkpoints.packed import read_packed
from engine.resources import resources_folder
from engine.schedules import parse
from tests.engine.decoding.full_depth import largest_difference

pytestmark = pytest.mark.whole

EXACT = ["full+slice", "spark:k=4,last@5+review", "spark:odd@8+text+review", "spark:triple@6+text+review+slice"]
TRUSTED = [
    "fixed:8",
    "spark:even@8",
    "spark:odd@8",
    "spark:triple@8",
    "spark:k=4,first@5",
    "entropy:3<0.01",
    "spark:even@8+slice",
]
ON_TEXT = ["fixed:8+text", "spark:even@8+text", "entropy:3<0.01+text"]
FOR_GOOD = ["fixed:8+hole", "spark:even@8+propagate", "entropy:3<0.01+text+hole", "spark:k=4,last@8+text+propagate"]
TOLERANT = ["spark:k=4,last@5+review(top-p=0.9)", "spark:odd@8+text+review(top-n=5)"]
TOKENS = 40


@pytest.fixture(scope="module")
def wren():
    return models.load("wren")


@pytest.fixture(scope="module")
def exact():
    """By the decoder's back end: what is multiplied with Wren's matrices is not rounded, as it usually is."""
    weights = read_packed(resources_folder() / "wren" / "lm.safetensors")
    found = {}
    for backend, kind in zip(BACKENDS, (GraphDecoder, Decoder), strict=True):
        found[backend] = models.load("wren")
        found[backend].decoder = kind(found[backend].config.lm, weights)
    return found


@pytest.fixture(scope="module")
def questions():
    return [question.text for question in spoken(10)]


def ask(dialogue, text, cancel_after=None):
    """The turn's tokens, the caches of all layers agreeing at its end."""
    tokens, last = [], None
    for event in dialogue.ask(text):
        last = event
        if isinstance(event, Prefilled):
            assert event.positions == dialogue.positions
        if isinstance(event, Token):
            tokens.append(event)
            if len(tokens) == cancel_after:
                dialogue.cancel()
    assert isinstance(last, TurnFinished if cancel_after is None else TurnCancelled), last
    cache = dialogue._history.cache
    assert {cache.filled(layer) for layer in range(12)} == {cache.position}
    assert 0 <= dialogue.positions - cache.position <= 2
    return tokens


@pytest.mark.parametrize("schedule", EXACT + TRUSTED + ON_TEXT + FOR_GOOD + TOLERANT)
def test_turns_follow_one_another(wren, questions, schedule):
    dialogue, made = Dialogue(wren, schedule, max_tokens=TOKENS), parse(schedule)
    tokens = ask(dialogue, questions[0])
    early = [token for token in tokens if token.depth < 12]
    if made.layer is None:
        assert not early
    else:
        assert len(early) > 4 and {token.depth for token in early} == {made.layer}
        assert made.text or all(token.kind == "speech" for token in early)
    assert any(token.kind == "speech" for token in tokens)
    ask(dialogue, questions[1], cancel_after=9)
    dialogue.heard(0.2)
    assert ask(dialogue, questions[2])
    cache = dialogue._history.cache
    assert all(cache.entries(layer) == cache.position for layer in range(made.layer or 12))
    assert (cache.entries(11) < cache.position) == (made.kv == "hole")
    dialogue.reset()
    assert [token.id for token in ask(dialogue, questions[0])] == [token.id for token in tokens]


@pytest.mark.parametrize("schedule", [*EXACT, *TRUSTED, *ON_TEXT])
@pytest.mark.parametrize("backend", BACKENDS)
def test_after_every_full_step_the_cache_is_full_depths(exact, questions, schedule, backend):
    wren = exact[backend]
    prompt = wren.typed(questions[3]).ids
    worst, steps = largest_difference(wren, prompt, wren.pattern(spoken=False), schedule, TOKENS)
    print(f"{schedule}: {worst:.1e} after {steps} full steps")
    assert worst < 5e-5 and steps >= 2


@pytest.fixture(scope="module")
def full_depth(wren, questions):
    return [reply(wren, text, "full")[0] for text in questions]


def reply(wren, text, schedule):
    """The first ids of a greedy reply, and how many of its drafts were kept."""
    decoder, cache = wren.decoder, wren.decoder.new_cache()
    logits = decoder.logits(decoder.run(decoder.embed(wren.typed(text).ids), 0, cache)[-1:])
    decoding = decode(wren, cache, logits, wren.pattern(spoken=False), parse(schedule), Sampler(Sampling()))
    kept = 0
    for event in decoding:
        kept += event.accepted if isinstance(event, Drafts) else 0
        if len(decoding.ids) >= TOKENS:
            break
    decoding.close()
    return decoding.ids[:TOKENS], kept


@pytest.mark.parametrize("schedule", EXACT)
def test_exact_schedules_give_full_depths_reply(wren, questions, full_depth, schedule):
    found = [reply(wren, text, schedule) for text in questions]
    assert [ids for ids, _ in found] == full_depth
    assert any(kept for _, kept in found) == ("review" in schedule)
