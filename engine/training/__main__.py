"""`python -m engine.training STEP`: from nothing to the weights in resources/wren.

The steps, in order; each goes on where it stopped:

  voices     speak the questions in many voices, the answers in Wren's own
  neural     speak some in voices that sound like people
  drills     speak what is short and sounds alike, in voices of both kinds
  apart      speak such questions word by word
  orders     write down what people say who order coffee
  ear        take over the encoder that was trained on people
  states     write down what the encoder makes of the questions
  listener   train the head that reads phones from that
  speaker    train the speech tokenizer and the way back to sound on the answers
  tokens     write down what the listener hears and which units the answers are
  lm         train the language model with early exit in mind
  adapt      where a trained language model is to hear with another listener: that alone
  teach      have it learn, at the next adapt, what is drilled and it does not say yet
  average    put that model between what it was before and after
  export     write resources/wren, its exit heads being its own head
  heads      write the exit heads there that `refrain heads train` has made for it
  paradigm   train the base further for one of three ways to decode text and speech, which --paradigm exports

On a machine without the training folder, `restore` begins it with the weights that ship (`voices` and `tokens` make the rest
again). `testsets`, `people` and `ceiling` make what the evaluation needs.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import typer

from engine.training import corpus, places

app = typer.Typer(help=__doc__, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
PROCESSES = typer.Option(2, help="Processes of one thread each.")


@app.command()
def voices(questions: int = 160_000, answers: int = 10_000, part: int = 0, parts: int = 1) -> None:
    """Speaks the corpus; several processes may share the work (`--part 0 --parts 2` and `--part 1 --parts 2`)."""
    from engine.training import texts
    from engine.training.train_speaker import VOICE

    folder = places.training_folder()
    corpus.make(folder / "answers", texts.spoken_answers(answers), answers, VOICE, part, parts, size=corpus.SLOW_SHARD)
    if part == 0:
        corpus.add(folder / "answers", texts.answers(), VOICE, corpus.SLOW_SHARD)  # what was added to the domain since
    corpus.make(folder / "questions", texts.utterances(seed=0), questions, "", part, parts)


@app.command()
def neural(questions: int = 3_000, part: int = 0, parts: int = 1) -> None:
    """Speaks more questions in voices that sound like people: about as long as the sound lasts, a hundred at a time."""
    from engine.training import texts
    from engine.training.voices import draw_neural_voice

    folder = places.training_folder() / places.NEURAL
    corpus.make(folder, texts.utterances(seed=77), questions, "", part, parts, draw_neural_voice, size=corpus.SLOW_SHARD)


@app.command()
def drills(clips: int = 6_000, part: int = 0, parts: int = 1) -> None:
    """Speaks sums, letters, days and words to repeat; every fourth takes as long as its sound lasts."""
    from engine.training import texts
    from engine.training.voices import draw_any_voice

    folder = places.training_folder() / places.DRILLS
    corpus.make(folder, texts.drills(seed=5), clips, "", part, parts, draw_any_voice, size=corpus.SLOW_SHARD)


@app.command()
def apart(
    recordings: Path = typer.Argument(help="Where the recordings are that richard.py names."),
    clips: int = 4_000, part: int = 0, parts: int = 1,
) -> None:  # fmt: skip
    """Speaks such questions word by word; first the voices that sound like people speak each word once."""
    from engine.training import apart as step
    from engine.training import texts
    from engine.training.voices import draw_apart

    folder, words = places.training_folder(), texts.words_apart()
    step.record(folder / places.WORDS, recordings, words, part, parts)
    corpus.make(folder / places.APART, step.only(texts.drills_again(seed=6), words), clips, "", part, parts, draw_apart)


@app.command()
def orders(recordings: Path = typer.Argument(help="Where the recordings are that orders.py names.")) -> None:
    """Writes down what people say in recordings that others made; `pip install moonshine-voice==0.0.73` hears it."""
    from engine.training import orders as step
    from engine.training.voices import Flite

    step.make(places.training_folder() / places.ORDERS, recordings, step.recogniser(), Flite().phones)


@app.command()
def ear(wheel: Path = typer.Argument(help="The wheel that `pip download --no-deps moonshine-voice==0.0.73` fetches.")) -> None:
    """Takes over Moonshine tiny's encoder, which stays as it is."""
    from engine.training import moonshine, tokens

    moonshine.write(wheel, places.training_folder() / tokens.ENCODER)


@app.command()
def states(part: int = 0, parts: int = 1) -> None:
    """Writes down what the encoder makes of the questions; those that have been made meanwhile are added."""
    from engine.models.wren.listener_config import ListenerConfig
    from engine.training import states as step
    from engine.training import tokens
    from engine.training.over_reply import Replies

    folder = places.training_folder()
    encoder, replies = tokens.load_encoder(folder), Replies()
    for clips, heard in places.corpora(folder):
        step.make(clips, encoder, ListenerConfig(()), heard, part, parts, replies.draw)


@app.command()
def listener(steps: int = 3_000, processes: int = PROCESSES) -> None:
    """Trains the head that reads phones from the encoder's states."""
    from engine.models.wren.listener_config import ListenerConfig
    from engine.training import train_listener

    folder = places.training_folder()
    phones = train_listener.phone_set(corpus.shards(folder / "questions"))
    train_listener.train(places.corpora(folder), folder / "listener.pt", ListenerConfig(phones), steps, processes)


