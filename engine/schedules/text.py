"""The text form of a schedule: one reader; the writer is `str`."""

from __future__ import annotations

import re
from typing import Any

from engine.quoting import quoted
from engine.schedules.forms import PERIOD_OF, Entropy, Fixed, Full, Schedule, ScheduleError, Spark, Tolerance

FORMS = "full, fixed:9, spark:even@9, spark:odd@9, spark:triple@9, spark:k=4,first@9, spark:k=4,last@9 or entropy:9<0.5"
OPTIONS = "+text, +propagate, +hole, +review, +review(top-p=0.9), +review(top-n=5), +slice, +codes=4 and +code-layers=3"

_COUNT = r"[0-9]{1,9}"
_NUMBER = r"[0-9.]{1,30}(?:e-?[0-9]{1,4})?"
_COMMA = re.compile(r"(?<=[<=])([0-9]{1,9}),([0-9]{1,9}\)?)$")
"""A decimal mark as many languages write it, where nothing else can be meant."""
_SPARK = re.compile(rf"spark:(?:(even|odd|triple)|k=({_COUNT}),(first|last))@({_COUNT})")
_FRAMES = re.compile(rf"(codes|code-layers)=({_COUNT})")
_REVIEW = re.compile(rf"review\((?:top-p=(-?{_NUMBER})|top-n=(-?{_COUNT}))\)")


def parse(text: str) -> Schedule:
    """Reads a schedule's text form; `str` of the result is its shortest form. Raises `ScheduleError`."""
    form, *options = (_COMMA.sub(r"\1.\2", part.strip()) for part in text.strip().lower().split("+"))
    given = _options(options)
    fixed = re.fullmatch(rf"fixed:({_COUNT})", form)
    if form == "full" or fixed:
        if given.pop("review", False):
            raise ScheduleError(f"{form}+review has no refresh that could review: use a spark: schedule for review.")
        return Fixed(int(fixed[1]), **given) if fixed else Full(**given)
    if entropy := re.fullmatch(rf"entropy:({_COUNT})<(-?{_NUMBER})", form):
        if given.pop("review", False):
            raise ScheduleError(f"{form}+review has no groups that could be reviewed: use a spark: schedule for review.")
        return Entropy(int(entropy[1]), _number(entropy[2]), **given)
    if spark := _SPARK.fullmatch(form):
        name, count, place, layer = spark.groups()
        period, refresh = PERIOD_OF[name] if name else (int(count), "first" if place == "first" else "last")
        return Spark(period, refresh, int(layer), **given)
    raise ScheduleError(f"{quoted(text)} is not a schedule: write {FORMS}; after it may follow {OPTIONS}.")


def _options(options: list[str]) -> dict[str, Any]:
    """Options without their plus -> a schedule's keywords."""
    given: dict[str, Any] = {}
    found: dict[str, Any]
    for option in options:
        if option in ("text", "slice", "review"):
            found = {option: True}
        elif option in ("propagate", "hole"):
            found = {"kv": option}
        elif frames := _FRAMES.fullmatch(option):
            found = {frames[1].replace("-", "_"): int(frames[2])}
        elif review := _REVIEW.fullmatch(option):
            top_p, top_n = review.groups()
            tolerance = Tolerance(top_p=_number(top_p)) if top_p else Tolerance(top_n=int(top_n))
            found = {"review": True, "tolerance": tolerance}
        else:
            raise ScheduleError(f"A schedule has no option {quoted(f'+{option}')}: there are {OPTIONS}.")
        if given.keys() & found.keys():
            raise ScheduleError(f"+{option} is given together with another one of its kind: choose one of them.")
        given |= found
    return given


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ScheduleError(f"{quoted(text)} is not a number: write one like 0.5.") from None
