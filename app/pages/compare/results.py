"""The rendered replies side by side, and the keys and buttons that switch between them while they play."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QPushButton, QVBoxLayout, QWidget

from app.audio.clips import Clips, align
from app.audio.mixing import Mixer
from app.audio.switcher import Switcher
from app.listening.rendering import Rendered
from app.pages.compare.costs_table import CostsTable
from app.pages.compare.difference import first_difference, mark, same_words
from app.pages.compare.lane import STEP
from app.pages.compare.variant_card import VariantCard
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.waveform import Envelope
from app.widgets.words import Words

PLACES = ("compare_1", "compare_2", "compare_3", "compare_4")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Replies ready to be shown and played."""

    replies: tuple[Rendered, ...]
    clips: Clips
    envelopes: tuple[Envelope, ...]

    def levelled(self) -> list[Rendered]:
        """The replies at their own rates, each with its gain."""
        pairs = zip(self.replies, self.clips.levels, strict=True)
        return [replace(r, samples=r.samples * np.float32(level.gain), gain_db=level.gain_db) for r, level in pairs]


def prepare(replies: Sequence[Rendered], rate: int) -> Prepared:
    """At the rate they will be played at, in Hz. Takes a while: not for the screen's thread."""
    clips = align([(reply.samples, reply.rate) for reply in replies], rate)
    envelopes = []
    for samples in clips.samples:
        envelopes.append(Envelope(rate))
        envelopes[-1].add(samples)
    return Prepared(tuple(replies), clips, tuple(envelopes))


