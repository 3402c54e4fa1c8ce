"""Talks with the real conversation, engine and PortAudio streams in a child process, without a window.

A scenario is a generator that acts as a user would and yields conditions to wait for. Called with the scenario's name and a
spoken question; prints one JSON object as its last line.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QTimer

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.engine_client.channel import EngineThread
from engine import models

SPEAKERS = {"over_the_speaker": "wren", "other_devices": "wren"}
ATTEMPTS = 4  # of somebody who interrupts
PATIENCE = 60.0  # seconds for one condition; the machine may be busy
Scenario = Iterator[Callable[[], bool]]


class Stage:
    def __init__(self, wav: str, sound: Sound, model: str) -> None:
        """`model`: "noise" is what speaks noise at once, else one that ships."""
        from tests.app.random_voice import RandomVoice

        self.wav, self.sound = wav, sound
        self.engine = EngineThread(sound, lambda name: RandomVoice(chunks=5) if model == "noise" else models.load(model))
        self.told: list[float] = []  # seconds that the engine was told were heard of a reply
        heard = self.engine.heard
        self.engine.heard = lambda turn, seconds: self.told.append(seconds) or heard(turn, seconds)
        self.conversation = Conversation(self.engine, sound)
        self.seen: dict = {"states": []}

    @property
    def status(self):
        return self.conversation.status()

    @property
    def turns(self):
        return self.conversation.turns

    def is_ready(self) -> bool:
        return self.conversation.model is not None and self.sound.is_settled

    def is_quiet(self) -> bool:
        return not self.conversation.is_busy

    def is_speaking(self) -> bool:
        return self.status.state == "Speaking" and self.sound.player.heard_seconds > 0.3

    def say(self) -> Callable[[], bool]:
        """Speaks the question into the virtual microphone; the condition holds when it was said."""
        talker = subprocess.Popen(["paplay", "--device=talker", "--latency-msec=20", self.wav])
        return lambda: talker.poll() is not None

    def note(self, name: str) -> None:
        state = self.status
        self.seen[name] = {"state": state.state, "sentence": state.sentence, "intent": state.intent, "turns": len(self.turns)}

    def note_turn(self, name: str) -> None:
        turn = self.turns[-1]
        samples = sum(map(len, turn.question_samples))
        self.seen[name] = {
            "note": turn.note,
            "question_seconds": turn.record.question_seconds,
            "kept_seconds": samples / turn.question_rate if turn.question_rate else 0,
            "made_seconds": turn.record.audio_seconds,
            "kept_reply_seconds": sum(map(len, turn.reply_samples)) / turn.reply_rate if turn.reply_rate else 0,
            "played_seconds": turn.played.seconds if turn.played else 0,
            "schedule": turn.schedule,
            "seed": turn.record.stats.seed if turn.record.stats else None,
        }


def pactl(*command: str) -> str:
    run = subprocess.run(["pactl", *command], capture_output=True, text=True, timeout=30, check=True)
    return run.stdout.strip()


def pause(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def hands_free(stage: Stage) -> Scenario:
    """One question, found by voice and answered once; then one that is spoken over the reply and must be ignored."""
    conversation = stage.conversation
    conversation.set_echo("off")
    conversation.set_hands_free(True)
    yield lambda: stage.sound.voice.is_listening
    yield pause(1)
    stage.note("waiting")
    yield stage.say()
    yield lambda: len(stage.turns) == 1
    yield stage.is_speaking
    yield stage.say()  # the reply lasts longer than this
    stage.seen["still_speaking"] = conversation.is_busy
    yield stage.is_quiet
    stage.note_turn("answered")
    yield pause(2)
    stage.note("after")


def barge_in(stage: Stage) -> Scenario:
    """With headphones on, a voice over the reply stops it and is the next question."""
    conversation = stage.conversation
    conversation.set_headphones(True)
    conversation.set_hands_free(True)
    yield pause(0.5)
    conversation.ask("Tell me something long.")
    yield stage.is_speaking
    yield stage.say()
    yield lambda: len(stage.turns) == 2
    first = stage.turns[0]
    stage.seen["first"] = {"made": first.record.audio_seconds, "played": first.played.seconds, "told": stage.told[:1]}
    yield stage.is_quiet
    stage.note_turn("second")


def over_the_speaker(stage: Stage) -> Scenario:
    """The microphone hears the speaker: a reply does not interrupt itself, a voice over the next one does.

    A speaker that just lost samples makes the program deaf for a moment; whoever is not heard then says it once more.
    """
    conversation, capture = stage.conversation, stage.sound.capture
    pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=talker", "latency_msec=120")
    yield pause(2)  # until it keeps its latency
    conversation.set_hands_free(True)
    for _ in range(2):
        conversation.ask("Count from one to ten.")
        yield stage.is_speaking
        yield stage.is_quiet
    stage.seen["alone"] = {"turns": len(stage.turns), "played": [turn.played.seconds for turn in stage.turns]}
    stage.seen["made"] = [turn.record.audio_seconds for turn in stage.turns]
    for _ in range(ATTEMPTS):
        count = len(stage.turns)
        conversation.ask("Count from one to ten.")
        yield stage.is_speaking
        yield lambda: stage.is_quiet() or capture.is_working and stage.sound.player.heard_seconds > 1.0
        meter = capture.meter
        stage.seen["meter"] = [meter.verdict, meter.delay, meter.echo_in, meter.echo_left]
        yield stage.say()
        yield pause(1)
        yield stage.is_quiet
        reply = stage.turns[count]
        if reply.played.seconds < reply.record.audio_seconds - 0.3:
            break
    stage.seen["interrupted"] = {"made": reply.record.audio_seconds, "played": reply.played.seconds}
    stage.note_turn("asked")
    stage.seen["heard"] = stage.turns[-1].heard


def other_devices(stage: Stage) -> Scenario:
    """The microphone hears the speaker, and in the middle of a reply another latency, speaker or microphone is chosen."""
    conversation, sound = stage.conversation, stage.sound
    sound.choose(input="app_mic", output="app_speaker")
    yield lambda: sound.input.name == "app_mic" and sound.output.name == "app_speaker"
    pactl("load-module", "module-loopback", "source=speaker.monitor", "sink=talker", "latency_msec=120")
    yield pause(2)  # until it keeps its latency
    conversation.set_hands_free(True)
    stage.seen["changes"] = []
    for change in ({}, {"latency": "safe"}, {"output": "test_talker"}, {"input": "test_ear"}, {}):
        count, before = len(stage.turns), (sound.recorder, sound.player)
        conversation.ask("Count from one to ten.")
        yield stage.is_speaking
        if change:
            sound.choose(**change)
            yield lambda before=before: (sound.recorder, sound.player) != before and sound.recorder and sound.player
        yield stage.is_quiet
        yield pause(1)
        turn, meter = stage.turns[count], sound.capture.meter
        made, played = turn.record.audio_seconds, turn.played.seconds
        stage.seen["changes"].append([len(stage.turns) - count, made, played, meter and meter.verdict])
    stage.seen["devices"] = [sound.recorder.device.name, sound.player.device.name]


def tap(stage: Stage) -> Scenario:
    """A tap begins, the next tap ends; then a hold, and the same question again."""
    conversation = stage.conversation
    conversation.press()
    conversation.lift()
    yield stage.say()
    stage.note("tapped")
    conversation.press()
    conversation.lift()
    yield lambda: len(stage.turns) == 1
    yield stage.is_quiet
    stage.note_turn("tap")
    conversation.press()
    yield stage.say()
    conversation.lift()
    yield lambda: len(stage.turns) == 2
    stage.note_turn("hold")
    yield stage.is_speaking
    conversation.choose_seed(3)
    conversation.ask_again(stage.turns[0], replace(conversation.how, schedule="spark:even@4"))
    yield lambda: stage.turns[-1].is_over and stage.turns[-1].played is not None  # it may be made before it sounds
    stage.note_turn("again")
    stage.seen["schedule"] = conversation.schedule
    conversation.play((1, "question"), stage.turns[0].question_samples, stage.turns[0].question_rate, 0.5)
    yield lambda: conversation.replay is not None and conversation.replay.seconds > 0.8
    yield lambda: conversation.replay is None
    turn = stage.turns[-1]
    stage.seen["figures"] = [[list(turn.waiting), turn.played.seconds]]
    conversation.play((1, "reply"), turn.reply_samples, turn.reply_rate)
    yield lambda: conversation.replay is not None and conversation.replay.seconds > 0.8
    conversation.stop()
    yield pause(0.3)
    stage.seen["figures"].append([list(turn.waiting), turn.played.seconds])
    stage.seen["counters"] = stage.sound.counters()


def mute(stage: Stage) -> Scenario:
    """Muting drops the question under way, records nothing, and lets a reply go on."""
    conversation, recorder = stage.conversation, stage.sound.recorder
    conversation.press()
    yield pause(0.5)
    conversation.set_muted(True)
    stage.note("dropped")
    recorder.take_peak()
    yield stage.say()
    stage.seen["peak"] = recorder.take_peak()
    conversation.press()
    stage.note("refused")
    conversation.lift()
    conversation.set_muted(False)
    conversation.ask("Tell me something.")
    yield stage.is_speaking
    conversation.set_muted(True)
    yield stage.is_quiet
    stage.note_turn("reply")
    stage.note("muted")
    conversation.act(stage.status.intent)
    stage.note("unmuted")


def stalled(stage: Stage) -> Scenario:
    """The microphone hangs in the middle of a question, and comes back."""
    conversation = stage.conversation
    conversation.press()
    yield pause(0.7)
    pactl("suspend-source", "mic", "1")
    pactl("suspend-sink", "talker", "1")
    yield lambda: conversation.question is None
    yield lambda: stage.status.state == "Device lost"
    stage.note("lost")
    conversation.ask("Can you still answer?")
    yield lambda: bool(stage.turns) and stage.turns[-1].is_over
    yield stage.is_quiet
    stage.note_turn("typed")
    pactl("suspend-sink", "talker", "0")
    pactl("suspend-source", "mic", "0")
    yield from _works_again(stage)


def unplugged(stage: Stage) -> Scenario:
    """The only microphone is unplugged: the server moves the stream to what the speaker plays. It is plugged in again."""
    yield lambda: stage.sound.input.home is not None
    module = next(line.split("\t")[0] for line in pactl("list", "short", "modules").splitlines() if "remap-source" in line)
    pactl("unload-module", module)
    yield lambda: stage.status.state == "Device lost"
    stage.note("lost")
    pactl("load-module", "module-remap-source", "master=talker.monitor", "source_name=mic")
    pactl("set-default-source", "mic")
    yield from _works_again(stage)


def moved(stage: Stage) -> Scenario:
    """The chosen microphone is unplugged while there is another one."""
    sound = stage.sound
    sound.choose(input="app_mic")
    other = "source_properties=device.description=Other"
    pactl("load-module", "module-remap-source", "master=talker.monitor", "source_name=other", other)
    pactl("set-default-source", "other")
    yield lambda: sound.recorder is not None and sound.recorder.device.name == "app_mic" and sound.input.home is not None
    stage.seen["chosen"] = sound.input.name
    found = pactl("list", "short", "modules").splitlines()
    module = next(line.split("\t")[0] for line in found if "source_name=mic" in line)
    pactl("unload-module", module)
    yield lambda: bool(sound.input.note)
    stage.note("moved")
    stage.seen["instead"] = sound.input.name
    pactl("load-module", "module-remap-source", "master=talker.monitor", "source_name=mic")
    yield lambda: not sound.input.note and sound.input.name == stage.seen["chosen"]
    yield from _works_again(stage)


def lost_speaker(stage: Stage) -> Scenario:
    """The speaker hangs in the middle of a reply."""
    stage.conversation.ask("Tell me something.")
    yield stage.is_speaking
    pactl("suspend-sink", "speaker", "1")
    yield lambda: stage.status.state == "Device lost"
    stage.note("lost")
    yield lambda: stage.turns[-1].is_over
    pactl("suspend-sink", "speaker", "0")
    yield lambda: stage.sound.player is not None and stage.status.state == "Idle"
    stage.note_turn("first")
    stage.conversation.ask("And now?")
    yield stage.is_speaking
    yield stage.is_quiet
    stage.note_turn("second")


def nothing(stage: Stage) -> Scenario:
    """No device at all."""
    stage.note("start")
    stage.conversation.press()
    stage.note("pressed")
    stage.conversation.lift()
    stage.conversation.ask("Can you still answer?")
    yield lambda: stage.turns[-1].is_over
    yield stage.is_quiet
    stage.note_turn("typed")


def _works_again(stage: Stage) -> Scenario:
    yield lambda: stage.sound.recorder is not None and stage.status.state in ("Idle", "Error")
    yield lambda: stage.sound.recorder is not None and stage.sound.recorder.heart.calls > 10
    count = len(stage.turns)
    stage.conversation.press()
    yield stage.say()
    yield pause(0.3)
    stage.conversation.lift()
    yield lambda: len(stage.turns) == count + 1
    yield stage.is_quiet
    stage.note_turn("again")
    stage.note("end")


def run(scenario: str, wav: str) -> None:
    app = QCoreApplication(["refrain"])
    sound = Sound()
    stage = Stage(wav, sound, SPEAKERS.get(scenario, "noise"))
    stage.engine.load("any")
    stage.engine.start()
    sound.open()
    steps, waiting = None, [stage.is_ready, time.monotonic()]

    def step() -> None:
        nonlocal steps
        stage.conversation.tick()
        for report in stage.engine.reports():
            stage.conversation.take(report)
        state = stage.status.state
        if stage.seen["states"][-1:] != [state]:
            stage.seen["states"].append(state)
        condition, since = waiting
        if not condition():
            if time.monotonic() - since > PATIENCE:
                stage.seen["turns"] = [[turn.note, turn.heard, turn.played and turn.played.seconds] for turn in stage.turns][-12:]
                stage.seen["error"] = f"waited too long in {stage.status}, line {steps.gi_frame.f_lineno if steps else 0}"
                app.quit()
            return
        if steps is None:
            steps = globals()[scenario](stage)
        following = next(steps, None)
        if following is None:
            app.quit()
            return
        waiting[:] = following, time.monotonic()

    timer = QTimer(interval=16)
    timer.timeout.connect(step)
    timer.start()
    app.exec()
    stage.conversation.stop()
    stage.engine.close()
    sound.close()
    print(json.dumps(stage.seen))


if __name__ == "__main__":
    run(*sys.argv[1:])
