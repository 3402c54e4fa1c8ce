"""The page that renders one question in several ways and lets them be heard, seen and counted side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from app.audio.devices import AudioError, SoundDevice
from app.audio.recorder import Recorder
from app.audio.switcher import Switcher
from app.core.background import Background
from app.engine_client.channel import EngineThread
from app.engine_client.commands import Known, LoadFailed, Loading, ModelFacts, Predicted, Ready, RenderQuestion, Report, Unusable
from app.listening.rendering import Rendered, Rendering
from app.pages.compare.export import export
from app.pages.compare.installed import InstalledModel, installed
from app.pages.compare.prompt_card import PromptCard
from app.pages.compare.render_bar import RenderBar
from app.pages.compare.results import Prepared, ResultsView, prepare
from app.pages.compare.sets import Sets
from app.pages.compare.variants_card import VariantsCard
from app.storage import file_names
from app.storage.library import Library
from app.widgets import save_dialog
from app.widgets.flow import Flow
from app.widgets.page_body import PageBody
from app.widgets.words import Words
from engine.benchmarks import questions
from engine.evaluation.sets import EvalItem

BUNDLED = 24  # spoken questions that are offered
EMPTY = "Choose a question and two to four variants and render them: the replies will stand here side by side."


class ComparePage(QWidget):
    """The window passes the engine's reports to `take` and calls `tick` at display rate, also while the page is hidden.

    `blind_requested` carries the `Rendered` replies that a blind test shall be made of, equally loud; `last_turn_requested`
    asks for `set_prompt` with the last question of the talk.
    """

    blind_requested = Signal(list)
    last_turn_requested = Signal()

    def __init__(
        self,
        engine: EngineThread,
        output_device: Callable[[], SoundDevice | None],
        recorder: Callable[[], Recorder | None] = lambda: None,
        loudness: Callable[[], float] = lambda: 1.0,
        models: Callable[[], list[InstalledModel]] = installed,
        library: Library | None = None,
        sets_folder: Path | None = None,
    ) -> None:
        """`output_device` is where the replies are played, None while there is none; `recorder` the open microphone,
        `loudness` how loud the speaker is (0 to 1). Past conversations come from `library`; `sets_folder` keeps the sets
        of prompts that are rendered (None: there can be none).

        `models` finds what can be rendered with, on a thread of its own.
        """
        super().__init__()
        self._engine, self._models = engine, models
        self._output_device = output_device
        self._model: ModelFacts | None = None
        self._switcher = Switcher(loudness)
        self._background = Background("compare", self)
        self._is_starting = False
        self._problem = ""
        self._nobody_spoke = False
        self._offered = False
        self.rendering = Rendering(engine)
        self.sets = Sets(engine, sets_folder, lambda: self._model)
        self.prompt = PromptCard(recorder, library)
        self.variants = VariantsCard()
        self.bar = RenderBar()
        self.results = ResultsView(self._switcher)
        self._empty = Words(EMPTY, "muted")
        self.sets.changed.connect(self._sets_changed)
        self._lay_out()
        self.bar.started.connect(lambda: self.start())
        self.bar.cancelled.connect(self.stop)
        self.bar.insisted.connect(lambda: self.start(needs_voice=False))
        self.prompt.changed.connect(self._show_prompt)
        self.prompt.last_turn_requested.connect(self.last_turn_requested)
        self.variants.changed.connect(self._show_state)
        self.variants.model_wanted.connect(engine.look)
        self.results.speaker_wanted.connect(lambda: self._open_device(and_play=True))
        self.results.export_requested.connect(self._ask_where)
        self.results.blind_requested.connect(self._ask_blind)
        self._show_state()

    # --- the window's side --------------------------------------------------------------------------------------------

    def entered(self) -> None:
        """The page is shown: what it plays on is opened."""
        if not self._offered:
            self._offered = True
            self._background.do(lambda: questions.spoken(BUNDLED), self._offer, self._say)
        self._background.do(self._models, self.variants.offer_models, self._say)  # others may have come
        self.prompt.set.entered()
        self.sets.entered()
        if self.results.shown is not None:
            self._open_device()

    def left(self) -> None:
        """The page is hidden: silence, and the speaker is free. A rendering goes on."""
        if not (self.rendering.is_running or self.sets.is_busy):
            self._engine.let_go()
        self.results.pause()
        self.prompt.finish()
        self._background.do(self._switcher.close, lambda _: None, self._say)

    def close_sound(self) -> None:
        """The program ends."""
        self.prompt.set.close_threads()
        self.sets.end()
        self._background.close()
        self._switcher.close()

    def set_prompt(self, question: RenderQuestion, title: str) -> None:
        """Compares schedules on this question; `title` is what it is called, best its words."""
        self.prompt.set_prompt(question, title)

    def set_schedules(self, texts: list[str]) -> None:
        """Compares these on the conversation's model, two to four."""
        self.variants.set_schedules(texts)

    def take(self, report: Report) -> bool:
        """Notes what concerns rendering; returns whether the report concerns nobody else."""
        match report:
            case Ready(model):
                self._model = model
                self.variants.set_model(model)
                self.prompt.sampling.show_values(*model.sampling)
                self._show_state()
            case Loading() | LoadFailed():
                self._model = None
                self._show_state()
            case Known(name, facts):
                self.variants.know_model(name, facts)
            case Unusable(name, message):
                self.variants.know_model(name, None, message)
            case Predicted():
                self.rendering.predict(report)
                self.results.renew(self.rendering.results)
        if self.sets.take(report):
            return True
        if self.rendering.take(report):
            if not self._is_starting:
                self.variants.say([job.record.message for job in self.rendering.jobs])
            if not self.rendering.is_running:
                self._rendered()
            return True
        return isinstance(report, Known | Unusable | Predicted)

    def tick(self) -> None:
        """At display rate."""
        self.prompt.tick()
        self.sets.tick()
        if not self.isVisible():
            return
        if self.rendering.is_running:
            self.bar.show_progress(self.rendering)
        self.results.refresh()

    # --- rendering ----------------------------------------------------------------------------------------------------

    def start(self, needs_voice: bool = True) -> None:
        """Renders the question with every schedule; one in which nobody spoke only if it `needs_voice` not."""
        prompt, model, wanted = self.prompt.prompt(), self._model, self.prompt.wanted_set()
        if (prompt is None and wanted is None) or model is None or self.rendering.is_running or self._is_starting:
            return
        if self.variants.problem or self.sets.is_busy:
            return  # the card says so
        variants = self.variants.variants(self.prompt.sampling.seed.value(), self.prompt.chosen_sampling(model.sampling))
        if wanted is not None:
            self._problem = ""
            self.sets.start(wanted[0], wanted[1], variants, self._say)
            return
        assert prompt is not None  # one of both is there
        make, title = prompt
        self._problem, self._nobody_spoke, self._is_starting = "", False, True
        self.results.clear()

        def begin(question: RenderQuestion) -> None:
            self._is_starting = False
            question = replace(question, needs_voice=question.needs_voice and needs_voice)
            self.rendering.start(question, title, variants, model)
            self.variants.say([job.record.message for job in self.rendering.jobs])
            self._show_state()

        def refuse(sentence: str) -> None:
            self._is_starting = False
            self._say(sentence)

        self._background.do(make, begin, refuse)
        self._show_state()

    def stop(self) -> None:
        """Cancels what is not rendered yet; what is done is shown."""
        if self.rendering.is_running:
            self.rendering.cancel()
            self._rendered()

    def _rendered(self) -> None:
        jobs = self.rendering.jobs
        failed = [f"{job.variant.title}: {job.record.message}" for job in jobs if job.state == "failed"]
        refused = [job.record.message for job in jobs if job.record.no_voice]  # whatever the variant is
        self._nobody_spoke = bool(refused)
        cancelled = any(job.state == "cancelled" for job in jobs)
        self._problem = (refused[0] if refused else " ".join(failed)) or ("Rendering was cancelled." if cancelled else "")
        if self.rendering.results:
            self._prepare(self.rendering.results)
        if not self.isVisible():
            self._engine.let_go()
        self._show_state()

    def _prepare(self, replies: list[Rendered]) -> None:
        """Aligns the sounds at the speaker's rate and opens it."""
        device = self._output_device()

        def work() -> tuple[Prepared, str]:
            prepared = prepare(replies, device.rate if device else replies[0].rate)
            return prepared, self._open(device)

        self._background.do(work, self._show_prepared, self._say)

    def _show_prepared(self, made: tuple[Prepared, str]) -> None:
        if self.rendering.is_running or self._is_starting:
            return  # others are on their way
        prepared, problem = made
        self._problem = self._problem or problem
        self.results.show_replies(prepared)
        self.results.renew(self.rendering.results)
        self._show_state()
        if self.isVisible() and not isinstance(QApplication.focusWidget(), QLineEdit):
            self.results.cards[0].lane.setFocus()  # so that the keys work
        if not self.isVisible():
            self._background.do(self._switcher.close, lambda _: None, self._say)

    def _open_device(self, and_play: bool = False) -> None:
        """The speaker may be another one by now, of another rate."""
        shown, device = self.results.shown, self._output_device()
        if shown is not None and device is not None and shown.clips.rate != device.rate:
            self._prepare(list(shown.replies))
            return

        def opened(problem: str) -> None:
            self._say(problem)
            if and_play and not problem:
                self.results.toggle()

        self._background.do(lambda: self._open(device), opened, self._say)

    def _open(self, device: SoundDevice | None) -> str:
        """On the background's thread; returns a sentence if nothing can be played."""
        if device is None:
            return "There is no speaker, so the replies can be seen but not heard."
        try:
            self._switcher.open(device)
        except AudioError as error:
            return str(error)
        return ""

    # --- export -------------------------------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        """A name that ends in .zip makes a zip file, any other one a folder."""
        stem = file_names.name(time.time(), "comparison", "")
        path, _ = save_dialog.ask(self, "Export the comparison", stem, "Zip file (*.zip);;Folder (*)")
        if path is not None:
            self.export_to(path)

    def export_to(self, target: Path) -> None:
        """Writes what is shown to a folder, or to a zip file if the name ends so."""
        shown = self.results.shown
        if shown is None:
            return
        replies, levels = shown.replies, shown.clips.levels
        self._background.do(lambda: f"Saved as {export(target, replies, levels)}.", self._say, self._say)

    # --- showing ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.results.take_key(event):
            super().keyPressEvent(event)

    def _ask_blind(self) -> None:
        if self.results.shown is not None:
            self.blind_requested.emit(self.results.shown.levelled())

    def _offer(self, items: Sequence[EvalItem]) -> None:
        self.prompt.offer([(item.text, item.audio) for item in items if item.audio is not None])
        self._show_state()

    def _say(self, sentence: str) -> None:
        self._problem = sentence
        self._show_state()

    def _sets_changed(self) -> None:
        if not (self.sets.is_busy or self.rendering.is_running or self.isVisible()):
            self._engine.let_go()  # of a model that nobody needs any more
        self._show_state()

    def _show_prompt(self) -> None:
        if self._nobody_spoke:
            self._problem, self._nobody_spoke = "", False  # that was another question
        self.variants.offer_pooling(self.prompt.is_spoken)
        self._show_state()

    def _show_state(self) -> None:
        running = self.rendering.is_running
        chosen = self.prompt.prompt() is not None or self.prompt.wanted_set() is not None
        ready = self._model is not None and chosen and not self.variants.problem
        ready = ready and not (running or self._is_starting or self.prompt.is_recording or self.sets.is_busy)
        sentence = self._problem or ("" if self._model is not None else "No model is loaded yet.")
        self.bar.show_state(ready, running, sentence, self._nobody_spoke and ready)
        self._empty.setVisible(self.results.shown is None and not running and self.sets.rendering.set is None)
        if running:
            self.bar.show_progress(self.rendering)

    def _lay_out(self) -> None:
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body = PageBody("Compare", self.keyPressEvent)
        body.parts.addLayout(Flow(self.prompt, self.variants, spacing=14))
        body.parts.addWidget(self.bar)
        body.parts.addWidget(self.sets.card)
        body.parts.addWidget(self.results)
        body.parts.addWidget(self._empty)
        body.parts.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(body)
