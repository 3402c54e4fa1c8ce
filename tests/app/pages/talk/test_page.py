"""What can be done with what was said: ask it again, copy it, take it out."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.audio.sound import Sound
from app.core import sound_files
from app.program import program
from app.settings.settings import Settings
from app.storage import archive
from app.storage.files import Lock
from app.storage.journal import Journal
from app.storage.library import LOCK, Library
from app.storage.records import stats_of
from app.widgets import theme
from engine.events import Note
from engine.speech.sound_check import SoundCheck
from tests.app.random_voice import RandomVoice
from tests.app.storage.test_library import record

pytestmark = pytest.mark.usefixtures("any_sound_is_speech")

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
            window.resize(1400, 900)  # room for the panels
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
    return [token.id for token in turn.record.tokens]


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
    assert ids(third) == ids(second) and third.record.sampling == second.record.sampling and third.seed == 5
    qtbot.waitUntil(lambda: window.talk._memory.positions == positions)  # one of the two is remembered
    window.chat.cards[-1].reask.menu().actions()[1].trigger()
    fourth = answered(window, qtbot, 4)
    assert ids(fourth) != ids(third) and fourth.seed != 5 and fourth.record.sampling == third.record.sampling
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
    monkeypatch.setattr("app.widgets.save_dialog.show_folder", lambda file: opened.append(file.parent) or True)
    talk_of(window, qtbot, "before")
    window.begin_session()
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


def test_the_session_of_before_is_shown_though_the_list_has_not_followed_yet(window, qtbot, monkeypatch):
    talk_of(window, qtbot, "first")
    session = window._journal.session
    qtbot.waitUntil(lambda: window.talk.sessions.model.row_of(session) >= 0)
    monkeypatch.setattr(window, "_follow_journal", lambda: None)
    window.begin_session()
    talk_of(window, qtbot, "elsewhere")
    window.talk.show_session(session)
    qtbot.waitUntil(lambda: window.talk.past.isVisible() and bool(window.talk.past.cards))


def test_a_turn_of_another_model_is_drawn_as_deep_as_that_one(window, qtbot):
    window.resize(1280, 800)  # with room for the panels
    journal = Journal(window._library)
    record(journal)  # eight tokens of layer 8 of 12; the model here has 8 layers
    journal.close()
    session = window._library.sessions()[0].id
    window.talk.show_session(session)
    qtbot.waitUntil(lambda: window.talk.depths._layers == 12 and window.talk.depths.bars == 8)
    assert "8 of 8 speech tokens exited early" in window.talk.depths.sentence
    window.talk.show_live()
    qtbot.waitUntil(lambda: window.talk.depths._layers == window.conversation.model.layers)


def test_a_session_that_another_program_writes_is_left_alone(window, qtbot):
    library = window._library
    talk_of(window, qtbot, "first")
    session = window._journal.session
    window.begin_session()
    talk_of(window, qtbot, "elsewhere")
    lock = Lock(library.sessions_folder / session / LOCK)
    sessions = window.talk.sessions
    qtbot.waitUntil(lambda: sessions.model.row_of(session) >= 0)
    sessions.select(session)
    try:
        next(action for action in sessions.list.actions() if action.text().replace("&", "") == "Continue").trigger()
        qtbot.waitUntil(lambda: "another program writes it" in window.header._problem.text())
        talk_of(window, qtbot, "and now")
        assert len(library.turns(session)) == 1 and window._journal.session not in ("", session)
    finally:
        lock.release()


def of_files(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(page, *paths):
    data, buttons, keys = of_files(*paths), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    hold = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(page, hold)
    assert hold.isAccepted() == page._drop_sign.isVisible()
    if hold.isAccepted():
        QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys))
    assert not page._drop_sign.isVisible()


@pytest.fixture
def recordings(tmp_path):
    """A FLAC in stereo, a WAV of 8 kHz, a letter, and two minutes and a second."""
    paths = [tmp_path / name for name in ("one.flac", "two is here.wav", "letter.wav", "long.wav")]
    soundfile.write(paths[0], np.stack([NOISE, NOISE], axis=1), 44100)
    soundfile.write(paths[1], NOISE[:8000], 8000)
    paths[2].write_text("Dear Refrain")
    soundfile.write(paths[3], np.tile(NOISE[:8000], 121), 8000)
    return paths


def test_sound_files_are_questions_one_after_another_and_what_cannot_be_read_is_said(window, qtbot, recordings, monkeypatch):
    readers, read = set(), sound_files.read
    monkeypatch.setattr(sound_files, "read", lambda path: readers.add(threading.current_thread().name) or read(path))
    drop(window.talk, *recordings)
    answered(window, qtbot, 2)  # the second may follow before anybody sees that the first is over
    first, _ = window.conversation.turns
    one, two = window.chat.cards
    assert one._caption.text() == "You  ·  one.flac, 0.5 s" and two._caption.text() == "You  ·  two is here.wav, 1.0 s"
    assert np.concatenate(first.question_samples) == pytest.approx(NOISE, abs=1e-4) and first.question_rate == 44100
    assert one.question.isVisible() and one.question.wave.seconds == pytest.approx(24000 / 44100, abs=0.01)
    qtbot.waitUntil(lambda: "letter.wav is no sound file" in window.conversation.notice, timeout=30_000)
    assert "long.wav is 2 minutes long; at most 2 minutes" in window.conversation.notice
    assert readers and "MainThread" not in readers  # a slow disk does not hold up the screen
    assert [turn.source for turn in window._library.turns(window._journal.session)] == ["one.flac", "two is here.wav"]


def test_sound_files_are_pasted_chosen_and_thought_better_of(window, qtbot, recordings, monkeypatch):
    QGuiApplication.clipboard().setMimeData(of_files(recordings[1]))
    window.chat.entry.setFocus()
    qtbot.keyClick(window.chat.entry, Qt.Key.Key_V, CONTROL)
    answered(window, qtbot, 1)
    assert window.chat.entry.text() == ""
    QGuiApplication.clipboard().setMimeData(of_files(recordings[1]))
    qtbot.keyClick(window.chat.talk, Qt.Key.Key_V, CONTROL)
    answered(window, qtbot, 2)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *a: ([str(recordings[0])] * 3, ""))
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL)
    qtbot.waitUntil(lambda: len(window.conversation.turns) == 3, timeout=30_000)
    assert window.conversation.last.source == "one.flac"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.conversation.hint == "2 sound files were not asked."
    answered(window, qtbot, 3)
    assert len(window.conversation.files) == 0
    QGuiApplication.clipboard().setText("only words")
    window.chat.entry.setFocus()
    qtbot.keyClick(window.chat.entry, Qt.Key.Key_V, CONTROL)
    assert window.chat.entry.text() == "only words"
    window.chat.entry.clear()


def test_where_there_is_little_room_the_welcome_is_read_from_its_beginning(window, qtbot, monkeypatch):
    transcript, bar = window.conversation.transcript, window.chat._scroll.verticalScrollBar()
    monkeypatch.setattr(transcript, "model", replace(transcript.model, about="It can talk. " * 300))
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=30_000)
    assert bar.value() == 0
    window.conversation.ask("a question")
    answered(window, qtbot, 1)
    assert bar.value() == bar.maximum()


def files_under(folder):
    """What is on the disk, but for the index, whose copy of the sessions is brought up to date now and then."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and "index.sqlite" not in path.name}


