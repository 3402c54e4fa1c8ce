"""A tiny GLM-4-Voice: three folders beside each other, as released."""

from __future__ import annotations

import base64
from pathlib import Path

import torch
from safetensors.torch import save_file

from engine.models.checkpoints.config_file import read_json
from engine.models.checkpoints.yaml_safe import read_yaml
from engine.models.glm4voice.flow import GlmFlow, GlmFlowConfig
from engine.models.glm4voice.lm import read_config, tensor_shapes
from engine.models.tiny.vocabulary import merges, words
from engine.models.tiny.weights import draw, draw_hift, draw_language_model, save_json, save_sharded, shapes_of
from engine.speech.hift import HiFTConfig
from engine.speech.whisper_vq import WhisperVQ, WhisperVQConfig, released_name

CODES = 256
_WORD = 3.5  # by how much a word's logit is higher
_STOP = -0.5
_SPECIALS = (
    "<|endoftext|>", "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", "<|user|>", "<|assistant|>",
    "<|observation|>", "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>",
    "<|begin_of_audio|>", "<|end_of_audio|>", "<|begin_of_transcription|>", "<|end_of_transcription|>",
)  # fmt: skip
_STOPS = ("<|endoftext|>", "<|user|>", "<|observation|>")
_LM = {
    "add_bias_linear": False, "add_qkv_bias": True, "apply_query_key_layer_scaling": True,
    "apply_residual_connection_post_layernorm": False, "architectures": ["ChatGLMForConditionalGeneration"],
    "attention_dropout": 0.0, "attention_softmax_in_fp32": True, "bias_dropout_fusion": True, "ffn_hidden_size": 160,
    "fp32_residual_connection": False, "hidden_dropout": 0.0, "hidden_size": 64, "kv_channels": 16,
    "layernorm_epsilon": 1e-5, "model_type": "chatglm", "multi_query_attention": True, "multi_query_group_num": 2,
    "num_attention_heads": 4, "num_hidden_layers": 8, "num_layers": 8, "original_rope": True, "post_layer_norm": True,
    "rmsnorm": True, "rope_ratio": 1, "seq_length": 8192, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "use_cache": True,
}  # fmt: skip
_EAR = {
    "activation_function": "gelu", "architectures": ["WhisperVQEncoder"], "d_model": 48, "encoder_attention_heads": 4,
    "encoder_causal_attention": False, "encoder_causal_convolution": True, "encoder_ffn_dim": 96, "encoder_layers": 4,
    "max_source_positions": 1500, "model_type": "whisper", "num_hidden_layers": 4, "num_mel_bins": 128,
    "pooling_kernel_size": 4, "pooling_position": 2, "pooling_type": "avg", "quantize_causal_block_size": 200,
    "quantize_causal_encoder": False, "quantize_encoder_only": True, "quantize_position": 2, "quantize_vocab_size": CODES,
    "scale_embedding": False, "torch_dtype": "float32",
}  # fmt: skip
_FEATURES = {
    "chunk_length": 30, "feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 128, "hop_length": 160,
    "n_fft": 400, "n_samples": 480000, "nb_max_frames": 3000, "padding_side": "right", "padding_value": 0.0,
    "processor_class": "WhisperProcessor", "return_attention_mask": False, "sampling_rate": 16000,
}  # fmt: skip
_VOICE = f"""\
sample_rate: 22050
spk_embed_dim: 192

flow: !new:cosyvoice.flow.flow.MaskedDiffWithXvec
    input_size: 32
    output_size: 80
    spk_embed_dim: !ref <spk_embed_dim>
    output_type: 'mel'
    vocab_size: {CODES}
    input_frame_rate: 12.5
    only_mask_loss: True
    encoder: !new:cosyvoice.transformer.encoder.BlockConformerEncoder
        output_size: 40
        attention_heads: 4
        linear_units: 64
        num_blocks: 2
        dropout_rate: 0.1
        positional_dropout_rate: 0.1
        attention_dropout_rate: 0.1
        normalize_before: True
        input_layer: 'linear'
        pos_enc_layer_type: 'rel_pos_espnet'
        selfattention_layer_type: 'block_rel_selfattn'
        block_size: 10
        input_size: 32
        use_cnn_module: False
        macaron_style: False
    length_regulator: !new:cosyvoice.flow.length_regulator.InterpolateRegulator
        channels: 80
        sampling_ratios: [1, 1, 1, 1]
    decoder: !new:cosyvoice.flow.flow_matching.ConditionalCFM
        in_channels: 240
        n_spks: 1
        spk_emb_dim: 80
        cfm_params: !new:omegaconf.DictConfig
            content:
                sigma_min: 1e-06
                solver: 'euler'
                t_scheduler: 'cosine'
                training_cfg_rate: 0.2
                inference_cfg_rate: 0.7
                reg_loss_type: 'l1'
        estimator: !new:cosyvoice.flow.decoder.ConditionalDecoder
            in_channels: 320
            out_channels: 80
            channels: [16, 16]
            dropout: 0
            attention_head_dim: 8
            n_blocks: 1
            num_mid_blocks: 2
            num_heads: 2
            act_fn: 'gelu'

hift: !new:cosyvoice.hifigan.generator.HiFTGenerator
    in_channels: 80
    base_channels: 24
    nb_harmonics: 8
    sampling_rate: !ref <sample_rate>
    nsf_alpha: 0.1
    nsf_sigma: 0.003
    nsf_voiced_threshold: 10
    upsample_rates: [8, 8]
    upsample_kernel_sizes: [16, 16]
    istft_params:
        n_fft: 16
        hop_len: 4
    resblock_kernel_sizes: [3, 7, 11]
    resblock_dilation_sizes: [[1, 3, 5], [1, 3, 5], [1, 3, 5]]
    source_resblock_kernel_sizes: [7, 11]
    source_resblock_dilation_sizes: [[1, 3, 5], [1, 3, 5]]
    lrelu_slope: 0.1
    audio_limit: 0.99
    f0_predictor: !new:cosyvoice.hifigan.f0_predictor.ConvRNNF0Predictor
        num_class: 1
        in_channels: 80
        cond_channels: 32
"""


