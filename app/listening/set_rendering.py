"""Renders a set of prompts in the background, one prompt after the other; no widgets."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.engine_client.channel import EngineThread
from app.engine_client.commands import ModelFacts, RenderQuestion, Report
from app.listening.rendered_set import MODEL, Place, RenderedSet
from app.listening.rendering import Rendering, RenderJob

MOST_FAILURES = 3  # prompts in a row


class SetRendering:
    """`take` is given all of the engine's reports, `step` is called at display rate; both belong to the screen's thread.

    Questions are read and replies written by `do(work, then, failed)`, which works on a thread of its own.
    """

    def __init__(self, engine: EngineThread, do: Callable[..., None], model: Callable[[], ModelFacts | None]) -> None:
        """`model`: the conversation's, None while there is none."""
        self._rendering = Rendering(engine)
        self._do, self._model = do, model
        self.set: RenderedSet | None = None
        self.is_on = False
        """Whether it goes on with what is left."""
        self.problem = ""
        self._places: list[Place] = []
        self._is_waiting = False  # for the disk
        self._failures = 0  # prompts in a row to which no reply came
        self._began, self._done_then = 0.0, 0

    def take_up(self, found: RenderedSet | None) -> None:
        """This set from now on, at rest."""
        self.pause()
        self.set, self.problem = found, ""

    def go_on(self) -> None:
        if self.set is not None and not self.is_on:
            if self.set.done == self.set.total:
                self.set.try_again()
            self.is_on, self.problem, self._failures = True, "", 0
            self._began, self._done_then = time.monotonic(), self.set.done

    def pause(self) -> None:
        """What is being rendered is begun anew later."""
        self.is_on = False
        self._rendering.cancel()
        self._places = []

    @property
    def current(self) -> RenderJob | None:
        """The one that is being rendered, or comes next."""
        return self._rendering.current

    @property
    def seconds_left(self) -> float | None:
        """About, by what was rendered since it goes on; None is not known."""
        if self.set is None or not self.is_on or self.set.done <= self._done_then:
            return None
        each = (time.monotonic() - self._began) / (self.set.done - self._done_then)
        return each * (self.set.total - self.set.done)

    def take(self, report: Report) -> bool:
        """Whether the report was about one of these renders."""
        return self._rendering.take(report)

    def step(self) -> None:
        """Goes on where something came to its end."""
        found = self.set
        if found is None or not self.is_on or self._is_waiting or self._rendering.is_running:
            return
        if self._places:
            self._keep(found, self._places)
        elif places := found.next_places:
            self._begin(found, places)
        elif found.state == "open":
            self._wait(lambda: found.end("finished"), self._finished)

    def _begin(self, found: RenderedSet, places: list[Place]) -> None:
        model = self._model()
        if model is None:
            return  # until there is one
        wanted = found.about.get(MODEL, model.name)
        if model.name != wanted and any(not found.variants[variant].model for _, variant in places):
            self.pause()
            self.problem = f"This set was begun with {wanted}. Choose that model to go on with it."
            return
        prompt = places[0][0]

        def begin(question: RenderQuestion) -> None:
            if self.is_on and self.set is found:
                self._places = places
                variants = [found.variants[variant] for _, variant in places]
                self._rendering.start(question, found.title(prompt), variants, model)

        self._wait(lambda: found.question(prompt), begin)

    def _keep(self, found: RenderedSet, places: list[Place]) -> None:
        jobs, self._places = list(self._rendering.jobs), []

        failed = [job.record.message for job in jobs if job.state == "failed" and not job.record.no_voice]
        self._failures = self._failures + 1 if len(failed) == len(jobs) else 0

        def keep() -> None:
            for place, job in zip(places, jobs, strict=True):
                if job.result is not None:
                    found.keep(place, job.result)
                elif job.state == "failed":
                    found.give_up(place, job.record.message)

        self._wait(keep, lambda _: self._stop_if_all_fail(failed))

    def _stop_if_all_fail(self, failed: list[str]) -> None:
        """It is no single question's fault then."""
        if self._failures >= MOST_FAILURES:
            self.pause()
            self.problem = f"Rendering is paused, because one reply after the other fails: {failed[0]}"

    def _finished(self, _: None) -> None:
        self.is_on = False

    def _wait(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        def done(made: object) -> None:
            self._is_waiting = False
            then(made)

        def failed(sentence: str) -> None:
            self._is_waiting = False
            self.pause()
            self.problem = f"Rendering is paused: {sentence}"

        self._is_waiting = True
        self._do(work, done, failed)
