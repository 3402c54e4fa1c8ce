"""Step-Audio-2's audio encoder and adaptor against the reference: features, rows, states, lengths, resampling."""

from __future__ import annotations

import json
import re

import pytest
import soundfile
import torch

from engine.models.checkpoints.weights import Weights
from engine.models.stepaudio2.listen import AudioFrontEnd, StepAudio2Listener
from engine.speech.recording import at_rate
from tests.golden import golden_folder, sound_file
from tests.golden.compare import index
from tests.golden.recorded import step_file, thinned

SET, EXPECTED = golden_folder("stepaudio2"), index("stepaudio2")
FOLDER = SET / EXPECTED["model"]
SOUNDS = [file for file in EXPECTED["files"] if file.startswith("cases/audio_")]
PROMPTS = [file for file, arrays in EXPECTED["files"].items() if "feature_start" in arrays]


@pytest.fixture(scope="module")
def weights():
    return Weights.of_folder(FOLDER)


@pytest.fixture(scope="module")
def front_end(weights):
    return AudioFrontEnd.from_tensors(json.loads((FOLDER / "config.json").read_text()), weights)


def blocks(front_end, name):
    samples, rate = soundfile.read(sound_file("stepaudio2", f"sounds/{name}"), dtype="float32", always_2d=True)
    samples = at_rate(samples, rate, front_end.mel.rate, parity=True)
    return [samples[start : start + front_end.block] for start in range(0, len(samples), front_end.block)]


@pytest.mark.parametrize("file", SOUNDS)
def test_sound(file, front_end):
    recorded = step_file(file)
    parts = blocks(front_end, re.search(r"audio_(.*)\.npz", file)[1] + ".wav")
    features = [front_end.features(part) for part in parts]
    frames = [front_end.frames(len(part)) for part in parts]
    assert frames == [len(mel) for mel in features]
    network, longest = front_end.network, max(frames)
    heard = [(n - 2 + 1) // 2 // 2 for n in frames]
    rows = [network.rows(mel, longest) for mel in features]
    states = [front_end.states(part, longest) for part in parts]
    counts = {
        "n_frames": frames,
        "x_len": [n - 2 for n in frames],
        "enc_len": heard,
        "n_patches": [network.config.states(n) for n in frames],
        "adapter_len": [len(one) for one in states],
    }
    for name in recorded.expected:
        block, how = re.fullmatch(r"[a-z_]*?(\d*)((?:_every\d+|_last\d+)?)(?:_adapter)?", name).groups()
        if name in counts:
            found = torch.tensor(counts[name])
        elif name == "encoder":
            found = torch.stack(rows)
        elif name == "adapter":
            found = torch.stack([network.adapter(one) for one in rows])
        elif name.startswith("logmel_"):
            found = thinned(features[int(block)], how).T
        elif name.startswith("encoder_"):
            found = thinned(rows[int(block)][: heard[int(block)]], how)
        elif name.startswith("adapter_"):
            found = states[int(block)]
        else:
            assert name.startswith("solo_")
            found = front_end.states(parts[int(block)])
        recorded.check(name, found)


@pytest.mark.parametrize("file", PROMPTS)
def test_states_in_the_places_of_embeddings(file, front_end):
    recorded = step_file(file)
    parts = [part for name in heard_in(file) for part in blocks(front_end, name)]
    longest = max(front_end.frames(len(part)) for part in parts)
    states = [front_end.states(part, longest) for part in parts]
    assert [len(one) for one in states] == recorded["feature_len"].tolist()
    places = torch.cat([start + torch.arange(len(one)) for start, one in zip(recorded["feature_start"], states, strict=True)])
    found = recorded["inputs_embeds"].clone()
    found[places] = torch.cat(states)
    recorded.check("inputs_embeds", found)


def heard_in(file):
    """The sounds of a recorded prompt, by name."""
    messages = json.loads((SET / "cases" / "prompts.json").read_text())[re.search(r"llm_(.*)\.npz", file)[1]]["messages"]
    items = [item for message in messages if isinstance(message["content"], list) for item in message["content"]]
    return [item["audio"] for item in items if item["type"] == "audio"]


@pytest.mark.parametrize("file", [file for file in PROMPTS if len(heard_in(file)) == 1])
@pytest.mark.parametrize("step", (1600, 77_777, 10**9))
def test_listening_gives_what_the_prompt_holds(file, step, front_end, weights):
    recorded, samples = step_file(file), blocks(front_end, *heard_in(file))
    starts, lengths = recorded["feature_start"].tolist(), recorded["feature_len"].tolist()
    special = EXPECTED["special_ids"]
    between = weights["model.embed_tokens.weight"][[special["<audio_end>"], special["<audio_start>"]]]
    listener = StepAudio2Listener(front_end, between, parity=True)
    samples = torch.cat([torch.from_numpy(part) for part in samples]).numpy()
    pieces = [listener.feed(samples[start : start + step]) for start in range(0, len(samples), step)]
    early = sum(len(piece) for piece in pieces)
    # All blocks but the last, while the user speaks.
    assert early == (starts[-2] + lengths[-2] - starts[0] if len(starts) > 1 else 0)
    found = recorded["inputs_embeds"].clone()
    heard = torch.cat([piece.states for piece in [*pieces, listener.finish()]])
    assert len(heard) == starts[-1] + lengths[-1] - starts[0]
    found[starts[0] : starts[-1] + lengths[-1]] = heard
    recorded.check("inputs_embeds", found)


def test_resampling():
    recorded = step_file("cases/resample.npz")
    for name in recorded.expected:
        if name.startswith("out_"):
            rate, wanted = map(int, name.split("_")[1:])
            found = at_rate(recorded[f"in_{rate}_{wanted}"].numpy(), rate, wanted, parity=True)
            recorded.check(name, torch.from_numpy(found))


def test_features_of_the_voice_for_the_speech_tokenizer(front_end):
    recorded = step_file("cases/voice_features.npz")
    samples, rate = soundfile.read(sound_file("stepaudio2", "sounds/voice.wav"), dtype="float32", always_2d=True)
    samples = torch.from_numpy(at_rate(samples, rate, front_end.mel.rate, parity=True))
    recorded.check("audio_16k_len", torch.tensor(len(samples)))
    recorded.check("audio_16k_head", samples[: len(recorded["audio_16k_head"])])
    log_power = front_end.mel.log_power(samples)
    recorded.check("s3_logmel_every4", front_end.mel.features(log_power, log_power.max())[::4].T)
