"""Ring, recorder and player without a sound card: their callbacks are called as PortAudio would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.audio import devices, pulse
from app.audio.device_slot import DeviceSlot
from app.audio.devices import AudioError, SoundDevice
from app.audio.gain import factor
from app.audio.heartbeat import Heartbeat
from app.audio.player import Player
from app.audio.recorder import PRE_ROLL, Recorder
from app.audio.ring import Ring
from app.audio.sound import Sound
from app.audio.take import Take
from app.core.question import LiveQuestion
from engine.events import Audio
from engine.turn_record import TurnRecord
from tests.rig.processes import ROOT

RATE, BLOCK = 48000, 960
DEVICE = SoundDevice(0, "test", RATE, 2)
FINE = SimpleNamespace(output_underflow=False, input_overflow=False)


class Card:
    """Pulls blocks out of a player; a block leaves the speaker as soon as it is pulled, or a little later."""

    def __init__(self, delay: float = 1e-9) -> None:
        """`delay`: seconds until a block leaves the speaker."""
        self.player, self.time, self.delay = Player(DEVICE), 0.0, delay
        self.player._stream = self

    def pull(self) -> np.ndarray:
        out = np.ones((BLOCK, 2), np.float32)
        times = SimpleNamespace(outputBufferDacTime=self.time + self.delay, currentTime=self.time)
        self.player._callback(out, BLOCK, times, FINE)
        self.time += BLOCK / RATE
        assert np.array_equal(out[:, 0], out[:, 1])
        return out[:, 0]


def test_a_ring_gives_back_what_was_written_across_its_edge():
    ring, out = Ring(10), np.zeros(6, np.float32)
    for start in range(0, 28, 7):
        ring.write(np.arange(start, start + 7, dtype=np.float32))
    ring.read_into(22, out)
    assert ring.written == 28 and out.tolist() == [22, 23, 24, 25, 26, 27]


def test_a_take_begins_before_the_button():
    recorder = Recorder(DEVICE)
    for value in np.linspace(0.01, 1, 100):  # two seconds
        recorder._callback(np.full((BLOCK, 2), value, np.float32), BLOCK, None, FINE)
    assert recorder.take_peak() == pytest.approx(1) and recorder.take_peak() == 0
    question = LiveQuestion(1, recorder, "lift")
    assert question.seconds == 0 and recorder.is_taking
    recorder._callback(np.column_stack([np.full(BLOCK, 0.2), np.full(BLOCK, 0.4)]), BLOCK, None, FINE)
    samples = question.take.read()
    assert len(samples) == round(PRE_ROLL * RATE) + BLOCK
    assert samples[-BLOCK:] == pytest.approx(0.3) and samples[0] == pytest.approx(0.76, abs=0.01)
    assert not len(question.take.read()) and not question.only_zeros
    question.close()
    assert not recorder.is_taking


def test_muting_leaves_silence_in_the_ring_and_does_not_look_like_a_dead_microphone():
    recorder = Recorder(DEVICE)
    recorder.muted = True
    recorder._callback(np.full((BLOCK, 2), 0.5, np.float32), BLOCK, None, FINE)
    assert not recorder.ring.since(0).any() and recorder.take_peak() == 0 and recorder.digital_silence == 0
    recorder.muted = False
    for _ in range(100):
        recorder._callback(np.zeros((BLOCK, 2), np.float32), BLOCK, None, FINE)
    assert recorder.digital_silence == pytest.approx(2)


def test_a_take_may_begin_in_the_past():
    recorder = Recorder(DEVICE)
    for value in range(100):
        recorder._callback(np.full((BLOCK, 2), value / 100, np.float32), BLOCK, None, FINE)
    question = LiveQuestion(1, recorder, "voice", at=80 * BLOCK)
    samples = question.take.read()
    assert question.seconds == pytest.approx(0.4) and samples[0] == pytest.approx(0.55) and samples[-1] == pytest.approx(0.99)


def test_a_take_ends_where_it_was_ended_whoever_reads_it_and_when():
    recorder = Recorder(DEVICE)
    early, late, heard = Take(recorder, 0), Take(recorder, BLOCK // 2), []
    for value in range(100):
        recorder._callback(np.full((BLOCK, 2), value / 100, np.float32), BLOCK, None, FINE)
        heard.append(early.read())
        if value == 70:
            early.end = late.end = recorder.position + 10
    sound = recorder.ring.since(0)[: 71 * BLOCK + 10]
    assert np.array_equal(np.concatenate(heard), sound) and np.array_equal(np.concatenate(early.pieces), sound)
    late.keep()
    late.keep()
    assert len(late.pieces) == 1 and np.array_equal(late.read(), sound[BLOCK // 2 :]) and not len(late.read())


def test_what_an_engine_has_no_time_for_is_kept_beyond_the_ring():
    recorder, question = Recorder(DEVICE), None
    for second in range(130):
        if second == 1:
            question = LiveQuestion(1, recorder, "tap")
        recorder._callback(np.full((RATE, 2), second, np.float32), RATE, None, FINE)
        if question is not None:
            question.look_after()
    assert len(question.take.pieces) > 2  # the ring holds a minute
    sound = question.take.read()
    assert len(sound) == round((129 + PRE_ROLL) * RATE) and np.array_equal(np.unique(sound), np.arange(130))


def test_gaps_between_calls_are_counted(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("app.audio.heartbeat.time.monotonic", lambda: now[0])
    heart = Heartbeat(latency=0.1)
    heart.restart()
    for gap in (0.9, 0.02, 0.05, 0.15, 0.7):
        now[0] += gap
        heart.beat()
    assert heart.late == 2 and list(heart.histogram().values()) == [1, 1, 0, 1, 0, 1]
    now[0] += 3
    assert heart.silent_for == 3


class Refusing(Recorder):
    tried: list[int] = []

    def open(self):
        self.tried.append(self.rate)
        if self.rate != 44100:
            raise AudioError("no", devices.WRONG_RATE)


def test_a_device_that_refuses_its_own_rate_is_opened_at_another(monkeypatch):
    monkeypatch.setattr("app.audio.device_slot.devices.find", lambda direction, name: DEVICE)
    slot = DeviceSlot("input", Refusing, None)
    assert slot.open(0.1) and slot.part.rate == 44100 and Refusing.tried == [48000, 44100]


def test_the_default_device_stands_in_for_a_chosen_one_that_is_gone(monkeypatch):
    def find(direction, name):
        if name == "USB":
            raise AudioError("There is no USB.")
        return DEVICE

    monkeypatch.setattr("app.audio.device_slot.devices.find", find)
    monkeypatch.setattr(Recorder, "open", lambda self: None)
    slot = DeviceSlot("input", Recorder, "USB")
    assert slot.open(0.1) and slot.is_substitute and "“test” is used instead" in slot.note
    assert not slot.can_return(("test",), None) and slot.can_return(("test", "My USB mic"), None)


def test_what_the_server_moved_is_seen():
    def view(source, *present):
        ends = [{"index": 1, "name": "mic", "description": "Mic", "properties": {}}]
        ends += [{"index": 2, "name": "m", "description": "Monitor", "properties": {"device.class": "monitor"}}]
        ends = [end for end in ends if end["name"] in present]
        stream = {"source": source, "properties": {"application.process.id": "7"}}
        return pulse._view({"sources": ends, "source_outputs": [stream], "sinks": [], "sink_inputs": []}, "7")

    slot = DeviceSlot("input", Recorder, None)
    slot.part = Recorder(DEVICE)
    assert slot.follow(view(1, "mic", "m")) == "" and slot.name == "Mic"
    assert "gone" in slot.follow(view(2, "m"))
    slot.lose()
    assert not slot.can_return(("test",), view(2, "m")) and slot.can_return((), view(1, "mic", "m"))


def test_digital_silence_is_noticed():
    recorder = Recorder(DEVICE)
    recorder._callback(np.full((BLOCK, 2), 0.1, np.float32), BLOCK, None, FINE)
    whole = LiveQuestion(1, recorder, "tap")
    recorder.pre_roll = 0
    silent = LiveQuestion(1, recorder, "tap")
    recorder._callback(np.zeros((BLOCK, 2), np.float32), BLOCK, None, FINE)
    assert silent.only_zeros and not whole.only_zeros


def test_a_reply_is_played_to_its_end_at_the_rate_of_the_device():
    card = Card()
    card.player.begin(1)
    tone = np.sin(2 * np.pi * 440 / 16000 * np.arange(16000)).astype(np.float32)
    card.player.write(1, tone[:8000], 16000)
    first = card.pull()
    card.player.write(1, tone[8000:], 16000)
    card.player.finish(1)
    sound = np.concatenate([first, *(card.pull() for _ in range(60))])
    expected = np.sin(2 * np.pi * 440 / RATE * np.arange(RATE))
    assert sound[500 : RATE - 500] == pytest.approx(expected[500:-500], abs=0.01)
    assert not sound[RATE + 10 :].any()
    assert card.player.is_done and card.player.underruns == 0
    assert card.player.heard_seconds == pytest.approx(1, abs=0.001)


def test_what_is_still_inside_the_device_was_not_heard():
    card = Card(delay=0.1)
    card.player.begin(1)
    card.player.write(1, np.full(RATE // 2, 0.5, np.float32), RATE)
    card.player.finish(1)
    for _ in range(10):  # 0.2 s
        card.pull()
    assert card.player.heard_seconds == pytest.approx(0.1, abs=0.021)
    for _ in range(16):
        card.pull()
    assert not card.player.is_done  # all of it was pulled, and not all has sounded
    for _ in range(5):
        card.pull()
    assert card.player.is_done and card.player.heard_seconds == pytest.approx(0.5, abs=0.001)


def test_a_reply_begins_when_there_is_enough_of_it():
    card = Card()
    card.player.begin(1)
    card.player.write(1, np.full(round(0.1 * RATE), 0.5, np.float32), RATE)
    assert not card.pull().any()
    card.player.write(1, np.full(round(0.1 * RATE), 0.5, np.float32), RATE)
    assert card.pull().any()


def test_the_next_turn_cuts_the_one_before():
    card = Card()
    card.player.begin(1)
    card.player.write(1, np.full(RATE, 0.5, np.float32), RATE)
    card.player.finish(1)
    card.pull()
    card.player.begin(2)
    card.player.write(2, np.full(RATE, 0.25, np.float32), RATE)
    card.pull()  # what sounded fades out
    assert card.pull().max() == pytest.approx(0.25, abs=0.01) and card.player.heard_seconds < 0.1


def test_what_was_heard_elsewhere_is_not_played_again():
    card, record = Card(), TurnRecord()
    for piece in range(4):
        record.apply(Audio(np.full(RATE // 4, 0.1 * (piece + 1), np.float32), RATE, piece + 1, 0.1))
    record.end("finished")
    card.player.begin(1, 0.6)
    for _ in range(2):  # whoever makes it may ask for it as well
        card.player.play(1, record)
    while card.player.buffered_seconds < 0.39:
        time.sleep(0.01)
    blocks = []
    while not card.player.is_done:  # all of it may be written before that is known
        blocks.append(card.pull())
        time.sleep(0.001)
    sound = np.concatenate(blocks)
    sound = sound[sound != 0]
    assert len(sound) == pytest.approx(0.4 * RATE, abs=5) and sound[RATE // 20] == pytest.approx(0.3, abs=0.01)
    assert card.player.heard_seconds == pytest.approx(1.0, abs=0.001)


def test_a_full_buffer_is_waited_for():
    card = Card()
    card.player.begin(1)
    ramp = np.linspace(-1, 1, 61 * RATE, dtype=np.float32)
    writer = threading.Thread(target=card.player.write, args=(1, ramp, RATE))
    writer.start()
    writer.join(0.5)
    assert writer.is_alive()  # it holds 60 seconds
    sound = [card.pull() for _ in range(100)]
    writer.join(20)
    assert not writer.is_alive()
    sound += [card.pull() for _ in range(2950)]
    assert np.abs(np.concatenate(sound) - ramp).max() < 1e-6


def test_stop_is_silence_within_one_block_and_drops_what_comes_later():
    card = Card()
    card.player.begin(1)
    card.player.write(1, np.full(RATE, 0.5, np.float32), RATE)
    for _ in range(10):
        card.pull()
    assert card.player.stop() == pytest.approx(0.2, abs=0.021)
    card.player.write(1, np.full(RATE, 0.5, np.float32), RATE)
    fading = card.pull()
    assert fading[0] == pytest.approx(0.5, abs=0.01) and not fading[BLOCK // 2 :].any()
    assert np.abs(np.diff(fading)).max() < 0.01  # no click
    assert not card.pull().any() and card.player.buffered_seconds == 0
    card.player.begin(2)
    card.player.write(2, np.full(RATE, 0.25, np.float32), RATE)
    assert card.pull().max() == pytest.approx(0.25, abs=0.05)


def test_the_volume_moves_without_a_click_and_what_is_heard_stays_the_same():
    loud, quiet = Card(), Card()
    for card in (loud, quiet):
        card.player.begin(1)
        card.player.write(1, np.full(RATE, 0.5, np.float32), RATE)
        card.player.finish(1)
    quiet.pull()
    pulled = [loud.pull()]
    sound = []
    for wanted in (factor(50), 0.0, 0.0, 1.0):
        quiet.player.gain.wanted = wanted
        sound += [quiet.pull() for _ in range(5)]
        pulled += [loud.pull() for _ in range(5)]
    whole = np.concatenate(sound)
    assert np.abs(np.diff(whole)).max() < 0.001  # no step: 30 ms from full to nothing
    assert sound[4] == pytest.approx(0.125) and not sound[9].any() and sound[19] == pytest.approx(0.5)
    assert quiet.player.heard_seconds == loud.player.heard_seconds > 0.4
    assert all(block == pytest.approx(0.5) for block in pulled)


def test_another_speaker_is_as_loud_as_the_one_before(monkeypatch):
    sound, opened = Sound(), []
    monkeypatch.setattr(devices, "find", lambda direction, name: DEVICE)
    monkeypatch.setattr(Player, "open", lambda self: opened.append((self.gain.wanted, sound.set_gain(0.5))))
    sound.set_gain(0.25)
    sound.output.open(0.1)
    assert opened == [(0.25, None)] and sound.player.gain.wanted == 0.5  # also what changes while it is opened


def test_a_reply_that_is_made_too_slowly_pauses_once_and_goes_on():
    card = Card()
    card.player.begin(1)
    card.player.write(1, np.full(RATE // 5, 0.5, np.float32), RATE)
    for _ in range(30):
        card.pull()
    assert card.player.underruns == 1 and not card.player.is_done
    card.player.write(1, np.full(RATE // 5, 0.5, np.float32), RATE)
    assert card.pull().any()


class Meddled(Ring):
    """A ring that something happens to behind a reader's back: `then` is called once, after it was seen what is written."""

    then = None

    @property
    def written(self) -> int:
        known, then, self.then = self._written, self.then, None
        if then is not None:
            then()
        return known

    @written.setter
    def written(self, position: int) -> None:
        self._written = position


