"""`python -m engine.evaluation`: asks a model its test sets and prints how it did, as a Markdown table."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import torch
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from engine import models, schedules
from engine.evaluation import sets
from engine.evaluation.answers import Run, recogniser
from engine.evaluation.summary import report, table


def main(
    out: Path = typer.Option(..., help="A folder for results.jsonl, summary.md and the judged replies."),
    model: str = typer.Option("wren", help="A model's name or folder."),
    set_names: str = typer.Option(",".join(sets.NAMES), "--set", help="Test sets, separated by commas."),
    schedule_forms: str = typer.Option("full", "--schedules", help="Schedules, separated by commas."),
    limit: int = typer.Option(0, help="Only so many questions of each set; 0: all."),
    speech: int = typer.Option(0, help="Judge the speech of so many replies per set and schedule; needs pocketsphinx."),
    threads: int = typer.Option(1, help="CPU threads."),
) -> None:
    """Asks every question of the sets under every schedule; an interrupted run goes on where it stopped."""
    torch.set_num_threads(threads)
    try:
        loaded = models.load(model)
        folder = sets.folder_of(loaded.name)
        chosen = {name: sets.read(folder, name)[: limit or None] for name in set_names.split(",")}
        forms = [str(schedules.parse(form)) for form in split_schedules(schedule_forms)]
        for form in forms:
            schedules.check(schedules.parse(form), loaded.decoder.config.layers, loaded.exit_heads)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(str(error))
    run, results = Run(loaded, out, recogniser(folder) if speech else None), []
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for form in forms:
            for name, items in chosen.items():
                results += run.measure(name, items, form, speech, progress)
    (out / "summary.md").write_text(report(results), encoding="utf-8")
    print(table(results, "Set | Schedule", lambda r: (r.set, r.schedule)))


def split_schedules(forms: str) -> list[str]:
    """Forms separated by commas -> the forms; a comma inside one ("spark:k=4,first@8") does not end it."""
    return re.split(r",(?=full|[a-z]+:)", forms)


if __name__ == "__main__":
    typer.run(main)
