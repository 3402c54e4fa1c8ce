"""How many positions Wren's replies take in each decoding paradigm (arXiv 2506.04518).

Measured, and predicted by arithmetic: from each reply's own numbers of tokens, and, for a long reply, from
the rate at which text is spoken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.evaluation.results import Result
from engine.models.wren import lengths
from engine.models.wren.wren import Wren


@dataclass
class Lengths:
    """Sums over the replies that ended by themselves."""

    paradigm: str
    replies: int = 0
    positions: int = 0
    predicted: int = 0
    text: int = 0
    speech: int = 0

    def row(self, model: Wren, padded: Lengths | None) -> str:
        config, rate = model.config, self.text * model.speech_rate / self.speech
        each = lengths.per_second(self.paradigm, rate, model.speech_rate, config.text_chunk, config.speech_chunk)
        cells = [
            self.paradigm, f"{self.text / self.replies:.1f}", f"{self.speech / self.replies:.1f}",
            f"{self.positions / self.replies:.1f}", f"{self.predicted / self.replies:.1f}",
            f"{self.positions / self.speech * model.speech_rate:.1f}", f"{each:.1f}",
            "" if padded is None else f"{self.positions / self.replies / (padded.positions / padded.replies):.1%}",
        ]  # fmt: skip
        return f"| {' | '.join(cells)} |"


_HEADER = (
    "| paradigm | text tokens | speech tokens | positions | predicted | positions/s of speech | of a long reply | of padded |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def count(model: Wren, results: Sequence[Result]) -> Lengths:
    """Adds up a model's replies. Raises `ValueError` if none of them ended by itself."""
    config = model.config
    found = Lengths(config.paradigm)
    for result in results:
        if not result.whole:
            continue
        text, speech = result.text_tokens, result.speech_tokens
        found.replies += 1
        found.positions += result.positions
        found.predicted += lengths.positions(config.paradigm, text, speech, config.text_chunk, config.speech_chunk)
        found.text, found.speech = found.text + text, found.speech + speech
    if not found.speech:
        raise ValueError(f"{config.paradigm}: no reply ended by itself.")
    return found


def table(models: Sequence[Wren], found: Sequence[Lengths]) -> str:
    """Markdown; replies are compared with the padded ones where those are among `found`."""
    padded = next((each for each in found if each.paradigm == "padded"), None)
    return "\n".join([_HEADER, *(each.row(model, padded) for model, each in zip(models, found, strict=True))])
