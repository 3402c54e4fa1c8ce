"""A reply as each decoding paradigm writes it: the same words and the same speech, in three orders.

After arXiv 2506.04518, which compares them on one base model: interleaved with padding, interleaved with an early stop, parallel.
In all of them speech that ends too early is held until the text is out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.models.wren.vocabulary import Vocabulary
from engine.training.pieces import MARK_WEIGHT, PADDING_WEIGHT, TEXT_WEIGHT, UNIT_WEIGHT, TrainingPiece, learned

Writer = Callable[[Vocabulary, Sequence[int], Sequence[int], int, int], TrainingPiece]
"""Vocabulary, text ids, speech ids, text chunk, speech chunk -> the reply."""


def early_stop(v: Vocabulary, text: Sequence[int], speech: Sequence[int], text_chunk: int, speech_chunk: int) -> TrainingPiece:
    """Chunks of text and of speech; after the end of the text speech alone."""
    words = [*_text(text), (v.end_text, MARK_WEIGHT)]
    units = _speech(speech)
    row: list[tuple[int, float]] = []
    while words:
        row += words[:text_chunk]
        words = words[text_chunk:]
        if words:
            row += units[:speech_chunk] + [units[-1]] * (speech_chunk - len(units[:speech_chunk]))
            units = units[speech_chunk:] or units[-1:]
    return learned([*row, *units, (v.end, MARK_WEIGHT)])


def padded(v: Vocabulary, text: Sequence[int], speech: Sequence[int], text_chunk: int, speech_chunk: int) -> TrainingPiece:
    """The ratio is kept to the end: once the text is out, its places are filled with `end_text` while speech goes on."""
    words = [*_text(text), (v.end_text, MARK_WEIGHT)]
    units, row = _speech(speech), []
    while True:
        places, words = words[:text_chunk], words[text_chunk:]
        row += places + [(v.end_text, PADDING_WEIGHT)] * (text_chunk - len(places))
        if not words and len(units) < speech_chunk:
            return learned([*row, *units, (v.end, MARK_WEIGHT)])
        row += units[:speech_chunk] + [units[-1]] * (speech_chunk - len(units[:speech_chunk]))
        units = units[speech_chunk:] or (units[-1:] if words else [])


def parallel(v: Vocabulary, text: Sequence[int], speech: Sequence[int], text_chunk: int, speech_chunk: int) -> TrainingPiece:
    """A text token and speech_chunk / text_chunk speech tokens share each position; the last one ends with `end`."""
    share = speech_chunk // text_chunk
    said = [*speech, *[*speech[-1:]] * (len(text) * share - len(speech)), v.end]
    beside = tuple(tuple(said[i : i + share]) for i in range(0, len(said), share))
    words = [*_text(text), (v.end_text, MARK_WEIGHT)]
    words += [(v.end_text, PADDING_WEIGHT)] * (len(beside) - len(words))
    piece = learned(words)
    return TrainingPiece(piece.ids, piece.weight, beside=beside)


WRITERS: dict[str, Writer] = {"padded": padded, "early-stop": early_stop, "parallel": parallel}
"""By the paradigm's name."""


def _text(ids: Sequence[int]) -> list[tuple[int, float]]:
    return [(token, TEXT_WEIGHT) for token in ids]


def _speech(ids: Sequence[int]) -> list[tuple[int, float]]:
    return [(token, UNIT_WEIGHT) for token in ids]
