"""Both directions of sound together, opened and kept alive without making the window wait."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass

from app.audio import devices
from app.audio.capture import Capture
from app.audio.device_slot import DeviceSlot
from app.audio.device_watch import DeviceWatch
from app.audio.devices import LATENCIES, AudioError, Latency
from app.audio.list_devices import DeviceList
from app.audio.player import Player
from app.audio.recorder import PRE_ROLL, Recorder
from app.audio.voice_activity import VoiceActivity
from engine.turn_record import TurnRecord
from engine.worker_thread import Thread

PULSE = 0.2  # seconds between two looks at the streams
HUNG_SECONDS = 5.0
RETRY_SECONDS = (3.0, 60.0)  # the first wait before a device is tried again, and the longest
SETTLED_SECONDS = 10.0  # a device that has worked so long is trusted again


Slot = DeviceSlot[Recorder] | DeviceSlot[Player]


@dataclass(frozen=True)
class _Choice:
    """Devices by their names and a latency; None leaves what is."""

    input: str | None
    output: str | None
    latency: Latency | None


class Sound:
    """The recorder and the player while they are open; sentences about what is wrong with them.

    A device that dies is closed and the default one used instead, until it returns. All opening and closing happens on
    one thread of its own, because a hung device blocks whoever touches it.
    """

    def __init__(self, input_device: str | None = None, output_device: str | None = None, latency: Latency = "normal") -> None:
        """Devices by (a part of) their name; None or "" is the system's default."""
        self.input = DeviceSlot("input", Recorder, input_device, self._dress)
        self.output = DeviceSlot("output", Player, output_device, self._dress)
        self.latency: Latency = latency
        self.is_settled = False
        """Whether the first opening has ended, well or not."""
        self.watch = DeviceWatch()
        self.capture = Capture(lambda: self.recorder, lambda: self.player)
        self.voice = VoiceActivity(lambda: self.recorder, lambda: self.capture.may_be_voice)
        self._pre_roll, self._muted = PRE_ROLL, False
        self._gain = 1.0
        self._choices: queue.SimpleQueue[_Choice | None] = queue.SimpleQueue()
        self._busy_since: float | None = None
        self._next_try = 0.0
        self._wait = RETRY_SECONDS[0]
        self._opened_at = 0.0
        self._looks = 0
        self._last: tuple[int, TurnRecord] | None = None  # the reply that was begun last
        self._thread: Thread | None = None

    # --- what is open -------------------------------------------------------------------------------------------------

    @property
    def recorder(self) -> Recorder | None:
        return self.input.part

    @property
    def player(self) -> Player | None:
        return self.output.part

    @property
    def input_error(self) -> str:
        return self.input.error

    @property
    def output_error(self) -> str:
        return self.output.error

    @property
    def hung(self) -> str:
        """A sentence while a device does not answer."""
        since = self._busy_since
        if since is None or time.monotonic() - since < HUNG_SECONDS:
            return ""
        return "A sound device does not answer. Unplug it and plug it in again, or choose another one."

    @property
    def device_list(self) -> DeviceList | None:
        """What is connected, as of the last look; None before the first. See `show_list`."""
        return self.watch.devices

    def counts(self) -> dict[str, int]:
        """What went wrong, by its cause."""
        counts = dict.fromkeys(("ring_underruns", "device_underflows", "device_overflows", "input_late", "output_late"), 0)
        counts.update(self.input.total() + self.output.total())
        return counts

    def counters(self) -> dict[str, object]:
        """For diagnostics: what went wrong, and how regularly the devices call back."""
        parts = {"input_gaps": self.recorder, "output_gaps": self.player}
        gaps = {name: part.heart.histogram() if part is not None else {} for name, part in parts.items()}
        return {**self.counts(), **gaps, "input_device": self.input.name, "output_device": self.output.name}

    # --- intents ------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begins to open the devices and to watch them."""
        self._thread = Thread(self._run, "sound devices")
        self._thread.start()
        self.capture.open()

    def close(self) -> None:
        self.capture.close()
        self.voice.close()
        self.watch.close()
        self._choices.put(None)
        if self._thread is not None:
            self._thread.join(timeout=2)  # a hung device must not keep the program

    def choose(self, input: str | None = None, output: str | None = None, latency: Latency | None = None) -> None:
        """Uses other devices ("" is the system's default) or another latency from now on; None leaves it as it is."""
        self._choices.put(_Choice(input, output, latency))

    def show_list(self, shown: bool) -> None:
        """Keeps `device_list` fresh while it is on the screen."""
        self.watch.show(shown)

    def set_muted(self, muted: bool) -> None:
        """Whether the microphone delivers silence."""
        self._muted = muted
        self._dress(self.recorder)

    def set_pre_roll(self, seconds: float) -> None:
        """How much from before a question began belongs to it."""
        self._pre_roll = seconds
        self._dress(self.recorder)

    @property
    def gain(self) -> float:
        """How loud the speaker is, 0 to 1 of the amplitude: for streams of others, too."""
        return self._gain

    def set_gain(self, gain: float) -> None:
        """How loud the speaker is: 0 to 1 of the amplitude. What is played counts as heard all the same."""
        self._gain = gain
        self._dress(self.player)

    def play(self, turn: int, record: TurnRecord) -> None:
        """As `Player.play`; without a speaker the sound goes nowhere."""
        self._last = turn, record
        self._play_last()

    def go_on(self, turn: int, heard: float) -> None:
        """Plays what is left of `turn`, of which so many seconds were heard, on the speaker that is open now."""
        player = self.player
        if player is not None:
            player.begin(turn, heard)
            self._play_last()

    def _play_last(self) -> None:
        player = self.player
        if player is not None and self._last is not None:
            player.play(*self._last)

    # --- the thread that opens and closes -----------------------------------------------------------------------------

    def _run(self) -> None:
        slots: tuple[Slot, ...] = (self.output, self.input)
        self.watch.start()
        try:
            devices.portaudio()
        except AudioError as error:
            for slot in slots:
                slot.error = str(error)
            self.is_settled = True
            return
        for slot in slots:
            self._open(slot)
        self.is_settled = True
        while True:
            try:
                choice = self._choices.get(timeout=PULSE)
            except queue.Empty:
                self._look_after()
                continue
            if choice is None:
                break
            self._choose(choice)
        self.input.close()
        self.output.close()

    def _choose(self, choice: _Choice) -> None:
        slots: list[Slot] = []
        if choice.input is not None:
            self.input.choose(choice.input)
            slots.append(self.input)
        if choice.output is not None:
            self.output.choose(choice.output)
            slots.append(self.output)
        if choice.latency is not None:
            self.latency, slots = choice.latency, [self.input, self.output]
        self._next_try, self._wait = 0.0, RETRY_SECONDS[0]
        self._reopen(slots)

    def _look_after(self) -> None:
        """Notices what has died, replaces it, and takes back what has returned."""
        watch, now = self.watch, time.monotonic()
        slots: tuple[Slot, ...] = (self.input, self.output)
        view, is_new, self._looks = watch.view, watch.looks != self._looks, watch.looks
        for slot in slots:
            why = slot.follow(view) if is_new else ""
            if why or slot.is_dead:
                slot.lose(why)
                if not why and now >= self._next_try:
                    self._open(slot, prefer_default=True)
                    self._back_off()
        watch.missing = any(slot.part is None or slot.is_substitute for slot in slots)
        if not watch.missing and now - self._opened_at > SETTLED_SECONDS:
            self._wait = RETRY_SECONDS[0]
        listed = watch.devices
        names = {slot: listed.names(slot.direction) if listed else () for slot in slots}
        back = [slot for slot in slots if is_new and slot.can_return(names[slot], view)]
        if back and now >= self._next_try and self._is_quiet():
            self._reopen(back)
            self._back_off()

    def _back_off(self) -> None:
        """A device that comes and goes is tried less and less often."""
        self._next_try = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, RETRY_SECONDS[1])

    def _reopen(self, slots: list[Slot]) -> None:
        """PortAudio only sees a new device when it starts again, and that needs all streams closed."""
        for slot in slots:
            slot.close()
        both: tuple[Slot, ...] = (self.input, self.output)
        others = [slot for slot in both if slot.part is not None]
        if self._is_quiet():
            for slot in others:
                slot.close()
            slots = [*slots, *others]
            try:
                devices.refresh()
            except AudioError as error:
                for slot in slots:
                    slot.error = str(error)
                return
        for slot in slots:
            self._open(slot)

    def _open(self, slot: Slot, prefer_default: bool = False) -> None:
        self._busy_since = time.monotonic()
        slot.open(LATENCIES[self.latency], prefer_default)
        self._busy_since, self._opened_at = None, time.monotonic()
        self.watch.look_now()

    def _dress(self, part: Recorder | Player | None) -> None:
        if isinstance(part, Recorder):
            part.muted, part.pre_roll = self._muted, self._pre_roll
        elif part is not None:
            part.gain.wanted = self._gain

    def _is_quiet(self) -> bool:
        """Whether nobody notices when streams are closed for a moment."""
        recorder, player = self.recorder, self.player
        if devices.open_streams() > (recorder is not None) + (player is not None):
            return False  # clips are played elsewhere
        return (player is None or player.is_done) and not (recorder is not None and recorder.is_taking)
