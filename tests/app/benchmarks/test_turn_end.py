"""The benchmark of a turn's end."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from app.benchmarks.__main__ import app


def test_the_thread_that_decodes_does_next_to_nothing_for_what_is_kept():
    run = CliRunner().invoke(app, ["turn-end", "--turns", "1", "--turns", "3"])
    assert run.exit_code == 0, run.output
    first, last = (json.loads(line) for line in run.output.splitlines())
    assert (first["turns"], last["turns"]) == (1, 3)
    assert last["told_cpu"] + last["end_cpu"] < 5, "milliseconds: encoding the reply alone takes more"
