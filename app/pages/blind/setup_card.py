"""The page before a test: what is asked, about which two conditions, and how often; or a test that can go on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.listening.experiment import ENDING
from app.listening.mushra_plan import ANCHORS
from app.listening.plan import (
    ATTENTION_EVERY,
    ENOUGH,
    METHODS,
    Conditions,
    ListeningItem,
    Method,
    differ,
    schedules_in,
    usable,
)
from app.listening.results import Unfinished
from app.pages.blind.panel_card import PanelCard
from app.pages.blind.pieces import accent_button, card, centred, row, wrapped
from app.widgets import save_dialog, theme
from app.widgets.schedules.chooser import Chooser
from app.widgets.scroll import Scroll
from app.widgets.words import Words

FULL = "full"  # the schedule that is the reference
COUNTS = (8, 16, 20, 24, 32, 40, 60, 80, 120)
DEFAULT_COUNT, RANKING_COUNT = 20, 80
SHARES = ((1.0, "All of each clip"), (0.8, "At least 80 % of each clip"), (0.5, "At least half of each clip"))
WIDTH = 760  # of the page, in pixels
LISTENS = 1.3  # how often a clip is listened to, on average
RATED_LISTENS = 3.0  # the same in a MUSHRA test
DECISION = 4.0  # seconds
CAPTION = 84  # pixels of the words before a field
NAMES: dict[Method, tuple[str, str]] = {
    "preference": ("Preference", "Which one do you prefer, A or B? Or is there no difference?"),
    "ccr": ("Comparison rating (CCR)", "How good is B compared with A, from much worse (-3) to much better (+3)?"),
    "abx": ("Discrimination (ABX)", "X is the same as A or as B. Which? Shows whether a difference can be heard at all."),
    "ranking": (
        "Ranking",
        "All conditions, two at a time: which one do you prefer? What is compared next follows from your answers, and the \
test ends once the order is settled.",
    ),
    "mushra": (
        "Rating beside a hidden reference (MUSHRA)",
        "All conditions side by side, from 0 to 100, with full depth as the reference and two anchors (ITU-R BS.1534).",
    ),
}
_RADIO = """
QRadioButton { spacing: 10px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid palette(placeholder-text); border-radius: 8px; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid palette(highlight);
    background: palette(base); }
