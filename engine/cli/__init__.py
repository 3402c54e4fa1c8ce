"""The command line: `refrain ask`, `bench`, `eval`, `gpu ...`, `heads ...`, `models ...` and `schedules list`.

Only what a command needs is imported when it runs, so that help and mistakes are answered at once. stdout carries
results, stderr everything else. Exit codes: 0 done, 1 could not be done, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape

from engine import interrupt
from engine.cli import eval as evaluation
from engine.cli import gpu, heads, models
from engine.cli.draw import Draw, PenaltyOption, TemperatureOption, TopKOption, TopPOption
from engine.cli.options import JsonOption, ThreadsOption, VerboseOption
from engine.cli.output import complain, deliver, in_sentences, print_json, print_table, status

if TYPE_CHECKING:
    from engine.dialogue import Dialogue
    from engine.headless import Question, Trace
    from engine.models.spoken_lm import SpokenLM
    from engine.turn_record import TurnRecord

app = typer.Typer(
    help="Talk to a spoken language model on this machine, and watch how deep it thinks. Without a command the window opens.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
schedules_app = typer.Typer(help="The decoding schedules.", no_args_is_help=True)
app.add_typer(models.app, name="models")
app.add_typer(gpu.app, name="gpu")
app.add_typer(heads.app, name="heads")
app.add_typer(schedules_app, name="schedules")

_BY_DEFAULT = "wren"

ModelOption = Annotated[str, typer.Option(help="A model's name (see: models list) or folder.")]


def main(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character still shows the rest
    try:
        app(args=list(arguments), prog_name="refrain")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except OSError as error:  # the help could not be written
        complain(f"The output cannot be written ({error.strerror or error}).")
        code = 1
    return deliver(code)


@app.command()
def ask(
    text: Annotated[str | None, typer.Option(help="A typed question.")] = None,
    audio: Annotated[Path | None, typer.Option(help="A spoken question: WAV, FLAC or OGG, any rate (-: from a pipe).")] = None,
    batch: Annotated[
        Path | None, typer.Option(help='Many questions: one {"text": ..} or {"audio": ..} per line; prints JSON lines.')
    ] = None,
    conversation: Annotated[bool, typer.Option("--conversation", help="The questions of --batch are turns of one talk.")] = False,
    model: ModelOption = _BY_DEFAULT,
    mode: Annotated[
        str | None, typer.Option(help="For models of several modes: asr writes down what is heard, tts-us-male reads aloud.")
    ] = None,
    schedule: Annotated[str, typer.Option(help="Which tokens exit early, for example spark:even@9+review.")] = "full",
    pooling: Annotated[str, typer.Option(help="How a spoken question is merged, for example input:0.8.")] = "none",
    temperature: TemperatureOption = None,
    top_p: TopPOption = None,
    top_k: TopKOption = None,
    repetition_penalty: PenaltyOption = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same reply.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the reply's sound here (with --batch: a folder).")] = None,
    trace: Annotated[Path | None, typer.Option(help="Write one JSON line per decoded token here.")] = None,
    chrome_trace: Annotated[
        Path | None, typer.Option(help="Write when each part of the turn ran here, for Perfetto or chrome://tracing.")
    ] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="Stop after so many tokens.")] = 2000,
    send_anyway: Annotated[bool, typer.Option("--send-anyway", help="Ask also with a sound in which nobody speaks.")] = False,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Asks a question, typed or spoken, and shows how deep the model thinks."""
    if sum(given is not None for given in (text, audio, batch)) != 1:
        raise typer.BadParameter("Ask with exactly one of --text, --audio and --batch.")
    if conversation and not batch:
        raise typer.BadParameter("--conversation goes with --batch.")
    if chrome_trace and batch:
        raise typer.BadParameter("--chrome-trace shows one turn: it goes with --text or --audio.")
    with in_sentences(verbose), ExitStack() as stack:
        _load_libraries()
        from engine import headless, schedules
        from engine.cli import batch as batches
        from engine.dialogue import Dialogue
        from engine.lm.sampling import check_seed
        from engine.models.spoken_lm import in_mode
        from engine.prefill import pooling as poolings

        # Everything that can be said before the model is loaded is said before.
        wanted, merging = schedules.parse(schedule), poolings.parse(pooling)
        draw, seed = Draw(temperature, top_p, top_k, repetition_penalty), check_seed(seed)
        question = headless.Question(text, audio)
        questions = batches.read(batch) if batch else []
        if not batch:
            question.sound()
        _prepare(out, folder=batch is not None)
        tracer = stack.enter_context(headless.Trace(trace)) if trace else None
        timeline = stack.enter_context(headless.open_trace(chrome_trace)) if chrome_trace else None
        loaded = _load(model, threads)
        if mode is not None:
            loaded = in_mode(loaded, mode)
        schedules.check(wanted, loaded.decoder.config.layers, loaded.exit_heads, loaded.decoder.frame_shape)
        poolings.check(merging, loaded.decoder.config.layers)
        if draw.without_effect(loaded):
            complain(draw.without_effect(loaded))
        if batch:
            how = (str(wanted), seed, out, tracer, max_tokens, str(merging), conversation, draw)
            settings = batches.Settings(*how, needs_voice=not send_anyway)
            with interrupt.raised():
                _print_answers(batches.answers(loaded, questions, batch.parent, settings), len(questions))
            return
        if tracer and draw.given:
            tracer.how = {"sampling": draw.given}
        dialogue = Dialogue(loaded, wanted, draw.of(loaded), seed, max_tokens, pooling=merging, needs_voice=not send_anyway)
        with interrupt.raised():
            _ask_one(dialogue, loaded, question, out, tracer, timeline, as_json)


