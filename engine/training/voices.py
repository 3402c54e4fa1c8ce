"""The synthetic voices that Wren learns from: flite and espeak-ng, called inside this process, Kokoro and Piper beside them.

Both libraries come from the system (Debian: `flite`, `libespeak-ng1`); they are needed for training only.
Neither is safe to use from several threads: a process makes its own `Flite` and `Espeak`.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from engine.training import apart, kept_out
from engine.training.places import WORDS, training_folder

if TYPE_CHECKING:
    from engine.training.kokoro import Kokoro
    from engine.training.piper import Piper

SAMPLE_RATE = 16_000
FLITE_VOICES = ("rms", "slt", "awb", "kal", "kal16")


@dataclass(frozen=True)
class Phone:
    """One spoken phone and the second at which it ends."""

    name: str
    end: float


@dataclass(frozen=True)
class Speech:
    """Mono float32 samples at `SAMPLE_RATE`, with phones where the synthesiser tells them."""

    samples: np.ndarray
    phones: tuple[Phone, ...] = ()


def _library(*names: str) -> ctypes.CDLL:
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise OSError(f"The library {names[0]} is not installed. On Debian: apt-get install flite libespeak-ng1")


class _Wave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


class Flite:
    """flite's voices by their short names (`FLITE_VOICES`)."""

    def __init__(self) -> None:
        self._lib = lib = _library("libflite.so.1", "libflite.so")
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        for name, result, arguments in (
            ("flite_synth_text", pointer, (text, pointer)),
            ("utt_wave", ctypes.POINTER(_Wave), (pointer,)),
            ("utt_relation", pointer, (pointer, text)),
            ("relation_head", pointer, (pointer,)),
            ("item_next", pointer, (pointer,)),
            ("item_feat_string", text, (pointer, text)),
            ("item_feat_float", ctypes.c_float, (pointer, text)),
            ("feat_set_float", None, (pointer, text, ctypes.c_float)),
            ("delete_utterance", None, (pointer,)),
        ):
            function = getattr(lib, name)
            function.restype, function.argtypes = result, arguments
        lib.flite_init()
        self._voices: dict[str, int] = {}

    def _voice(self, name: str) -> int:
        if name not in self._voices:
            self._voices[name] = self._register(name)
        return self._voices[name]

    @staticmethod
    def _register(name: str) -> int:
        library = _library(f"libflite_cmu_us_{name}.so.1", f"libflite_cmu_us_{name}.so")
        register = getattr(library, f"register_cmu_us_{name}")
        register.restype, register.argtypes = ctypes.c_void_p, (ctypes.c_char_p,)
        return register(None)

    def say(self, text: str, voice: str, stretch: float = 1.0) -> Speech:
        """`stretch` > 1 speaks slower."""
        handle = self._voice(voice)
        features = ctypes.cast(handle, ctypes.POINTER(_Voice)).contents.features
        self._lib.feat_set_float(features, b"duration_stretch", stretch)
        utterance = self._lib.flite_synth_text(text.encode(), handle)
        if not utterance:
            raise ValueError(f"flite could not speak {text!r}")
        wave = self._lib.utt_wave(utterance).contents
        samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / 32768
        phones, item = [], self._lib.relation_head(self._lib.utt_relation(utterance, b"Segment"))
        while item:
            name = self._lib.item_feat_string(item, b"name").decode()
            phones.append(Phone(name, self._lib.item_feat_float(item, b"end")))
            item = self._lib.item_next(item)
        rate = wave.sample_rate
        self._lib.delete_utterance(utterance)
        if rate != SAMPLE_RATE:
            samples = soxr.resample(samples, rate, SAMPLE_RATE)
        return Speech(samples, tuple(phones))

    def phones(self, text: str) -> tuple[str, ...]:
        """The phones of `text` as flite's front end reads it, without pauses (spoken by its fastest voice)."""
        return tuple(phone.name for phone in self.say(text, "kal").phones if phone.name != "pau")


class Espeak:
    """espeak-ng's voices by name, with a variant where wanted: "en-us+f3"."""

    _RATE, _PITCH, _RANGE = 1, 3, 4
    _SYNCHRONOUS, _UTF8, _IPA = 2, 1, 2

    def __init__(self) -> None:
        self._lib = lib = _library("libespeak-ng.so.1", "libespeak-ng.so")
        self._blocks: list[np.ndarray] = []
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = prototype(self._collect)
        self._rate = lib.espeak_Initialize(self._SYNCHRONOUS, 500, None, 0)
        if self._rate < 0:
            raise OSError("espeak-ng could not start: is its data folder installed?")
        lib.espeak_SetSynthCallback(self._callback)
        lib.espeak_Synth.argtypes = (
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        )  # fmt: skip
        lib.espeak_TextToPhonemes.argtypes = ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int
        lib.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def _collect(self, samples: Any, count: int, _events: Any) -> int:
        if count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, text: str, voice: str, words_per_minute: int = 160, pitch: int = 50) -> Speech:
        """`pitch` runs from 0 to 99. Raises `ValueError` for a voice that is not installed."""
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        self._lib.espeak_SetParameter(self._RATE, words_per_minute, 0)
        self._lib.espeak_SetParameter(self._PITCH, pitch, 0)
        self._blocks = []
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, 0, 0, self._UTF8, None, None)
        samples = np.concatenate(self._blocks).astype(np.float32) / 32768
        return Speech(soxr.resample(samples, self._rate, SAMPLE_RATE))

    def ipa(self, text: str, voice: str) -> str:
        """The phones of `text` with stress marks, in the International Phonetic Alphabet; clauses are joined by a space."""
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        rest, clauses = ctypes.c_char_p(text.encode()), []
        while rest.value:
            clauses.append(self._lib.espeak_TextToPhonemes(ctypes.byref(rest), self._UTF8, self._IPA).decode())
        return " ".join(clauses)


