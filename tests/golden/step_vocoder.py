"""Step-Audio-2's vocoder of the golden set, with the recorded voice."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.models.stepaudio2.speak import ReferenceNoise, StepSpeaker, StepVocoder
from engine.models.stepaudio2.voices import VoicePack
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import step_file

SET = golden_folder("stepaudio2")
TOKEN2WAV = SET / index("stepaudio2")["model"] / "token2wav"
STREAMS = sorted(name for name in index("stepaudio2")["files"] if "/flow_stream_" in name)


@cache
def voice() -> VoicePack:
    recorded = step_file("cases/voice.npz")
    return VoicePack("recorded", recorded["prompt_token"].long(), recorded["spk_emb"], recorded["prompt_mel"])


@cache
def vocoder(noise: str | None = None) -> StepVocoder:
    """`noise`: the reference's way with the recorded noise ("noise"), or with none in the sines ("zero")."""
    if noise is None:
        return StepVocoder.from_folder(TOKEN2WAV, voice())
    tables = step_file("cases/noise.npz")
    sine = tables["sine_noise"].float() * (noise == "noise")
    return StepVocoder.from_folder(TOKEN2WAV, voice(), parity=True, noise=ReferenceNoise(tables["flow_noise"], sine))


def spoken(speaker: StepSpeaker, tokens: list[int]) -> list[np.ndarray]:
    """What every chunk of a reply gives, fed token by token."""
    made = [speaker.feed([token]) for token in tokens] + [speaker.finish()]
    return [samples for samples in made if samples.size]
