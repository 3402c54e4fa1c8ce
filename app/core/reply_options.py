"""How turns are made: those to come, as it is chosen, and any other one once more."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.turn import ChatTurn
from app.engine_client.commands import Sampling
from engine.events import NO_VOICE


@dataclass(frozen=True)
class ReplySettings:
    """What a reply depends on beside its question and what was said before; `sampling` None is the model's own.

    `needs_voice`: a spoken question in which nobody speaks gets none.
    """

    schedule: str
    pooling: str = "none"
    seed: int = 0
    sampling: Sampling | None = None
    needs_voice: bool = True


def settings_of(turn: ChatTurn) -> ReplySettings:
    """How a turn of any kind was made, by what the engine said of it where it did."""
    drawn = turn.record.sampling
    sampling = (drawn["temperature"], drawn["top_p"]) if {"temperature", "top_p"} <= drawn.keys() else turn.sampling
    needs_voice = all(note.code != NO_VOICE for note in turn.notes)
    return ReplySettings(turn.schedule, turn.pooling, turn.seed, sampling, needs_voice)


class ReplyOptions:
    """How the coming turns shall be made."""

    def __init__(self, schedule: str) -> None:
        self.schedule, self.pooling, self.seed = schedule, "none", 0
        self.sampling: Sampling | None = None
        """None is the model's own."""

    @property
    def how(self) -> ReplySettings:
        """All of it, at this moment."""
        return ReplySettings(self.schedule, self.pooling, self.seed, self.sampling)

    def choose_schedule(self, text: str) -> None:
        """The schedule of the coming turns."""
        self.schedule = text

    def choose_pooling(self, text: str) -> None:
        """How the speech of the coming questions is merged."""
        self.pooling = text

    def choose_seed(self, seed: int) -> None:
        """The seed of the coming turns."""
        self.seed = seed

    def choose_sampling(self, temperature: float, top_p: float) -> None:
        """How freely the coming turns are drawn: temperature 0 always takes the likeliest token."""
        self.sampling = (temperature, top_p)

    def choose_own_sampling(self) -> None:
        """Tokens are drawn as the model's makers set it."""
        self.sampling = None
