"""A reply's cache held against one that only ever ran at full depth."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decoding.interleaved import decode
from engine.decoding.pattern import Pattern
from engine.events import Token
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import parse


def largest_difference(model, prompt: Sequence[int], pattern: Pattern, schedule: str, tokens: int) -> tuple[float, int]:
    """The largest difference of a key or value after any full step of a greedy reply, and how many steps were compared."""
    decoder = model.decoder
    layers = decoder.config.layers
    cache, reference = decoder.new_cache(), decoder.new_cache()
    logits = decoder.logits(decoder.run(decoder.embed(prompt), 0, cache)[-1:])
    decoder.run(decoder.embed(prompt), 0, reference)
    decoding = decode(model, cache, logits, pattern, parse(schedule), Sampler(Sampling()))
    worst, steps = 0.0, 0

    def compare() -> None:
        nonlocal worst, steps
        ids = [*prompt, *decoding.ids]
        if new := ids[reference.position : cache.position]:
            decoder.run(decoder.embed(new), reference.position, reference)
        for layer in range(layers):
            assert cache.filled(layer) == cache.entries(layer) == reference.position
            worst = max(worst, float((cache.contents(layer) - reference.contents(layer)).abs().max()))
        steps += 1

    for event in decoding:
        if isinstance(event, Token) and event.depth == layers:
            compare()
        if len(decoding.ids) >= tokens:
            break
    decoding.close()
    compare()
    return worst, steps
