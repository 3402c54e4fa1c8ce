"""Finds where somebody begins and stops speaking, with Silero's small network on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import soxr

from app.audio.recorder import Recorder
from engine.speech.voice import CHUNK, RATE, SECONDS, SPEECH, VoiceDetector
from engine.worker_thread import Thread

SILENCE = 0.35  # the probability below which nobody speaks; between it and SPEECH nothing changes
START_SECONDS = 0.25  # of speech before it counts: a cough or a click is shorter
OVER_A_REPLY = 0.2, 2, 3  # while one sounds, so many of so many chunks of this probability are enough: whoever interrupts waits
END_SECONDS = 0.8  # of silence before a question is over
PATIENCE = 0.03  # seconds between two looks at the recorder


class Endpointer:
    """Decides from the probability of speech in one chunk after the other."""

    def __init__(self) -> None:
        self.is_speaking = False
        self._quiet = 0
        self._need = need = round(START_SECONDS / SECONDS)
        self._recent: deque[float] = deque(maxlen=need + need // 4)  # a plosive may fall silent for a chunk or two

    def feed(self, probability: float, over_reply: bool = False) -> None:
        """`over_reply`: whether a reply sounds, and nothing of it is to be heard here."""
        self._recent.append(probability)
        if not self.is_speaking:
            self.is_speaking = sum(one >= SPEECH for one in self._recent) >= self._need
            if over_reply and not self.is_speaking:
                enough, need, among = OVER_A_REPLY
                self.is_speaking = sum(one >= enough for one in list(self._recent)[-among:]) >= need
            self._quiet = 0
            return
        if probability >= SPEECH:
            self._quiet = 0
        elif probability < SILENCE or self._quiet:
            self._quiet += 1
        if self._quiet * SECONDS >= END_SECONDS:
            self.reset()

    @property
    def onset_chunks(self) -> int:
        """How many chunks ago the speech began that was just found."""
        recent = list(self._recent)
        return next((len(recent) - place for place, one in enumerate(recent) if one >= OVER_A_REPLY[0]), 0)

    def reset(self) -> None:
        self.is_speaking, self._quiet = False, 0
        self._recent.clear()


class VoiceFollower:
    """Reads one recorder from now on."""

    def __init__(self, recorder: Recorder, detector: VoiceDetector) -> None:
        detector.reset()
        self._recorder, self._detector, self._endpointer = recorder, detector, Endpointer()
        self._resampler = soxr.ResampleStream(recorder.rate, RATE, 1, dtype="float32")
        self._position = recorder.position
        self._onset: int | None = None

    def step(self, over_reply: bool = False, may_be_voice: Callable[[], bool] = lambda: True) -> int | None:
        """Looks at what is new; gives the position at which the speech began that is going on.

        `over_reply`: whether a reply sounds, and `may_be_voice` whether what is then heard may be one.
        """
        samples = self._recorder.ring.since(self._position)
        self._position += len(samples)
        probabilities = self._detector.feed(self._resampler.resample_chunk(samples))
        for later, probability in zip(range(len(probabilities))[::-1], probabilities, strict=True):
            self._endpointer.feed(probability if not over_reply or may_be_voice() else 0.0, over_reply)
            if not self._endpointer.is_speaking:
                self._onset = None
            elif self._onset is None:
                back = ((self._endpointer.onset_chunks + later) * CHUNK + self._detector.waiting) / RATE
                self._onset = self._position - round(back * self._recorder.rate)
        return self._onset


class VoiceActivity:
    """Follows the recorder while `is_listening`; `onset` is where speech began as long as it goes on."""

    def __init__(self, recorder: Callable[[], Recorder | None], may_be_voice: Callable[[], bool] = lambda: True) -> None:
        """`recorder` gives the one that is open now; `may_be_voice`: whether what it hears over a reply may be one."""
        self.problem = ""
        """Why it does not work, as a sentence."""
        self.over_reply = False
        """Whether a reply sounds, of which nothing is to be heard: then a voice is found sooner."""
        self._recorder, self._may_be_voice = recorder, may_be_voice
        self._listening = threading.Event()
        self._closing = False
        self._epoch = 0  # changes whenever what was heard so far shall not count
        self._found: tuple[int, tuple[Recorder, int] | None] = (0, None)  # in that epoch
        self._thread: Thread | None = None

    @property
    def is_listening(self) -> bool:
        return self._listening.is_set()

    @property
    def onset(self) -> tuple[Recorder, int] | None:
        """The recorder and its position at which the speech began that is going on; None is silence."""
        epoch, onset = self._found
        return onset if epoch == self._epoch else None

    def listen(self) -> None:
        """From now on; what was said before does not count."""
        if self.is_listening or self._closing:
            return
        self._epoch += 1
        self._listening.set()
        if self._thread is None:
            self._thread = Thread(self._run, "voice activity")
            self._thread.start()

    def pause(self) -> None:
        """Hears nothing until `listen`."""
        if self.is_listening:
            self._listening.clear()
            self._epoch += 1

    def close(self) -> None:
        self._closing = True
        self.pause()
        self._listening.set()  # wakes the thread
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _run(self) -> None:
        try:
            detector = VoiceDetector()
        except Exception as error:  # a broken installation must not end talking by hand
            self.problem = f"Hands-free does not work here: its voice detector did not start ({error})."
            return
        while not self._closing:
            self._listening.wait()
            recorder = self._recorder()
            if recorder is None:
                time.sleep(PATIENCE)
                continue
            self._follow(recorder, detector)

    def _follow(self, recorder: Recorder, detector: VoiceDetector) -> None:
        """Until it is paused, or the recorder is another one."""
        epoch, follower = self._epoch, VoiceFollower(recorder, detector)
        while epoch == self._epoch and not recorder.is_closed and not self._closing:
            onset = follower.step(self.over_reply, self._may_be_voice)
            if epoch == self._epoch:
                self._found = (epoch, None if onset is None else (recorder, onset))
            time.sleep(PATIENCE)
        self._found = (epoch, None)
