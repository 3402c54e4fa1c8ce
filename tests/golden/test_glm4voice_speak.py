"""GLM-4-Voice's vocoder gives what the reference gives: stage by stage in one call, and streamed as it was released."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
import torch

from engine.models.glm4voice.reference import BLOCK_SIZES, ReferenceSpeaker, SeededDraws, stretched
from engine.models.glm4voice.speak import CONTEXT, StreamedSpeaker
from engine.models.glm4voice.vocoder import HELD_CODES, Vocoder
from engine.speech.flow import cosine_times, euler_steps, stacked
from tests.golden import golden_folder
from tests.golden.compare import assert_within, index
from tests.golden.recorded import Recorded, glm_case, repeated

FOLDER = golden_folder("glm4voice")
FIRST_CODE = index("glm4voice")["audio_offset"]


@pytest.fixture(scope="module")
def vocoder() -> Vocoder:
    return Vocoder.from_folder(FOLDER / index("glm4voice")["checkpoints"]["vocoder"])


@torch.inference_mode()
def test_one_call_stage_by_stage(vocoder):
    recorded, _ = glm_case("vocoder.offline")
    flow, codes = vocoder.flow, recorded["tokens"]
    frames = vocoder.frames(len(codes))
    rows, _ = flow.encode(codes)
    recorded.check("encoder_out", rows[0])
    recorded.check("encoder_proj", flow.encoder_proj(rows)[0])
    mu = flow.mu(rows, stretched(len(codes), frames))
    recorded.check("mu", mu[0].T)

    noise, nothing = recorded["z"][None], torch.zeros_like(mu)
    both = [torch.cat([one, torch.zeros_like(one)]) for one in (mu, flow.voice(), nothing)]
    velocity = flow.decoder["estimator"](stacked(noise.expand(2, -1, -1), *both), torch.zeros(2))
    recorded.check("est_step1_cond", velocity[0])
    recorded.check("est_step1_uncond", velocity[1])
    steps = euler_steps(flow.decoder["estimator"], noise, mu, flow.voice(), nothing, flow.config.guidance, cosine_times(10))
    recorded.check("x_after_step1", next(steps)[0])
    mel = flow.mel(noise, mu, nothing[:, :, :0])
    recorded.check("mel", mel[0])

    recorded.check("f0", vocoder.hift.f0(mel)[0])
    noise = repeated(recorded["noise_table"], frames * vocoder.hift.config.hop)
    wave, source = vocoder.hift(mel, noise, recorded["phase"] / (2 * math.pi))
    recorded.check("source", source[0, 0])
    recorded.check("wave", wave[0])


class RecordedDraws:
    """The recording's random numbers."""

    def __init__(self, stream: Recorded, table: torch.Tensor):
        self._stream, self._table, self._block = stream, table, 0

    def flow_noise(self, bands: int, frames: int) -> torch.Tensor:
        self._block += 1
        noise = self._stream[f"block{self._block}_z"][None]
        assert noise.shape == (1, bands, frames)
        return noise

    def phases(self, waves: int) -> torch.Tensor:
        return self._stream["phases"][self._block - 1]

    def source_noise(self, waves: int, samples: int) -> torch.Tensor:
        return repeated(self._table, samples)


def streamed(vocoder: Vocoder, entry: dict, recorded: Recorded, text_follows: bool = False, **options):
    """The speaker after the whole reply, and what it gave, block by block."""
    table = glm_case("vocoder.offline")[0]["noise_table"]
    speaker = ReferenceSpeaker(vocoder, FIRST_CODE, entry["block_sizes"], RecordedDraws(recorded, table), **options)
    sounds = [speaker.feed([FIRST_CODE + code]) for code in recorded["tokens"].tolist()]
    if text_follows:
        sounds.append(speaker.feed([]))
    sounds.append(speaker.finish())
    return speaker, [torch.from_numpy(sound) for sound in sounds if sound.size]