ACCENTS = ("gmw/en-US", "gmw/en", "gmw/en-GB-x-rp", "gmw/en-US-nyc", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd")
VARIANTS = (
    "", "f1", "f2", "f3", "f5", "m1", "m2", "m3", "m4", "m6", "m7", "m8", "adam", "Alex", "Alicia", "Andrea", "Annie",
    "aunty", "belinda", "benjamin", "boris", "caleb", "david", "Denis", "ed", "edward", "Gene", "grandma", "grandpa",
    "Henrique", "Hugo", "iven", "iven2", "Jacky", "john", "klatt", "klatt2", "klatt3", "Lee", "marcelo", "Marco", "Mario",
    "max", "Michael", "michel", "miguel", "Mike", "Nguyen", "norbert", "pablo", "paul", "pedro", "quincy", "rob",
    "robert", "sandro", "shelby", "steph2", "travis", "victor", "zac",
)  # fmt: skip


class Voices:
    """All of them behind one call; a voice is named "flite:rms", "kokoro:af_bella", "piper:joe" or as espeak-ng names it
    ("gmw/en-US+f3"); with `apart.PREFIX` before it, it says each word alone. What a voice needs beside flite and espeak-ng is
    loaded when it first speaks."""

    def __init__(self) -> None:
        self.flite, self.espeak = Flite(), Espeak()

    def say(self, text: str, voice: str, rng: np.random.Generator | None = None) -> np.ndarray:
        """Samples at a speed (and, for espeak-ng, a pitch) drawn from `rng`; without one as the voice speaks by itself."""
        if voice.startswith(apart.PREFIX):
            return self._apart.say(text, voice, rng)
        speed = rng.uniform(0.85, 1.2) if rng else 1.0
        if voice.startswith("flite:"):
            return self.flite.say(text, voice.removeprefix("flite:"), speed).samples
        if voice.startswith("kokoro:"):
            return self.kokoro.say(text, voice, speed)
        if voice.startswith("piper:"):
            return self.piper.say(text, voice, speed)
        drawn = (int(rng.integers(120, 191)), int(rng.integers(20, 81))) if rng else ()
        return self.espeak.say(text, voice, *drawn).samples

    @cached_property
    def _apart(self) -> apart.Apart:
        return apart.Apart(self.say, training_folder() / WORDS)

    @cached_property
    def kokoro(self) -> Kokoro:
        from engine.training.kokoro import ARCHIVE, Kokoro

        return Kokoro(training_folder() / ARCHIVE, self.espeak)

    @cached_property
    def piper(self) -> Piper:
        from engine.training.piper import Piper

        return Piper(self.espeak)


_LETTER_A = re.compile(r"\ba\b(?= [b-hj-z]\b)|(?<=\b[b-hj-z] )a\b|(?<=\bletter )a\b|\ba$")


def letters_aloud(text: str) -> str:
    """The text such that a voice says the letter a and not the article: beside another letter, after that word, or at the end.

    All of them say so what is spelled "eigh"; "ay" is another sound to espeak-ng.
    """
    return _LETTER_A.sub("eigh", text)


def draw_voice(rng: np.random.Generator) -> str:
    """A training voice: three in ten from flite (recorded speakers), the rest from espeak-ng (formants)."""
    if rng.random() < 0.3:
        return "flite:" + rng.choice(("rms", "slt", "kal", "kal16"), p=(0.4, 0.4, 0.1, 0.1))
    variant = rng.choice(VARIANTS)
    return str(rng.choice(ACCENTS)) + (f"+{variant}" if variant else "")


def draw_neural_voice(rng: np.random.Generator) -> str:
    """A training voice that sounds like a person: one of Kokoro's that no test set keeps for itself."""
    from engine.training.kokoro import VOICES

    return str(rng.choice(kept_out.allowed(VOICES)))


def draw_any_voice(rng: np.random.Generator) -> str:
    """One of four sounds like a person."""
    return draw_neural_voice(rng) if rng.random() < 0.25 else draw_voice(rng)


def draw_apart(rng: np.random.Generator) -> str:
    """A voice that says each word alone: one in five is a person, two sound like people."""
    kind = rng.random()
    if kind < 0.2:
        return apart.PREFIX + str(rng.choice(list(apart.LENDERS)))
    return apart.PREFIX + (str(rng.choice(apart.RECORDED)) if kind < 0.6 else draw_voice(rng))
