"""Sound files in and out (WAV, FLAC, OGG and what else libsndfile reads). No torch, no Qt.

What is read is decoded to its end, block by block, and judged by its samples: headers may say anything.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr

from engine import sound_header, whole_file
from engine.events import Note
from engine.samples import Samples

FORMATS = {".wav": ("WAV", "PCM_16"), ".flac": ("FLAC", "PCM_16"), ".ogg": ("OGG", "VORBIS")}
LONGEST_SECONDS = 600
LONGEST_QUESTION = 120  # seconds
STDIN = Path("-")
"""Stands for the standard input wherever a file is read."""
CUT = Note("cut", "The sound file ends early: what comes after {seconds:.1f} s is missing.")
CANCELLED = Note("opposite-phase", "The channels of the recording cancel each other out, so only one of them was heard.")
OF_FILES = CUT.code, CANCELLED.code
"""Codes of notes that only whoever reads a file can make."""
_BLOCK_SECONDS = 2.0  # libsndfile's Vorbis encoder overflows its stack on a single long write
_BLOCK_VALUES = 1 << 20  # decoded at once
_MOST_VALUES = 1 << 26  # of a sound whose channels are all kept
_MOST_BYTES = 1 << 28  # of a file that has to be in memory
_RATES = 4000, 1_000_000
_FINEST_RATE = 48000  # of a question: more says nothing about words
_SHORTEST_SECONDS = 0.1
_SILENT_PEAK = 5e-4  # -66 dBFS: below the noise of any microphone that hears a voice
_FULL_SCALE = 0.999
_LOUDEST = 1e6  # beyond this it is no sound, and sums of channels would overflow
_HOPELESS_CLIPPING = 0.5
_CUT_SECONDS = 0.1  # an MP3 file's own count is not exact
_CANCELLED = 0.01  # of the channels' energy


class AudioFileError(ValueError):
    """A sound file that cannot be read, used or written; the message is a sentence for the user."""


@dataclass(frozen=True, eq=False)
class Recording:
    """A spoken question from a file: mono float32 `samples` at `rate` Hz, and what was found out while reading it."""

    samples: Samples
    rate: int
    notes: tuple[Note, ...] = ()

    @property
    def sound(self) -> tuple[Samples, int]:
        """Samples and rate."""
        return self.samples, self.rate


def recording(path: Path | str, longest: float = LONGEST_SECONDS) -> Recording:
    """A file's sound as one channel of at most 48 kHz; `-` is the standard input. Memory grows with its seconds alone.

    The channels' mean, or where they cancel each other out, one of them. A file that ends early is read as far as it goes.
    Raises `AudioFileError` as `read`.
    """
    with _opened(path) as file:
        joined = _OneChannel(file.samplerate)
        for block in file.blocks(longest):
            joined.feed(block)
    samples, rate, notes = joined.finish()
    if file.is_cut:
        notes = (Note(CUT.code, CUT.text.format(seconds=len(samples) / rate)), *notes)
    return Recording(samples, rate, notes)


def at_peak(samples: Samples, peak: float) -> Samples:
    """Sound as a converter of 16 bits would have taken it, its loudest sample at `peak` dBFS; silence stays silent."""
    loudest = float(np.abs(samples).max(initial=0))
    gain = 10 ** (peak / 20) / loudest if loudest else 0.0
    return np.clip(np.round(samples * gain * 32768), -32768, 32767).astype(np.float32) / np.float32(32768)


def read(path: Path | str, longest: float = LONGEST_SECONDS) -> tuple[Samples, int]:
    """A file's samples, float32 [n] or [n, channels] with full scale at 1, and its sample rate in Hz.

    Raises `AudioFileError` if it is not there, no sound, damaged, empty, or longer than `longest` seconds.
    """
    blocks, values = [], 0
    with _opened(path) as file:
        for block in file.blocks(longest):
            blocks.append(block)
            values += block.size
            if values > _MOST_VALUES:
                raise AudioFileError(f"{path} has {block.shape[1]} channels at {file.samplerate} Hz: that is too much sound.")
    samples = np.concatenate(blocks)
    return (samples[:, 0] if samples.shape[1] == 1 else samples), file.samplerate


class _File:
    """An open sound file. `is_cut` is settled once all blocks were taken."""

    def __init__(self, path: Path | str, file: soundfile.SoundFile, is_cut: bool) -> None:
        self._path, self._file, self.is_cut = path, file, is_cut
        self.samplerate = file.samplerate

    def blocks(self, longest: float) -> Iterator[np.ndarray]:
        """float32 [n, channels] until the end. Raises `AudioFileError`; never for what comes after good samples."""
        file, count = self._file, 0
        block = np.empty((max(1, min(1 << 16, _BLOCK_VALUES // file.channels)), file.channels), np.float32)
        while True:
            block.fill(np.nan)
            try:
                found, ended = len(file.read(out=block)), False
            except soundfile.SoundFileError as error:
                # What was decoded before the error is in the block. A FLAC file of unknown length always ends so.
                found, ended = int(np.argmax(np.isnan(block[:, 0]))) if np.isnan(block[-1, 0]) else len(block), True
                if not count + found:
                    raise _no_sound_file(self._path, error) from error
            if not found:
                break
            if not np.abs(block[:found]).max() <= _LOUDEST:
                raise AudioFileError(f"{self._path} has samples that are not numbers: it is damaged.")
            count += found
            if count > longest * file.samplerate:
                raise AudioFileError(self._too_long(longest))
            yield block[:found].copy()
            if ended:
                break
        if not count:
            raise AudioFileError(f"{self._path} has no sound in it: it is an empty sound file.")
        if not _RATES[0] <= file.samplerate <= _RATES[1]:
            raise AudioFileError(f"{self._path} has {file.samplerate} samples per second: no voice is recorded so.")
        missing = file.frames - count if file.frames < sys.maxsize else 0  # the largest number stands for "unknown"
        self.is_cut = self.is_cut or missing > _CUT_SECONDS * file.samplerate

    def _too_long(self, longest: float) -> str:
        seconds = self._file.frames / self._file.samplerate
        length = f"{seconds / 60:.0f} minutes long" if longest < seconds < 1e6 else f"longer than {longest / 60:.0f} minutes"
        return f"{self._path} is {length}; at most {longest / 60:.0f} minutes can be read."


class _OneChannel:
    """Joins channels block by block; what is finer than 48 kHz is resampled at once."""

    def __init__(self, rate: int) -> None:
        self._rate, self._resampler = rate, None
        if rate > _FINEST_RATE:
            self._rate, self._resampler = _FINEST_RATE, soxr.ResampleStream(rate, _FINEST_RATE, 2, dtype="float32")
        self._pairs: list[np.ndarray] = []  # [n, 2]: the channels' mean, and one of them
        self._one: int | None = None
        self._energy = np.zeros(2)  # of the mean, and of the channels on average

    def feed(self, block: np.ndarray) -> None:
        """float32 [n, channels]"""
        if self._one is None and block.any():
            self._one = int(np.abs(block).max(axis=0).argmax())
        mean, one = block.mean(axis=1, dtype=np.float32), block[:, self._one or 0]
        self._energy += np.square(mean, dtype=np.float64).sum(), np.square(block, dtype=np.float64).mean(axis=1).sum()
        pair = np.stack([mean, one], axis=1)
        self._pairs.append(pair if self._resampler is None else self._resampler.resample_chunk(pair))

    def finish(self) -> tuple[np.ndarray, int, tuple[Note, ...]]:
        """Samples [n], their rate, and a note if one channel stands for all."""
        if self._resampler is not None:
            self._pairs.append(self._resampler.resample_chunk(np.zeros((0, 2), np.float32), last=True))
        cancelled = self._energy[0] < _CANCELLED * self._energy[1]
        samples = np.concatenate([pair[:, int(cancelled)] for pair in self._pairs])
        return samples, self._rate, (CANCELLED,) if cancelled else ()


@contextmanager
def _opened(path: Path | str) -> Iterator[_File]:
    """The sound file, from a place that need not be seekable. Raises `AudioFileError`."""
    try:
        with _stream(path) as stream:
            try:
                stream = sound_header.with_length(stream, _MOST_BYTES)
            except ValueError as error:
                raise AudioFileError(f"{path} cannot be read: {error}.") from error
            is_cut = sound_header.is_cut(stream)
            try:
                file = soundfile.SoundFile(stream)
            except (soundfile.SoundFileError, TypeError) as error:  # TypeError: raw samples, whose rate nothing tells
                raise _no_sound_file(path, error) from error
            with file:
                yield _File(path, file, is_cut)
    except OSError as error:
        raise AudioFileError(_why_not(error, Path(path), "read")) from error


@contextmanager
def _stream(path: Path | str) -> Iterator[BinaryIO]:
    """The file's bytes to read from anywhere; those of a pipe are taken into memory first."""
    with sys.stdin.buffer if Path(path) == STDIN else open(path, "rb") as stream:
        if stream.seekable():
            yield stream
            return
        data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise AudioFileError(f"{path} delivers more than {_MOST_BYTES >> 20} MB: that is too much for a question.")
        yield io.BytesIO(data)


