"""The licence that lies in a model's folder, in short."""

from __future__ import annotations

from pathlib import Path

NAMES = ("LICENSE*", "LICENCE*", "COPYING*")
READ = 4000  # characters: the beginning says whose licence it is
LONGEST = 230  # characters


def licence_of(folder: str | Path) -> str:
    """The first sentence below the headings of the licence file; "" where there is none that can be read."""
    for pattern in NAMES:
        for file in sorted(Path(folder).glob(pattern)):
            try:
                with file.open(encoding="utf-8", errors="replace") as lines:
                    return _first_sentence(lines.read(READ))
            except OSError:
                continue
    return ""


def _first_sentence(text: str) -> str:
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    said = next((part for part in paragraphs if part and not part.startswith("#")), "").replace("`", "")
    sentence = said.split(". ")[0].rstrip(".")
    short = sentence if len(sentence) <= LONGEST else sentence[:LONGEST].rsplit(" ", 1)[0] + "…"
    return f"{short}." if short and not short.endswith("…") else short
