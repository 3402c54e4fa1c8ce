"""The command line: `refrain ask`, `bench`, `models list` and `schedules list`.

Only what a command needs is imported when it runs, so that help and mistakes are answered at once. stdout carries
results, stderr everything else. Exit codes: 0 done, 1 could not be done, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from engine import log

app = typer.Typer(
    help="Refrain: an offline voice chat with a spoken language model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
models_app = typer.Typer(help="The models on this machine.", no_args_is_help=True)
schedules_app = typer.Typer(help="The decoding schedules.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(schedules_app, name="schedules")

_BY_DEFAULT = "wren"

ModelOption = Annotated[str, typer.Option(help="A model's name (see: refrain models list) or folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Show tracebacks and log everything.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line (by default the program's own) and returns its exit code."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="refrain")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@app.command()
def ask(
    text: Annotated[str | None, typer.Option(help="A typed question.")] = None,
    audio: Annotated[Path | None, typer.Option(help="A spoken question: WAV, FLAC or OGG, any rate.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help='Many questions: one {"text": ..} or {"audio": ..} per line; prints JSON lines.')
    ] = None,
    model: ModelOption = _BY_DEFAULT,
    schedule: Annotated[str, typer.Option(help="Which tokens exit early, for example spark:even@9+review.")] = "full",
    seed: Annotated[int, typer.Option(help="The same seed gives the same reply.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the reply's sound here (with --batch: a folder).")] = None,
    trace: Annotated[Path | None, typer.Option(help="Write one JSON line per decoded token here.")] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="Stop after so many tokens.")] = 2000,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads.")] = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Asks a question, typed or spoken, and shows how deep the model thinks."""
    if sum(given is not None for given in (text, audio, batch)) != 1:
        raise typer.BadParameter("Ask with exactly one of --text, --audio and --batch.")
    with _in_sentences(verbose), ExitStack() as stack:
        _load_libraries(threads)
        from engine import asking, schedules
        from engine.cli import batch as batches
        from engine.dialogue import Dialogue

        # Everything that can be said before the model is loaded is said before.
        wanted = schedules.parse(schedule)
        question = asking.Question(text, audio)
        questions = batches.read(batch) if batch else []
        if not batch:
            question.sound()
        _prepare(out, folder=batch is not None)
        tracer = stack.enter_context(asking.Trace(trace)) if trace else None
        loaded = _load(model)
        schedules.check(wanted, loaded.decoder.config.layers, loaded.exit_heads)
        if batch:
            settings = batches.Settings(str(wanted), seed, out, tracer, max_tokens)
            _print_answers(batches.answers(loaded, questions, batch.parent, settings))
            return
        dialogue = Dialogue(loaded, wanted, seed=seed, max_tokens=max_tokens)
        _ask_one(dialogue, loaded, question, out, tracer, as_json)


