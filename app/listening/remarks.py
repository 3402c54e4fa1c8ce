"""What has to be said beside any result: whether the listener paid attention, and for what the result does not speak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.listening.log_file import LogEntry
from app.listening.plan import differ
from app.listening.results import StoredTest
from app.listening.statistics import percent

DEPENDENT = "Answers of one listener are more alike than those of several: the pooled interval is narrower than it should be."
SLACK = 1  # on the CCR scale: how far from "about the same" an identical pair may be rated


@dataclass(frozen=True)
class AttentionCheck:
    """How the attention items were answered: `broken` trials, how many of them right, and the same for identical pairs
    (None: ABX has no wrong answer there)."""

    broken: int
    broken_right: int
    identical: int
    identical_right: int | None

    @property
    def passed(self) -> bool:
        return self.broken_right == self.broken

    @property
    def sentence(self) -> str:
        if not self.broken:
            return "Attention was not checked: no degraded copy was played."
        broken = f"The degraded copy was recognised in {self.broken_right} of {counted(self.broken, 'trial')}"
        if self.identical_right is None:
            same = f"{counted(self.identical, 'identical pair')} had no wrong answer"
        else:
            same = f"no difference was heard in {self.identical_right} of {counted(self.identical, 'identical pair')}"
        verdict = "" if self.passed else " The attention check failed: read the result with care."
        return f"{broken}; {same}.{verdict}"


def is_right(record: LogEntry) -> bool | None:
    """Whether an answer is right; None where there is no right or wrong."""
    value = record["value"]
    if record["role"] == "broken" and record["X"] is None:
        return value < 0 if record["B"] == "degraded copy" else value > 0
    if record["role"] == "identical":
        return abs(value) <= (SLACK if record.get("method") == "ccr" else 0) if record["X"] is None else None
    return None if record["X"] is None else value == (-1 if record["X"] == "A" else 1)


def attention(records: Sequence[LogEntry]) -> AttentionCheck:
    broken = [is_right(record) for record in records if record["role"] == "broken"]
    identical = [is_right(record) for record in records if record["role"] == "identical"]
    judged = None if None in identical else sum(map(bool, identical))
    return AttentionCheck(len(broken), sum(map(bool, broken)), len(identical), judged)


def records_of(tests: Sequence[StoredTest]) -> list[LogEntry]:
    """All answers to the same test, in order, each with the method and the listener's code."""
    return [
        {**test.answers[number], "method": test.plan.method, "listener": test.listener}
        for test in tests
        for number in sorted(test.answers)
    ]


def caveats(tests: Sequence[StoredTest], records: Sequence[LogEntry], asked: Sequence[LogEntry]) -> Iterator[str]:
    test, items = tests[0], len({record["item"] for record in asked})
    many = "One listener" if len(tests) == 1 else counted(len(tests), "listener")
    yield f"{many} and {counted(items, 'prompt')}: the result speaks for these, not for other listeners or prompts."
    if len(tests) > 1:
        yield DEPENDENT
    same = sum(_sounds_same(test, record["item"]) for record in asked)
    if same:
        yield f"In {counted(same, 'trial')} both conditions had made exactly the same sound."
    gaps = sum(record["underruns"] > 0 for record in records)
    if gaps:
        yield f"In {counted(gaps, 'trial')} the playback had gaps (underruns)."
    if test.plan.share < 1:
        yield f"Answers were possible once {percent(test.plan.share)} of each clip had been heard."


def _sounds_same(test: StoredTest, item: int) -> bool:
    return not differ(test.items[item], test.plan.conditions)


def counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
