"""GLM-4-Voice's speech tokenizer against the reference: features, every layer's states, codes."""

from __future__ import annotations

import pytest
import soundfile
import torch

from engine.models.glm4voice.listen import CodeStream, GLM4VoiceListener, GLMSpeechTokenizer
from engine.speech.recording import at_rate
from engine.speech.whisper_encoder import WhisperCache
from engine.speech.whisper_mel import FAINTEST, slaney_filters
from tests.golden import golden_folder, sound_file
from tests.golden.compare import index
from tests.golden.recorded import glm_case

SET, EXPECTED = golden_folder("glm4voice"), index("glm4voice")
FOLDER = SET / EXPECTED["checkpoints"]["speech_tokenizer"]
CASES = [case["id"] for case in EXPECTED["cases"] if case["id"].startswith("vq.")]


@pytest.fixture(scope="module")
def tokenizer():
    return GLMSpeechTokenizer.from_folder(FOLDER)


def sound(entry):
    samples, rate = soundfile.read(sound_file("glm4voice", entry["input"]), dtype="float32", always_2d=True)
    return samples, rate


def segments(tokenizer, samples):
    """A recording as upstream batches it: per segment its samples, padded as long as the first one, and its own length."""
    parts = [samples[start : start + tokenizer.segment] for start in range(0, len(samples), tokenizer.segment)]
    longest = -(-len(parts[0]) // tokenizer.stride) * tokenizer.stride
    for part in parts:
        padded = torch.zeros(longest)
        padded[: len(part)] = torch.from_numpy(part)
        yield padded, len(part)


def features_of(tokenizer, padded):
    log_power = tokenizer.mel.log_power(padded)
    return tokenizer.mel.features(log_power, log_power.max())


def pooled(tokenizer, features, length):
    """A segment's vectors before the codebook, from all its features at once."""
    network, past, states = tokenizer.network, WhisperCache(), []
    frames, context = 2 * network.config.block, network.context_frames
    heard = -(-length // tokenizer.mel.hop)
    for start in range(0, -(-length // tokenizer.stride) * 2 * network.config.pooling, frames):
        part = features[max(0, start - context) : start + frames]
        states.append(network.encode(part, start // 2, past, keys=-(-heard // 2)))
    return network.pool(torch.cat(states))[: -(-length // tokenizer.stride)]


def exact_features(tokenizer, padded):
    """As `features_of`, every step in 64 bits."""
    mel = tokenizer.mel
    window = torch.hann_window(mel.window, dtype=torch.float64)
    spectrum = torch.stft(padded.double(), mel.window, mel.hop, window=window, center=True, return_complex=True)
    filters = torch.from_numpy(slaney_filters(mel.rate, mel.window, mel.bands, 0.0, mel.rate / 2)).double()
    log_power = (filters.T @ spectrum[:, :-1].abs().square()).clamp_min(FAINTEST).log10().T
    return mel.features(log_power, log_power.max())


@pytest.mark.parametrize("case", CASES)
def test_codes_and_states(case, tokenizer):
    recorded, entry = glm_case(case)
    name, (samples, rate) = case.removeprefix("vq."), sound(entry)
    inputs = {layer: [] for layer in range(tokenizer.network.config.layers)}
    hooks = [
        block.register_forward_pre_hook(lambda _, args: inputs[args[1]].append(args[0]))
        for block in tokenizer.network.encoder.blocks
    ]
    mono = at_rate(samples, rate, tokenizer.mel.rate, parity=True)
    features, masks, vectors = [], [], []
    try:
        for padded, length in segments(tokenizer, mono):
            features.append(features_of(tokenizer, padded))
            masks.append(torch.arange(len(features[-1])) * tokenizer.mel.hop < length)
            vectors.append(pooled(tokenizer, features[-1], length))
    finally:
        for hook in hooks:
            hook.remove()
    pre_vq = torch.cat(vectors)
    found = {
        "codes": torch.tensor(tokenizer.codes(samples, rate, parity=True)),
        "segments": torch.tensor([len(part) for part in vectors]),
        "features": features[0].T,
        "frame_mask": masks[0],
        "pre_vq": pre_vq,
        "pre_vq_last4": pre_vq[-4:],
        "layer_inputs": torch.stack([torch.cat(parts) for parts in inputs.values()]),
    }
    compared = [array for array, how in entry["arrays"].items() if how["compare"] != "info"]
    assert f"{name}_codes" in compared
    for array in compared:
        part = array.removeprefix(f"{name}_")
        exact = exact_features(tokenizer, next(segments(tokenizer, mono))[0]).T if part == "features" else None
        recorded.check(array, found[part], exact=exact)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("step", (1600, 7777))
def test_listening_gives_the_ids_of_the_reference(case, step, tokenizer):
    recorded, entry = glm_case(case)
    samples = at_rate(*sound(entry), tokenizer.mel.rate, parity=True)
    ids = range(EXPECTED["audio_offset"], EXPECTED["audio_offset"] + EXPECTED["audio_codes"])
    listener = GLM4VoiceListener(tokenizer, ids, parity=True)
    pieces = [listener.feed(samples[start : start + step]) for start in range(0, len(samples), step)]
    heard = [token for piece in [*pieces, listener.finish()] for token in piece.ids]
    assert heard == (recorded[f"{case.removeprefix('vq.')}_codes"] + EXPECTED["audio_offset"]).tolist()


@pytest.mark.parametrize("case", CASES)
def test_codes_given_early_are_as_many(case, tokenizer):
    recorded, entry = glm_case(case)
    samples = at_rate(*sound(entry), tokenizer.mel.rate, parity=True)
    wanted = recorded[f"{case.removeprefix('vq.')}_codes"].tolist()
    stream = CodeStream(tokenizer)
    early = stream.feed(samples)
    late = stream.finish()
    codes_of_a_block = tokenizer.network.config.block // tokenizer.network.config.pooling
    assert len(early) + len(late) == len(wanted) and len(late) <= codes_of_a_block + 1
    if len(wanted) <= codes_of_a_block:
        assert late == wanted
