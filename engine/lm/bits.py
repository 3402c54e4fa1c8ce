"""In how many bits a graph keeps a decoder's matrices, and what that takes. No onnxruntime."""

from __future__ import annotations

from dataclasses import dataclass

from engine.lm.config import LMConfig

BLOCKS = {8: 128, 4: 64}
"""Values of a row that share a scale: in shorter blocks a product takes up to twice as long and is hardly more exact."""
ROW_SCALE_BLOCK = 64
"""The same where a whole row has but one scale. With longer ones a single row is added up in another order than several."""
SPARE = 1
"""Entries of a cache beyond its positions, which a step overwrites (see `engine.lm.graph.layers_graph`)."""
_GRAPH = 1 << 31  # bytes that no ONNX model may have
_SMALL = 1 << 24  # values of an embedding that is not worth rounding


@dataclass(frozen=True)
class Bits:
    """32 is as they are; 8 and 4 are whole numbers with a scale for every block of a row.

    `exact_inputs`: what is multiplied with them stays in 32 bits; else it is rounded to 8 on the way, which is much faster.
    `wide`: the share of the layers, the lowest ones, that have 8 bits where the others have 4, and so has the head then.
    """

    count: int = 32
    exact_inputs: bool = False
    wide: float = 0.0

    def of_layer(self, number: int, layers: int) -> Bits:
        """Those of one layer, counted from 0, of so many."""
        return Bits(8, self.exact_inputs) if number < layers * self.wide else self

    @property
    def of_head(self) -> Bits:
        return Bits(8, self.exact_inputs) if self.wide else self

    def packed_bytes(self, values: int) -> int:
        """Bytes that so many values take once onnxruntime has packed them: with every block's scale and its sum."""
        return 4 * values if self.count == 32 else values * self.count // 8 + 8 * values // BLOCKS[self.count]

    def layers_bytes(self, config: LMConfig) -> int:
        """As `packed_bytes`, of the matrices of all layers."""
        layers = range(config.layers)
        return sum(self.of_layer(layer, config.layers).packed_bytes(config.values_of(layer)) for layer in layers)

    def head_bytes(self, config: LMConfig) -> int:
        return self.of_head.packed_bytes(config.head_rows * config.dim)

    def rounds_embedding(self, config: LMConfig) -> bool:
        """Whether the embedding, of which a step reads one row, is kept in 8 bits with a scale a row; else it has 32."""
        return self.count < 32 and config.vocabulary * config.dim > _SMALL

    def embedding_bytes(self, config: LMConfig) -> int:
        values = config.vocabulary * config.dim
        return values + 4 * config.vocabulary if self.rounds_embedding(config) else 4 * values


def has_graphs(config: LMConfig) -> bool:
    """Whether a decoder of this shape can be graphs: onnxruntime's attention refuses heads of other sizes than multiples of 16,
    and a layer in 32 bits must fit an ONNX model."""
    return config.head_dim % 16 == 0 and 4 * config.layer_values < _GRAPH
