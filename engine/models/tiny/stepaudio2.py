"""A tiny Step-Audio-2-mini in the layout of the release, and a voice, without which it could not speak."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.normalizers import NFC
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

from engine.models.checkpoints.byte_level import BYTE_OF, spelled
from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.yaml_safe import read_yaml
from engine.models.stepaudio2.audio_encoder import AudioEncoder, AudioEncoderConfig
from engine.models.stepaudio2.flow import StepFlow, StepFlowConfig
from engine.models.stepaudio2.lm import read_config, tensor_shapes
from engine.models.stepaudio2.speak import OUTPUT_RATE
from engine.models.stepaudio2.voices import FOLDER, VoicePack
from engine.models.tiny.vocabulary import merges, words
from engine.models.tiny.weights import draw, draw_hift, draw_language_model, save_json, save_sharded, shapes_of
from engine.speech.hift import HiFTConfig

CODES = 300
_WORD = 3.0  # by how much a word's logit is higher
_SPEECH_ENDS, _TURN_ENDS = 4.5, 4.3
_VOICE_CODES = 40
_PLAIN = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>", "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
    "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>",
)  # fmt: skip
_SPECIALS = (
    "<|EOT|>", "<|BOT|>", "<|CALL_START|>", "<|CALL_END|>", "<|THINK_START|>", "<|THINK_END|>", "<|IMG_START|>",
    "<|IMG_END|>", "<|META_START|>", "<|META_END|>", "<im_patch>", "<im_start>", "<im_end>", "<dream>", "<dream_start>",
    "<dream_end>", "<|MASK_1e69f|>", "<|UNMASK_1e69f|>", "<video_start>", "<video_end>", "<patch_start>", "<patch_end>",
    "<patch_newline>", "<audio_start>", "<audio_end>", "<audio_patch>", "<audio_patch_pad>", "<|SC|>", "<tts_start>",
    "<tts_end>", "<tts_pad>",
)  # fmt: skip
_SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_LM = {
    "hidden_size": 64, "intermediate_size": 176, "num_attention_heads": 4, "num_attention_groups": 2,
    "num_key_value_heads": 2, "num_hidden_layers": 8, "max_seq_len": 16384, "rms_norm_eps": 1e-6, "rope_theta": 1e6,
    "max_position_embeddings": 16384, "rope_scaling": None, "torch_dtype": "bfloat16",
}  # fmt: skip
_EAR = {
    "n_mels": 128, "n_audio_ctx": 1500, "n_audio_state": 48, "n_audio_head": 4, "n_audio_layer": 3,
    "n_codebook_size": 4096, "llm_dim": _LM["hidden_size"], "kernel_size": 3, "adapter_stride": 2,
}  # fmt: skip
_FLOW = f"""\
flow: !new:cosyvoice2.flow.flow.CausalMaskedDiffWithXvec
    input_size: 32
    output_size: 80
    spk_embed_dim: 192
    output_type: 'mel'
    vocab_size: {CODES}
    encoder: !new:cosyvoice2.transformer.upsample_encoder_v2.UpsampleConformerEncoderV2
        input_size: 32
        output_size: 32
        input_layer: 'linear'
        pre_lookahead_len: 3
        num_blocks: 2
        num_up_blocks: 2
        up_stride: 2
        up_scale_factor: 2
        attention_heads: 4
        pos_enc_layer_type: 'rel_pos_espnet'
        selfattention_layer_type: 'rel_selfattn'
        key_bias: true
        linear_units: 72
        dropout_rate: 0.1
        positional_dropout_rate: 0.1
        attention_dropout_rate: 0.1
        normalize_before: true
    decoder: !new:cosyvoice2.flow.flow_matching.CausalConditionalCFM
        inference_cfg_rate: 0.7
        estimator: !new:cosyvoice2.flow.decoder_dit.DiT
            in_channels: 320
            out_channels: 80
            mlp_ratio: 4.0
            depth: 2
            num_heads: 3
            head_dim: 16
            hidden_size: 48
