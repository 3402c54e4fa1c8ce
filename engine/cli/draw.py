"""How the command line says that tokens be drawn otherwise than the model's makers set it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.lm.sampling import Sampling
    from engine.models.spoken_lm import SpokenLM

TemperatureOption = Annotated[
    float | None, typer.Option(help="How freely tokens are drawn: 0 takes the likeliest (default: the model's own).")
]
TopPOption = Annotated[
    float | None, typer.Option(help="Draw among the likeliest tokens that together have this probability (above 0, to 1).")
]
TopKOption = Annotated[int | None, typer.Option(help="Draw among so many of the likeliest tokens; 0 is all.")]
PenaltyOption = Annotated[float | None, typer.Option(help="Above 1, what was said already comes less readily; 1 is off.")]


@dataclass(frozen=True)
class Draw:
    """None is as the model's makers set it. Raises `ValueError` with a sentence for a number that cannot be used."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    repetition_penalty: float | None = None

    def __post_init__(self) -> None:
        from engine.lm.sampling import Sampling

        Sampling(**self.given)

    @property
    def given(self) -> dict[str, Any]:
        """What differs, by the names of `engine.lm.sampling.Sampling`."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def of(self, model: SpokenLM) -> Sampling:
        """The model's own, with what is given here."""
        return replace(model.sampling, **self.given)

    def without_effect(self, model: SpokenLM) -> str:
        """A sentence if some of it changes nothing with this model, else ""."""
        if (self.top_p is None and self.top_k is None) or self.of(model).temperature > 0:
            return ""
        return "At temperature 0 the likeliest token is always taken, so top-p and top-k change nothing."
