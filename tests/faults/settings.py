"""Faults of the settings file."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from app.settings.settings import Settings
from tests.faults.fault import Outcome, fault, fill, small_disk, started, tidy

KILLS = 20
WRITES = """
import sys
from pathlib import Path
from app.settings.settings import Settings
settings = Settings(Path(sys.argv[1]))
print("go", flush=True)
for seed in range(int(sys.argv[2]), 10**9):
    settings.set("generation.seed", seed)
    settings.flush()
    print(seed, flush=True)
"""


@fault("settings-killed", f"kill -9 at {KILLS} moments while settings are written without a pause")
def killed(place: Path) -> Outcome:
    path, damaged, behind, last = place / "settings.toml", 0, 0, 0
    for number in range(KILLS):
        with started([sys.executable, "-c", WRITES, str(path), str(last + 1)], "go") as child:
            time.sleep(0.02 * (number % 7) + 0.1)
            child.send_signal(signal.SIGKILL)
            written = [int(line) for line in child.communicate()[0].split()]
        settings = Settings(path)
        last = max(written, default=last)
        damaged += bool(settings.problem or settings.remarks)
        behind += settings.get("generation.seed") < last
        last = settings.get("generation.seed")
        settings.close()
    kept = f"the file is whole {KILLS - damaged} times of {KILLS}, with the last setting written or the one that was on its way"
    return Outcome(kept, "nothing" if not damaged + behind else f"{damaged + behind} settings", "")


@fault("settings-full-disk", "the disk of the settings is full when one is changed")
def full_disk(place: Path) -> Outcome:
    with small_disk(place / "disk", 1) as disk:
        settings = Settings(disk / "settings.toml")
        settings.set("generation.seed", 7)
        settings.flush()
        filler = fill(disk)
        settings.set("generation.seed", 8)
        settings.flush()
        said, on_disk = settings.problem, Settings(disk / "settings.toml").get("generation.seed")
        filler.unlink()
        settings.set("generation.seed", 9)
        settings.close()
        after = Settings(disk / "settings.toml").get("generation.seed")
    kept = f"the file as it was ({on_disk}); the change counts until the program ends, and the next one is kept ({after})"
    return Outcome(kept, "nothing" if (on_disk, after) == (7, 9) and said else "settings", tidy(said, disk))
