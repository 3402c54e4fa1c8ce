"""Text tokens -> text, as they come, in whole characters."""

from __future__ import annotations

import codecs
from collections.abc import Callable


class TextStream:
    """`decode` gives the UTF-8 bytes of a list of ids, maybe ending inside a character.

    Whitespace at the very beginning and end is never given, so the pieces join to the trimmed text.
    """

    def __init__(self, decode: Callable[[list[int]], bytes]):
        self._decode, self._given = decode, 0
        self._ids: list[int] = []
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._space = ""  # waits for something to follow it
        self._begun = False

    def feed(self, token: int) -> str:
        """The characters that are complete with `token`; often one word, maybe none."""
        self._ids.append(token)
        # All ids at once: some tokenizers write a token differently at the beginning.
        data = self._decode(self._ids)
        text = self._space + self._utf8.decode(data[self._given :])
        self._given = len(data)
        if not self._begun:
            text = text.lstrip()
        shown = text.rstrip()
        self._space = text[len(shown) :]
        self._begun = self._begun or bool(shown)
        return shown
