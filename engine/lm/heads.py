"""Exit heads: the next token from the state after an inner layer."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray

from engine.lm.allowed_ids import AllowedIds
from engine.lm.decoder import Decoder, Product
from engine.lm.frames import Choices, Frames, FrameTokens
from engine.lm.norm import RMSNorm


class ExitHead:
    """RMSNorm and a linear map onto some rows of the vocabulary (speech units and the control ids beside them).

    norm_weight [dim]; weight [rows, dim]; ids [rows] the vocabulary ids of the rows, or None if the rows are the whole
    vocabulary; `vocabulary` its size; `trained` whether they were trained for their layer; `product` what computes both, as
    `Decoder.product` gives it, by default torch.
    """

    def __init__(
        self,
        norm_weight: torch.Tensor,
        weight: torch.Tensor,
        ids: torch.Tensor | None,
        vocabulary: int,
        eps: float = 1e-5,
        trained: bool = True,
        product: Product | None = None,
    ):
        rows = vocabulary if ids is None else len(ids)
        if weight.shape != (rows, len(norm_weight)):
            raise ValueError(f"The exit head's weight is {list(weight.shape)}, not {[rows, len(norm_weight)]}.")
        self.norm = RMSNorm(norm_weight, eps)
        self.rows = weight if product else weight.t().contiguous().t()  # in torch's faster order
        self.ids = None if ids is None else ids.to(weight.device, torch.long)
        self._places: slice | NDArray[np.int64] = slice(None)
        if ids is not None:
            side_by_side = bool((ids.diff() == 1).all())
            self._places = slice(int(ids[0]), int(ids[-1]) + 1) if side_by_side else ids.cpu().long().numpy()
        self.vocabulary, self.trained = vocabulary, trained
        self.bias: torch.Tensor | None = None
        self._product = product or _by_torch(self.norm, self.rows)
        self._answers: WeakKeyDictionary[AllowedIds, tuple[bool, bool]] = WeakKeyDictionary()

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """States [n, dim] after the head's layer -> float32 logits [n, vocabulary], -inf for ids it does not know."""
        rows = self._product(states)
        if self.ids is None:
            return rows
        if rows.is_cpu:  # where numpy does it in a third of the time
            out = np.full((len(rows), self.vocabulary), -np.inf, np.float32)
            out[:, self._places] = rows.numpy()
            return torch.from_numpy(out)
        return rows.new_full((len(rows), self.vocabulary), float("-inf")).index_copy_(1, self.ids, rows)

    def can_choose(self, allowed: Choices) -> bool:
        """Whether the head knows any of the allowed ids."""
        return not isinstance(allowed, Frames) and self._known(allowed)[0]

    def knows(self, allowed: Choices) -> bool:
        """Whether the head knows every allowed id."""
        return not isinstance(allowed, Frames) and self._known(allowed)[1]

    def _known(self, allowed: AllowedIds) -> tuple[bool, bool]:
        """Whether it knows any and whether it knows all of them; every token asks."""
        if self.ids is None:
            return True, True
        answer = self._answers.get(allowed)
        if answer is None:
            count = int(allowed.mask[self.ids.to(allowed.mask.device)].sum())
            answer = self._answers[allowed] = count > 0, count == len(allowed)
        return answer


class FrameHead(ExitHead):
    """From a state to what the codes of a frame are chosen by: an RMSNorm and a projection with a bias.

    `product` is what computes both, by default torch; norm [dim], weight [width, dim], bias [width].
    """

    def __init__(
        self, norm: RMSNorm, weight: torch.Tensor, bias: torch.Tensor, product: Product | None = None, trained: bool = True
    ) -> None:
        self.norm, self.rows, self.bias, self.ids, self.trained = norm, weight, bias, None, trained
        self._product = product or (lambda states: torch.addmm(bias, norm(states), weight.t()))

    @torch.inference_mode()
    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """States [n, dim] after the head's layer -> float32 [n, width]."""
        return self._product(states).float()

    def can_choose(self, allowed: Choices) -> bool:
        return isinstance(allowed, Frames)

    def knows(self, allowed: Choices) -> bool:
        return isinstance(allowed, Frames)


def _by_torch(norm: RMSNorm, rows: torch.Tensor) -> Product:
    return torch.inference_mode()(lambda states: torch.mm(norm(states), rows.t()).float())


def logit_lens(decoder: Decoder, ids: torch.Tensor | None = None) -> ExitHead:
    """The model's own final norm and head, usable after any layer (expect less of it than of a trained head).

    `ids` [rows] restricts it to these ids of the vocabulary.
    """
    config, norm, rows = decoder.config, decoder.norm.weight, decoder.head.rows(ids)
    return ExitHead(norm, rows, ids, config.vocabulary, config.norm_eps, False, decoder.product(norm, rows))


def frame_lens(decoder: Decoder, frames: FrameTokens) -> FrameHead:
    """The model's own way from a state to a frame, usable after any layer: its final norm and what the codes are chosen by."""
    norm, network = decoder.norm, frames.network
    nothing = norm.weight[:0]
    return FrameHead(norm, nothing, nothing, lambda states: network.rows(norm(states)), trained=False)


def are_trained(heads: Mapping[int, ExitHead]) -> bool:
    """Whether a model's exit heads, by layer, were trained for their layers; false where the logit lens stands in for them."""
    return all(head.trained for head in heads.values())
