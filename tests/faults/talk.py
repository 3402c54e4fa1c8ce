"""Faults of a talk in the window, on a virtual display and sound card."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from app.storage.library import Library
from tests.faults.fault import PATIENCE, Outcome, command, fault, started, wait_for
from tests.rig.display import virtual_display
from tests.rig.processes import ROOT
from tests.rig.sound_card import SoundCard, virtual_sound_card


@contextmanager
def desktop() -> Iterator[tuple[SoundCard, dict[str, str]]]:
    """A sound card, and the environment of a program that is to see it and a screen."""
    with virtual_display() as display, virtual_sound_card() as card:
        yield card, {**os.environ, **card.env, **display}


def sessions() -> list[tuple[str, str]]:
    """State and words of every turn that this user's library has."""
    library = Library()
    library.open()
    try:
        return [(turn.state, turn.text) for info in library.sessions() for turn in library.turns(info.id)]
    finally:
        library.close()


def between(place: Path, env: dict[str, str], breaks: Callable[[int], None]) -> Outcome:
    """Two questions, and `breaks`, which gets the window's process, between them."""
    call = [sys.executable, "-m", "tests.faults.scenario", str(place)]
    with started(call, (place / "asked").exists, env=env) as child:
        breaks(child.pid)
        (place / "broken").touch()
        out, err = child.communicate(timeout=PATIENCE)
    seen = json.loads(out.splitlines()[-1])
    kept = [text for state, text in sessions() if state == "finished"]
    answered = len([text for text in seen.get("replies", ()) if text])
    said = seen.get("error") or seen["status"]
    words = f"{answered} of 2 questions are answered, {len(kept)} of 2 turns are in the library"
    return Outcome(words, "nothing" if answered == len(kept) == 2 else f"{2 - len(kept)} turns", said.rstrip("…") if said else "")


@fault("window-killed", "kill -9 of the window in the middle of a reply, then another start")
def killed(place: Path) -> Outcome:
    with desktop() as (_, env):
        scenarios = {}
        for scenario in ("killed", "afterwards"):
            call = [sys.executable, "-m", "tests.app.drive", scenario, str(place), "wren", ""]
            scenarios[scenario] = subprocess.run(call, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE)
    (_, reply, _), (_, beginning, note) = json.loads(scenarios["afterwards"].stdout.splitlines()[-1])["cards"]
    states = [state for state, _ in sessions()]
    kept = f"the turn before ({reply}) and the beginning of the cut one ({beginning}), on the screen after the next start"
    is_all = states == ["finished", "unfinished"] and "Rome" in reply and beginning
    return Outcome(kept, "nothing" if is_all else "a turn", note)


@fault("sound-server-killed", "the sound server is killed between two questions")
def sound_server(place: Path) -> Outcome:
    def kill(window: int) -> None:
        for child in Path("/proc/self/task").glob("*/children"):
            for pid in child.read_text().split():
                if Path(f"/proc/{pid}/comm").read_text().strip() == "pulseaudio":
                    os.kill(int(pid), signal.SIGKILL)

    with desktop() as (_, env):
        return between(place, env, kill)


@fault("microphone-stalled", "the microphone delivers nothing and no error any more, from between two questions on")
def microphone(place: Path) -> Outcome:
    with desktop() as (card, env):
        def stall(window: int) -> None:
            card.control("suspend-source", "mic", "1")
            time.sleep(4)

        return between(place, env, stall)


@fault("window-stopped", "SIGSTOP of the window for five seconds, then SIGCONT")
def stopped(place: Path) -> Outcome:
    def stop(window: int) -> None:
        os.kill(window, signal.SIGSTOP)
        time.sleep(5)
        os.kill(window, signal.SIGCONT)

    with desktop() as (_, env):
        return replace(between(place, env, stop), said="")  # there is nothing to say


@fault("second-start", "the program is started a second time beside the first")
def second_start(place: Path) -> Outcome:
    with desktop() as (_, env):
        runtime = Path(env["XDG_RUNTIME_DIR"])
        with started(command(), lambda: any(path.is_socket() for path in runtime.iterdir()), env=env) as first:
            second = subprocess.run(command(), cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE)
            is_there = first.poll() is None
            with suppress(ProcessLookupError):
                os.kill(first.pid, signal.SIGTERM)
            wait_for(lambda: first.poll() is not None)
    kept = f"the first goes on: {is_there}, and ends as it should ({first.returncode}); the second ends with {second.returncode}"
    is_right = is_there and second.returncode == 0
    return Outcome(kept, "nothing" if is_right else "one of the windows", (second.stdout + second.stderr).strip())