class ResultsView(QWidget):
    """Hidden until there is something to compare. `speaker_wanted` when it shall play and no speaker is open."""

    speaker_wanted = Signal()
    export_requested = Signal()
    blind_requested = Signal()

    def __init__(self, switcher: Switcher) -> None:
        super().__init__()
        self._switcher = switcher
        self.shown: Prepared | None = None
        self.cards: list[VariantCard] = []
        self.play = QPushButton("Play")
        theme.fix(self.play, width=104)
        self.loop = QCheckBox("Loop")
        self.keep = QCheckBox("Keep the place when switching")
        self.keep.setToolTip("On: go on at the same time in the other reply. Off: begin it anew.")
        self.blind = QPushButton("Blind test…")
        self.blind.setToolTip("Hear these without knowing which is which")
        self.export = QPushButton("Export…")
        self.export.setToolTip("Save the sound, the costs and all figures")
        for button in (self.play, self.loop, self.keep, self.blind, self.export):
            button.setAccessibleName(button.text().rstrip("…"))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the waveforms
        self._time = theme.label("", "muted")
        theme.fix(self._time, width=110)
        self._hint = theme.label("", "muted", 0.92)
        self.table = CostsTable()
        self.origin = Words(role="muted")
        self.origin.setAccessibleName("What these replies were made with")
        self._lay_out()
        self.play.clicked.connect(self.toggle)
        self.loop.clicked.connect(lambda checked: self.set_loop(checked))
        self.keep.toggled.connect(self._keep_place)
        self.blind.clicked.connect(self.blind_requested)
        self.export.clicked.connect(self.export_requested)
        shortcuts.now().on_change(self._name_keys)
        self.hide()

    # --- what is shown ------------------------------------------------------------------------------------------------

    def show_replies(self, prepared: Prepared) -> None:
        """These instead of what was there; they stand at their beginning, silent."""
        self.clear()
        self.shown, replies, clips = prepared, prepared.replies, prepared.clips
        self._switcher.mixer = Mixer(clips)
        peak = float(np.abs([[e.bins()[0].min(initial=0), e.bins()[1].max(initial=0)] for e in prepared.envelopes]).max())
        words = mark([reply.text for reply in replies])
        for place, (reply, marked) in enumerate(zip(replies, words, strict=True)):
            card = VariantCard(place, reply, self._note(place, replies), marked)
            end, level = clips.ends[place] / clips.rate, clips.levels[place]
            card.show_sound(prepared.envelopes[place], end, level.gain_db, peak)
            card.chosen.connect(self.choose)
            card.sought.connect(self.seek)
            card.loop_marked.connect(self._mark_loop)
            self.cards.append(card)
            self._cards.addWidget(card)
        self.table.show_costs(replies, clips.levels)
        self.origin.setText(_origin(replies))
        self.keep.setChecked(same_words([reply.text for reply in replies]))
        self._keep_place(self.keep.isChecked())
        self.blind.setEnabled(len(replies) > 1)
        self._name_keys()
        self.refresh()
        self.show()

    def renew(self, replies: Sequence[Rendered]) -> None:
        """More is known of the replies by now; others than those that are shown are none of ours."""
        shown = self.shown
        if shown is None or [reply.record for reply in replies] != [reply.record for reply in shown.replies]:
            return
        self.shown = replace(shown, replies=tuple(replies))
        for card, reply in zip(self.cards, replies, strict=True):
            card.reply = reply
        self.table.show_costs(replies, shown.clips.levels)

    def clear(self) -> None:
        """Nothing is shown and nothing plays."""
        self.hide()
        self._switcher.mixer = self.shown = None
        for card in self.cards:
            self._cards.removeWidget(card)
            card.deleteLater()
        self.cards = []
        self.loop.setChecked(False)

    def refresh(self) -> None:
        """The play head and the buttons, at display rate."""
        mixer = self._switcher.mixer
        if mixer is None:
            return
        here = min(self._switcher.heard, mixer.clips.seconds)
        for place, card in enumerate(self.cards):
            card.show_place(here, mixer.loop, place == mixer.chosen)
        time = f"{here:.1f} / {mixer.clips.seconds:.1f} s"
        if time != self._time.text():
            self._time.setText(time)
        word = "Pause" if mixer.is_playing else "Play"
        if word != self.play.text():
            self.play.setText(word)
            self.play.setAccessibleName(word)

    # --- intents ------------------------------------------------------------------------------------------------------

    def choose(self, place: int) -> None:
        """Hears another one."""
        if self._switcher.mixer is not None and place < len(self.cards):
            self._switcher.mixer.choose(place)
            self.refresh()

    def toggle(self) -> None:
        """Plays or pauses."""
        mixer = self._switcher.mixer
        if mixer is None:
            return
        if mixer.is_playing:
            mixer.pause()
        elif self._switcher.is_open:
            mixer.play()
        else:
            self.speaker_wanted.emit()
        self.refresh()

    def pause(self) -> None:
        if self._switcher.mixer is not None:
            self._switcher.mixer.pause()
            self.refresh()

    def seek(self, seconds: float) -> None:
        """Goes on there; a place outside the loop ends the loop."""
        mixer = self._switcher.mixer
        if mixer is None:
            return
        if mixer.loop is not None and not mixer.loop[0] <= seconds < mixer.loop[1]:
            self.set_loop(False)
        mixer.seek(seconds)
        self.refresh()

    def set_loop(self, on: bool) -> None:
        """Repeats everything, or nothing."""
        mixer = self._switcher.mixer
        if mixer is None:
            return
        self.loop.setChecked(on)
        mixer.set_loop(0, mixer.clips.seconds) if on else mixer.clear_loop()
        self.refresh()

    def take_key(self, event: QKeyEvent) -> bool:
        """Obeys the keys of this page; False for other ones, and while there is nothing to compare."""
        mixer = self._switcher.mixer
        if mixer is None:
            return False
        match shortcuts.now().which(event, *PLACES, "compare_play", "compare_loop", "sound_back", "sound_forward"):
            case "":
                return False
            case "compare_play":
                if not event.isAutoRepeat():
                    self.toggle()
            case "compare_loop":
                self.set_loop(mixer.loop is None)
            case "sound_back" | "sound_forward" as way:
                step = -STEP if way == "sound_back" else STEP
                self.seek(min(max(0.0, mixer.position + step), mixer.clips.seconds))
            case place:
                self.choose(PLACES.index(place))
        return True

    def _mark_loop(self, start: float, end: float) -> None:
        mixer = self._switcher.mixer
        if mixer is not None:
            mixer.set_loop(start, end)
            self.loop.setChecked(mixer.loop is not None)
            if mixer.loop and not mixer.loop[0] <= mixer.position < mixer.loop[1]:
                mixer.seek(mixer.loop[0])
            self.refresh()

    def _keep_place(self, on: bool) -> None:
        if self._switcher.mixer is not None:
            self._switcher.mixer.keeps_place = on

    def _name_keys(self) -> None:
        """Says which keys do the same."""
        text = shortcuts.now().text
        play, loop = (f" ({text(action)})" if text(action) else "" for action in ("compare_play", "compare_loop"))
        self.play.setToolTip(f"Play or pause{play}")
        self.loop.setToolTip(f"Repeat what is marked, or everything{loop}. Drag over a waveform to mark a part.")
        places = " ".join(filter(None, map(text, PLACES[: len(self.cards)])))
        for card, place in zip(self.cards, PLACES):
            card.button.setToolTip(f"Hear this one ({text(place)})" if text(place) else "Hear this one")
        steps = " ".join(filter(None, map(text, ("sound_back", "sound_forward"))))
        keys = ((places, "switch"), (text("compare_play"), "play"), (text("compare_loop"), "loop"), (steps, "1 s"))
        self._hint.setText("  ·  ".join(f"{key} {words}" for key, words in keys if key))

    @staticmethod
    def _note(place: int, replies: Sequence[Rendered]) -> str:
        if place == 0:
            return "The others are compared with this one." if len(replies) > 1 else ""
        parted = first_difference(replies[0].record.tokens, replies[place].record.tokens)
        return "The same tokens as 1." if parted is None else f"Parts from 1 at token {parted}."

    def _lay_out(self) -> None:
        transport = Flow(Flow(self.play, self._time, spacing=14), self.loop, self.keep, spacing=14)
        transport.add_stretch()
        transport.add(self._hint)
        transport.add(Flow(self.blind, self.export))
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        costs = QFrame()
        costs.setProperty("role", "card")
        inside = QVBoxLayout(costs)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(theme.label("Costs", bold=True))
        inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(self.origin)
        layout.addLayout(transport)
        layout.addLayout(self._cards)
        layout.addWidget(costs)


def _origin(replies: Sequence[Rendered]) -> str:
    """The question, and what answered it: both stay what they were, whatever is chosen above meanwhile."""
    models = ", ".join(dict.fromkeys(_capital(reply.model) for reply in replies))
    drawn = {reply.variant.sampling for reply in replies}
    sampling = drawn.pop() if len(drawn) == 1 else None
    how = "" if sampling is None else f", temperature {sampling[0]:g}, top-p {sampling[1]:g}, seed {replies[0].variant.seed}"
    return f"“{_capital(replies[0].prompt)}” – made with {models}{how}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