def _no_sound_file(path: Path | str, error: Exception) -> AudioFileError:
    detail = getattr(error, "error_string", str(error)).rstrip(".") or "its content is damaged"
    return AudioFileError(f"{path} is no sound file that can be read ({detail}): use WAV, FLAC or OGG.")


def check_question(samples: Samples, rate: int) -> None:
    """Raises `AudioFileError` for a recording in which no model could hear words: too short, silent, or all clipped.

    samples: float [n] or [n, channels]; rate in Hz.
    """
    seconds = len(samples) / rate
    if seconds < _SHORTEST_SECONDS:
        raise AudioFileError(f"The question is only {seconds:.3f} seconds long: nothing can be said in that time.")
    if np.ptp(samples, axis=0).max() < 2 * _SILENT_PEAK:
        raise AudioFileError("The question is silent: check that the microphone was on while it was recorded.")
    if clipped(samples) > _HOPELESS_CLIPPING:
        raise AudioFileError("The question is clipped nearly everywhere: record it again at a lower level.")


def clipped(samples: Samples) -> float:
    """The share of samples at full scale, 0 to 1."""
    return float((np.abs(samples) >= _FULL_SCALE).mean()) if samples.size else 0.0


def format_of(path: Path | str) -> tuple[str, str]:
    """libsndfile's container and encoding for a file name's suffix; raises `AudioFileError` for others."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise AudioFileError(f"{path} cannot be written: give it a name that ends in {', '.join(FORMATS)}.")
    return FORMATS[suffix]


def check_writable(path: Path | str) -> None:
    """Raises `AudioFileError` if `write` will surely fail: an unknown suffix, no such folder, no permission."""
    format_of(path)
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise AudioFileError(f"{path} cannot be written: there is no folder {folder}.")
    if not os.access(folder, os.W_OK) or Path(path).is_dir():
        raise AudioFileError(f"{path} cannot be written: it is not allowed there.")


def write(path: Path | str, samples: Samples, rate: int) -> None:
    """Writes float samples [n] or [n, channels] in the format of the name's suffix; what exceeds full scale is clipped.

    The file gets its name only once it is whole. Raises `AudioFileError`.
    """
    path = Path(path)
    data = _encode(np.asarray(samples, dtype=np.float32), rate, *format_of(path))
    try:
        whole_file.write(path, data)
    except OSError as error:
        raise AudioFileError(_why_not(error, path, "written")) from error


def _encode(samples: Samples, rate: int, container: str, encoding: str) -> bytes:
    stream, channels = io.BytesIO(), 1 if samples.ndim == 1 else samples.shape[1]
    samples, step = np.clip(samples, -1.0, 1.0), max(1, int(_BLOCK_SECONDS * rate))
    try:
        with soundfile.SoundFile(stream, "w", rate, channels, encoding, format=container) as file:
            for start in range(0, len(samples), step):
                file.write(samples[start : start + step])
    except soundfile.SoundFileError as error:
        raise AudioFileError(f"The sound cannot be stored as {container} at {rate} Hz ({error}).") from error
    return stream.getvalue()


def _why_not(error: OSError, path: Path, done: str) -> str:
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file" if done == "read" else f"there is no folder {path.parent}"
    return f"{path} cannot be {done}: {reason[:1].lower() + reason[1:]}."
