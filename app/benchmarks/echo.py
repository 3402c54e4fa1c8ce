"""How well somebody can speak over a reply on loudspeakers, in made-up rooms: the program's own parts without devices.

Eight rooms, the reply as loud at the microphone as the user usually is; devices that know of 20 ms of the delay.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Annotated

import numpy as np
import soxr
import typer

from app.audio.recorder import PRE_ROLL
from app.benchmarks.room import Room
from app.benchmarks.scene import RATE, Scene
from engine import models
from engine.audio_files import Recording
from engine.dialogue import Dialogue
from engine.evaluation import sets
from engine.evaluation.answers import is_right
from engine.headless import AskError, Question, ask

DELAYS, DECAYS = (0.02, 0.08, 0.15, 0.25), (0.15, 0.4)
ROOMS = tuple(Room(delay, decay) for delay in DELAYS for decay in DECAYS)
LEVELS = (-6.0, 0.0, 6.0)  # dB of the user against the echo
LOUDNESS = 0.1  # RMS amplitude of replies
VOICED = 0.1  # of the loudest 20 ms: there a recording's speech begins
BREATH = 1.0  # seconds between two replies
PROMPTS = ("Count from one to ten.", "Tell me about the moon.", "Say the alphabet.", "What are the days of the week?")
Sound = tuple[np.ndarray, int]


def main(
    replies: Annotated[int, typer.Option(help="Replies that nobody interrupts, in all rooms together.")] = 40,
    interruptions: Annotated[int, typer.Option(help="Questions that are spoken over a reply.")] = 120,
    minutes: Annotated[float, typer.Option(help="For how long replies sound with clocks that drift apart.")] = 10.0,
) -> None:
    """Prints one JSON object for each part."""
    dialogue = Dialogue(models.load("wren"))
    sounds = [_reply(dialogue, prompt) for prompt in PROMPTS]
    for name, rooms in (
        ("replies", ROOMS),
        ("clipping speaker", [replace(room, clips_at=LOUDNESS) for room in ROOMS]),
        ("echo 6 dB louder", [replace(room, level=6.0) for room in ROOMS]),
        ("delay 0.6 s", [Room(0.6, 0.4)]),
    ):
        print(json.dumps({"what": name, **_alone(rooms, sounds, replies)}), flush=True)
    print(json.dumps({"what": "microphone of 44.1 kHz", **_alone(ROOMS, sounds, replies, 44_100)}), flush=True)
    for drift in (50.0, 100.0, -100.0, 200.0):
        room = Room(0.08, 0.4, drift=drift)
        count = round(minutes * 60 / (BREATH + float(np.mean([len(sound) / rate for sound, rate in sounds]))))
        print(json.dumps({"what": f"drift {drift:.0f} ppm", **_alone([room], sounds, count)}), flush=True)
    for name, rooms in (
        ("drift 0 ppm", ROOMS),
        ("drift 100 ppm", [replace(room, drift=100.0) for room in ROOMS]),
        ("drift 200 ppm", [replace(room, drift=200.0) for room in ROOMS]),
        ("clipping speaker", [replace(room, clips_at=LOUDNESS) for room in ROOMS]),
    ):
        found = _interrupted(rooms, sounds, dialogue, interruptions)
        print(json.dumps({"what": f"interruptions, {name}", **found}), flush=True)


def _reply(dialogue: Dialogue, prompt: str) -> Sound:
    dialogue.reset()
    answer = ask(dialogue, Question(prompt))
    samples = answer.samples
    return samples * (LOUDNESS / np.sqrt(np.mean(samples**2))), answer.stats.sample_rate


def _alone(rooms: Sequence[Room], sounds: list[Sound], count: int, microphone: int = RATE) -> dict[str, object]:
    """Replies that interrupt themselves, one after the other in each room; `microphone` is its rate."""
    begun = interrupted = given_up = 0
    spent = lived = 0.0
    for number, room in enumerate(rooms):
        scene = Scene(room, microphone)
        scene.wait(1.0)
        for turn in range(number, count, len(rooms)):
            samples, rate = sounds[turn % len(sounds)]
            scene.begin((samples, rate))
            begun += 1
            if scene.wait(len(samples) / rate + BREATH):
                interrupted += 1
                scene.silence()
        spent, lived = spent + scene.spent, lived + scene.desk.now
        given_up += scene.removal.has_failed
    return {
        "replies": begun,
        "interrupted themselves": interrupted,
        "rooms given up": f"{given_up} of {len(rooms)}",
        "percent of a core": round(100 * spent / lived, 2),
    }


def _interrupted(rooms: Sequence[Room], sounds: list[Sound], dialogue: Dialogue, count: int) -> dict[str, object]:
    """Questions of people's and neural voices over a reply: how soon they are noticed, and whether they are understood."""
    late: list[float] = []
    alone = asked = false = 0
    right_by: dict[float, list[bool]] = {level: [] for level in LEVELS}
    by_level: dict[float, list[float]] = {level: [] for level in LEVELS}
    chance = random.Random(0)
    questions = list(_questions(count))
    for number, room in enumerate(rooms):
        scene = Scene(room)
        scene.begin(sounds[0])
        scene.wait(len(sounds[0][0]) / sounds[0][1] + BREATH)  # the first reply, in which the room is learnt
        scene.silence()
        for index in range(number, len(questions), len(rooms)):
            item, level = questions[index], LEVELS[index // len(rooms) % len(LEVELS)]
            speech = _spoken(item, LOUDNESS * 10 ** (level / 20))
            scene.begin(sounds[0])
            if scene.wait(1.0 + chance.random()):
                false += 1
                scene.silence()
                continue
            asked += 1
            scene.desk.said, began = speech, scene.desk.now
            found = scene.wait(len(speech) / RATE)
            seconds = scene.desk.now - began if found else float("inf")
            late.append(seconds)
            by_level[level].append(seconds)
            if found and scene.onset is not None:
                start = scene.onset - round(PRE_ROLL * RATE)
                scene.take(start)
                right_by[level].append(_is_right(dialogue, item, scene.recorder.ring.since(start)))
            alone += _is_right(dialogue, item, np.pad(speech, (RATE // 2, RATE)))
            scene.wait(BREATH)
            scene.silence()
    late.sort()
    return {
        "asked": asked,
        "false ones before": false,
        "noticed": sum(np.isfinite(late).tolist()),
        "median ms": round(1000 * median(late)),
        "within 400 ms": round(sum(seconds <= 0.4 for seconds in late) / max(1, asked), 3),
        "median ms by dB": {level: round(1000 * median(each)) for level, each in by_level.items() if each},
        "right": sum(map(sum, right_by.values())),
        "right by dB": {level: f"{sum(each)} of {len(each)}" for level, each in right_by.items()},
        "right in silence": alone,
    }


def _questions(count: int) -> Iterator[sets.EvalItem]:
    """Of people's and of neural voices in turns."""
    people, neural = ([item for item in sets.open_set(name).items if item.audio] for name in ("people", "neural"))
    half = (count + 1) // 2
    for number in range(half):
        yield people[number * len(people) // half]
        yield neural[number * len(neural) // half]


def _spoken(item: sets.EvalItem, loudness: float) -> np.ndarray:
    """From its first sound on, so loud where somebody speaks: float32 [n] at `RATE`."""
    recording = item.question.sound()
    assert recording is not None  # it is spoken
    samples, rate = recording.sound
    samples = soxr.resample(samples, rate, RATE)
    power = np.convolve(samples**2, np.full(RATE // 50, 50 / RATE), "same")
    voiced = power > VOICED**2 * power.max()
    spoken = samples[np.argmax(voiced) :] * (loudness / np.sqrt(np.mean(samples[voiced] ** 2)))
    return spoken.astype(np.float32)


def _is_right(dialogue: Dialogue, item: sets.EvalItem, samples: np.ndarray) -> bool:
    dialogue.reset()
    try:
        answer = ask(dialogue, Question(made=lambda: Recording(samples, RATE)))
    except AskError:
        return False
    return bool(is_right(answer.stats.text, item))
