"""What LFM2-Audio is given: turns between `<|im_start|>` and `<|im_end|>`, of words, sounds and its own frames.

A header, a text and an end are tokenized each by itself, so that no token reaches across their borders. Upstream: ChatState in
liquid-audio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.lm.sampling import Sampling
from engine.models.lfm2audio.tokenizer import LFMTokenizer
from engine.models.spoken_lm import PromptPiece


@dataclass(frozen=True)
class Mode:
    """What is asked of the model: the `system` sentence it was trained with (empty: no system turn), and how it replies.

    Either text and sound alternate (`interleaved`), or one follows the other. `sampling` is what the release advises.
    """

    system: str
    interleaved: bool = False
    sampling: Sampling = Sampling()


_SPEAKING = Sampling(temperature=0.8, top_k=64, text_temperature=0.0)

CHAT = Mode("Respond with interleaved text and audio.", True, Sampling(temperature=1.0, top_k=4, text_temperature=0.0))
ASR = Mode("Perform ASR.")
MODES = {
    "chat": CHAT,
    "asr": ASR,
    "tts-us-male": Mode("Perform TTS. Use the US male voice.", sampling=_SPEAKING),
    "tts-us-female": Mode("Perform TTS. Use the US female voice.", sampling=_SPEAKING),
    "tts-uk-male": Mode("Perform TTS. Use the UK male voice.", sampling=_SPEAKING),
    "tts-uk-female": Mode("Perform TTS. Use the UK female voice.", sampling=_SPEAKING),
}
"""Conversation, writing down what is heard, and reading aloud what is typed, by name."""


class LFMPrompt:
    """A conversation is `opening`, then question and reply by turns; `end_reply` stands behind every reply but the last."""

    def __init__(self, tokenizer: LFMTokenizer, mode: Mode = CHAT):
        self._tokenizer, self.mode = tokenizer, mode
        self._user, end = _header(tokenizer, "user"), _end(tokenizer)
        self._reply = (*end, *_header(tokenizer, "assistant"))
        self._line = end[1:]
        system = (*_header(tokenizer, "system"), *tokenizer.encode(mode.system), *end) if mode.system else ()
        self.opening = (tokenizer.start, *system)

    def before_speech(self) -> PromptPiece:
        """The rows of a sound follow, with no tokens around them."""
        return PromptPiece(self._user, opening=self.opening)

    def after_speech(self) -> PromptPiece:
        return PromptPiece(self._reply)

    def typed(self, text: str) -> PromptPiece:
        """Typed words; names of special tokens in them are only text. Raises `ValueError` with a sentence if there are none."""
        if not text.strip():
            raise ValueError("There is no text: type some words.")
        words = self._tokenizer.encode(text, specials=False)
        return PromptPiece((*self._user, *words, *self._reply), opening=self.opening)

    def end_reply(self, ids: Sequence[int]) -> PromptPiece:
        """What closes a reply in the history, ended or cut; `ids` are the text ids it has there so far."""
        return PromptPiece(self._line if ids and ids[-1] == self._tokenizer.turn_end else (self._tokenizer.turn_end, *self._line))


@dataclass(frozen=True)
class TextPart:
    """One position for each token."""

    ids: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class HeardPart:
    """A sound that was put in: one position for each row that the ear makes of it."""

    rows: int

    def __len__(self) -> int:
        return self.rows


@dataclass(frozen=True)
class SpokenPart:
    """Sound that the model made: one position for each frame of codes, end frames among them."""

    frames: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.frames)


Part = TextPart | HeardPart | SpokenPart
"""Consecutive positions of one kind. Places in the sequence are counted on over all kinds alike."""


def conversation(tokenizer: LFMTokenizer, turns: Sequence[tuple[str, Sequence[str | Part] | None]]) -> list[Part]:
    """A prompt in upstream's form, from the role and the content of every turn; None as content leaves the turn open.

    As upstream does, the names of added tokens in a text are read as these tokens. A reply's content is what was handed out, in
    order, without a last `<|im_end|>`.
    """
    parts: list[Part] = [TextPart((tokenizer.start,))]
    for role, content in turns:
        parts.append(TextPart(_header(tokenizer, role)))
        if content is not None:
            parts += [TextPart(tuple(tokenizer.encode(item))) if isinstance(item, str) else item for item in content]
            parts.append(TextPart(_end(tokenizer)))
    return parts


def _header(tokenizer: LFMTokenizer, role: str) -> tuple[int, ...]:
    return (tokenizer.turn_start, *tokenizer.encode(f"{role}\n"))


def _end(tokenizer: LFMTokenizer) -> tuple[int, ...]:
    return (tokenizer.turn_end, *tokenizer.encode("\n"))
