"""Another program has the focus: the global key, the small window and starting out of the way, with real keys and clicks.

Called with a folder for screenshots and a spoken question; prints what came of it as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from app.desktop.key_names import KeyTakenError
from app.desktop.x11_key import X11Key
from tests.app.drive import Driver, Scenario, pause, start

KEY, PRESSED = "Ctrl+Alt+Space", "ctrl+alt+space"
OTHER = """
import sys
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(sys.argv)
field = QLineEdit(placeholderText="another program")
field.setWindowTitle("another program")
field.resize(500, 60)
field.show(); field.raise_(); field.activateWindow()
field.textChanged.connect(lambda text: print(text, flush=True))
app.exec()
"""


def scenario(driver: Driver, wav: str) -> Scenario:
    window, hands, seen = driver.window, driver.hands, driver.seen
    yield driver.is_ready
    window._settings.set("talk.global_key", KEY)
    seen["problem"] = window.global_key.problem
    other = subprocess.Popen([sys.executable, "-c", OTHER], stdout=subprocess.PIPE, text=True)
    yield lambda: not window.isActiveWindow()
    yield pause(0.5)
    hands.type("abc")

    hands.hold(PRESSED)
    yield driver.say(wav)
    yield pause(0.3)
    seen["listening"] = window.conversation.status().state
    hands.let_go(PRESSED)
    yield lambda: bool(driver.turns)
    yield lambda: driver.is_quiet
    driver.note_turn("held")

    hands.press(PRESSED)  # a tap begins
    yield lambda: window.conversation.question is not None
    yield driver.say(wav)
    hands.press(PRESSED)  # and one ends
    yield lambda: len(driver.turns) == 2
    yield lambda: driver.is_quiet
    seen["tapped"] = driver.turns[-1].heard
    seen["had the focus"] = window.isActiveWindow()

    window.small.toggle()
    yield window.small.isVisible
    yield pause(0.5)
    window.small.grab().save(str(driver.folder / "small.png"))
    driver.click(window.small.mute)
    yield lambda: window.conversation.muted
    yield lambda: window.small.mute.isChecked()
    driver.click(window.small.mute)
    yield lambda: not window.conversation.muted
    x, y = driver.place(window.small.talk)
    hands.hold_mouse((x, y))
    yield driver.say(wav)
    yield pause(0.3)
    window.small.grab().save(str(driver.folder / "small-listening.png"))
    hands.let_go_mouse()
    yield lambda: len(driver.turns) == 3
    yield lambda: driver.is_quiet
    seen["small"] = driver.turns[-1].heard
    window.small.close()
    yield pause(0.5)
    seen["still open"] = window.isVisible()

    try:
        X11Key(KEY, lambda: None, lambda: None).close()
        seen["taken"] = ""
    except KeyTakenError as error:
        seen["taken"] = str(error)
    window._settings.set("talk.global_key", "")
    key = X11Key(KEY, lambda: None, lambda: None)  # it is free again
    window._settings.set("talk.global_key", KEY)
    seen["refused"] = window.conversation.notice
    key.close()
    hands.press("d")
    yield pause(0.5)
    window._settings.set("look.start_minimised", True)
    window.hide()
    window.appear()  # as at the next start
    yield window.isMinimized
    window.come_back()
    yield lambda: window.isActiveWindow() and not window.isMinimized()
    seen["came back"] = True
    other.terminate()
    seen["typed"] = other.communicate()[0].split()[-1:]


if __name__ == "__main__":
    folder, wav = sys.argv[1:]
    print(json.dumps(start(lambda driver: scenario(driver, wav), Path(folder), "wren")))
