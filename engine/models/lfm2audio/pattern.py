"""What LFM2.5-Audio may say next: a text id or a frame of codes, in the order of its replies.

The reference lets it say any id at a place for text. Here those of the vocabulary's added tokens that mean nothing there are left
out; `enforced=False` is as the reference.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import torch

from engine.events import Kind
from engine.lm.allowed_ids import AllowedIds
from engine.lm.frames import Choices, Frames, FrameTokens
from engine.models.lfm2audio.reply_order import InterleavedOrder, ReplyOrder, ReplyRules, SequentialOrder
from engine.models.lfm2audio.tokenizer import LFMTokenizer


class LFMRules:
    """What each place allows, made once for a vocabulary of `vocabulary` rows on the decoder's device."""

    def __init__(
        self, vocabulary: int, tokenizer: LFMTokenizer, order: ReplyRules, frames: FrameTokens, interleaved: bool,
        enforced: bool = True, device: torch.device | str = "cpu",
    ) -> None:  # fmt: skip
        self.order, self.tokens, self.interleaved = order, frames, interleaved
        self.marks = (order.turn_end, order.text_end if interleaved else order.audio_start)
        """The ids that are no words."""
        words: Sequence[int] = tokenizer.words if enforced else range(vocabulary)
        self.text = AllowedIds(vocabulary, words, self.marks, device=device, text=True)
        self._frames: dict[tuple[int | None, int | None], Frames] = {}

    def frames(self, codebooks: int | None, layers: int | None) -> Frames:
        """Those with so many codes, by so many layers of what chooses them: the same object for the same numbers."""
        if (codebooks, layers) not in self._frames:
            self._frames[codebooks, layers] = Frames(self.tokens, codebooks, layers)
        return self._frames[codebooks, layers]

    def start(self) -> ReplyOrder:
        """The place before a reply. What cuts it is for others to know."""
        return (InterleavedOrder if self.interleaved else SequentialOrder)(self.order, sys.maxsize)


@dataclass(frozen=True)
class LFMPattern:
    """See `engine.decoding.pattern.Pattern`; `order` is not changed."""

    rules: LFMRules
    order: ReplyOrder
    choices: Frames

    @property
    def kind(self) -> Kind:
        return "control" if self.done else "speech" if self.speech_step else "text"

    @property
    def speech_step(self) -> bool:
        return not self.done and self.order.kind == "audio"

    @property
    def chunk_index(self) -> int:
        return self.order.place[0]

    @property
    def chunk_length(self) -> int | None:
        return self.order.place[1]

    @property
    def done(self) -> bool:
        return self.order.is_over

    def allowed(self) -> Choices:
        return self.choices if self.order.kind == "audio" else self.rules.text

    def with_frames(self, codebooks: int | None, layers: int | None) -> LFMPattern:
        return replace(self, choices=self.rules.frames(codebooks, layers))

    def kind_of(self, token: int) -> Kind:
        if token < self.rules.tokens.ids.vocabulary:
            return "control" if token in self.rules.marks else "text"
        return "speech" if self.rules.order.has_sound(self.rules.tokens.ids.codes_of(token)) else "control"

    def after(self, token: int) -> LFMPattern:
        order = copy(self.order)
        if order.kind == "text":
            order.took_text(token)
        else:
            order.took_frame(self.rules.tokens.ids.codes_of(token))
        return replace(self, order=order)
