"""Where tokens of a reply may exit early: what the schedule, the model's pattern and its exit heads make of it together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.decoding.pattern import Pattern
from engine.lm.decoder import Decoder
from engine.lm.frames import Choices, Frames
from engine.lm.heads import ExitHead
from engine.schedules import Full, Schedule


class Exits:
    """Answers for one reply. A schedule has its say at places for speech and, with `+text`, at places for text.

    Then its groups run through all of these places, counted from the reply's first; a transcript of the question is none of
    them. Trained heads know speech alone: where text may come, an early token is chosen by the model's own final
    norm and head instead (the logit lens).
    """

    def __init__(self, schedule: Schedule, decoder: Decoder, heads: Mapping[int, ExitHead]):
        self._schedule, self._decoder, self._heads = schedule, decoder, heads
        self._layers = decoder.config.layers
        self._scheduled = 0

    def scheduled(self, place: Pattern) -> bool:
        """Whether the schedule says how deep the token at this place goes."""
        return place.speech_step or (self._schedule.text and place.kind == "text")

    def refreshes(self, place: Pattern) -> bool:
        """Whether full depth at this place is the schedule's doing."""
        return not isinstance(self._schedule, Full) and self.scheduled(place)

    def passed(self, place: Pattern) -> None:
        """A token was chosen for good at this place."""
        self._scheduled += self.scheduled(place)

    def exit(self, place: Pattern) -> tuple[int, ExitHead | Decoder] | None:
        """Where the token at this place, the next one, exits (under an entropy schedule: may exit), and what chooses it there.

        None is full depth.
        """
        if not self.scheduled(place):
            return None
        chunk = (self._scheduled, None) if self._schedule.text else (place.chunk_index, place.chunk_length)
        layer = self._schedule.depth(*chunk, self._layers)
        if layer is None or (head := self.head(place, layer)) is None:
            return None
        return layer, head

    def head(self, place: Pattern, layer: int) -> ExitHead | Decoder | None:
        """What chooses this place's token from the state after `layer`; None if nothing can."""
        head, allowed = self._heads[layer], place.allowed()
        if place.speech_step:
            return head if head.can_choose(allowed) else None
        if not self.scheduled(place):
            return None
        return head if head.knows(allowed) else self._decoder

    def wanted(self, places: Sequence[Pattern]) -> list[Choices | None]:
        """What full depth is to choose among at each place; None is all ids."""
        return [self._wanted(place) for place in places]

    def _wanted(self, place: Pattern) -> Choices | None:
        allowed = place.allowed()
        return allowed if isinstance(allowed, Frames) or (self._schedule.slice and place.speech_step) else None
