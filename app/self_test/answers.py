"""The model that ships answers a spoken question that ships, and hears its own reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.self_test.check import Bench, Check, Remark, SelfTestFailed

if TYPE_CHECKING:  # they bring torch along
    from engine.dialogue import Dialogue
    from engine.headless import Answer

MODEL = "wren"
QUESTION = "spoken-0002"
"""Of the spoken test set: its words are heard, and its answer understood, without a mistake."""
FULL, EXIT = "full", 8
MISHEARD = 1 / 3
"""Share of words that may be wrong in what the model hears of its own voice; it was taught questions, not replies."""


def load(bench: Bench) -> str:
    from engine.models import load
    from engine.threads import use

    model = load(MODEL)
    use(model.decoder.config, None)
    bench.model = model
    return f"{model.name}, {model.decoder.config.layers} layers, exits at {', '.join(map(str, sorted(model.exit_heads)))}."


def full(bench: Bench) -> str:
    from engine.evaluation import scoring, sets

    model = bench.loaded()
    item = next((one for one in sets.read(sets.folder_of(MODEL), "spoken") if one.id == QUESTION), None)
    if item is None:
        raise SelfTestFailed("The bundled question is missing. Install Refrain again.")
    bench.question = item.question
    answer = _ask(bench, FULL)
    wrong, count = scoring.word_errors(answer.stats.heard, item.text)
    if wrong:
        raise SelfTestFailed(f"Of “{item.text}” {model.name} heard “{answer.stats.heard}”: {wrong} of {count} words are wrong.")
    if not scoring.same(answer.stats.text, item.answer):
        raise SelfTestFailed(f"To “{item.text}” {model.name} said “{answer.stats.text}” instead of “{item.answer}”")
    return f"“{item.text}” was heard, “{answer.stats.text}” was said. {_pace(bench, FULL)}"


def spark(bench: Bench) -> str:
    from engine.models.checkpoints.exit_heads import heads_file

    whole, model = bench.reply(FULL).stats, bench.loaded()
    schedule = f"spark:k=4,first@{_exit(bench)}"
    stats = _ask(bench, schedule).stats
    depth, deepest = stats.depth["mean_speech"], model.decoder.config.layers
    if not 0 < depth < 0.9 * deepest:
        raise SelfTestFailed(f"No speech token has left early: mean depth is {depth:.1f} of {deepest} layers.")
    if stats.text != whole.text:
        own = heads_file(model.folder, model.decoder)
        if own is not None and not own.is_relative_to(model.folder):
            return Remark(f"With the exit heads in {own} the reply is “{stats.text}” instead of “{whole.text}”")
        raise SelfTestFailed(f"With early exits the reply is “{stats.text}” instead of “{whole.text}”")
    return f"{schedule}: the same words, speech tokens {depth:.1f} of {deepest} layers deep. {_pace(bench, schedule)}"


def review(bench: Bench) -> str:
    whole = bench.reply(FULL).record.ids
    schedule = f"spark:k=4,first@{_exit(bench)}+review"
    reply = _ask(bench, schedule)
    ids, stats = reply.record.ids, reply.stats
    if ids != whole:
        place = next((n for n, (a, b) in enumerate(zip(ids, whole)) if a != b), min(len(ids), len(whole)))
        raise SelfTestFailed(f"With review the reply differs from that of full depth at token {place + 1} of {len(whole)}.")
    if not stats.accepted:
        raise SelfTestFailed("No draft was accepted, so review did nothing.")
    accepted = f"{stats.accepted} of {stats.accepted + stats.rejected} drafts accepted"
    return f"{schedule}: the same {len(whole)} tokens as at full depth, {accepted}. {_pace(bench, schedule)}"


def hear_reply(bench: Bench) -> str:
    import numpy as np

    from engine import audio_files, headless
    from engine.evaluation import scoring

    answer, path = bench.reply(FULL), bench.folder / "reply.wav"
    if not np.isfinite(answer.samples).all() or np.abs(answer.samples).max(initial=0) < 0.01:
        raise SelfTestFailed("The reply is silent.")
    audio_files.write(path, answer.samples, answer.stats.sample_rate)
    heard = headless.ask(_dialogue(bench, FULL), headless.Question(audio=path)).stats.heard
    wrong, count = scoring.word_errors(heard, answer.stats.text)
    if wrong > MISHEARD * count:
        raise SelfTestFailed(f"The reply “{answer.stats.text}” sounds like “{heard}”: {wrong} of {count} words are wrong.")
    return f"{answer.stats.audio_seconds:.1f} s of speech, understood as “{heard}” ({wrong} of {count} words wrong)."


CHECKS = (
    Check("Model", load),
    Check("Full depth", full),
    Check("SPAR-K", spark),
    Check("Review", review),
    Check("Spoken reply", hear_reply),
)


def _dialogue(bench: Bench, schedule: str) -> Dialogue:
    from engine import schedules
    from engine.dialogue import Dialogue
    from engine.lm.sampling import Sampling

    return Dialogue(bench.loaded(), schedules.parse(schedule), Sampling())


def _ask(bench: Bench, schedule: str) -> Answer:
    """Asks the bundled question, each time in a conversation of its own."""
    from engine import headless

    bench.replies[schedule] = headless.ask(_dialogue(bench, schedule), bench.asked())
    return bench.replies[schedule]


def _exit(bench: Bench) -> int:
    """The layer to exit at: that of the presets, or of a user's own heads the one next to it."""
    exits = bench.loaded().exit_heads
    if not exits:
        raise SelfTestFailed("The model has no exit heads. Install Refrain again.")
    return min(exits, key=lambda layer: abs(layer - EXIT))


def _pace(bench: Bench, schedule: str) -> str:
    stats = bench.reply(schedule).stats
    first = stats.seconds.get("first_audio")
    begins = f", sound after {first * 1000:.0f} ms" if first is not None else ""
    return f"{stats.tokens_per_second:.0f} tokens/s{begins}."
