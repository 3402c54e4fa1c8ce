"""Choosing the two to four variants that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout

from app.engine_client.commands import ModelFacts, Sampling
from app.listening.rendering import Variant
from app.pages.compare.installed import InstalledModel
from app.pages.compare.variant_row import IN_USE, Heads, VariantRow
from app.widgets import theme
from app.widgets.flow import Flow
from app.widgets.words import Words
from engine import schedules
from engine.schedules import SchedulePreset

FEWEST, MOST = 2, 4
LEAST = 420  # pixels of the card
PREFERRED = ("Full depth", "SPAR-K Even", "SPAR-K Triple", "Reviewed drafts")


class VariantsCard(QFrame):
    """`changed` when there are others; `model_wanted` when it should be found out what another model can run."""

    changed = Signal()
    model_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._known: dict[str, ModelFacts] = {}  # by what they are loaded with
        self._problems: dict[str, str] = {}
        self._models: Sequence[InstalledModel] = ()
        self._is_spoken = False
        self._was_touched = False
        self.rows: list[VariantRow] = []
        self._asked: list[VariantRow] = []
        self.add = QPushButton("Add a variant")
        self.add.setAccessibleName("Add a variant")
        self._sentence = Words(role="danger", scale=0.92, least=LEAST // 2)
        self._heads = Heads()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._rows.addWidget(self._heads)
        foot = Flow(self._sentence, self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(theme.label("Variants", bold=True))
        layout.addLayout(self._rows)
        layout.addStretch()
        layout.addLayout(foot)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHorizontalStretch(9)
        self.setSizePolicy(policy)
        self.add.clicked.connect(self._add_next)
        for schedule in ("full", "full"):
            self._add(schedule)

    # --- what is offered ----------------------------------------------------------------------------------------------

    def set_model(self, model: ModelFacts) -> None:
        """The conversation's model; untouched rows get what is worth comparing on it, the others keep the one they name."""
        if (before := self._own()) is not None and before.folder != Path(model.folder).absolute():
            self._known[before.use] = self._known[IN_USE]
        self._known[IN_USE] = model
        if not self._was_touched:
            for row, preset in zip(self.rows, self._worth_comparing()):
                row.form.setText(str(preset.schedule))
            self._was_touched = False
        self._offer()
        for row in self.rows:
            if row.facts is None:
                self.model_wanted.emit(row.model)

    def offer_models(self, models: Sequence[InstalledModel]) -> None:
        """All that can be used on this machine."""
        self._models = models
        self._offer()

    def offer_pooling(self, is_spoken: bool) -> None:
        """Whether the question has speech that could be merged."""
        self._is_spoken = is_spoken
        for row in self.rows:
            row.offer_pooling(is_spoken)
        self._show_heads()
        self._check()

    def know_model(self, name: str, facts: ModelFacts | None, problem: str = "") -> None:
        """What a model beside the conversation's can run, or why it cannot be loaded."""
        self._problems.pop(name, None)
        if facts is not None:
            self._known[name] = facts
        else:
            self._problems[name] = problem
        for row in self.rows:
            if row.model == name:
                row.show_model()

    def say(self, sentences: Sequence[str]) -> None:
        """What became of each of the latest `variants`; "" is nothing to be said."""
        for row, sentence in zip(self._asked, sentences, strict=True):
            if row in self.rows:
                row.say(sentence)

    # --- what is chosen -----------------------------------------------------------------------------------------------

    @property
    def problem(self) -> str:
        """A sentence about a row that cannot be used."""
        return self._sentence.text()

    def set_schedules(self, texts: list[str]) -> None:
        """Compares these on the conversation's model, two to four."""
        while len(self.rows) > len(texts):
            self._remove(self.rows[-1])
        while len(self.rows) < len(texts):
            self._add("full")
        for row, text in zip(self.rows, texts, strict=True):
            row.follow_model()
            row.form.setText(text)

    def schedules(self) -> list[str]:
        """All of them in their shortest form. Raises `ScheduleError` if one cannot be used."""
        return [row.schedule() for row in self.rows]

    def variants(self, seed: int, sampling: Sampling | None) -> list[Variant]:
        """What shall be rendered. Raises `ScheduleError`."""
        several = any(row.model != IN_USE for row in self.rows)
        self._asked = list(self.rows)
        self._touch()
        return [
            Variant(row.schedule(), seed, sampling, row.pooling_text, row.model, row.model_name if several else "")
            for row in self.rows
        ]

    # --- inside -------------------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        for row in self.rows:
            self._offer_to(row)
        self._check()

    def _offer_to(self, row: VariantRow) -> None:
        row.offer_models(self._models, self._own())
        row.offer_pooling(self._is_spoken)
        row.know(self._known, self._problems)
        self._show_heads()

    def _own(self) -> InstalledModel | None:
        """The conversation's model."""
        if (facts := self._known.get(IN_USE)) is None:
            return None
        folder = Path(facts.folder).absolute()
        listed = next((one for one in self._models if one.folder == folder), None)
        return listed or InstalledModel(str(folder), facts.name, folder)

    def _show_heads(self) -> None:
        """Only over columns that there are."""
        heads, rows = self._heads.heads, self.rows
        heads["Model"].setVisible(any(not row.models.isHidden() for row in rows))
        heads["Pooling"].setVisible(any(not row.pooling.isHidden() for row in rows))

    def _worth_comparing(self) -> list[SchedulePreset]:
        facts = self._known[IN_USE]
        found = schedules.presets(facts.layers, facts.exit_layers, facts.trained_heads, facts.frames)
        offered = {preset.name: preset for preset in found}
        return [offered[name] for name in PREFERRED if name in offered]

    def _add_next(self) -> None:
        used = {row.form.text() for row in self.rows}
        offered = [str(preset.schedule) for preset in self._worth_comparing()] if IN_USE in self._known else []
        self._add(next((text for text in offered if text not in used), "full"))
        self._touch()
        self.rows[-1].presets.setFocus()

    def _add(self, schedule: str) -> None:
        row = VariantRow(schedule)
        self._offer_to(row)
        row.changed.connect(self._check)
        row.model_chosen.connect(self.model_wanted)
        row.form.textEdited.connect(self._touch)
        for box in (row.presets, row.models):
            box.activated.connect(self._touch)
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._rows.addWidget(row)
        self._number()

    def _remove(self, row: VariantRow) -> None:
        self.rows.remove(row)
        self._rows.removeWidget(row)
        row.deleteLater()
        self._number()

    def _number(self) -> None:
        for place, row in enumerate(self.rows, 1):
            row.set_number(place, len(self.rows) > FEWEST)
        self.add.setEnabled(len(self.rows) < MOST)
        self._check()

    def _touch(self) -> None:
        self._was_touched = True
        for row in self.rows:
            row.keep_model()

    def _check(self) -> None:
        sentence = ""
        for place, row in enumerate(self.rows, 1):
            try:
                row.schedule()
                problem = row.model_problem or row.pooling_problem
            except schedules.ScheduleError as error:
                problem = str(error)
            sentence = sentence or (f"{place}: {problem}" if problem else "")
        self._sentence.setText(sentence)
        self.changed.emit()
