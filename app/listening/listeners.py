"""What each listener of a panel answered, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from app.listening.mushra_summary import MushraSummary, interval_text
from app.listening.ranking_summary import RankingSummary
from app.listening.results import StoredTest
from app.listening.statistics import Rating, p_text, percent
from app.listening.summary import Result, summarise


def by_listener(tests: Sequence[StoredTest]) -> list[tuple[str, str]]:
    """(code, result) of all, in the order of their codes."""
    ordered = sorted(tests, key=lambda test: test.listener)
    return [(f"Listener {test.listener}", _line(summarise(test))) for test in ordered]


def _line(found: Result) -> str:
    said = _result(found)
    return said if found.attention.passed else f"{said}; did not pass the {_check(found)}"


def _result(found: Result) -> str:
    match found:
        case RankingSummary():
            return " > ".join(found.conditions[one] for one in found.result.order) + f" ({found.trials} choices)"
        case MushraSummary():
            return "; ".join(f"{name} {interval_text(found.result[name])}" for name in found.conditions)
    if isinstance(found.result, Rating):
        mean = "no rating" if found.result.mean is None else f"{found.result.mean:+.2f}"
        return f"{found.conditions[1]} {mean} ({p_text(found.result.p)})"
    share = "" if found.result.share is None else f" = {percent(found.result.share)}"
    what = "X named" if found.method == "abx" else f"{found.conditions[1]} preferred"
    return f"{what} in {found.result.k} of {found.result.n}{share} ({p_text(found.result.p)})"


def _check(found: Result) -> str:
    return "post-screening" if isinstance(found, MushraSummary) else "attention check"
