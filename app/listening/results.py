"""A blind test on disk: a folder with its clips and an append-only log, from which a crashed test goes on.

`answers.jsonl` holds one JSON object per line: "test" (what was planned, and the seed), "answer" (one per trial, with
what A, B and X were: written only once the trial is answered), "continued", and "finished" or "discarded". Clip files
are named by their content, so their names say nothing about conditions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.listening import clip_files
from app.listening.log_file import LogEntry, append, new_folder, now, read
from app.listening.mushra_plan import MushraPlan, MushraTrial, make_mushra
from app.listening.plan import Conditions, ListeningItem, Method, ReplyClip, TestPlan, Trial, make_plan
from app.listening.ranking_plan import RankingPlan, make_ranking

LOG = "answers.jsonl"
CLIPS = "clips"
FORMAT = 1
LISTENER = "Listener"  # among the facts of a test


AnyPlan = TestPlan | RankingPlan | MushraPlan


@dataclass(frozen=True)
class TrialAnswer:
    """`value`: preference -1 (A is better), 0, +1 (B); CCR -3..+3, B compared with A; ABX -1 (X is A) or +1 (X is B).
    `seconds`: from the trial's appearance to the answer. `heard`: seconds of A, B and X. `underruns`: gaps while it
    played."""

    value: int
    seconds: float
    heard: tuple[float, ...] = ()
    underruns: int = 0


@dataclass
class StoredTest:
    """A test that is on disk in `folder`, with the answers so far by trial number."""

    folder: Path
    plan: AnyPlan
    items: list[ListeningItem]
    about: dict[str, str]
    started: str
    answers: dict[int, LogEntry] = field(default_factory=dict)
    next_trial: Trial | MushraTrial | None = field(init=False)
    """None is the end."""

    @property
    def listener(self) -> str:
        """A code: nobody is asked for a name."""
        return self.about.get(LISTENER) or self.folder.name[-4:] or "one"

    def __post_init__(self) -> None:
        self.next_trial = self.plan.next_trial(self.answers)

    def record_scores(self, trial: MushraTrial, scores: Mapping[str, int], answer: TrialAnswer) -> None:
        """The same for a MUSHRA trial: `scores` 0 to 100 by stimulus; of `answer` all but its value counts."""
        record = {
            "kind": "answer",
            "trial": trial.number,
            "role": "test",
            "item": trial.item,
            "prompt": self.items[trial.item].prompt,
            "order": list(trial.order),
            "scores": dict(scores),
            **_circumstances(answer),
        }
        self._keep(trial.number, record)

    def record(self, trial: Trial, answer: TrialAnswer) -> None:
        """Puts an answer, and now also what was played as what, on disk; when this returns, it is there.

        Raises: OSError if it cannot be written; then the trial counts as not answered.
        """
        names = dict(zip(("first", "second"), trial.pair), broken="degraded copy")
        record = {
            "kind": "answer",
            "trial": trial.number,
            "role": trial.role,
            "item": trial.item,
            "prompt": self.items[trial.item].prompt,
            "A": names[trial.a],
            "B": names[trial.b],
            "X": trial.x,
            "value": answer.value,
            **_circumstances(answer),
        }
        self._keep(trial.number, record)

    def _keep(self, number: int, record: LogEntry) -> None:
        append(self.folder / LOG, record)
        self.answers[number] = record
        self.next_trial = self.plan.next_trial(self.answers)


@dataclass(frozen=True)
class Unfinished:
    """A test that can be continued."""

    folder: Path
    method: Method
    started: str
    answered: int
    trials: int


def make(
    method: Method, conditions: Conditions, items: Sequence[ListeningItem], count: int, share: float, seed: int | None = None
) -> AnyPlan:
    """The plan of any method. Raises: ValueError."""
    if method == "mushra":
        return make_mushra(conditions, len(items), count, share, seed)
    if method == "ranking":
        return make_ranking(conditions, items, count, share, seed)
    first, second = conditions
    return make_plan(method, (first, second), len(items), count, share, seed)


def start(
    root: Path, plan: AnyPlan, items: Sequence[ListeningItem], about: Mapping[str, str] | None = None
) -> StoredTest:
    """Writes a new test under `root`: clips first, so that a log never speaks of a clip that is not there.

    `items` are those the plan's numbers stand for. Raises: OSError.
    """
    started = now()
    folder = new_folder(root, started, CLIPS)
    shown = [ListeningItem(item.prompt, item.of(plan.conditions)) for item in items]
    listed = [
        {
            "prompt": item.prompt,
            "clips": [
                {
                    "sha256": clip_files.save(folder / CLIPS, clip.samples, clip.rate),
                    "rate": clip.rate,
                    "text": clip.text,
                    "schedule": clip.schedule,
                    "gain": clip.gain,
                }
                for clip in item.clips
            ],
        }
        for item in shown
    ]
    header = {
        "kind": "test",
        "format": FORMAT,
        "started": started,
        "method": plan.method,
        "conditions": plan.conditions,
        "count": plan.count,
        "trials": plan.most,
        "share": plan.share,
        "seed": plan.seed,
        "about": dict(about or {}),
        "items": listed,
    }
    append(folder / LOG, header)
    return StoredTest(folder, plan, shown, dict(about or {}), started)


def resume(folder: Path) -> StoredTest:
    """Reads a test back, with its clips. Raises: OSError; ValueError with a sentence if it is not whole."""
    records = read(folder / LOG)
    header = next((record for record in records if record.get("kind") == "test"), None)
    if header is None or header.get("format") != FORMAT:
        raise ValueError(f"{folder / LOG} is not a blind test that this version can continue.")
    items = [ListeningItem(one["prompt"], tuple(_load(folder / CLIPS, clip) for clip in one["clips"])) for one in header["items"]]
    plan = make(header["method"], tuple(header["conditions"]), items, header["count"], header["share"], header["seed"])
    return StoredTest(folder, plan, items, header["about"], header["started"], answers(records))


def note(folder: Path, kind: Literal["continued", "finished", "discarded"]) -> None:
    """Says in a test's log that what follows comes from another sitting, or that nothing follows. Raises: OSError."""
    append(folder / LOG, {"kind": kind, "at": now()})


