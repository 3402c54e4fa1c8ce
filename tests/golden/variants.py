"""`python -m tests.golden.variants OUT`: the golden sets once more, stored otherwise; the tests must pass on them as well.

Then `REFRAIN_GOLDEN=OUT python -m pytest tests/golden`. Every number stays what it was, so that the recordings hold: weights
get types that hold them exactly, other shards, the other spelling of weight norm and other prefixes; sounds get a second
channel, which is noise where the references hear only the first; model folders get other names, configs another form.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import soundfile
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from tests.golden import SHIPPED

INDEX = "model.safetensors.index.json"
OLD, NEW = (".weight_g", ".weight_v"), (".parametrizations.weight.original0", ".parametrizations.weight.original1")
Tensors = dict[str, Tensor]


def make(out: Path) -> None:
    """Both sets below `out`, which is new."""
    for name in ("glm4voice", "stepaudio2"):
        shutil.copytree(SHIPPED / name, out / name)
    for path in (out, *out.rglob("*")):
        path.chmod(0o755)
    _glm(out / "glm4voice")
    _step(out / "stepaudio2")


def _glm(place: Path) -> None:
    folder = _rename(place, "glm-4-voice-9b", "glm-4-voice-9b-again")
    one_file(folder, Tensor.double)
    ear, voice = place / "glm-4-voice-tokenizer", place / "glm-4-voice-decoder"
    heard = {f"model.encoder.{name}": tensor for name, tensor in load_file(ear / "model.safetensors").items()}
    (ear / "model.safetensors").unlink()
    save_file(heard, ear / "model-00001-of-00001.safetensors", {"format": "pt"})
    change_pt(voice / "flow.pt", lambda tensors: {name: tensor.double() for name, tensor in tensors.items()})
    change_pt(voice / "hift.pt", lambda tensors: {f"generator.{name}": tensor for name, tensor in respelled(tensors, OLD, NEW)})
    for path in list((place / "inputs").glob("*.*")):
        second_channel(path, noise=True)


def _step(place: Path) -> None:
    folder = _rename(place, "Step-Audio-2-mini", "Step-Audio-2-mini-Think")
    shards(folder, 3, shortest)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    flat = {**config.pop("text_config"), **config.pop("audio_encoder_config"), **config}
    (folder / "config.json").write_text(json.dumps(flat), encoding="utf-8")
    voice = folder / "token2wav"
    change_pt(voice / "flow.pt", dict, zipped=False)
    change_pt(
        voice / "hift.pt",
        lambda tensors: {name.removeprefix("generator."): tensor.double() for name, tensor in respelled(tensors, NEW, OLD)},
    )
    for path in list((place / "sounds").glob("*.*")):
        second_channel(path, noise=path.stem != "voice")  # of the voice the mean of all channels is used, too


def _rename(place: Path, name: str, new: str) -> Path:
    """Another name for a model's folder, in the index too."""
    expected = place / "expected.json"
    expected.write_text(expected.read_text(encoding="utf-8").replace(json.dumps(name), json.dumps(new)), encoding="utf-8")
    return (place / name).rename(place / new)


def shortest(tensor: Tensor) -> Tensor:
    """In 16 bits of the other kind where they hold every value, else in 32."""
    half = tensor.half()
    return half if torch.equal(half.double(), tensor.double()) else tensor.float()


def read_shards(folder: Path) -> Tensors:
    tensors: Tensors = {}
    for path in sorted(folder.glob("model*.safetensors")):
        tensors |= load_file(path)
        path.unlink()
    (folder / INDEX).unlink(missing_ok=True)
    return tensors


def one_file(folder: Path, kind: Callable[[Tensor], Tensor]) -> None:
    """All shards in one file without an index."""
    save_file({name: kind(tensor) for name, tensor in read_shards(folder).items()}, folder / "model.safetensors")


def shards(folder: Path, count: int, kind: Callable[[Tensor], Tensor]) -> None:
    """As many shards as that, each with every so manieth tensor."""
    tensors = read_shards(folder)
    files = [f"model-{number:05}-of-{count:05}.safetensors" for number in range(1, count + 1)]
    places = {name: files[place % count] for place, name in enumerate(sorted(tensors))}
    for file in files:
        save_file({name: kind(tensors[name]) for name, found in places.items() if found == file}, folder / file)
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}), encoding="utf-8")


def respelled(tensors: Mapping[str, Tensor], old: tuple[str, str], new: tuple[str, str]):
    """Name and tensor with weight norm in the other spelling."""
    for name, tensor in tensors.items():
        for ending, other in zip(old, new, strict=True):
            if name.endswith(ending):
                name = name.removesuffix(ending) + other
                break
        yield name, tensor


def change_pt(path: Path, change: Callable[[Tensors], Tensors], zipped: bool = True) -> None:
    torch.save(change(torch.load(path, weights_only=True)), path, _use_new_zipfile_serialization=zipped)


def second_channel(path: Path, noise: bool) -> None:
    samples, rate = soundfile.read(path, dtype="float32")
    path.unlink()
    other = np.random.default_rng(len(samples)).normal(0, 0.1, len(samples)).astype(np.float32) if noise else samples
    soundfile.write(path.with_suffix(".wav"), np.stack([samples, other], 1), rate, "FLOAT")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
