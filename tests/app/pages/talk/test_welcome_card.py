"""What is shown where nothing was asked yet."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from app.pages.talk.welcome_card import MOST, WelcomeCard
from tests.app.widgets.panels.turns import MODEL


def test_it_says_what_the_model_in_use_can_do_and_offers_its_questions(qtbot):
    card = WelcomeCard()
    qtbot.addWidget(card)
    card.show()
    assert not card.about.isVisible() and not card.examples
    first = replace(MODEL, about="It knows sums.", examples=tuple(f"{number} plus one?" for number in range(9)))
    card.show_model(first)
    assert card.about.text() == "It knows sums." and len(card.examples) == MOST
    with qtbot.waitSignal(card.chosen) as chosen:
        qtbot.mouseClick(card.examples[2], Qt.MouseButton.LeftButton)
    assert chosen.args == ["2 plus one?"]
    card.show_model(replace(MODEL, about="It knows capitals.", examples=("Which is Rome?",)))
    assert card.about.isVisible() and [button.text() for button in card.examples] == ["Which is Rome?"]
    card.show_model(None)
    assert not card.about.isVisible() and not card.examples
