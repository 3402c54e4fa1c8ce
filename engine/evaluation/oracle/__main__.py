"""`python -m engine.evaluation.oracle measure` and `align`: see `engine.prefill.interventions`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from engine import models
from engine.cli.options import VerboseOption
from engine.cli.output import complain, in_sentences, numbers, progress_bars
from engine.evaluation import plots, sets
from engine.evaluation.oracle import measure as measuring
from engine.evaluation.oracle import report, words

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

ModelOption = Annotated[str, typer.Option(help="A model's name or folder.")]
DataOption = Annotated[str, typer.Option(help="A set that ships, or a folder with a JSONL file and sounds.")]


@app.command("measure")
def measure_command(
    out: Annotated[Path, typer.Option(help="A folder for oracle.jsonl, summary.md and oracle.png.")],
    model: ModelOption = "wren",
    data: DataOption = "spoken",
    layers: Annotated[str, typer.Option(help="Layers, such as 0-11 or 0,4,8; by default all.")] = "",
    retention: Annotated[str, typer.Option(help="With how many states a word is left, with commas between them.")] = "1,2",
    limit: Annotated[int, typer.Option(min=0, help="Only so many questions, evenly spread; 0: all.")] = 24,
    seed: Annotated[int, typer.Option(help="Of what is dropped at random.")] = 0,
    words_file: Annotated[Path | None, typer.Option("--words", help="When each word is said; by default beside the set.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    verbose: VerboseOption = False,
) -> None:
    """Compresses every word at one layer at a time, and shows the damage as a table and a plot; goes on where it stopped."""
    with in_sentences(verbose):
        torch.set_num_threads(threads)
        plots.check()
        keeps = numbers(retention, "--retention")
        if min(keeps) < 1:
            raise ValueError("A word must be left with 1 state or more: give --retention 1,2.")
        loaded = models.load(model)
        depth = loaded.decoder.config.layers
        wanted = numbers(layers, "--layers") if layers else list(range(depth))
        if max(wanted) >= depth:
            raise ValueError(f"{loaded.name} has no layer {max(wanted)}: its layers are 0 to {depth - 1}.")
        questions = sets.open_set(data, loaded.name)
        times = words.read(words_file or _beside(data, loaded.name))
        items = [item for item in questions.items if item.audio and item.id in times]
        count = min(limit or len(items), len(items))
        items = [items[index * len(items) // count] for index in range(count)]
        oracle = measuring.Oracle(loaded, out, seed)
        try:
            with progress_bars() as progress:
                outcomes = oracle.measure(
                    sets.QuestionSet(questions.name, tuple(items)), times, measuring.interventions(wanted, keeps), progress
                )
        except KeyboardInterrupt:
            complain(f"What is finished is kept in {out}: the same command goes on from there.")
            raise
        found = report.damages(outcomes)
        text = report.markdown(found)
        (out / "summary.md").write_text(text, encoding="utf-8")
        report.draw(found, out / "oracle.png")
        print(f"{text}\n{out / 'summary.md'}\n{out / 'oracle.png'}")


@app.command("align")
def align_command(
    model: ModelOption = "wren",
    data: DataOption = "spoken",
    out: Annotated[Path | None, typer.Option(help="The file to write; by default beside the set.")] = None,
    verbose: VerboseOption = False,
) -> None:
    """Finds when each word of a set's recordings is said (pocketsphinx), and writes it beside the set."""
    with in_sentences(verbose):
        questions = sets.open_set(data, model)
        path = out or _beside(data, model)
        with progress_bars() as progress:
            missing = words.align(questions.items, words.aligner(path.parent), path, progress)
        print(path)
        if missing:
            complain(f"{missing} recordings could not be aligned and are left out.")


def _beside(data: str, model: str) -> Path:
    if data in sets.NAMES:
        return sets.folder_of(model) / ("words.jsonl" if data == "spoken" else f"words-{data}.jsonl")
    path = Path(data).expanduser()
    return (path if path.is_dir() else path.parent) / "words.times"  # a second .jsonl would be a second set


if __name__ == "__main__":
    app(prog_name="python -m engine.evaluation.oracle")
