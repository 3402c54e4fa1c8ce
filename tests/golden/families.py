"""Both language models of the golden sets with what decoding needs: decoder, exit heads, patterns and a recorded prompt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.bits import Bits
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.lm.graph_decoder import GraphDecoder
from engine.lm.heads import ExitHead
from engine.models.checkpoints.exit_heads import exit_heads
from engine.models.checkpoints.precision import build_decoder
from engine.models.checkpoints.precision_choice import Precision
from engine.models.checkpoints.weights import Weights
from engine.models.glm4voice import lm as glm
from engine.models.glm4voice.pattern import GLMPattern, GLMRules
from engine.models.glm4voice.tokenizer import GLMTokenizer
from engine.models.stepaudio2 import lm as step
from engine.models.stepaudio2.pattern import StepPattern, StepRules
from engine.models.stepaudio2.tokenizer import StepTokenizer
from tests.golden import golden_folder
from tests.golden.compare import index


@dataclass
class Family:
    decoder: Decoder
    exit_heads: dict[int, ExitHead]
    rules: GLMRules | StepRules
    free: GLMRules | StepRules
    prompt: list[int]
    greedy: list[int]  # the reference's reply to it
    tolerance: float  # of recorded states

    def pattern(self, enforced: bool = True) -> GLMPattern | StepPattern:
        rules = self.rules if enforced else self.free
        return GLMPattern(rules) if isinstance(rules, GLMRules) else StepPattern(rules)


def folder_of(name: str) -> Path:
    expected = index(name)
    return golden_folder(name) / (expected["model"] if name == "stepaudio2" else expected["checkpoints"]["llm"])


def family(name: str, precision: Precision = "fp32", bits: Bits | None = None) -> Family:
    """With `bits` its decoder is onnxruntime's, which keeps matrices so; else that of the precision."""

    def build(config: LMConfig, tensors: Mapping[str, torch.Tensor]) -> Decoder:
        return build_decoder(config, tensors, precision) if bits is None else GraphDecoder(config, tensors, bits)

    folder, expected = folder_of(name), index(name)
    weights = Weights.of_folder(folder)
    if name == "glm4voice":
        config, tokenizer = glm.read_config(folder), GLMTokenizer.load(folder)
        decoder = build(config, glm.DecoderTensors(config, weights))
        stops = [tokenizer.id("<|user|>")]
        rules, free = (
            GLMRules(config.vocabulary, tokenizer.text, tokenizer.audio, stops, enforced) for enforced in (True, False)
        )
        case = next(case for case in expected["cases"] if any(name.endswith("_greedy_ids") for name in case.get("arrays", ())))
        file, _, place = case["input"].partition(":")
        prompt = json.loads((golden_folder(name) / file).read_text(encoding="utf-8"))
        for part in place.split("."):
            prompt = prompt[part]
        heads = exit_heads(folder, decoder, [*tokenizer.audio, *stops])
        run = case["id"].removeprefix("llm.")
        greedy = np.load(golden_folder(name) / case["file"])[f"{run}_greedy_ids"]
        tolerance = case["arrays"][f"{run}_hidden_last4"]["tol"]
    else:
        config, tokenizer = step.read_config(folder), StepTokenizer.load(folder)
        decoder = build(config, step.decoder_tensors(config, weights))
        rules, free = (StepRules(config.vocabulary, tokenizer, enforced) for enforced in (True, False))
        heads = exit_heads(folder, decoder, [*tokenizer.audio, tokenizer.audio_pad])
        typed = (file for file, arrays in expected["files"].items() if "greedy_ids" in arrays and "feature_start" not in arrays)
        recorded = np.load(golden_folder(name) / (file := next(typed)))
        prompt, greedy = recorded["input_ids"].tolist(), recorded["greedy_ids"]
        tolerance = expected["files"][file]["hidden_last4"]["atol"]
    return Family(decoder, heads, endless(rules), free, prompt, greedy.tolist(), tolerance)


def endless(rules: GLMRules | StepRules) -> GLMRules | StepRules:
    """The rules without what ends speech or a reply, or breaks off a chunk: random weights would choose it anywhere."""
    ends = [*rules.stops, *rules.audio] if isinstance(rules, GLMRules) else [rules.speech_end, rules.end]
    for phase, allowed in rules.allowed.items():
        left_out = {token for token in ends if token not in rules.audio or phase == "text"}
        rules.allowed[phase] = AllowedIds(len(allowed.mask), set(allowed.ids.tolist()) - left_out)
    return rules
