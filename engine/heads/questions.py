"""What a model is asked so that its heads can learn from its replies: never a question of a test set."""

from __future__ import annotations

import random
from pathlib import Path

from engine.evaluation.sets import NAMES, EvalItem, QuestionSet, open_set, read_file
from engine.resources import resources_folder

BUNDLED = "bundled"


def questions(where: str, model: str, count: int) -> QuestionSet:
    """Up to `count` questions: those that ship, or those of a JSONL file, its folder, or a text file with one in each line.

    The names of several test sets may stand in a row, with commas between them.
    For Wren, what ships is filled up with typed questions of those it was trained on. Left out are questions that lean on a turn
    before them. Raises `ValueError` with a sentence.
    """
    if where == BUNDLED:
        items = bundled()
        if model.startswith("wren") and count > len(items):
            items += _drawn(count - len(items), {item.text for item in items})
        return QuestionSet(BUNDLED, tuple(items[:count]))
    path = Path(where).expanduser()
    if path.is_file() and path.suffix.lower() != ".jsonl":
        return QuestionSet(path.stem, tuple(_lines(path))[:count])
    names = [part.strip() for part in where.split(",")]
    found = [open_set(name, model) for name in (names if set(names) <= set(NAMES) else [where])]
    items = [item for one in found for item in one.items if item.before is None]
    return QuestionSet(", ".join(one.name for one in found), tuple(items[:count]), tuple(n for one in found for n in one.notes))


def bundled() -> list[EvalItem]:
    """Questions that ship, spoken ones spread among the typed ones."""
    return list(read_file(resources_folder() / "questions" / "questions.jsonl"))


def _lines(path: Path) -> list[EvalItem]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file in UTF-8: write one question in each line.") from error
    items = [EvalItem(str(number), line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    if not items:
        raise ValueError(f"{path} has no question: write one in each line.")
    return items


def _drawn(count: int, known: set[str]) -> list[EvalItem]:
    """Typed questions from Wren's training side that are not known yet."""
    from engine.training import texts

    rng = random.Random("heads")
    found: list[EvalItem] = []
    while len(found) < count:
        exchange = texts.draw_exchange(rng)
        text = texts.draw_wrapped(exchange.question, rng)
        if text not in known:
            known.add(text)
            found.append(EvalItem(f"drawn-{len(found) + 1}", text, exchange.intent.split(".")[0], answer=exchange.answer))
    return found
