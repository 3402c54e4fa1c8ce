"""`tokens.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from app.storage.records import StoredTurn
from tests.fuzz.inputs import changed, json_bytes, odd_values, spoilt
from tests.fuzz.stored import files
from tests.fuzz.target import Target

VALID = files()["turns/0001/tokens.jsonl"]
ONE = json.loads(VALID.splitlines()[3])


def read(content: bytes, place: Path) -> None:
    (place / "tokens.jsonl").write_bytes(content)
    tokens, problem = StoredTurn(place, 1, "finished", "full", False).read_tokens()
    assert not problem or problem.endswith(".")
    assert all(token.kind in ("heard", "text", "speech", "control") and token.depth >= 0 for token in tokens)
    json.dumps([vars(token) for token in tokens], allow_nan=False)


TARGET = Target(
    spoilt(VALID) | st.binary() | st.lists(changed(ONE).map(json_bytes) | odd_values.map(json_bytes), max_size=5).map(b"\n".join),
    read,
    refuses=(),
    examples=[
        b"\xff\xfe\x00\n" + VALID, VALID[:-20], VALID + b"[" * 100_000, b"\n" * 10_000_000, VALID.splitlines()[0] * 2,
        b'{"index": ' + b"9" * 5000 + b"}\n", (VALID.splitlines()[0] + b"\n") * 60_000,
    ],
)  # fmt: skip
