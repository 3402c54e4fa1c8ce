"""The blind test page: set-up, trials, result. Only this object joins letters with conditions, and never on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.audio.devices import AudioError
from app.core.background import Background
from app.listening import experiment, results
from app.listening.mushra_plan import MushraTrial
from app.listening.plan import Conditions, ListeningItem, Method, Trial
from app.listening.rendered_set import SET
from app.listening.results import StoredTest, TrialAnswer, Unfinished
from app.pages.blind.mushra_view import MushraView
from app.pages.blind.setup_card import SetupCard
from app.pages.blind.sounds import MushraSounds, Playback, Sounds, sounds_of
from app.pages.blind.trial_view import TrialView
from app.storage.file_names import free

if TYPE_CHECKING:
    from app.pages.blind.report import Report
    from app.pages.blind.summary_view import SummaryView

TICK = 33  # milliseconds
Running = tuple[StoredTest, Sounds | MushraSounds]


class BlindPage(QWidget):
    """Runs listening tests over `playback`; each is a folder of its own inside `results_folder`.

    Emits `full_page(True)` when everything else must be hidden and `full_page(False)` when it may come back, and
    `render_requested` when there is nothing to compare and the user wants to make some.
    """

    full_page = Signal(bool)
    render_requested = Signal()

    def __init__(self, playback: Playback, results_folder: Path) -> None:
        super().__init__()
        self._playback, self._folder = playback, results_folder
        self._items: list[ListeningItem] = []
        self._about: dict[str, str] = {}
        self._running: Running | None = None
        self._is_trained = False  # whether the listener of the running MUSHRA test heard the training page
        self._background = Background("blind test", self)
        self.setup = SetupCard()
        self.trial, self.mushra = TrialView(playback), MushraView(playback)
        self._view: TrialView | MushraView = self.trial
        self.summary: SummaryView | None = None  # made with the first result: its statistics take a second to import
        self._pages = QStackedWidget()
        self._pages.addWidget(self.setup)
        self._pages.addWidget(self.trial)
        self._pages.addWidget(self.mushra)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(lambda: self._view.refresh())
        self.setup.start_requested.connect(self._start)
        self.setup.continue_requested.connect(self._continue)
        self.setup.discard_requested.connect(self._discard)
        self.setup.render_requested.connect(self.render_requested)
        self.setup.sample_requested.connect(self._play_sample)
        self.setup.experiment_requested.connect(self._save_experiment)
        self.setup.panel.take_requested.connect(self._take_experiment)
        self.setup.panel.collect_requested.connect(self._collect)
        self.setup.panel.answers_requested.connect(self._send_answers)
        self.trial.answered.connect(self._keep)
        self.trial.pause_requested.connect(self.pause)
        self.mushra.rated.connect(self._keep_scores)
        self.mushra.begun.connect(self._end_training)
        self.mushra.pause_requested.connect(self.pause)
        self._look_for_unfinished()

    @property
    def is_running(self) -> bool:
        """Whether a trial is on the screen."""
        return self._running is not None and self._pages.currentWidget() is self._view

    def set_items(self, items: Sequence[ListeningItem], about: Mapping[str, str] | None = None) -> None:
        """The prompts and replies of the next test, and facts for its report (the model, the program's version); a
        test that runs keeps its own."""
        self._items, self._about = list(items), dict(about or {})
        self.setup.set_items(self._items)

    def entered(self) -> None:
        """The page was brought to the front."""
        if not self.is_running:
            self._look_for_unfinished()

    def left(self) -> None:
        """The user went to another page: a running test is paused, and the speaker is free."""
        if self.is_running:
            self.pause()
        self._playback.close()

    def end(self) -> None:
        """The window closes: what is being written is waited for."""
        self.left()
        self._background.close()

    def pause(self) -> None:
        """Leaves the test; it can be continued, and shows no result before its end."""
        self._view.silence()
        self._running = None
        self._show_setup()

    def _start(self, method: Method, conditions: Conditions, count: int, share: float) -> None:
        items = self.setup.asked
        about = dict(self._about)

        def job() -> Running:
            plan = results.make(method, conditions, items, count, share)
            sounds = sounds_of(plan, items)
            return _prepare((results.start(self._folder, plan, items, about), sounds))

        self._make_ready(job)

    def _save_experiment(self, path: Path, method: Method, conditions: Conditions, count: int, share: float) -> None:
        items = self.setup.asked
        about = {name: value for name, value in self._about.items() if name != SET}  # the user's own name for it

        def job() -> str:
            experiment.save(path, experiment.make(method, conditions, items, count, share, about))
            return f"Saved {path.name}. Who takes it needs Refrain, but none of the models."

        self._background.do(job, self.setup.say, self.setup.show_problem)

    def _take_experiment(self, path: Path) -> None:
        def job() -> Running:
            found = experiment.load(path)
            test = experiment.begin(self._folder, found)
            return _prepare((test, sounds_of(test.plan, test.items)))

        self._make_ready(job)

    def _collect(self, path: Path, files: list[Path]) -> None:
        font = QFont(self.font())

        def job() -> tuple[Report, list[str]]:
            from app.pages.blind import report

            found = experiment.load(path)
            tests, problems = experiment.collect(found, files)
            if not tests:
                raise experiment.ExperimentError(" ".join(problems) or "There are no answers.")
            from app.listening.summary import summarise

            folder = free(path.parent, f"{path.stem} results", "")
            folder.mkdir()
            return report.write(tests, summarise(*tests), font, folder), problems

        def show(made: tuple[Report, list[str]]) -> None:
            written, problems = made
            self._show_summary(written)
            if problems and self.summary is not None:
                self.summary.say(" ".join((f"Report and table are in {written.folder}.", *problems)), "danger")

        self._background.do(job, show, self.setup.show_problem)

    def _send_answers(self, path: Path, folder: Path) -> None:
        self._background.do(
            lambda: experiment.save_answers(path, folder), lambda _: self.setup.say(f"Saved {path}"), self.setup.show_problem
        )

    def _save_answers(self, path: Path) -> None:
        view = self.summary
        if view is None or view.report is None:
            return
        test = view.report.folder

        def failed(sentence: str) -> None:
            view.say(f"The answers could not be saved: {sentence}", "danger")

        self._background.do(lambda: experiment.save_answers(path, test), lambda _: view.say(f"Saved {path}"), failed)

    def _continue(self, unfinished: Unfinished) -> None:
        def job() -> Running:
            test = results.resume(unfinished.folder)
            sounds = sounds_of(test.plan, test.items)
            results.note(test.folder, "continued")
            return _prepare((test, sounds))

        self._make_ready(job)

    def _discard(self, unfinished: Unfinished) -> None:
        self._background.do(
            lambda: results.note(unfinished.folder, "discarded"), lambda _: self._look_for_unfinished(), self.setup.show_problem
        )

    def _make_ready(self, job: Callable[[], Running]) -> None:
        self._silence()
        self.setup.set_busy(True)
        self._background.do(job, self._begin, self._cannot_begin)

    def _begin(self, ready: Running) -> None:
        self.setup.set_busy(False)
        if not self.isVisible():  # the user went elsewhere meanwhile: the test waits to be continued
            self._look_for_unfinished()
            return
        self._running = ready
        self._is_trained = bool(ready[0].answers)
        self._view = self.mushra if ready[0].plan.method == "mushra" else self.trial
        self.full_page.emit(True)
        self._pages.setCurrentWidget(self._view)
        self._timer.start()
        self._next(*ready)

    def _cannot_begin(self, sentence: str) -> None:
        self.setup.set_busy(False)
        self.setup.show_problem(sentence)

    def _next(self, test: StoredTest, sounds: Sounds | MushraSounds) -> None:
        trial = test.next_trial
        if trial is None:
            self._finish(test)
            return
        prompt, total, share = test.items[trial.item].prompt, test.plan.most, test.plan.share
        if isinstance(trial, MushraTrial) and isinstance(sounds, MushraSounds):
            self.mushra.show_trial(trial.number, total, prompt, sounds.of(trial), share, not self._is_trained)
        elif isinstance(trial, Trial) and isinstance(sounds, Sounds):
            self.trial.show_trial(trial.number, total, prompt, test.plan.method, sounds.of(trial), share)

    def _end_training(self) -> None:
        self._is_trained = True
        if self._running is not None:
            self._next(*self._running)

    def _keep(self, answer: TrialAnswer) -> None:
        if self._running is not None and isinstance(trial := self._running[0].next_trial, Trial):
            self._record(partial(self._running[0].record, trial, answer))

    def _keep_scores(self, scores: list[int], answer: TrialAnswer) -> None:
        if self._running is not None and isinstance(trial := self._running[0].next_trial, MushraTrial):
            by_name = dict(zip(trial.order, scores, strict=True))
            self._record(partial(self._running[0].record_scores, trial, by_name, answer))

    def _record(self, record: Callable[[], None]) -> None:
        running = self._running

        def kept(_: None) -> None:
            if running is not None and self._running is running:  # else it was paused meanwhile; the answer is kept all the same
                self._next(*running)

        def job() -> None:
            record()
            if running is not None:
                _prepare(running)

        self._background.do(job, kept, self._not_kept)

    def _not_kept(self, sentence: str) -> None:
        self._view.fail(f"The answer could not be saved ({sentence}). Make room or check the disk, then confirm again.")

    def _finish(self, test: StoredTest) -> None:
        font = QFont(self.font())
        self._view.finishing()

        def job() -> Report:
            from app.listening.summary import summarise
            from app.pages.blind import report

            written = report.write([test], summarise(test), font)
            results.note(test.folder, "finished")
            return written

        def failed(sentence: str) -> None:
            self.pause()
            self.setup.show_problem(f"All answers are kept, but the report could not be written ({sentence}).")

        self._background.do(job, self._show_summary, failed)

    def _show_summary(self, report: Report) -> None:
        from app.pages.blind.summary_view import SummaryView

        if self.summary is None:
            self.summary = SummaryView()
            self._pages.addWidget(self.summary)
            self.summary.done.connect(self._show_setup)
            self.summary.copy_requested.connect(self._save_copy)
            self.summary.answers_requested.connect(self._save_answers)
        self._running = None
        self._timer.stop()
        self._playback.close()
        self._pages.setCurrentWidget(self.summary)
        self.summary.show_report(report)
        self.full_page.emit(False)

    def _save_copy(self, folder: Path) -> None:
        from app.pages.blind.report import save_copy

        view = self.summary
        if view is None or (report := view.report) is None:
            return

        def failed(sentence: str) -> None:
            view.say(f"The copy could not be saved: {sentence}", "danger")

        self._background.do(lambda: save_copy(report, folder), lambda at: view.say(f"Saved in {at}"), failed)

    def _show_setup(self) -> None:
        self._timer.stop()
        was_hiding = self._pages.currentWidget() is self._view
        self._pages.setCurrentWidget(self.setup)
        self.setup.show_problem("")
        if was_hiding:
            self.full_page.emit(False)
        self._look_for_unfinished()

    def _look_for_unfinished(self) -> None:
        def look() -> tuple[list[Unfinished], tuple[Path, str] | None]:
            return results.unfinished(self._folder), experiment.newest_answers(self._folder)

        def show(found: tuple[list[Unfinished], tuple[Path, str] | None]) -> None:
            unfinished, answers = found
            self.setup.set_unfinished(unfinished[0] if unfinished else None)
            self.setup.panel.set_answers(answers)

        self._background.do(look, show, self.setup.show_problem)

    def _play_sample(self) -> None:
        clips = [clip for item in self._items for clip in item.clips if len(clip.samples)]
        if not clips:
            self.setup.show_problem("None of these replies has a sound.")
            return
        try:
            self._playback.load([clips[0].samples], clips[0].rate)
            self._playback.play(0)
        except AudioError as error:
            self.setup.show_problem(str(error))

    def _silence(self) -> None:
        try:
            self._playback.stop()
        except AudioError:
            pass  # what cannot play is silent


def _prepare(running: Running) -> Running:
    """Makes the sound of the next trial ready, which may take a while."""
    test, sounds = running
    if isinstance(sounds, MushraSounds) and isinstance(test.next_trial, MushraTrial):
        sounds.prepare(test.next_trial)
    return running
