"""Puts a set to a model, question by question; the judge's part comes afterwards (`engine.evaluation.judging`).

A result counts only for the very weights and question that it was measured with; whether it is right is told anew by the key as
it is now. A run that was stopped goes on where it stopped, and asks again what could not be answered.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress

from engine import audio_files
from engine.audio_files import AudioFileError
from engine.dialogue import Dialogue
from engine.evaluation import memory, scoring
from engine.evaluation.cases import Case
from engine.evaluation.results import Result, Results
from engine.evaluation.sets import NOTHING, EvalItem, QuestionSet
from engine.events import TurnStats
from engine.headless import Answer, AskError, NothingSaid, Question, ask
from engine.lm.sampling import Sampling
from engine.models.checkpoints.exit_heads import FILE, own_folder
from engine.models.spoken_lm import SpokenLM

UNKNOWN = "unknown"


class EvaluationRun:
    """Answers of one model, kept in `folder`: results and, with `keep_sound`, every reply's sound (lossless).

    `sampling` is by default the model's. Raises `OSError` with a sentence for a folder that cannot be written.
    """

    def __init__(
        self,
        model: SpokenLM,
        folder: Path,
        sampling: Sampling | None = None,
        keep_sound: bool = False,
        max_tokens: int = 2000,
    ) -> None:
        self.results, self.folder = Results(folder), folder
        self._model, self._keep_sound, self._max_tokens = model, keep_sound, max_tokens
        self._sampling = sampling or model.sampling
        self._weights = fingerprint(model.folder)
        self._warm = False

    def answer(self, questions: QuestionSet, case: Case, progress: Progress) -> list[Result]:
        """One result per question, in order. Raises `ValueError` with a sentence for a case the model cannot run."""
        dialogue = Dialogue(
            self._model, case.schedule, self._sampling, case.seed, max_tokens=self._max_tokens, pooling=case.pooling
        )
        task = progress.add_task(f"{questions.name} · {case}", total=len(questions.items))
        found = []
        for item in questions.items:
            empty = self._empty(questions.name, item, case)
            kept = done = self.results[empty.identity]
            if done is None or done.failed or (self._keep_sound and not self.sound(done).is_file()):
                self._warm_up(dialogue, item)
                done = self._ask(dialogue, item, empty)
            done = scored(done, item)
            if done != kept:
                self.results.add(done)
            found.append(done)
            progress.advance(task)
        return found

    def sound(self, result: Result) -> Path:
        """Where a reply's sound is kept."""
        parts = result.set, result.schedule, result.pooling, f"seed {result.seed}", result.id
        return self.folder.joinpath("replies", *map(_file_name, parts)).with_suffix(".flac")

    def _empty(self, name: str, item: EvalItem, case: Case) -> Result:
        sampling = self._sampling.values
        form = "greedy" if not self._sampling.temperature else " ".join(f"{n}={v:g}" for n, v in sampling.items())
        return Result(
            self._weights, name, case.schedule, case.pooling, case.seed, form, item.id, item.text, self._mark(item), item.voice,
            item.area,
        )  # fmt: skip

    def _mark(self, item: EvalItem) -> str:
        """Of what a reply depends on beside the case and the question's text."""
        level = "" if item.peak is None else f" {item.peak:g} dBFS"
        digest = zlib.crc32(f"{item.before} {self._max_tokens}{level}".encode())
        if item.made is not None:
            digest = zlib.crc32(item.made().samples.tobytes(), digest)
        elif item.audio is not None and item.audio.is_file():
            digest = zlib.crc32(item.audio.read_bytes(), digest)
        return f"{digest:08x}"

    def _warm_up(self, dialogue: Dialogue, item: EvalItem) -> None:
        """The first reply of a process pays for what later ones find ready: it is given once without being measured."""
        if not self._warm:
            self._warm = True
            with suppress(AskError, ValueError):
                _whole(ask(dialogue, item.question))

    def _ask(self, dialogue: Dialogue, item: EvalItem, empty: Result) -> Result:
        dialogue.reset()
        memory.begin(self._model.decoder.device)
        try:
            if item.before:
                _whole(ask(dialogue, Question(item.before)))
            answer = _whole(ask(dialogue, item.question))
        except (NothingSaid, AudioFileError) as error:
            return replace(empty, failed=str(error), right=True if item.area == NOTHING else None)
        except (AskError, ValueError) as error:
            return replace(empty, failed=str(error))
        stats = answer.stats
        result = replace(
            empty,
            heard=stats.heard,
            text=stats.text,
            ids=answer.record.ids,
            positions=dialogue.positions - answer.record.positions,
            whole=not stats.limits,
            **_costs(stats),
            kv_bytes=dialogue.kv_bytes,
            memory=memory.taken(self._model.decoder.device),
        )
        if self._keep_sound:
            path, samples = self.sound(result), answer.samples
            path.parent.mkdir(parents=True, exist_ok=True)
            audio_files.write(path, samples if len(samples) else np.zeros(1, np.float32), stats.sample_rate)
        return result


def scored(result: Result, item: EvalItem) -> Result:
    """The result with all that the question's key and text say about its reply."""
    if result.failed:
        return result
    speech = result.speech
    return replace(
        result,
        right=is_right(result.text, item),
        exact=bool(item.answer) and scoring.same(result.text, item.answer),
        heard_errors=scoring.word_errors(result.heard, item.text) if item.is_spoken and item.text else None,
        speech_errors=None if speech is None else scoring.word_errors(speech, result.text),
        right_in_speech=None if speech is None else is_right(speech, item),
    )


def is_right(text: str, item: EvalItem) -> bool | None:
    """Whether a reply, or what was understood of it, is right; None where nothing says what would be."""
    if item.area == NOTHING:
        return False
    if item.area == UNKNOWN:
        return scoring.same(text, item.answer)
    keys = [key for key in (item.key, *item.aliases) if key]
    return any(scoring.right(text, key) for key in keys) if keys else None


def fingerprint(folder: Path) -> str:
    """Changes with any of the model's files of weights and with heads of the user's own for it.

    Of big files only names, sizes and beginnings are read.
    """
    digest = hashlib.blake2b(digest_size=6)
    for path in (*sorted(folder.glob("*.safetensors")), *own_folder(folder).glob(FILE)):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}".encode())
        with path.open("rb") as file:
            digest.update(file.read() if size < 1 << 28 else file.read(1 << 22))
    return digest.hexdigest()


def _costs(stats: TurnStats) -> dict[str, Any]:
    times = stats.seconds
    return {
        "text_tokens": stats.tokens["text"],
        "speech_tokens": stats.tokens["speech"],
        "speech_depth": stats.depth["mean_speech"],
        "mean_depth": stats.depth["mean_all"],
        "accepted": stats.accepted,
        "rejected": stats.rejected,
        "tokens_per_second": stats.tokens_per_second,
        "real_time_factor": stats.real_time_factor,
        "first_audio": times["first_audio"],
        "first_token": times.get("first_token"),
        "audio_seconds": stats.audio_seconds,
        "question_seconds": stats.question_seconds,
        "prefill": dict(stats.prefill),
    }



def _whole(answer: Answer) -> Answer:
    if answer.interrupted:
        raise KeyboardInterrupt
    return answer


def _file_name(text: str) -> str:
    """A name that any system takes; what had to be changed for it stays told apart by a checksum."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
    return name if name == text else f"{name}-{zlib.crc32(text.encode()):08x}"
