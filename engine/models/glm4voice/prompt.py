"""What GLM-4-Voice is given: the trained-in sentences, and questions around their codes or words, as token ids.

As the release's `web_demo.py` puts it, except that a conversation is kept as ids: upstream decodes every reply and tokenizes
it again, which merges its words otherwise than they were generated.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.models.glm4voice.tokenizer import GLMTokenizer
from engine.models.spoken_lm import PromptPiece

_ASKED_ALOUD = (
    "User will provide you with a speech instruction. Do it step by step. First, think about the instruction and respond "
    "in a interleaved manner, with 13 text token followed by 26 audio tokens. "
)  # the space at the end is trained in
_ASKED_IN_WRITING = (
    "User will provide you with a text instruction. Do it step by step. First, think about the instruction and respond in "
    "a interleaved manner, with 13 text token followed by 26 audio tokens."
)


class GLMPrompt:
    """A conversation is `opening`, which ends in `<|user|>`; then question and reply by turns. A reply ends in `<|user|>`."""

    def __init__(self, tokenizer: GLMTokenizer):
        self._tokenizer = tokenizer
        self.user = tokenizer.id("<|user|>")
        self._line = tuple(tokenizer.encode("\n"))
        self._begin, self._end = tokenizer.id("<|begin_of_audio|>"), tokenizer.id("<|end_of_audio|>")
        self._reply = tuple(tokenizer.encode("<|assistant|>streaming_transcription\n"))

    def opening(self, spoken: bool) -> tuple[int, ...]:
        """What stands before the first question: the system's sentence, according to how it is asked, and `<|user|>`."""
        tokenizer = self._tokenizer
        system = tokenizer.encode("<|system|>\n" + (_ASKED_ALOUD if spoken else _ASKED_IN_WRITING))
        return (*tokenizer.prefix, *system, self.user)

    def before_speech(self) -> PromptPiece:
        return PromptPiece((*self._line, self._begin), opening=self.opening(spoken=True))

    def after_speech(self) -> PromptPiece:
        return PromptPiece((self._end, *self._reply))

    def typed(self, text: str) -> PromptPiece:
        """A typed question; names of special tokens in it are only text. Raises `ValueError` with a sentence if it is empty."""
        if not text.strip():
            raise ValueError("There is no question: type some words.")
        # The line break and the words are one text for the tokenizer, as upstream's template is.
        words = self._tokenizer.encode("\n" + text, specials=False)
        return PromptPiece((*words, *self._reply), opening=self.opening(spoken=False))

    def end_reply(self, ids: Sequence[int]) -> PromptPiece:
        """What closes a reply in the history: `<|user|>`, unless it ended so by itself."""
        return PromptPiece() if ids and ids[-1] == self.user else PromptPiece((self.user,))
