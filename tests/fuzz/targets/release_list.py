"""The list of releases: as bytes that anybody may send, and as text whose signature is right."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from hypothesis import strategies as st

from engine.updates.check import CheckFailed, Copy, judge
from engine.updates.release import NotTrusted, opened, sealed
from tests.engine.updates.releases import KEY, release
from tests.fuzz.inputs import changed, json_bytes, json_values, spoilt
from tests.fuzz.target import Target

VALID = release("https://example.org/releases")
ENVELOPE = json.loads(sealed(json.dumps(VALID), KEY))
HERE = Copy("0.1.0", "deb", "x86_64")


def read(given: tuple[bool, bytes], place: Path) -> None:
    is_text, content = given
    if is_text:
        text = content.decode(errors="replace")
        signature = base64.b64encode(KEY.sign(text.encode()).signature).decode()
        content = json.dumps({"release": text, "signature": signature}).encode()
    found = opened(content, [bytes(KEY.verify_key)])
    answer = judge(found, HERE)
    assert answer.sentence and len(answer.sentence) < 3000


def _either(name: bool, valid: dict) -> st.SearchStrategy:
    bytes_ = spoilt(json_bytes(valid)) | changed(valid).map(json_bytes) | json_values.map(json_bytes) | st.binary()
    return st.tuples(st.just(name), bytes_)


TARGET = Target(
    _either(True, VALID) | _either(False, ENVELOPE),
    read,
    refuses=(NotTrusted, CheckFailed),
    examples=[(kind, content) for kind in (True, False) for content in (b"", b"[" * 100_000, b"9" * 5000, b"\xff", b"{}", b"5")],
)
