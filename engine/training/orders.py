"""Whole sentences of many people who may be learned from: they order coffee, each by the microphone that was at hand.

`SOURCE` is the repository Picovoice/speech-to-intent-benchmark (Apache-2.0): some 600 recordings of more than 50 people. It says
what was ordered, not in which words; those are what Moonshine tiny hears, whose encoder Wren has. Where it heard another order,
the recording is left out.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import soundfile

from engine.models.wren.text import spoken_form
from engine.training import corpus, kept_out
from engine.training.apart import cut
from engine.training.corpus import SpeechClip
from engine.training.voices import SAMPLE_RATE, letters_aloud

SOURCE, VOICE = "speech-to-intent-benchmark", "orders"
_RECORDINGS, _LABELS = "data/speech/clean", "data/label/label.json"
_LIKE = 0.6
"""How alike a word that was heard must be to one that was ordered, to be taken for it."""
_UNSAID = frozenset("a of lot lots bit little some".split())  # of an order's words: said otherwise as often as not
_EDGE = SAMPLE_RATE // 10
Hear = Callable[[np.ndarray], str]
"""Samples at `SAMPLE_RATE` -> text."""


def make(folder: Path, recordings: Path, hear: Hear, phones: Callable[[str], tuple[str, ...]]) -> None:
    """Every recording that was understood, as one shard; what is there already stays.

    `recordings` has `SOURCE`; `phones` are flite's of a text. Raises `OSError` where `SOURCE` is missing.
    """
    kept_out.check_corpus(SOURCE)
    if (folder / "0000.jsonl").exists():
        return
    if not (recordings / SOURCE).is_dir():
        raise OSError(f"{recordings / SOURCE} is missing: it is the repository Picovoice/{SOURCE}.")
    orders = json.loads((recordings / SOURCE / _LABELS).read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    clips, blocks, start = list[SpeechClip](), list[np.ndarray](), 0
    for path in sorted((recordings / SOURCE / _RECORDINGS).iterdir()):
        samples, _ = soundfile.read(path, dtype="float32")
        text = understood(hear(samples), orders[path.name]["slots"].values())
        if text:
            block = (cut(samples, _EDGE) * 32767).astype(np.int16)
            clips.append(SpeechClip(start, len(block), text, VOICE, phones(_aloud(text)), "diverse"))
            blocks.append(block)
            start += len(block)
    corpus.write_shard(folder / "0000", clips, blocks)


def understood(heard: str, ordered: Iterable[str]) -> str:
    """The words that were said, as Wren writes them; nothing where what was ordered is not among them.

    A word that sounds much like one of the order was that word.
    """
    try:
        said = spoken_form(heard).split()
    except ValueError:  # nothing was heard, or nothing that Wren reads
        return ""
    wanted = [word for part in ordered for word in spoken_form(part).split()]
    for word in wanted:
        if word in said or word in _UNSAID:
            continue
        near = difflib.get_close_matches(word, [other for other in said if other not in wanted], 1, _LIKE)
        if not near:
            return ""
        said[said.index(near[0])] = word
    return " ".join(said)


def _aloud(text: str) -> str:
    return letters_aloud(text).replace("latte", "lah tay")  # as flite reads it, it rhymes with "fat"


def recogniser() -> Hear:
    """Moonshine tiny as its makers ship it. Raises `ImportError` where the package moonshine-voice is not installed."""
    from moonshine_voice import ModelArch, Transcriber
    from moonshine_voice.utils import get_assets_path

    tiny = Transcriber(str(Path(get_assets_path()) / "tiny-en"), ModelArch.TINY)

    def hear(samples: np.ndarray) -> str:
        return " ".join(line.text for line in tiny.transcribe_without_streaming(samples.tolist(), SAMPLE_RATE).lines)

    return hear