def write(folder: Path, seed: int) -> None:
    """The three folders inside `folder`, which is there."""
    generator = torch.Generator().manual_seed(seed)
    parts = {"9b": _write_lm, "tokenizer": _write_ear, "decoder": _write_voice}
    for part, write_part in parts.items():
        place = folder / f"glm-4-voice-{part}"
        place.mkdir()
        write_part(place, generator)


def _write_lm(folder: Path, generator: torch.Generator) -> None:
    ranks = [bytes([value]) for value in range(256)] + [one + other for one, other in merges()]
    added = [*_SPECIALS, *(f"<|audio_{code}|>" for code in range(CODES))]
    ids = {name: len(ranks) + place for place, name in enumerate(added)}
    _write_tokenizer(folder, ranks, ids)
    stops = [ids[name] for name in _STOPS]
    rows = -(-(len(ranks) + len(added)) // 128) * 128
    ends = {"eos_token_id": stops, "pad_token_id": stops[0]}
    save_json({**_LM, **ends, "padded_vocab_size": rows, "vocab_size": rows}, folder / "config.json")
    sampling = {"do_sample": True, "max_length": 128000, "temperature": 0.8, "top_p": 0.8}
    save_json({**sampling, **ends}, folder / "generation_config.json")
    config = read_config(folder)
    preferred = {ranks.index(word): _WORD for word in words()} | dict.fromkeys(stops, _STOP)
    shapes, place = tensor_shapes(config), "transformer.{}.weight"
    tensors = draw_language_model(
        shapes, place.format("embedding.word_embeddings"), place.format("output_layer"), preferred, generator
    )
    turns = torch.arange(0, config.rotary_dim, 2) / config.rotary_dim
    tensors["transformer.rotary_pos_emb.inv_freq"] = (config.rope_theta**-turns).bfloat16()
    save_sharded(tensors, folder)


def _write_tokenizer(folder: Path, ranks: list[bytes], added: dict[str, int]) -> None:
    lines = (f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(ranks))
    (folder / "tokenizer.model").write_text("".join(lines), encoding="ascii")
    flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    config = {
        "added_tokens_decoder": {str(token): {"content": name, **flags} for name, token in added.items()},
        "additional_special_tokens": list(_SPECIALS), "clean_up_tokenization_spaces": False, "do_lower_case": False,
        "encode_special_tokens": False, "eos_token": "<|endoftext|>", "model_max_length": 128000,
        "pad_token": "<|endoftext|>", "padding_side": "left", "remove_space": False,
        "tokenizer_class": "ChatGLM4Tokenizer",
    }  # fmt: skip
    save_json(config, folder / "tokenizer_config.json")


def _write_ear(folder: Path, generator: torch.Generator) -> None:
    save_json(_EAR, folder / "config.json")
    save_json(_FEATURES, folder / "preprocessor_config.json")
    with torch.device("meta"):
        network = WhisperVQ(WhisperVQConfig.from_release(read_json(folder / "config.json")))
    shapes = {released_name(name): shape for name, shape in shapes_of(network).items()}
    positions, dim = shapes["embed_positions.weight"]
    # What only training needs, or what comes after the codes, is in the release as well.
    shapes["embed_positions2.weight"] = (positions // network.config.pooling, dim)
    tensors = draw(shapes, generator)
    tensors["ema_count"], tensors["ema_weight"] = torch.ones(CODES), tensors["codebook.weight"].clone()
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def _write_voice(folder: Path, generator: torch.Generator) -> None:
    (folder / "config.yaml").write_text(_VOICE, encoding="utf-8")
    config = read_yaml(folder / "config.yaml")
    with torch.device("meta"):
        flow = GlmFlow(GlmFlowConfig.from_release(config["flow"]))
    torch.save(draw(shapes_of(flow), generator), folder / "flow.pt")
    torch.save(draw_hift(HiFTConfig.from_release(config["hift"]), generator, "weight_g", "weight_v"), folder / "hift.pt")
