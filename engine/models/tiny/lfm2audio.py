"""A tiny LFM2.5-Audio in the layout of the release; or a random one of the released size, for measurements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from tokenizers.processors import TemplateProcessing
from torch import Tensor

from engine.models.checkpoints.byte_level import BYTE_OF, spelled
from engine.models.checkpoints.config_file import Fields
from engine.models.lfm2audio.depth_transformer import DepthConfig
from engine.models.lfm2audio.depth_transformer import tensor_shapes as depth_shapes
from engine.models.lfm2audio.detokenizer import DetokenizerNetwork
from engine.models.lfm2audio.detokenizer import read_config as detokenizer_config
from engine.models.lfm2audio.encoder import AdaptedConformer, FastConformerConfig
from engine.models.lfm2audio.lm import DETOKENIZER, read_config, tensor_shapes
from engine.models.tiny.vocabulary import merges, words
from engine.models.tiny.weights import draw, save_json, shapes_of

CODEBOOKS = 8
_FAINT = 0.05  # the second half of a row, which shall not choose the same token again: blocks tell tokens apart by the first
_CHOICE, _SHARED = 10.0, 20.0  # weights of the final norm: of the second half, and of the last two values
_OVER = -2  # the value by which the end of the sound asks for the end of the turn
_WORD, _TEXT_ENDS, _TURN_ENDS = 1.0, 1.26, 0.9  # the last value of a row, which is less for all others
_OTHERS = 0.5
_SOUND_ENDS = 4.0
_QUIET = -1.2  # of the logarithm of magnitudes
_NAMED = {
    0: "<|pad|>", 1: "<|startoftext|>", 2: "<|endoftext|>", 3: "<|fim_pre|>", 4: "<|fim_mid|>", 5: "<|fim_suf|>",
    6: "<|im_start|>", 7: "<|im_end|>", 128: "<|audio_start|>", 129: "<|text_start|>", 130: "<|text_end|>",
    131: "<|mixed_start|>", 132: "<|mixed_end|>",
}  # fmt: skip
_SPECIALS = tuple(_NAMED.get(number, f"<|reserved_{number}|>") for number in range(144))
_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\n"
)
_PREPROCESSOR = {
    "sample_rate": 16000, "normalize": "per_feature", "window_size": 0.025, "window_stride": 0.01, "window": "hann",
    "features": 128, "n_fft": 512, "log": True, "frame_splicing": 1, "dither": 1e-5, "pad_to": 0, "pad_value": 0.0,
}  # fmt: skip
_BLOCKS = {
    "block_auto_adjust_ff_dim": True, "block_ffn_dim_multiplier": 1.0, "conv_L_cache": 3, "conv_bias": False,
    "model_type": "lfm2", "norm_eps": 1e-5, "rope_theta": 1000000.0, "max_position_embeddings": 128000, "use_cache": True,
}  # fmt: skip
_LM = _BLOCKS | {
    "architectures": ["Lfm2ForCausalLM"], "bos_token_id": 1, "eos_token_id": 7, "pad_token_id": 0, "tie_embedding": True,
    "torch_dtype": "bfloat16",
}  # fmt: skip
_VOICE = _BLOCKS | {
    "architectures": ["Lfm2Model"], "output_size": 1282, "sliding_window": 30, "torch_dtype": "float32", "vocab_size": 16,
}  # fmt: skip
_ENCODER = {
    "feat_in": 128, "feat_out": -1, "subsampling": "dw_striding", "subsampling_factor": 8, "causal_downsampling": False,
    "ff_expansion_factor": 4, "self_attention_model": "rel_pos", "att_context_size": [-1, -1], "xscaling": False,
    "untie_biases": True, "pos_emb_max_len": 5000, "conv_kernel_size": 9, "conv_norm_type": "batch_norm",
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """Of a checkpoint. `attending` are the language model's layers with attention, `voice_attending` the detokenizer's."""

    dim: int
    layers: int
    attending: tuple[int, ...]
    heads: int
    kv_heads: int
    ffn: int
    rows: int  # of the vocabulary, at least
    encoder: tuple[int, int, int, int]  # layers, width, heads, channels
    adapter: int
    depth: tuple[int, int]  # layers, width
    codes: int
    voice: tuple[int, int, int, int]  # width, heads, KV heads, feed-forward before it is adjusted
    voice_layers: int
    voice_attending: tuple[int, ...]

    def config(self, rows: int) -> dict[str, Any]:
        """`config.json`, with so many rows."""
        layers, width, heads, channels = self.encoder
        encoder = {"n_layers": layers, "d_model": width, "n_heads": heads, "subsampling_conv_channels": channels}
        lm = _kinds(self.layers, self.attending, "full_attention") | {
            "block_dim": self.dim, "block_ff_dim": self.ffn, "hidden_size": self.dim, "intermediate_size": self.ffn,
            "num_attention_heads": self.heads, "num_key_value_heads": self.kv_heads, "num_hidden_layers": self.layers,
            "vocab_size": rows, "block_multiple_of": 256 if self.dim > 256 else 16,
        }  # fmt: skip
        return {
            "architectures": ["Lfm2AudioForConditionalGeneration"], "codebooks": CODEBOOKS, "tie_audio_embeddings": False,
            "semantic_codebook_factor": 100, "codebook_weight": "log", "interleaved_n_text": 6, "interleaved_n_audio": 12,
            "preprocessor": _PREPROCESSOR, "encoder": _ENCODER | encoder, "lfm": _LM | lm,
            "depthformer": {"layers": self.depth[0], "dim": self.depth[1], "tie": True},
        }  # fmt: skip

    def voice_config(self) -> dict[str, Any]:
        """That of the detokenizer."""
        width, heads, kv_heads, ffn = self.voice
        sizes = {
            "hidden_size": width, "num_attention_heads": heads, "num_key_value_heads": kv_heads, "block_ff_dim": ffn,
            "intermediate_size": ffn, "num_hidden_layers": self.voice_layers, "block_multiple_of": 16,
        }  # fmt: skip
        return _VOICE | sizes | _kinds(self.voice_layers, self.voice_attending, "sliding_attention")

    @property
    def depth_config(self) -> DepthConfig:
        layers, width = self.depth
        return DepthConfig(self.dim, CODEBOOKS, self.codes, width, layers, 256 * -(-8 * width // 3 // 256))


TINY = Size(
    dim=64, layers=8, attending=(2, 4, 6), heads=4, kv_heads=2, ffn=240, rows=0, encoder=(2, 32, 4, 16), adapter=32,
    depth=(2, 128), codes=96, voice=(32, 4, 2, 120), voice_layers=4, voice_attending=(1, 3),
)  # fmt: skip
RELEASED = Size(
    dim=2048, layers=16, attending=(2, 5, 8, 10, 12, 14), heads=32, kv_heads=8, ffn=12288, rows=65536,
    encoder=(17, 512, 8, 256), adapter=2048, depth=(6, 1024), codes=2048, voice=(512, 16, 8, 3456), voice_layers=8,
    voice_attending=(2, 4, 6),
)  # fmt: skip
"""As others report it: nobody here has seen the release."""


def _kinds(layers: int, attending: tuple[int, ...], name: str) -> dict[str, Any]:
    return {"layer_types": [name if layer in attending else "conv" for layer in range(layers)]}


def write(folder: Path, seed: int, size: Size = TINY) -> None:
    """The files of the release inside `folder`, which is there."""
    generator = torch.Generator().manual_seed(seed)
    tokenizer = _write_tokenizer(folder)
    rows = max(size.rows, -(-tokenizer.get_vocab_size() // 128) * 128)
    save_json(size.config(rows), folder / "config.json")
    ids = tokenizer.get_vocab()
    ends = {"<|text_end|>": _TEXT_ENDS, "<|audio_start|>": _TEXT_ENDS, "<|im_end|>": _TURN_ENDS}
    more = {ids[spelled(word)]: _WORD for word in words()} | {ids[name]: value for name, value in ends.items()}
    drawn = {**_draw_lm(folder, more, generator), **_draw_depth(size, generator)}
    fields = Fields.read(folder / "config.json")
    # After the frame that ends the sound the model says that its turn is over: both have what no other row has.
    drawn["lfm.embed_tokens.weight"][ids["<|im_end|>"], _OVER] = 1
    drawn["audio_embedding.embedding.weight"][size.codes, _OVER] = 2
    sized = {"audio_adapter.model.1.weight": torch.empty(size.adapter, 1)}
    with torch.device("meta"):
        ear = AdaptedConformer(FastConformerConfig.from_release(fields, sized))
    drawn |= draw(shapes_of(ear), generator)
    for name in drawn:
        if name.endswith("running_var"):
            drawn[name] = torch.ones_like(drawn[name])
    stored = {name: tensor.bfloat16().contiguous() for name, tensor in drawn.items()}
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    _write_voice(folder / DETOKENIZER, size, generator)


def _draw_lm(folder: Path, more: dict[int, float], generator: torch.Generator) -> dict[str, Tensor]:
    """One that chooses at random, `more` tokens more often: their rows' last value, which states keep on their way up, is higher.

    Its head is the embedding.
    """
    config = read_config(folder)
    drawn, read = draw(tensor_shapes(config), generator), config.dim // 2
    table = torch.randn(config.vocabulary, config.dim, generator=generator)
    table[:, read:] *= _FAINT
    table[:, -1], table[:, _OVER] = _OTHERS, 0
    for token, value in more.items():
        table[token, -1] = value
    drawn["lfm.embed_tokens.weight"] = table
    drawn["lfm.embedding_norm.weight"][:read] = 0
    drawn["lfm.embedding_norm.weight"][read:] = _CHOICE
    drawn["lfm.embedding_norm.weight"][_OVER:] = _SHARED
    for name, tensor in drawn.items():
        if name.endswith(("out_proj.weight", "w2.weight")):
            tensor[_OVER:] = 0  # nobody writes there
    return drawn


def _draw_depth(size: Size, generator: torch.Generator) -> dict[str, Tensor]:
    config = size.depth_config
    rows = CODEBOOKS * (size.codes + 1)
    shapes = depth_shapes(config) | {
        "depth_embeddings.7.embedding.weight": (size.codes + 1, config.dim),
        "audio_embedding.embedding_norm.weight": (size.dim,),
        "audio_embedding.to_logits.weight": (rows, size.dim),
    }
    drawn = draw(shapes, generator)
    frames = torch.randn(rows, size.dim, generator=generator) / CODEBOOKS**0.5
    frames[:, size.dim // 2 :] *= _FAINT
    frames[:, -1], frames[:, _OVER] = _WORD / CODEBOOKS, 0
    drawn["audio_embedding.embedding.weight"] = frames
    drawn["depth_linear.weight"] /= _CHOICE / 2
    towards = torch.randn(config.dim, generator=generator)
    drawn["depth_linear.bias"][: config.dim] = towards
    drawn["depth_embeddings.0.to_logits.weight"][size.codes] = _SOUND_ENDS * towards / config.dim
    for codebook in range(1, CODEBOOKS):  # where it would end nothing
        drawn[f"depth_embeddings.{codebook}.to_logits.weight"][size.codes] = 0
    return drawn


def _write_voice(folder: Path, size: Size, generator: torch.Generator) -> None:
    folder.mkdir()
    config, (width, _, _, ffn) = size.voice_config(), size.voice
    save_json(config, folder / "config.json")
    fields = Fields.read(folder / "config.json")
    sized = {"lfm.layers.0.feed_forward.w1.weight": torch.empty(-(-2 * ffn // 3 // 16) * 16, width)}
    with torch.device("meta"):
        network = DetokenizerNetwork(detokenizer_config(fields, sized), CODEBOOKS * size.codes, 1280)
    drawn = draw(shapes_of(network), generator)
    drawn["lin.bias"][:641] += _QUIET
    drawn["lfm.embed_tokens.weight"] = torch.randn(16, width, generator=generator)  # which nothing reads
    drawn["istft.window"] = torch.hann_window(1280)
    save_file({name: tensor.contiguous() for name, tensor in drawn.items()}, folder / "model.safetensors", {"format": "pt"})


def _write_tokenizer(folder: Path) -> Tokenizer:
    pairs = [(spelled(one), spelled(other)) for one, other in merges()]
    names = [*_SPECIALS, *BYTE_OF, *(one + other for one, other in pairs)]
    vocabulary = {name: token for token, name in enumerate(names)}
    made = Tokenizer(BPE(vocabulary, pairs))
    made.pre_tokenizer = Sequence([Split(Regex(_SPLIT), "isolated"), ByteLevel(add_prefix_space=False, use_regex=False)])
    made.decoder = ByteLevelDecoder()
    made.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in _SPECIALS])
    made.post_processor = TemplateProcessing("<|startoftext|> $A", special_tokens=[("<|startoftext|>", 1)])
    made.save(str(folder / "tokenizer.json"))
    flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    roles = {"bos_token": "<|startoftext|>", "eos_token": "<|im_end|>", "pad_token": "<|pad|>"}
    save_json({role: {"content": name, **flags} for role, name in roles.items()}, folder / "special_tokens_map.json")
    added = {str(token): {"content": name, **flags, "special": True} for token, name in enumerate(_SPECIALS)}
    config = {
        "add_bos_token": True, "add_eos_token": False, "added_tokens_decoder": added, **roles,
        "clean_up_tokenization_spaces": True, "model_max_length": 128000, "tokenizer_class": "PreTrainedTokenizerFast",
    }  # fmt: skip
    save_json(config, folder / "tokenizer_config.json")
    (folder / "chat_template.jinja").write_text(_TEMPLATE, encoding="utf-8")
    return made