def log(name: str) -> list[dict]:
    _, entry = glm_case("vocoder.stream")
    return json.loads((FOLDER / entry["log"]).read_text(encoding="utf-8"))[name]


def blocks_of(entry: dict, pattern: str) -> list[tuple[str, int]]:
    """Arrays of such names, and the block each is of, counted from 0."""
    found = ((name, re.fullmatch(pattern, name)) for name in entry["arrays"])
    return [(name, int(match[1]) - 1) for name, match in found if match]


def test_streamed_as_released(vocoder):
    recorded, entry = glm_case("vocoder.stream")
    speaker, sounds = streamed(vocoder, entry, recorded)
    assert [len(sound) for sound in sounds] == [block["samples"] for block in log("shipped")]
    assert sum(map(len, sounds)) == entry["affected"]["mel_history_defect"]["shipped_total"]
    for number, (mel, sound) in enumerate(zip(speaker.mels, sounds, strict=True), start=1):
        recorded.check(f"block{number}_mel", mel[0])
        with torch.inference_mode():
            recorded.check(f"block{number}_f0", vocoder.hift.f0(mel)[0])
        recorded.check(f"block{number}_wave", sound)
    with torch.inference_mode():
        rows = next(name for name in entry["arrays"] if name.endswith("_encoder_out"))
        recorded.check(rows, vocoder.flow.encode(recorded["tokens"])[0][0])


def test_streamed_with_the_history_that_was_meant(vocoder):
    recorded, entry = glm_case("vocoder.stream")
    speaker, sounds = streamed(vocoder, entry, recorded, history_fault=False)
    assert [len(sound) for sound in sounds] == [block["samples"] for block in log("fixed_history")]
    assert sum(map(len, sounds)) == entry["affected"]["mel_history_defect"]["corrected_total"]
    mels = blocks_of(entry, r"fixed_block(\d+)_mel")
    for name, block in mels:
        recorded.check(name, speaker.mels[block][0])
    for name, block in blocks_of(entry, r"fixed_block(\d+)_wave"):
        recorded.check(name, sounds[block])
    assert mels


def test_the_tail_that_the_released_program_loses(vocoder):
    recorded, entry = glm_case("vocoder.stream")
    speaker, sounds = streamed(vocoder, entry, recorded, text_follows=True)
    assert [len(sound) for sound in sounds] == [block["samples"] for block in log("text_after_audio")]
    last, mel = f"block{len(sounds)}", speaker.mels[-1][0]
    for name, block in blocks_of(entry, r"tail_lost_block(\d+)_mel_frames"):
        recorded.check(name, torch.tensor(speaker.mels[block].shape[2]))
    for name, block in blocks_of(entry, r"tail_lost_block(\d+)_wave_length"):
        recorded.check(name, torch.tensor(len(sounds[block])))
    for name, block in blocks_of(entry, r"tail_lost_block(\d+)_wave_last\d+"):
        recorded.check(name, sounds[block][-len(recorded[name]) :])
    assert_within(mel, recorded[f"{last}_mel"][:, : mel.shape[1]], entry["arrays"][f"{last}_mel"]["tol"], f"{last}_mel")
    missing = entry["affected"]["tail_defect"]
    whole = log("shipped")[-1]
    assert whole["samples"] - len(sounds[-1]) == missing["missing_samples"]
    assert whole["returned_mel_frames"] - mel.shape[1] == missing["missing_mel_frames"]


def test_noise_is_drawn_as_the_reference_draws_it(vocoder):
    recorded, _ = glm_case("vocoder.offline")
    draws = SeededDraws(index("glm4voice")["seeds"]["flow_noise"])
    torch.testing.assert_close(draws.flow_noise(*recorded["z"].shape)[0], recorded["z"])


