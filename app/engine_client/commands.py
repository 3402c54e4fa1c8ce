"""What crosses the border between the screen and the engine: plain frozen values, no tensors, no Qt, no callbacks."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from engine.earlier import EarlierTurn
from engine.events import Note
from engine.schedules import FrameShape
from engine.turn_record import TurnRecord

REPORTS = 4096  # beyond these the engine waits for the screen

Sampling = tuple[float, float]
"""Temperature (0 is greedy) and top-p; where None stands for it, the model's own are used."""


class NoModel(RuntimeError):
    """There is no model to talk to; the message is a sentence for the user."""


@dataclass(frozen=True)
class ModelFacts:
    """What the screen needs to know of a model."""

    name: str
    folder: str
    layers: int
    exit_layers: tuple[int, ...]
    chunk_length: int
    speech_rate: float  # speech tokens per second of sound
    context: int
    weights_bytes: int = 0  # all tensors as they are loaded
    kv_bytes_per_position: int = 0
    sampling: tuple[float, float] = (0.0, 1.0)  # temperature and top-p as the model's makers set them
    trained_heads: bool = True  # at the exits; else the model's own head stands in
    about: str = ""  # a sentence on what it can be asked
    examples: tuple[str, ...] = ()  # questions that it can answer
    runs_by: str = ""  # what computes, and how it keeps matrices
    frames: FrameShape | None = None  # of speech tokens that are frames of several codes
    mode: str = ""  # of a model that has several


@dataclass(frozen=True, eq=False)
class RenderQuestion:
    """A question to be rendered: typed `text`, or mono float32 `samples` at `rate` Hz. Raises `ValueError` for both.

    `needs_voice`: samples in which nobody speaks get no reply.
    """

    text: str | None = None
    samples: np.ndarray | None = None
    rate: int = 0
    needs_voice: bool = True

    def __post_init__(self) -> None:
        if (self.text is None) == (self.samples is None):
            raise ValueError("A question is either typed or spoken.")
        if self.samples is not None and self.rate <= 0:
            raise ValueError(f"A spoken question cannot have {self.rate} samples per second.")

    @property
    def seconds(self) -> float:
        """How long a spoken question is; 0 for a typed one."""
        return 0.0 if self.samples is None else len(self.samples) / self.rate


# --- reports: from the engine to the screen ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Loading:
    name: str


@dataclass(frozen=True)
class Ready:
    model: ModelFacts
    seconds: float


@dataclass(frozen=True)
class LoadFailed:
    """No model is loaded; `message` is a sentence."""

    message: str


@dataclass(frozen=True)
class Known:
    """A model beside the conversation's was loaded, by this name or folder."""

    name: str
    model: ModelFacts


@dataclass(frozen=True)
class Unusable:
    """A model beside the conversation's cannot be loaded; `message` is a sentence."""

    name: str
    message: str


@dataclass(frozen=True)
class Replying:
    """The reply of the turn or render with that number is made: `record` grows until `Ended`."""

    turn: int
    record: TurnRecord


@dataclass(frozen=True)
class Ended:
    """The turn or render is over and, if it is to be kept, on disk. One that failed early has no `Replying` before."""

    turn: int
    record: TurnRecord


@dataclass(frozen=True)
class Dropped:
    """The turn or render was stopped before its reply began."""

    turn: int


@dataclass(frozen=True)
class Interrupted:
    """The render made room for the conversation: it begins again, in another record, when the engine is free."""

    turn: int


@dataclass(frozen=True)
class Predicted:
    """Tokens per second that were to be expected of a render that has ended.

    `by_depth`: if every layer took the same time and nothing else took any. `by_costs`: what the calls that its steps made
    take each, as they were measured with the same model afterwards.
    """

    turn: int
    by_depth: float
    by_costs: float


