"""A listening test as one file: taken on another computer without the models, and its answers added together.

An experiment is a zip file with `experiment.json` (what is asked) and the clips, named by their content. What comes back from
each listener is the log of the test, a text file.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.listening import clip_files, results
from app.listening.log_file import read
from app.listening.plan import METHODS, SEED_BITS, Conditions, ListeningItem, Method, ReplyClip
from app.listening.results import LISTENER, LOG, AnyPlan, StoredTest
from app.storage.packed import BROKEN
from engine import whole_file

ENDING, ANSWERS_ENDING = ".refrain-experiment", ".refrain-answers"
EXPERIMENT = "Experiment"  # among the facts of a test: the id
PLAN, CLIPS = "experiment.json", "clips"
FORMAT = 1
MOST_BYTES = 4 << 30  # of an experiment, unpacked


class ExperimentError(ValueError):
    """A file that is no experiment, or answers that are not to it; the message is a sentence for the user."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """A test that is to be taken by several listeners, each with an order of their own that follows from `seed`."""

    id: str
    method: Method
    conditions: Conditions
    count: int
    share: float
    seed: int
    about: dict[str, str]
    items: list[ListeningItem]

    def plan(self, code: str) -> AnyPlan:
        """A listener's: another order for each, and the same again when the answers come back. Raises: ValueError."""
        seed = int.from_bytes(hashlib.sha256(f"{self.seed}-{code}".encode()).digest()[: SEED_BITS // 8], "big")
        return results.make(self.method, self.conditions, self.items, self.count, self.share, seed)


def make(
    method: Method, conditions: Conditions, items: Sequence[ListeningItem], count: int, share: float, about: Mapping[str, str]
) -> Experiment:
    """With an id and a seed of its own. Raises: ValueError where there can be no such test."""
    shown = [ListeningItem(item.prompt, item.of(conditions)) for item in items]
    made = Experiment(secrets.token_hex(6), method, conditions, count, share, secrets.randbits(SEED_BITS), dict(about), shown)
    made.plan("")  # there can be such a test
    return made


def save(path: Path, experiment: Experiment) -> None:
    """Raises: OSError; ExperimentError where it is too large."""
    with tempfile.TemporaryDirectory(prefix="refrain-experiment-") as made:
        folder = Path(made)
        listed = [
            {"prompt": item.prompt, "clips": [_listed(folder, clip) for clip in item.clips]} for item in experiment.items
        ]
        plan = {
            "format": FORMAT,
            "id": experiment.id,
            "method": experiment.method,
            "conditions": experiment.conditions,
            "count": experiment.count,
            "share": experiment.share,
            "seed": experiment.seed,
            "about": experiment.about,
            "items": listed,
        }
        if sum(clip.stat().st_size for clip in folder.iterdir()) > MOST_BYTES - (64 << 20):
            raise ExperimentError("These are too many clips for one experiment. Take fewer questions or conditions.")
        with whole_file.replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(PLAN, json.dumps(plan, ensure_ascii=False, indent=1))
            for clip in sorted(folder.iterdir()):
                packed.write(clip, f"{CLIPS}/{clip.name}")


def load(path: Path) -> Experiment:
    """Reads all of it. Raises: OSError; ExperimentError."""
    try:
        with zipfile.ZipFile(path) as packed, tempfile.TemporaryDirectory(prefix="refrain-experiment-") as made:
            if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                raise ExperimentError(f"{path.name} is too large for an experiment.")
            plan = json.loads(packed.read(PLAN))
            if plan.get("format") != FORMAT or plan["method"] not in METHODS:
                raise ExperimentError(f"{path.name} was made by another version of Refrain.")
            items = [
                ListeningItem(str(one["prompt"]), tuple(_unpacked(packed, Path(made), clip) for clip in one["clips"]))
                for one in plan["items"]
            ]
        facts = {str(name): str(value) for name, value in plan["about"].items()}
        conditions = tuple(map(str, plan["conditions"]))
        found = Experiment(
            str(plan["id"]), plan["method"], conditions, plan["count"], plan["share"], plan["seed"], facts, items
        )
        found.plan("")  # there can be such a test
    except ExperimentError:
        raise
    except (*BROKEN, KeyError, TypeError, AttributeError, StopIteration) as error:
        raise ExperimentError(f"{path.name} is no experiment, or is damaged.") from error
    return found


def begin(root: Path, experiment: Experiment) -> StoredTest:
    """The test of one more listener, under `root`. Raises: OSError."""
    code = secrets.token_hex(3)
    plan = experiment.plan(code)
    about = {**experiment.about, EXPERIMENT: experiment.id, LISTENER: code}
    return results.start(root, plan, experiment.items, about)


def save_answers(path: Path, folder: Path) -> None:
    """What a listener sends back, of the test in that folder. Raises: OSError."""
    with whole_file.replacing(path) as file, open(folder / LOG, "rb") as log:
        shutil.copyfileobj(log, file)


def newest_answers(root: Path) -> tuple[Path, str] | None:
    """The test of an experiment that was finished here last: its folder, and the listener's code."""
    for log in sorted(root.glob(f"*/{LOG}"), reverse=True):
        try:
            records = read(log)
            about = records[0].get("about", {}) if records else {}
            if EXPERIMENT in about and any(record.get("kind") == "finished" for record in records):
                return log.parent, str(about[LISTENER])
        except (OSError, KeyError, TypeError, AttributeError):
            continue  # another program's lock, or a damaged log
    return None


def collect(experiment: Experiment, files: Sequence[Path]) -> tuple[list[StoredTest], list[str]]:
    """The tests of those listeners who came to the end, and a sentence about each file that does not count."""
    found: dict[str, StoredTest] = {}
    problems = []
    for file in files:
        try:
            test = _answered(experiment, file)
        except ExperimentError as error:
            problems.append(str(error))
            continue
        except OSError as error:
            problems.append(f"{file.name} cannot be read: {error.strerror or error}.")
            continue
        if test.listener in found:
            problems.append(f"{file.name} is of listener {test.listener}, who is there already.")
        else:
            found[test.listener] = test
    return list(found.values()), problems


def _answered(experiment: Experiment, file: Path) -> StoredTest:
    records = read(file)
    header: dict[str, Any] = next((record for record in records if record.get("kind") == "test"), {})
    about = header.get("about") or {}
    if not header or about.get(EXPERIMENT) != experiment.id:
        raise ExperimentError(f"{file.name} holds no answers to this experiment.")
    code = str(about.get(LISTENER))
    plan = experiment.plan(code)
    if header.get("seed") != plan.seed:
        raise ExperimentError(f"{file.name} was taken in another order than the experiment's.")
    try:
        test = StoredTest(Path(code), plan, experiment.items, dict(about), str(header["started"]), results.answers(records))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ExperimentError(f"{file.name} is damaged.") from error
    if test.next_trial is not None:
        raise ExperimentError(f"{file.name} is not complete: listener {code} answered {len(test.answers)} of {plan.most} trials.")
    return test


def _listed(folder: Path, clip: ReplyClip) -> dict[str, Any]:
    digest = clip_files.save(folder, clip.samples, clip.rate)
    return {"sha256": digest, "rate": clip.rate, "text": clip.text, "schedule": clip.schedule, "gain": clip.gain}


def _unpacked(packed: zipfile.ZipFile, folder: Path, listed: dict[str, Any]) -> ReplyClip:
    name = f"{int(listed['sha256'], 16):064x}"[:16] + ".wav"  # a digest, and no path
    (folder / name).write_bytes(packed.read(f"{CLIPS}/{name}"))
    samples, rate = clip_files.load(folder, listed["sha256"])
    return ReplyClip(samples, rate, str(listed["text"]), str(listed["schedule"]), float(listed["gain"]))
