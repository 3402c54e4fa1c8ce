"""What Step-Audio 2 may say next: 1 text token, 4 speech tokens, and so on to `<tts_end>`; then text alone to `<|EOT|>`.

When the text has ended `<tts_pad>` stands in its places, when the sound has ended the padding code in those of speech. A reply
in text alone is what follows `<tts_end>`. The reference enforces nothing; `enforced=False` is that, with places that follow
whatever was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from engine.lm.allowed_ids import AllowedIds
from engine.models.checkpoints.chunk_pattern import ChunkPattern, Phase
from engine.models.stepaudio2.tokenizer import StepTokenizer

TEXT_CHUNK, SPEECH_CHUNK = 1, 4


class StepRules:
    """What each phase allows, made once for a vocabulary of `vocabulary` rows on the decoder's device."""

    def __init__(self, vocabulary: int, tokenizer: StepTokenizer, enforced: bool = True, device: torch.device | str = "cpu"):
        self.text, self.audio, self.audio_pad = tokenizer.text, tokenizer.audio, tokenizer.audio_pad
        self.pad, self.speech_end, self.end = map(tokenizer.id, ("<tts_pad>", "<tts_end>", "<|EOT|>"))
        self.allowed: dict[Phase, AllowedIds]
        if enforced:
            self.allowed = {
                "text": AllowedIds(vocabulary, self.text, (self.pad, self.speech_end, self.end), device=device, text=True),
                "speech": AllowedIds(vocabulary, self.audio, (self.audio_pad,), device=device),
                "tail": AllowedIds(vocabulary, self.text, (self.end,), device=device, text=True),
            }
        else:
            self.allowed = dict.fromkeys(("text", "speech", "tail"), AllowedIds(vocabulary, range(vocabulary), device=device))


@dataclass(frozen=True)
class StepPattern(ChunkPattern):
    """It begins at "tail" for a reply in text. Upstream leaves the order to the model: `StepAudio2.__call__` only generates."""

    rules: StepRules

    kinds = {"text": "text", "speech": "speech", "tail": "text", "over": "control"}
    chunks = {"text": TEXT_CHUNK, "speech": SPEECH_CHUNK}

    def after(self, token: int) -> StepPattern:
        index = self.index + 1
        if token == self.rules.end:
            return self.at("over")
        if token == self.rules.speech_end:
            return self.at("tail")
        if index == self.chunk_length:
            return self.at("speech" if self.phase == "text" else "text")
        return self.at(self.phase, index)
