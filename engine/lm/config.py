"""The shape of a decoder-only transformer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LMConfig:
    """Sizes of a Llama-like decoder (RMSNorm, rotary positions, SwiGLU, grouped KV heads).

    The first `rotary_dim` (0 means `head_dim`) dimensions of each head are rotated, in pairs (i, i + rotary_dim / 2)
    as in Llama, or (2i, 2i + 1) as in GLM if `rope_interleaved`. `context` is the highest number of positions. The head has
    `head_rows` (0 means `vocabulary`) outputs: more than that where a state says several tokens.

    The `conv_layers` mix positions with a gated short convolution over `conv_taps` of them instead of attention (LFM2).
    With `qk_norm` queries and keys of a head are normed before they are rotated.
    """

    vocabulary: int
    dim: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    norm_eps: float = 1e-5
    rope_theta: float = 10000.0
    rotary_dim: int = 0
    rope_interleaved: bool = False
    qkv_bias: bool = False
    context: int = 4096
    head_rows: int = 0
    conv_layers: tuple[int, ...] = ()
    conv_taps: int = 0
    qk_norm: bool = False

    def __post_init__(self) -> None:
        for name, usual in (("rotary_dim", self.head_dim), ("head_rows", self.vocabulary)):
            if getattr(self, name) == 0:
                object.__setattr__(self, name, usual)
        if self.heads % self.kv_heads:
            raise ValueError(f"{self.heads} attention heads cannot share {self.kv_heads} KV heads evenly.")
        if self.conv_layers and self.conv_taps < 1:
            raise ValueError("A convolution needs at least one tap.")
        if self.head_dim % 2 or self.rotary_dim % 2 or self.rotary_dim > self.head_dim:
            raise ValueError(f"Cannot rotate {self.rotary_dim} of {self.head_dim} head dimensions: both must be even.")

    @property
    def layer_matrices(self) -> tuple[tuple[int, int], ...]:
        """Outputs and inputs of an attention layer's matrices: of q, k and v, after attention, gate and up, down."""
        queries = self.heads * self.head_dim
        qkv = queries + 2 * self.kv_heads * self.head_dim
        return (qkv, self.dim), (self.dim, queries), *self._feed_forward

    @property
    def convolution_matrices(self) -> tuple[tuple[int, int], ...]:
        """The same of a convolution: gates, after the convolution, gate and up, down."""
        return (3 * self.dim, self.dim), (self.dim, self.dim), *self._feed_forward

    @property
    def _feed_forward(self) -> tuple[tuple[int, int], ...]:
        return (2 * self.ffn, self.dim), (self.dim, self.ffn)

    def matrices_of(self, layer: int) -> tuple[tuple[int, int], ...]:
        """Outputs and inputs of one layer's matrices."""
        return self.convolution_matrices if layer in self.conv_layers else self.layer_matrices

    def values_of(self, layer: int) -> int:
        """In all matrices of one layer."""
        return sum(rows * columns for rows, columns in self.matrices_of(layer))

    @property
    def position_values(self) -> int:
        """What a cache keeps of one position, over all layers: keys and values, or what a convolution mixes."""
        attending = self.layers - len(self.conv_layers)
        return attending * 2 * self.kv_heads * self.head_dim + len(self.conv_layers) * self.dim

    @property
    def layer_values(self) -> int:
        """In all matrices of an attention layer."""
        return sum(rows * columns for rows, columns in self.layer_matrices)

    @property
    def vector_values(self) -> int:
        """In all norms and biases."""
        bias = self.layer_matrices[0][0] if self.qkv_bias else 0
        taps = len(self.conv_layers) * self.conv_taps * self.dim
        return self.dim + self.layers * (2 * self.dim + bias) + taps
