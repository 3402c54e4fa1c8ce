"""Sound files as questions and as voices."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from engine.audio_files import AudioFileError, check_question, read, recording
from tests.fuzz.inputs import spoilt
from tests.fuzz.target import Target

TONE = (0.3 * np.sin(np.arange(3000) * 0.05)).astype(np.float32)


def made(container: str, subtype: str, channels: int = 1, rate: int = 16000, loud: float = 1.0) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, np.tile(loud * TONE[:, None], channels), rate, format=container, subtype=subtype)
    return stream.getvalue()


FILES = [
    made("WAV", "PCM_16"), made("WAV", "FLOAT", 2), made("WAV", "ULAW", 1, 8000), made("FLAC", "PCM_16", 2, 44100),
    made("FLAC", "PCM_24", 8, 655_350), made("OGG", "VORBIS"), made("OGG", "OPUS"), made("MP3", "MPEG_LAYER_III"),
    made("AIFF", "PCM_16"), made("AU", "PCM_16"), made("CAF", "PCM_16"), made("W64", "PCM_16"), made("RF64", "PCM_16"),
]  # fmt: skip


def tried(data: bytes, place: Path) -> None:
    path = place / "sound"
    path.write_bytes(data)
    found = recording(path, 120)
    assert found.samples.ndim == 1 and found.samples.dtype == np.float32 and np.isfinite(found.samples).all()
    assert 0 < len(found.samples) <= 121 * found.rate and found.rate <= 48000
    samples, rate = read(path, 120)
    assert np.isfinite(samples).all() and rate >= 4000
    check_question(found.samples, found.rate)


def _unfinished(length: bytes) -> bytes:
    data = bytearray(FILES[0])
    data[4:8] = data[40:44] = length
    return bytes(data)


TARGET = Target(
    spoilt(FILES),
    tried,
    refuses=(AudioFileError,),
    examples=[*FILES, b"", b"RIFF", b"RIFF\0\0\0\0WAVEdata", _unfinished(bytes(4)), _unfinished(b"\xff" * 4), FILES[3][:200],
              made("WAV", "FLOAT", 16, loud=1e38)],  # fmt: skip
)
