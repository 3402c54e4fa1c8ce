"""A second start raises the first window and ends; what was left by a killed one or hangs is no obstacle or is said."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from app import main as command_line
from app.audio.sound import Sound
from app.desktop.instance import HangsError, Instance
from app.program import program
from app.widgets import theme
from engine import folders, installed
from tests.app.random_voice import RandomVoice
from tests.rig.processes import ROOT, python


@pytest.fixture
def runtime(monkeypatch):
    """Where sockets are; the path must be short."""
    with tempfile.TemporaryDirectory(prefix="refrain-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def make(qapp, tmp_path, runtime):
    made = []

    def instance(name: str = "data", patience: float = 10) -> Instance:
        made.append(Instance(tmp_path / name, patience))
        return made[-1]

    yield instance
    for one in made:
        one.release()


@pytest.fixture
def window_of_random_voice(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path))
    monkeypatch.setattr(Sound, "open", lambda self: None)
    theme.install(qapp)
    with program(load=lambda name: RandomVoice()) as window:
        qtbot.addWidget(window)
        yield window


def start(*arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_second_start_hands_over_its_options_and_ends(make, qtbot, tmp_path):
    first, told = make(), []
    assert first.claim({}) is None
    first.answer = lambda message: told.append(message) or "It is in front now."
    second = start("--data", str(tmp_path / "data"), "--schedule", "spark:k=2,first@8", "--demo")
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
    out, err = second.communicate()
    assert (second.returncode, out) == (0, "It is in front now.\n"), err
    assert told[0]["chosen"] == {"engine.schedule": "spark:even@8"} and told[0]["demo"]
    assert not (tmp_path / "data" / "settings.toml").exists()  # it has touched nothing


def test_a_file_of_sessions_goes_to_the_window_that_is_open(make, qtbot, tmp_path):
    first, told = make(), []
    assert first.claim({}) is None
    first.answer = lambda message: told.append(message) or "It is in front now."
    file = tmp_path / "Grüße an Rom.refrain"
    second = start(str(file), "--data", str(tmp_path / "data"))
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
    assert second.wait() == 0, second.communicate()[1]
    assert told[0]["files"] == [str(file)]


def test_a_command_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ask", "a.refrain", "b"):
        (tmp_path / name).write_text("")
    assert command_line.files_first(["ask", "--text", "a.refrain"]) == ["ask", "--text", "a.refrain"]
    assert command_line.files_first(["a.refrain", "./b", "--demo"]) == ["--open", "a.refrain", "--open", "./b", "--demo"]
    assert command_line.files_first([]) == []


def test_another_data_folder_is_another_program(make):
    assert make("one").claim({}) is None and make("two").claim({}) is None


def test_only_this_user_may_speak_to_it(make, runtime):
    if sys.platform == "win32":
        pytest.skip("a pipe there, with an access list of its own")
    assert make().claim({}) is None
    sockets = [path for path in runtime.iterdir() if path.is_socket()]
    assert len(sockets) == 1 and not sockets[0].stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def test_one_that_hangs_is_noticed(make):
    assert make().claim({}) is None  # and looks at nothing from here on
    with pytest.raises(HangsError, match="has not answered for 0 seconds"):
        make(patience=0.3).claim({})


def test_one_that_is_closing_is_waited_for(make):
    first = make()
    assert first.claim({}) is None
    first.close()
    with pytest.raises(HangsError):
        make(patience=0.3).claim({})
    first.release()
    assert make(patience=0.3).claim({}) is None


def test_what_a_killed_one_left_is_cleared_away(make, tmp_path, runtime):
    code = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.desktop.instance import Instance
app = QCoreApplication([])
instance = Instance(Path(sys.argv[1]))
assert instance.claim({}) is None
os.kill(os.getpid(), signal.SIGKILL)
"""
    with pytest.raises(AssertionError, match="ended with -9"):
        python(code, str(tmp_path / "data"))
    assert [path for path in runtime.iterdir() if path.is_socket()]
    assert make().claim({}) is None


def test_what_is_no_message_is_not_answered(make, qtbot):
    from PySide6.QtNetwork import QLocalSocket

    first, told = make(), []
    assert first.claim({}) is None
    first.answer = lambda message: told.append(message) or "yes"
    for garbage in (b"\xff\n", b"[" * 60000 + b"\n", b"x" * 70000):
        socket = QLocalSocket()
        socket.connectToServer(first._name)
        assert socket.waitForConnected(5000)
        socket.write(garbage)
        qtbot.waitUntil(lambda socket=socket: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert told == []


def test_a_start_that_this_version_does_not_understand_gets_a_word(make, caplog):
    first = make()
    assert first.claim({}) is None

    def answer(message):
        raise KeyError("a wish of a later version")

    first.answer = answer
    code = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.desktop.instance import Instance
app = QCoreApplication([])
print(Instance(Path(sys.argv[1])).claim({"wish": [1, 2]}))
"""
    child = subprocess.Popen([sys.executable, "-c", code, str(first._folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while child.poll() is None:
        QCoreApplication.processEvents()
    assert "could not do what this start wanted" in child.stdout.read() and "a wish of a later version" in caplog.text


def test_another_version_is_named(window_of_random_voice):
    own = installed.version()
    window = window_of_random_voice
    for wanted in ({"version": own}, {}, {"version": 7}):
        assert "was started, too" not in window.open_again({"chosen": {}, "demo": False, "token": "", **wanted})
    said = window.open_again({"chosen": {"sky.blue": "1"}, "version": "99.0"})
    assert f"This window is Refrain {own}, and 99.0 was started, too" in said and window.conversation.notice in said
    assert "close this one first" in window.conversation.notice


def test_all_that_is_kept_goes_to_the_folder_that_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv(folders.VARIABLE, str(tmp_path / "own"))
    from app.pages.listening_pages import results_folder
    from app.settings.settings import default_file
    from app.storage.library import default_folder
    from app.window import _memory_file
    from engine import log

    for path in (default_folder(), results_folder(), default_file(), _memory_file(), log.log_file(), log.crash_file()):
        assert path.is_relative_to(tmp_path / "own")


@pytest.mark.whole
def test_a_folder_that_cannot_be_had_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    run = subprocess.run(
        [sys.executable, "-m", "app", "--data", str(tmp_path / "file" / "x")],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2 and "Choose another folder" in run.stderr and "Traceback" not in run.stderr
