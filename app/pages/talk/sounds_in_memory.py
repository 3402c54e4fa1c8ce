"""How much sound of a conversation stays in memory: words and figures stay, samples do not."""

from __future__ import annotations

from collections.abc import Sequence

from app.pages.talk.turn_card import TurnCard

RECENT = 3  # turns that are heard again at once
MOST_SAMPLES = 30_000_000  # of turns that are nowhere else: 120 MB, about twenty minutes


def bound(cards: Sequence[TurnCard]) -> None:
    """Lets go of what the library can give back, but for the newest turns; of other turns the oldest, while they are too many.

    The newest turn keeps its sounds however long they are.
    """
    older = [card for card in cards[:-1] if card.turn.is_over and not card.turn.is_soundless]
    recent = cards[-RECENT:]
    for card in older:
        if card.turn.folder is not None and card not in recent:
            card.let_sounds_go()
    spare = sum(card.turn.samples for card in cards) - MOST_SAMPLES
    for card in older:
        if spare <= 0:
            break
        spare -= card.turn.samples
        card.let_sounds_go()
