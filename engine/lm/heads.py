"""Exit heads: the next token from the state after an inner layer."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.decoder import Decoder
from engine.lm.norm import RMSNorm


class ExitHead:
    """RMSNorm and a linear map onto some rows of the vocabulary (speech units and the control ids beside them).

    norm_weight [dim]; weight [rows, dim]; ids [rows] the vocabulary ids of the rows, or None if the rows are the whole
    vocabulary; `vocabulary` its size; `trained` whether they were trained for their layer.
    """

    def __init__(
        self,
        norm_weight: torch.Tensor,
        weight: torch.Tensor,
        ids: torch.Tensor | None,
        vocabulary: int,
        eps: float = 1e-5,
        trained: bool = True,
    ):
        rows = vocabulary if ids is None else len(ids)
        if weight.shape != (rows, len(norm_weight)):
            raise ValueError(f"The exit head's weight is {list(weight.shape)}, not {[rows, len(norm_weight)]}.")
        self.norm, self.weight = RMSNorm(norm_weight, eps), weight.t().contiguous()
        self.ids = None if ids is None else ids.to(weight.device, torch.long)
        self.vocabulary, self.trained = vocabulary, trained
        self._answers: WeakKeyDictionary[AllowedIds, tuple[bool, bool]] = WeakKeyDictionary()

    @torch.inference_mode()
    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """States [n, dim] after the head's layer -> float32 logits [n, vocabulary], -inf for ids it does not know."""
        rows = torch.mm(self.norm(states), self.weight).float()
        if self.ids is None:
            return rows
        out = torch.full((rows.shape[0], self.vocabulary), float("-inf"), device=rows.device)
        return out.index_copy_(1, self.ids, rows)

    def can_choose(self, allowed: AllowedIds) -> bool:
        """Whether the head knows any of the allowed ids."""
        return self._known(allowed)[0]

    def knows(self, allowed: AllowedIds) -> bool:
        """Whether the head knows every allowed id."""
        return self._known(allowed)[1]

    def _known(self, allowed: AllowedIds) -> tuple[bool, bool]:
        """Whether it knows any and whether it knows all of them; every token asks."""
        if self.ids is None:
            return True, True
        answer = self._answers.get(allowed)
        if answer is None:
            count = int(allowed.mask[self.ids.to(allowed.mask.device)].sum())
            answer = self._answers[allowed] = count > 0, count == len(allowed)
        return answer


def logit_lens(decoder: Decoder, ids: torch.Tensor | None = None) -> ExitHead:
    """The model's own final norm and head, usable after any layer (expect less of it than of a trained head).

    `ids` [rows] restricts it to these ids of the vocabulary.
    """
    config = decoder.config
    return ExitHead(decoder.norm.weight, decoder.head.rows(ids), ids, config.vocabulary, config.norm_eps, trained=False)


def are_trained(heads: Mapping[int, ExitHead]) -> bool:
    """Whether a model's exit heads, by layer, were trained for their layers; false where the logit lens stands in for them."""
    return all(head.trained for head in heads.values())