def test_the_released_blocks_are_made_when_the_token_after_them_comes(vocoder):
    released = ReferenceSpeaker(vocoder, FIRST_CODE)
    tokens = [FIRST_CODE] * (BLOCK_SIZES[0] + 1)
    assert not released.feed(tokens[:-1]).size and released.feed(tokens[-1:]).size


def spoken(vocoder: Vocoder, tokens: list[int], step: int, seed: int = 0) -> np.ndarray:
    ours = StreamedSpeaker(vocoder, FIRST_CODE, seed)
    return np.concatenate([*(ours.feed(tokens[i : i + step]) for i in range(0, len(tokens), step)), ours.finish()])


def random_tokens(vocoder: Vocoder, count: int) -> list[int]:
    codes = torch.randint(vocoder.flow.config.codes, (count,), generator=torch.Generator().manual_seed(count))
    return (codes + FIRST_CODE).tolist()


@pytest.mark.parametrize("count", (0, 1, 9, 10, 11, 33))
def test_every_sample_comes_once(vocoder, count):
    """As many as the codes stand for, however they are fed, and the last ones too."""
    tokens, state = random_tokens(vocoder, count), torch.get_rng_state()
    whole = spoken(vocoder, tokens, step=100)
    assert whole.dtype == np.float32 and len(whole) == vocoder.frames(count) * vocoder.hift.config.hop
    assert np.array_equal(whole, spoken(vocoder, tokens, step=1)) and np.array_equal(whole, spoken(vocoder, tokens, step=7))
    assert torch.equal(torch.get_rng_state(), state)
    if count:
        assert np.abs(whole).max() > 0 and not np.array_equal(whole, spoken(vocoder, tokens, step=1, seed=1))


def test_the_first_block_sounds_at_once(vocoder):
    ours, tokens = StreamedSpeaker(vocoder, FIRST_CODE), random_tokens(vocoder, vocoder.block_size)
    assert not ours.feed(tokens[:-1]).size
    hop, held = vocoder.hift.config.hop, vocoder.frames(HELD_CODES)
    assert len(ours.feed(tokens[-1:])) == max(0, vocoder.frames(vocoder.block_size) - held) * hop


def test_a_token_that_is_no_speech_is_a_sentence(vocoder):
    for token in (FIRST_CODE - 1, FIRST_CODE + vocoder.flow.config.codes):
        with pytest.raises(ValueError, match="is no speech"):
            StreamedSpeaker(vocoder, FIRST_CODE).feed([token])
    with pytest.raises(ValueError, match="at least one block"):
        StreamedSpeaker(vocoder, FIRST_CODE, context=0)


@torch.inference_mode()
def test_joins_are_those_of_one_call(vocoder, monkeypatch):
    """With a flow that gives each absolute frame its own noise, the joined sound is that of one call over all frames."""
    count, windows = (CONTEXT + 4) * vocoder.block_size + 3, []

    def noise_itself(noise, mu, known):
        assert noise.shape == mu.shape
        windows.append(noise.shape[2])
        torch.testing.assert_close(known, 2 * noise[:, :, : known.shape[2]])
        return 2 * noise

    monkeypatch.setattr(vocoder.flow, "mel", noise_itself)
    tokens = random_tokens(vocoder, count)
    joined = spoken(vocoder, tokens, step=1)
    assert max(windows) <= vocoder.frames((CONTEXT + 1) * vocoder.block_size) + 1

    whole = StreamedSpeaker(vocoder, FIRST_CODE)
    mel = 2 * whole._noise.take(0, vocoder.frames(count))
    expected = whole._sound.feed(mel)[0].numpy()
    assert len(joined) == len(expected)
    # Frequencies differ by float32 rounding with the window they are computed in, and phases sum them up.
    recorded, _ = glm_case("vocoder.offline")
    assert_within(joined, expected, recorded.expected["wave"]["tol"], "the joined sound")
    assert np.abs(np.diff(expected)).max() > 0.01  # a lost or doubled sample would show
