"""A turn's card: its sound, its text, its depths, and what can be asked of it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolTip

from app.pages.talk.turn_card import FIGURES_EVERY, TurnCard
from app.widgets import waveform
from app.widgets.waveform import Envelope, Waveform
from engine.events import Note, TurnFailed
from tests.app.widgets.panels.turns import LAYERS, MODEL, Turn, stats

LEFT = Qt.MouseButton.LeftButton
RATE = 16000


def sound(seconds: float) -> np.ndarray:
    return np.sin(np.arange(int(seconds * RATE)) * 0.1).astype(np.float32)


def finished(**changed) -> Turn:
    turn = Turn(number=4, question_samples=[sound(1.5)], **changed)
    turn.say("text", LAYERS, word="Four.").group().group().say("speech", *[2] * 17)
    return turn.sound(sound(0.5), sound(0.5)).finish(stats())


def figures(card: TurnCard) -> str:
    return card._figures.text().replace("\u00a0", " ")


@pytest.fixture
def card(qtbot):
    made = TurnCard(finished(), MODEL)
    qtbot.addWidget(made)
    made.resize(720, made.sizeHint().height())
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def played(card):
    seen = []
    card.play_requested.connect(lambda which, seconds: seen.append((which, round(seconds, 2))))
    return seen


def test_the_envelope_is_the_lowest_and_highest_of_every_hundredth_however_it_comes():
    samples = np.random.default_rng(0).standard_normal(RATE + 100).astype(np.float32)
    envelope = Envelope(RATE)
    for piece in np.split(samples, [3, 3, 170, 171, 9000]):
        envelope.add(piece)
    low, high = envelope.bins()
    blocks = [samples[start : start + 160] for start in range(0, len(samples), 160)]
    np.testing.assert_array_equal(low, [block.min() for block in blocks])
    np.testing.assert_array_equal(high, [block.max() for block in blocks])
    assert envelope.seconds == pytest.approx(1 + 100 / RATE)
    low, high = envelope.columns(10)
    assert len(low) == 10 and low.min() == samples.min() and high.max() == samples.max()


def test_a_long_sound_is_taken_in_over_several_calls(qtbot, monkeypatch):
    monkeypatch.setattr(waveform, "MOST", 1000)
    row = waveform.SoundRow("the reply")
    qtbot.addWidget(row)
    row.take([sound(0.2)], RATE)
    assert row.wave.seconds < 0.1
    qtbot.waitUntil(lambda: row.wave.seconds == pytest.approx(0.2))


def test_a_growing_sound_is_drawn_as_it_comes(qtbot):
    wave = Waveform("The reply")
    qtbot.addWidget(wave)
    wave.resize(300, 40)
    pieces = [np.zeros(RATE, np.float32)]
    wave.take(pieces, RATE)
    flat = wave.grab().toImage()
    pieces.append(sound(1.0))
    wave.take(pieces, RATE)
    assert wave.seconds == 2 and wave.grab().toImage() != flat
    assert wave.accessibleDescription() == "2.0 seconds"


def test_play_seek_and_stop_by_mouse(card, played, qtbot):
    QTest.mouseClick(card.question.button, LEFT)
    wave = card.sound.wave
    QTest.mouseClick(wave, LEFT, pos=QPoint(wave.width() // 2, 10))
    assert played[0] == ("question", 0.0)
    assert played[1][0] == "reply" and played[1][1] == pytest.approx(0.5, abs=0.02)
    card.set_position("reply", 0.25)
    assert card.sound.button.is_playing and card.sound.button.accessibleName() == "Stop the reply"
    assert not card.question.button.is_playing
    with qtbot.waitSignal(card.stop_requested):
        QTest.mouseClick(card.sound.button, LEFT)
    card.set_position("reply", None)
    assert not card.sound.button.is_playing


def test_play_seek_and_stop_by_keys(card, played, qtbot):
    QTest.keyClick(card.sound.button, Qt.Key.Key_Space)
    QTest.keyClick(card.question.wave, Qt.Key.Key_Return)
    card.set_position("question", 0.2)
    QTest.keyClick(card.question.wave, Qt.Key.Key_Right)
    QTest.keyClick(card.question.wave, Qt.Key.Key_Left)
    assert played == [("reply", 0.0), ("question", 0.0), ("question", 1.2), ("question", 0.0)]
    with qtbot.waitSignal(card.stop_requested):
        QTest.keyClick(card.question.wave, Qt.Key.Key_Return)


def test_the_strip_tells_about_tokens_and_seeks_their_sound(card, played):
    strip = card.strip
    slot = strip.width() / 60
    QTest.mouseClick(strip, LEFT, pos=QPoint(round(11.5 * slot), 20))
    assert played == [("reply", 0.4)]  # ten speech tokens before it, 25 a second
    QTest.keyClick(strip, Qt.Key.Key_Home)
    assert "“Four.”" in QToolTip.text() and strip.cursor_index == 0
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert "exit at layer 2, caught up later" in strip.accessibleDescription()
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert played[-1] == ("reply", 0.0)
    card.set_position("reply", 0.4)
    assert strip._head == 11


def test_the_buttons_ask_for_what_they_say(card, qtbot):
    same, other, _, *presets = card.reask.menu().actions()
    names = [action.text() for action in presets]
    assert names[0] == "Full depth   full" and any("spark:even@6" in name for name in names)
    with qtbot.waitSignal(card.again_requested) as again:
        same.trigger()
    assert again.args == [False] and not other.isEnabled()  # a greedy reply does not depend on the seed
    with qtbot.waitSignal(card.reask_requested) as asked:
        presets[1].trigger()
    assert asked.args == [4, "spark:even@6", "none"]
    merged = card.reask.menu().actions()[-1].menu()
    assert merged.title() == "Pooling of the speech" and merged.actions()[0].text() == "Every position   none"
    with qtbot.waitSignal(card.reask_requested) as asked:
        merged.actions()[2].trigger()
    assert asked.args == [4, card.turn.schedule, "input:0.8"]
    with qtbot.waitSignal(card.compare_requested) as compared:
        QTest.mouseClick(card.compare, LEFT)
    with qtbot.waitSignal(card.export_requested) as exported:
        QTest.keyClick(card.export, Qt.Key.Key_Space)
    assert compared.args == exported.args == [4]


def test_words_are_copied_by_button_menu_and_key(card, qtbot):
    copied = []
    card.copy_requested.connect(copied.append)
    QTest.mouseClick(card.copy_question, LEFT)
    QTest.keyClick(card.copy_reply, Qt.Key.Key_Space)
    actions = {action.text(): action for action in card.menu().actions()}
    actions["Copy question and reply"].trigger()
    assert copied == [card.turn.heard, card.turn.text, f"{card.turn.heard}\n\n{card.turn.text}"]
    with qtbot.waitSignal(card.copy_all_requested):
        actions["Copy the whole conversation"].trigger()

    words = card.reply  # with the mouse over it and Ctrl+C, as everywhere
    QTest.mousePress(words, LEFT, pos=QPoint(1, words.height() // 2))
    QTest.mouseMove(words, QPoint(words.width() - 2, words.height() // 2))
    QTest.mouseRelease(words, LEFT, pos=QPoint(words.width() - 2, words.height() // 2))
    assert words.selectedText() == card.turn.text and QApplication.focusWidget() is words
    QGuiApplication.clipboard().clear()
    QTest.keyClick(words, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == card.turn.text
    assert card.menu().actions()[0].text() == "Copy the selected words"


def test_a_drawn_reply_can_be_had_with_another_seed(qtbot):
    turn = finished()
    turn.record.sampling = {"temperature": 0.8, "top_p": 0.9}
    card = TurnCard(turn, MODEL)
    qtbot.addWidget(card)
    with qtbot.waitSignal(card.again_requested) as again:
        card.reask.menu().actions()[1].trigger()
    assert again.args == [True]


def test_a_growing_turn_can_be_heard_later_only(qtbot):
    turn = Turn(text="", spoken=False)
    card = TurnCard(turn, MODEL)
    qtbot.addWidget(card)
    card.show()
    assert card.sound.isHidden() and card.question.isHidden() and card.strip.isHidden()
    assert not card.reask.isEnabled() and not card.compare.isEnabled() and not card.export.isEnabled()
    assert not card.refresh()
    turn.say("text", LAYERS).group()
    turn.sound(sound(0.2)).record.text = "Fo"
    assert card.refresh() and not card.refresh()
    assert card.sound.isVisible() and card.strip.isVisible() and card.reply.text() == "Fo"
    assert "100 tokens/s" in figures(card) and "mean speech depth 3.5 of 8" in figures(card)
    turn.finish()
    assert card.refresh() and card.compare.isEnabled()


def test_a_pooled_question_says_how_and_what_was_kept(qtbot):
    turn = Turn(pooling="input:0.8").say("text", 6, LAYERS).group()
    turn.finish(stats(pooling="input:0.8", prefill={"heard": 50, "input": 30, "deep": 30}))
    card = TurnCard(turn, MODEL)
    qtbot.addWidget(card)
    card.show()
    assert card._pooling.isVisible() and card._pooling.text() == "input:0.8"
    assert "30 of 50 positions of your speech kept" in figures(card) and "of text 7.0" in figures(card)
    with qtbot.waitSignal(card.reask_requested) as asked:
        card.reask.menu().actions()[3].trigger()
    assert asked.args == [1, "full", "input:0.8"]
    typed = TurnCard(Turn(spoken=False).finish(), MODEL)
    qtbot.addWidget(typed)
    typed.show()
    assert typed._pooling.isHidden() and not any(action.menu() for action in typed.reask.menu().actions())


def test_figures_of_a_growing_reply_move_with_every_few_tokens(qtbot):
    turn = Turn(spoken=False)
    card = TurnCard(turn, MODEL)
    qtbot.addWidget(card)
    card.show()
    turn.say("speech", *[LAYERS] * FIGURES_EVERY)
    card.refresh()
    assert "mean speech depth 8.0" in figures(card)
    turn.say("speech", 2)
    card.refresh()
    moved = figures(card)
    turn.say("speech", 2)
    card.refresh()
    assert figures(card) == moved and "7.8" in moved and card.strip._tokens == FIGURES_EVERY + 2
    turn.finish()
    card.refresh()
    assert "7.5" in figures(card)


def test_a_turn_without_sound_or_model_is_shown_too(qtbot):
    card = TurnCard(Turn("full", "who", "Me.").group().finish())
    qtbot.addWidget(card)
    card.show()
    assert card.heard.text() == "who" and card.sound.isHidden()
    assert card.strip.isVisible() and card.export.isEnabled() and not card.reask.isEnabled()


def test_what_was_measured_of_the_question_stands_under_it(qtbot, card):
    assert card._sound_notes.isHidden() and card.insist.isHidden()
    turn = finished()
    turn.record.notes = (Note("quiet", "The question is very quiet."), Note("cut", "The sound file ends early."))
    noted = TurnCard(turn, MODEL)
    qtbot.addWidget(noted)
    assert noted._sound_notes.text() == "The question is very quiet. The sound file ends early."


def test_a_question_without_a_voice_can_be_sent_all_the_same_from_its_card(qtbot):
    turn = Turn(heard="", text="")
    turn.record.apply(TurnFailed("I heard no voice in that.", no_voice=True))
    turn.end()
    card = TurnCard(turn, MODEL)
    qtbot.addWidget(card)
    card.show()
    assert card._note.property("role") == "muted" and card.insist.isVisible()
    with qtbot.waitSignal(card.insist_requested):
        QTest.mouseClick(card.insist, LEFT)


def test_everything_has_a_name_and_is_reached_by_tab(card):
    for widget in (*card.findChildren(QAbstractButton), card.strip, card.question.wave, card.sound.wave):
        assert widget.accessibleName() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget


def test_a_turn_whose_sound_is_gone_says_so_and_cannot_be_played(card, played, qtbot):
    picture = card.question.wave._envelope.bins()
    card.let_sounds_go()
    assert card.turn.samples == 0 and card.lost.isVisible() and figures(card)
    for row in (card.question, card.sound):
        assert not row.button.isEnabled() and row.button.toolTip() == card.lost.text() and row.wave.isVisible()
        QTest.mouseClick(row.button, LEFT)
        QTest.mouseClick(row.wave, LEFT, pos=QPoint(20, 10))
    card.seek_token(11)
    card.set_position("reply", 0.1)
    card.set_position("reply", None)  # it was being played
    assert not played and card.sound.button.toolTip() == card.lost.text()
    np.testing.assert_array_equal(card.question.wave._envelope.bins(), picture)


def test_a_long_sound_is_drawn_to_its_end_before_it_goes(qtbot, monkeypatch):
    monkeypatch.setattr(waveform, "MOST", 1000)
    card = TurnCard(finished(), MODEL)
    qtbot.addWidget(card)
    card.let_sounds_go()
    assert card.turn.samples
    qtbot.waitUntil(lambda: card.question.is_whole and card.sound.is_whole)
    card.let_sounds_go()
    assert not card.turn.samples and card.question.wave.seconds == pytest.approx(1.5)
