"""What a check is, and what came of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine import log

if TYPE_CHECKING:  # they bring torch along
    from engine.headless import Answer, Question
    from engine.models.spoken_lm import SpokenLM

State = Literal["ok", "note", "failed", "skipped"]
"""note: as it should be on this machine, but worth knowing. skipped: what it needs has failed."""


class SelfTestFailed(RuntimeError):
    """Something is not as it should be; the message is a sentence for the user."""


class SelfTestSkipped(RuntimeError):
    """An earlier check has failed; the message is a sentence."""


class Remark(str):
    """What a check returns for a state of `note`."""


@dataclass
class Bench:
    """What checks hand on; `folder` is an empty one that is gone afterwards."""

    folder: Path
    model: SpokenLM | None = None
    question: Question | None = None
    replies: dict[str, Answer] = field(default_factory=dict)
    """By the text form of their schedules."""

    def loaded(self) -> SpokenLM:
        """Raises `SelfTestSkipped` where the model could not be loaded."""
        if self.model is None:
            raise SelfTestSkipped("Not tried, because the model could not be loaded.")
        return self.model

    def asked(self) -> Question:
        """The bundled question. Raises `SelfTestSkipped` where it was not found."""
        if self.question is None:
            raise SelfTestSkipped("Not tried, because there is no question to try it with.")
        return self.question

    def reply(self, schedule: str) -> Answer:
        """Raises `SelfTestSkipped` where there is none."""
        if schedule not in self.replies:
            raise SelfTestSkipped("Not tried, because there is no reply to try it with.")
        return self.replies[schedule]


@dataclass(frozen=True)
class Check:
    """`work` returns a sentence on what it found (a `Remark` for a note) and raises what is wrong."""

    name: str
    work: Callable[[Bench], str]


@dataclass(frozen=True)
class Finding:
    """What came of a check, as a sentence, after so many seconds."""

    name: str
    state: State
    sentence: str
    seconds: float


def run(checks: Sequence[Check]) -> Iterator[Finding]:
    """Does one check after the other; whatever happens in one becomes its sentence, and the next one is done."""
    with tempfile.TemporaryDirectory(prefix="refrain-self-test-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder))
        for check in checks:
            began = time.perf_counter()
            state, sentence = _done(check, bench)
            yield Finding(check.name, state, " ".join(sentence.split()), time.perf_counter() - began)


def _done(check: Check, bench: Bench) -> tuple[State, str]:
    try:
        found = check.work(bench)
    except SelfTestFailed as error:
        return "failed", str(error)
    except SelfTestSkipped as error:
        return "skipped", str(error)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of a native library is no Exception
        return "failed", log.explain(error)
    return ("note" if isinstance(found, Remark) else "ok"), found