@app.command()
def speaker(steps: int = 4_000, processes: int = PROCESSES) -> None:
    """Trains the speech tokenizer."""
    from engine.training import train_speaker

    folder = places.training_folder()
    train_speaker.analyse(folder / "answers", folder / "features", train_speaker.CONFIG.layout)
    train_speaker.train(folder / "features", folder / "speaker.pt", steps, processes)


@app.command()
def tokens() -> None:
    """Writes down what the listener hears and which units the answers are."""
    from engine.training import tokens as step

    folder = places.training_folder()
    network, tokenizer = step.load_networks(folder)
    step.make_tokenizer(folder / "tokenizer.json", tokenizer.config.units)
    units = step.units_of_answers(folder / "answers", folder / "features", tokenizer)
    (folder / "units.json").write_text(json.dumps(units), encoding="utf-8")
    step.listen(places.corpora(folder), network.head, network.config, folder / "heard")


@app.command()
def lm(steps: int = 9_000, decay: int = 2_500, length: int = 480, processes: int = PROCESSES) -> None:
    """Trains the language model; new questions that have been made meanwhile join at a restart."""
    from engine.training import parallel, train_lm

    plan = train_lm.LMTrainingPlan(steps, decay, length, places.training_folder() / "lm.pt")
    parallel.launch(train_lm.worker, processes, plan, places.training_folder())


@app.command()
def adapt(steps: int = 1_650, length: int = 480, processes: int = PROCESSES) -> None:
    """Teaches the language model to hear with the listener of the training folder, `steps` more than it has at the first call."""
    from engine.training import adapt as step
    from engine.training import parallel, train_lm

    folder = places.training_folder()
    first, _ = step.own_replies(folder)
    parallel.launch(train_lm.worker, processes, step.AdaptationPlan(first + steps, 0, length, folder / "lm.pt", first), folder)


@app.command()
def teach(voice: str = typer.Argument(help="Whom the speaker was trained on, for example flite:rms.")) -> None:
    """Adds what is drilled, and the model does not say right yet, to what `adapt` teaches."""
    from engine.training import teach as step

    step.teach(places.training_folder(), voice)


@app.command()
def average() -> None:
    """Puts the model that `adapt` taught between what it was and what it is; the two may be taken again."""
    from engine.training import adapt as step

    step.average(places.training_folder())


@app.command()
def paradigm(
    name: str = typer.Argument(help="padded, early-stop or parallel."), steps: int = 500, processes: int = PROCESSES
) -> None:
    """Trains the base for one paradigm of decoding; all three see the same data."""
    from engine.training import parallel, train_paradigm

    folder = places.training_folder()
    parallel.launch(train_paradigm.worker, processes, train_paradigm.plan_of(name, steps, folder), folder)


@app.command()
def restore() -> None:
    """Fills an empty training folder from the weights that ship, to go on from them."""
    from engine.resources import resources_folder
    from engine.training.restore import restore as fill

    fill(resources_folder() / "wren", places.training_folder())


@app.command()
def export(
    target: Path = typer.Option(None, help="Where to; a folder in resources when not given."),
    paradigm: str = typer.Option("", help="padded, early-stop or parallel: writes that adapter of Wren instead."),
) -> None:
    """Writes the weights that ship."""
    from engine.resources import resources_folder
    from engine.training import export as step

    name = f"wren-{paradigm}" if paradigm else "wren"
    write = partial(step.export_adapter, paradigm=paradigm) if paradigm else step.export
    write(places.training_folder(), target or resources_folder() / name)


@app.command()
def heads(
    made: Path = typer.Argument(help="heads.safetensors, as `refrain heads train --out` writes it."),
    target: Path = typer.Option(None, help="Where to; resources/wren when not given."),
) -> None:
    """Writes trained exit heads in the form that ships."""
    from engine.resources import resources_folder
    from engine.training import export as step

    step.export_heads(made, target or resources_folder() / "wren")


@app.command()
def testsets(
    names: list[str] = typer.Argument(None, help="typed, spoken, cousins, neural, unknown or answers; all where none is named."),
    target: Path = typer.Option(None, help="Where to; resources/evaluation/wren when not given."),
) -> None:
    """Writes the test questions that ship, typed and spoken by synthetic voices, none of which is ever trained on."""
    from engine.resources import resources_folder
    from engine.training import testsets as sets

    sets.write(target or resources_folder() / "evaluation" / "wren", names or ())


@app.command()
def people(
    recordings: Path = typer.Argument(help="Where the recordings are unpacked; what belongs there is said in recordings.py."),
    target: Path = typer.Option(None, help="Where to; resources/evaluation/wren when not given."),
) -> None:
    """Writes the test set of recorded people."""
    from engine.resources import resources_folder
    from engine.training import people as step

    step.write(target or resources_folder() / "evaluation" / "wren", recordings)


@app.command()
def ceiling(count: int = typer.Option(200, help="How many answers to speak.")) -> None:
    """Records answers in the voice that Wren learns; judging them shows the best that its own speech could reach."""
    from engine.training import ceiling as step

    recordings = step.record(places.training_folder() / "ceiling", count)
    print(f"Now run: python -m engine.evaluation.ceiling {recordings}")


if __name__ == "__main__":
    app()
