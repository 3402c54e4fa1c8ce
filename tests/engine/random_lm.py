"""A small random decoder, exit heads of chosen quality and a small token pattern, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.config import LMConfig
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead, logit_lens

TEXT = range(8)
SPEECH = range(8, 20)
END_OF_TEXT, END = 20, 21
VOCABULARY = 22
SHAPE = LMConfig(VOCABULARY, dim=32, layers=4, heads=4, kv_heads=2, head_dim=8, ffn=48, context=160)
MIXED = replace(SHAPE, conv_layers=(0, 1, 3), conv_taps=3, qk_norm=True)
"""Convolutions and attention, as LFM2 has them."""


def random_tensors(config: LMConfig, seed: int = 0) -> dict[str, torch.Tensor]:
    """Weights under Llama's names, scaled so that tokens depend visibly on what came before."""
    generator = torch.Generator().manual_seed(seed)

    def draw(rows: int, columns: int, gain: float = 1.0) -> torch.Tensor:
        return torch.randn(rows, columns, generator=generator) * gain / columns**0.5

    def norm(size: int) -> torch.Tensor:
        return 1 + 0.1 * torch.randn(size, generator=generator)

    q, kv = config.heads * config.head_dim, config.kv_heads * config.head_dim
    tensors = {
        "model.embed_tokens.weight": torch.randn(config.vocabulary, config.dim, generator=generator),
        "model.norm.weight": norm(config.dim),
        "lm_head.weight": draw(config.vocabulary, config.dim, 2.0),
    }
    for index in range(config.layers):
        prefix = f"model.layers.{index}."
        attention = (
            ("self_attn.q_proj", q, config.dim),
            ("self_attn.k_proj", kv, config.dim),
            ("self_attn.v_proj", kv, config.dim),
            ("self_attn.o_proj", config.dim, q),
        )
        mixes = index in config.conv_layers
        if mixes:
            tensors[f"{prefix}conv.conv.weight"] = draw(config.dim, config.conv_taps)[:, None]
        for name, rows, columns in (
            *((("conv.in_proj", 3 * config.dim, config.dim), ("conv.out_proj", config.dim, config.dim)) if mixes else attention),
            ("mlp.gate_proj", config.ffn, config.dim),
            ("mlp.up_proj", config.ffn, config.dim),
            ("mlp.down_proj", config.dim, config.ffn),
        ):
            tensors[f"{prefix}{name}.weight"] = draw(rows, columns)
            if config.qkv_bias and name[-6:] in ("q_proj", "k_proj", "v_proj"):
                tensors[f"{prefix}{name}.bias"] = 0.5 * torch.randn(rows, generator=generator)
        for name in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{prefix}{name}.weight"] = norm(config.dim)
        for name in ("q_norm", "k_norm") if config.qk_norm and not mixes else ():
            tensors[f"{prefix}self_attn.{name}.weight"] = norm(config.head_dim)
    return tensors


def speech_head(seed: int, with_end: bool = True) -> ExitHead:
    """A head that knows nothing: random rows over the speech units (and the end)."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.tensor([*SPEECH, *([END] if with_end else [])])
    weight = torch.randn(len(ids), SHAPE.dim, generator=generator) / SHAPE.dim**0.5
    return ExitHead(torch.ones(SHAPE.dim), weight, ids, VOCABULARY)


@dataclass
class RandomModel:
    """What decoding needs of a model. Heads: "random", "lens" or "perfect" (the layers above add nothing)."""

    seed: int = 0
    heads: str = "random"
    shape: LMConfig = SHAPE
    exit_heads: dict[int, ExitHead] = field(init=False)

    def __post_init__(self):
        tensors = random_tensors(self.shape, self.seed)
        if self.heads == "perfect":
            for index in range(2, self.shape.layers):
                for name in ("self_attn.o_proj", "conv.out_proj", "mlp.down_proj"):
                    if (matrix := tensors.get(f"model.layers.{index}.{name}.weight")) is not None:
                        matrix.zero_()
        self.decoder = Decoder(self.shape, tensors)
        make = speech_head if self.heads == "random" else lambda _: logit_lens(self.decoder)
        self.exit_heads = {layer: make(layer) for layer in (1, 2, 3)}

    def prompt(self, ids=(1, 2, 3, 9, 10), capacity: int | None = None):
        """A cache filled with `ids`, and the logits of the last one."""
        cache = self.decoder.new_cache(capacity)
        states = self.decoder.run(self.decoder.embed(list(ids)), 0, cache)
        return cache, self.decoder.logits(states[-1:])

    def full_cache(self, ids):
        """The cache of a full-depth run over `ids` one by one."""
        cache = self.decoder.new_cache()
        for position, token in enumerate(ids):
            self.decoder.run(self.decoder.embed([token]), position, cache)
        return cache


_TEXT, _SPEECH, _TAIL = (AllowedIds(VOCABULARY, *ids) for ids in ((TEXT, [END_OF_TEXT]), (SPEECH,), (SPEECH, [END])))


@dataclass(frozen=True)
class ChunkPattern:
    """`text` text tokens, `speech` speech tokens, and so on; after the end of the text speech until END."""

    text: int = 3
    speech: int = 5
    limit: int = 60
    count: int = 0
    index: int = 0
    speaking: bool = False
    tail: bool = False
    done: bool = False

    @property
    def kind(self):
        return "speech" if self.speaking else "text"

    @property
    def speech_step(self) -> bool:
        return self.speaking

    @property
    def chunk_index(self) -> int:
        return self.index

    @property
    def chunk_length(self) -> int | None:
        if self.speaking:
            return None if self.tail else self.speech
        return self.text

    def allowed(self) -> AllowedIds:
        return _TAIL if self.tail else _SPEECH if self.speaking else _TEXT

    def kind_of(self, token: int):
        return "control" if token in (END, END_OF_TEXT) else self.kind

    def after(self, token: int) -> ChunkPattern:
        assert token in self.allowed(), f"{token} may not come at {self}"
        count = self.count + 1
        moved = replace(self, count=count, index=self.index + 1, done=token == END or count >= self.limit)
        if token == END_OF_TEXT:
            return replace(moved, speaking=True, tail=True, index=0)
        if not self.tail and moved.index == self.chunk_length:
            return replace(moved, speaking=not self.speaking, index=0)
        return moved