def unfinished(root: Path) -> list[Unfinished]:
    """The tests under `root` that were started and neither finished nor discarded, newest first."""
    found = []
    for log in sorted(root.glob(f"*/{LOG}"), reverse=True):
        try:
            records = read(log)
        except OSError:
            continue  # another program's lock, or a disk that went away: the others can still be offered
        header = records[0] if records else {}
        if header.get("kind") != "test" or header.get("format") != FORMAT:
            continue
        if not any(record.get("kind") in ("finished", "discarded") for record in records):
            answered = len(answers(records))
            try:
                found.append(Unfinished(log.parent, header["method"], header["started"], answered, header["trials"]))
            except KeyError:
                continue  # a damaged log: the others can still be offered
    return found


def _circumstances(answer: TrialAnswer) -> LogEntry:
    return {
        "seconds": round(answer.seconds, 3),
        "heard": [round(seconds, 3) for seconds in answer.heard],
        "underruns": answer.underruns,
        "at": now(),
    }


def answers(records: Sequence[LogEntry]) -> dict[int, LogEntry]:
    """By trial number."""
    found: dict[int, LogEntry] = {}
    for record in records:
        if record.get("kind") == "answer":
            found.setdefault(record["trial"], record)  # an answer cannot be changed
    return found


def _load(folder: Path, listed: LogEntry) -> ReplyClip:
    samples, rate = clip_files.load(folder, listed["sha256"])
    return ReplyClip(samples, rate, listed["text"], listed["schedule"], listed["gain"])