@app.command()
def bench(
    model: ModelOption = _BY_DEFAULT,
    schedule: Annotated[list[str] | None, typer.Option(help="A schedule to measure (again for more).")] = None,
    threads: Annotated[list[int], typer.Option(min=1, help="CPU threads (again for more).")] = [1, 2],  # noqa: B006
    questions: Annotated[int, typer.Option(min=1, help="Spoken questions for the latencies.")] = 20,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds of decoding; the median counts.")] = 3,
    prompts: Annotated[int, typer.Option(min=1, help="Typed questions in each round of decoding.")] = 4,
    llama_cpp: Annotated[
        list[Path] | None, typer.Option(help="A GGUF file that llama.cpp decodes in the same rounds (again for more).")
    ] = None,
    gguf: Annotated[
        Path | None, typer.Option(help="Only write the language model into this folder as GGUF files for --llama-cpp.")
    ] = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Measures decoding against transformers' generate and llama.cpp, the time to first audio and real-time factors."""
    if gguf and llama_cpp:
        raise typer.BadParameter("--gguf only writes the files that --llama-cpp measures: give one of the two.")
    with in_sentences(verbose):
        _load_libraries()
        from engine import schedules
        from engine.benchmarks import catch_up, decode, latency
        from engine.lm.heads import are_trained

        wanted = [schedules.parse(text) for text in schedule or ()]
        loaded = _load(model)
        if gguf:
            _write_ggufs(loaded, gguf)
            return
        layers, exits, frames = loaded.decoder.config.layers, loaded.exit_heads, loaded.decoder.frame_shape
        timed = wanted or [schedules.Full()]
        wanted = wanted or [preset.schedule for preset in schedules.presets(layers, exits, are_trained(exits), frames)]
        for one in wanted:
            schedules.check(one, layers, exits, frames)
        threads = sorted(set(threads))
        with status("Measuring…"):
            speeds = decode.measure(loaded, wanted, threads, repeats, prompts, llama_cpp or ())
            caches = catch_up.measure(loaded, [one for one in wanted if one != schedules.Full()], min(prompts, 20))
            delays = [latency.measure(loaded, str(one), max(threads), questions) for one in timed]
        if as_json:
            parts = {"decode": decode.as_json(speeds), "catch_up": catch_up.as_json(caches)}
            print_json({"model": loaded.name, **parts, "latency": latency.as_json(delays)})
        else:
            Console().print(decode.table(speeds), decode.predictions(speeds), catch_up.table(caches), latency.table(delays))


@schedules_app.command("list")
def list_schedules(model: ModelOption = _BY_DEFAULT, as_json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Lists schedules worth trying on a model, and the layers where it can exit."""
    with in_sentences(verbose):
        _load_libraries()
        from engine import schedules
        from engine.lm.heads import are_trained

        loaded = _load(model)
        layers, exits = loaded.decoder.config.layers, sorted(loaded.exit_heads)
        rows = [
            (str(p.schedule), p.name, schedules.mean_depth(p.schedule, loaded.chunk_length, layers), p.description)
            for p in schedules.presets(layers, exits, are_trained(loaded.exit_heads), loaded.decoder.frame_shape)
        ]
        if as_json:
            names = ("schedule", "name", "mean_depth", "description")
            listed = [dict(zip(names, row, strict=True)) for row in rows]
            print_json({"model": loaded.name, "layers": layers, "exit_layers": exits, "schedules": listed})
            return
        print_table(
            ("Schedule", "Name", f"Mean depth of {layers}", "What it does"),
            [(text, name, f"{depth:.1f}", description) for text, name, depth, description in rows],
        )
        print(f"Exit layers of {loaded.name}: {', '.join(map(str, exits)) or 'none'}.")


app.command("eval")(evaluation.evaluate)


def _ask_one(
    dialogue: Dialogue,
    model: SpokenLM,
    question: Question,
    out: Path | None,
    tracer: Trace | None,
    timeline: TextIO | None,
    as_json: bool,
) -> None:
    """One question, live in the terminal or as one JSON object."""
    from engine import audio_files, headless
    from engine.cli import chrome_trace, terminal
    from engine.cli.batch import INSIST

    console = Console()
    view = None if as_json else terminal.TurnView(model.decoder.config.layers, console)
    watchers = [part.watch for part in (view, tracer) if part]

    def watch(record: TurnRecord) -> None:
        for watcher in watchers:
            watcher(record)

    with Live(view, console=console, refresh_per_second=8) if view and console.is_terminal else nullcontext():
        try:
            answer = headless.ask(dialogue, question, watch)
        except headless.NothingSaid as error:
            raise headless.NothingSaid(f"{error} {INSIST}") from error
        if view:
            view.whole = True
    if view and not console.is_terminal:
        console.print(view)
    if out:
        audio_files.write(out, answer.samples, answer.stats.sample_rate)
    if timeline:
        chrome_trace.write(timeline, answer.record)
    if as_json:
        print_json(answer.as_json(model.name, out))
    else:
        for note in (*answer.stats.limits, *(note.text for note in answer.stats.notes)):
            console.print(note, style="yellow", markup=False, highlight=False)
        print(terminal.summary(answer.stats) + (f" · {out}" if out else ""))
    if answer.interrupted:
        raise KeyboardInterrupt


def _print_answers(answers: Iterable[dict[str, Any]], count: int) -> None:
    """Ends the program with 1 if a line failed, after all lines."""
    failed, interrupted = 0, False
    for answer in answers:
        print_json(answer)
        if "error" in answer:
            failed += 1
            complain(f"Line {answer['line']}: {answer['error']}")
        interrupted = answer.get("interrupted", False)
    if failed:
        complain(f"{failed} of {count} {'question' if count == 1 else 'questions'} could not be answered.")
    if interrupted:
        raise KeyboardInterrupt
    if failed:
        raise typer.Exit(1)


def _write_ggufs(model: SpokenLM, folder: Path) -> None:
    """Prints the paths."""
    from engine.benchmarks import decode, gguf

    folder.mkdir(parents=True, exist_ok=True)
    tensors = decode.weights_of(model)
    for form in gguf.FORMS:
        path = folder / f"{model.name}-{form}.gguf"
        gguf.write(path, model.name, model.decoder.config, tensors, form)
        print(path)


def _load_libraries() -> None:
    """Imports torch, which takes seconds, under a status line."""
    with status("Starting…"):
        import engine.dialogue  # noqa: F401


def _load(name: str, threads: int | None = None) -> SpokenLM:
    from engine.models import load
    from engine.threads import use

    with status(f"Loading {escape(name)}…"):
        model = load(name)
    use(model.decoder.config, threads)
    return model


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
