"""Every decoding schedule on both language models: what it emits, and that the cache is full depth's after a full step."""

from __future__ import annotations

import itertools

import pytest
import torch

from engine.decoding.interleaved import decode
from engine.events import Drafts, Token
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import ScheduleError, parse, presets
from tests.golden.compare import assert_within
from tests.golden.families import family

TOKENS = 130
FORMS = ["fixed:{}", "spark:even@{}", "spark:odd@{}", "spark:triple@{}", "spark:k=4,first@{}", "spark:k=4,last@{}"]
FORMS += [f"{form}+review" for form in FORMS if form.startswith("spark")]
FORMS += ["spark:even@{}+text", "spark:triple@{}+text+review", "spark:k=4,last@{}+slice", "spark:odd@{}+review+slice"]


@pytest.fixture(scope="module", params=["glm4voice", "stepaudio2"])
def model(request):
    return family(request.param)


def start(model, schedule, sampling=None, enforced=True):
    cache = model.decoder.new_cache()
    logits = model.decoder.logits(model.decoder.run(model.decoder.embed(model.prompt), 0, cache)[-1:])
    return cache, decode(model, cache, logits, model.pattern(enforced), parse(schedule), Sampler(sampling or Sampling()))


def tokens(model, schedule, sampling=None):
    _, decoding = start(model, schedule, sampling)
    found = list(itertools.islice((event for event in decoding if isinstance(event, Token)), TOKENS))
    decoding.close()
    return found


def test_greedy_without_rules_is_the_reference(model):
    _, decoding = start(model, "full", enforced=False)
    found = [event.id for event in itertools.islice(decoding, len(model.greedy))]
    assert found == model.greedy[: len(found)]
    place = model.pattern(enforced=False)
    for id in found:
        place = place.after(id)
    assert place.done or len(found) == len(model.greedy)  # the recording goes on beyond the end


@pytest.mark.parametrize("form", ["full", "full+slice", *FORMS])
def test_the_cache_is_that_of_full_depth(model, form):
    layers = model.decoder.config.layers
    schedule = form.format(max(1, layers // 2))
    cache, decoding = start(model, schedule)
    reference = model.decoder.new_cache()
    model.decoder.run(model.decoder.embed(model.prompt), 0, reference)
    place, early, compared, reviewed = model.pattern(), 0, 0, 0
    for event in itertools.islice(decoding, TOKENS):
        if isinstance(event, Drafts):
            reviewed += event.accepted + len(event.rejected)
            continue
        assert event.id in place.allowed()
        early += event.depth < layers
        if event.depth == layers and "review" not in schedule:  # a full step: nothing is pending
            held = cache.position
            assert {cache.filled(layer) for layer in range(layers)} == {held}
            for layer in range(layers):
                new = slice(max(0, held - 8), held)
                wanted = reference.contents(layer)[:, :, new]
                assert_within(cache.contents(layer)[:, :, new], wanted, model.tolerance, f"layer {layer}")
            compared += 1
        if "review" in schedule or reference.position < reference.capacity:
            model.decoder.run(model.decoder.embed([event.id]), reference.position, reference)
        place = place.after(event.id)
    decoding.close()
    # Of random weights the drafts that full depth agrees with may be few.
    assert (reviewed if "review" in form else early) > 10 if "full" not in form else early == 0
    assert compared > 5 or "review" in schedule or "fixed" in schedule
    held = cache.position
    assert held >= len(model.prompt) + len(decoding.ids) - 1
    for layer in range(layers):
        wanted = reference.contents(layer)[:, :, :held]
        assert_within(cache.contents(layer), wanted, model.tolerance, f"layer {layer}")


@pytest.mark.parametrize("text", ["", "+text"])
def test_entropy_decides(model, text):
    """With the median of the entropies as the threshold some tokens exit, some go on, and the cache is full depth's."""
    layer = max(1, model.decoder.config.layers // 2)
    found = sorted(e.entropy for e in tokens(model, f"entropy:{layer}<0.000001{text}") if e.entropy is not None)
    assert len(found) > 20
    form = f"entropy:{{}}<{found[len(found) // 2]:.6f}{text}"
    depths = [event.depth for event in tokens(model, form.format(layer))]
    assert 5 < depths.count(layer) < len(depths) - 5
    test_the_cache_is_that_of_full_depth(model, form)


@pytest.mark.parametrize("form", ["fixed:{}+hole", "spark:even@{}+text+propagate", "entropy:{}<9+text+hole"])
def test_upper_layers_that_never_catch_up(model, form):
    layers = model.decoder.config.layers
    cache, decoding = start(model, form.format(max(1, layers // 2)))
    early = sum(event.depth < layers for event in itertools.islice(decoding, TOKENS))
    decoding.close()
    held = cache.position
    assert early > 10 and {cache.filled(layer) for layer in range(layers)} == {held}
    assert cache.entries(0) == held and (cache.entries(layers - 1) < held) == ("hole" in form)
    cache.roll_back(held - 3)
    state = model.decoder.run(model.decoder.embed(decoding.ids[:1]), held - 3, cache)
    assert torch.isfinite(model.decoder.logits(state)).all() and cache.position == held - 2


@pytest.mark.parametrize("form", [form for form in FORMS if "review" in form])
def test_reviewed_drafts_change_nothing(model, form):
    full = [event.id for event in tokens(model, "full")]
    for layer in (1, model.decoder.config.layers - 1):
        assert [event.id for event in tokens(model, form.format(layer))] == full


def test_sampling_by_seed(model):
    layer = model.decoder.config.layers // 2
    schedule, sampling = f"spark:triple@{layer}+review", Sampling(0.8, 0.9)
    assert tokens_of(tokens(model, schedule, sampling)) == tokens_of(tokens(model, schedule, sampling))


def tokens_of(events):
    return [(event.id, event.depth) for event in events]


def test_presets_run(model):
    layers = model.decoder.config.layers
    for preset in presets(layers, model.exit_heads):
        assert len(tokens(model, str(preset.schedule))) > 20
    with pytest.raises(ScheduleError, match="choose a lower layer"):
        tokens(model, f"fixed:{layers}")


def test_early_tokens_are_speech_or_control(model):
    head = next(iter(model.exit_heads.values()))
    logits = head.logits(torch.zeros(1, model.decoder.config.dim))[0]
    known = set(torch.isfinite(logits).nonzero().flatten().tolist())
    assert set(model.rules.audio) <= known and not known & set(model.rules.text) and len(known) < len(model.rules.audio) + 8
