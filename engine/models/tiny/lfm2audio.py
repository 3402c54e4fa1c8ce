"""A tiny LFM2.5-Audio in the layout of the release."""

from __future__ import annotations

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
from engine.models.lfm2audio.depth_transformer import HEADS, DepthConfig
from engine.models.lfm2audio.depth_transformer import tensor_shapes as depth_shapes
from engine.models.lfm2audio.detokenizer import DetokenizerNetwork
from engine.models.lfm2audio.detokenizer import read_config as detokenizer_config
from engine.models.lfm2audio.encoder import AdaptedConformer, FastConformerConfig
from engine.models.lfm2audio.lm import DETOKENIZER, read_config, tensor_shapes
from engine.models.tiny.vocabulary import merges, words
from engine.models.tiny.weights import draw, save_json, shapes_of

CODEBOOKS, CODES = 8, 96
_DIM = 64
_READ = _DIM // 2  # of a row, the part that blocks tell tokens apart by; what they write elsewhere chooses the next one
_FAINT = 0.05  # that other part of a row, which shall not choose the same token again
_CHOICE, _SHARED = 10.0, 20.0  # weights of the final norm: of that other part, and of the last two values
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
_BLOCKS = {
    "block_auto_adjust_ff_dim": True, "block_ffn_dim_multiplier": 1.0, "block_multiple_of": 16, "conv_L_cache": 3,
    "conv_bias": False, "model_type": "lfm2", "norm_eps": 1e-5, "num_attention_heads": 4, "num_key_value_heads": 2,
    "rope_theta": 1000000.0, "max_position_embeddings": 128000, "use_cache": True,
}  # fmt: skip
_LM = _BLOCKS | {
    "architectures": ["Lfm2ForCausalLM"], "block_dim": _DIM, "block_ff_dim": 240, "hidden_size": _DIM,
    "intermediate_size": 240, "num_hidden_layers": 8, "bos_token_id": 1, "eos_token_id": 7,
    "pad_token_id": 0, "tie_embedding": True, "torch_dtype": "bfloat16",
    "layer_types": ["conv", "conv", "full_attention", "conv", "full_attention", "conv", "full_attention", "conv"],
}  # fmt: skip
_VOICE = _BLOCKS | {
    "architectures": ["Lfm2Model"], "block_ff_dim": 120, "hidden_size": 32, "intermediate_size": 120,
    "num_hidden_layers": 4, "output_size": 1282, "sliding_window": 30, "torch_dtype": "float32", "vocab_size": 16,
    "layer_types": ["conv", "sliding_attention", "conv", "sliding_attention"],
}  # fmt: skip
_CONFIG: dict[str, Any] = {
    "architectures": ["Lfm2AudioForConditionalGeneration"],
    "codebooks": CODEBOOKS,
    "tie_audio_embeddings": False,
    "semantic_codebook_factor": 100,
    "codebook_weight": "log",
    "interleaved_n_text": 6,
    "interleaved_n_audio": 12,
    "preprocessor": {
        "sample_rate": 16000, "normalize": "per_feature", "window_size": 0.025, "window_stride": 0.01, "window": "hann",
        "features": 128, "n_fft": 512, "log": True, "frame_splicing": 1, "dither": 1e-5, "pad_to": 0, "pad_value": 0.0,
    },
    "encoder": {
        "feat_in": 128, "feat_out": -1, "n_layers": 2, "d_model": 32, "subsampling": "dw_striding",
        "subsampling_factor": 8, "subsampling_conv_channels": 16, "causal_downsampling": False, "ff_expansion_factor": 4,
        "self_attention_model": "rel_pos", "n_heads": 4, "att_context_size": [-1, -1], "xscaling": False,
        "untie_biases": True, "pos_emb_max_len": 5000, "conv_kernel_size": 9, "conv_norm_type": "batch_norm",
    },
        "depthformer": {"layers": 2, "dim": 2 * HEADS * 2, "tie": True},
}  # fmt: skip


