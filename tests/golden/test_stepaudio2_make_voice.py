"""A recording becomes a voice by two real ONNX networks, tiny ones that stand where the release has its own."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest
import soundfile
import torch

from engine.models.stepaudio2.make_voice import SPEAKER, TOKENIZER
from engine.models.stepaudio2.voice_features import speaker_features, tokenizer_features
from engine.models.stepaudio2.voices import FOLDER, VoicePack
from tests.golden import onnx_file
from tests.golden.step_vocoder import TOKEN2WAV, vocoder
from tests.rig.processes import ROOT


def networks(folder, codes, size):
    """Codes: the loudest of the first bands in every fourth frame; speaker: the first frame, over and over."""
    onnx_file.write(
        folder / TOKENIZER, {"feats": onnx_file.FLOAT, "feats_length": onnx_file.INT32}, "indices", onnx_file.INT64,
        *onnx_file.cut("feats", "some", (0, 0), (min(codes, 128), onnx_file.END), (1, 2), (1, 4)),
        onnx_file.node("ArgMax", ("some",), "indices", axis=1, keepdims=0),
    )  # fmt: skip
    onnx_file.write(
        folder / SPEAKER, {"input": onnx_file.FLOAT}, "output", onnx_file.FLOAT,
        *onnx_file.cut("input", "first", (0,), (1,), (1,), (1,)),
        onnx_file.node("Concat", ("first",) * 8, "long", axis=2),
        *onnx_file.cut("long", "output", (0,), (size,), (2,), (1,)),
    )  # fmt: skip


def test_a_recording_becomes_a_voice_pack(tmp_path):
    config = vocoder().flow.config
    size = vocoder().voice.speaker.numel()
    token2wav = tmp_path / "token2wav"
    token2wav.mkdir()
    shutil.copy(TOKEN2WAV / "flow.yaml", token2wav)
    networks(token2wav, config.codes, size)
    sound = (np.random.default_rng(1).standard_normal(48_000) * 0.1).astype(np.float32)
    soundfile.write(tmp_path / "me.wav", sound, 24_000, subtype="FLOAT")
    command = [sys.executable, "-m", "engine.models.stepaudio2.make_voice", tmp_path / "me.wav", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    voice = VoicePack.load(tmp_path / FOLDER / "me.safetensors")
    features = tokenizer_features(sound, 24_000)
    assert voice.tokens.tolist() == features[: min(config.codes, 128), ::4].argmax(0).tolist() and len(voice.tokens) == 50
    torch.testing.assert_close(voice.speaker, speaker_features(sound, 24_000)[0].repeat(8)[:size])
    assert len(voice.mel) == 50 * config.frames_per_code


def test_a_network_that_is_none_is_refused(tmp_path):
    shutil.copy(TOKEN2WAV / "flow.yaml", tmp_path)
    for name in (TOKENIZER, SPEAKER):
        (tmp_path / name).write_bytes(b"<!DOCTYPE html>")
    from engine.models.stepaudio2.make_voice import make_voice

    with pytest.raises(ValueError, match=f"{TOKENIZER} cannot be used"):
        make_voice(np.zeros(48_000, np.float32), 24_000, "x", tmp_path)
