"""How many positions a reply takes in each decoding paradigm: arithmetic, to hold against what is measured.

With T speech tokens and N text tokens, one position for each mark: early-stop interleaving takes N + 1 + T + 1; padded
interleaving T + 1 for speech and its end, and a whole text chunk before every speech chunk; parallel as many as the speech
and its end need at its share a position (T counts speech that is held until a longer text is out).
"""

from __future__ import annotations

from math import ceil


def positions(paradigm: str, text: int, speech: int, text_chunk: int, speech_chunk: int) -> int:
    """Positions of a reply of `text` and `speech` tokens that ended by itself (without a transcript of the question)."""
    if paradigm == "early-stop":
        return text + 1 + speech + 1
    if paradigm == "padded":
        return speech + 1 + text_chunk * ceil((speech + 1) / speech_chunk)
    return ceil((speech + 1) / (speech_chunk // text_chunk))


def per_second(paradigm: str, text_rate: float, speech_rate: float, text_chunk: int, speech_chunk: int) -> float:
    """Positions per second of speech in a long reply, which says `text_rate` text and `speech_rate` speech tokens a second."""
    if paradigm == "early-stop":
        return speech_rate + text_rate
    if paradigm == "padded":
        return speech_rate * (1 + text_chunk / speech_chunk)
    return speech_rate * text_chunk / speech_chunk
