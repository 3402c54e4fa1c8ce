"""`python -m tests.rig python -m tests.app.hold_space --times 10 --busy 4`: does holding Space make one whole question?

Space is held through the X server, where it repeats, while the virtual microphone hears a question of about that length and
busy processes keep the machine from looking at the queue in time. Prints what Wren heard each time; ends with 0 if each
time it was one question with all its words.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.app.drive import Driver, Scenario, pause, start
from tests.rig.processes import ROOT, busy

QUESTION = ROOT / "resources" / "questions" / "spoken" / "0225.ogg"
WORDS = "next one what do people speak in vietnam"
SECONDS = 4.0


def hold(driver: Driver, times: int) -> Scenario:
    """Notes in `driver.seen["questions"]` what was heard of each."""
    found = driver.seen["questions"] = []
    yield driver.is_ready
    yield pause(1)
    for _ in range(times):
        before = len(driver.turns)
        driver.hands.hold("space")
        said, held = driver.say(str(QUESTION)), pause(SECONDS)
        yield lambda said=said, held=held: said() and held()
        driver.hands.let_go("space")
        yield lambda before=before: len(driver.turns) > before
        yield lambda: driver.is_quiet
        yield pause(0.5)  # what comes of a question cut in two
        found.append([turn.heard for turn in driver.turns[before:]])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--busy", type=int, default=4, metavar="PROCESSES")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="refrain-hold-") as folder, busy(options.busy):
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            os.environ[name] = folder
        seen = start(lambda driver: hold(driver, options.times), Path(folder), "wren")
    good = 0
    for heard in seen["questions"]:
        whole = [words.casefold().strip("?. ") for words in heard] == [WORDS]
        good += whole
        print("whole" if whole else "BROKEN", heard)
    print(f"{good} of {options.times}, with {options.busy} busy processes", seen.get("error", ""))
    return good != options.times


if __name__ == "__main__":
    sys.exit(main())