def test_of_a_private_session_nothing_is_written(window, qtbot, recordings):
    home = window._library.folder.parents[1]
    talk_of(window, qtbot, "before")
    session = window._journal.session
    window.talk.private_session.emit()
    qtbot.waitUntil(lambda: window._journal.is_private and not window._journal.session)
    qtbot.waitUntil(window.chat.private.isVisible)
    before = files_under(home)
    talk_of(window, qtbot, "a secret xyzzy", "more of xyzzy")
    drop(window.talk, recordings[0])
    answered(window, qtbot, 3)
    conversation = window.conversation
    conversation.choose_schedule("no such schedule xyzzy")
    conversation.ask("xyzzy that fails")
    assert answered(window, qtbot, 4).has_failed
    conversation.choose_schedule("full")
    window.choice.use("another")  # a model more: it stays private
    qtbot.waitUntil(lambda: conversation.model is not None and window._journal.is_private, timeout=60_000)
    talk_of(window, qtbot, "xyzzy again")
    window.chat.cards[-1].reask.menu().actions()[0].trigger()
    answered(window, qtbot, 2)
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(window, Qt.Key.Key_C, CONTROL | SHIFT)
    assert "xyzzy again" in QGuiApplication.clipboard().text()
    after = files_under(home)
    assert {path for path in after if before.get(path) != after[path]} <= {home / "settings.toml"}  # where the model stands
    assert not [path for path in home.rglob("*") if path.is_file() and b"xyzzy" in path.read_bytes()]
    assert len(window._library.turns(session)) == 1  # what was there before stays

    qtbot.mouseClick(window.chat.private.end, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window._journal.is_private and not window.chat.private.isVisible())
    assert not conversation.turns
    talk_of(window, qtbot, "in public")
    assert [turn.heard for turn in window._library.turns(window._journal.session)] == ["in public"]


