"""The sets of prompts of the Compare page: begun, paused, taken up again after a restart, and handed to a blind test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.background import Background
from app.engine_client.channel import EngineThread
from app.engine_client.commands import ModelFacts, Report
from app.listening import rendered_set
from app.listening.plan import ListeningItem
from app.listening.prompts import SetPrompt
from app.listening.rendered_set import RenderedSet
from app.listening.rendering import Variant
from app.listening.set_rendering import SetRendering
from app.pages.compare.set_card import SetCard
from engine import installed

NOTES = 3  # sentences about prompts that were left out


class Sets(QObject):
    """Owns the card that shows the set. `changed` when one begins or ends to be rendered.

    `blind_requested` carries the items of a test, and facts about them.
    """

    changed = Signal()
    blind_requested = Signal(list, dict)

    def __init__(self, engine: EngineThread, folder: Path | None, model: Callable[[], ModelFacts | None]) -> None:
        """`folder` keeps the sets, None: there are none. `model` is the conversation's, None while there is none."""
        super().__init__()
        self._folder, self._model = folder, model
        self._background = Background("set", self)
        self._is_known = False  # whether the folder was looked at
        self._is_starting = self._was_busy = False
        self._notes: list[str] = []
        self.rendering = SetRendering(engine, self._background.do, model)
        self.card = SetCard()
        self.card.pause_wanted.connect(self.pause)
        self.card.go_on_wanted.connect(self.go_on)
        self.card.discard_wanted.connect(self.discard)
        self.card.blind_wanted.connect(self._make_test)

    @property
    def is_busy(self) -> bool:
        """Whether a set is being rendered, or begins to be."""
        return self._is_starting or self.rendering.is_on

    def entered(self) -> None:
        """The page is shown: a set from before is offered."""
        folder = self._folder
        if folder is not None and not self._is_known:
            self._is_known = True
            self._background.do(lambda: rendered_set.newest(folder), self._offer, self._say)

    def take(self, report: Report) -> bool:
        """Whether the report was about a set's reply."""
        return self.rendering.take(report)

    def tick(self) -> None:
        """At display rate, also while the page is hidden: a set goes on."""
        self.rendering.step()
        self.card.show_state(self.rendering, self._notes)
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.changed.emit()

    def start(
        self, name: str, make: Callable[[], Sequence[SetPrompt]], variants: Sequence[Variant], failed: Callable[[str], None]
    ) -> None:
        """Begins a new set in place of the one that is shown; `failed` gets a sentence if that cannot be."""
        folder, model = self._folder, self._model()
        if folder is None or model is None or self.is_busy:
            return
        self._is_starting = True
        about = {"Refrain": installed.version(), rendered_set.MODEL: model.name}

        def begin(made: tuple[RenderedSet, list[str]]) -> None:
            self._is_starting = False
            found, problems = made
            self._notes = problems[:NOTES]
            self.rendering.take_up(found)
            self.go_on()

        def refuse(sentence: str) -> None:
            self._is_starting = False
            failed(sentence)
            self.changed.emit()

        self._background.do(lambda: rendered_set.start(folder, name, make(), variants, about), begin, refuse)
        self.changed.emit()

    def go_on(self) -> None:
        self.rendering.go_on()
        self.changed.emit()

    def pause(self) -> None:
        """What is done is kept."""
        self.rendering.pause()
        self.changed.emit()

    def discard(self) -> None:
        found = self.rendering.set
        if found is not None:
            self.rendering.take_up(None)
            self._notes = []
            self._background.do(partial(found.end, "discarded"), lambda _: None, self._say)
        self.changed.emit()

    def forget(self) -> None:
        """Its files are going to be deleted."""
        self.rendering.take_up(None)
        self._notes = []

    def end(self) -> None:
        """The program ends: what is being written is waited for."""
        self.rendering.pause()
        self._background.close()

    def _offer(self, found: RenderedSet | None) -> None:
        if self.rendering.set is None and not self._is_starting:
            self.rendering.take_up(found)

    def _make_test(self) -> None:
        found = self.rendering.set
        if found is None:
            return

        def made(items: list[ListeningItem]) -> None:
            if items:
                self.blind_requested.emit(items, {rendered_set.SET: found.name, **found.about})
            else:
                self._say("No question has two replies with sound yet.")

        self._background.do(found.items, made, self._say)

    def _say(self, sentence: str) -> None:
        self.rendering.problem = sentence
