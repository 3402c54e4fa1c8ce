"""What schedules there are, and which layer each gives a place. Pure arithmetic, without torch."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

KV = Literal["catch-up", "propagate", "hole"]
"""What the layers above an exit hold for its position.

catch-up: at the next full step, what they make of the exit's state; afterwards the cache is full depth's (SPAR-K).
propagate: at once, their keys and values of the exit's state as it is, for good (CALM's state propagation).
hole: nothing, for good: later positions do not attend to it there.
"""


Refresh = Literal["first", "last"]


class ScheduleError(ValueError):
    """A schedule that cannot be read or cannot run on this model; the message is a sentence for the user."""


@dataclass(frozen=True)
class Tolerance:
    """Which drafts a tolerant review keeps: those within full depth's `top_p`, or its `top_n` likeliest ids.

    The first has just enough of the likeliest ids for a probability of `top_p`, at the sampling's temperature (at 1 if
    greedy). Raises `ScheduleError` unless exactly one of them is given and in its range.
    """

    top_p: float | None = None
    top_n: int | None = None

    def __post_init__(self) -> None:
        if (self.top_p is None) == (self.top_n is None):
            raise ScheduleError("A tolerant review needs either a top-p or a top-n: write review(top-p=0.9), for example.")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ScheduleError(f"A review's top-p must be above 0 and at most 1, not {number(self.top_p)}.")
        if self.top_n is not None and self.top_n < 1:
            raise ScheduleError(f"A review's top-n must be at least 1, not {self.top_n}: 1 keeps only full depth's first choice.")

    def __str__(self) -> str:
        return f"top-n={self.top_n}" if self.top_p is None else f"top-p={number(self.top_p)}"


@dataclass(frozen=True)
class _Schedule:
    """What every schedule has.

    layer: where tokens exit; None is nowhere. threshold: see `Entropy`; None where it is not asked.
    text: places for text count as places for speech do, and exit early, too. There are no chunks then: groups run through
    the whole reply. kv: see `KV`. slice: at places for speech, full depth computes only the rows of its head that
    may come there, which changes nothing but the time it takes. codes: of a speech token that is a frame only so many are
    chosen, the first ones. code_layers: only so many layers of what chooses them are run. None is all.
    """

    _: KW_ONLY
    text: bool = False
    kv: KV = "catch-up"
    slice: bool = False
    codes: int | None = None
    code_layers: int | None = None

    review = False
    """Whether early tokens are drafts that full depth reviews."""
    tolerance = None  # type: Tolerance | None # an annotation would make a field of it
    """Which drafts beside full depth's own choice a review keeps: a `Tolerance`, or None."""

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        """The exit layer of the token at `chunk_index` (from 0) of its chunk; None is full depth.

        `chunk_length` None is a chunk without a known end, `layers` the model's number of layers. With `text` the index
        counts the whole reply's places for text and speech, which is one chunk without a known end.
        """
        raise NotImplementedError

    def _options(self) -> str:
        """What stands after a schedule's form, in the one order that is printed."""
        review = "+review" + (f"({self.tolerance})" if self.tolerance else "") if self.review else ""
        kv = "" if self.kv == "catch-up" else f"+{self.kv}"
        frames = "" if self.codes is None else f"+codes={self.codes}"
        frames += "" if self.code_layers is None else f"+code-layers={self.code_layers}"
        return ("+text" if self.text else "") + kv + review + ("+slice" if self.slice else "") + frames


@dataclass(frozen=True)
class Full(_Schedule):
    """Every token at full depth."""

    layer = threshold = None

    def __post_init__(self) -> None:
        for name, given in (("text", self.text), (self.kv, self.kv != "catch-up")):
            if given:
                raise ScheduleError(f"full+{name} has no early exit that +{name} could be about: use full alone.")

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        return None

    def __str__(self) -> str:
        return "full" + self._options()


