"""Tokens that are frames: several codes, chosen one after the other, for which a vocabulary has no rows.

A frame is one token everywhere. Its id stands beyond the vocabulary and is a number made of its codes, so that equal frames have
equal ids in every run. What its place is given instead of logits is a row that its codes are chosen by: of all of them at once
the model says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor

from engine.lm.allowed_ids import AllowedIds
from engine.schedules import FrameShape

Pick = Callable[[Tensor, int], int]
"""Float32 logits [codes + 1] of a codebook, and its number -> the code chosen; the last one ends the sound."""


class FrameNetwork(Protocol):
    """What chooses the codes of a frame, and makes of them what goes back into the decoder."""

    def rows(self, states: Tensor) -> Tensor:
        """The decoder's states after its final norm [n, dim] -> what frames are chosen by, [n, width]."""

    def codes(self, row: Tensor, pick: Pick, codebooks: int | None = None, layers: int | None = None) -> list[int]:
        """A row [width] -> the codes of the first `codebooks` (by default all); it needs `layers` layers (by default all).

        A first code that ends the sound is all that is chosen: the others are the same one.
        """

    def logits_of_first(self, row: Tensor, layers: int | None = None) -> Tensor:
        """A row [width] -> the logits [codes + 1] of its first codebook."""

    def prepare(self, layers: int | None) -> None:
        """Frames will be chosen with so many layers: makes now what they would wait for, if anything."""

    def frame_embedding(self, codes: Sequence[Sequence[int]]) -> Tensor:
        """Codes [n, codebooks] -> states [n, dim]."""


class FrameIds:
    """The ids of frames of up to `codebooks` codes, each from 0 to `codes`, behind a vocabulary of so many ids."""

    def __init__(self, vocabulary: int, codebooks: int, codes: int) -> None:
        self.vocabulary, self.codebooks, self.codes = vocabulary, codebooks, codes
        self._base = codes + 2  # a digit for every codebook, of which 0 is no code

    def id_of(self, codes: Sequence[int]) -> int:
        """Of a frame, or of its first codes."""
        number = 0
        for code in reversed(codes):
            number = number * self._base + code + 1
        return self.vocabulary + number

    def codes_of(self, token: int) -> tuple[int, ...]:
        """The inverse. Raises `ValueError` for what is no frame's id."""
        rest, codes = token - self.vocabulary, list[int]()
        while rest > 0:
            rest, digit = divmod(rest, self._base)
            codes.append(digit - 1)
        if not 1 <= len(codes) <= self.codebooks or min(codes) < 0:
            raise ValueError(f"Token {token} is no frame.")
        return tuple(codes)

    def some(self, count: int) -> list[int]:
        """So many frames that have a sound: each time another code in every codebook."""
        frames = (((number * (place + 1) + place) % self.codes for place in range(self.codebooks)) for number in range(count))
        return [self.id_of(tuple(codes)) for codes in frames]

    def __contains__(self, token: int) -> bool:
        try:
            return bool(self.codes_of(token))
        except ValueError:
            return False


class FrameTokens:
    """The frames of a model: their ids and the network behind them, of so many layers."""

    def __init__(self, ids: FrameIds, network: FrameNetwork, layers: int) -> None:
        self.ids, self.network = ids, network
        self.shape = FrameShape(ids.codebooks, layers)

    def embed(self, tokens: Sequence[int], text: Callable[[Sequence[int]], Tensor]) -> Tensor:
        """Ids of frames, and of other tokens, which `text` embeds, [n] -> states [n, dim]."""
        vocabulary = self.ids.vocabulary
        states = text([token if token < vocabulary else 0 for token in tokens]).clone()
        for place, token in enumerate(tokens):
            if token >= vocabulary:
                states[place] = self.network.frame_embedding([self.ids.codes_of(token)])[0].to(states)
        return states


class Frames:
    """The frames that may come at a place: all of them, with so many codes and as many layers of their network.

    It stands where other places have their `AllowedIds`. `code_ids` are the codes of one codebook.
    """

    def __init__(self, tokens: FrameTokens, codebooks: int | None = None, layers: int | None = None) -> None:
        self._tokens, self._codebooks, self._layers = tokens, codebooks, layers
        self.code_ids = AllowedIds(tokens.ids.codes + 1, range(tokens.ids.codes + 1))

    def __len__(self) -> int:
        """Of codes to choose."""
        return self._codebooks or self._tokens.ids.codebooks

    def rows(self, states: Tensor) -> Tensor:
        """Normed states [n, dim] -> float32 rows [n, width]."""
        return self._tokens.network.rows(states).float()

    @torch.inference_mode()
    def choose(self, row: Tensor, pick: Pick) -> int:
        """The id of the frame that `pick` chooses code by code."""
        return self._tokens.ids.id_of(self._tokens.network.codes(row, pick, self._codebooks, self._layers))

    @torch.inference_mode()
    def first(self, row: Tensor) -> Tensor:
        """The logits of the first code, which says most of a frame's sound."""
        return self._tokens.network.logits_of_first(row, self._layers)

    def codes_of(self, token: int) -> tuple[int, ...]:
        """Of a frame's id."""
        return self._tokens.ids.codes_of(token)


Choices = AllowedIds | Frames
"""What may come at a place of a reply."""
