"""Step-Audio-2's vocoder gives what the reference gives, and in its own mode loses nothing and joins without seams."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.models.stepaudio2.flow import FlowState
from engine.models.stepaudio2.sound import FADE_FRAMES, HELD_FRAMES, SettledSound
from engine.models.stepaudio2.speak import CHUNK, RECENT_FRAMES, StepVocoder
from engine.speech.flow import cosine_times, euler_steps
from tests.golden.compare import index
from tests.golden.recorded import step_file
from tests.golden.step_vocoder import SET, STREAMS, spoken, vocoder, voice


class Watched:
    """Writes down what happens inside a vocoder while it speaks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, speaks: StepVocoder) -> None:
        self.before: list[FlowState] = []
        self.codes: list[int] = []
        self.after: list[FlowState] = []
        self.mel: list[Tensor] = []
        self.frequencies: list[Tensor] = []
        advance, f0 = speaks.advance, speaks.hift.f0

        def watched_advance(state, codes, ahead, placed, mel=None):
            made, after = advance(state, codes, ahead, placed, mel)
            self.before.append(state)
            self.codes.append(len(codes) + (0 if ahead is None else len(ahead)))
            self.after.append(after)
            self.mel.append(made[0])
            return made, after

        def watched_f0(mel):
            self.frequencies.append(f0(mel)[0])
            return self.frequencies[-1][None]

        monkeypatch.setattr(speaks, "advance", watched_advance)
        monkeypatch.setattr(speaks.hift, "f0", watched_f0)


# ---- the reference, whole utterance ----


@torch.inference_mode()
def test_a_whole_utterance():
    recorded, noise = step_file("cases/flow_offline.npz"), step_file("cases/noise.npz")["flow_noise"][None]
    flow, prompt = vocoder().flow, voice().mel.T[None]
    codes = torch.cat([voice().tokens, recorded["token"].long()])
    encoded = flow.encoder.encode(flow.embed(codes))
    recorded.check("conformer", flow.encoder.before_upsampling(flow.embed(codes), flow.encoder.start())[0][0])
    recorded.check("encoder", encoded[0])
    mu, speaker = flow.condition(encoded), flow.speaker(voice().speaker)
    recorded.check("mu", mu[0])
    recorded.check("spk", speaker[0])
    recorded.check("t", cosine_times(len(recorded["t"]))[:-1])

    frames = mu.shape[2]
    known = torch.nn.functional.pad(prompt, (0, frames - prompt.shape[2]))
    velocities = []
    velocity, _ = flow.velocity(flow.start(speaker, prompt.shape[2]).steps)

    def watched(*arguments):
        velocities.append(velocity(*arguments))
        return velocities[-1]

    times = cosine_times(len(recorded["t"]))
    steps = euler_steps(watched, noise[:, :, :frames], mu, speaker, known, flow.config.guidance, times)
    recorded.check("x_step1", next(steps)[0])
    recorded.check("v_step1_cond", velocities[0][0])
    recorded.check("v_step1_uncond", velocities[0][1])
    mel, _ = flow.stream(codes, None, noise[:, :, :frames], flow.start(speaker, prompt.shape[2]), known)
    recorded.check("mel", mel[0, :, prompt.shape[2] :])


# ---- the reference, streamed ----


def state_arrays(state: FlowState) -> dict[str, Tensor]:
    """The parts of a state that the recordings hold; of the estimator the last step, last block, conditional half."""
    last = state.steps[-1][-1]
    return {
        "setup_conformer_cnn": torch.cat([state.encoder.lookahead, state.encoder.up], dim=2)[0],
        "setup_conformer_att_last": torch.cat(state.encoder.upper.layers[-1], dim=-1)[0],
        "setup_estimator_cnn_s9_last": torch.cat([last.first, last.second], dim=1)[0],
        "setup_estimator_att_s9_last": torch.cat([last.keys, last.values], dim=-1)[0],
    }


@pytest.mark.parametrize("name", STREAMS)
def test_a_streamed_reply(name, monkeypatch):
    recorded, speaks = step_file(name), vocoder("noise")
    watched = Watched(monkeypatch, speaks)
    pieces = spoken(speaks.speaker(), recorded["token"].tolist())
    recorded.check("chunk_tokens", torch.tensor(watched.codes))
    recorded.check("noise_offset", torch.tensor([state.held for state in watched.before]))
    recorded.check("att_cache_len_after", torch.tensor([state.held for state in watched.after]))
    recorded.check("chunk_mel_frames", torch.tensor([mel.shape[1] for mel in watched.mel]))
    recorded.check("chunk_samples", torch.tensor([len(samples) for samples in pieces]))
    recorded.check("mel", torch.cat(watched.mel, dim=1))
    if "f0" in recorded.expected:
        recorded.check("f0", torch.cat(watched.frequencies))
        recorded.check("hift_input_frames", torch.tensor([len(f0) for f0 in watched.frequencies]))
    check_pcm(name, "pcm_noise", pieces)


