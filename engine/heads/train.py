"""From a model to its `heads.safetensors`: replies are recorded, each layer's head is trained, the file is written.

Everything can be stopped and goes on when the same is wanted again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from platformdirs import user_cache_path
from rich.progress import Progress
from safetensors.torch import save

from engine import whole_file
from engine.evaluation.sets import QuestionSet
from engine.headless import AskError
from engine.heads import recording
from engine.heads.goal import goal_of
from engine.heads.head import Head
from engine.heads.recording import MOST_TOKENS, HiddenStateRecorder
from engine.heads.training import Agreement, LayerTraining
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampling
from engine.models.checkpoints.exit_heads import ABOUT, FILE, own_folder, weights_mark
from engine.models.spoken_lm import SpokenLM
from engine.resources import resources_folder


@dataclass(frozen=True)
class HeadTrainingPlan:
    """`replies` to `questions`, in turn; with more replies than questions the others get further seeds."""

    layers: tuple[int, ...]
    questions: QuestionSet
    replies: int
    epochs: int = 4
    sampling: Sampling | None = None
    max_tokens: int = MOST_TOKENS


def train(model: SpokenLM, plan: HeadTrainingPlan, target: Path, progress: Progress) -> list[Agreement]:
    """Writes the heads into `target` (see `target_folder`) -> how often each agrees with full depth.

    Heads that the model has for other layers are kept in the file. Until then the recording is in the user's cache. Raises
    `ValueError` or `OSError` with a sentence.
    """
    _check(model, plan)
    ids, trained = head_ids(model), trained_heads(model)
    work = user_cache_path("refrain", appauthor=False) / "heads" / _key(model, plan)
    work.mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    recorded = _record(model, plan, ids, work, progress)
    parts = recording.split(recorded, len(plan.questions.items))
    places = sum(recording.places(recording.path_of(work, number)) for number in parts[0])
    if not places or not parts[2]:
        raise ValueError("Too few replies with speech to learn from: give more questions, at least five.")
    is_of_frames = model.decoder.frames is not None
    tensors = {} if is_of_frames else {"ids": ids.to(torch.int32)}
    for layer, head in trained.items():
        if is_of_frames or (head.ids is not None and torch.equal(head.ids.cpu(), ids)):
            tensors |= _named(layer, {"norm": head.norm.weight, "weight": head.rows, "bias": head.bias})
    goal = goal_of(model, ids)
    found = []
    for index, layer in enumerate(plan.layers):
        task = progress.add_task(f"layer {layer}", total=plan.epochs)
        training = LayerTraining(model.decoder, goal, work, layer, index, parts)
        before = of_ids(model, trained[layer], ids) if layer in trained else None
        best, agreement = training.train(plan.epochs, partial(progress.advance, task), before)
        tensors |= _named(layer, best)
        found.append(agreement)
    about = {
        "weights": weights_mark(model.decoder),
        "model": model.name,
        "replies": len(recorded),
        "places": places,
        "epochs": plan.epochs,
        "agreement": [asdict(one) for one in found],
    }
    _write(target / FILE, tensors, about)
    shutil.rmtree(work, ignore_errors=True)
    return found


def target_folder(model: SpokenLM) -> Path:
    """Beside the model, or where that ships with the program or cannot be written, the user's data for it."""
    folder = model.folder.resolve()
    if resources_folder() not in (folder, *folder.parents) and _writable(folder):
        return folder
    return own_folder(model.folder)


def head_ids(model: SpokenLM) -> torch.Tensor:
    """The ids [rows] a head chooses from: those of the model's present heads, be it the logit lens."""
    ids = next(iter(model.exit_heads.values())).ids
    return torch.arange(model.decoder.config.vocabulary) if ids is None else ids.cpu()


def trained_heads(model: SpokenLM) -> dict[int, ExitHead]:
    """The model's heads that are not the logit lens, whose norm is the model's own."""
    return {n: head for n, head in model.exit_heads.items() if head.norm.weight is not model.decoder.norm.weight}


