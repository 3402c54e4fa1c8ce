"""Every sentence that the program can say, read from its source, with long values where it puts in something of the moment."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.rig.processes import ROOT

FOLDERS = ("app", "engine")
NOT_SAID = ("engine/training", "engine/cli", "app/benchmarks")
"""Folders whose sentences are never in the window."""
LEAST = 20  # letters
VALUES = {
    "name": "USB PnP Sound Device Analog Stereo Microphone",
    "folder": "/home/somebody/models/step-audio-2-mini-base",
    "path": "/home/somebody/models/step-audio-2-mini-base/model.safetensors",
    "file": "model-00001-of-00004.safetensors",
    "error": "the disk is full (No space left on device)",
    "count": "1,024",
}
"""What is put in, by what the placeholder's code speaks of; anything else is a long word."""
OTHERWISE = "spark:k=12,first@18"
_SENTENCE = re.compile(r"[A-ZÀ-Þ“{][^\n]*[a-z][^\n]* [^\n]*[.?!:]")


@cache
def sentences() -> tuple[str, ...]:
    """Without docstrings, each once, the longest first."""
    found = set()
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not file.relative_to(ROOT).as_posix().startswith(NOT_SAID):
                found |= _in(file)
    return tuple(sorted(found, key=lambda sentence: (-len(sentence), sentence)))


def _in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
    said = set()
    for node in ast.walk(tree):
        text = _text(node) if id(node) not in silent else ""
        if len(text) >= LEAST and _SENTENCE.fullmatch(text) and "http" not in text:
            said.add(text)
    return said


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{(\w*)[^{}]*\}", lambda gap: _value(gap[1]), node.value).strip()
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else _value(ast.unparse(part)) for part in node.values]
        return "".join(map(str, parts)).strip()
    return ""


def _value(code: str) -> str:
    return next((value for word, value in VALUES.items() if word in code), OTHERWISE)
