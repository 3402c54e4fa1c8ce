"""The exit heads of a model: trained ones where a file has them, else its own final norm and head.

The file is in the model's folder or, where that cannot be written or ships with the program, in the user's data.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from platformdirs import user_data_path
from safetensors import safe_open

from engine.failures import ran_out_of_memory
from engine.lm.decoder import Decoder
from engine.lm.frames import FrameTokens
from engine.lm.heads import ExitHead, FrameHead, frame_lens, logit_lens
from engine.lm.norm import RMSNorm
from engine.models.checkpoints.packed import read_packed
from engine.models.checkpoints.shards import read_header
from engine.quoting import reason

FILE = "heads.safetensors"
ABOUT = "refrain"
"""The name in the file's metadata of what is known about the heads, as JSON; its `weights` are those of `weights_mark`."""

_log = logging.getLogger(__name__)


def exit_heads(folder: Path, decoder: Decoder, ids: Sequence[int], beside: Path | None = None) -> dict[int, ExitHead]:
    """By layer. `ids` are what an early token may be: the speech tokens and the control tokens among them.

    `beside` is the file that comes with the model, by default `FILE` in its folder. With a file of heads (`layer.N.norm`,
    `layer.N.weight` and the `ids` they share) its layers; without one the logit lens from a quarter of the depth on, one head
    that all of those layers share: below, it says nothing. Raises `ValueError` with a sentence for a file that does not fit
    the model.
    """
    path = heads_file(folder, decoder, beside)
    if path is None:
        config = decoder.config
        lens = logit_lens(decoder, torch.tensor(sorted(ids), device=decoder.device))
        return dict.fromkeys(range(max(1, config.layers // 4), config.layers), lens)
    stored = read_packed(path)
    with _fitting(path):
        return {layer: _trained(stored, layer, decoder) for layer in _layers(stored)}


def frame_heads(folder: Path, decoder: Decoder, frames: FrameTokens, width: int) -> dict[int, ExitHead]:
    """As `exit_heads`, of a model that speaks in frames, which are chosen by `width` values.

    The file has `layer.N.norm`, `layer.N.weight` and `layer.N.bias`.
    """
    path = heads_file(folder, decoder)
    if path is None:
        return dict.fromkeys(range(max(1, decoder.config.layers // 4), decoder.config.layers), frame_lens(decoder, frames))
    stored = read_packed(path)
    with _fitting(path):
        return {layer: _of_frames(stored, layer, decoder, width) for layer in _layers(stored)}


def heads_file(folder: Path, decoder: Decoder, beside: Path | None = None) -> Path | None:
    """The trained heads of the model in a folder: the user's own before those that come with it; None where there are none.

    The user's own count only for the very weights they were trained on. Raises `ValueError` with a sentence for a file of
    theirs that is damaged.
    """
    own = own_folder(folder) / FILE
    if own.is_file():
        if about(own).get("weights") == weights_mark(decoder):
            return own
        _log.warning("%s was trained on other weights than those in %s and is not used.", own, folder)
    beside = beside or folder / FILE
    return beside if beside.is_file() else None


def own_folder(folder: Path) -> Path:
    """Where the user's data keeps heads for the model in a folder."""
    folder = folder.resolve()
    place = hashlib.blake2b(str(folder).encode(), digest_size=6).hexdigest()
    return user_data_path("refrain", appauthor=False) / "heads" / f"{folder.name}-{place}"


def about(path: Path) -> dict[str, Any]:
    """What a file of heads says about itself. Raises `ValueError` with a sentence for one that is cut short or damaged."""
    try:
        read_header(path)
        with safe_open(path, "pt") as file:
            found = json.loads((file.metadata() or {}).get(ABOUT, "{}"))
    except Exception as error:  # the library's own, and those of what is no JSON
        why = reason(error).rstrip(".")
        raise ValueError(f"The exit heads in {path} cannot be read ({why}): remove the file or train them again.") from error
    return found if isinstance(found, dict) else {}


def weights_mark(decoder: Decoder) -> str:
    """Changes when a model is trained further, and not with the precision it is loaded at."""
    norm = decoder.norm.weight.detach().to("cpu", torch.bfloat16).float()
    return hashlib.blake2b(norm.numpy().tobytes(), digest_size=8).hexdigest()


def _layers(stored: Iterable[str]) -> list[int]:
    found = sorted({int(name.split(".")[1]) for name in stored if name.startswith("layer.")})
    if not found:
        raise ValueError("no heads in it")
    return found


@contextmanager
def _fitting(path: Path) -> Iterator[None]:
    """What a file of heads lacks, or has in another shape, becomes a `ValueError` with a sentence."""
    try:
        yield
    except (KeyError, IndexError, ValueError, RuntimeError) as error:
        if ran_out_of_memory(error):
            raise  # which says nothing about the file
        why = reason(error).rstrip(".")
        raise ValueError(f"{FILE} in {path.parent} does not fit the model ({why}): remove it or train it again.") from error


def _of_frames(stored: dict[str, torch.Tensor], layer: int, decoder: Decoder, width: int) -> ExitHead:
    config = decoder.config
    if not 0 < layer < config.layers:
        raise ValueError(f"layer {layer} of {config.layers}")
    parts = (stored[f"layer.{layer}.{name}"] for name in ("norm", "weight", "bias"))
    norm, weight, bias = (part.to(decoder.device, decoder.dtype) for part in parts)
    if norm.shape != (config.dim,) or weight.shape != (width, config.dim) or bias.shape != (width,):
        raise ValueError(f"weight {list(weight.shape)}, model {[width, config.dim]}")
    return FrameHead(RMSNorm(norm, config.norm_eps), weight, bias, decoder.product(norm, weight, bias))


def _trained(stored: dict[str, torch.Tensor], layer: int, decoder: Decoder) -> ExitHead:
    config, ids = decoder.config, stored["ids"]
    if not 0 < layer < config.layers:
        raise ValueError(f"layer {layer} of {config.layers}")
    if ids.dim() != 1 or ids.is_floating_point() or not len(ids) or len(ids.unique()) < len(ids):
        raise ValueError("ids that are no list of tokens")
    ids = ids.long()
    if not 0 <= int(ids.min()) <= int(ids.max()) < config.vocabulary:
        raise ValueError(f"ids up to {int(ids.max())}, vocabulary {config.vocabulary}")
    norm, weight = (stored[f"layer.{layer}.{name}"].to(decoder.device, decoder.dtype) for name in ("norm", "weight"))
    if norm.shape != (config.dim,):
        raise ValueError(f"norm {list(norm.shape)}, model {config.dim}")
    product = decoder.product(norm, weight) if len(weight) == len(ids) else None
    return ExitHead(norm, weight, ids, config.vocabulary, config.norm_eps, product=product)
