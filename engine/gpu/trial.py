"""Tries a pack in a process of its own, before it is used. No torch here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.gpu import children
from engine.gpu.packs import Installed

PATIENCE = 300.0  # seconds; a cold disk takes its time with gigabytes of libraries


def run(installed: Installed, check: Callable[[], None] = lambda: None, seconds: float = PATIENCE) -> dict[str, Any]:
    """What came out, as `trial_run` tells it: `ok`, and else a `sentence`. `check` may raise to end it."""
    device = "cpu" if installed.device == "cpu" else "cuda"
    try:
        return children.ask("engine.gpu.trial_run", str(installed.site), device, seconds=seconds, check=check)
    except children.Mute as error:
        return {"ok": False, "sentence": f"When it was tried, {error}."}


def in_words(trial: dict[str, Any]) -> str:
    """What a trial showed, in a sentence; empty for none."""
    if not trial:
        return ""
    if not trial.get("ok"):
        return str(trial.get("sentence", "It did not work."))
    place = str(trial.get("card") or "the processor")
    times = f"{trial.get('ms_device', 0):.1f} ms a token, the processor alone {trial.get('ms_processor', 0):.1f} ms"
    return f"Tried on {place}: same numbers as the processor (to {trial.get('difference', 0):.0e}), {times}."
