"""The real window in a process of its own: a question, a pause in which something breaks, another question.

`python -m tests.faults.scenario FOLDER`: makes `FOLDER/asked` when the first is answered, and asks the second one as soon as
`FOLDER/broken` is there. Prints what was on the screen as one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.app.drive import Driver, Scenario, pause, start

FIRST, SECOND = "What is the capital of Italy?", "Please count from one to ten."


def scenario(folder: Path):
    def steps(driver: Driver) -> Scenario:
        yield driver.is_ready
        driver.ask(FIRST)
        yield lambda: bool(driver.turns) and driver.turns[-1].is_over and driver.is_quiet
        (folder / "asked").touch()
        yield (folder / "broken").exists
        yield pause(2)
        driver.seen["status"] = driver.window.chat.status
        driver.ask(SECOND)
        yield lambda: len(driver.turns) == 2 and driver.turns[-1].is_over and driver.is_quiet
        driver.seen["replies"] = [card.reply.text() for card in driver.window.chat.cards]

    return steps


if __name__ == "__main__":
    place = Path(sys.argv[1])
    print(json.dumps(start(scenario(place), place, "wren")))
