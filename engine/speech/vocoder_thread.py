"""A vocoder on a thread of its own, so that decoding never waits for sound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

import numpy as np

from engine.events import Audio
from engine.failures import NO_MEMORY
from engine.samples import Samples
from engine.worker_thread import Thread

_LOOK = 1.0  # seconds between two looks at whether the thread is still there


Result = TypeVar("Result")


class Speaker(Protocol):
    """As `engine.models.spoken_lm.Speaker`."""

    def feed(self, tokens: list[int]) -> Samples: ...

    def finish(self) -> Samples: ...


class VocoderThread:
    """Speech tokens in, `Audio` events out, for one reply.

    `make_speaker` is called on the thread. `clock` gives the events' times; `stopped` is asked before every token.
    The speaker gets one token at a time, so what it makes does not depend on how the threads happen to be timed.
    Raises `NoThread` where there is no memory for one more.
    """

    def __init__(
        self,
        make_speaker: Callable[[], Speaker],
        sample_rate: int,
        clock: Callable[[], float] = time.perf_counter,
        stopped: Callable[[], bool] = lambda: False,
    ):
        self.busy = 0.0
        """Seconds the speaker has worked."""
        self._make_speaker, self._sample_rate, self._clock, self._stopped = make_speaker, sample_rate, clock, stopped
        self._tokens: SimpleQueue[tuple[int, int] | None] = SimpleQueue()
        self._made: SimpleQueue[Audio | BaseException | None] = SimpleQueue()
        self._closed = threading.Event()
        self._thread = Thread(self._run, "vocoder")
        self._thread.start()

    def feed(self, token: int, index: int) -> None:
        """Gives the speech token `token`, the reply's token number `index`."""
        self._tokens.put((token, index))

    def ready(self) -> Iterator[Audio]:
        """What is made by now; never waits. Raises what the speaker raised."""
        while True:
            try:
                made = self._made.get_nowait()
            except Empty:
                return
            if made is None:
                self._made.put(None)  # the end stays for `finish`
                return
            yield self._checked(made)

    def finish(self) -> Iterator[Audio]:
        """Says that no token follows and gives the rest as it is made. Ends early if `stopped`; raises as `ready`."""
        self._tokens.put(None)
        while (made := self._next()) is not None:
            yield self._checked(made)

    def close(self) -> None:
        """Ends the thread (after the token it is at) and waits for it; may be called at any time, also twice."""
        self._closed.set()
        self._tokens.put(None)
        self._thread.join()

    def _next(self) -> Audio | BaseException | None:
        """Waits for what is made, as long as somebody is there to make it."""
        while True:
            is_at_work = self._thread.is_alive()  # before the look: what it gave last is seen by it
            try:
                return self._made.get(timeout=_LOOK if is_at_work else 0)
            except Empty:
                if not is_at_work:
                    raise MemoryError(NO_MEMORY) from None  # nothing else keeps a thread from saying how it ended

    def _checked(self, made: Audio | BaseException) -> Audio:
        if isinstance(made, BaseException):
            raise made
        return made

    def _run(self) -> None:
        try:
            speaker, index = self._timed(self._make_speaker), -1
            while (item := self._tokens.get()) is not None and not self._over():
                token, index = item
                self._give(index, speaker.feed, [token])
            if index >= 0 and not self._over():
                self._give(index, speaker.finish)
        except BaseException as error:  # whatever it is, it is the reply's
            self._made.put(error)
        else:
            self._made.put(None)

    def _over(self) -> bool:
        return self._closed.is_set() or self._stopped()

    def _timed(self, work: Callable[..., Result], *arguments: object) -> Result:
        began = time.perf_counter()
        try:
            return work(*arguments)
        finally:
            self.busy += time.perf_counter() - began

    def _give(self, index: int, work: Callable[..., Samples], *arguments: object) -> None:
        before = self.busy
        samples = self._timed(work, *arguments)
        if samples.size:
            spent = (self.busy - before) * 1000
            self._made.put(Audio(np.asarray(samples, np.float32), self._sample_rate, index + 1, self._clock(), spent))
