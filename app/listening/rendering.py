"""One question rendered in several ways, one after the other. No widgets, no engine objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from app.engine_client.channel import EngineThread
from app.engine_client.commands import (
    Dropped,
    Ended,
    Interrupted,
    Known,
    ModelFacts,
    Predicted,
    RenderQuestion,
    Replying,
    Report,
    Sampling,
)
from engine.events import TurnStats
from engine.turn_record import TurnRecord

FIRST_GUESS = 150  # tokens of a reply, before one of them is known


@dataclass(frozen=True)
class Variant:
    """How to render: a schedule's text form, a seed, the sampling (None is the model's own), and a pooling's text form.

    `model` is what the engine loads, "" the conversation's; `model_name` what people call it, "" where all have the same.
    """

    schedule: str
    seed: int = 0
    sampling: Sampling | None = None
    pooling: str = "none"
    model: str = ""
    model_name: str = ""

    @property
    def title(self) -> str:
        """What tells it from the others."""
        pooling = self.pooling if self.pooling != "none" else ""
        return "  ·  ".join(filter(None, (self.model_name, self.schedule, pooling)))


@dataclass(frozen=True, eq=False)
class Rendered:
    """A reply that was rendered to its end. `samples` are mono float32 at `rate` Hz, as the model made them."""

    prompt: str
    """The question in words, or what it was called."""
    variant: Variant
    samples: np.ndarray
    rate: int
    record: TurnRecord
    model: str = ""
    speech_rate: float = 25.0  # speech tokens per second of sound
    gain_db: float = 0.0  # that is already in the samples
    predicted: Predicted | None = None  # comes a while after the reply

    @property
    def stats(self) -> TurnStats:
        stats = self.record.stats
        assert stats is not None  # only a turn that came to its end has become one of these
        return stats

    @property
    def schedule(self) -> str:
        return self.variant.schedule

    @property
    def title(self) -> str:
        return self.variant.title

    @property
    def text(self) -> str:
        return self.record.text.strip()

    @property
    def speech_depth(self) -> float | None:
        """Mean depth of the speech tokens in layers."""
        return self.record.depths["speech"].mean


State = Literal["waiting", "rendering", "interrupted", "done", "cancelled", "failed"]


@dataclass
class RenderJob:
    """One variant on its way."""

    number: int
    variant: Variant
    state: State = "waiting"
    record: TurnRecord = field(default_factory=TurnRecord)
    result: Rendered | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "cancelled", "failed")


class Rendering:
    """The renders of one question. `take` is given all of the engine's reports and keeps those that are its own."""

    def __init__(self, engine: EngineThread) -> None:
        self._engine = engine
        self.jobs: list[RenderJob] = []
        self._ours: set[int] = set()
        self._prompt = ""
        self._known: dict[str, ModelFacts] = {}  # models by what the engine loads

    def start(self, question: RenderQuestion, prompt: str, variants: Sequence[Variant], model: ModelFacts) -> None:
        """Asks the engine for one reply per variant; whatever is still being rendered is cancelled.

        `model` is the conversation's. What others are is told before anything of theirs comes.
        """
        self.cancel()
        self._prompt, self._known[""] = prompt, model
        self.jobs = []
        for variant in variants:
            how = (variant.schedule, variant.seed, variant.sampling, variant.pooling, variant.model)
            number = self._engine.render(question, *how)
            self._ours.add(number)
            self.jobs.append(RenderJob(number, variant))

    def cancel(self) -> None:
        """Stops what is not done."""
        for job in self.jobs:
            if not job.is_over:
                job.state = "cancelled"
                self._engine.cancel_render(job.number)

    @property
    def is_running(self) -> bool:
        return any(not job.is_over for job in self.jobs)

    @property
    def results(self) -> list[Rendered]:
        """What is done, in the order of the variants."""
        return [job.result for job in self.jobs if job.result is not None]

    @property
    def current(self) -> RenderJob | None:
        """The one that is being rendered, or comes next."""
        return next((job for job in self.jobs if not job.is_over), None)

    @property
    def progress(self) -> float:
        """0 to 1. How long a reply becomes is guessed from those that are done: the guess alone never reaches the end."""
        if not self.jobs:
            return 0.0
        known = [len(result.record.tokens) for result in self.results]
        guess = sum(known) / len(known) if known else FIRST_GUESS
        current = self.current
        came = len(current.record.tokens) if current and current.state == "rendering" else 0
        part = came / guess if came <= 0.8 * guess else 1 - 0.2 * 0.8 * guess / came
        return (sum(job.is_over for job in self.jobs) + part) / len(self.jobs)

    def take(self, report: Report) -> bool:
        """Whether the report was about one of these renders."""
        if isinstance(report, Known):
            self._known[report.name] = report.model
        if not isinstance(report, Replying | Ended | Dropped | Interrupted) or report.turn not in self._ours:
            return False
        job = next((job for job in self.jobs if job.number == report.turn and not job.is_over), None)
        match report:
            case _ if job is None:
                pass  # cancelled: what still comes of it is not wanted
            case Dropped():
                job.state = "cancelled"
            case Interrupted():
                job.state = "interrupted"
            case Replying(_, record):
                job.state, job.record = "rendering", record
            case Ended(_, record):
                job.record = record
                if record.state == "finished":
                    job.state, job.result = "done", self._result(job)
                elif record.state != "running":
                    job.state = record.state
        return True

    def predict(self, report: Predicted) -> None:
        """What was to be expected of a reply that is done."""
        for job in self.jobs:
            if job.number == report.turn and job.result is not None:
                job.result = replace(job.result, predicted=report)

    def _result(self, job: RenderJob) -> Rendered:
        record, facts = job.record, self._known[job.variant.model]
        name = job.variant.model_name or facts.name
        return Rendered(self._prompt, job.variant, record.samples(), record.sample_rate, record, name, facts.speech_rate)
