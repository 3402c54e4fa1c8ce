"""`python -m tests.faults NAME...`: injects faults, by default all, and says what came of them; `--out PAGE` keeps it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.faults.fault import Outcome, faults
from tests.faults.page import page
from tests.rig.processes import ROOT

HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
LONGEST = 600  # seconds of one fault


def main() -> int:
    known = faults()
    reader = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    reader.add_argument("names", nargs="*", metavar="NAME", help="by default all")
    reader.add_argument("--list", action="store_true", help="name them and say what is done")
    reader.add_argument("--out", type=Path, help="write it into this page, whose lines of other faults stay")
    reader.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in this process, as one JSON object
    given = reader.parse_args()
    if unknown := set(given.names) - set(known):
        reader.error(f"unknown: {', '.join(sorted(unknown))}")
    if given.list:
        print("\n".join(f"{name}: {one.done}" for name, one in known.items()))
        return 0
    if given.here:
        [name] = given.names
        print(json.dumps(asdict(known[name].inject(Path(tempfile.mkdtemp(dir=os.environ["TMPDIR"]))))))
        return 0
    is_bad = False
    for name in given.names or known:
        one = _apart(name)
        is_bad |= not one.lost.startswith("nothing")
        print(f"{name}: {one.kept}; lost: {one.lost}. {one.said}", flush=True)
        if given.out:
            before = given.out.read_text(encoding="utf-8") if given.out.exists() else ""
            measured = {each: (fault, one if each == name else None) for each, fault in known.items()}
            given.out.write_text(page(measured, before), encoding="utf-8")
    return int(is_bad)


def _apart(name: str) -> Outcome:
    """In a process whose user has nothing yet."""
    home = Path(tempfile.mkdtemp(prefix="refrain-fault-"))
    own = {variable: str(home / variable.lower()) for variable in HOMES} | {"TMPDIR": str(home), "PYTHONPATH": str(ROOT)}
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "HF_ENDPOINT"):
        os.environ.pop(variable, None)
    call = [sys.executable, "-m", "tests.faults", "--here", name]
    try:
        run = subprocess.run(call, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, timeout=LONGEST)
        if run.returncode == 0:
            return Outcome(**json.loads(run.stdout.splitlines()[-1]))
        return Outcome("it could not be injected", "not known", run.stderr.strip().splitlines()[-1][:300])
    except subprocess.TimeoutExpired:
        return Outcome("it did not end", "not known", "")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
