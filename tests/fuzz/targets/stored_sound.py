"""The sounds of a stored turn, as the library reads them and as an import takes them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
from hypothesis import strategies as st

from app.storage.files import MOST_SAMPLES, read_sound
from app.storage.importing import _check
from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

TONE = (8000 * np.sin(np.arange(3000) * 0.05)).astype(np.int16)


def made(container: str, channels: int = 1, rate: int = 16000) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, np.tile(TONE[:, None], channels), rate, format=container, subtype="PCM_16")
    return stream.getvalue()


def read(odd: tuple[str, bytes], place: Path) -> None:
    path = place / odd[0]
    path.write_bytes(odd[1])
    problems = []
    try:
        samples, rate = read_sound(path)
        assert samples.ndim == 1 and samples.dtype == np.float32 and len(samples) <= MOST_SAMPLES and rate >= 1000
    except ValueError as error:
        problems.append(error)
    try:
        _check(path)
        assert (place / "reply.flac").exists()
    except ValueError as error:
        problems.append(error)
    for error in problems:
        assert type(error) is ValueError and "reply" in str(error) or "it is no sound" in str(error)


FLAC, WAV = [made("FLAC"), made("FLAC", 8, 192_000), made("FLAC", 2, 8000)], [made("WAV"), made("WAV", 2, 44_100), made("AIFF")]

TARGET = Target(
    st.tuples(st.just("reply.flac"), spoilt(FLAC) | st.binary()) | st.tuples(st.just("reply.wav"), spoilt(WAV) | spoilt(FLAC)),
    read,
    refuses=(),
    examples=[
        ("reply.flac", b""), ("reply.flac", FLAC[0][:21] + b"\x0f\xff\xff\xff\xff" + FLAC[0][26:]), ("reply.wav", WAV[0][:44]),
        ("reply.wav", WAV[0][:24] + b"\xff\xff\xff\xff" + WAV[0][28:]), ("reply.flac", b"fLaC" + b"\xff" * 1000),
    ],
)  # fmt: skip
