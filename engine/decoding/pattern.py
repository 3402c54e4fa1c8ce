"""What may come next: the interface between a model's token pattern and the decoding loops."""

from __future__ import annotations

from typing import Protocol, TypeGuard

from engine.events import Kind
from engine.lm.frames import Choices
from engine.schedules import Schedule


class Pattern(Protocol):
    """An immutable state: where in the reply the next token stands and which ids it may take.

    Immutable, so that a rejected draft is undone by going back to an earlier value.
    """

    @property
    def kind(self) -> Kind:
        """Of the next token."""

    @property
    def speech_step(self) -> bool:
        """Whether the next token is at a place for speech, whose depth every schedule chooses."""

    @property
    def chunk_index(self) -> int:
        """Place of the next token in its chunk of the same modality, from 0."""

    @property
    def chunk_length(self) -> int | None:
        """Length of that chunk; None while it is open-ended (speech after the end of the text)."""

    @property
    def done(self) -> bool:
        """The reply is complete: no next token."""

    def allowed(self) -> Choices:
        """The ids, or the frames, that may come next: the same object wherever they are the same."""

    def kind_of(self, token: int) -> Kind:
        """What `token` is if it comes next (an end token in a place for text is "control")."""

    def after(self, token: int) -> Pattern:
        """The state once `token` was chosen."""


class FramePattern(Pattern, Protocol):
    """A pattern of a model whose speech tokens are frames of several codes."""

    def with_frames(self, codebooks: int | None, layers: int | None) -> Pattern:
        """The same place, whose frames have so many codes, each chosen by so many layers; None is all."""


def under(schedule: Schedule, pattern: Pattern) -> Pattern:
    """The start of a reply as a schedule has it."""
    if (schedule.codes, schedule.code_layers) == (None, None) or not _has_frames(pattern):
        return pattern
    return pattern.with_frames(schedule.codes, schedule.code_layers)


def _has_frames(pattern: Pattern) -> TypeGuard[FramePattern]:
    return hasattr(pattern, "with_frames")
