"""Strategies that many targets share: valid documents with odd places, odd bytes, odd text."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

ODD_NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 7, 255, 65_536, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64, 10**30, 10**400, -(2**63), True, False,
    0.5, -0.0, 1e-320, 1e308, -1e308, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "0", "-1", "1e999", "nan", "None", "null", "true", "yesterday", "..", "../..", "/", "/dev/zero", "C:\\", "a" * 5000,
    "\x00", "\ud800", "\u202e", "\N{ZERO WIDTH NO-BREAK SPACE}", "%s%n", "{0}", "${x}", "\r\n", "e\u0301" * 50,
)  # fmt: skip
odd_values = (
    st.sampled_from(ODD_NUMBERS)
    | st.sampled_from(ODD_TEXTS)
    | st.none()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([[], {}, [[]], [None], {"": None}, [0] * 1000, [1.5, "a"], {"a": {"a": {"a": {}}}}])
)
"""Single values that documents seldom hold."""
json_values = st.recursive(
    odd_values, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
"""Anything that JSON can say, and some more."""


def json_bytes(value: Any) -> bytes:
    """As a file holds it: NaN, infinity and lone surrogates included. A number is written however long it is."""
    return _dumps(value).encode("utf-8", "surrogatepass")


def _dumps(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(name), ensure_ascii=False)}: {_dumps(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_dumps, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**64:
        return hex_free(value)
    return json.dumps(value, ensure_ascii=False)


def hex_free(value: int) -> str:
    """Digits of a number of any length, past Python's limit for them."""
    sign, digits, value = "-" if value < 0 else "", [], abs(value)
    while value:
        value, low = divmod(value, 10**1000)
        digits.append(f"{low:01000d}")
    return sign + ("".join(reversed(digits)).lstrip("0") or "0")


@st.composite
def changed(draw, document: Any, values: SearchStrategy = odd_values, most: int = 3) -> Any:
    """A valid document (of dicts and lists) with up to `most` places removed, doubled, renamed or given an odd value."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(0, most))):
        places = list(_places(document))
        if not places:
            return draw(values)
        parent, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["value", "value", "value", "remove", "rename", "double", "wrap"])):
            case "value":
                parent[key] = copy.deepcopy(draw(values))  # strategies hand the same lists out again
            case "remove":
                del parent[key]
            case "rename" if isinstance(parent, dict):
                parent[draw(st.text(max_size=8))] = parent.pop(key)
            case "double" if isinstance(parent, list):
                parent.insert(key, copy.deepcopy(parent[key]))
            case _:
                parent[key] = [parent[key]]
    return document


def _places(document: Any):
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in list(items):
        yield document, key
        yield from _places(value)


@st.composite
def spoilt(draw, content: bytes | Sequence[bytes], most: int = 4) -> bytes:
    """The bytes of a valid file (or one of several), cut, flipped, doubled or with others put in, at up to `most` places."""
    if not isinstance(content, bytes):
        content = draw(st.sampled_from(list(content)))
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, len(content)))
        stop = min(len(content), start + draw(st.sampled_from([0, 1, 2, 4, 8, 30, 300, 10**9])))
        match draw(st.sampled_from(["cut", "replace", "replace", "double", "fill"])):
            case "cut":
                content = content[:start] + content[stop:]
            case "replace":
                content = content[:start] + draw(st.binary(max_size=16)) + content[stop:]
            case "double":
                content = content[:stop] + content[start:stop] + content[stop:]
            case "fill":
                letter = draw(st.sampled_from([b"\x00", b"\xff", b"[", b"{", b"9", b" ", b"A"]))
                content = content[:start] + letter * draw(st.sampled_from([1, 100, 10_000, 1_000_000])) + content[stop:]
    return content


def grammar(words: Sequence[str], most: int = 12) -> SearchStrategy[str]:
    """Text of a small language's own words in any order, with odd ones between."""
    return st.lists(st.sampled_from(list(words)) | st.sampled_from(ODD_TEXTS) | st.text(max_size=4), max_size=most).map("".join)
