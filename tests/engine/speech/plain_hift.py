"""HiFT once more, as plain as it can be written: from a release's fields and tensors, to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Weights = Mapping[str, Tensor]


def wave(fields: Mapping[str, Any], weights: Weights, mel: Tensor, source: Tensor) -> Tensor:
    """mel [1, mels, frames], source [1, 1, samples] -> samples [1, samples]."""
    size, hop = fields["istft_params"]["n_fft"], fields["istft_params"]["hop_len"]
    window = torch.hann_window(size)
    spectrum = torch.stft(source[0], size, hop, window=window, return_complex=True)
    excitation = torch.cat([spectrum.real, spectrum.imag], 1)
    x = F.conv1d(mel, weights["conv_pre.weight"], weights["conv_pre.bias"], padding=3)
    rates, kernels = fields["upsample_rates"], list(zip(fields["resblock_kernel_sizes"], fields["resblock_dilation_sizes"]))
    for stage, (rate, kernel) in enumerate(zip(rates, fields["upsample_kernel_sizes"])):
        up, down = f"ups.{stage}", f"source_downs.{stage}"
        x = F.leaky_relu(x, fields["lrelu_slope"])
        x = F.conv_transpose1d(x, weights[f"{up}.weight"], weights[f"{up}.bias"], rate, (kernel - rate) // 2)
        left = 1
        for later in rates[stage + 1 :]:
            left *= later
        if left == 1:
            x = F.pad(x, (1, 0), mode="reflect")
        shaped = F.conv1d(excitation, weights[f"{down}.weight"], weights[f"{down}.bias"], left, left // 2 if left > 1 else 0)
        dilations = fields["source_resblock_dilation_sizes"][stage]
        x = x + block(weights, f"source_resblocks.{stage}", shaped, fields["source_resblock_kernel_sizes"][stage], dilations)
        blocks = [block(weights, f"resblocks.{stage * len(kernels) + i}", x, *kernels[i]) for i in range(len(kernels))]
        x = torch.stack(blocks).mean(0)
    x = F.conv1d(F.leaky_relu(x, 0.01), weights["conv_post.weight"], weights["conv_post.bias"], padding=3)
    loud, angle = x[:, : size // 2 + 1].exp().clamp(max=100), x[:, size // 2 + 1 :].sin()
    made = torch.istft(torch.complex(loud * angle.cos(), loud * angle.sin()), size, hop, window=window)
    return made.clamp(-fields["audio_limit"], fields["audio_limit"])


def block(weights: Weights, name: str, x: Tensor, kernel: int, dilations: list[int]) -> Tensor:
    for i, dilation in enumerate(dilations):
        y = x
        for number, spread in ((1, dilation), (2, 1)):
            alpha, part = weights[f"{name}.activations{number}.{i}.alpha"][None, :, None], f"{name}.convs{number}.{i}"
            y = y + torch.sin(alpha * y) ** 2 / (alpha + 1e-9)
            y = F.conv1d(y, weights[f"{part}.weight"], weights[f"{part}.bias"], 1, spread * (kernel - 1) // 2, spread)
        x = x + y
    return x