def test_everything_is_deleted_after_a_question_that_names_it_and_the_program_goes_on(window, qtbot, monkeypatch):
    library, home = window._library, window._library.folder.parents[1]
    talk_of(window, qtbot, "to be deleted")
    window.begin_session()
    talk_of(window, qtbot, "to be deleted too")
    (home / "refrain" / "listening tests" / "one").mkdir(parents=True)
    (home / "refrain" / "listening tests" / "one" / "plan.json").write_text("{}")
    library.delete(library.sessions()[-1].id)
    settings = window._settings
    settings.set("generation.seed", 77)
    asked = []

    def answer(box, press):
        asked.append(box.informativeText())
        box.checkBox().setChecked(press != "settings too")
        next(one for one in box.buttons() if (one is box.defaultButton()) == (press == "no")).click()

    def erase(press):
        count = len(asked)
        monkeypatch.setattr(QMessageBox, "exec", lambda box: answer(box, press))
        window.settings.erase.click()
        qtbot.waitUntil(lambda: len(asked) > count and not window.erasing._background.is_busy, timeout=60_000)

    erase("no")
    sessions = len(library.sessions())
    assert f"{sessions} session" in asked[0] and "1 in the trash" in asked[0] and "1 listening test" in asked[0]
    assert "kB" in asked[0] or "MB" in asked[0]
    assert window.conversation.turns and (library.folder / "index.sqlite").exists()
    erase("yes")
    assert window.conversation.hint == "Everything is deleted." and not window.conversation.turns
    assert set(files_under(home)) == {home / "settings.toml"} and settings.get("generation.seed") == 77
    qtbot.waitUntil(lambda: window.talk.sessions.model.rowCount() == 0)
    talk_of(window, qtbot, "the talk goes on")
    assert [info.words for info in library.sessions()] == ["the talk goes on"]
    erase("settings too")
    assert not files_under(home) and settings.get("generation.seed") == 0


def test_noise_is_no_question_but_can_be_sent_all_the_same(window, qtbot, monkeypatch):
    monkeypatch.setattr(SoundCheck, "said", property(lambda self: self._gate.said))
    conversation = window.conversation
    conversation.ask_aloud(NOISE, 24000, notes=(Note("cut", "The sound file ends early."),))
    turn = answered(window, qtbot, 1)
    status = conversation.status()
    assert turn.record.no_voice and not turn.record.tokens and "no voice" in turn.note
    assert (status.state, status.sentence, status.intent) == ("Idle", turn.note, "send_anyway")
    conversation.regenerate(turn)
    assert answered(window, qtbot, 2).record.no_voice  # nobody insisted
    window.chat.cards[1].insist.click()
    insisted = answered(window, qtbot, 3)
    assert insisted.record.tokens and not insisted.has_failed and {"cut", "no-voice"} <= {note.code for note in insisted.notes}
    assert insisted.question_samples and np.array_equal(np.concatenate(insisted.question_samples), NOISE)
    conversation.regenerate(insisted)  # as it was: it was insisted on
    assert not answered(window, qtbot, 4).has_failed
    library = window._library
    kept = library.turns(library.sessions()[0].id)
    assert [turn.state for turn in kept] == ["failed", "failed", "finished", "finished"]
    assert all(turn.question_audio() is not None for turn in kept)
    assert stats_of(kept[2].stats).notes == insisted.notes


def test_a_file_of_sessions_is_imported_and_shown(window, qtbot, tmp_path):
    elsewhere = Library(tmp_path / "library")
    elsewhere.open()
    journal = Journal(elsewhere)
    record(journal, 1)
    journal.close()
    file = tmp_path / "a session.refrain"
    archive.export_zip(elsewhere, [elsewhere.sessions()[0].id], file)
    elsewhere.close()
    window.open_again({"files": [str(file)]})
    qtbot.waitUntil(lambda: bool(window.talk.past.cards))
    qtbot.waitUntil(lambda: window.talk.sessions.note.text() == "1 session imported.")
    broken = tmp_path / "broken.refrain"
    broken.write_bytes(file.read_bytes()[:200])
    window.open_again({"files": [str(broken), 7]})
    qtbot.waitUntil(lambda: "broken.refrain" in window.talk.sessions.note.text())
    window.talk.show_conversation()
