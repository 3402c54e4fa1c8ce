"""The letters in which byte-level BPE vocabularies write bytes."""

from __future__ import annotations


def _letters() -> dict[str, int]:
    """Printable Latin-1 stands for itself, the other bytes for the letters from U+0100 on, in order (as in GPT-2)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(0x100 + place): byte for place, byte in enumerate(others)}


BYTE_OF = _letters()
"""Letter -> byte."""
_LETTER_OF = {byte: letter for letter, byte in BYTE_OF.items()}


def spelled(token: bytes) -> str:
    """A token's bytes as a vocabulary writes them."""
    return "".join(_LETTER_OF[byte] for byte in token)


def bytes_of(piece: str) -> bytes:
    """What a vocabulary writes -> the token's bytes; of a letter that stands for no byte its own in UTF-8."""
    try:
        return bytes(BYTE_OF[letter] for letter in piece)
    except KeyError:
        return piece.encode("utf-8", "replace")
