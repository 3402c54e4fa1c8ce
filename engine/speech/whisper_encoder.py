"""Whisper's audio encoder, which GLM-4-Voice and Step-Audio-2 both listen with: two convolutions, then a transformer.

One sound at a time, [rows, dim], never a padded batch. So no masks are needed: what a row must not see is not among the keys.
The names of the weights are those of openai/whisper (whisper/model.py, AudioEncoder).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.speech.weights import table

Padding = tuple[int, int]


class WhisperCache:
    """Keys and values of the rows so far, layer by layer."""

    def __init__(self) -> None:
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    def join(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """[1, heads, new rows, head width] of a layer -> the same of all rows so far, the new ones included."""
        if layer in self._layers:
            key, value = (torch.cat(pair, 2) for pair in zip(self._layers[layer], (key, value)))
        self._layers[layer] = key, value
        return key, value

    def cut(self, rows: int) -> None:
        """Forgets all but the first `rows` rows."""
        self._layers = {layer: (key[:, :, :rows], value[:, :, :rows]) for layer, (key, value) in self._layers.items()}


class FrameConv(nn.Conv1d):
    """A convolution over frames [n, channels] as one matrix product, so in full float32 on every device."""

    def __init__(self, channels: int, dim: int, kernel: int, stride: int) -> None:
        super().__init__(channels, dim, kernel, stride)

    def forward(self, frames: Tensor, padding: Padding) -> Tensor:  # type: ignore[override] # the padding is the caller's
        """[n, channels], with rows of zeros put before and after -> [(n + zeros - kernel) // stride + 1, dim]."""
        windows = F.pad(frames, (0, 0, *padding)).unfold(0, self.kernel_size[0], self.stride[0])
        return F.linear(windows.flatten(1), self.weight.flatten(1), self.bias)


class WhisperAttention(nn.Module):
    """Multi-head attention; `past` holds keys and values of earlier rows, `keys` says how many of all can be seen."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, states: Tensor, layer: int, past: WhisperCache | None, keys: int | None) -> Tensor:
        query, key, value = (
            part(states).unflatten(-1, (self.heads, -1)).transpose(0, 1)[None] for part in (self.query, self.key, self.value)
        )
        if past is not None:
            key, value = past.join(layer, key, value)
        mixed = F.scaled_dot_product_attention(query, key[:, :, :keys], value[:, :, :keys])
        return self.out(mixed[0].transpose(0, 1).flatten(1))


class WhisperBlock(nn.Module):
    """Attention, then a feed-forward network, each on normalised rows and added to its input."""

    def __init__(self, dim: int, heads: int, feed_forward: int) -> None:
        super().__init__()
        self.attn = WhisperAttention(dim, heads)
        self.attn_ln = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, feed_forward), nn.GELU(), nn.Linear(feed_forward, dim))
        self.mlp_ln = nn.LayerNorm(dim)

    def forward(self, states: Tensor, layer: int, past: WhisperCache | None, keys: int | None) -> Tensor:
        states = states + self.attn(self.attn_ln(states), layer, past, keys)
        return states + self.mlp(self.mlp_ln(states))


class WhisperEncoder(nn.Module):
    """Log-mel frames -> states at half their rate. `context`: how many rows have a position."""

    def __init__(self, bands: int, context: int, dim: int, heads: int, feed_forward: int, layers: int) -> None:
        super().__init__()
        self.conv1 = FrameConv(bands, dim, kernel=3, stride=1)
        self.conv2 = FrameConv(dim, dim, kernel=3, stride=2)
        self.positional_embedding = table(context, dim)
        self.blocks = nn.ModuleList(WhisperBlock(dim, heads, feed_forward) for _ in range(layers))

    def stem(self, mel: Tensor, first: Padding, second: Padding) -> Tensor:
        """[frames, bands] -> [rows, dim]; how many zeros each of the two convolutions puts before and after its input."""
        return F.gelu(self.conv2(F.gelu(self.conv1(mel, first)), second))

    def forward(self, rows: Tensor, start: int = 0, past: WhisperCache | None = None, keys: int | None = None) -> Tensor:
        """Rows [n, dim] of `stem` at positions start..start+n-1 -> their states after the last block, [n, dim].

        Every row sees the first `keys` rows (by default all) of those in `past` and these; `past` then holds these, too.
        """
        states = rows + self.positional_embedding.weight[start : start + len(rows)]
        for layer, block in enumerate(self.blocks):
            states = block(states, layer, past, keys)
        return states