@dataclass(frozen=True)
class Fixed(_Schedule):
    """Every speech token exits at `layer`: no refresh, so the upper layers catch up at the next token of full depth, if any."""

    layer: int
    threshold = None

    def __post_init__(self) -> None:
        _positive_layer(self.layer)

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        return self.layer if self.layer < layers else None

    def __str__(self) -> str:
        return f"fixed:{self.layer}{self._options()}"


@dataclass(frozen=True)
class Spark(_Schedule):
    """SPAR-K (arXiv 2603.09215): groups of `period` speech tokens, one of each at full depth, the rest at `layer`.

    `refresh` ("first" or "last") says which. Groups restart at every chunk; a tail group shorter than the place of its
    refresh has it at its end. With `review` the groups instead restart after every full step: `drafts` drafts, then one
    full step that reviews them, wherever `refresh` says; `depth` is then what happens while every draft is kept. A
    `tolerance` lets a review keep more drafts than full depth would have chosen itself.
    """

    period: int
    refresh: Refresh
    layer: int
    review: bool = False
    tolerance: Tolerance | None = None
    threshold = None

    def __post_init__(self) -> None:
        _positive_layer(self.layer)
        if self.period < 2:
            raise ScheduleError(f"A period of {self.period} leaves no token to exit early: use k=2 or more, or full.")
        if self.review and self.kv != "catch-up":
            raise ScheduleError(f"+review needs the keys and values that +{self.kv} never makes: use one of them alone.")
        if self.tolerance and not self.review:
            raise ScheduleError(
                f"A tolerance of {self.tolerance} is of no use without a review: write +review({self.tolerance})."
            )

    @property
    def drafts(self) -> int:
        """Early tokens in one whole group."""
        return self.period - 1

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        if self.layer >= layers:
            return None
        place = chunk_index % self.period
        if self.review:
            return None if place == self.drafts else self.layer
        refresh = 0 if self.refresh == "first" else self.period - 1
        if chunk_length is not None:
            refresh = min(refresh, chunk_length - (chunk_index - place) - 1)
        return None if place == refresh else self.layer

    def __str__(self) -> str:
        name = NAME_OF.get((self.period, self.refresh), f"k={self.period},{self.refresh}")
        return f"spark:{name}@{self.layer}{self._options()}"


@dataclass(frozen=True)
class Entropy(_Schedule):
    """Every speech token runs to `layer`, and exits there if the exit head is sure enough; else it runs on.

    Sure enough is an entropy below `threshold` nats, of the head's probabilities over the ids that may come, before any
    temperature or top-p. A token that runs on is a refresh: what pends catches up with it. Which depth a token gets is
    not known beforehand: `depth` is the least it can be.
    """

    layer: int
    threshold: float

    def __post_init__(self) -> None:
        _positive_layer(self.layer)
        if not 0 < self.threshold < float("inf"):
            raise ScheduleError(
                f"An entropy threshold of {number(self.threshold)} nats lets no token exit: write one above 0, as in "
                f"entropy:{self.layer}<0.5, or use full."
            )

    def depth(self, chunk_index: int, chunk_length: int | None, layers: int) -> int | None:
        return self.layer if self.layer < layers else None

    def __str__(self) -> str:
        return f"entropy:{self.layer}<{number(self.threshold)}{self._options()}"


Schedule = Full | Fixed | Spark | Entropy

PERIOD_OF: dict[str, tuple[int, Refresh]] = {"even": (2, "first"), "odd": (2, "last"), "triple": (3, "first")}
"""The paper's names: period and place of the refresh."""
NAME_OF = {place: name for name, place in PERIOD_OF.items()}


def number(value: float) -> str:
    """The shortest text that reads as this number again."""
    return repr(float(value)).removesuffix(".0").replace("e+", "e")


def _positive_layer(layer: int) -> None:
    if layer < 1:
        raise ScheduleError("The exit layer must be at least 1: a token has to run some layer.")
