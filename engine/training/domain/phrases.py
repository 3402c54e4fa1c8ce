"""Small helpers for building facts."""

from __future__ import annotations


def with_article(noun: str) -> str:
    """"cat" -> "a cat", "owl" -> "an owl", by its sound."""
    vowel = noun[0] in "aeiou" and not noun.startswith(("uni", "eu", "ewe", "uk")) or noun.startswith("hour")
    return f"{'an' if vowel else 'a'} {noun}"


def sentence(text: str) -> str:
    """The text with a capital first letter and a final full stop; other letters stay as they are."""
    return f"{text[0].upper()}{text[1:]}."


def rows(table: str) -> list[list[str]]:
    """The lines of a table, each as its cells: "cat | meow" -> ["cat", "meow"]."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
