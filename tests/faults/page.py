"""The page of all faults."""

from __future__ import annotations

from collections.abc import Mapping

from tests.faults.fault import Fault, Outcome

HEAD = """# What breaks, and what is lost

Every line is a fault that was injected on purpose: real processes killed, real disks full, real servers that misbehave. What
is there afterwards was counted, not assumed. Made by `python -m tests.faults --out resources/report/faults.md`; one line again:
`python -m tests.faults NAME`. Small disks need the rights of root, the window's faults Xvfb and PulseAudio.

| Fault | What was done | What is there afterwards | Lost | What the program said |
| --- | --- | --- | --- | --- |
"""


def page(found: Mapping[str, tuple[Fault, Outcome | None]], before: str = "") -> str:
    """With the lines that an earlier page has of other faults; `found` also says the order and which faults there are."""
    kept = rows(before)
    for name, (fault, one) in found.items():
        if one is not None:
            kept[name] = [fault.done, one.kept, one.lost, one.said or "–"]
    lines = ((f"`{name}`", *kept[name]) for name in found if name in kept)
    return HEAD + "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def rows(text: str) -> dict[str, list[str]]:
    """The cells of a page's lines, by the fault's name."""
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in cells}


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
