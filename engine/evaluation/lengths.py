"""`python -m engine.evaluation.lengths`: how many positions Wren's replies take in each decoding paradigm (arXiv 2506.04518).

Measured on typed questions, and predicted by arithmetic: from each reply's own numbers of tokens, and, for a long reply, from
the rate at which text is spoken.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import torch
import typer
from rich.progress import track

from engine import models
from engine.dialogue import Dialogue
from engine.evaluation import sets
from engine.events import TurnFinished
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


HEADER = (
    "| paradigm | text tokens | speech tokens | positions | predicted | positions/s of speech | of a long reply | of padded |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


def measure(model: Wren, questions: list[str]) -> Lengths:
    """Asks each question in a conversation of its own. Raises `ValueError` if no reply ended by itself."""
    config, dialogue = model.config, Dialogue(model)
    found = Lengths(config.paradigm)
    for question in track(questions, description=config.paradigm, disable=not sys.stderr.isatty()):
        dialogue.reset()
        *_, end = dialogue.ask(question)
        if not isinstance(end, TurnFinished) or end.stats.limits:
            continue
        text, speech = end.stats.tokens["text"], end.stats.tokens["speech"]
        found.replies += 1
        found.positions += dialogue.positions - len(model.typed(question))
        found.predicted += lengths.positions(config.paradigm, text, speech, config.text_chunk, config.speech_chunk)
        found.text, found.speech = found.text + text, found.speech + speech
    if not found.speech:
        raise ValueError(f"{config.paradigm}: no reply ended by itself.")
    return found


def main(
    names: str = typer.Option("wren-padded,wren-early-stop,wren-parallel", "--models", help="Wrens, separated by commas."),
    limit: int = typer.Option(100, help="Only so many questions of the typed set; 0: all."),
    threads: int = typer.Option(1, help="CPU threads."),
) -> None:
    """Prints a Markdown table; a reply is compared with the padded one where that model is among those asked."""
    torch.set_num_threads(threads)
    try:
        questions = [item.text for item in sets.read(sets.folder_of("wren"), "typed")][: limit or None]
        loaded = [models.load(name) for name in names.split(",")]
        found = [measure(model, questions) for model in loaded]
    except (ValueError, FileNotFoundError) as error:
        sys.exit(str(error))
    padded = next((each for each in found if each.paradigm == "padded"), None)
    print(HEADER)
    for model, each in zip(loaded, found, strict=True):
        print(each.row(model, padded))


if __name__ == "__main__":
    typer.run(main)
