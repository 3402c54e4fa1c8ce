"""GLM-4-Voice's tokenizer: ranks and added tokens."""

from __future__ import annotations

import base64
from pathlib import Path

from hypothesis import strategies as st

from engine.models.glm4voice.tokenizer import GLMTokenizer
from tests.fuzz.inputs import changed, json_bytes, spoilt
from tests.fuzz.target import Target

TOKENS = [*(bytes([value]) for value in range(256)), b" a", b" ab"]
RANKS = b"".join(base64.b64encode(token) + f" {rank}\n".encode() for rank, token in enumerate(TOKENS))
NAMES = ["[gMASK]", "<sop>", "<|user|>", *(f"<|audio_{code}|>" for code in range(3))]
CONFIG = {
    "added_tokens_decoder": {str(len(TOKENS) + place): {"content": name} for place, name in enumerate(NAMES)},
    "additional_special_tokens": ["<|user|>", {"content": "[gMASK]"}],
}


def read(files: tuple[bytes, bytes], place: Path) -> None:
    (place / "tokenizer.model").write_bytes(files[0])
    (place / "tokenizer_config.json").write_bytes(files[1])
    tokenizer = GLMTokenizer.load(place)
    for text in ("", " ab<|user|> 123 \U0001f600", "a" * 500):
        ids = tokenizer.encode(text)
        assert all(0 <= id < tokenizer.stop for id in ids)
        tokenizer.decode(ids, specials=False)


TARGET = Target(
    st.tuples(spoilt(RANKS) | st.just(RANKS), changed(CONFIG).map(json_bytes) | spoilt(json_bytes(CONFIG))),
    read,
    refuses=(ValueError, FileNotFoundError),
    examples=[
        (RANKS, json_bytes(CONFIG)),
        (RANKS + b"YQ== " + b"9" * 10_000, json_bytes(CONFIG)),
        (RANKS, json_bytes({**CONFIG, "added_tokens_decoder": {"1" + "0" * 5000: {"content": "<|user|>"}}})),
        (RANKS, json_bytes({**CONFIG, "added_tokens_decoder": {"-5": {"content": "<|audio_0|>"}}})),
        (RANKS, json_bytes({**CONFIG, "added_tokens_decoder": {"7": {"content": "x" * 10**6}}})),
        (b"A" * 60_000_000, json_bytes(CONFIG)),
    ],
)
