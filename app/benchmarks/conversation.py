"""A long conversation in the real window: gaps in the sound, how late the screen is, and whether memory grows.

First the window idles for as long as it is later talked to (at most two minutes), then the bundled questions are asked one after
another, each as soon as the reply before it was heard. Both runs are shown, because only their difference is the program's.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.window import Window

Figures = dict[str, object]
QUESTIONS = 60
LONGEST_IDLE = 120.0  # seconds
PATIENCE = 180.0  # seconds for anything else
LOOK = 20  # milliseconds between two looks at whether to go on


def main(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long to talk.")] = 10.0,
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "wren",
    schedule: Annotated[str, typer.Option(help="The schedule of every reply.")] = "full",
    echo: Annotated[str, typer.Option(help="automatic, headphones or off: what is done with it.")] = "automatic",
) -> None:
    """Talks to the model through the real window and speaker and prints one JSON object."""
    with tempfile.TemporaryDirectory(prefix="refrain-talk-") as folder:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = folder
        print(json.dumps({"echo": echo, **_measure(minutes * 60, model, schedule, echo)}))


def _measure(seconds: float, model: str, schedule: str, echo: str) -> Figures:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app.program import program
    from app.settings.settings import Settings
    from app.widgets import theme

    app = QApplication(["refrain"])
    theme.install(app)
    settings = Settings()
    figures: Figures = {}
    settings.override("engine.model", model)
    settings.override("engine.schedule", schedule)
    settings.override("audio.echo", echo)
    with program(settings) as window:
        window.show()
        steps = _talk(window, seconds, figures)
        condition: Callable[[], bool] = lambda: True  # noqa: E731
        since = time.monotonic()

        def look() -> None:
            nonlocal condition, since
            if not condition() and time.monotonic() - since < PATIENCE:
                return
            following = next(steps, None) if condition() else None
            if following is None:
                timer.stop()
                window.close()
                return
            condition, since = following, time.monotonic()

        timer = QTimer(interval=LOOK)
        timer.timeout.connect(look)
        timer.start()
        app.exec()
    if not figures:
        raise typer.BadParameter(f"The window did not do what it should in {PATIENCE:.0f} s.")
    return figures


def _talk(window: Window, seconds: float, figures: Figures) -> Iterator[Callable[[], bool]]:
    """What is done, between the conditions that are waited for; `figures` is filled at the end."""
    from app.engine_client import memory as engine_memory
    from app.pages.diagnostics.lag import LagProbe
    from engine import audio_files
    from engine.benchmarks.questions import spoken

    conversation, sound, probe = window.conversation, window.sound, LagProbe()

    def rest(seconds: float) -> Callable[[], bool]:
        end = time.monotonic() + seconds
        return lambda: time.monotonic() >= end

    yield lambda: conversation.model is not None and sound.is_settled
    sounds = [audio_files.recording(question.audio).sound for question in spoken(QUESTIONS) if question.audio is not None]
    yield rest(3)
    probe.restart()
    yield rest(min(seconds, LONGEST_IDLE))
    idle, memory, before = probe.percentiles(), [engine_memory.peak_rss()], sound.counts()
    probe.restart()
    began, failed, turns = time.monotonic(), 0, 0
    rates: list[float] = []
    firsts: list[float] = []
    while time.monotonic() - began < seconds:
        conversation.ask_aloud(*sounds[turns % len(sounds)])
        yield lambda: not conversation.is_busy
        last, turns = conversation.last, turns + 1
        stats = last.record.stats if last is not None else None
        failed += last is not None and last.has_failed
        rates += [stats.tokens_per_second] if stats is not None else []
        firsts += [last.played.began] if last is not None and last.played is not None else []
        memory.append(engine_memory.peak_rss())
    after = sound.counts()
    figures.update(
        {
            "turns": turns,
            "failed": failed,
            "seconds": round(time.monotonic() - began, 1),
            "lag_idle_ms": _rounded(idle),
            "lag_talking_ms": _rounded(probe.percentiles()),
            **{name: after[name] - before[name] for name in ("ring_underruns", "device_underflows", "output_late")},
            "median_tokens_per_second": round(median(rates)) if rates else None,
            "median_first_sound_ms": round(1000 * median(firsts)) if firsts else None,
            "peak_memory_mb": [round(memory[round(place * (len(memory) - 1) / 4)] / 1e6) for place in range(5)],
        }
    )


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in figures.items()}
