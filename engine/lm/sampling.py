"""Choosing tokens: greedy or by temperature, top-k and top-p, and the review of drafts."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.frames import Choices, Frames
from engine.lm.seen_ids import SeenIds
from engine.schedules import Tolerance

SEEDS = 2**63

Drafted = torch.Tensor | list[torch.Tensor] | None
"""The probabilities that a draft was drawn from, of the allowed ids; of a frame, those of each of its codes. None if greedy."""


@dataclass(frozen=True)
class Sampling:
    """How a token is chosen. Temperature 0 is greedy; top_k 0, top_p 1 and repetition_penalty 1 are off.

    `text_temperature` is that of text, where it is another one.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    text_temperature: float | None = None

    def __post_init__(self) -> None:
        for temperature in (self.temperature, self.text_temperature or 0.0):
            if not 0 <= temperature < math.inf:
                raise ValueError(f"The temperature must be 0 (greedy) or more, not {temperature}.")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, not {self.top_p}.")
        if self.top_k < 0:
            raise ValueError(f"top_k must be 0 (off) or more, not {self.top_k}.")
        if not 0 < self.repetition_penalty < math.inf:
            raise ValueError(f"The repetition penalty must be above 0 (1 is off), not {self.repetition_penalty}.")

    @property
    def values(self) -> dict[str, float]:
        """By name, without what is not set."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def check_seed(seed: int) -> int:
    """The seed, if a generator takes it. Raises `ValueError` with a sentence."""
    if not 0 <= seed < SEEDS:
        raise ValueError(f"The seed must be a whole number from 0 to 2^63-1, not {seed}.")
    return seed


class Sampler:
    """Chooses tokens with a generator of its own: the same seed gives the same choices on one machine.

    In every method `logits` is one row [vocabulary], `allowed` the ids that may come, of which alone anything is computed, and
    `seen` those that came before, where there is a repetition penalty. Probabilities are [k], in the order of the allowed ids.
    Where a frame comes, `allowed` are `Frames` and `logits` what its codes are chosen by, one after the other as tokens are.
    """

    def __init__(self, sampling: Sampling, seed: int = 0, device: torch.device | str = "cpu"):
        self.sampling = sampling
        self._generator = torch.Generator(device).manual_seed(seed)

    @torch.inference_mode()
    def probabilities(self, logits: torch.Tensor, allowed: AllowedIds, seen: SeenIds | None = None) -> torch.Tensor:
        """What `choose` draws from: [k], summing to 1 (a single 1 if greedy).

        The order is transformers': mask, repetition penalty, temperature, top-k, top-p. Ids as likely as the last of top-k are
        in; of those as likely as the last of top-p, the lowest.
        """
        if self._temperature(allowed) == 0:
            scores = self._scores(logits, allowed, seen)
            return torch.zeros_like(scores).index_fill_(0, scores.argmax(-1, keepdim=True), 1.0)
        return _spread(*self._candidates(logits, allowed, seen), len(allowed))

    def choose(self, logits: torch.Tensor, allowed: Choices, seen: SeenIds | None = None) -> int:
        """The next token."""
        if isinstance(allowed, Frames):
            return allowed.choose(logits, lambda row, codebook: self.choose(row, allowed.code_ids))
        if self._temperature(allowed) == 0:
            return allowed.id_at(_likeliest(self._scores(logits, allowed, seen)))
        places, probabilities = self._candidates(logits, allowed, seen)
        return allowed.id_at(int(places[self._draw(probabilities)]))

    @torch.inference_mode()
    def draft(self, logits: torch.Tensor, allowed: Choices, seen: SeenIds | None = None) -> tuple[int, Drafted]:
        """A token to be reviewed, and the probabilities it was drawn from."""
        if isinstance(allowed, Frames):
            return self._draft_frame(logits, allowed)
        if self._temperature(allowed) == 0:
            return self.choose(logits, allowed, seen), None
        places, probabilities = self._candidates(logits, allowed, seen)
        token = allowed.id_at(int(places[self._draw(probabilities)]))
        return token, _spread(places, probabilities, len(allowed))

    @torch.inference_mode()
    def review(
        self,
        draft: int,
        drafted: Drafted,
        logits: torch.Tensor,
        allowed: Choices,
        seen: SeenIds | None = None,
        tolerance: Tolerance | None = None,
    ) -> int:
        """The token that stands after a review by full depth's `logits`: the draft, or its correction.

        `draft` and `drafted` are what `draft` gave for the same allowed ids. Speculative rejection (arXiv 2211.17192): the
        result is distributed as `choose(logits, ...)` would be; greedily it is full depth's own choice. With a `tolerance` a
        draft within it is kept, however it was drawn, and any other is replaced by full depth's choice: neither promise holds
        then. Of a frame the codes are reviewed in their order, up to the first that is corrected; full depth chooses the rest.
        """
        if isinstance(allowed, Frames):
            return self._review_frame(draft, drafted, logits, allowed, tolerance)
        if tolerance is not None:
            scores = self._scores(logits, allowed, seen) / (self._temperature(allowed) or 1.0)
            kept = self._tolerates(tolerance, allowed.place_of(draft), scores)
            return draft if kept else self.choose(logits, allowed, seen)
        if not isinstance(drafted, torch.Tensor):
            return self.choose(logits, allowed, seen)
        wanted, place = self.probabilities(logits, allowed, seen), allowed.place_of(draft)
        luck = torch.rand((), generator=self._generator, device=self._generator.device)
        if bool(luck.to(wanted.device) * drafted[place] < wanted[place]):
            return draft
        residual = (wanted - drafted).clamp_(min=0.0)
        # Equal distributions leave no residual; rounding alone can bring a draft here then.
        return allowed.id_at(int(self._draw(residual if float(residual.sum()) > 0 else wanted)))

    def _draft_frame(self, row: torch.Tensor, frames: Frames) -> tuple[int, Drafted]:
        drafted: list[torch.Tensor] = []

        def pick(logits: torch.Tensor, codebook: int) -> int:
            code, drawn_from = self.draft(logits, frames.code_ids)
            if isinstance(drawn_from, torch.Tensor):
                drafted.append(drawn_from)
            return code

        return frames.choose(row, pick), drafted or None

    def _review_frame(self, draft: int, drafted: Drafted, row: torch.Tensor, frames: Frames, tolerance: Tolerance | None) -> int:
        codes, agrees = frames.codes_of(draft), True

        def pick(logits: torch.Tensor, codebook: int) -> int:
            nonlocal agrees
            if not agrees:
                return self.choose(logits, frames.code_ids)
            drawn_from = drafted[codebook] if isinstance(drafted, list) else None
            code = self.review(codes[codebook], drawn_from, logits, frames.code_ids, None, tolerance)
            agrees = code == codes[codebook]
            return code

        return frames.choose(row, pick)

    def _temperature(self, allowed: AllowedIds) -> float:
        text = self.sampling.text_temperature
        return self.sampling.temperature if text is None or not allowed.text else text

    def _tolerates(self, tolerance: Tolerance, place: int, scores: torch.Tensor) -> bool:
        """Whether fewer than n ids, or ids of less probability than p together, are likelier than the draft."""
        likelier = scores > scores[place]
        if tolerance.top_p is None:
            return tolerance.top_n is not None and int(likelier.sum()) < tolerance.top_n
        return float(scores.softmax(-1)[likelier].sum()) < tolerance.top_p

    def _scores(self, logits: torch.Tensor, allowed: AllowedIds, seen: SeenIds | None) -> torch.Tensor:
        """The logits of the allowed ids [k], those of seen ids made less likely by the repetition penalty."""
        penalty = self.sampling.repetition_penalty
        if penalty != 1 and seen is not None:
            ids = seen.ids
            values = logits.index_select(0, ids)
            logits = logits.index_copy(0, ids, torch.where(values < 0, values * penalty, values / penalty))
        return allowed.gather(logits)

    @torch.inference_mode()
    def _candidates(self, logits: torch.Tensor, allowed: AllowedIds, seen: SeenIds | None) -> tuple[torch.Tensor, torch.Tensor]:
        """Places among the allowed ids and the probabilities of what stands there, which sum to 1; all others have none."""
        sampling = self.sampling
        scores = self._scores(logits, allowed, seen) / self._temperature(allowed)
        if 0 < sampling.top_k < len(scores):
            places = _greatest(scores, sampling.top_k)
            scores = scores.index_select(0, places)
        else:
            places = torch.arange(len(scores), device=scores.device)
        probabilities = scores.softmax(-1)
        if sampling.top_p < 1:
            likely, probabilities = _nucleus(probabilities, sampling.top_p)
            places = places.index_select(0, likely)
        return places, probabilities

    def _draw(self, weights: torch.Tensor) -> torch.Tensor:
        """A place, as a scalar, by weights [m] that need not sum to 1: one random number, however many they are."""
        sums = weights.cumsum(-1, dtype=torch.float64)
        luck = torch.rand((), dtype=torch.float64, generator=self._generator, device=self._generator.device)
        # Above 0 and up to the whole sum: what has no weight is never met.
        return torch.searchsorted(sums, (1 - luck) * sums[-1])


def _likeliest(scores: torch.Tensor) -> int:
    """The first place of the greatest score. On the processor numpy needs a fraction of the time that torch takes to begin."""
    return int(scores.numpy().argmax() if scores.is_cpu else scores.argmax())


def _greatest(values: torch.Tensor, count: int) -> torch.Tensor:
    """The places of the `count` greatest and of all that equal the least of them, in order."""
    least = values.topk(count, sorted=False).values.min()
    return (values >= least).nonzero().flatten()


def _nucleus(probabilities: torch.Tensor, top_p: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Places [m] and probabilities [m], which sum to 1 again, of the likeliest that together reach top_p, and of some with 0."""
    # All that are less likely than this do not have 1 - top_p together, so that none of them is needed, nor sorted.
    places = (probabilities >= (1 - top_p) / len(probabilities)).nonzero().flatten()
    ordered, order = probabilities.index_select(0, places).sort(descending=True, stable=True)
    cut = ordered.cumsum(-1) - ordered >= top_p  # the likeliest id always stays
    left = ordered.masked_fill_(cut, 0.0)
    return places.index_select(0, order), left.div_(left.sum())


def _spread(places: torch.Tensor, probabilities: torch.Tensor, count: int) -> torch.Tensor:
    """Probabilities [m] at their places among `count`, 0 elsewhere."""
    return probabilities.new_zeros(count).index_copy_(0, places, probabilities)


@torch.inference_mode()
def entropy(logits: torch.Tensor, allowed: Choices) -> float:
    """Of the probabilities over the `allowed` ids, in nats: logits [vocabulary], no temperature or penalty.

    Of a frame it is that of its first code.
    """
    if isinstance(allowed, Frames):
        return entropy(allowed.first(logits), allowed.code_ids)
    return float(torch.special.entr(allowed.gather(logits).softmax(-1)).sum())
