"""Any Whisper folder can be the judge: here a tiny random one, which understands nothing but says so in words."""

from __future__ import annotations

import numpy as np
import pytest

from engine.evaluation import judges

SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An English-only Whisper of two layers in the layout of the releases."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizerFast,
    )

    folder = tmp_path_factory.mktemp("whisper") / "whisper-tiny-random"
    words = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    raw = Tokenizer(models.BPE(words, []))
    raw.pre_tokenizer, raw.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = WhisperTokenizerFast(tokenizer_object=raw, additional_special_tokens=SPECIAL[1:])
    end, start, plain = tokenizer.convert_tokens_to_ids(SPECIAL)
    config = WhisperConfig(
        vocab_size=len(tokenizer), num_mel_bins=80, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_target_positions=24, bos_token_id=end,
        eos_token_id=end, pad_token_id=end, decoder_start_token_id=start,
    )  # fmt: skip
    model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        is_multilingual=False, no_timestamps_token_id=plain, max_length=12, bos_token_id=end, eos_token_id=end, pad_token_id=end,
        decoder_start_token_id=start, begin_suppress_tokens=None, suppress_tokens=None,
    )  # fmt: skip
    model.save_pretrained(folder)
    WhisperProcessor(WhisperFeatureExtractor(), tokenizer).save_pretrained(folder)
    return folder


def test_it_is_loaded_from_its_folder_and_hears_any_length(folder):
    judges.check(f"whisper:{folder}")
    judge = judges.make(f"whisper:{folder}", ["mine"], folder, [])
    assert judge.name == "whisper whisper-tiny-random"
    sound = np.sin(np.arange(24000) / 20).astype(np.float32)
    heard = judge.transcribe(sound, 24000)
    assert isinstance(heard, str) and not any(mark in heard for mark in SPECIAL)
    assert judge.transcribe(sound, 24000) == heard
    assert isinstance(judge.transcribe(np.tile(sound, 40), 24000), str)  # longer than its window
    assert judge.transcribe(sound[:0], 16000) == ""


def test_a_folder_that_is_not_whole_is_a_sentence(folder, tmp_path):
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(ValueError, match="cannot be loaded"):
        judges.make(f"whisper:{tmp_path}", ["mine"], tmp_path, [])


def test_where_transformers_is_not_installed_it_is_said_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setattr(judges, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="needs the package transformers"):
        judges.check(f"whisper:{tmp_path}")