@pytest.mark.parametrize("name", [name for name in STREAMS if "pcm_zero" in index("stepaudio2")["files"][name]])
def test_a_streamed_reply_without_noise_in_the_sines(name):
    check_pcm(name, "pcm_zero", spoken(vocoder("zero").speaker(), step_file(name)["token"].tolist()))


def check_pcm(name: str, array: str, pieces: list[np.ndarray]) -> None:
    recorded, how = step_file(name), index("stepaudio2")["files"][name][array]
    ours = (np.concatenate(pieces).clip(-1, 1) * 32767).astype(np.int16).astype(np.float64)
    off = ours - recorded[array].numpy()
    assert np.abs(off).max() <= how["atol_lsb"]
    assert np.sqrt(np.square(off).mean()) <= how["rms_lsb"]


def test_what_the_prompt_leaves_behind():
    # The reference's estimator gives views of one buffer that it writes to again. What was recorded as its state after the
    # prompt is what the buffer held when the recording was written, which may be what a later reply left there (through
    # the old length). It must be one of these states, keys, values and convolutions alike.
    speaks = vocoder("noise")
    states = [speaks.started]
    for name in STREAMS:
        speaker = speaks.speaker()
        spoken(speaker, step_file(name)["token"].tolist())
        states.append(speaker.state)
    for name in STREAMS:
        recorded = step_file(name)
        for array in ("setup_conformer_cnn", "setup_conformer_att_last"):
            if array in recorded.expected:
                recorded.check(array, state_arrays(speaks.started)[array])
        estimator = ["setup_estimator_cnn_s9_last", "setup_estimator_att_s9_last"]
        if estimator[0] in recorded.expected:
            assert any(all(agrees(recorded, array, state) for array in estimator) for state in states)
        if "setup_shapes" in recorded.expected:
            check_shapes(json.loads(str(np.load(SET / name)["setup_shapes"])), speaks.started)


def agrees(recorded, array: str, state: FlowState) -> bool:
    wanted = recorded[array]
    ours = state_arrays(state)[array]
    if wanted.dim() == 3:
        ours = ours[:, : wanted.shape[1]]  # a longer buffer is seen through the old length
    return ours.shape == wanted.shape and bool((ours - wanted).abs().max() <= recorded.expected[array]["atol"])


def check_shapes(shapes: dict[str, list[int]], state: FlowState) -> None:
    """The reference's four caches hold as many rows of the same widths as ours."""
    keys, values = state.encoder.upper.layers[-1]
    layers = len(state.encoder.lower.layers) + len(state.encoder.upper.layers)
    assert shapes["conformer_att_cache"] == [layers, 1, *keys.shape[1:3], keys.shape[3] + values.shape[3]]
    both = torch.cat([state.encoder.lookahead, state.encoder.up], dim=2)
    assert shapes["conformer_cnn_cache"] == list(both.shape)
    block = state.steps[-1][-1]
    _, depth, halves, *rest = shapes["estimator_att_cache"]  # its first axis has room for more steps than are made
    assert [depth, halves, *rest] == [len(state.steps[-1]), *block.keys.shape[:3], 2 * block.keys.shape[3]]
    assert shapes["estimator_cnn_cache"][1:] == [depth, *torch.cat([block.first, block.second], dim=1).shape]


# ---- our own way ----


@pytest.mark.parametrize("count", (1, 3, CHUNK, CHUNK + 2, CHUNK + 3, CHUNK + 4, 2 * CHUNK + 3, 77))
def test_every_code_has_its_sound(count):
    speaks = vocoder()
    config = speaks.flow.config
    codes = torch.randint(config.codes, (count,), generator=torch.Generator().manual_seed(count)).tolist()
    samples = np.concatenate(spoken(speaks.speaker(), codes))
    assert len(samples) == count * config.frames_per_code * speaks.hift.config.hop
    assert samples.dtype == np.float32 and np.isfinite(samples).all()
    at_once = speaks.speaker()
    assert np.array_equal(samples, np.concatenate([at_once.feed(codes), at_once.finish()]))


def test_a_reply_without_codes_has_no_sound():
    speaks = vocoder()
    speaker = speaks.speaker()
    pad = speaks.first_code + speaks.flow.config.codes  # the id after the last code
    assert speaker.feed([pad, pad + 7]).size == 0 and speaker.finish().size == 0
    with_pads, without = speaks.speaker(), speaks.speaker()
    codes = list(range(5))
    assert np.array_equal(spoken(with_pads, [pad, *codes, pad])[0], spoken(without, codes)[0])


