"""What was said is written and read again: sound files, and a session as the window keeps it."""

from __future__ import annotations

from collections.abc import Sized
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from app.self_test.answers import FULL, MODEL
from app.self_test.check import Bench, Check, SelfTestFailed
from engine.audio_files import Recording

A_STEP = 1.01 / 32768
"""The most a sample changes in a file of 16 bits without loss, full scale being 1."""


def sounds(bench: Bench) -> str:
    import numpy as np

    from engine import audio_files

    answer = bench.reply(FULL)
    samples, rate, written = np.clip(answer.samples, -1, 1), answer.stats.sample_rate, []
    for ending in audio_files.FORMATS:
        path = bench.folder / f"Größe und Maß{ending}"
        audio_files.write(path, samples, rate)
        back, found = audio_files.read(path)
        kind, is_exact = ending[1:].upper(), ending != ".ogg"
        if found != rate or back.shape != samples.shape:
            raise SelfTestFailed(f"A {kind} file has {back.size} samples at {found} Hz instead of {samples.size} at {rate} Hz.")
        if is_exact and np.abs(back - samples).max(initial=0) > A_STEP:
            raise SelfTestFailed(f"A {kind} file does not hold the sound that was written into it.")
        written.append(f"{kind} {path.stat().st_size / 1000:.0f} kB")
    return f"{answer.stats.audio_seconds:.1f} s as {', '.join(written)}, the same when read again."


def session(bench: Bench) -> str:
    from app.storage.library import Library

    reply = bench.reply(FULL)
    folder = bench.folder / "library"
    question = bench.asked().sound()
    assert question is not None  # it is a spoken one
    name = _keep(bench, folder, question)
    with closing(Library(folder)) as library:
        library.open()
        listed = library.sessions("refrain")
        turns = library.turns(name)
        if [one.id for one in listed] != [name] or len(turns) != 1:
            raise SelfTestFailed("A session that was kept is not found again.")
        turn = turns[0]
        stats = reply.stats
        if (turn.state, turn.text, turn.heard) != ("finished", stats.text, stats.heard) or turn.problem:
            raise SelfTestFailed(f"A kept turn reads “{turn.heard}”, “{turn.text}” ({turn.state}). {turn.problem}")
        if tuple(token.id for token in turn.tokens) != reply.record.ids:
            raise SelfTestFailed("The tokens of a kept turn are not those of its reply.")
        kept = [_seconds(*(sound or ((), 1))) for sound in (turn.question_audio(), turn.reply_audio())]
        wanted = [_seconds(*question.sound), _seconds(reply.samples, stats.sample_rate)]
        if any(abs(found - length) > 0.01 for found, length in zip(kept, wanted)):
            asked, said = wanted
            raise SelfTestFailed(f"Of {asked:.2f} and {said:.2f} s of sound {kept[0]:.2f} and {kept[1]:.2f} s were kept.")
    return f"Words, {len(turn.tokens)} tokens and {sum(kept):.1f} s of sound are those that were kept."


CHECKS = (Check("Sound files", sounds), Check("Session", session))


def _seconds(samples: Sized, rate: int) -> float:
    return len(samples) / rate


def _keep(bench: Bench, folder: Path, question: Recording) -> str:
    """Writes the turn down as the engine's thread does; the session's name."""
    from app.engine_client.models import facts_of
    from app.storage.journal import Journal
    from app.storage.library import Library

    with closing(Library(folder)) as library:
        library.open()
        journal = Journal(library)
        facts = replace(facts_of(bench.loaded()), name=MODEL)
        journal.begin(1, schedule=FULL, pooling="none", spoken=True, text="", seed=0, model=facts)
        journal.question(1, question.samples, question.rate)
        journal.reply(1, bench.reply(FULL).record)
        journal.end(1)
        journal.wait()
        name = journal.session
        journal.close()
        if journal.problem:
            raise SelfTestFailed(journal.problem)
    return name
