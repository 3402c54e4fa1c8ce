"""`tokenizer.json`, as a tokenizer of Step-Audio 2 and of Wren, and text put through it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from engine.models.checkpoints.byte_level import BYTE_OF
from engine.models.checkpoints.tokenizer_file import _SPLITS, TokenizerFile
from engine.models.stepaudio2.tokenizer import StepTokenizer
from engine.models.wren.vocabulary import MARKS, Vocabulary
from tests.fuzz.inputs import changed, json_bytes, odd_values, spoilt
from tests.fuzz.target import Target

BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
NAMES = [
    *("<audio_start>", "<tts_pad>", "<|EOT|>"), *(f"<audio_{code}>" for code in range(3)),
    *(f"<|{name}|>" for name in MARKS), *(f"<|unit_{unit}|>" for unit in range(3)),
]  # fmt: skip
FLAGS = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
VALID = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [{"id": 258 + place, "content": name, **FLAGS} for place, name in enumerate(NAMES)],
    "normalizer": {"type": "NFC"},
    "pre_tokenizer": {
        "type": "Sequence",
        "pretokenizers": [{"type": "Split", "pattern": {"Regex": _SPLITS[0]}, "behavior": "Isolated", "invert": False}, BYTES],
    },
    "post_processor": BYTES,
    "decoder": BYTES,
    "model": {
        "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
        "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
        "vocab": {letter: place for place, letter in enumerate([*BYTE_OF, "ab", "abc"])}, "merges": ["a b", ["ab", "c"]],
    },
}  # fmt: skip
PADDING = {
    "strategy": {"Fixed": 10**9}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0,
    "pad_token": "a",
}  # fmt: skip
NESTED: dict = {"type": "NFC"}
for _ in range(100):
    NESTED = {"type": "Sequence", "normalizers": [NESTED]}
REPLACE = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 1000}
REPLACED = {"type": "Sequence", "normalizers": [REPLACE] * 4}
parts = st.sampled_from([PADDING, REPLACE, REPLACED, BYTES, {"type": "Prepend", "prepend": "x" * 10**6}])
TEXTS = ("", "abc abc <|EOT|> <audio_1>", "\U0001f600e\u0301 12345\r\n", "a" * 3000)


def read(content: bytes, place: Path) -> None:
    path = place / "tokenizer.json"
    path.write_bytes(content)
    tokenizer = TokenizerFile(path)
    for text in TEXTS:
        for id in (*tokenizer.encode(text), *tokenizer.encode(text, specials=False)):
            assert 0 <= id < tokenizer.stop
    for id in (0, 1, 255, 256, 257, 258, tokenizer.stop, 2**31):
        tokenizer.piece(id)
    try:
        words = Vocabulary.load(path)
        words.to_bytes(words.encode("abc"))
        words.allowed(text=True, units=True, marks=(words.end,))
    finally:
        step = StepTokenizer(tokenizer)
        step.to_bytes([*step.encode("abc <|EOT|>"), step.audio_pad])


def having(**changes) -> bytes:
    return json_bytes({**VALID, **changes})


TARGET = Target(
    changed(VALID, odd_values | parts).map(json_bytes) | spoilt(json_bytes(VALID)),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        json_bytes(VALID),
        having(padding=PADDING),
        having(truncation={"direction": "Right", "max_length": 1, "strategy": "LongestFirst", "stride": 10**9}),
        having(normalizer=NESTED),
        having(normalizer=REPLACED),
        having(pre_tokenizer={"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": False}),
        having(pre_tokenizer={"type": "Split", "pattern": {"Regex": "(" * 100_000}, "behavior": "Isolated", "invert": False}),
        having(added_tokens=[{"id": 258, "content": "", **FLAGS}]),
        having(added_tokens=[{"id": 2**32 - 1, "content": "<audio_0>", **FLAGS}]),
        having(model={**VALID["model"], "vocab": {"a": 4_000_000_000}}),
        having(model={**VALID["model"], "merges": ["a b"] * 100_000}),
        having(model={"type": "Unigram", "unk_id": 0, "vocab": [["a", 0.5]]}),
        b" " * 60_000_000,
    ],
)
