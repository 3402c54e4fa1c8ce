"""The answers that each method offers: the words, the value they stand for, and the key that chooses them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.listening.plan import Method
from app.settings import shortcuts
from app.widgets import theme
from app.widgets.flow import Flow

QUESTIONS: dict[Method, str] = {
    "preference": "Which one do you prefer?",
    "ccr": "How good is B, compared with A?",
    "abx": "Which one is X the same as?",
    "ranking": "Which one do you prefer?",
}

# `palette()` follows the theme from light to dark by itself.
_SHEET = """
QPushButton { padding: 10px 14px; outline: none; }
QPushButton:checked { background: palette(highlight); color: palette(highlighted-text);
    border: 1px solid palette(highlight); }
QPushButton:focus { border: 2px solid palette(text); }
"""


@dataclass(frozen=True)
class Choice:
    words: str
    value: int
    key: str = ""  # the name of its action; without one: those to the left and to the right


_PREFERENCE = (
    Choice("A is better", -1, "blind_a"),
    Choice("No difference", 0, "blind_n"),
    Choice("B is better", 1, "blind_b"),
)
CHOICES: dict[Method, tuple[Choice, ...]] = {
    "preference": _PREFERENCE,
    "ranking": _PREFERENCE,
    "ccr": (
        Choice("Much worse", -3),
        Choice("Worse", -2),
        Choice("Slightly worse", -1),
        Choice("About the same", 0, "blind_n"),
        Choice("Slightly better", 1),
        Choice("Better", 2),
        Choice("Much better", 3),
    ),
    "abx": (Choice("X is A", -1, "blind_a"), Choice("X is B", 1, "blind_b")),
}


class AnswerRow(QWidget):
    """One button per answer; emits `chosen` when the choice changes."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QPushButton] = []
        self._choices: tuple[Choice, ...] = ()
        self._chosen: int | None = None  # no QButtonGroup: with one, Tab reaches the chosen answer only
        self._row = Flow(spacing=8)
        self.setLayout(self._row)

    @property
    def value(self) -> int | None:
        return None if self._chosen is None else self._choices[self._chosen].value

    def offer(self, method: Method) -> None:
        """Shows a method's answers, none of them chosen."""
        if CHOICES[method] is not self._choices:
            self._fill(CHOICES[method])
        self._name_keys()
        self._mark(None)

    def choose_key(self, key: str) -> None:
        """The answer that this action stands for, if there is one."""
        for index, choice in enumerate(self._choices):
            if choice.key == key:
                self._choose(index)

    def step(self, by: int) -> None:
        """Moves the choice to the left or to the right; the first step is from the middle."""
        index = self._chosen
        if index is None:
            middle = len(self._choices) / 2 - 0.5  # between two answers where there is no middle one
            index = int(middle) if middle == int(middle) else int(middle + 0.5 - (by > 0))
        self._choose(min(max(index + by, 0), len(self._choices) - 1))

    def _choose(self, index: int) -> None:
        button = self.buttons[index]
        if self.isEnabled():
            button.setFocus(Qt.FocusReason.ShortcutFocusReason)  # Enter must mean the answer that was chosen last
            button.click()

    def _mark(self, chosen: int | None) -> None:
        self._chosen = chosen
        for index, button in enumerate(self.buttons):
            button.setChecked(index == chosen)

    def _take(self, index: int) -> None:
        self._mark(index)
        self.chosen.emit()

    def _name_keys(self) -> None:
        text = shortcuts.now().text
        steps = " ".join(filter(None, (text("blind_left"), text("blind_right"))))
        for button, choice in zip(self.buttons, self._choices, strict=True):
            key = text(choice.key) if choice.key else ""
            button.setText(_with_key(choice))
            button.setToolTip(f"Key {key}" if key else f"Keys {steps}" if steps else "")

    def _fill(self, choices: tuple[Choice, ...]) -> None:
        for button in self.buttons:
            self._row.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        self._choices, self.buttons = choices, []
        for index, choice in enumerate(choices):
            button = QPushButton(_with_key(choice))
            button.setCheckable(True)
            button.setStyleSheet(_SHEET if len(choices) < 5 else _SHEET.replace("14px", "6px"))
            button.setAccessibleName(choice.words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            theme.fix(button, height=48)
            button.clicked.connect(lambda _, index=index: self._take(index))
            self._row.add(button)
            button.show()  # now, and not when the layout comes to it: it may be given the focus at once
            self.buttons.append(button)


def _with_key(choice: Choice) -> str:
    return f"{choice.words}   {shortcuts.now().text(choice.key)}".rstrip() if choice.key else choice.words
