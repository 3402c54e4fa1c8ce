"""Choosing how the speech of questions is merged: presets, and the text form that everything else uses."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from app.widgets import theme
from app.widgets.schedules.chooser import Chooser
from engine.prefill import pooling as poolings
from engine.prefill.pooling import Pooling, PoolingError

NONE = str(poolings.NONE)


class PoolingBox(Chooser):
    """Emits `chosen` with the text form of another pooling that can be used, and `changed` with every other text, too.

    What is typed counts when its entry ends, by Enter or by leaving the field: half of it may be a pooling, too.
    """

    chosen = Signal(str)
    changed = Signal()

    def __init__(self, name: str = "Pooling") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.field = self.make_editable()
        self.field.setAccessibleName(f"{name} as text")
        self._layers: int | None = None
        self._used = poolings.NONE
        self._is_waiting = False
        self.problem = ""
        """Why the text cannot be used, as a sentence."""
        self._presets = [poolings.Preset("Every position", poolings.NONE, "Nothing is merged: the reference.")]
        self._fill()
        self.field.textEdited.connect(self._wait)
        self.field.editingFinished.connect(self._read)
        for chosen in (self.activated, self.currentIndexChanged):  # the one in use may be chosen again
            chosen.connect(lambda _: self._read())

    def set_layers(self, layers: int) -> None:
        """Offers what a model of so many layers can run; what it cannot gives way to none."""
        if layers != self._layers:
            self._layers, self._presets = layers, poolings.presets(layers)
            self._fill()
        try:
            poolings.check(self._used, layers)
        except PoolingError:
            self.choose(NONE)

    @property
    def text(self) -> str:
        """What is used, in its shortest form."""
        return str(self._used)

    def choose(self, text: str) -> None:
        """As if it was typed, and Enter pressed."""
        self.setEditText(text)
        self._read()

    def in_words(self) -> str:
        """What the pooling does, or why its text cannot be used."""
        if self.problem:
            return f"{self.problem} {self._used} stays in use."
        if self._is_waiting:
            return f"Enter puts it to use. Until then, {self._used} is used."
        known = next((preset.description for preset in self._presets if preset.pooling == self._used), "")
        return known or _in_words(self._used)

    def _fill(self) -> None:
        text = self.currentText() or NONE
        self.blockSignals(True)
        self.clear()
        for place, preset in enumerate(self._presets):
            self.addItem(str(preset.pooling))
            self.setItemData(place, f"{preset.name}: {preset.description}", Qt.ItemDataRole.ToolTipRole)
        self.setEditText(text)
        self.blockSignals(False)

    def _wait(self) -> None:
        self._is_waiting, self.problem = True, ""
        self._show()

    def _read(self) -> None:
        self._is_waiting = False
        try:
            made = poolings.parse(self.currentText())
            if self._layers is not None:
                poolings.check(made, self._layers)
        except PoolingError as error:
            self.problem = str(error)
        else:
            is_new, self.problem, self._used = made != self._used, "", made
            if is_new:
                self.chosen.emit(str(made))
        self._show()

    def _show(self) -> None:
        theme.set_role(self, "invalid" if self.problem else "")
        self.setToolTip(self.in_words())
        self.changed.emit()


def _in_words(pooling: Pooling) -> str:
    places = [f"before the first layer where they are {pooling.input.tau:g} alike"] if pooling.input else []
    places += [f"before layer {pooling.deep.layer} where they are {pooling.deep.tau:g} alike"] if pooling.deep else []
    return f"Neighbours are merged {' and '.join(places)}."
