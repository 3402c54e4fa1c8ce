"""What a turn's end costs the thread that decodes, and the list of sessions, as the session grows.

Turns of noise are kept in a new library, as the engine's thread does it: a question, a reply that grows, its end. At the end the
disk is waited for, which another program may hold up: medians of neighbouring turns are given.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer

from app.engine_client.commands import ModelFacts
from app.storage.journal import LOOK, Journal
from app.storage.library import Library
from engine.events import Audio, Listened, Text, Token, TurnFinished
from engine.turn_record import TurnRecord

QUESTION_RATE, REPLY_RATE = 48_000, 24_000  # Hz
PIECES, PIECE_SECONDS = 60, 0.08  # of a reply, with two tokens each
AROUND = 5  # turns whose median is given
MODEL = ModelFacts("noise", "", 12, (4, 8), 16, 25.0, 4096)


def main(
    turns: Annotated[list[int], typer.Option(help="After how many turns to look (again for more).")] = [5, 50, 100, 200, 400],  # noqa: B006
    folder: Annotated[Path | None, typer.Option(help="Where the library is made, to measure that disk.")] = None,
) -> None:
    """Prints one JSON object (milliseconds) for each number of turns."""
    seen: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="refrain-turns-", dir=folder) as place:
        library = Library(Path(place) / "library")
        library.open()
        journal = Journal(library)
        while len(seen) < max(turns):
            seen.append(_turn(journal, library, len(seen) + 1))
            if len(seen) in turns:
                near = seen[-AROUND:]
                figures = {name: round(median(each[name] for each in near), 2) for name in near[0]}
                print(json.dumps({"turns": len(seen), **figures}), flush=True)
        journal.close()
        library.close()


def _turn(journal: Journal, library: Library, number: int) -> dict[str, float]:
    """Milliseconds: work in all calls before the end (`told_cpu`), that call (`end`) and the work in it (`end_cpu`), until the
    turn is on disk (`on_disk`), the list of sessions (`listed`)."""
    noise, record = np.random.default_rng(number), TurnRecord()
    sound = (0.1 * noise.standard_normal(3 * QUESTION_RATE)).astype(np.float32)
    worked = time.thread_time()
    journal.begin(number, schedule="full", pooling="none", spoken=True, text="", seed=0, model=MODEL)
    journal.question(number, sound, QUESTION_RATE)
    journal.reply(number, record)
    told = time.thread_time() - worked
    _reply(record, noise)
    time.sleep(3 * LOOK)  # the end comes upon a reply that was written while it grew
    began, worked = time.perf_counter(), time.thread_time()
    journal.end(number)
    end, cpu = time.perf_counter() - began, time.thread_time() - worked
    journal.wait()
    on_disk = time.perf_counter() - began
    began = time.perf_counter()
    library.sessions()
    listed = time.perf_counter() - began
    if journal.problem:
        raise typer.BadParameter(journal.problem)
    seconds = {"told_cpu": told, "end": end, "end_cpu": cpu, "on_disk": on_disk, "listed": listed}
    return {name: 1000 * value for name, value in seconds.items()}


def _reply(record: TurnRecord, noise: np.random.Generator) -> None:
    record.begin("full", 0, MODEL.layers, REPLY_RATE, "none", {})
    record.apply(Listened(3.0, 38, 0.05))
    record.apply(Text("heard", "what is the capital of the country to the north of it"))
    for piece in range(PIECES):
        at = 0.1 + PIECE_SECONDS * piece
        for index in (2 * piece, 2 * piece + 1):
            record.apply(Token(index, index, "speech", MODEL.layers, False, 0, 8.0, at))
        record.apply(Text("text", "word "))
        samples = (0.1 * noise.standard_normal(round(PIECE_SECONDS * REPLY_RATE))).astype(np.float32)
        record.apply(Audio(samples, REPLY_RATE, 2 * piece + 2, at))
    record.apply(TurnFinished(record.figures()))
