"""`refrain eval`: how good, how deep and how fast a model's answers are under schedules and poolings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine import interrupt
from engine.cli.options import JsonOption, ThreadsOption, VerboseOption
from engine.cli.output import complain, in_sentences, print_json, progress_bars, status

HELP = """Measures a model's answers: quality, depth, speed and memory, with 95 % intervals.

Every question of every set is asked under every schedule, pooling and seed; figures are compared with the first of them.
OUT gets results.jsonl (a line as soon as a reply is there), summary.md, three plots as PNG and the replies' sound. Started
again with the same OUT, a stopped run goes on where it stopped.

Sets that ship with the program: typed and spoken (what Wren was taught, in wordings kept from it), cousins (voices kept from
it, of the same synthesisers), neural (voices kept from it that sound like people), people (recordings of thirteen people),
worn (the last two by telephone, in noise, in a room, quietly), unknown (what it should say it does not know), nothing (noise
and silence, which get no answer). Any other set is a JSONL file, or a folder with one, of lines like
{"audio": "q1.wav", "text": "what is said", "key": "paris"} or
{"text": "a typed question", "answer": "…", "aliases": ["one key", "another"]}.

To bring the papers' sets into that form, write one such line per question. LlamaQuestions: its recordings, the answer as
key. TriviaQA: the question as text, the answer's value as key, its aliases as aliases. WebQuestions: the question, its
answers as aliases. AlpacaEval: the instruction as text and no key: its replies are measured for speech, depth and speed
alone. What has no recordings is asked in text, or let any synthesiser speak it. The few lines of Python are in
engine/evaluation/README.md.

Wren takes about half a second for a reply and as much for its judging on one CPU core.
"""


def evaluate(
    out: Annotated[Path, typer.Option(help="A folder for all results.")],
    model: Annotated[str, typer.Option(help="A model's name (see: models list) or folder.")] = "wren",
    data: Annotated[list[str], typer.Option(help="A set (again, or with commas, for more).")] = ["typed"],  # noqa: B006
    schedules: Annotated[str, typer.Option(help="Schedules, with commas between them.")] = "full",
    pooling: Annotated[str, typer.Option(help="Poolings, with commas between them, such as none,input:0.8.")] = "none",
    seeds: Annotated[str, typer.Option(help="Seeds, with commas between them.")] = "0",
    judge: Annotated[str, typer.Option(help="Who listens: pocketsphinx, whisper:FOLDER or none.")] = "pocketsphinx",
    mos: Annotated[str, typer.Option(help="A command that prints an opinion score for the WAV file it is given.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only so many questions of each set; 0: all.")] = 0,
    peak: Annotated[
        float | None, typer.Option(min=-90, max=0, help="Bring spoken questions to this peak in dBFS, as if spoken quietly.")
    ] = None,
    greedy: Annotated[bool, typer.Option(help="Take the likeliest token, whatever the release does.")] = False,
    max_tokens: Annotated[int, typer.Option(min=1, help="Stop a reply after so many tokens.")] = 2000,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    with in_sentences(verbose):
        with status("Starting…"):
            from engine.evaluation import cases, evaluate, judges, judging, plots, summary
            from engine.evaluation.results import Results
            from engine.lm.sampling import Sampling
            from engine.models import load
            from engine.threads import use
        times = evaluate.Times()
        wanted = cases.cases(schedules, pooling, seeds)
        plots.check()
        judges.check(judge)
        Results(out.expanduser())  # whatever cannot be written or read is said before the work
        names = [part for one in data for part in _names(one)]
        with times.of("loading"), status("Loading…"):
            loaded = load(model)
            use(loaded.decoder.config, threads)
        plan = evaluate.EvaluationPlan(
            evaluate.opened(names, loaded.name, limit, complain, peak),
            wanted,
            out.expanduser(),
            judge,
            judging.command(mos) if mos else None,
            Sampling() if greedy else None,
            max_tokens,
        )
        try:
            with interrupt.raised(), progress_bars() as progress:
                results = evaluate.measure(loaded, plan, progress, times)
        except KeyboardInterrupt:
            complain(f"What is finished is kept in {plan.folder}: the same command goes on from there.")
            raise
        about = f"{loaded.name}, {loaded.decoder.config.layers} layers, from {loaded.folder}. Judge: {judge}."
        about += f" Spoken questions at a peak of {peak:g} dBFS." if peak is not None else ""
        written = evaluate.write(results, plan.folder, [about], times)
        complain(f"Took: {times}.")
        if as_json:
            print_json({"files": [str(path) for path in written], "rows": summary.as_json(results), "seconds": times.parts})
        else:
            print(f"{summary.short(results)}\n\n" + "\n".join(map(str, written)))


evaluate.__doc__ = HELP


def _names(data: str) -> list[str]:
    """Names of shipped sets may stand in a row; a path may have commas of its own."""
    from engine.evaluation.sets import NAMES

    parts = [part.strip() for part in data.split(",")]
    return parts if set(parts) <= set(NAMES) else [data]
