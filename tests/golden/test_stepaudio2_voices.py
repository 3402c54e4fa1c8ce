"""Voices of Step-Audio-2: what is heard of a recording, and the packs made of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine import audio_files
from engine.models.stepaudio2 import voice_features
from engine.models.stepaudio2.make_voice import SPEAKER, TOKENIZER, make_voice
from engine.models.stepaudio2.speak import StepVocoder
from engine.models.stepaudio2.voices import FOLDER, VoicePack, default_voice, installed_voices
from tests.golden import sound_file
from tests.golden.recorded import step_file
from tests.golden.step_vocoder import TOKEN2WAV, spoken, vocoder, voice


def test_what_is_heard_of_a_recording():
    samples, rate = audio_files.read(sound_file("stepaudio2", "sounds/voice.wav"))
    recorded = step_file("cases/voice_features.npz")
    heard, mixed = voice_features.heard(samples, rate), voice_features.mixed(samples, rate)
    for name, sound in (("audio_16k", heard), ("audio_24k", mixed)):
        head = recorded[f"{name}_head"]
        recorded.check(f"{name}_head", torch.from_numpy(sound)[: len(head)])
        recorded.check(f"{name}_len", torch.tensor(len(sound)))
    recorded.check("fbank_mean", voice_features.filter_bank(torch.from_numpy(heard)).mean(0))
    recorded.check("fbank_mean_subtracted", voice_features.speaker_features(samples, rate))
    recorded.check("s3_logmel_every4", voice_features.tokenizer_features(samples, rate)[:, ::4])
    recorded.check("mel_24k", voice_features.mel_spectrogram(torch.from_numpy(mixed)))
    frames, tolerance = len(voice().mel), recorded.expected["mel_24k"]["atol"]
    assert torch.allclose(voice_features.prompt_mel(samples, rate, frames), voice().mel, rtol=0, atol=tolerance)


def test_stereo_is_heard_as_the_release_hears_it():
    left, right = np.random.default_rng(0).standard_normal((2, 24_000)).astype(np.float32) / 10
    both = np.stack([left, right], 1)
    assert np.array_equal(voice_features.heard(both, 24_000), voice_features.heard(left, 24_000))
    assert np.allclose(voice_features.mixed(both, 24_000), (left + right) / 2, atol=1e-7)


def test_a_voice_is_one_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no voice"):
        default_voice(tmp_path)
    (tmp_path / FOLDER).mkdir()
    for name in ("zoe", "default_female"):
        VoicePack(name, voice().tokens, voice().speaker, voice().mel, {"source": "a test"}).save(
            tmp_path / FOLDER / f"{name}.safetensors"
        )
    assert list(installed_voices(tmp_path)) == ["default_female", "zoe"]
    loaded = default_voice(tmp_path)
    assert (loaded.name, loaded.about) == ("default_female", {"source": "a test"})
    for ours, theirs in ((loaded.tokens, voice().tokens), (loaded.speaker, voice().speaker), (loaded.mel, voice().mel)):
        assert torch.equal(ours, theirs)
    tokens = list(range(30))
    speaks = StepVocoder(vocoder().flow, vocoder().hift, loaded)
    assert np.array_equal(spoken(speaks.speaker(), tokens)[0], spoken(vocoder().speaker(), tokens)[0])


def test_a_voice_that_cannot_be_used_is_refused(tmp_path):
    path = tmp_path / "voice.safetensors"
    with pytest.raises(FileNotFoundError, match="no voice"):
        VoicePack.load(path)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="cut short or no voice"):
        VoicePack.load(path)
    broken = voice().mel.clone()
    broken[3, 4] = torch.nan
    VoicePack("x", voice().tokens, voice().speaker, broken).save(path)
    with pytest.raises(ValueError, match="prompt_mel that are not finite"):
        VoicePack.load(path)
    config = vocoder().flow.config
    unfit = {
        "too few": VoicePack("x", voice().tokens[: config.encoder.lookahead], voice().speaker, voice().mel[:4]),
        "its codes go from": VoicePack("x", voice().tokens + config.codes, voice().speaker, voice().mel),
        "mel spectrogram": VoicePack("x", voice().tokens, voice().speaker, voice().mel[1:]),
        "speaker vector is": VoicePack("x", voice().tokens, voice().speaker[1:], voice().mel),
        "vector is zero": VoicePack("x", voice().tokens, voice().speaker * 0, voice().mel),
    }
    for reason, pack in unfit.items():
        with pytest.raises(ValueError, match=reason):
            StepVocoder(vocoder().flow, vocoder().hift, pack)


def test_making_a_voice_says_what_is_missing(tmp_path):
    (tmp_path / "flow.yaml").write_text((TOKEN2WAV / "flow.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    sound = np.zeros(48_000, np.float32)
    with pytest.raises(ValueError, match="this recording has 0.1"):
        make_voice(sound[:2400], 24_000, "x", tmp_path)
    with pytest.raises(FileNotFoundError, match=TOKENIZER):
        make_voice(sound, 24_000, "x", tmp_path)
    for network in (TOKENIZER, SPEAKER):
        (tmp_path / network).write_bytes(b"no network")
    with pytest.raises(ValueError, match=f"{TOKENIZER} cannot be used"):
        make_voice(sound, 24_000, "x", tmp_path)
