"""Flow matching: from noise to a mel spectrogram along a learned velocity field, with classifier-free guidance.

Conditional flow matching (Lipman et al., 2023) as the vocoders of CosyVoice's family use it: ten Euler steps whose times
follow a cosine (upstream: ConditionalCFM of cosyvoice/flow/flow_matching.py). The guided and the free velocity of a step
are computed as one batch of two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

Estimator = Callable[[Tensor, Tensor], Tensor]
"""(frames, t) -> velocity [2, mels, frames]; frames are those of `stacked`, t is [2]. Row 0 is conditional; row 1 has zeros
in the place of mu, speaker and cond. No frame is padding."""


def stacked(x: Tensor, mu: Tensor, speaker: Tensor, cond: Tensor) -> Tensor:
    """x, mu, cond [batch, mels, frames] and speaker [batch, mels] -> what an estimator is given, [batch, 4 * mels, frames]."""
    return torch.cat([x, mu, speaker[:, :, None].expand(-1, -1, x.shape[2]), cond], dim=1)


def cosine_times(steps: int) -> Tensor:
    """The times of the steps and the end, [steps + 1] from 0 to 1, dense at the beginning."""
    return 1 - (torch.linspace(0, 1, steps + 1, dtype=torch.float64) * (torch.pi / 2)).cos()


def euler_steps(
    estimator: Estimator,
    noise: Tensor,
    mu: Tensor,
    speaker: Tensor,
    cond: Tensor,
    guidance: float,
    times: Tensor,
) -> Iterator[Tensor]:
    """noise, mu, cond [1, mels, frames], speaker [1, mels] -> the state after each step [1, mels, frames].

    The velocity is (1 + guidance) * conditional - guidance * free (Ho and Salimans, 2022).
    """
    mu, speaker, cond = (torch.cat([one, torch.zeros_like(one)]) for one in (mu, speaker, cond))
    x = noise
    for now, then in zip(times[:-1].tolist(), times[1:].tolist(), strict=True):
        frames = stacked(x.expand(2, -1, -1), mu, speaker, cond)
        conditional, free = estimator(frames, x.new_full((2,), now)).chunk(2)
        x = x + (then - now) * ((1 + guidance) * conditional - guidance * free)
        yield x


def solve(
    estimator: Estimator, noise: Tensor, mu: Tensor, speaker: Tensor, cond: Tensor, steps: int = 10, guidance: float = 0.7
) -> Tensor:
    """The mel spectrogram that `noise` becomes: see `euler_steps`."""
    *_, mel = euler_steps(estimator, noise, mu, speaker, cond, guidance, cosine_times(steps))
    return mel
