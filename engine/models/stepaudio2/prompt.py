"""What Step-Audio 2 is given: messages between `<|BOT|>` and `<|EOT|>`, as token ids.

Upstream: StepAudio2.apply_chat_template in stepaudio2.py of Step-Audio2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.models.spoken_lm import PromptPiece
from engine.models.stepaudio2.tokenizer import StepTokenizer

SYSTEM = "You are a helpful assistant."
"""The release's examples use it; its demo has a persona with a name, in Chinese."""


class StepPrompt:
    """A conversation is `opening`, then question and reply by turns. A reply ends in `<|EOT|>`.

    With `reply_in_text` the reply is asked for without sound: `<tts_start>` does not follow the assistant's header.
    """

    def __init__(self, tokenizer: StepTokenizer, system: str = SYSTEM, reply_in_text: bool = False):
        self._tokenizer = tokenizer
        self.end, self.tts_end = tokenizer.id("<|EOT|>"), tokenizer.id("<tts_end>")
        self.audio_start, self.audio_end = tokenizer.id("<audio_start>"), tokenizer.id("<audio_end>")
        self._speech = tokenizer.id("<tts_start>")
        self._human = tuple(tokenizer.encode("<|BOT|>human\n"))
        self._in_text = reply_in_text
        self._reply = (*tokenizer.encode("<|BOT|>assistant\n"), *(() if reply_in_text else (self._speech,)))
        self.opening = tuple(tokenizer.encode(f"<|BOT|>system\n{system}<|EOT|>")) if system else ()

    def before_speech(self) -> PromptPiece:
        return PromptPiece((*self._human, self.audio_start), opening=self.opening)

    def between_blocks(self) -> PromptPiece:
        """Between two blocks of one recording."""
        return PromptPiece((self.audio_end, self.audio_start))

    def after_speech(self) -> PromptPiece:
        return PromptPiece((self.audio_end, self.end, *self._reply))

    def typed(self, text: str) -> PromptPiece:
        """A typed question; names of special tokens in it are only text. Raises `ValueError` with a sentence if it is empty."""
        if not text.strip():
            raise ValueError("There is no question: type some words.")
        header = (self._tokenizer.id("<|BOT|>"),)
        # The header's words and the question are one text for the tokenizer, as upstream's string messages are.
        words = self._tokenizer.encode("human\n" + text, specials=False)
        return PromptPiece((*header, *words, self.end, *self._reply), opening=self.opening)

    def end_reply(self, ids: Sequence[int]) -> PromptPiece:
        """What closes a reply in the history: nothing if it ended by itself, else the end of its sound and of the turn."""
        if ids and ids[-1] == self.end:
            return PromptPiece()
        return PromptPiece((self.end,) if self._in_text or self.tts_end in ids else (self.tts_end, self.end))


def message_ids(tokenizer: StepTokenizer, messages: Sequence[dict[str, Any]]) -> list[int]:
    """The ids of messages in upstream's form, where the states of sounds are already counted.

    `role` ("user" is written "human"), `content` and `eot`. A string is one text with header and end; of a list, header,
    every item and the end are tokenized by themselves: {"type": "text", "text"}, {"type": "token", "token": ids} and
    {"type": "audio", "patches": (positions of every block, ..)}; None is the header alone, which asks for a reply in text.
    Raises `ValueError` for content of another kind.
    """
    ids: list[int] = []
    for message in messages:
        role, content = message["role"], message.get("content")
        header = f"<|BOT|>{'human' if role == 'user' else role}\n"
        end = "<|EOT|>" if message.get("eot", True) else ""
        if content is None:
            ids += tokenizer.encode(header)
        elif isinstance(content, str):
            ids += tokenizer.encode(header + content + end)
        else:
            for item in (header, *content, end):
                ids += tokenizer.encode(item) if isinstance(item, str) else _item_ids(tokenizer, item)
    return ids


def _item_ids(tokenizer: StepTokenizer, item: dict[str, Any]) -> list[int]:
    match item:
        case {"type": "text", "text": text}:
            return tokenizer.encode(text)
        case {"type": "token", "token": token}:
            return list(token)
        case {"type": "audio", "patches": patches}:
            start, patch, end = map(tokenizer.id, ("<audio_start>", "<audio_patch>", "<audio_end>"))
            return [id for count in patches for id in (start, *[patch] * count, end)]
    raise ValueError(f"A message cannot hold an item of the kind {item.get('type')!r}.")
