"""What GLM-4-Voice may say next: 13 text tokens, 26 speech tokens, and so on; once the text has ended, speech alone.

The model is trained to keep this order and the text ends without a token of its own: a speech token in a place for text says
so. The reference enforces nothing; `enforced=False` is that, with places that follow whatever was chosen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch

from engine.lm.allowed_ids import AllowedIds
from engine.models.checkpoints.chunk_pattern import ChunkPattern, Phase

TEXT_CHUNK, SPEECH_CHUNK = 13, 26


class GLMRules:
    """What each phase allows, made once for a vocabulary of `vocabulary` rows on the decoder's device."""

    def __init__(
        self, vocabulary: int, text: range, audio: range, stops: Collection[int],
        enforced: bool = True, device: torch.device | str = "cpu",
    ):  # fmt: skip
        self.text, self.audio, self.stops = text, audio, frozenset(stops)
        self.allowed: dict[Phase, AllowedIds]
        if enforced:
            speech = AllowedIds(vocabulary, audio, stops, device=device)
            written = AllowedIds(vocabulary, text, audio, stops, device=device, text=True)
            self.allowed = {"text": written, "speech": speech, "tail": speech}
        else:
            self.allowed = dict.fromkeys(("text", "speech", "tail"), AllowedIds(vocabulary, range(vocabulary), device=device))


@dataclass(frozen=True)
class GLMPattern(ChunkPattern):
    """Upstream leaves the order to the model: the loop over tokens in GLM-4-Voice's web_demo.py takes what comes."""

    rules: GLMRules

    kinds = {"text": "text", "speech": "speech", "tail": "speech", "over": "control"}
    chunks = {"text": TEXT_CHUNK, "speech": SPEECH_CHUNK}

    def after(self, token: int) -> GLMPattern:
        if token in self.rules.stops:
            return self.at("over")
        if token in self.rules.audio:
            if self.phase == "text":
                return self.at("tail", 1)
            ended = self.phase == "speech" and self.index + 1 == SPEECH_CHUNK
            return self.at("text") if ended else self.at(self.phase, self.index + 1)
        index = self.index + 1 if self.phase == "text" else 1
        return self.at("speech") if index == TEXT_CHUNK else self.at("text", index)
