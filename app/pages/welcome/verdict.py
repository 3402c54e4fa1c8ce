"""What a recording says about the microphone, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["good", "quiet", "noisy", "clipped", "silent", "missing", "muted"]
FRAME_SECONDS = 0.05
CLIPPED, CLIPPED_SHARE = 0.99, 0.0005  # of full scale; of the samples: a single pop is no fault
QUIET_DB = -45.0  # dBFS of the voice
CLEAR_DB = 10.0  # between voice and background
FLOOR_DB = -99.0  # dBFS, for what is lower


@dataclass(frozen=True)
class RecordingVerdict:
    """`sentence` says what was measured, `advice` what to do about it (empty where there is nothing to do)."""

    kind: Kind
    sentence: str
    advice: str = ""

    @property
    def is_good(self) -> bool:
        return self.kind == "good"


MISSING = RecordingVerdict("missing", "No sound arrived.", "The microphone has stopped. Choose another one, or plug it in again.")
MUTED = RecordingVerdict(
    "muted", "The microphone is muted in Refrain.", "Switch Mute off below the conversation, then record again."
)


def judge(samples: np.ndarray, rate: int) -> RecordingVerdict:
    """Of somebody who was asked to speak: mono float32 at `rate` Hz."""
    frame = max(1, round(FRAME_SECONDS * rate))
    if len(samples) < frame:
        return MISSING
    if not samples.any():
        return RecordingVerdict(
            "silent",
            "Nothing but exact zeros arrived: the system does not let Refrain hear this microphone, or it is switched off.",
            "Allow Refrain to use the microphone in the system's privacy settings, and look for a mute switch on the device.",
        )
    power = (samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64) ** 2).mean(axis=1)
    levels = np.maximum(FLOOR_DB, 10 * np.log10(np.maximum(power, 1e-12)))
    voice, background = (round(float(level)) for level in np.percentile(levels, (95, 10)))
    measured = f"voice at {_db(voice)}, background at {_db(background)}"
    if np.mean(np.abs(samples) >= CLIPPED) > CLIPPED_SHARE:
        advice = "Move back a little, or lower the microphone's level in the system's sound settings."
        return RecordingVerdict("clipped", f"Too loud: the sound is clipped ({measured}).", advice)
    if voice < QUIET_DB:
        advice = "Come closer, or raise the microphone's level in the system's sound settings."
        return RecordingVerdict("quiet", f"Too quiet: {measured}.", advice)
    if voice - background < CLEAR_DB:
        advice = "Speak while it records; if you did, look for a fan or music nearby, or choose another microphone."
        return RecordingVerdict("noisy", f"The voice hardly stands out: {measured}.", advice)
    return RecordingVerdict("good", f"Good: {measured}.")


def _db(level: int) -> str:
    return f"below {level:d} dBFS".replace("-", "−") if level <= FLOOR_DB else f"{level:d} dBFS".replace("-", "−")
