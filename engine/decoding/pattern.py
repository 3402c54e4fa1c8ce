"""What may come next: the interface between a model's token pattern and the decoding loops."""

from __future__ import annotations

from typing import Protocol

from engine.events import Kind
from engine.lm.allowed_ids import AllowedIds


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

    def allowed(self) -> AllowedIds:
        """The ids that may come next: the same object wherever they are the same."""

    def kind_of(self, token: int) -> Kind:
        """What `token` is if it comes next (an end token in a place for text is "control")."""

    def after(self, token: int) -> Pattern:
        """The state once `token` was chosen."""