def test_what_comes_too_late_for_a_block_is_counted_even_if_it_is_the_last(monkeypatch):
    monkeypatch.setattr("app.audio.player.Ring", Meddled)
    card = Card()
    half = np.full(BLOCK // 2, 0.5, np.float32)

    def rest():
        card.player.write(1, half, RATE)
        card.player.finish(1)

    card.player.begin(1)
    card.player.write(1, np.full(RATE // 5, 0.5, np.float32), RATE)
    for _ in range(10):
        card.pull()
    card.player.write(1, half, RATE)
    card.player._ring.then = rest
    assert np.count_nonzero(card.pull()) == BLOCK // 2 and card.player.underruns == 1
    assert np.count_nonzero(card.pull()) == BLOCK // 2 and card.player.underruns == 1


@pytest.mark.whole
def test_a_reply_is_played_as_it_grows_and_nobody_waits_for_room():
    card, record, second = Card(), TurnRecord(), np.full(RATE, 0.5, np.float32)
    card.player.begin(1)
    card.player.play(1, record)
    for index in range(100):  # more than the ring holds
        record.apply(Audio(second, RATE, index + 1, 0.1))
    record.end("finished")
    pulled = 0
    while not card.player.is_done:
        pulled += 0.5 in card.pull()
        time.sleep(0 if card.player.buffered_seconds > 1 else 0.01)
    assert card.player.heard_seconds == pytest.approx(100) and pulled == pytest.approx(100 * RATE / BLOCK, abs=2)
    assert card.player.underruns == 0


def test_a_reply_that_another_one_follows_is_played_no_further():
    card, record = Card(), TurnRecord()
    card.player.begin(1)
    card.player.play(1, record)
    [thread] = [thread for thread in threading.enumerate() if thread.name == "playback"]
    card.player.begin(2)
    thread.join(5)
    assert not thread.is_alive() and not record.is_over


def test_without_portaudio_there_are_sentences(monkeypatch):
    def missing():
        raise AudioError("The sound library PortAudio is not installed.")

    monkeypatch.setattr("app.audio.devices.portaudio", missing)
    sound = Sound()
    sound.open()
    sound._thread.join()
    assert sound.is_settled and "PortAudio" in sound.input_error and "PortAudio" in sound.output_error
    sound.play(1, TurnRecord())
    sound.close()


class PortAudio:
    """What `sounddevice` offers of itself, without a sound card."""

    class PortAudioError(Exception):
        pass

    class Stream:
        def __init__(self, **options):
            self.is_open, self.options = True, options

        def start(self):
            if PortAudio.refuses:
                raise PortAudio.PortAudioError("Device unavailable", -9985)

        def abort(self, ignore_errors):
            pass

        def close(self, ignore_errors):
            self.is_open = False

    InputStream = OutputStream = Stream
    refuses = False
    runs = True

    def _terminate(self):
        if not self.runs:
            raise self.PortAudioError("PortAudio not initialized")
        self.runs = False

    def _initialize(self):
        if self.refuses:
            raise self.PortAudioError("Host error")
        self.runs = True

    def query_devices(self):
        if not self.runs:
            raise self.PortAudioError("PortAudio not initialized")
        return []

    query_hostapis = query_devices


@pytest.fixture
def system(monkeypatch):
    made = PortAudio()
    monkeypatch.setattr("app.audio.devices.portaudio", lambda: made)
    return made


def test_a_sound_system_that_did_not_start_again_can_still_start_later(system, monkeypatch):
    monkeypatch.setattr(PortAudio, "refuses", True)
    with pytest.raises(AudioError, match="did not start again: Host error"):
        devices.refresh()
    for ask in (lambda: devices.find("input", None), lambda: devices.default("output")):
        with pytest.raises(AudioError, match="cannot be listed: PortAudio not initialized"):
            ask()
    monkeypatch.setattr(PortAudio, "refuses", False)
    devices.refresh()
    assert devices.offered("input") == []


def test_what_is_opened_has_the_latency_and_the_pre_roll_that_were_set(system, monkeypatch):
    monkeypatch.setattr(devices, "find", lambda direction, name: DEVICE)
    sound = Sound(latency="safe")
    sound.set_pre_roll(1.5)
    for slot in (sound.input, sound.output):
        sound._open(slot)
        assert slot.part._stream.options["latency"] == devices.LATENCIES["safe"] == 0.2
    assert sound.recorder.pre_roll == 1.5
    sound.set_pre_roll(0.25)
    assert sound.recorder.pre_roll == 0.25
    for slot in (sound.input, sound.output):
        slot.close()
    assert devices.open_streams() == 0


def test_every_open_stream_is_known(system, monkeypatch):
    stream = devices.start_stream("output", DEVICE, 0.1, lambda *_: None)
    assert devices.open_streams() == 1 and stream.options["latency"] == 0.1 and stream.options["blocksize"] == BLOCK
    sound = Sound()
    assert not sound._is_quiet()  # it plays elsewhere: the devices must not be looked for anew now
    devices.end_stream(stream)
    assert devices.open_streams() == 0 and not stream.is_open and sound._is_quiet()
    monkeypatch.setattr(PortAudio, "refuses", True)
    with pytest.raises(AudioError, match="another program"):
        devices.start_stream("input", DEVICE, 0.1, lambda *_: None)
    assert devices.open_streams() == 0


def test_what_portaudio_says_becomes_a_sentence():
    error = RuntimeError("Error opening InputStream: Device unavailable [PaErrorCode -9985]", -9985)
    sentence = devices.why(error, "input", "USB")
    assert "another program" in str(sentence) and sentence.code == -9985


@pytest.mark.whole
@pytest.mark.skipif(not Path("/usr/share/alsa/alsa.conf").is_file(), reason="there is no ALSA")
def test_a_device_whose_name_is_no_utf8_is_a_device_like_others(tmp_path):
    config = tmp_path / "alsa.conf"
    device = b'pcm.caf\xe9 {\n type null\n hint { show on\n description "Caf\xe9" }\n}\n'
    config.write_bytes(b"</usr/share/alsa/alsa.conf>\n" + device)
    env = {**os.environ, "ALSA_CONFIG_PATH": str(config)}
    command = [sys.executable, "-m", "app.audio.list_devices"]
    found = json.loads(subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True, timeout=60).stdout)
    assert "café" in found["inputs"] and "café" in found["outputs"] and not found["error"]


def test_whatever_goes_wrong_while_devices_are_listed_is_a_sentence(monkeypatch):
    def odd():
        raise UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "odd")

    monkeypatch.setattr(devices, "portaudio", lambda: SimpleNamespace(query_hostapis=odd, query_devices=odd))
    with pytest.raises(AudioError, match="cannot be listed"):
        devices.offered("input")
