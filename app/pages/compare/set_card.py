"""The set of prompts that is being rendered, or was: how far it is, what it cost, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.listening.log_file import LogEntry
from app.listening.rendered_set import RenderedSet
from app.listening.set_rendering import SetRendering
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.progress_bar import ProgressBar
from app.widgets.words import Words

STEP = 25  # tokens, of a reply that grows
COLUMNS = ("Variant", "Replies", "Mean depth", "Tokens per second", "Sound", "The same sound as the first")


class SetCard(QFrame):
    """Hidden while there is no set. Emits what is wanted of it."""

    pause_wanted = Signal()
    go_on_wanted = Signal()
    discard_wanted = Signal()
    blind_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._shown: object = None
        self._counted: object = None  # what the table shows
        self.title = theme.label("", scale=1.1, bold=True)
        self.sentence = Words(role="muted", least=200)
        self.bar = ProgressBar("Progress of the set")
        self.problem = Words(role="danger")
        self.pause, self.go_on = theme.button("Pause"), theme.button("Continue")
        self.discard, self.blind = theme.button("Discard"), theme.button("Blind test…")
        self.pause.setAccessibleName("Pause rendering the set")
        self.go_on.setAccessibleName("Continue rendering the set")
        self.discard.setAccessibleName("Discard the set")
        self.discard.setToolTip("Its replies stay on disk, but are not offered again")
        self.blind.setAccessibleName("Blind test with the set")
        self.blind.setToolTip("Hear the replies to these questions without knowing which is which")
        self.blind.setProperty("role", "primary")
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(24)
        for column in range(len(COLUMNS)):
            self._table.setColumnStretch(column, 2 if column == 0 else 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(10)
        for part in (self.title, self.sentence, self.bar, self.problem):
            layout.addWidget(part)
        layout.addLayout(self._table)
        layout.addLayout(Flow(self.blind, self.go_on, self.pause, self.discard))
        self.pause.clicked.connect(self.pause_wanted)
        self.go_on.clicked.connect(self.go_on_wanted)
        self.discard.clicked.connect(self.discard_wanted)
        self.blind.clicked.connect(self.blind_wanted)
        self.hide()

    def show_state(self, rendering: SetRendering, notes: Sequence[str] = ()) -> None:
        """As it is now; quick, and may be called at display rate. `notes`: what else is to be said of it."""
        found = rendering.set
        self.setVisible(found is not None)
        if found is None:
            return
        job = rendering.current
        tokens = len(job.record.tokens) if job is not None and job.state == "rendering" else 0
        sentence = _in_words(found, rendering, tokens // STEP * STEP)
        state = (found.folder, found.done, rendering.is_on, rendering.problem, found.state, tuple(notes), sentence)
        if state == self._shown:
            return
        self._shown = state
        prompts, variants = len(found.prompts), len(found.variants)
        self.title.setText(f"{found.name}  ·  {_n(prompts, 'question')}, {_n(variants, 'variant')}")
        self.bar.set_share(found.done / found.total)
        self.bar.setVisible(found.done < found.total)
        problems = [rendering.problem, *notes, _failures(found)]
        self.problem.setText(" ".join(filter(None, problems)))
        self.problem.setVisible(bool(self.problem.text()))
        is_over = found.done == found.total
        self.pause.setVisible(rendering.is_on)
        self.go_on.setVisible(not rendering.is_on and (not is_over or bool(found.failed)))
        self.go_on.setText("Try again" if is_over else "Continue")
        self.blind.setEnabled(variants > 1 and found.replies != {})
        self.blind.setVisible(not rendering.is_on)
        self.sentence.setText(sentence)
        if (found.folder, found.done) != self._counted:
            self._counted = (found.folder, found.done)
            self._show_table(found)

    def _show_table(self, found: RenderedSet) -> None:
        while (item := self._table.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for column, name in enumerate(COLUMNS):
            self._table.addWidget(Words(name, "muted", 0.92), 0, column)
        for number, variant in enumerate(found.variants):
            entries = [entry for (_, place), entry in found.replies.items() if place == number]
            for column, text in enumerate((variant.title, *_figures(found, number, entries))):
                self._table.addWidget(Words(text), number + 1, column)


def _figures(found: RenderedSet, number: int, entries: Sequence[LogEntry]) -> tuple[str, ...]:
    if not entries:
        return ("0", "–", "–", "–", "–")
    depths = [entry["depth"] for entry in entries if entry["depth"] is not None]
    speeds = [entry["tokens_per_second"] for entry in entries]
    pairs = [(found.replies.get((prompt, 0)), found.replies.get((prompt, number))) for prompt in range(len(found.prompts))]
    both = [(first, this) for first, this in pairs if first is not None and this is not None]
    same = sum(first["sha256"] == this["sha256"] for first, this in both)
    return (
        str(len(entries)),
        f"{sum(depths) / len(depths):.1f} of {entries[0]['layers']}" if depths else "–",
        f"{sum(speeds) / len(speeds):,.0f}",
        f"{sum(entry['seconds'] for entry in entries) / len(entries):.1f} s each",
        f"{same} of {len(both)}" if number else "",
    )


def _in_words(found: RenderedSet, rendering: SetRendering, tokens: int) -> str:
    if found.done == found.total:
        many = _n(len(found.replies), "reply", "replies")
        return f"{many} of {found.total} are rendered." if found.failed else f"All {many} are rendered."
    place = f"{found.done} of {found.total} replies are rendered"
    if not rendering.is_on:
        return f"{place}. They are kept: rendering goes on where it was."
    job = rendering.current
    now = "" if job is None else f"  ·  {job.variant.title}, {tokens} tokens" if tokens else f"  ·  {job.variant.title}"
    if job is not None and job.state == "interrupted":
        now = "  ·  waits for the conversation"
    seconds = rendering.seconds_left
    left = "" if seconds is None else f"  ·  about {_about(seconds)} left"
    return f"{place}{left}{now}"


def _about(seconds: float) -> str:
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} s"
    return f"{round(seconds / 60)} min"


def _failures(found: RenderedSet) -> str:
    if not found.failed:
        return ""
    (prompt, variant), why = next(iter(found.failed.items()))
    first = f"“{found.title(prompt)}”, {found.variants[variant].title}"
    return f"{_n(len(found.failed), 'reply', 'replies')} failed, the first ({first}): {why}"


def _n(count: int, thing: str, things: str = "") -> str:
    return f"{count} {thing if count == 1 else things or thing + 's'}"
