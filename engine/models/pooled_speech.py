"""What a listener gives, as prompt pieces: pooled before the first layer where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from engine.lm.decoder import Decoder
from engine.models.spoken_lm import PromptPiece
from engine.prefill.affinity import Affinity, Groups
from engine.prefill.pooling import InputPooling


class Heard(NamedTuple):
    """A piece of the prompt, and for each of its positions how many of the listener's it stands for (0: no speech)."""

    piece: PromptPiece
    sizes: list[int]


class PooledSpeech:
    """One spoken question's pieces on their way into the prompt.

    With input pooling (arXiv 2604.06871) the positions of a group become one, which has the mean of their states, be they a
    listener's or the embeddings of its token ids. The prompt is then simply shorter: positions follow one another without
    gaps, as the model knows them. One group at most waits for the next piece; `finish` gives it out. The listener's
    marks, which are no speech, end a group and stay as they are.
    """

    def __init__(self, decoder: Decoder, pooling: InputPooling | None):
        self._decoder = decoder
        self._affinity = Affinity(pooling.tau, pooling.window) if pooling else None

    def feed(self, piece: PromptPiece) -> list[Heard]:
        """A listener's piece, any length -> what it brought to an end, in order."""
        found: list[Heard] = []
        start = 0
        for place in (*piece.marks, len(piece)):
            found += self._speech(part(piece, start, place))
            if place < len(piece):
                found += [*self.finish(), Heard(part(piece, place, place + 1), [0])]
            start = place + 1
        return found

    def finish(self) -> list[Heard]:
        """The group that waits, if there is one."""
        return list(self._pooled(self._affinity.finish())) if self._affinity else []

    def _speech(self, piece: PromptPiece) -> Iterator[Heard]:
        if not len(piece):
            return
        if self._affinity is None:
            yield Heard(replace(piece, speech=True), [1] * len(piece))
            return
        states = self._decoder.embed(piece.ids) if piece.states is None else piece.states
        yield from self._pooled(self._affinity.feed(states))

    def _pooled(self, groups: Groups) -> Iterator[Heard]:
        if groups.sizes:
            yield Heard(PromptPiece(states=groups.means, speech=True), groups.sizes)


def part(piece: PromptPiece, start: int, end: int) -> PromptPiece:
    """The positions start..end-1 of a piece, without its opening and marks."""
    states = None if piece.states is None else piece.states[start:end]
    return PromptPiece(piece.ids[start:end], states, speech=piece.speech)
