"""When each word of a recording is said: aligned once by pocketsphinx, kept as JSON lines beside the set.

A line is {"id": an item's id, "times": [[start, end], ...]}, in seconds, for the words of the item's text in order; an item that
could not be aligned has no line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import soxr
from rich.progress import Progress

from engine import audio_files, installed
from engine.evaluation.judge import RATE, read_pronunciations
from engine.evaluation.scoring import words
from engine.evaluation.sets import EvalItem
from engine.speech.resample import mono

Times = tuple[tuple[float, float], ...]

_FRAMES = 100  # a second
_WIDE = {"beam": 1e-80, "pbeam": 1e-80, "wbeam": 1e-80, "bestpath": False}  # formant voices sound like none it learned from
_AROUND = np.zeros(RATE // 5, np.int16)  # silence, which the aligner wants before and after


class Aligner:
    """Forced alignment by pocketsphinx. Raises `ValueError` with a sentence where it is not installed.

    `pronunciations` (word -> phones of the CMU dictionary, "K AE T") are for words that the bundled dictionary lacks.
    """

    def __init__(self, pronunciations: Mapping[str, str] = {}) -> None:
        try:
            import pocketsphinx
        except ImportError:
            how = installed.how_to_get("eval")
            raise ValueError(f"pocketsphinx is not installed, which finds the words: {how}.") from None
        self._decoder = pocketsphinx.Decoder(samprate=RATE, lm=None, loglevel="FATAL", **_WIDE)
        for word, phones in pronunciations.items():
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, phones, True)

    def align(self, text: str, samples: np.ndarray, rate: float) -> Times | None:
        """Mono float samples that say `text` -> each word's start and end in seconds.

        None where a word is not in the dictionary or the sound does not fit the text.
        """
        said = words(text)
        if not said or any(self._decoder.lookup_word(word) is None for word in said):
            return None
        if rate != RATE:
            samples = soxr.resample(samples, rate, RATE)
        pcm = np.clip(np.asarray(samples) * 32767, -32768, 32767).astype(np.int16)
        try:
            self._decoder.set_align_text(" ".join(said))
            self._decoder.start_utt()
            self._decoder.process_raw(np.concatenate([_AROUND, pcm, _AROUND]).tobytes(), full_utt=True)
            self._decoder.end_utt()
        except RuntimeError:  # so pocketsphinx says that it found no way through the text
            return None
        found = [one for one in self._decoder.seg() or () if not one.word.startswith(("<", "["))]
        if [one.word.split("(")[0] for one in found] != said:
            return None
        before, last = len(_AROUND) / RATE, len(samples) / RATE
        return tuple(
            (_within(one.start_frame / _FRAMES - before, last), _within((one.end_frame + 1) / _FRAMES - before, last))
            for one in found
        )


def aligner(folder: Path) -> Aligner:
    """The aligner for a set in `folder`, with its `pronunciations.txt` where there is one."""
    path = folder / "pronunciations.txt"
    return Aligner(read_pronunciations(path) if path.is_file() else {})


def align(items: Sequence[EvalItem], using: Aligner, path: Path, progress: Progress) -> int:
    """Aligns the spoken ones of `items` and writes `path` -> how many could not be. Raises `OSError`."""
    spoken = [(item, item.audio) for item in items if item.audio]
    task, lines = progress.add_task("words", total=len(spoken)), []
    for item, audio in spoken:
        samples, rate = audio_files.recording(audio).sound
        times = using.align(item.text, mono(samples), rate)
        if times is not None:
            rounded = [[round(start, 2), round(end, 2)] for start, end in times]
            lines.append(json.dumps({"id": item.id, "times": rounded}, separators=(",", ":")) + "\n")
        progress.advance(task)
    path.write_text("".join(lines), encoding="utf-8")
    return len(spoken) - len(lines)


def read(path: Path) -> dict[str, Times]:
    """Words' times by item id. Raises `ValueError` with a sentence for a file that is missing or damaged."""
    if not path.is_file():
        raise ValueError(
            f"{path} is missing, which says when each word is spoken: make it with python -m engine.evaluation.oracle align."
        )
    found: dict[str, Times] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            fields = json.loads(line)
            found[fields["id"]] = tuple((float(start), float(end)) for start, end in fields["times"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"Line {number} of {path} is damaged ({error}): make the file again.") from error
    return found


def positions(times: Iterable[tuple[float, float]], rate: float, count: int) -> list[range]:
    """The positions of each word, of `count` positions at `rate` a second; a position is the word's in which its middle lies."""
    found, end = [], 0
    for first, last in times:
        start = max(end, _nearest(first * rate))
        end = max(start, min(_nearest(last * rate), count))
        if end > start:
            found.append(range(start, end))
    return found


def _nearest(place: float) -> int:
    """The first position whose middle is at or after `place`."""
    return int(np.ceil(place - 0.5))


def _within(time: float, last: float) -> float:
    return min(max(time, 0.0), last)
