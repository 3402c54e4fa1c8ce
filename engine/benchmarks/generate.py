"""transformers' own `generate` with a model's weights, greedy and in float32, to compare speed with."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from engine.lm.config import LMConfig
from engine.lm.llama import to_llama


def can_generate() -> bool:
    """Whether transformers is here to be compared with: an installed program does without."""
    return importlib.util.find_spec("transformers") is not None


class Generate:
    """Raises `ValueError` with a sentence if the weights cannot be given to transformers."""

    name = "transformers generate"
    runs_by = "transformers in float32"

    def __init__(self, config: LMConfig, tensors: Mapping[str, torch.Tensor]) -> None:
        self._llama: Any = to_llama(config, tensors)  # what transformers annotates of `generate` does not fit its own models

    @torch.inference_mode()
    def reply(self, prompt: Sequence[int], count: int) -> tuple[tuple[int, ...], float]:
        """`count` tokens and the seconds that those after the first took, with as many threads as torch has."""
        ids, clock = torch.tensor([prompt]), _Clock()
        out = self._llama.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, do_sample=False, streamer=clock
        )
        return tuple(out[0, len(prompt) :].tolist()), clock.end_at - clock.first


class _Clock:
    """Notes when `generate` has its first token and when it ends: a streamer, as transformers calls it."""

    def __init__(self) -> None:
        self.puts, self.first, self.end_at = 0, 0.0, 0.0

    def put(self, value: torch.Tensor) -> None:
        self.puts += 1
        if self.puts == 2:  # the prompt comes first
            self.first = time.perf_counter()

    def end(self) -> None:
        self.end_at = time.perf_counter()
