"""Words as recorded people say them: prompts out of packages and repositories, each cut out, at one rate and one level.

`RECORDINGS` is a folder with, unpacked: the Debian packages asterisk-core-sounds-en-g722 1.6.1, klettres-data 22.12.3 and
saytime (`dpkg-deb -x PACKAGE RECORDINGS/NAME`), the repositories gcompris/GCompris-voices, barry-ha/Audio_QSPI and
Jakobovski/free-spoken-digit-dataset. Who speaks in them and under which licence: LICENSE.md beside the test sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from engine.models.wren.numbers import in_words
from engine.training.domain.calendar import DAYS, MONTHS
from engine.training.voices import SAMPLE_RATE

DIGITS = tuple(in_words(n) for n in range(10))
TAKES = 50
"""Of each digit by each person of the digit dataset."""
LEVEL = -22.0
"""dB of full scale, root mean square over a word."""
EDGE_SECONDS = 0.04
"""Of the recording before and after a word, in which it fades in and out."""
NUMBERS = {in_words(n): n for n in range(21)}
"""Word -> number."""
_FRAME = SAMPLE_RATE // 100
_QUIET = 10 ** (-40 / 20), 10 ** (-34 / 20)
"""Of the loudest frame: how far below it a word begins, in a still and in a noisy recording."""
_NARROW = 8_000


@dataclass(frozen=True)
class RecordedWord:
    """Mono samples with `EDGE_SECONDS` more on both sides than the word itself lasts; those fade."""

    samples: np.ndarray


@dataclass(frozen=True)
class RecordedSpeaker:
    """`place` says in which file a word is (`take` counts where there are several); `narrow`: recorded at 8 kHz."""

    name: str
    place: Callable[[str, int], str]
    narrow: bool = False


def word(folder: Path, speaker: RecordedSpeaker, text: str, take: int = 0, narrow: bool = False) -> RecordedWord:
    """A word, at `LEVEL`. `narrow`: in the band of an 8 kHz recording, to stand beside such words.

    Raises `OSError` or `soundfile.LibsndfileError` where its file is missing.
    """
    samples = _read(folder / speaker.place(text, take))
    if narrow and not speaker.narrow:
        samples = soxr.resample(soxr.resample(samples, SAMPLE_RATE, _NARROW), _NARROW, SAMPLE_RATE)
    return RecordedWord(_levelled(_cut(samples)))


def _read(path: Path) -> np.ndarray:
    """float32 at `SAMPLE_RATE`, without what is below any voice."""
    if path.suffix == ".g722":  # 16,000 samples a second, which libsndfile does not read
        import av

        with av.open(str(path), format="g722") as file:
            frames = [frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)]
        return np.concatenate(frames).astype(np.float32) / 32768
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(1), rate, SAMPLE_RATE)


def _cut(samples: np.ndarray) -> np.ndarray:
    """From the first to the last frame that is not quiet, and the edges, faded; silence stands in for what is not there."""
    edge = round(EDGE_SECONDS * SAMPLE_RATE)
    samples = samples - samples.mean()
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loudness = np.sqrt((frames**2).mean(1))
    background = 2 * np.percentile(loudness, 10) / loudness.max()
    heard = np.flatnonzero(loudness > np.clip(background, *_QUIET) * loudness.max())
    padded = np.pad(samples, edge)
    cut = padded[heard[0] * _FRAME : (heard[-1] + 1) * _FRAME + 2 * edge].copy()
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
    cut[:edge] *= rise
    cut[-edge:] *= rise[::-1]
    return cut.astype(np.float32)


def _levelled(samples: np.ndarray) -> np.ndarray:
    edge = round(EDGE_SECONDS * SAMPLE_RATE)
    inner = samples[edge:-edge]
    return samples * np.float32(10 ** (LEVEL / 20) / np.sqrt((inner**2).mean()))


def _allison(text: str, take: int) -> str:
    prompts = {"is": "is", "and": "vm-and", "hello": "hello", "goodbye": "vm-goodbye", "plus": "letters/plus",
               "equals": "letters/equals", "minus": "digits/minus", "today": "digits/today", "tomorrow": "digits/tomorrow",
               "yesterday": "digits/yesterday"}  # fmt: skip
    prompts |= {name.lower(): f"digits/day-{(i + 1) % 7}" for i, name in enumerate(DAYS)}
    prompts |= {name.lower(): f"digits/mon-{i}" for i, name in enumerate(MONTHS)}
    prompts |= {name: f"digits/{n}" for name, n in NUMBERS.items()}
    prompt = prompts.get(text) or f"letters/{text}"
    return f"asterisk-core-sounds-en-g722/usr/share/asterisk/sounds/en_US_f_Allison/{prompt}.g722"


def _julia(text: str, take: int) -> str:
    signs = {"plus": "plus", "minus": "minus", "times": "by", "equals": "equal"}
    if text in signs:
        return f"GCompris-voices/en/misc/{signs[text]}.ogg"
    sign = str(NUMBERS.get(text, text))
    return f"GCompris-voices/en/alphabet/{sign if len(sign) > 1 else f'U{ord(sign):04X}'}.ogg"


def _dawson(text: str, take: int) -> str:
    return f"saytime/usr/share/saytime/{NUMBERS[text]}.au"


def _driver(who: str) -> Callable[[str, int], str]:
    return lambda text, take: f"Audio_QSPI/audio {who}/audio/{NUMBERS[text]}.wav"


def _child(country: str) -> Callable[[str, int], str]:
    def place(text: str, take: int) -> str:
        name = f"alpha/{text.upper() if country == 'en' else text}" if len(text) == 1 else f"syllab/{text}"
        return f"klettres-data/usr/share/klettres/{country}/{name}.ogg"

    return place


def _digits(name: str) -> Callable[[str, int], str]:
    return lambda text, take: f"free-spoken-digit-dataset/recordings/{NUMBERS[text]}_{name}_{take}.wav"


def _speakers() -> Iterator[RecordedSpeaker]:
    yield RecordedSpeaker("allison", _allison)
    yield RecordedSpeaker("julia", _julia)
    yield RecordedSpeaker("dawson", _dawson, narrow=True)
    yield RecordedSpeaker("barry", _driver("American male"))
    yield RecordedSpeaker("christine", _driver("Scottish female"))
    yield RecordedSpeaker("klettres-us", _child("en"))
    yield RecordedSpeaker("klettres-gb", _child("en_GB"))
    for name in ("george", "jackson", "lucas", "nicolas", "theo", "yweweler"):
        yield RecordedSpeaker(name, _digits(name), narrow=True)


SPEAKERS = {speaker.name: speaker for speaker in _speakers()}
