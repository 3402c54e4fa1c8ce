"""The judge's part of a run: what can be understood of each reply, and what a predictor thinks of its sound."""

from __future__ import annotations

import math
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.progress import Progress

from engine import audio_files
from engine.evaluation.answers import EvaluationRun, scored
from engine.evaluation.judges import Judge, Once
from engine.evaluation.results import Result
from engine.evaluation.sets import EvalItem, QuestionSet
from engine.speech.resample import mono

_SLOWEST = 600  # seconds that a predictor may take for one reply

Predictor = Callable[[np.ndarray, int], float]
"""Mono samples and their rate -> a mean opinion score."""


def judge_replies(
    run: EvaluationRun,
    results: Sequence[Result],
    sets: Iterable[QuestionSet],
    judge: Judge | None,
    predictor: Predictor | None,
    progress: Progress,
) -> list[Result]:
    """The results with what judge and predictor say; what they have said before is not asked again.

    Raises `ValueError` with a sentence if the predictor cannot be used.
    """
    items = {(one.name, item.id): item for one in sets for item in one.items}
    listener = judge and Once(judge)
    task = progress.add_task("judging", total=len(results))
    found = []
    for result in results:
        if not result.failed:
            result = _judged(run, result, items[result.set, result.id], listener, predictor)
        found.append(result)
        progress.advance(task)
    return found


def command(line: str) -> Predictor:
    """A predictor that runs a command with a WAV file's path after it and reads the last number it prints.

    Raises `ValueError` with a sentence, then or when it is used.
    """
    words = shlex.split(line, posix=os.name != "nt")
    if not words:
        raise ValueError("The command for opinion scores is empty: give a program that takes the path of a WAV file.")

    def predict(samples: np.ndarray, rate: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reply.wav"
            audio_files.write(path, samples, rate)
            return _number(_output([*words, str(path)], line), line)

    return predict


def _judged(run: EvaluationRun, result: Result, item: EvalItem, judge: Judge | None, predictor: Predictor | None) -> Result:
    if judge is not None and result.speech is not None and result.judge == judge.name:
        judge = None  # it has listened to this one
    if result.mos is not None:
        predictor = None
    if judge is None and predictor is None:
        return result
    samples, rate = audio_files.read(run.sound(result))
    samples = mono(samples)
    if judge is not None:
        result = scored(replace(result, judge=judge.name, speech=judge.transcribe(samples, rate)), item)
    if predictor is not None:
        result = replace(result, mos=predictor(samples, rate))
    run.results.add(result)
    return result


def _output(words: list[str], line: str) -> str:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_SLOWEST)
    except OSError as error:
        raise ValueError(f"{line!r} cannot be run: {(error.strerror or str(error)).lower()}.") from error
    except subprocess.TimeoutExpired:
        raise ValueError(f"{line!r} took more than {_SLOWEST // 60} minutes for one reply and was stopped.") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ValueError(f"{line!r} ended with code {done.returncode}{f': {said[-1]}' if said else '.'}")
    return done.stdout


def _number(printed: str, line: str) -> float:
    numbers = re.findall(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", printed)
    if not numbers or not math.isfinite(float(numbers[-1])):
        raise ValueError(f"{line!r} printed no number: it must print the score of the WAV file it is given.")
    return float(numbers[-1])
