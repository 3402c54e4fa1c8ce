"""`python -m engine.evaluation.paradigms --out DIR`: the three ways of decoding text and speech side by side (arXiv 2506.04518).

Padded interleaved, early-stop interleaved and parallel Wrens are asked the same questions: how good their answers and their
speech are, and how many positions they take, measured and by arithmetic.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.progress import Progress

from engine import models
from engine.cli.output import progress_bars
from engine.evaluation import evaluate, judges, lengths, sets, summary
from engine.evaluation.cases import Case
from engine.evaluation.metrics import COST, QUALITY
from engine.models.wren.wren import Wren

NAMES = "wren-padded,wren-early-stop,wren-parallel"
METRICS = tuple(
    metric
    for metric in (*QUALITY, *COST)
    if metric.name in ("right", "right_in_speech", "wer", "speed", "real_time_factor", "first_audio")
)


def report(loaded: list[Wren], questions: list[sets.QuestionSet], judge: str, out: Path, progress: Progress) -> str:
    """Markdown. Each model's replies are in a folder of its own in `out`, where a stopped run goes on.

    Raises `ValueError` or `OSError` with a sentence.
    """
    # Speech is led in by a transcript and a follow-up leans on another reply: those are of no one length.
    typed = {(one.name, item.id) for one in questions for item in one.items if not item.is_spoken and item.before is None}
    rows, counted = [], []
    for model in loaded:
        results = evaluate.measure(model, evaluate.EvaluationPlan(questions, [Case()], out / model.folder.name, judge), progress)
        for row in summary.rows(results, METRICS, lambda result: (result.set,)):
            rows.append(replace(row, group=(model.config.paradigm, *row.group)))
        if typed:
            counted.append(lengths.count(model, [result for result in results if (result.set, result.id) in typed]))
    parts = ["## Quality and speed", summary.table(rows, "Paradigm | Set", METRICS)]
    if typed:
        parts += [f"## Positions of a reply, over {len(typed)} typed questions", lengths.table(loaded, counted)]
    return "\n\n".join(parts) + "\n"


def main(
    out: Annotated[Path, typer.Option(help="A folder for summary.md and all replies.")],
    names: Annotated[str, typer.Option("--models", help="Wrens, separated by commas.")] = NAMES,
    data: Annotated[str, typer.Option(help="Sets that ship, separated by commas.")] = "typed,spoken",
    judge: Annotated[str, typer.Option(help="Who listens: pocketsphinx, whisper:FOLDER or none.")] = "pocketsphinx",
    limit: Annotated[int, typer.Option(min=0, help="Only so many questions of each set; 0: all.")] = 100,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
) -> None:
    """Asks each model the same questions, writes summary.md and prints it."""
    torch.set_num_threads(threads)
    try:
        judges.check(judge)
        loaded = [_wren(name.strip()) for name in names.split(",")]
        questions = evaluate.opened(data.split(","), "wren", limit, lambda sentence: print(sentence, file=sys.stderr))
        with progress_bars() as progress:
            text = report(loaded, questions, judge, out.expanduser(), progress)
        (out.expanduser() / "summary.md").write_text(text, encoding="utf-8")
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    print(text)


def _wren(name: str) -> Wren:
    model = models.load(name)
    if not isinstance(model, Wren):
        raise ValueError(f"{model.name} is no Wren: only Wren was taught several ways of decoding.")
    return model


if __name__ == "__main__":
    typer.run(main)