QRadioButton:disabled { color: palette(placeholder-text); }
QRadioButton:focus { text-decoration: underline; }
"""
NEEDS_SAME_WORDS = "Needs at least one prompt to which both conditions reply in the same words."


class SetupCard(Scroll):
    start_requested = Signal(str, tuple, int, float)  # method, conditions, trials, share to be heard
    continue_requested = Signal(object)  # Unfinished
    discard_requested = Signal(object)
    render_requested = Signal()
    sample_requested = Signal()
    experiment_requested = Signal(Path, str, tuple, int, float)  # where to, and as `start_requested`

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[ListeningItem] = ()
        self._names: list[str] = []
        self._unfinished: Unfinished | None = None
        self._is_busy = False
        self.first, self.second = Chooser(), Chooser()
        self.count, self.share = Chooser(), Chooser()
        self.methods = {method: QRadioButton(NAMES[method][0]) for method in METHODS}
        self._descriptions = {method: Words(NAMES[method][1], "muted", 0.95) for method in METHODS}
        self._group = QButtonGroup(self)
        self.start = accent_button("Start the test", "Start the test")
        self.sample = QPushButton("Play a sample")
        self.render_button = accent_button("Render replies…", "Render replies to compare")
        self.resume = accent_button("Continue", "Continue the unfinished test")
        self.discard = QPushButton("Discard")
        self.save = QPushButton("Save as an experiment…")
        self.panel = PanelCard()
        self._differ: dict[tuple[int, Conditions], bool] = {}  # of items; long sounds take a while
        self.sentence = wrapped("")
        self._said = wrapped("")
        self.identical = wrapped("", "danger")
        self.ask_identical = QCheckBox("Ask about them all the same")
        self.problem = wrapped("", "danger")
        self._found = wrapped("", "")
        self._fill()
        self._lay_out()
        self._connect()
        self.set_items(())
        self.set_unfinished(None)

    @property
    def method(self) -> Method:
        return next(method for method in METHODS if self.methods[method].isChecked())

    @property
    def conditions(self) -> Conditions:
        """Those of a ranking are all there are; of a MUSHRA test, too, the reference first."""
        if self.method == "ranking":
            return tuple(self._names)
        return self._rated if self.method == "mushra" else (self.first.currentText(), self.second.currentText())

    @property
    def _rated(self) -> Conditions:
        whole = [name for name in self._names if FULL in name.split("  ·  ")]
        reference = min(whole, key=len, default="")  # one that is pooled has more in its name
        return tuple(sorted(self._names, key=lambda name: name != (reference or self._names[0])))

    @property
    def asked(self) -> list[ListeningItem]:
        """The prompts of the test as it is set up: those whose two replies are one sound are left out where there are others."""
        items = self._usable()
        different = [item for item in items if self._is_different(item)]
        return items if self.ask_identical.isChecked() or not different else different

    def set_items(self, items: Sequence[ListeningItem]) -> None:
        """The prompts and replies that a new test would use."""
        self._items = items
        self._differ.clear()
        names = self._names = schedules_in(items)
        for box, index in ((self.first, 0), (self.second, 1)):
            box.blockSignals(True)
            box.clear()
            box.addItems(names)
            box.setCurrentIndex(min(index, len(names) - 1))
            box.blockSignals(False)
        wanted = next((count for count in COUNTS if count >= max(DEFAULT_COUNT, len(items))), COUNTS[-1])
        self.count.setCurrentIndex(COUNTS.index(wanted))
        has_pair = len(names) > 1
        self._form.setVisible(has_pair)
        self._empty.setVisible(not has_pair)
        self._show()

    def set_unfinished(self, test: Unfinished | None) -> None:
        """Offers to go on with a test, or not."""
        self._unfinished = test
        self._banner.setVisible(test is not None)
        if test is not None:
            started = test.started[:16].replace("T", " at ")
            method = NAMES[test.method][0]
            self._found.setText(f"{method}, started {started}: {test.answered} of {test.trials} trials are answered.")

    def _is_different(self, item: ListeningItem) -> bool:
        key = (id(item), self.conditions)
        if key not in self._differ:
            self._differ[key] = differ(item, self.conditions)
        return self._differ[key]

    def set_busy(self, busy: bool) -> None:
        """While the sound of a test is made ready."""
        self._is_busy = busy
        self.problem.hide()
        for button in (self.resume, self.discard, self.sample, self.panel):
            button.setEnabled(not busy)
        self._show()

    def show_problem(self, sentence: str) -> None:
        self.say("")
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def say(self, sentence: str) -> None:
        """What was done."""
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))

    def _show(self) -> None:
        self._offer_ranking(len(self._names) > 2)
        pair = self.conditions
        is_pair = self._is_apart(pair)
        chosen = (self.first.currentText(), self.second.currentText())
        same_words = usable(self._items, "abx", chosen) if self._is_apart(chosen) else []
        rated = usable(self._items, "mushra", self._rated) if self._is_apart(self._rated) else []
        self.methods["mushra"].setEnabled(bool(rated))
        words = NAMES["mushra"][1]
        if rated and FULL not in self._rated[0].split("  ·  "):
            words = words.replace("full depth", self._rated[0])
        self._descriptions["mushra"].setText(words if rated else f"{words} {NEEDS_SAME_WORDS.replace('both', 'all')}")
        if self.method == "mushra" and not rated:
            self.methods["preference"].setChecked(True)
        self.methods["abx"].setEnabled(bool(same_words))
        self._descriptions["abx"].setText(NAMES["abx"][1] if same_words else f"{NAMES['abx'][1]} {NEEDS_SAME_WORDS}")
        if self.method == "abx" and not same_words:
            self.methods["preference"].setChecked(True)
        items = self.asked if is_pair else []
        same = self._show_identical()
        self.start.setEnabled(bool(items) and not self._is_busy)
        self.save.setEnabled(self.start.isEnabled())
        start = "Start all the same" if items and same == len(self._usable()) else "Start the test"
        self.start.setText("Making the clips ready…" if self._is_busy else start)
        if not is_pair:
            self.sentence.setText("Choose two different conditions.")
        elif not items:
            which = "both" if len(pair) == 2 else "all"
            self.sentence.setText(f"No prompt has a reply of {which} conditions with sound.")
        else:
            self.sentence.setText(self._forecast(items, pair))

    def _offer_ranking(self, has_many: bool) -> None:
        for widget in (self.methods["ranking"], self._descriptions["ranking"]):
            widget.setVisible(has_many)
        if self.method == "ranking" and not has_many:
            self.methods["preference"].setChecked(True)
        self._pair.setVisible(self.method not in ("ranking", "mushra"))

    def _choose_method(self) -> None:
        if self.method == "ranking":
            self.count.setCurrentIndex(max(self.count.currentIndex(), COUNTS.index(RANKING_COUNT)))
        self._show()

    def _usable(self) -> list[ListeningItem]:
        return usable(self._items, self.method, self.conditions) if self._is_apart(self.conditions) else []

    @staticmethod
    def _is_apart(conditions: Conditions) -> bool:
        return len(conditions) > 1 and "" not in conditions and len(set(conditions)) == len(conditions)

    def _show_identical(self) -> int:
        """Says of how many prompts both replies are the same sound; the user decides what becomes of them."""
        items = self._usable()
        same = sum(not self._is_different(item) for item in items)
        has_others = same < len(items)
        if not same:
            sentence = ""
        elif not has_others:
            both = "Both" if len(self.conditions) == 2 else "All"
            whose = f"{both} replies" if same == 1 else f"{both} replies to each of the {same} prompts"
            sentence = f"{whose} are the same sound, sample for sample: nothing can be heard, and every answer is a guess."
        else:
            left_out = "" if self.ask_identical.isChecked() else "; these are left out"
            prompts = "1 prompt has" if same == 1 else f"{same} prompts have"
            sentence = f"{prompts} replies that are the same sound, sample for sample{left_out}."
        self.identical.setText(sentence)
        self.identical.setVisible(bool(same))
        self.ask_identical.setVisible(bool(same) and has_others and self.method != "ranking")
        return same

    def _forecast(self, items: list[ListeningItem], conditions: Conditions) -> str:
        count = self.count.currentData()
        if self.method == "mushra":
            return _forecast_mushra(items, conditions, count)
        extra = 2 * max(1, count // ATTENTION_EVERY)
        clips = [2 * sum(clip.seconds for clip in item.of(conditions)) / len(conditions) for item in items]
        seconds = (count + extra) * (LISTENS * sum(clips) / len(clips) + DECISION)
        prompts = f"{len(items)} prompt{'' if len(items) == 1 else 's'}"
        most = "At most " if self.method == "ranking" else ""
        minutes = f"about {max(1, round(seconds / 60))} minutes"
        said = f"{most}{count} trials over {prompts}, and {extra} to check attention: {minutes}."
        return said if count >= ENOUGH else f"{said} With fewer than {ENOUGH} trials nothing can be concluded."

    def _start(self) -> None:
        self.start_requested.emit(self.method, self.conditions, self.count.currentData(), self.share.currentData())

    def _save(self) -> None:
        path, _ = save_dialog.ask(self, "Save as an experiment", "listening-test", f"Experiment (*{ENDING})")
        if path is not None:
            how = (self.method, self.conditions, self.count.currentData(), self.share.currentData())
            self.experiment_requested.emit(path, *how)

    def _fill(self) -> None:
        for count in COUNTS:
            self.count.addItem(f"{count} trials", count)
        self.count.setCurrentIndex(COUNTS.index(DEFAULT_COUNT))
        for share, words in SHARES:
            self.share.addItem(words, share)
        names = ("First condition", "Second condition", "Number of trials", "What must be heard before an answer")
        for box, name in zip((self.first, self.second, self.count, self.share), names):
            box.setAccessibleName(name)
            theme.fix(box, width=250)
        for method, button in self.methods.items():
            button.setAccessibleDescription(NAMES[method][1])
            theme.set_font(button, 1.05, bold=True)
            button.setStyleSheet(_RADIO)
            self._group.addButton(button)
        self.methods["preference"].setChecked(True)
        self.sample.setToolTip("Set your volume now, and leave it there during the test")
        self.sample.setAccessibleName("Play a sample to set the volume")
        self.discard.setAccessibleName("Discard the unfinished test")
        self.discard.setToolTip("Its answers stay on disk, but it is not offered again")
        self.save.setToolTip("One file that others take on their own computers, without the models")
        self.save.setAccessibleName(self.save.text().rstrip("…"))
        self.problem.hide()
        self._said.hide()

    def _connect(self) -> None:
        for box in (self.first, self.second, self.count):
            box.currentIndexChanged.connect(lambda _: self._show())
        self._group.buttonClicked.connect(lambda _: self._choose_method())
        self.ask_identical.toggled.connect(lambda _: self._show())
        self.start.clicked.connect(self._start)
        self.sample.clicked.connect(self.sample_requested)
        self.save.clicked.connect(self._save)
        self.render_button.clicked.connect(self.render_requested)
        self.resume.clicked.connect(lambda: self.continue_requested.emit(self._unfinished))
        self.discard.clicked.connect(lambda: self.discard_requested.emit(self._unfinished))

    def _lay_out(self) -> None:
        self._banner = card(
            theme.label("A test is unfinished", scale=1.1, bold=True), self._found, row(self.resume, self.discard)
        )
        ask = "A blind test needs the same prompts answered under two schedules. Render the replies first; then they are \
played to you without names, in random order."
        self._empty = card(theme.label("Nothing to compare yet", scale=1.2, bold=True), wrapped(ask), row(self.render_button))
        fields = QVBoxLayout()
        fields.setSpacing(12)
        pair = row(self.first, row(theme.label("and", "muted"), self.second))
        for words, field in (("Compare", pair), ("Ask", row(self.count)), ("Hear first", row(self.share))):
            name = theme.label(words)
            theme.fix(name, width=CAPTION)
            whole = QWidget()
            line = QHBoxLayout(whole)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(12)
            line.addWidget(name)
            line.addLayout(field, 1)
            fields.addWidget(whole)
            if field is pair:
                self._pair = whole
        quiet = "Use headphones in a quiet place. Set the volume once and leave it. The number of trials is fixed when the \
test starts; the result is shown after the last one."
        methods = [widget for method in METHODS for widget in (self.methods[method], self._descriptions[method])]
        for description in self._descriptions.values():
            description.setContentsMargins(26, 0, 0, 6)
        shown = (wrapped(quiet), self.identical, self.ask_identical, self.sentence, row(self.start, self.sample, self.save))
        self._form = card(*methods, fields, *shown)
        column = QVBoxLayout()
        column.setContentsMargins(0, 28, 0, 28)
        column.setSpacing(16)
        column.addWidget(theme.label("Blind test", scale=1.5, bold=True))
        column.addWidget(wrapped("Find out what can be heard, and what is preferred, without knowing which is which."))
        for part in (self._banner, self._form, self._empty, self.problem, self._said, self.panel):
            column.addWidget(part)
        column.addStretch()
        self.setWidget(centred(column, WIDTH))


def _forecast_mushra(items: list[ListeningItem], conditions: Conditions, count: int) -> str:
    prompts, sounds = min(count, len(items)), len(conditions) + len(ANCHORS)
    longest = [max(clip.seconds for clip in item.of(conditions)) for item in items]
    seconds = prompts * sounds * (RATED_LISTENS * sum(longest) / len(longest) + DECISION)
    return (
        f"{prompts} prompt{'' if prompts == 1 else 's'} with {sounds} sounds each, of which {conditions[0]} is the reference: "
        f"about {max(1, round(seconds / 60))} minutes."
    )
