"""Goes through the first run with real PortAudio streams, in a child process; prints what was seen as one JSON object.

Called with a sound file that is said into the virtual microphone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from app.audio.sound import Sound
from app.core.conversation import Conversation
from app.engine_client.channel import EngineThread
from app.pages.welcome.welcome import Welcome
from app.widgets import theme
from tests.app.pages.welcome.stage import KEYS
from tests.app.random_voice import RandomVoice

PATIENCE = 60.0  # seconds for one condition; the machine may be busy


def scenario(dialog: Welcome, sound: Sound, wav: str, seen: dict) -> Iterator[Callable[[], bool]]:
    yield lambda: sound.is_settled and sound.recorder is not None and sound.player is not None
    dialog.open()
    dialog.next()
    microphone, speaker = dialog.microphone, dialog.speaker
    yield lambda: microphone.device.count() > 2
    seen["microphones"] = [microphone.device.itemText(index) for index in range(microphone.device.count())]
    microphone.record.click()
    talker = subprocess.Popen(["paplay", "--device=talker", "--latency-msec=20", wav])
    yield lambda: microphone.verdict is not None
    seen["microphone"] = [microphone.verdict.kind, microphone.verdict.sentence]
    seen["take_seconds"] = len(microphone._take) / sound.recorder.rate
    yield lambda: not microphone.is_playing and talker.poll() is not None
    microphone.record.click()
    yield lambda: not microphone.is_recording
    seen["silence"] = microphone.verdict.kind
    dialog.next()
    speaker.play.click()
    yield lambda: speaker.question.isVisible()
    yield lambda: not speaker.is_playing
    speaker.device.choose("app_speaker")
    yield lambda: sound.player is not None and "app_speaker" in sound.player.device.name
    yield lambda: sound.recorder is not None and sound.recorder.position > sound.recorder.rate  # reopened, and alive
    speaker.yes.click()
    seen["page"] = dialog.pages.currentIndex()
    dialog.ready.headphones.setChecked(True)
    dialog.next()
    seen["chosen"] = [sound.input.chosen, sound.output.chosen]
    seen["counters"] = {name: sound.counters()[name] for name in ("ring_underruns", "device_overflows")}


def main() -> int:
    app = QApplication([])
    theme.install(app)
    sound, seen = Sound(), {"ended": []}
    window = QMainWindow()
    dialog = Welcome(Conversation(EngineThread(sound, lambda name: RandomVoice()), sound), sound, KEYS, window)
    dialog.completed.connect(lambda headphones: seen["ended"].append(headphones))
    window.show()
    sound.open()
    steps = scenario(dialog, sound, sys.argv[1], seen)
    state = {"condition": next(steps), "since": time.monotonic()}

    def look() -> None:
        if time.monotonic() - state["since"] > PATIENCE:
            seen["stuck"] = True
            app.quit()
        elif state["condition"]():
            state["condition"], state["since"] = next(steps, None), time.monotonic()
            if state["condition"] is None:
                app.quit()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    app.exec()
    sound.close()
    print(json.dumps(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
