"""How the tests of conversations ask, and what they read from the answers."""

from __future__ import annotations

import numpy as np

from engine.decoding.interleaved import decode
from engine.events import Audio, Token
from engine.lm.sampling import Sampler, Sampling
from engine.schedules import Full
from tests.engine.random_spoken_lm import RATE

WARM = Sampling(temperature=1.0)
SCHEDULES = ["full", "fixed:2", "spark:even@1", "spark:k=4,last@3", "spark:triple@2+review"]


def question(seconds=1.0, rate=RATE, seed=0):
    """Something like syllables: a tone whose loudness changes at random."""
    random = np.random.default_rng(seed)
    at = np.arange(int(seconds * rate)) / rate
    loudness = np.interp(at, np.arange(500) / 10, random.random(500))
    return (loudness * np.sin(at * 2 * np.pi * 200)).astype(np.float32)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def ids(events):
    return [token.id for token in of(Token, events)]


def sound(events):
    return np.concatenate([np.zeros(0, np.float32), *(audio.samples for audio in of(Audio, events))])


def speak(dialogue, samples, rate=RATE, block=None, **options):
    turn = dialogue.open_turn()
    for start in range(0, len(samples), block or max(1, len(samples))):
        turn.feed(samples[start : start + (block or len(samples))], rate)
    return list(turn.reply(**options))


def full_depth_reply(model, prompt, spoken=False):
    """Greedy ids after prompt ids, from an empty cache."""
    cache = model.decoder.new_cache()
    states = model.decoder.run(model.decoder.embed(prompt), 0, cache)
    logits = model.decoder.logits(states[-1:])
    decoding = decode(model, cache, logits, model.pattern(spoken), Full(), Sampler(Sampling()))
    return [event.id for event in decoding]
