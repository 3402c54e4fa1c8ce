"""Looks a model's folder through before anything of it is run: every problem at once, and what it will need.

Language models are judged by their configs and the headers of their files; vocoders, whose files have no headers, are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.models.checkpoints.config_file import Fields, read_json
from engine.models.checkpoints.plan import Need
from engine.models.checkpoints.shards import INDEX, shards
from engine.models.checkpoints.weights import Weights
from engine.models.checkpoints.yaml_safe import read_part
from engine.models.folders import FolderFacts, check
from engine.models.glm4voice import lm as glm_lm
from engine.models.glm4voice.flow import GlmFlow, GlmFlowConfig
from engine.models.glm4voice.parts import part_of
from engine.models.glm4voice.tokenizer import GLMTokenizer
from engine.models.lfm2audio import depth_transformer
from engine.models.lfm2audio import lm as lfm_lm
from engine.models.lfm2audio.detokenizer import Detokenizer
from engine.models.lfm2audio.encoder import AdaptedConformer, FastConformerConfig
from engine.models.lfm2audio.tokenizer import LFMTokenizer
from engine.models.planned import needs_of
from engine.models.stepaudio2 import lm as step_lm
from engine.models.stepaudio2.audio_encoder import AudioEncoder, AudioEncoderConfig
from engine.models.stepaudio2.flow import StepFlow, StepFlowConfig
from engine.models.stepaudio2.speak import released_hift
from engine.models.stepaudio2.tokenizer import StepTokenizer
from engine.models.stepaudio2.voices import VoicePack, default_voice, installed_voices
from engine.speech.hift import PREFIXES, HiFT, HiFTConfig
from engine.speech.whisper_vq import PREFIXES as EAR_PREFIXES
from engine.speech.whisper_vq import WhisperVQ, WhisperVQConfig, released_name

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Problem:
    """A sentence, and where it is known the file, the tensor in it, and the shapes that it should have and has."""

    sentence: str
    file: str = ""
    tensor: str = ""
    expected: tuple[int, ...] | None = None
    found: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Inspection:
    """`needs` are those of the processor; none where it cannot be told."""

    facts: FolderFacts
    problems: tuple[Problem, ...]
    needs: tuple[Need, ...] = ()


def inspect(folder: Path) -> Inspection:
    """Never raises for what a folder holds. Takes seconds for the vocoder's files, whatever the model's size."""
    facts = check(folder)
    look = {"glm4voice": _glm, "lfm2audio": _lfm, "stepaudio2": _step}.get(facts.family)
    if look is None:
        problems = [Problem(facts.problem)] if facts.problem else []
        if facts.problem or not facts.weights_bytes:
            return Inspection(facts, tuple(problems))
        return Inspection(facts, (), needs_of(facts, "cpu"))
    found = _Findings()
    look(facts.folder, found)
    if facts.problem and not found.problems:
        found.problems.append(Problem(facts.problem))
    needs: tuple[Need, ...] = ()
    if not found.problems:
        needs = needs_of(facts, "cpu")
    return Inspection(facts, tuple(found.problems), needs)


class _Findings:
    """Problems in the order they are found; a part that cannot be looked at does not keep the others from it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @contextmanager
    def part(self, file: Path | None = None) -> Iterator[None]:
        """Whatever is raised inside is a problem."""
        try:
            yield
        except (ValueError, OSError, KeyError, TypeError) as error:
            is_sentence = isinstance(error, ValueError) or (isinstance(error, OSError) and not error.strerror)
            sentence = str(error) if is_sentence else f"{file or 'A file'} cannot be used ({error!r})."
            if file and file.name not in sentence:
                sentence = f"{file}: {sentence}"
            self.problems.append(Problem(sentence, str(file or "")))

    def say(self, sentence: str) -> None:
        self.problems.append(Problem(sentence))

    def compare(self, wanted: Shapes, found: Shapes, file: Callable[[str], Path], excused: Callable[[str], bool]) -> None:
        """Every tensor that is missing or of another shape; `excused` are those whose file has been complained about."""
        for name, shape in wanted.items():
            expected, place = tuple(shape), file(name)
            if name in found and tuple(found[name]) != expected:
                text = f"{name} in {place} is {list(found[name])}, but the config asks for {list(expected)}."
                self.problems.append(Problem(text, str(place), name, expected, tuple(found[name])))
            elif name not in found and not excused(name):
                self.problems.append(Problem(f"{name}, {list(expected)}, is missing in {place}.", str(place), name, expected))

    def safetensors(self, folder: Path, wanted: Shapes, strip: Sequence[str] = ()) -> None:
        """A folder's `model.safetensors`, or the shards of its index."""
        files: list[str] = []
        with self.part():
            files, places = shards(folder)
        if not files:
            return
        found: dict[str, tuple[int, ...]] = {}
        whole = set()
        for file in files:
            with self.part(folder / file):
                weights = Weights.of_file(folder / file, strip)
                found |= {name: weights.shape(name) for name in weights}
                whole.add(file)
        self.compare(
            wanted,
            found,
            lambda name: folder / places.get(name, INDEX if places else files[0]),
            lambda name: places.get(name, files[0]) not in whole and (name in places or not places),
        )

    def saved(self, path: Path, network: nn.Module, strip: Sequence[str] = ()) -> None:
        """A `.pt` file."""
        with self.part(path):
            weights = Weights.of_file(path, strip)
            found = {name: weights.shape(name) for name in weights}
            self.compare(_shapes(network), found, lambda _: path, lambda _: False)