def write(folder: Path, seed: int) -> None:
    """The files of the release inside `folder`, which is there."""
    generator = torch.Generator().manual_seed(seed)
    tokenizer = _write_tokenizer(folder)
    rows = -(-tokenizer.get_vocab_size() // 128) * 128
    save_json(_CONFIG | {"lfm": _LM | {"vocab_size": rows}}, folder / "config.json")
    ids = tokenizer.get_vocab()
    ends = {"<|text_end|>": _TEXT_ENDS, "<|audio_start|>": _TEXT_ENDS, "<|im_end|>": _TURN_ENDS}
    more = {ids[spelled(word)]: _WORD for word in words()} | {ids[name]: value for name, value in ends.items()}
    drawn = {**_draw_lm(folder, more, generator), **_draw_depth(generator)}
    fields = Fields.read(folder / "config.json")
    # After the frame that ends the sound the model says that its turn is over: both have what no other row has.
    drawn["lfm.embed_tokens.weight"][ids["<|im_end|>"], _OVER] = 1
    drawn["audio_embedding.embedding.weight"][CODES, _OVER] = 2
    with torch.device("meta"):
        ear = AdaptedConformer(FastConformerConfig.from_release(fields, {"audio_adapter.model.1.weight": torch.empty(_DIM, 32)}))
    drawn |= draw(shapes_of(ear), generator)
    for name in drawn:
        if name.endswith("running_var"):
            drawn[name] = torch.ones_like(drawn[name])
    stored = {name: tensor.bfloat16().contiguous() for name, tensor in drawn.items()}
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    _write_voice(folder / DETOKENIZER, generator)


def _draw_lm(folder: Path, more: dict[int, float], generator: torch.Generator) -> dict[str, Tensor]:
    """One that chooses at random, `more` tokens more often: their rows' last value, which states keep on their way up, is higher.

    Its head is the embedding.
    """
    config = read_config(folder)
    drawn = draw(tensor_shapes(config), generator)
    table = torch.randn(config.vocabulary, _DIM, generator=generator)
    table[:, _READ:] *= _FAINT
    table[:, -1], table[:, _OVER] = _OTHERS, 0
    for token, value in more.items():
        table[token, -1] = value
    drawn["lfm.embed_tokens.weight"] = table
    drawn["lfm.embedding_norm.weight"][:_READ] = 0
    drawn["lfm.embedding_norm.weight"][_READ:] = _CHOICE
    drawn["lfm.embedding_norm.weight"][_OVER:] = _SHARED
    for name, tensor in drawn.items():
        if name.endswith(("out_proj.weight", "w2.weight")):
            tensor[_OVER:] = 0  # nobody writes there
    return drawn


def _draw_depth(generator: torch.Generator) -> dict[str, Tensor]:
    part = _CONFIG["depthformer"]
    config = DepthConfig(_DIM, CODEBOOKS, CODES, part["dim"], part["layers"], 256 * -(-8 * part["dim"] // 3 // 256))
    shapes = depth_shapes(config) | {
        "depth_embeddings.7.embedding.weight": (CODES + 1, part["dim"]),
        "audio_embedding.embedding_norm.weight": (_DIM,),
        "audio_embedding.to_logits.weight": (CODEBOOKS * (CODES + 1), _DIM),
    }
    drawn = draw(shapes, generator)
    frames = torch.randn(CODEBOOKS * (CODES + 1), _DIM, generator=generator) / CODEBOOKS**0.5
    frames[:, _READ:] *= _FAINT
    frames[:, -1], frames[:, _OVER] = _WORD / CODEBOOKS, 0
    drawn["audio_embedding.embedding.weight"] = frames
    drawn["depth_linear.weight"] /= _CHOICE / 2
    towards = torch.randn(part["dim"], generator=generator)
    drawn["depth_linear.bias"][: part["dim"]] = towards
    drawn["depth_embeddings.0.to_logits.weight"][CODES] = _SOUND_ENDS * towards / part["dim"]
    for codebook in range(1, CODEBOOKS):  # where it would end nothing
        drawn[f"depth_embeddings.{codebook}.to_logits.weight"][CODES] = 0
    return drawn


def _write_voice(folder: Path, generator: torch.Generator) -> None:
    folder.mkdir()
    save_json(_VOICE, folder / "config.json")
    fields = Fields.read(folder / "config.json")
    sized = {"lfm.layers.0.feed_forward.w1.weight": torch.empty(80, 32)}
    with torch.device("meta"):
        network = DetokenizerNetwork(detokenizer_config(fields, sized), CODEBOOKS * CODES, 1280)
    drawn = draw(shapes_of(network), generator)
    drawn["lin.bias"][:641] += _QUIET
    drawn["lfm.embed_tokens.weight"] = torch.randn(16, 32, generator=generator)  # which nothing reads
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