def test_replies_do_not_disturb_each_other_or_the_global_generator():
    speaks, tokens = vocoder(), step_file(STREAMS[0])["token"].tolist()
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    alone = np.concatenate(spoken(speaks.speaker(), tokens))
    first, second = speaks.speaker(), speaks.speaker()
    together = [np.concatenate([first.feed([one]), second.feed([another])[:0]]) for one, another in zip(tokens, reversed(tokens))]
    assert np.array_equal(alone, np.concatenate([*together, first.finish()]))
    assert torch.equal(before, torch.random.get_rng_state())


def test_another_seed_is_another_sound():
    speaks, tokens = vocoder(), list(range(10))
    other = StepVocoder(speaks.flow, speaks.hift, voice(), seed=1)
    assert not np.array_equal(spoken(speaks.speaker(), tokens)[0], spoken(other.speaker(), tokens)[0])


@torch.inference_mode()
def test_pieces_of_sound_join_without_seams():
    hift, recorded = vocoder().hift, step_file(max(STREAMS, key=lambda name: len(step_file(name)["token"])))
    mel, hop, piece = recorded["mel"][None], hift.config.hop, 50
    whole = SettledSound(hift).feed(mel, last=True)[0]
    sound = SettledSound(hift)
    parts = mel.split(piece, dim=2)
    streamed = torch.cat([sound.feed(part, last=part is parts[-1]) for part in parts], dim=1)[0]
    assert streamed.shape == whole.shape == (mel.shape[2] * hop,)
    off, loudest = (streamed - whole).abs().view(-1, hop).amax(1), whole.abs().max()
    borders = range(piece, mel.shape[2], piece)
    # A guess is off only where the network did not see all it wants, and there by little (how much depends on the weights): a
    # seam would be of the order of the sound itself, as in the reference's way.
    near = {frame for border in borders for frame in range(border - hift.config.reach, border - HELD_FRAMES + FADE_FRAMES)}
    assert all(off[frame] < 1e-3 * loudest for frame in range(len(off)) if frame not in near)
    assert off.square().mean() < 0.01 * whole.square().mean() and off.max() < 0.5 * loudest
    steps = streamed.diff().abs()
    joins = [(border - HELD_FRAMES) * hop for border in borders]
    assert all(steps[join - 1] <= whole.diff().abs().max() for join in joins)


@torch.inference_mode()
@pytest.mark.parametrize("sizes", ((1,) * 23, (3, 20), (9, 1, 13)))
def test_pieces_of_any_size_lose_nothing(sizes):
    hift = vocoder().hift
    mel = torch.randn(1, hift.config.mels, sum(sizes), generator=torch.Generator().manual_seed(0))
    sound, parts = SettledSound(hift), mel.split(sizes, dim=2)
    streamed = torch.cat([sound.feed(part, last=i == len(parts) - 1) for i, part in enumerate(parts)], dim=1)
    assert streamed.shape[1] == mel.shape[2] * hift.config.hop


def test_a_long_reply_costs_no_more_per_chunk(monkeypatch):
    monkeypatch.setattr("engine.models.stepaudio2.speak.RECENT_CODES", 60)
    speaks = StepVocoder(vocoder().flow, vocoder().hift, voice())
    watched, speaker = Watched(monkeypatch, speaks), speaks.speaker()
    codes = torch.randint(speaks.flow.config.codes, (8 * CHUNK,), generator=torch.Generator().manual_seed(0))
    speaker.feed(codes.tolist())
    prompt, per_code = len(voice().mel), speaks.flow.config.frames_per_code
    for state in watched.after[2:]:
        assert state.held == prompt + RECENT_FRAMES
        assert state.encoder.lower.held == 60 and state.encoder.upper.held == 60 * per_code


def test_what_is_kept_is_the_prompt_and_the_newest_frames(monkeypatch):
    speaks = StepVocoder(vocoder().flow, vocoder().hift, voice())
    prompt, codes = len(voice().mel), step_file(STREAMS[0])["token"].tolist()
    watched = Watched(monkeypatch, speaks)
    spoken(speaks.speaker(), codes)
    begin = speaks.started.steps[0][0].keys
    for before, after in zip(watched.before, watched.after, strict=True):
        keys = after.steps[0][0].keys
        assert torch.equal(keys[:, :, :prompt], begin)
        if before.held == prompt + RECENT_FRAMES:
            made = after.frames - before.frames
            kept = RECENT_FRAMES - made
            assert torch.equal(keys[:, :, prompt : prompt + kept], before.steps[0][0].keys[:, :, -kept:])


def test_parity_can_draw_its_own_noise():
    speaks = StepVocoder(vocoder().flow, vocoder().hift, voice(), parity=True)
    codes = list(range(2 * CHUNK + 10))
    samples = np.concatenate(spoken(speaks.speaker(), codes))
    assert len(samples) == len(codes) * speaks.flow.config.frames_per_code * speaks.hift.config.hop