@dataclass(frozen=True)
class Memory:
    """After a model was loaded and after every turn: what the conversation fills, and the most the program used."""

    positions: int
    capacity: int
    weights_bytes: int
    kv_bytes: int  # that are held
    kv_capacity_bytes: int
    peak_rss_bytes: int  # 0 where the system does not tell


@dataclass(frozen=True)
class Resumed:
    """An earlier session goes on: its latest `turns` are remembered, `by_words` of them by their words alone.

    `problem` is a sentence if nothing could be remembered.
    """

    turns: int = 0
    by_words: int = 0
    problem: str = ""


Report = (
    Loading | Ready | LoadFailed | Known | Unusable | Replying | Ended | Dropped | Interrupted | Predicted | Memory | Resumed
)


# --- whom the engine tells on its own thread --------------------------------------------------------------------------


class SoundSink(Protocol):
    """Whoever plays replies."""

    def play(self, turn: int, record: TurnRecord) -> None:
        """The sound of `turn` grows in `record`; returns at once."""


class Microphone(Protocol):
    """A question that is being spoken, read on the engine's thread, so that it does not wait for the screen."""

    rate: int

    def read(self) -> np.ndarray:
        """What came since the last call: mono float32 at `rate` Hz, maybe nothing."""


# --- commands: from the screen to the engine --------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    name: str


@dataclass(frozen=True)
class Begin:
    turn: int
    schedule: str
    seed: int
    pooling: str
    source: str
    notes: tuple[Note, ...]
    microphone: Microphone | None


@dataclass(frozen=True, eq=False)
class Feed:
    turn: int
    samples: np.ndarray
    rate: int


@dataclass(frozen=True)
class Reply:
    turn: int
    schedule: str
    seed: int
    sampling: Sampling | None
    needs_voice: bool


@dataclass(frozen=True)
class Ask:
    turn: int
    text: str
    schedule: str
    seed: int
    sampling: Sampling | None


@dataclass(frozen=True)
class Abandon:
    """The turn was cancelled: an open question of it need not wait for the next command."""

    turn: int


@dataclass(frozen=True)
class PlayedUntil:
    """Of the last reply only so much was played, if it is that turn's."""

    number: int
    seconds: float


@dataclass(frozen=True)
class TakeBack:
    """The last turn is forgotten, if it is that one: another reply takes its place."""

    number: int


@dataclass(frozen=True, eq=False)
class Resume:
    """An earlier session goes on; its last turn is known to the screen as `last`."""

    session: str
    past: tuple[EarlierTurn, ...]
    last: int
    conversation: int  # as `Mailbox.conversations`


@dataclass(frozen=True)
class BeginAgain:
    """The conversation is forgotten; of the next one nothing is kept if it is private."""

    private: bool = False


@dataclass(frozen=True)
class Render:
    number: int
    question: RenderQuestion
    schedule: str
    seed: int
    sampling: Sampling | None
    pooling: str
    model: str


@dataclass(frozen=True)
class Look:
    """What kind of model that is shall be found out, for which it is loaded beside the conversation's."""

    name: str


@dataclass(frozen=True)
class LetGo:
    """No other model than the conversation's is needed for now."""


Command = (
    Load | Begin | Feed | Reply | Ask | Abandon | PlayedUntil | TakeBack | Resume | BeginAgain | Render | Look | LetGo
)

# --- what lies between the two ----------------------------------------------------------------------------------------


@dataclass
class Mailbox:
    """What both sides share. The plain values have one writer, the screen; the engine looks at them between tokens."""

    commands: queue.SimpleQueue[Command | None] = field(default_factory=queue.SimpleQueue)  # None is the end
    reports: queue.Queue[Report] = field(default_factory=lambda: queue.Queue(REPORTS))
    cancelled: int = 0  # turns of the conversation up to this number
    unwanted: set[int] = field(default_factory=set)  # numbers of renders
    calls: int = 0  # counts what a render has to make room for; grows after the command was put
    conversations: int = 0  # that were begun: what is still done for an older one need not be finished
    closing: bool = False
