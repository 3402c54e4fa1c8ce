"""`refrain self-test` on the command line: a line for each check as soon as it is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from engine import interrupt
from engine.cli.options import VerboseOption
from engine.cli.output import in_sentences, print_json

WORDS = {"ok": "ok", "note": "note", "failed": "FAILED", "skipped": "skipped"}
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line: each check, and at last the sum.")]


def self_test(as_json: JsonLines = False, verbose: VerboseOption = False) -> None:
    """Tries whether this installation works, from its libraries to a spoken reply; the exit code is 0 only if it does.

    It loads what the program needs, looks at the devices, asks the model that ships a bundled spoken question at full depth, with
    early exits (SPAR-K) and with review, listens to the reply, and keeps and reads sounds and a session in a folder that is
    removed again. It needs no display, no sound card and no network, and takes less than a minute on most machines.
    """
    with in_sentences(verbose), interrupt.raised():
        from app.self_test import CHECKS, run

        began, states = time.perf_counter(), []
        for finding in run(CHECKS):
            states.append(finding.state)
            if as_json:
                print_json({**asdict(finding), "seconds": round(finding.seconds, 3)})
            else:
                mark = WORDS[finding.state]
                print(f"{mark:<8}{finding.seconds:6.2f} s  {finding.name}: {finding.sentence}", flush=True)
        seconds = time.perf_counter() - began
        passed = not {"failed", "skipped"} & set(states)
        if as_json:
            print_json({"passed": passed, "checks": len(states), "seconds": round(seconds, 3)})
        else:
            print(f"{summary(states)} {seconds:.1f} s.", flush=True)
        if not passed:
            raise typer.Exit(1)


def summary(states: Sequence[str]) -> str:
    """What came of all checks, as a sentence."""
    failed = states.count("failed")
    if not failed and "skipped" not in states:
        return f"All {len(states)} checks passed."
    return f"{failed} of {len(states)} checks failed."
