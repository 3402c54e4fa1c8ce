"""In which order text and sound come in a reply of LFM2-Audio: what comes next, what is handed out, and when it is over.

Every step is one call of the language model, and chooses a text id or a frame of codes. Upstream: generate_interleaved and
generate_sequential of LFM2AudioModel in liquid-audio.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.models.checkpoints.config_file import Fields
from engine.models.lfm2audio.tokenizer import LFMTokenizer

Kind = Literal["text", "audio"]

_LONGEST_BLOCK = 10_000


@dataclass(frozen=True)
class ReplyRules:
    """The lengths of the blocks that alternate, in text ids and in frames, and the code and the ids that change the order."""

    text_block: int
    audio_block: int
    end_code: int
    turn_end: int
    text_end: int
    audio_start: int

    @classmethod
    def from_config(cls, config: Fields, tokenizer: LFMTokenizer, end_code: int) -> ReplyRules:
        """From a release's `config.json`. Raises `ValueError` with a sentence that names the file and the field.

        `end_code` is the one after the last code that has a sound; only the weights say how many there are.
        """
        return cls(
            text_block=config.count("interleaved_n_text", most=_LONGEST_BLOCK),
            audio_block=config.count("interleaved_n_audio", most=_LONGEST_BLOCK),
            end_code=end_code,
            turn_end=tokenizer.turn_end,
            text_end=tokenizer.text_end,
            audio_start=tokenizer.audio_start,
        )

    def has_sound(self, codes: Sequence[int]) -> bool:
        """Whether a frame can be made into sound. The end code has none, also in a frame that it does not make an end frame."""
        return self.end_code not in codes


class ReplyOrder(ABC):
    """The place in one reply. What `took_text` or `took_frame` says is handed out is what the model is fed next."""

    def __init__(self, rules: ReplyRules, most: int):
        """`most`: steps after which the reply is cut, whatever they hand out. Nothing else limits how long it gets."""
        self._rules, self._most = rules, most
        self.steps = 0
        self.kind: Kind = "text"
        """Of what comes next."""
        self.ended = False
        """Whether the model has ended the reply by itself."""

    @property
    @abstractmethod
    def place(self) -> tuple[int, int | None]:
        """Where in its block what comes next stands, from 0, and how many the block has; None is until something ends it."""

    @property
    def is_over(self) -> bool:
        """Nothing comes next: the reply has ended, or is cut."""
        return self.ended or self.steps >= self._most

    def took_text(self, id: int) -> bool:
        """Takes the id that was chosen; says whether it is handed out. Raises `ValueError` where no text comes next."""
        self._step("text")
        return self._after_text(id)

    def took_frame(self, codes: Sequence[int]) -> tuple[int, ...]:
        """Takes the frame that was chosen [codebooks] and gives it as it is handed out.

        If its first code is the end code it is an end frame, and all its codes become that one; elsewhere that code ends nothing.
        Raises `ValueError` where no frame comes next.
        """
        self._step("audio")
        ends = codes[0] == self._rules.end_code
        self._after_frame(ends)
        return (self._rules.end_code,) * len(codes) if ends else tuple(codes)

    def _step(self, kind: Kind) -> None:
        if self.is_over or kind != self.kind:
            raise ValueError(f"Not {kind} but {'nothing' if self.is_over else self.kind} comes next in this reply.")
        self.steps += 1

    @abstractmethod
    def _after_text(self, id: int) -> bool:
        """Goes on behind a text id; says whether it is handed out."""

    @abstractmethod
    def _after_frame(self, ends: bool) -> None:
        """Goes on behind a frame, which may be an end frame."""


class InterleavedOrder(ReplyOrder):
    """Blocks of text and frames by turns. Once `<|text_end|>` was said, frames alone up to an end frame, and then one id.

    `<|im_end|>` ends the reply and is not handed out; if that one id is another, frames follow it again.
    """

    def __init__(self, rules: ReplyRules, most: int):
        super().__init__(rules, most)
        self._left, self._text_ended = rules.text_block, False

    @property
    def place(self) -> tuple[int, int | None]:
        length = self._rules.text_block if self.kind == "text" else self._rules.audio_block
        return length - self._left, None if self._text_ended else length

    def _after_text(self, id: int) -> bool:
        self._left -= 1
        if id == self._rules.turn_end:
            self.ended = True
            return False
        self._text_ended = self._text_ended or id == self._rules.text_end
        if self._text_ended or self._left == 0:
            self.kind, self._left = "audio", self._rules.audio_block
        return True

    def _after_frame(self, ends: bool) -> None:
        self._left -= 1
        if self._left == 0 and not self._text_ended:
            self.kind, self._left = "text", self._rules.text_block
        if ends:
            self.kind = "text"  # of as many ids as there were frames left: upstream does not count anew


class SequentialOrder(ReplyOrder):
    """Text up to `<|audio_start|>`, frames up to an end frame, and text again. `<|im_end|>` ends the reply and is handed out."""

    def __init__(self, rules: ReplyRules, most: int):
        super().__init__(rules, most)
        self._index = 0

    @property
    def place(self) -> tuple[int, int | None]:
        return self._index, None

    def _after_text(self, id: int) -> bool:
        self.ended = id == self._rules.turn_end
        self._index += 1
        if id == self._rules.audio_start:
            self.kind, self._index = "audio", 0
        return True

    def _after_frame(self, ends: bool) -> None:
        self._index += 1
        if ends:
            self.kind, self._index = "text", 0
