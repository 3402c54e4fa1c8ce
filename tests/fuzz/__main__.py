"""`python -m tests.fuzz TARGET... --minutes 10`, or `all`: random input, until the time is up or a parser is found wanting.

A run that was interrupted goes on with the minutes that were left. What is found is kept in `.fuzz/TARGET-N.txt` and tried
again with `--input FILE`; once mended, it belongs into the target's examples.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from pathlib import Path

from tests.fuzz.child import replay
from tests.fuzz.target import Found, names
from tests.fuzz.watching import Outcome, watch
from tests.rig.processes import ROOT

KEPT = ROOT / ".fuzz"
PIECE = 120.0
"""Seconds after which is noted how far a run has come."""


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    reader.add_argument("targets", nargs="*", metavar="TARGET", help="or all")
    reader.add_argument("--list", action="store_true", help="name the targets")
    reader.add_argument("--minutes", type=float, default=10.0, help="for each target (10)")
    reader.add_argument("--input", type=Path, help="try only what is in this file")
    given = reader.parse_args()
    if given.list:
        print("\n".join(names()))
        return 0
    wanted = names() if given.targets == ["all"] else given.targets
    if not wanted or (unknown := set(wanted) - set(names())):
        reader.error(f"unknown: {', '.join(sorted(unknown))}" if wanted else "name targets, or all")
    if given.input:
        return again(wanted[0], given.input)
    return max(fuzz(name, given.minutes * 60) for name in wanted)


def fuzz(name: str, seconds: float) -> int:
    """Tries one target, from where an interrupted run stopped -> the exit code."""
    KEPT.mkdir(exist_ok=True)
    progress = KEPT / f"{name}.progress"
    done, inputs = map(float, progress.read_text().split()) if progress.is_file() else (0.0, 0.0)
    while done < seconds:
        for outcome in watch([name], min(PIECE, seconds - done), is_random=True):
            done, inputs = done + outcome.seconds, inputs + outcome.inputs
            if outcome.problem:
                print(f"{name}: {outcome.problem}\nThe input is in {kept(outcome)}", flush=True)
                return 1
        progress.write_text(f"{done} {inputs}")
    progress.unlink(missing_ok=True)
    print(f"{name}: {inputs:,.0f} inputs in {done / 60:.1f} minutes, nothing found", flush=True)
    return 0


def kept(outcome: Outcome) -> Path:
    number = 1
    while (path := KEPT / f"{outcome.target}-{number}.txt").exists():
        number += 1
    path.write_text(outcome.input + "\n", encoding="utf-8", errors="surrogatepass")
    return path


def again(name: str, path: Path) -> int:
    try:
        replay(name, path)
    except Found as found:
        traceback.print_exception(found.__cause__ or found)
        print(f"{name}: {found}")
        return 1
    print(f"{name}: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