def _shapes(network: nn.Module, name_of: Callable[[str], str] = str) -> dict[str, Sequence[int]]:
    return {name_of(name): tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def _glm(folder: Path, found: _Findings) -> None:
    codes: dict[str, int] = {}
    with found.part(folder / "config.json"):
        config = glm_lm.read_config(folder)
        found.safetensors(folder, glm_lm.tensor_shapes(config))
        with found.part(folder / "tokenizer.model"):
            tokenizer = GLMTokenizer.load(folder)
            codes[folder.name] = len(tokenizer.audio)
            _fits(found, folder, tokenizer.stop, config.vocabulary)
    ear = voice = None
    with found.part():
        ear = part_of(folder, "tokenizer")
    with found.part():
        voice = part_of(folder, "decoder")
    if ear is not None:
        with found.part(ear / "preprocessor_config.json"):
            read_json(ear / "preprocessor_config.json")
        with found.part(ear / "config.json"), torch.device("meta"):
            network = WhisperVQ(WhisperVQConfig.from_release(read_json(ear / "config.json")))
            codes[ear.name] = network.config.codes
            found.safetensors(ear, _shapes(network, released_name), strip=EAR_PREFIXES)
    if voice is not None:
        with found.part(voice / "config.yaml"):
            with torch.device("meta"):
                flow = GlmFlow(GlmFlowConfig.from_release(read_part(voice / "config.yaml", "flow")))
                hift = HiFT(HiFTConfig.from_release(read_part(voice / "config.yaml", "hift")))
            codes[voice.name] = flow.config.codes
            found.saved(voice / "flow.pt", flow)
            found.saved(voice / "hift.pt", hift, strip=PREFIXES)
    _agree(found, codes)


def _lfm(folder: Path, found: _Findings) -> None:
    codes: dict[str, int] = {}
    codebooks = 0
    with found.part(folder / "config.json"):
        fields, weights = Fields.read(folder / "config.json"), Weights.of_folder(folder)
        config, depth = lfm_lm.read_config(folder), depth_transformer.read_config(fields, weights)
        codes[folder.name], codebooks = depth.codes, depth.codebooks
        with torch.device("meta"):
            ear = AdaptedConformer(FastConformerConfig.from_release(fields, weights))
        found.safetensors(folder, {**lfm_lm.tensor_shapes(config), **depth_transformer.tensor_shapes(depth), **_shapes(ear)})
        with found.part(folder / "tokenizer.json"):
            _fits(found, folder, LFMTokenizer.load(folder).stop, config.vocabulary)
    voice = folder / lfm_lm.DETOKENIZER
    with found.part(voice / "config.json"):
        if codebooks:  # which only the language model's config says
            codes[voice.name] = Detokenizer.from_folder(voice, codebooks).codes
    _agree(found, codes)


def _step(folder: Path, found: _Findings) -> None:
    codes: dict[str, int] = {}
    with found.part(folder / "config.json"):
        config = step_lm.read_config(folder)
        with torch.device("meta"):
            ear = AudioEncoder(AudioEncoderConfig.from_release(read_json(folder / "config.json")))
        found.safetensors(folder, {**step_lm.tensor_shapes(config), **_shapes(ear)})
        with found.part(folder / "tokenizer.json"):
            tokenizer = StepTokenizer.load(folder)
            codes["tokenizer.json"] = len(tokenizer.audio)
            _fits(found, folder, tokenizer.stop, config.vocabulary)
    voice = folder / "token2wav"
    with found.part(voice / "flow.yaml"):
        with torch.device("meta"):
            flow = StepFlow(StepFlowConfig.from_release(read_part(voice / "flow.yaml", "flow")))
        codes["flow.yaml"] = flow.config.codes
        found.saved(voice / "flow.pt", flow)
        with found.part():
            if not installed_voices(folder):
                default_voice(folder)  # says what to do
        for path in installed_voices(folder).values():
            with found.part(path):
                VoicePack.load(path).check(flow.config)
    with found.part(voice / "hift.pt"):
        released_hift(Weights.of_file(voice / "hift.pt", strip=PREFIXES))
    _agree(found, codes)


def _fits(found: _Findings, folder: Path, ids: int, rows: int) -> None:
    if ids > rows:
        found.say(f"The tokenizer in {folder} has ids up to {ids - 1}, but the model only {rows} rows: they are of two models.")


def _agree(found: _Findings, codes: dict[str, int]) -> None:
    if len(set(codes.values())) > 1:
        counts = ", ".join(f"{count} in {name}" for name, count in codes.items())
        found.say(f"The numbers of speech codes differ ({counts}): the parts are of two models.")


def as_json(inspection: Inspection) -> dict[str, Any]:
    """Plain data, for `json.dumps`."""
    facts = inspection.facts
    return {
        "folder": str(facts.folder),
        "family": facts.family,
        "title": facts.title,
        "parameters": facts.parameters,
        "disk_bytes": facts.disk_bytes,
        "usable": not inspection.problems,
        "problems": [vars(problem) for problem in inspection.problems],
        "needs": [{**vars(one), "total": one.total} for one in inspection.needs],
    }
