"""A tokenizer.json is run as far as byte-level BPE goes; whatever the library does then is at most a sentence."""

from __future__ import annotations

import json

import pytest

from engine.models.checkpoints.tokenizer_file import TokenizerFile
from engine.models.tiny.stepaudio2 import _write_tokenizer

NESTED = {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFD"}]}
BACKTRACKING = {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": False}


class Panic(BaseException):
    """As pyo3's, which is no `Exception`."""


@pytest.fixture
def path(tmp_path):
    _write_tokenizer(tmp_path)
    return tmp_path / "tokenizer.json"


def change(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def test_what_a_release_needs_is_read(path):
    tokenizer = TokenizerFile(path)
    names = json.loads(path.read_text(encoding="utf-8"))["added_tokens"]
    assert tokenizer.added == {token["content"]: token["id"] for token in names}
    assert tokenizer.stop == tokenizer.size == 1 + max(tokenizer.added.values())
    ids = tokenizer.encode("a bird <|EOT|>")
    assert tokenizer.added["<|EOT|>"] == ids[-1] not in tokenizer.encode("a bird <|EOT|>", specials=False)
    assert tokenizer.piece(ids[0]) == "a" and tokenizer.piece(tokenizer.stop) is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"padding": {"strategy": {"Fixed": 10**9}, "direction": "Right", "pad_id": 0}}, "padding"),
        ({"truncation": {"max_length": 1, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}}, "truncation"),
        ({"normalizer": NESTED}, "normalizer"),
        ({"normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 1000}}, "normalizer"),
        ({"pre_tokenizer": BACKTRACKING}, "pre_tokenizer"),
        ({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [BACKTRACKING, {"type": "ByteLevel"}]}}, "pre_tokenizer"),
        ({"model": {"type": "Unigram", "unk_id": 0, "vocab": []}}, "model"),
        ({"model": {"type": "BPE", "vocab": {"a": 4_000_000_000}, "merges": []}}, "model"),
        ({"added_tokens": [{"id": 300, "content": ""}]}, "added_tokens"),
    ],
)
def test_what_no_release_has_is_refused(path, changes, part):
    change(path, **changes)
    with pytest.raises(ValueError, match=part) as error:
        TokenizerFile(path)
    assert str(path) in str(error.value) and str(error.value).endswith(".")


def test_a_panic_is_a_sentence(path):
    tokenizer = TokenizerFile(path)

    class Library:
        def encode(self, *_, **__):
            raise Panic("index out of bounds: the len is 3 but the index is 7")

        id_to_token = encode

    tokenizer._tokenizer = Library()
    for use in (lambda: tokenizer.encode("a"), lambda: tokenizer.piece(0)):
        with pytest.raises(ValueError, match="tokenizer.json cannot .*index out of bounds"):
            use()


def test_nothing_is_put_around_a_text(path):
    """Releases of LFM2 say that a token opens every text, which is for their own libraries."""
    name = next(iter(TokenizerFile(path).added))
    ids = TokenizerFile(path).encode("a bird")
    template = [{"SpecialToken": {"id": name, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    special = {"id": name, "ids": [TokenizerFile(path).added[name]], "tokens": [name]}
    opening = {"type": "TemplateProcessing", "single": template, "pair": template, "special_tokens": {name: special}}
    for processor in (opening, {"type": "Sequence", "processors": [opening]}, {"type": "of another time"}):
        change(path, post_processor=processor)
        assert TokenizerFile(path).encode("a bird") == ids


def test_special_tokens_are_those_that_the_file_calls_so(path):
    tokens = json.loads(path.read_text(encoding="utf-8"))["added_tokens"]
    change(path, added_tokens=[{**token, "special": place > 0} for place, token in enumerate(tokens)])
    assert TokenizerFile(path).special == {token["id"] for token in tokens[1:]}
