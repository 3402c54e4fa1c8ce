"""What can be done with what was said: ask it again, copy it, take it out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app import theme
from app.audio.sound import Sound
from app.library.files import Lock
from app.library.library import LOCK
from app.program import program
from app.settings.settings import Settings
from tests.app.random_voice import RandomVoice

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NOISE = (0.1 * np.random.default_rng(0).standard_normal(24000)).astype(np.float32)


@pytest.fixture(scope="module")
def shared(qapp, tmp_path_factory):
    """One window for all: to start the engine takes longest."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(home))
        patch.setattr(Sound, "open", lambda self: None)
        theme.install(qapp)
        with program(Settings(home / "settings.toml"), lambda name: RandomVoice(chunks=3)) as window:
            window.show()
            yield window


@pytest.fixture
def window(shared, qtbot):
    qtbot.waitUntil(lambda: shared.conversation.model is not None, timeout=60_000)
    shared.begin_session()
    yield shared
    shared.conversation.choose_own_sampling()


def answered(window, qtbot, count):
    """The last of so many turns, once it is over and its card shows it."""

    def is_so():
        turns, cards = window.conversation.turns, window.chat.cards
        return len(turns) == len(cards) == count and turns[-1].is_over and not cards[-1].refresh()

    qtbot.waitUntil(is_so, timeout=60_000)
    return window.conversation.last


def ids(turn):
    return [token.id for token in turn.tokens]


def test_the_last_question_again_is_the_same_reply_which_takes_the_place_of_the_first(window, qtbot):
    conversation = window.conversation
    conversation.ask("a question")
    answered(window, qtbot, 1)
    conversation.choose_sampling(0.9, 0.95)
    conversation.choose_seed(5)
    conversation.ask_aloud(NOISE, 24000)
    second = answered(window, qtbot, 2)
    positions = window.talk._memory.positions
    conversation.choose_seed(0)
    conversation.choose_own_sampling()
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL)
    third = answered(window, qtbot, 3)
    assert ids(third) == ids(second) and third.stats.sampling == second.stats.sampling and third.seed == 5
    qtbot.waitUntil(lambda: window.talk._memory.positions == positions)  # one of the two is remembered
    window.chat.cards[-1].reask.menu().actions()[1].trigger()
    fourth = answered(window, qtbot, 4)
    assert ids(fourth) != ids(third) and fourth.seed != 5 and fourth.stats.sampling == third.stats.sampling
    assert np.array_equal(np.concatenate(fourth.question_samples), NOISE)
    stored = window._library.turns(window._journal.session)
    assert [(turn.number, turn.replaces) for turn in stored] == [(1, 0), (2, 0), (3, 2), (4, 3)]


def test_the_whole_conversation_is_copied_also_what_left_the_screen(window, qtbot):
    for count, words in enumerate(("one?", "two?", "three?"), 1):
        window.conversation.ask(words)
        answered(window, qtbot, count)
    said = [turn.text for turn in window.conversation.turns]
    window.conversation.transcript.keep_newest(1)
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(window, Qt.Key.Key_C, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: bool(QGuiApplication.clipboard().text()))
    lines = [line for line in QGuiApplication.clipboard().text().splitlines() if line]
    assert lines[::2] == ["**You:** one?", "**You:** two?", "**You:** three?"]
    assert all(text.strip() in line for text, line in zip(said, lines[1::2], strict=True))


def test_an_export_is_named_by_the_question_and_says_where_it_is(window, qtbot, monkeypatch, tmp_path):
    proposed, opened = [], []

    def choose(parent, title, path, kinds):
        proposed.append(Path(path).name)
        return str(tmp_path / Path(path).name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr("app.save_dialog.show_folder", lambda file: opened.append(file.parent) or True)
    window.conversation.ask("What is two plus two?")
    answered(window, qtbot, 1)
    window.chat.cards[-1].export.click()
    [name] = proposed
    assert name.endswith(" What is two plus two.wav") and (tmp_path / name).is_file()
    qtbot.waitUntil(lambda: name in window.chat.status)
    qtbot.waitUntil(window.chat.bar.action.isVisible)
    qtbot.mouseClick(window.chat.bar.action, Qt.MouseButton.LeftButton)
    assert opened == [tmp_path]
    window.conversation.ask("another")
    last = answered(window, qtbot, 2)
    assert name not in window.chat.status  # it leaves like any other hint
    assert last.place == 2 < last.number


def continued(window, qtbot, session):
    """Opens a past session and goes on with it."""
    window.talk.show_session(session)
    qtbot.waitUntil(lambda: window.talk.past.isVisible() and bool(window.talk.past.cards))
    qtbot.mouseClick(window.talk.past.resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.chat.isVisible() and not window.conversation.is_resuming, timeout=60_000)


def talk_of(window, qtbot, *questions):
    for question in questions:
        window.conversation.ask(question)
        answered(window, qtbot, len(window.conversation.turns))


def test_an_old_session_goes_on_where_it_was_left(window, qtbot):
    conversation, journal, library = window.conversation, window._journal, window._library
    talk_of(window, qtbot, "first", "second")
    positions, session = window.talk._memory.positions, journal.session
    qtbot.keyClick(window, Qt.Key.Key_R, CONTROL)
    same = ids(answered(window, qtbot, 3))  # with the second question taken back: not what goes on below
    before = {path: path.read_bytes() for path in (library.sessions_folder / session).rglob("*.*")}
    window.begin_session()
    talk_of(window, qtbot, "elsewhere")
    sessions = len(library.sessions())

    continued(window, qtbot, session)
    assert [card.heard.text() for card in window.chat.cards] == ["first", "second", "second"]
    assert "The session goes on" in window.conversation.status().sentence
    qtbot.waitUntil(lambda: window.talk._memory.positions == positions)  # one reply took the other's place
    window.chat.cards[-1].reask.menu().actions()[0].trigger()
    assert ids(answered(window, qtbot, 4)) == same
    last = conversation.last
    assert last.place == 4 and journal.session == session and len(library.sessions()) == sessions
    assert [(turn.number, turn.replaces) for turn in library.turns(session)] == [(1, 0), (2, 0), (3, 2), (4, 3)]
    assert all(path.read_bytes() == was for path, was in before.items() if path.exists())  # what was there is as it was
    assert sum(path.exists() for path in before) == len(before)


def test_a_session_that_another_program_writes_is_left_alone(window, qtbot):
    library = window._library
    talk_of(window, qtbot, "first")
    session = window._journal.session
    window.begin_session()
    talk_of(window, qtbot, "elsewhere")
    lock = Lock(library.sessions_folder / session / LOCK)
    try:
        continued(window, qtbot, session)
        qtbot.waitUntil(lambda: "another program writes it" in window.header._problem.text())
        talk_of(window, qtbot, "and now")
        assert len(library.turns(session)) == 1 and window._journal.session not in ("", session)
    finally:
        lock.release()
