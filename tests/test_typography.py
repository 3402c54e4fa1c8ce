"""One typographic rule for every sentence of the program: "…" without a space before it, "–" with spaces or between figures."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.rig.processes import ROOT

NOT_SAID = ("engine/training", "engine/models/wren/numbers.py")
FAULTS = {
    "three points instead of …": re.compile(r"\.\.\."),
    "a space before …": re.compile(r"\w …"),
    "a dash that is no –": re.compile(r"—|\S --? "),
    "a – with one space only": re.compile(r"\S– | –\S"),
}
CODE = re.compile(r"\[\w+, \.\.\.\]")  # a type written as text


def said(file: Path) -> list[tuple[int, str]]:
    """Line and text of every string of a file that is no docstring; what an f-string puts in is a figure."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
            found.append((node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "0" for part in node.values)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            found.append((node.lineno, node.value))
    return found


def faults(text: str) -> list[str]:
    return [name for name, pattern in FAULTS.items() if pattern.search(CODE.sub("", text))]


def test_every_sentence_keeps_the_rule():
    found, read = [], 0
    for folder in ("app", "engine"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name.startswith(NOT_SAID):
                continue
            for line, text in said(file):
                read += 1
                found += [f"{name}:{line}: {fault}: {text[:80]!r}" for fault in faults(text)]
    assert read > 4000 and not found, "\n".join(found)


def test_the_rule_sees_what_it_is_about():
    for text in ("Loading...", "Loading …", "well — no", "well - no", "0 - 1", "well– no", "well –no"):
        assert faults(text), text
    for text in ("Loading…", "well – no", "1.0–2.7 s", "1–4 switch", "–", "wren-parallel", "-3", "a, …", "tuple[int, ...]"):
        assert not faults(text), text