"""
_HIFT = HiFTConfig(
    sample_rate=OUTPUT_RATE, upsample_rates=(8, 5, 3), upsample_kernels=(16, 11, 7), source_kernels=(7, 7, 11),
    base_channels=24, f0_channels=24, phase="frame",
)  # fmt: skip


def write(folder: Path, seed: int) -> None:
    """The files of the release inside `folder`, which is there."""
    generator = torch.Generator().manual_seed(seed)
    tokenizer = _write_tokenizer(folder)
    end = tokenizer.token_to_id("<|endoftext|>")
    rows = -(-tokenizer.get_vocab_size() // 128) * 128
    config = {
        "architectures": ["StepAudio2ForCausalLM"],
        "model_type": "step_audio_2",
        "text_config": {**_LM, "vocab_size": rows, "eos_token_id": end, "pad_token_id": end},
        "audio_encoder_config": _EAR,
    }
    save_json(config, folder / "config.json")
    ids = tokenizer.get_vocab()
    preferred = {ids[spelled(word)]: _WORD for word in words()} | {ids["<tts_end>"]: _SPEECH_ENDS, ids["<|EOT|>"]: _TURN_ENDS}
    lm = draw_language_model(
        tensor_shapes(read_config(folder)), "model.embed_tokens.weight", "lm_head.weight", preferred, generator
    )
    with torch.device("meta"):
        ear = AudioEncoder(AudioEncoderConfig.from_release(read_json(folder / "config.json")))
    heard = {name: tensor.bfloat16() for name, tensor in draw(shapes_of(ear), generator).items()}
    save_sharded({**lm, **heard}, folder)
    _write_voice(folder, generator)


def _write_tokenizer(folder: Path) -> Tokenizer:
    pairs = [(spelled(one), spelled(other)) for one, other in merges()]
    names = [*BYTE_OF, *(one + other for one, other in pairs)]
    vocabulary = {name: token for token, name in enumerate(names)}
    made = Tokenizer(BPE(vocabulary, pairs))
    made.normalizer = NFC()
    made.pre_tokenizer = Sequence([Split(Regex(_SPLIT), "isolated"), ByteLevel(add_prefix_space=False, use_regex=False)])
    made.decoder = ByteLevelDecoder()
    # The code after the last one is the padding.
    codes = [f"<audio_{code}>" for code in range(CODES + 1)]
    for name in (*_PLAIN, *_SPECIALS, *codes):
        made.add_tokens([AddedToken(name, normalized=False, special=name not in codes)])
    made.save(str(folder / "tokenizer.json"))
    save_json(vocabulary, folder / "vocab.json")
    lines = (f"{one} {other}\n" for one, other in pairs)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(lines), encoding="utf-8")
    _write_added_tokens(folder, json.loads(made.to_str())["added_tokens"])
    return made


def _write_added_tokens(folder: Path, added: list[dict[str, Any]]) -> None:
    """The same tokens once more in the three files that transformers reads them from."""
    save_json({token["content"]: token["id"] for token in added}, folder / "added_tokens.json")
    flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    end = {"content": "<|endoftext|>", **flags}
    specials = [{"content": name, **flags} for name in _SPECIALS]
    save_json({"additional_special_tokens": specials, "eos_token": end, "pad_token": end}, folder / "special_tokens_map.json")
    decoder = {str(token["id"]): {"content": token["content"], **flags, "special": token["special"]} for token in added}
    config = {
        "add_bos_token": False, "add_prefix_space": False, "added_tokens_decoder": decoder,
        "additional_special_tokens": list(_SPECIALS), "bos_token": None, "clean_up_tokenization_spaces": False,
        "eos_token": "<|endoftext|>", "errors": "replace", "model_max_length": 131072, "pad_token": "<|endoftext|>",
        "split_special_tokens": False, "tokenizer_class": "Qwen2Tokenizer", "unk_token": None,
    }  # fmt: skip
    save_json(config, folder / "tokenizer_config.json")


def _write_voice(folder: Path, generator: torch.Generator) -> None:
    place = folder / "token2wav"
    place.mkdir()
    (place / "flow.yaml").write_text(_FLOW, encoding="utf-8")
    config = StepFlowConfig.from_release(read_yaml(place / "flow.yaml")["flow"])
    with torch.device("meta"):
        flow = StepFlow(config)
    torch.save(draw(shapes_of(flow), generator), place / "flow.pt")
    vocoder = draw_hift(_HIFT, generator, "parametrizations.weight.original0", "parametrizations.weight.original1")
    torch.save({f"generator.{name}": tensor for name, tensor in vocoder.items()}, place / "hift.pt")
    (folder / FOLDER).mkdir()
    voice = VoicePack(
        "noise",
        torch.randint(CODES, (_VOICE_CODES,), generator=generator),
        torch.randn(config.speaker_size, generator=generator),
        torch.randn(_VOICE_CODES * config.frames_per_code, config.bands, generator=generator) - 5,
        {"source": "random numbers"},
    )
    voice.save(folder / FOLDER / "noise.safetensors")
