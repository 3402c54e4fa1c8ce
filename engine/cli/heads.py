"""`refrain heads ...`: exit heads for a model, trained on its own replies, and which of them is worth using."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine import interrupt
from engine.cli.options import JsonOption, ThreadsOption, VerboseOption
from engine.cli.output import complain, in_sentences, numbers, print_json, progress_bars, status

if TYPE_CHECKING:
    from engine.models.spoken_lm import SpokenLM

app = typer.Typer(help="The heads by which tokens exit early.", no_args_is_help=True)

ModelOption = Annotated[str, typer.Option(help="A model's name (see: models list) or folder.")]
PromptsOption = Annotated[
    str, typer.Option(help="Questions: bundled, a JSONL file or its folder (see: eval --help), or a text file.")
]


@app.command("train")
def train(
    layers: Annotated[str, typer.Option(help="Exit layers, such as 8,9 or 4-11.")],
    model: ModelOption = "wren",
    prompts: PromptsOption = "bundled",
    replies: Annotated[int, typer.Option(min=1, help="Replies to learn from; a fifth of them only for the report.")] = 480,
    epochs: Annotated[int, typer.Option(min=1, help="Rounds over them; the best one counts.")] = 4,
    temperature: Annotated[float | None, typer.Option(min=0, help="Of the replies; 0: greedy. By default as released.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for heads.safetensors; by default where loading the model finds it.")
    ] = None,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Trains exit heads on what the whole model says; a stopped training goes on where it stopped.

    The model replies at full depth and stays as it is; each head learns its distribution over speech tokens. Printed is how often
    each head chooses the same as full depth, on replies it did not learn from, beside the model's own head at that layer
    (logit lens). Where a model is sure of nearly all it says, replies at a temperature of 1 teach more: they show the head more
    places where the choice is close. Wren, 480 replies, 9 layers: about five minutes on one CPU core. The heads are written
    beside the model, or into the user's data where it ships with the program or cannot be written, and are used from then on.
    """
    with in_sentences(verbose):
        wanted = numbers(layers, "--layers")
        loaded = _load(model, threads)
        from dataclasses import asdict

        from engine.heads import questions, train
        from engine.lm.sampling import Sampling
        from engine.models.checkpoints.exit_heads import FILE

        asked = questions.questions(prompts, loaded.name, replies)
        for note in asked.notes:
            complain(f"{note} Those questions are left out.")
        sampling = loaded.sampling if temperature is None else Sampling(temperature)
        if not sampling.temperature and replies > len(asked.items):
            complain(f"There are {len(asked.items)} questions, and greedy replies do not vary: so many are recorded.")
            replies = len(asked.items)
        target = out.expanduser() if out else train.target_folder(loaded)
        with interrupt.raised(), progress_bars() as progress:
            found = train.train(loaded, train.HeadTrainingPlan(tuple(wanted), asked, replies, epochs, sampling), target, progress)
        if as_json:
            print_json({"file": str(target / FILE), "agreement": [asdict(one) for one in found]})
        else:
            print(f"{train.table(found)}\n\n{target / FILE}")


@app.command("measure")
def measure(
    model: ModelOption = "wren",
    prompts: PromptsOption = "bundled",
    layers: Annotated[str, typer.Option(help="Exit layers, such as 8,9 or 4-11; by default all with a trained head.")] = "",
    count: Annotated[int, typer.Option("--questions", min=1, help="How many questions at most.")] = 240,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Says how often the model's exit heads choose the same as full depth, beside the logit lens. Nothing is trained.

    The test sets are prompts too, such as typed,spoken,cousins: no head has learnt from them. Wren: half a second for a
    question.
    """
    with in_sentences(verbose):
        wanted = numbers(layers, "--layers") if layers else []
        loaded = _load(model, threads)
        from dataclasses import asdict

        from engine.heads import measuring, questions

        asked = questions.questions(prompts, loaded.name, count)
        for note in asked.notes:
            complain(f"{note} Those questions are left out.")
        with interrupt.raised(), progress_bars() as progress:
            found = measuring.measure(loaded, asked, wanted, progress)
        if as_json:
            print_json({"questions": len(asked.items), "agreement": [asdict(one) for one in found]})
        else:
            print(measuring.table(found))


@app.command("choose")
def choose(
    model: ModelOption = "wren",
    loss: Annotated[float, typer.Option(min=0, help="Points (percent) of quality that may be lost.")] = 1.0,
    layers: Annotated[str, typer.Option(help="Exit layers to try, such as 4-8; by default a few of them all.")] = "",
    prompts: PromptsOption = "bundled",
    count: Annotated[int, typer.Option("--questions", min=1, help="How many questions, none of which heads learn from.")] = 40,
    judge: Annotated[str, typer.Option(help="Who listens: pocketsphinx, whisper:FOLDER or none.")] = "pocketsphinx",
    out: Annotated[Path | None, typer.Option(help="A folder for the replies; by default in the user's cache.")] = None,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Proposes the exit layer and schedule for a wanted quality loss.

    Replies under schedules of periods 2, 4 and 8, and drafts that full depth reviews, are compared with full depth's. What is
    lost is the largest of the rise in the word error rate and the fall in right answers, in points; without a judge the
    share of tokens that full depth would not have chosen. Few questions give rough figures. Wren, 40 questions: ten minutes.
    """
    with in_sentences(verbose):
        wanted = numbers(layers, "--layers") if layers else []
        loaded = _load(model, threads)
        from engine.evaluation import judges
        from engine.evaluation.evaluate import Times
        from engine.heads import choosing, questions
        from engine.heads.recording import HELD_OUT_EVERY

        judges.check(judge)
        asked = choosing.held_out(questions.questions(prompts, loaded.name, count * HELD_OUT_EVERY), count)
        tried = choosing.candidates(loaded.decoder.config.layers, sorted(loaded.exit_heads), wanted)
        times = Times()
        with interrupt.raised(), progress_bars() as progress:
            found = choosing.compare(loaded, tried, asked, out or _kept(loaded), judge, progress, times)
        chosen = choosing.best(found, loss)
        complain(f"Took: {times}.")
        if as_json:
            listed = [{**vars(one), "schedule": str(one.schedule)} for one in found]
            print_json({"schedule": str(chosen.schedule), "loss": loss, "tried": listed})
        else:
            by = "measured in speech and answers" if chosen.judged else "the share of tokens that change"
            what = f"loses {chosen.loss:.2f} of {loss:g} points ({by}), {chosen.predicted:.2f} times the speed predicted"
            print(f"{choosing.table(found)}\n\n{what}:\n{chosen.schedule}")


def _kept(model: SpokenLM) -> Path:
    from platformdirs import user_cache_path

    from engine.models.checkpoints.exit_heads import own_folder

    return user_cache_path("refrain", appauthor=False) / "heads" / f"choose-{own_folder(model.folder).name}"


def _load(name: str, threads: int | None) -> SpokenLM:
    with status("Loading…"):
        from engine.models import load
        from engine.threads import use

        model = load(name)
    use(model.decoder.config, threads)
    return model