@app.command()
def bench(
    model: ModelOption = _BY_DEFAULT,
    schedule: Annotated[list[str] | None, typer.Option(help="A schedule to measure (again for more).")] = None,
    threads: Annotated[list[int], typer.Option(min=1, help="CPU threads (again for more).")] = [1, 2],  # noqa: B006
    questions: Annotated[int, typer.Option(min=1, help="Spoken questions for the latencies.")] = 20,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds of decoding; the median counts.")] = 5,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Measures decoding against transformers' generate, the time to first audio and real-time factors."""
    with _in_sentences(verbose):
        _load_libraries(None)
        from engine import schedules
        from engine.benchmarks import decode, latency

        wanted = [schedules.parse(text) for text in schedule or ()]
        loaded = _load(model)
        layers, exits = loaded.decoder.config.layers, loaded.exit_heads
        wanted = wanted or [preset.schedule for preset in schedules.presets(layers, exits)]
        for one in wanted:
            schedules.check(one, layers, exits)
        threads = sorted(set(threads))
        with _status("Measuring ..."):
            speeds = decode.measure(loaded, wanted, threads, repeats)
            delays = [latency.measure(loaded, str(one), max(threads), questions) for one in wanted]
        if as_json:
            _print_json({"model": loaded.name, "decode": decode.as_json(speeds), "latency": latency.as_json(delays)})
        else:
            Console().print(decode.table(speeds), latency.table(delays))


@models_app.command("list")
def list_models(as_json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Lists the models that can be used."""
    with _in_sentences(verbose):
        from engine.models.installed import installed

        found = installed()
        if as_json:
            _print_json([{"name": m.name, "megabytes": m.megabytes, "folder": str(m.folder)} for m in found])
            return
        if not found:
            raise FileNotFoundError("No model is installed: reinstall Refrain, or give --model the folder of one.")
        _print_table(("Model", "Size", "Folder"), [(m.name, f"{m.megabytes:.1f} MB", str(m.folder)) for m in found])


@schedules_app.command("list")
def list_schedules(
    model: ModelOption = _BY_DEFAULT, as_json: JsonOption = False, verbose: VerboseOption = False
) -> None:
    """Lists schedules worth trying on a model, and the layers where it can exit."""
    with _in_sentences(verbose):
        _load_libraries(None)
        from engine import schedules

        loaded = _load(model)
        layers, exits = loaded.decoder.config.layers, sorted(loaded.exit_heads)
        rows = [
            (str(p.schedule), p.name, schedules.mean_depth(p.schedule, loaded.chunk_length, layers), p.description)
            for p in schedules.presets(layers, exits)
        ]
        if as_json:
            names = ("schedule", "name", "mean_depth", "description")
            listed = [dict(zip(names, row, strict=True)) for row in rows]
            _print_json({"model": loaded.name, "layers": layers, "exit_layers": exits, "schedules": listed})
            return
        _print_table(
            ("Schedule", "Name", f"Mean depth of {layers}", "What it does"),
            [(text, name, f"{depth:.1f}", description) for text, name, depth, description in rows],
        )
        print(f"Exit layers of {loaded.name}: {', '.join(map(str, exits)) or 'none'}.")


def _ask_one(dialogue, model, question, out, tracer, as_json: bool) -> None:
    """One question, live in the terminal or as one JSON object."""
    from engine import asking, audio_files
    from engine.cli import terminal

    console = Console()
    view = None if as_json else terminal.TurnView(model.decoder.config.layers, console)
    watchers = [part.watch for part in (view, tracer) if part]

    def watch(event):
        for watcher in watchers:
            watcher(event)

    with Live(view, console=console, refresh_per_second=8) if view and console.is_terminal else nullcontext():
        answer = asking.ask(dialogue, question, watch)
        if view:
            view.whole = True
    if view and not console.is_terminal:
        console.print(view)
    if out:
        audio_files.write(out, answer.samples, answer.stats.sample_rate)
    if as_json:
        _print_json(answer.as_json(model.name, out))
    else:
        for note in (*answer.stats.limits, *answer.notes):
            console.print(note, style="yellow", markup=False, highlight=False)
        print(terminal.summary(answer.stats) + (f" · {out}" if out else ""))
    if answer.interrupted:
        raise KeyboardInterrupt


def _print_answers(answers: Iterable[dict[str, Any]]) -> None:
    interrupted = False
    for answer in answers:
        _print_json(answer)
        if "error" in answer:
            _complain(f"Line {answer['line']}: {answer['error']}")
        interrupted = answer.get("interrupted", False)
    if interrupted:
        raise KeyboardInterrupt


@contextmanager
def _in_sentences(verbose: bool) -> Iterator[None]:
    """Turns what goes wrong inside into one sentence on stderr and an exit code."""
    log.start(verbose)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character still shows the rest
    try:
        yield
    except KeyboardInterrupt:
        _complain("Interrupted.")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise  # the reader of our output has gone: typer ends quietly
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:
        if log.wants_detail(verbose):
            traceback.print_exc()
        _complain(log.explain(error))
        raise typer.Exit(1) from None


def _load_libraries(threads: int | None) -> None:
    """Imports torch, which takes seconds, under a status line."""
    with _status("Starting ..."):
        import torch

        import engine.dialogue  # noqa: F401
    if threads:
        torch.set_num_threads(threads)


def _load(name: str):
    from engine import models

    with _status(f"Loading {escape(name)} ..."):
        return models.load(name)


def _status(text: str):
    """A line on stderr while something takes long; nothing where stderr is no terminal."""
    return Console(stderr=True).status(text)


def _prepare(out: Path | None, folder: bool) -> None:
    """Finds out before the work whether the reply's sound can be written."""
    from engine import audio_files

    if out is None:
        return
    if not folder:
        audio_files.check_writable(out)
        return
    if out.suffix.lower() in audio_files.FORMATS:
        raise typer.BadParameter("With --batch, --out is a folder: every reply gets a file in it.")
    out.mkdir(parents=True, exist_ok=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value), flush=True)


def _print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*header)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def _complain(sentence: str) -> None:
    print(f"refrain: {sentence}", file=sys.stderr, flush=True)
