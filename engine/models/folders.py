"""What a folder holds: which family of models, whether its files are all there and whole, and what it will need.

Nothing is loaded: configs and the headers of weight files are read, so that 20 GB are looked through in a moment.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.lm.config import LMConfig
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.files import need
from engine.models.checkpoints.shards import elements, read_header, shards, stored_bytes
from engine.models.glm4voice import lm as glm_lm
from engine.models.glm4voice.parts import part_of
from engine.models.lfm2audio import lm as lfm_lm
from engine.models.locating import locate
from engine.models.stepaudio2 import lm as step_lm
from engine.models.wren.parts import ADAPTER, read_config
from engine.models.wren.parts import part_of as part_of_wren
from engine.quoting import clean, reason


@dataclass(frozen=True)
class FolderFacts:
    """What was found. `folder` is the one with the config; `family` is "" where nothing was recognised."""

    folder: Path
    family: str = ""
    title: str = ""
    problem: str = ""  # a sentence if it cannot be used as it is
    parameters: int = 0  # of the safetensors files
    weights_bytes: int = 0  # in memory, at the precision it is computed with
    disk_bytes: int = 0
    kv_bytes_per_position: int = 0
    context: int = 0  # positions it was trained for

    @property
    def kv_bytes(self) -> int:
        """Of a full conversation."""
        return self.kv_bytes_per_position * self.context


def check(folder: Path) -> FolderFacts:
    """Looks a folder through; `folder` may also be a file of it, a part, or a folder around it (see `locate`).

    Takes as long as a few hundred small reads: not for the thread of a screen. Never raises for what a folder holds.
    """
    try:
        folder = locate(folder)
    except ValueError as error:
        return FolderFacts(folder, problem=str(error))
    facts = FolderFacts(folder)
    try:
        fields = Fields.read(folder / "config.json")
        family = _recognise(folder, fields.values)
        paradigm = fields.values.get("paradigm")
        facts = replace(facts, family=family.name, title=f"{family.title} ({clean(str(paradigm))})" if paradigm else family.title)
        each, context = family.kv(folder)
        facts = replace(facts, kv_bytes_per_position=each, context=context)
        facts = replace(facts, disk_bytes=sum(map(_size, _files_of(family.folders(folder)))))
        parameters, weights_bytes = family.weigh(folder)
        return replace(facts, parameters=parameters, weights_bytes=weights_bytes)
    except ValueError as error:
        return replace(facts, problem=str(error))
    except (KeyError, TypeError, AttributeError) as error:
        return replace(facts, problem=f"{folder / 'config.json'} lacks what this model needs ({reason(error)}): copy it again.")
    except OSError as error:
        ours = error.strerror is None  # a sentence already
        return replace(facts, problem=str(error) if ours else f"{folder} cannot be read ({error.strerror}).")


# --- which family -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Family:
    name: str
    title: str
    kv: Callable[[Path], tuple[int, int]]  # -> bytes per position, positions
    weigh: Callable[[Path], tuple[int, int]]  # -> parameters, bytes in memory; raises for what is missing
    folders: Callable[[Path], list[Path]] = lambda folder: [folder]


def _recognise(folder: Path, config: Mapping[str, Any]) -> _Family:
    if config.get("family") == "wren":
        return _WREN
    if isinstance(config.get("lfm"), dict) and isinstance(config.get("depthformer"), dict):
        return _LFM
    if config.get("model_type") == "step_audio_2":
        return _STEP
    if config.get("model_type") == "chatglm":
        names = folder / "tokenizer_config.json"
        if names.is_file() and b"<|audio_0|>" not in names.read_bytes():
            raise ValueError(f"{folder} holds a ChatGLM for text only: it has no speech tokens.")
        return _GLM
    kind = config.get("family") or config.get("model_type") or "not named"
    raise ValueError(f"{folder} holds a model of a kind that Refrain does not know ({clean(str(kind))}).")


# --- the families -----------------------------------------------------------------------------------------------------


def _wren_kv(folder: Path) -> tuple[int, int]:
    lm = Fields(read_config(folder)["lm"], folder / "config.json")
    each = 2 * lm.count("layers") * lm.count("kv_heads") * lm.count("head_dim") * 4  # computed in 32 bits
    return each, lm.count("context")


def _wren_weights(folder: Path) -> tuple[int, int]:
    need(part_of_wren(folder, "tokenizer.json"))
    headers = [read_header(part_of_wren(folder, f"{part}.safetensors")) for part in ("lm", "heads", "listener", "speaker")]
    if "base" in Fields.read(folder / "config.json").values:
        # Its low-rank updates become part of the base's matrices.
        headers.append({name: tensor for name, tensor in read_header(folder / ADAPTER).items() if name.startswith("speech.")})
    if read_config(folder).get("paradigm") == "parallel":
        del headers[1]  # every step says text, so that no token exits early
    # The scales of rows of 8 bits are how parameters are stored, not parameters.
    parameters = sum(elements({name: t for name, t in h.items() if not name.endswith(".scale")}) for h in headers)
    return parameters, 4 * parameters


def _kv(config: LMConfig) -> tuple[int, int]:
    return 2 * config.position_values, config.context  # bfloat16


def _glm_weights(folder: Path) -> tuple[int, int]:
    tokenizer, decoder = (part_of(folder, part) for part in ("tokenizer", "decoder"))
    for path in (folder / "tokenizer.model", folder / "tokenizer_config.json", decoder / "config.yaml"):
        need(path)
    for name in ("config.json", "preprocessor_config.json"):
        need(tokenizer / name)
    parameters, weights_bytes = _sharded(folder)
    more = _sharded(tokenizer)
    return parameters + more[0], weights_bytes + more[1] + _vocoder(decoder)


def _glm_folders(folder: Path) -> list[Path]:
    found = [folder]
    for part in ("tokenizer", "decoder"):
        with suppress(ValueError):
            found.append(part_of(folder, part))
    return found


def _step_weights(folder: Path) -> tuple[int, int]:
    for name in ("tokenizer.json", "token2wav/flow.yaml"):
        need(folder / name)
    parameters, weights_bytes = _sharded(folder)
    return parameters, weights_bytes + _vocoder(folder / "token2wav")


def _lfm_weights(folder: Path) -> tuple[int, int]:
    need(folder / "tokenizer.json")
    voice = lfm_lm.detokenizer_folder(folder)
    need(voice / "config.json")
    parameters, weights_bytes = _sharded(folder)
    more = _sharded(voice)
    return parameters + more[0], weights_bytes + more[1]


_WREN = _Family("wren", "Wren", _wren_kv, _wren_weights)
_GLM = _Family("glm4voice", "GLM-4-Voice", lambda folder: _kv(glm_lm.read_config(folder)), _glm_weights, _glm_folders)
_LFM = _Family("lfm2audio", "LFM2.5-Audio", lambda folder: _kv(lfm_lm.read_config(folder)), _lfm_weights)
_STEP = _Family("stepaudio2", "Step-Audio 2", lambda folder: _kv(step_lm.read_config(folder)), _step_weights)


# --- files ------------------------------------------------------------------------------------------------------------


def _sharded(folder: Path) -> tuple[int, int]:
    """Parameters and bytes of a folder's safetensors, which must all be there."""
    files, places = shards(folder)
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"{_count(len(missing), 'weight file')} of {len(files)} {'is' if len(missing) == 1 else 'are'} missing in "
            f"{folder} ({', '.join(missing[:3])}{', …' if len(missing) > 3 else ''}): download the model again."
        )
    headers = {name: read_header(folder / name) for name in files}
    for tensor, name in places.items():
        if tensor not in headers[name]:
            raise ValueError(f"{name} in {folder} lacks {clean(tensor)}: it is from another release; download the model again.")
    return sum(map(elements, headers.values())), sum(map(stored_bytes, headers.values()))


def _vocoder(folder: Path) -> int:
    """Bytes of `flow.pt` and `hift.pt`, which are zip files whose directory stands at their end."""
    files = [folder / name for name in ("flow.pt", "hift.pt")]
    for path in files:
        need(path)
        with path.open("rb") as file:
            zipped = file.read(2) == b"PK"
        if zipped and not zipfile.is_zipfile(path):
            raise ValueError(f"{path.name} in {folder} is cut short: copy or download it again.")
    return sum(map(_size, files))


def _files_of(folders: Iterable[Path]) -> Iterator[Path]:
    return (path for folder in folders for path in folder.rglob("*") if path.is_file())


def _size(path: Path) -> int:
    return path.stat().st_size


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