def of_ids(model: SpokenLM, head: ExitHead, ids: torch.Tensor) -> Head:
    """A head of the model as one in training is: of the `ids` alone, where it chooses from ids."""
    dtype, rows = model.decoder.dtype, ids.to(model.decoder.device)
    if model.decoder.frames is not None:
        return lambda states: head.logits(states.to(dtype))
    return lambda states: head.logits(states.to(dtype))[:, rows]


def _check(model: SpokenLM, plan: HeadTrainingPlan) -> None:
    layers = model.decoder.config.layers
    if not model.exit_heads:
        raise ValueError(f"{model.name} has no place where a token could exit early: there is no head to train.")
    wrong = [layer for layer in plan.layers if not 0 < layer < layers]
    if wrong or not plan.layers:
        which = f"not {wrong[0]}" if wrong else "at least one"
        raise ValueError(f"{model.name} has {layers} layers: choose layers from 1 to {layers - 1}, {which}.")
    if plan.replies < 1 or plan.epochs < 1:
        raise ValueError("Heads need at least one reply and one epoch.")


def _record(model: SpokenLM, plan: HeadTrainingPlan, ids: torch.Tensor, work: Path, progress: Progress) -> list[int]:
    """Records what is missing -> the numbers of all replies that there are."""
    recorder = HiddenStateRecorder(model, plan.layers, ids, plan.sampling or model.sampling, plan.max_tokens)
    items, refused = plan.questions.items, ""
    found: list[int] = []
    task = progress.add_task("replies", total=plan.replies)
    for number in range(plan.replies):
        path = recording.path_of(work, number)
        if not path.is_file():
            item = items[number % len(items)]
            try:
                recording.write(path, recorder.record(item.question, number // len(items)))
            except (AskError, ValueError) as error:
                refused = str(error)
            if path.is_file() and not found:
                _check_room(path, plan.replies)
        if path.is_file():
            found.append(number)
        progress.advance(task)
    if not found:
        raise ValueError(f"None of the questions could be asked: {refused}")
    return found


def _check_room(path: Path, replies: int) -> None:
    wanted, free = 1.2 * replies * path.stat().st_size, shutil.disk_usage(path.parent).free
    if wanted > free:
        raise OSError(
            f"The recording of {replies} replies takes about {wanted / 1e9:.1f} GB, but {path.parent} has {free / 1e9:.1f} GB "
            "free: ask for fewer replies or layers."
        )


def _key(model: SpokenLM, plan: HeadTrainingPlan) -> str:
    """Changes with whatever the recording depends on."""
    asked = [(item.text, str(item.audio)) for item in plan.questions.items]
    parts = (
        str(model.folder.resolve()), weights_mark(model.decoder), plan.layers, asked,
        str(plan.sampling or model.sampling), plan.max_tokens,
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _named(layer: int, parts: Mapping[str, torch.Tensor | None]) -> dict[str, torch.Tensor]:
    named = {f"layer.{layer}.{name}": tensor for name, tensor in parts.items() if tensor is not None}
    return {name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in named.items()}


def _write(path: Path, tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
    whole_file.write(path, save(tensors, {ABOUT: json.dumps(about)}))


def _writable(folder: Path) -> bool:
    probe = folder / f".{FILE}.probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def table(found: Sequence[Agreement]) -> str:
    """Markdown: agreement with full depth on held-out replies."""
    before = any(one.before is not None for one in found)
    header = ["Layer", "Trained", "Logit lens", *(["Before"] if before else []), "Places", "Best epoch"]
    lines = [header, ["---:"] * len(header)]
    for one in found:
        earlier = ["-" if one.before is None else f"{one.before:.2%}"] if before else []
        cells = str(one.layer), f"{one.trained:.2%}", f"{one.lens:.2%}", *earlier, f"{one.places:,}", str(one.epoch)
        lines.append(list(cells))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
