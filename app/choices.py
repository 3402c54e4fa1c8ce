"""How the coming turns shall be made."""

from __future__ import annotations

from app.engine_commands import Sampling


class Choices:
    def __init__(self, schedule: str) -> None:
        self.schedule, self.pooling, self.seed = schedule, "none", 0
        self.sampling: Sampling | None = None
        """None is the model's own."""

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
