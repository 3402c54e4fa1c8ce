"""What the pages of one window ask of each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt

from app.audio.sound import Sound
from app.program import program
from app.settings.settings import Settings
from app.widgets import theme
from app.window import BLIND, COMPARE, DIAGNOSTICS, MODELS, SETTINGS, TALK
from engine.lm import backend_choice
from engine.models.checkpoints import precision_choice
from tests.app.random_voice import RandomVoice

CONTROL = Qt.KeyboardModifier.ControlModifier
NOISE = (0.1 * np.random.default_rng(0).standard_normal(24000)).astype(np.float32)


def load(name: str) -> RandomVoice:
    if name == "broken":
        raise ValueError("The folder broken has no weights.")
    return RandomVoice()


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.toml")


@pytest.fixture
def window(qtbot, qapp, tmp_path, monkeypatch, settings):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(Sound, "open", lambda self: None)
    theme.install(qapp)
    with program(settings, load) as window:
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: window.conversation.model is not None, timeout=60_000)
        yield window
    theme.choose(qapp, "system")


def test_the_program_is_made_as_the_settings_say(qtbot, qapp, tmp_path, monkeypatch, settings):
    monkeypatch.setattr(Sound, "open", lambda self: None)
    settings.set("library.folder", str(tmp_path / "elsewhere"))
    settings.set("engine.threads", 3)
    settings.set("engine.backend", "torch")
    settings.set("engine.precision", "int8")
    settings.set("audio.latency", "safe")
    monkeypatch.setattr(backend_choice, "_chosen", backend_choice.BACKENDS[0])
    monkeypatch.setattr(precision_choice, "_chosen", None)
    threads = []  # of torch, on the engine's own thread

    def loaded(name):
        model = load(name)
        pattern = model.pattern
        model.pattern = lambda spoken: threads.append(torch.get_num_threads()) or pattern(spoken)
        return model

    with program(settings, loaded) as window:
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: window.conversation.model is not None, timeout=60_000)
        assert window.conversation._sound.latency == "safe"
        assert backend_choice.wanted() == "torch" and precision_choice.wanted() == "int8"
        window.conversation.ask("a question")
        qtbot.waitUntil(lambda: window.conversation.last.is_over, timeout=60_000)
        assert threads == [3]
        assert list((tmp_path / "elsewhere" / "sessions").iterdir())


def test_what_is_not_kept_is_said(window, qtbot):
    window._journal.problem = "This turn is not kept: no space left."
    qtbot.waitUntil(lambda: "not kept" in window.header._problem.text(), timeout=10_000)


def test_a_library_that_cannot_be_opened_keeps_turns_as_soon_as_it_can(qtbot, qapp, tmp_path, monkeypatch, settings):
    monkeypatch.setattr(Sound, "open", lambda self: None)
    folder = tmp_path / "a disk that is not there"
    folder.write_text("")
    settings.set("library.folder", str(folder))
    with program(settings, load) as window:
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: "Turns are not kept until it can." in window.header._problem.text(), timeout=10_000)
        qtbot.waitUntil(lambda: window.conversation.model is not None, timeout=60_000)
        folder.unlink()
        window.conversation.ask("a question")
        qtbot.waitUntil(lambda: window.talk.sessions.model.rowCount() == 2, timeout=60_000)  # a day, and a session
        assert not window.header._problem.isVisible()


def test_a_model_that_cannot_be_loaded_leaves_the_one_before(window, qtbot, settings):
    window.conversation.ask("a question")
    qtbot.waitUntil(lambda: window.conversation.last.is_over, timeout=60_000)
    window.models.use_requested.emit("broken")
    assert not window.conversation.turns  # another model begins a session of its own
    qtbot.waitUntil(lambda: window.models.notice != "" and window.conversation.model is not None, timeout=60_000)
    assert window.models.notice == window.conversation.notice == "The folder broken has no weights."
    assert settings.get("engine.model") == "wren"
    window.conversation.ask("another question")
    qtbot.waitUntil(lambda: window.conversation.last.is_over, timeout=60_000)
    assert not window.conversation.last.has_failed


def test_without_any_model_the_button_beside_the_state_shows_what_there_is(window, qtbot):
    window.choice._good = ""  # as at a first start
    window.models.use_requested.emit("broken")
    qtbot.waitUntil(lambda: window.conversation.status().state == "Error", timeout=60_000)
    qtbot.waitUntil(window.chat.bar.action.isVisible, timeout=10_000)
    qtbot.mouseClick(window.chat.bar.action, Qt.MouseButton.LeftButton)
    assert window.pages.currentIndex() == MODELS


def test_another_model_is_found_again_at_the_next_start(window, qtbot, settings):
    window.models.use_requested.emit("another")
    qtbot.waitUntil(lambda: settings.get("engine.model") == "another", timeout=60_000)
    settings.flush()
    assert Settings(settings.path).get("engine.model") == "another"


def test_keys_show_pages_follow_the_settings_and_rest_during_a_blind_test(window, qtbot):
    for number, key in ((COMPARE, "2"), (BLIND, "3"), (MODELS, "4"), (SETTINGS, "5"), (DIAGNOSTICS, "6"), (TALK, "1")):
        qtbot.keyClick(window, getattr(Qt.Key, f"Key_{key}"), CONTROL)
        assert window.pages.currentIndex() == number
    window.shortcuts.assign("page_models", "Ctrl+K")
    assert "Ctrl+K" in window.rail.buttons[MODELS].toolTip()
    qtbot.keyClick(window, Qt.Key.Key_4, CONTROL)
    assert window.pages.currentIndex() == TALK
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    assert window.pages.currentIndex() == MODELS
    window.listening.alone.emit(True)
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert window.pages.currentIndex() == MODELS and window.rail.isHidden()
    assert window.header.isHidden()  # it names the model and the schedule
    window.listening.alone.emit(False)
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert window.pages.currentIndex() == TALK


def test_the_first_steps_are_remembered(window, qtbot, settings):
    window.show_welcome()
    qtbot.waitUntil(lambda: window.welcome.isVisible(), timeout=10_000)
    window.welcome.reject()
    qtbot.waitUntil(lambda: settings.get("first_run.done"), timeout=10_000)


def test_appearance_and_headphones_come_from_the_settings(window, settings):
    settings.set("look.appearance", "dark")
    assert theme.now() is theme.DARK
    settings.set("audio.echo", "headphones")
    assert window.conversation.headphones
    window.chat.bar.headphones_chosen.emit(False)
    assert settings.get("audio.echo") == "automatic"


def test_a_pooled_question_is_asked_kept_and_asked_again(window, qtbot, settings, any_sound_is_speech):
    settings.set("engine.pooling", "input:0.5")
    assert window.conversation.pooling == "input:0.5" == window.picker.pooling

    def answered(count):
        return lambda: len(window.chat.cards) == count and window.chat.cards[-1].export.isEnabled()

    window.conversation.ask_aloud(NOISE, 24000)
    qtbot.waitUntil(answered(1), timeout=60_000)
    card = window.chat.cards[0]
    assert card.turn.record.stats.pooling == "input:0.5" and card._pooling.text() == "input:0.5"
    plain = card.reask.menu().actions()[-1].menu().actions()[0]
    plain.trigger()
    qtbot.waitUntil(answered(2), timeout=60_000)
    card = window.chat.cards[1]
    assert card.turn.record.stats.pooling == "none" and card._pooling.isHidden() and window.conversation.pooling == "input:0.5"
    window.conversation.ask("typed")
    qtbot.waitUntil(answered(3), timeout=60_000)
    assert window.chat.cards[2]._pooling.isHidden()
    qtbot.waitUntil(lambda: window.talk.sessions.current != "", timeout=10_000)
    session = window.talk.sessions.current
    window.begin_session()
    qtbot.waitUntil(lambda: window.talk.sessions.current == "", timeout=10_000)
    window.talk.show_session(session)
    qtbot.waitUntil(lambda: len(window.talk.past.cards) == 3, timeout=10_000)
    assert [one.turn.pooling for one in window.talk.past.cards] == ["input:0.5", "none", "none"]


def test_the_keys_of_the_talk_page_work_wherever_the_focus_goes(window, qtbot):
    conversation, entry = window.conversation, window.chat.entry
    entry.setFocus()
    qtbot.keyClicks(entry, "a m")  # typing is typing
    assert entry.text() == "a m" and not conversation.muted
    window.chat.stop.setFocus()
    qtbot.keyClick(window.chat.stop, Qt.Key.Key_M)
    assert conversation.muted
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert not conversation.muted
    window.show_page(SETTINGS)
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert not conversation.muted
    window.show_page(TALK)
    window.chat.talk.setFocus()
    conversation.ask("a question")
    qtbot.keyClick(window.chat.talk, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: conversation.last.is_over, timeout=60_000)
    assert conversation.last.note == "Stopped."


def test_a_reply_that_came_while_another_page_was_shown_is_there_afterwards(window, qtbot):
    window.show_page(SETTINGS)
    window.conversation.ask("a question")
    qtbot.waitUntil(lambda: not window.conversation.is_busy, timeout=60_000)
    window.show_page(TALK)
    card = window.chat.cards[0]
    qtbot.waitUntil(lambda: card.reply.text() == window.conversation.last.text and card.export.isEnabled(), timeout=10_000)


def test_a_long_conversation_keeps_its_newest_turns_on_the_screen_and_all_of_them_in_the_library(window, qtbot, monkeypatch):
    monkeypatch.setattr("app.window.MOST_CARDS", 2)
    for count in range(1, 5):
        window.conversation.ask(f"question {count}")
        qtbot.waitUntil(lambda: window.conversation.last.is_over and not window.conversation.is_busy, timeout=60_000)
    qtbot.waitUntil(lambda: len(window.chat.cards) == 2, timeout=10_000)
    assert [turn.heard for turn in window.conversation.turns] == ["question 3", "question 4"]
    qtbot.mouseClick(window.chat.earlier, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.talk.past.cards) == 4, timeout=10_000)
    assert [card.turn.heard for card in window.talk.past.cards] == [f"question {count}" for count in range(1, 5)]
    window.begin_session()
    assert window.chat.earlier.isHidden() and not window.chat.cards


def test_a_long_past_session_is_read_piece_by_piece(window, qtbot, monkeypatch):
    monkeypatch.setattr("app.storage.past.AT_ONCE", 2)
    for count in range(1, 6):
        window.conversation.ask(f"question {count}")
        qtbot.waitUntil(lambda: window.conversation.last.is_over and not window.conversation.is_busy, timeout=60_000)
    qtbot.waitUntil(lambda: window.talk.sessions.current != "", timeout=10_000)
    past, session = window.talk.past, window.talk.sessions.current
    window.begin_session()
    qtbot.waitUntil(lambda: window.talk.sessions.current == "", timeout=10_000)
    window.talk.show_session(session)
    for shown, words in ((2, "3 more turns"), (4, "One more turn"), (5, "")):
        qtbot.waitUntil(lambda shown=shown: len(past.cards) == shown, timeout=10_000)
        assert past.more.isVisibleTo(past) == bool(words) and (not words or past.more.text() == words)
        qtbot.mouseClick(past.more, Qt.MouseButton.LeftButton)
    assert [card.turn.heard for card in past.cards] == [f"question {count}" for count in range(1, 6)]


def spoken_and_over(window, qtbot, count):
    """So many spoken questions with their replies."""
    for done in range(1, count + 1):
        window.conversation.ask_aloud(NOISE, 24000)
        qtbot.waitUntil(lambda done=done: len(window.chat.cards) == done, timeout=60_000)
        qtbot.waitUntil(lambda: window.conversation.last.is_over and not window.conversation.is_busy, timeout=60_000)
    return window.chat.cards


def samples(card):
    turn = card.turn
    return sum(map(len, turn.question_samples)) + sum(len(piece.samples) for piece in turn.record.audio)


def test_sounds_that_the_library_has_leave_the_memory_and_are_heard_again_all_the_same(
    window, qtbot, monkeypatch, any_sound_is_speech
):
    cards = spoken_and_over(window, qtbot, 5)
    qtbot.waitUntil(lambda: [samples(card) > 0 for card in cards] == [False, False, True, True, True], timeout=10_000)
    first, turn = cards[0], cards[0].turn
    assert turn.text == first.reply.text() and turn.record.tokens and turn.record.audio_seconds > 0
    assert first.question.wave.seconds == 1.0 and first.sound.wave.seconds == pytest.approx(turn.record.audio_seconds)
    assert first.lost.isHidden() and first.sound.button.isEnabled()
    played = []
    monkeypatch.setattr(window.conversation, "play", lambda what, pieces, *how: played.append((what[1], pieces)))
    for row in (first.question, first.sound):
        qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(played) == 2, timeout=10_000)
    (_, question), (_, reply) = played
    np.testing.assert_allclose(np.concatenate(question), NOISE, atol=1e-4)
    assert len(np.concatenate(reply)) / turn.reply_rate == pytest.approx(turn.record.audio_seconds)
    first.reask.menu().actions()[0].trigger()
    qtbot.waitUntil(lambda: len(cards) == 6 and window.conversation.last.is_over, timeout=60_000)
    np.testing.assert_allclose(np.concatenate(window.conversation.last.question_samples), NOISE, atol=1e-4)
    assert samples(first) == 0  # it was only lent


def test_of_a_conversation_that_is_not_kept_the_oldest_sounds_go_and_their_cards_say_so(
    window, qtbot, monkeypatch, any_sound_is_speech
):
    window.begin_session(private=True)
    cards = spoken_and_over(window, qtbot, 4)
    qtbot.wait(300)
    assert all(samples(card) for card in cards)  # there is room for them
    monkeypatch.setattr("app.pages.talk.sounds_in_memory.MOST_SAMPLES", samples(cards[2]) + samples(cards[3]))
    qtbot.waitUntil(lambda: [samples(card) > 0 for card in cards] == [False, False, True, True], timeout=10_000)
    for card, is_lost in zip(cards, (True, True, False, False), strict=True):
        assert card.lost.isVisibleTo(card) == is_lost and card.question.wave.seconds == 1.0 and card.reply.text()
        for row in (card.question, card.sound):
            assert row.button.isEnabled() != is_lost and (row.button.toolTip() == card.lost.text()) == is_lost
    monkeypatch.setattr("app.pages.talk.sounds_in_memory.MOST_SAMPLES", 0)
    qtbot.waitUntil(lambda: not samples(cards[2]), timeout=10_000)
    assert samples(cards[3])  # the newest can be heard however little room there is
