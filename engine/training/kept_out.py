"""What no training role may ever hear: the voices, speakers and corpora that the test sets are made of.

Whoever brings sound into training asks `check_voice` or `check_corpus` first.
"""

from __future__ import annotations

from collections.abc import Iterable

COUSINS = ("flite:awb", "gmw/en-US+f4", "gmw/en+Andy", "gmw/en-GB-x-rp+linda", "gmw/en-GB-scotland+m5")
"""Of the very synthesisers that training uses."""
NEURAL = ("kokoro:af_sarah", "kokoro:am_puck", "kokoro:bf_emma", "kokoro:bm_george", "piper:joe")
VOICES = frozenset((*COUSINS, *NEURAL))
PEOPLE = (
    "allison", "julia", "dawson", "barry", "christine", "klettres-us", "klettres-gb",
    "george", "jackson", "lucas", "nicolas", "theo", "yweweler",
)  # fmt: skip
"""Whoever speaks in the test set of recorded people; who they are is in the licence file beside the sets."""
CORPORA = (
    "asterisk-core-sounds-en", # by the same person: every asterisk-core-sounds-en-* and asterisk-extra-sounds-en-*
    "gcompris-voices", # also inside gcompris-qt
    "saytime",
    "audio-qspi", # also inside griduino
    "klettres-data",
    "free-spoken-digit-dataset", # also as fsdd, spoken_digit, spoken_mnist
)  # fmt: skip
_ALIASES = ("asterisk-extra-sounds-en", "gcompris", "griduino", "klettres", "fsdd", "spoken-digit", "spoken-mnist")


def check_voice(voice: str) -> None:
    """Raises `ValueError` for a synthetic voice or a speaker that only test sets may use, however it speaks."""
    if any(voice.endswith(name) for name in (*VOICES, *PEOPLE)):
        raise ValueError(f"The voice {voice!r} is kept for the test sets: nothing may be trained on it.")


def check_corpus(name: str) -> None:
    """`name` is a package, repository or folder name. Raises `ValueError` for one that test sets are made of."""
    plain = name.lower().replace("_", "-").replace(" ", "-")
    if any(kept in plain for kept in (*CORPORA, *_ALIASES)):
        raise ValueError(f"The recordings {name!r} are kept for the test sets: nothing may be trained on them.")


def allowed(voices: Iterable[str]) -> tuple[str, ...]:
    """Those of `voices` that training may use, in order."""
    return tuple(voice for voice in voices if voice not in VOICES)
