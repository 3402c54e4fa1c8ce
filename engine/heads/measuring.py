"""How often the exit heads that a model has agree with full depth, beside the logit lens: nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import Progress

from engine import installed
from engine.evaluation.sets import QuestionSet
from engine.headless import AskError
from engine.heads import head as heads
from engine.heads import recording
from engine.heads.goal import goal_of
from engine.heads.recording import MOST_TOKENS, HiddenStateRecorder
from engine.heads.train import head_ids, of_ids, trained_heads
from engine.models.spoken_lm import SpokenLM


@dataclass(frozen=True)
class Measured:
    """Shares of `places` where the head of `layer`, or the logit lens there, chooses the same token as full depth."""

    layer: int
    head: float
    lens: float
    places: int


def measure(model: SpokenLM, questions: QuestionSet, layers: Sequence[int], progress: Progress) -> list[Measured]:
    """Over the replies to `questions`, at every place for speech; by default at all layers with a trained head.

    Raises `ValueError` with a sentence.
    """
    trained = trained_heads(model)
    wanted = tuple(layers or sorted(trained))
    missing = [layer for layer in wanted if layer not in trained]
    if missing or not wanted:
        which = f"layer {missing[0]}" if missing else "any layer"
        raise ValueError(f"{model.name} has no trained exit head for {which}: {installed.command('heads train')} makes one.")
    ids = head_ids(model)
    with TemporaryDirectory(prefix="refrain-heads-") as folder:
        paths = _recorded(HiddenStateRecorder(model, wanted, ids, model.sampling, MOST_TOKENS), questions, Path(folder), progress)
        return [_measured(model, layer, index, paths) for index, layer in enumerate(wanted)]


def _recorded(recorder: HiddenStateRecorder, questions: QuestionSet, folder: Path, progress: Progress) -> list[Path]:
    paths, refused = [], ""
    for number, item in enumerate(progress.track(questions.items, description="replies")):
        path = recording.path_of(folder, number)
        try:
            recording.write(path, recorder.record(item.question, 0))
            paths.append(path)
        except (AskError, ValueError) as error:
            refused = str(error)
    if not sum(map(recording.places, paths)):
        raise ValueError(f"None of the questions got a spoken reply. {refused}".strip())
    return paths


def _measured(model: SpokenLM, layer: int, index: int, paths: Sequence[Path]) -> Measured:
    decoder, ids, goal = model.decoder, head_ids(model), goal_of(model, head_ids(model))

    def agreement(of: heads.Head) -> tuple[float, int]:
        replies = (heads.moved(recording.read(path, index), decoder.device) for path in paths)
        return goal.measure(of, replies)[1:]

    ours, places = agreement(of_ids(model, trained_heads(model)[layer], ids))
    return Measured(layer, ours, agreement(goal.head())[0], places)


def table(found: Sequence[Measured]) -> str:
    """Markdown."""
    lines = ["| Layer | Head | Logit lens | Places |", "| ---: | ---: | ---: | ---: |"]
    lines += [f"| {one.layer} | {one.head:.2%} | {one.lens:.2%} | {one.places:,} |" for one in found]
    return "\n".join(lines)
