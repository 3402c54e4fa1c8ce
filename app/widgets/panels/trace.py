"""What can be told of a turn's tokens. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from engine.events import Token
from engine.turn_record import TurnRecord


def describe(record: TurnRecord, index: int) -> str:
    """One line about a token: what it is, its kind, its depth, why, and what it took."""
    token = record.tokens[index]
    word = record.words.get(index, "").strip()
    what = "codes " + " ".join(map(str, token.codes)) if token.codes else f"id {token.id}"
    name = f"“{word}”" if word else what
    parts = [
        f"Token {token.index}: {name}",
        token.kind,
        f"{token.depth} of {record.layers} layers",
        _why(record, index),
        f"{token.milliseconds:.1f} ms",
    ]
    if rejected := sum(count for place, count in record.rejected if place == index):
        parts.append(f"after {rejected} rejected draft{'s' * (rejected > 1)}")
    return " · ".join(parts)


_FOR_GOOD = {"propagate": "its state propagated to the layers above", "hole": "a hole in the layers above"}


def _why(record: TurnRecord, index: int) -> str:
    token, schedule = record.tokens[index], record.plan
    threshold = f"{schedule.threshold:g} nats" if schedule.threshold else ""
    unsure = f"entropy {token.entropy:.2f}" if token.entropy is not None else ""
    if token.depth < record.layers:
        sure = f" ({unsure}, below {threshold})" if unsure and threshold else ""
        later = "caught up later" if record.caught_up[index] else "pending"
        return f"exit at layer {token.depth}{sure}, {_FOR_GOOD.get(schedule.kv, later)}"
    caught_up = f", caught up {token.caught_up}" if token.caught_up else ""
    if unsure and threshold:
        return f"not sure enough at layer {schedule.layer} ({unsure}, not below {threshold}){caught_up}"
    if token.refresh:
        return f"refresh{caught_up}"
    is_always = token.kind != "speech" and not (schedule.text and token.kind == "text")
    return (f"{token.kind}: always full depth" if is_always else "full depth") + caught_up


def seconds_at(tokens: Sequence[Token], index: int, speech_rate: float) -> float:
    """Where in the reply's sound the token at `index` is heard: a speech token at its place, any other before the next."""
    return sum(token.kind == "speech" for token in tokens[:index]) / speech_rate


def token_at(tokens: Sequence[Token], seconds: float, speech_rate: float) -> int | None:
    """The index of the speech token that is heard at `seconds`, None after the last one."""
    wanted = int(seconds * speech_rate + 1e-6)
    for token in tokens:
        if token.kind == "speech":
            if wanted == 0:
                return token.index
            wanted -= 1
    return None
