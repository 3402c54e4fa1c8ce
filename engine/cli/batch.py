"""Many questions in one file, answered in order by one loaded model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from engine import audio_files, log
from engine.cli.draw import Draw
from engine.dialogue import Dialogue
from engine.headless import NothingSaid, Question, Trace, ask
from engine.lm.sampling import check_seed
from engine.models.spoken_lm import SpokenLM
from engine.prefill import pooling as poolings
from engine.schedules import check, parse

INSIST = "With --send-anyway it is asked all the same."
_KINDS = {str: "text", int: "whole number", float: "number"}


@dataclass(frozen=True)
class Settings:
    """What holds for every line that does not say otherwise; `out` is a folder for the replies' sound.

    With `conversation` the lines are turns of one dialogue.
    """

    schedule: str = "full"
    seed: int = 0
    out: Path | None = None
    trace: Trace | None = None
    max_tokens: int = 2000
    pooling: str = "none"
    conversation: bool = False
    draw: Draw = field(default_factory=Draw)
    needs_voice: bool = True


def read(path: Path) -> list[tuple[int, str]]:
    """The lines of a JSONL file that are not blank, with their numbers.

    Raises `OSError`, or `ValueError` with a sentence if it is no text or has no line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8: a batch has one JSON object per line.") from error
    questions = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise ValueError(f'{path} has no questions: write one {{"text": "…"}} or {{"audio": "…"}} per line.')
    return questions


def answers(model: SpokenLM, questions: list[tuple[int, str]], folder: Path, settings: Settings) -> Iterator[dict[str, Any]]:
    """One object per question, in order, each from a dialogue of its own (or not): an answer's figures, or its `error`.

    A line may have its own "schedule", "pooling", "seed" and what `Draw` has. Sound files are looked for in `folder`, then
    in the current one.
    `turn` counts the questions from 1, `line` is the line's number. An interrupted answer is the last one.
    """
    dialogue = Dialogue(model, max_tokens=settings.max_tokens, needs_voice=settings.needs_voice)
    for turn, (number, line) in enumerate(questions, 1):
        place = {"turn": turn, "line": number}
        if not settings.conversation:
            dialogue.reset()
        try:
            answer = _answer(dialogue, line, folder, settings, turn)
        except NothingSaid as error:
            yield {"error": f"{error} {INSIST}", **place}
            continue
        except Exception as error:
            yield {"error": log.explain(error), **place}
            continue
        yield {**answer, **place}
        if answer["interrupted"]:
            return


def _answer(dialogue: Dialogue, line: str, folder: Path, settings: Settings, turn: int) -> dict[str, Any]:
    model, wanted = dialogue.model, _object(line)
    schedule = parse(_field(wanted, "schedule", str, settings.schedule))
    pooling = poolings.parse(_field(wanted, "pooling", str, settings.pooling))
    seed = check_seed(_field(wanted, "seed", int, settings.seed))
    draw = replace(settings.draw, **_drawn(wanted))
    audio = _field(wanted, "audio", str, None)
    # Where a line has both, the text is what the recording says.
    typed = _field(wanted, "text", str, None)
    question = Question(typed) if audio is None else Question(audio=_find(audio, folder))
    if question == Question():
        raise ValueError('The line has neither "text" nor "audio".')
    check(schedule, model.decoder.config.layers, model.exit_heads, model.decoder.frame_shape)
    poolings.check(pooling, model.decoder.config.layers)
    dialogue.schedule, dialogue.pooling, dialogue.seed, dialogue.sampling = schedule, pooling, seed, draw.of(model)
    if settings.trace is not None:
        settings.trace.how = {"sampling": draw.given} if draw.given else {}
    trace = settings.trace
    answer = ask(dialogue, question, partial(trace.watch, turn=turn)) if trace else ask(dialogue, question)
    path = settings.out and settings.out / f"{turn:04}.wav"
    if path:
        audio_files.write(path, answer.samples, answer.stats.sample_rate)
    return answer.as_json(model.name, path)


def _object(line: str) -> dict[str, Any]:
    try:
        wanted = json.loads(line)
    except ValueError as error:
        raise ValueError(f"The line is not JSON ({error}).") from error
    if not isinstance(wanted, dict):
        raise ValueError('The line is not a JSON object like {"text": "Hello"}.')
    return wanted


def _drawn(wanted: dict[str, Any]) -> dict[str, Any]:
    """What a line says of how its tokens are drawn."""
    found = {one.name: _field(wanted, one.name, int if one.name == "top_k" else float, None) for one in fields(Draw)}
    return {name: value for name, value in found.items() if value is not None}


def _field(wanted: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = wanted.get(name)
    if value is None:
        return default
    allowed = (float, int) if kind is float else kind
    if not isinstance(value, allowed) or isinstance(value, bool):
        raise ValueError(f'"{name}" must be a {_KINDS[kind]}, not {json.dumps(value)}.')
    return value


def _find(audio: str, folder: Path) -> Path:
    beside = folder / audio
    return beside if beside.exists() or not Path(audio).exists() else Path(audio)
