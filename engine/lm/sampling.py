"""Choosing tokens: greedy or by temperature, top-k and top-p, and the review of drafts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engine.schedules import Tolerance

SEEDS = 2**63


@dataclass(frozen=True)
class Sampling:
    """How a token is chosen. Temperature 0 is greedy; top_k 0, top_p 1 and repetition_penalty 1 are off."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"The temperature must be 0 (greedy) or more, not {self.temperature}.")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, not {self.top_p}.")
        if self.top_k < 0:
            raise ValueError(f"top_k must be 0 (off) or more, not {self.top_k}.")
        if not 0 < self.repetition_penalty < math.inf:
            raise ValueError(f"The repetition penalty must be above 0 (1 is off), not {self.repetition_penalty}.")


def check_seed(seed: int) -> int:
    """The seed, if a generator takes it. Raises `ValueError` with a sentence."""
    if not 0 <= seed < SEEDS:
        raise ValueError(f"The seed must be a whole number from 0 to 2^63-1, not {seed}.")
    return seed


class Sampler:
    """Chooses tokens with a generator of its own: the same seed gives the same choices on one machine.

    In every method `logits` is one row [vocabulary], `allowed` a bool mask [vocabulary] of the ids that may come, and
    `previous` the ids so far (read only by the repetition penalty).
    """

    def __init__(self, sampling: Sampling, seed: int = 0, device: torch.device | str = "cpu"):
        self.sampling = sampling
        self._generator = torch.Generator(device).manual_seed(seed)

    @torch.inference_mode()
    def probabilities(self, logits: torch.Tensor, allowed: torch.Tensor, previous: Sequence[int] = ()) -> torch.Tensor:
        """What `choose` draws from: [vocabulary], summing to 1 (a single 1 if greedy).

        The order is transformers': mask, repetition penalty, temperature, top-k, top-p.
        """
        scores = self._scores(logits, allowed, previous)
        sampling = self.sampling
        if sampling.temperature == 0:
            return torch.zeros_like(scores).index_fill_(0, scores.argmax(-1, keepdim=True), 1.0)
        scores = scores / sampling.temperature
        if 0 < sampling.top_k < scores.shape[0]:
            least = scores.topk(sampling.top_k).values[-1]
            scores = scores.masked_fill(scores < least, float("-inf"))
        probabilities = scores.softmax(-1)
        if sampling.top_p < 1:
            ordered, ids = probabilities.sort(descending=True)
            cut = ordered.cumsum(-1) - ordered >= sampling.top_p  # the likeliest id always stays
            probabilities = torch.empty_like(ordered).scatter_(0, ids, ordered.masked_fill_(cut, 0.0))
            probabilities /= probabilities.sum()
        return probabilities

    @torch.inference_mode()
    def choose(self, logits: torch.Tensor, allowed: torch.Tensor, previous: Sequence[int] = ()) -> int:
        """The next token."""
        if self.sampling.temperature == 0:
            return int(self._scores(logits, allowed, previous).argmax())
        return self._draw(self.probabilities(logits, allowed, previous))

    @torch.inference_mode()
    def draft(self, logits: torch.Tensor, allowed: torch.Tensor, previous: Sequence[int] = ()) -> tuple[int, torch.Tensor | None]:
        """A token to be reviewed, and the probabilities it was drawn from (None if greedy)."""
        if self.sampling.temperature == 0:
            return self.choose(logits, allowed, previous), None
        probabilities = self.probabilities(logits, allowed, previous)
        return self._draw(probabilities), probabilities

    @torch.inference_mode()
    def review(
        self,
        draft: int,
        drafted: torch.Tensor | None,
        logits: torch.Tensor,
        allowed: torch.Tensor,
        previous: Sequence[int] = (),
        tolerance: Tolerance | None = None,
    ) -> int:
        """The token that stands after a review by full depth's `logits`: the draft, or its correction.

        `drafted` is what `draft` gave beside it. Speculative rejection (arXiv 2211.17192): the result is distributed
        as `choose(logits, ...)` would be; greedily it is full depth's own choice. With a `tolerance` a draft within it is
        kept, however it was drawn, and any other is replaced by full depth's choice: neither promise holds then.
        """
        if tolerance is not None:
            kept = self._tolerates(tolerance, draft, self._scores(logits, allowed, previous))
            return draft if kept else self.choose(logits, allowed, previous)
        if drafted is None:
            return self.choose(logits, allowed, previous)
        wanted = self.probabilities(logits, allowed, previous)
        luck = torch.rand((), generator=self._generator, device=self._generator.device)
        if bool(luck.to(wanted.device) * drafted[draft] < wanted[draft]):
            return draft
        residual = (wanted - drafted).clamp_(min=0.0)
        # Equal distributions leave no residual; rounding alone can bring a draft here then.
        return self._draw(residual if float(residual.sum()) > 0 else wanted)

    def _tolerates(self, tolerance: Tolerance, draft: int, scores: torch.Tensor) -> bool:
        """Whether fewer than n ids, or ids of less probability than p together, are likelier than the draft."""
        likelier = scores > scores[draft]
        if tolerance.top_p is None:
            return tolerance.top_n is not None and int(likelier.sum()) < tolerance.top_n
        probabilities = (scores / (self.sampling.temperature or 1.0)).softmax(-1)
        return float(probabilities[likelier].sum()) < tolerance.top_p

    def _scores(self, logits: torch.Tensor, allowed: torch.Tensor, previous: Sequence[int]) -> torch.Tensor:
        penalty = self.sampling.repetition_penalty
        if penalty != 1 and len(previous):
            seen = torch.as_tensor(previous, dtype=torch.long, device=logits.device)
            values = logits[seen]
            logits = logits.index_put((seen,), torch.where(values < 0, values * penalty, values / penalty))
        return torch.where(allowed, logits, float("-inf"))

    def _draw(self, probabilities: torch.Tensor) -> int:
        return int(torch.multinomial(probabilities, 1, generator=self._generator))


@torch.inference_mode()
def entropy(logits: torch.Tensor, allowed: torch.Tensor) -> float:
    """Of the probabilities over the `allowed` ids, in nats: logits and mask [vocabulary], no temperature or penalty."""
    probabilities = torch.where(allowed, logits, float("-inf")).softmax(-1)
    return float(torch.special.entr(probabilities).sum())
