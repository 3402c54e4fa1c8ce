"""Speaking over a reply on loudspeakers, in made-up rooms: the program's own parts with devices that are stood in for."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from app.audio.capture import FAILED, Capture
from app.audio.devices import AudioError, SoundDevice
from app.audio.echo_canceller import EchoCanceller
from app.audio.echo_drift import found_drift
from app.audio.echo_path import EchoPath, PathFilter, echo
from app.audio.echo_removal import EchoRemoval
from app.audio.player import Player
from app.audio.raw_take import RawTake
from app.audio.recorder import Recorder
from app.audio.sound import Sound
from app.benchmarks.room import Desk, Room
from app.benchmarks.scene import RATE, Scene
from app.core.conversation import Conversation
from app.core.hands_free import HandsFree
from app.engine_client.channel import EngineThread
from tests.rig.sound_card import wait_for

QUESTION = Path(__file__).parents[1] / "two_plus_two.flac"
LOUD = 0.1  # RMS amplitude


def speech(rate: int, loud: float = LOUD) -> np.ndarray:
    samples, own = soundfile.read(QUESTION, dtype="float32")
    samples = soxr.resample(samples, own, rate)
    return (samples * (loud / np.sqrt(np.mean(samples**2)))).astype(np.float32)


def reply(seconds: float = 4.0) -> tuple[np.ndarray, int]:
    """Somebody else's voice would be noticed: here it is the same one backwards, over and over."""
    once = speech(RATE)[::-1]
    return np.tile(once, 1 + round(seconds * RATE / len(once)))[: round(seconds * RATE)], RATE


def level(samples: np.ndarray) -> float:
    return 10 * float(np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def after_a_first_reply(room: Room) -> Scene:
    scene = Scene(room)
    scene.begin(reply())
    assert not scene.wait(5.0), "the reply interrupted itself"
    return scene


@pytest.mark.parametrize("room", [Room(0.08, 0.15), Room(0.25, 0.4), Room(0.08, 0.4, drift=100.0), Room(0.7, 0.2)], ids=str)
def test_a_reply_does_not_interrupt_itself_and_little_of_it_is_left(room):
    scene = after_a_first_reply(room)
    begin = scene.recorder.ring.written
    scene.begin(reply())
    assert not scene.wait(4.5), "the reply interrupted itself"
    meter = scene.removal.meter
    assert meter.verdict == "gone" and scene.removal.is_working
    assert level(scene.recorder.ring.since(begin)) < level(reply()[0]) - 25
    assert meter.echo_in - meter.echo_left > 20 and 0 < meter.delay < 0.1


@pytest.mark.parametrize("says_so", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("later", [-0.03, 0.1])
def test_a_speaker_that_lost_samples_is_followed(later, says_so):
    """As on a busy machine; in the middle of a reply. Where the device does not tell, it takes a second to be noticed."""
    scene = after_a_first_reply(Room(0.08, 0.15))
    scene.begin(reply(12.0))
    assert not scene.wait(2.0)
    scene.desk.run_dry(later, says_so)
    assert not (scene.wait(3.0) and says_so), "the reply interrupted itself"
    scene.silence()
    scene.begin(reply(8.0))
    assert not scene.wait(3.0), "the reply interrupted itself"
    begin = scene.recorder.ring.written
    assert not scene.wait(3.0)
    assert scene.removal.is_working and 0 < scene.removal.meter.delay < 0.04
    assert level(scene.recorder.ring.since(begin)) < level(reply()[0]) - 25


def test_clocks_that_run_apart_are_measured():
    """And the time in which nothing sounds makes no difference any more."""
    scene = Scene(Room(0.08, 0.15, drift=100.0))
    scene.begin(reply(14.0))
    assert not scene.wait(15.0), "the reply interrupted itself"
    for _ in range(2):
        scene.removal.end()
        for _ in range(1000):
            scene.desk.step()
        scene.removal.begin()
        scene.begin(reply(6.0))
        assert not scene.wait(7.0), "the reply interrupted itself"
        assert scene.removal.drift == pytest.approx(100e-6, abs=15e-6)


def test_two_streams_stay_together_between_two_replies():
    """However wrong the devices' clocks are by then."""
    scene = after_a_first_reply(Room(0.08, 0.15))
    delay = scene.removal.meter.delay
    scene.removal.end()
    for _ in range(500):
        scene.desk.step()
    scene.desk.room = replace(scene.desk.room, reported=0.1)
    scene.removal.begin()
    scene.begin(reply())
    assert not scene.wait(4.0)
    assert scene.removal.meter.delay == pytest.approx(delay, abs=0.002) and scene.removal.is_working


@pytest.mark.parametrize("loudness", [0.0, 6.0], ids=["as loud as the echo", "twice as loud"])
def test_a_voice_over_the_reply_is_noticed_and_its_words_are_kept(loudness):
    scene = after_a_first_reply(Room(0.08, 0.15))
    said = speech(RATE, LOUD * 10 ** (loudness / 20))
    scene.begin(reply(8.0))
    assert not scene.wait(2.5)
    scene.desk.said, began, place = said, scene.desk.now, scene.recorder.ring.written
    assert scene.wait(1.0) and scene.desk.now - began < 0.8
    scene.take(place)
    heard = scene.recorder.ring.since(place)[: len(said)]
    rest = heard - said[: len(heard)]
    assert level(heard) > level(said) - 3
    assert level(rest[: RATE // 2]) < level(said) - 6, "the reply's share of the first words"


def test_a_question_in_silence_stays_as_it_was_said():
    scene = after_a_first_reply(Room(0.08, 0.15))
    scene.begin(reply(8.0))
    assert not scene.wait(8.5)
    scene.removal.end()
    place = scene.recorder.ring.written
    scene.desk.said = speech(RATE)
    for _ in range(50):
        scene.desk.step()
    scene.removal.listen_to(place)
    said = scene.recorder.ring.since(place).copy()
    scene.removal.begin()
    for _ in range(5):
        scene.desk.step()
        scene.removal.step()
    assert np.array_equal(scene.recorder.ring.since(place)[: len(said)], said)


def test_where_nothing_of_the_reply_is_heard_the_sound_is_left_as_it_is():
    scene = after_a_first_reply(Room(0.08, 0.15, level=-100.0))
    assert scene.removal.meter.verdict == "none" and scene.removal.is_working
    scene.begin(reply())
    assert not scene.wait(1.0)
    scene.desk.said, begin = speech(RATE), scene.recorder.ring.written
    assert scene.wait(1.0)
    heard = scene.recorder.ring.since(begin)
    assert level(heard - speech(RATE)[: len(heard)]) < level(heard) - 20


def test_an_echo_that_stays_is_noticed_and_nobody_is_listened_to(monkeypatch):
    monkeypatch.setattr(EchoCanceller, "clean", lambda self, block, rate: None)
    scene = Scene(Room(0.02, 0.15))
    scene.begin(reply(8.0))
    assert not scene.wait(2.0) and not scene.removal.has_failed, "a beginning may be unsteady"
    assert not scene.wait(4.0), "the reply interrupted itself"
    assert scene.removal.has_failed and not scene.removal.is_working


def test_what_is_heard_comes_through_complete_and_in_order():
    recorder, player = (kind(SoundDevice(0, "any", 44_100, 1)) for kind in (Recorder, Player))
    removal = EchoRemoval(recorder, player)
    removal.begin()
    times = type("Times", (), {"inputBufferAdcTime": 0.0, "outputBufferDacTime": 0.0, "currentTime": 5.0})
    fine = type("Fine", (), {"input_overflow": False, "output_underflow": False})
    for block in range(50):
        recorder._callback(np.full((882, 1), block / 100, np.float32), 882, times, fine)
        removal.step()
    assert recorder.ring.written == 50 * 882
    removal.end()
    recorder._callback(np.full((882, 1), 0.5, np.float32), 882, times, fine)
    assert recorder.ring.written == 51 * 882 and recorder.ring.since(50 * 882)[0] == 0.5


def test_the_raw_sound_is_kept_on_request(tmp_path):
    raw, played = RawTake(RATE), speech(RATE)
    for block in range(100):
        part = played[block * RATE // 100 :][: RATE // 100]
        raw.add(part, np.full(480, block / 100, np.float32), np.full(480, -block / 100, np.float32))
    assert raw.seconds == 1.0
    raw.save(tmp_path / "raw.flac")
    kept, rate = soundfile.read(tmp_path / "raw.flac", dtype="float32")
    assert rate == RATE and kept.shape == (RATE, 3)
    assert np.allclose(kept[::480, 1], np.arange(100) / 100, atol=1e-4) and np.allclose(kept[:, 1], -kept[:, 2], atol=1e-4)
    assert np.allclose(kept[:, 0], played[:RATE], atol=1e-4)


def test_what_goes_through_is_kept_raw():
    scene = Scene(Room(0.08, 0.15))
    scene.removal.raw = RawTake(RATE)
    scene.begin(reply())
    assert not scene.wait(3.0)
    assert scene.removal.raw.seconds == pytest.approx(3.0, abs=0.1)


def test_the_path_is_learnt():
    chance = np.random.default_rng(0)
    path = EchoPath(48_000)
    count = round(path.seconds * 48_000) + 480
    played = soxr.resample(chance.standard_normal(count).astype(np.float32), 16_000, 48_000)[:count] * 0.1
    room = np.zeros(path.taps, np.float32)
    room[[700, 1500, 9000]] = 0.8, -0.4, 0.2
    heard = np.convolve(played, room)[:count].astype(np.float32)
    for _ in range(4):
        path.learn(played, heard)
    found = echo(played, path.snapshot())
    assert level(found - heard[path.taps :]) < level(heard) - 15
    path.forget()
    assert not path.snapshot().any()


def test_a_path_is_followed_block_by_block():
    chance = np.random.default_rng(0)
    paths = [chance.standard_normal(4410).astype(np.float32) for _ in range(2)]
    played = chance.standard_normal(441 * 40).astype(np.float32)
    blocks = PathFilter(441, 4410)
    found = []
    for number, block in enumerate(played.reshape(40, -1)):
        if number % 20 == 0:
            blocks.use(paths[number // 20])
        found.append(blocks.feed(block))
    for path, end in zip(paths, (20, 40), strict=True):
        wanted = echo(played[: 441 * end], path)[-441:]
        assert np.abs(found[end - 1] - wanted).max() < 1e-3 * np.abs(wanted).max()


@pytest.mark.parametrize("drift", [0.0, 100.0, -200.0])
@pytest.mark.parametrize("rate", [RATE, 44_100])
def test_a_room_that_is_known_takes_no_voice_along(drift, rate):
    """Where the path alone takes the echo out, a voice of half its amplitude is noticed with its first words.

    That is so from the second reply on, however far the devices' clocks or rates are apart.
    """
    scene = Scene(Room(0.08, 0.15, drift=drift), rate=rate)
    scene.begin(reply())
    assert not scene.wait(5.0), "the reply interrupted itself"
    assert (scene.removal.drift or 0.0) == pytest.approx(drift * 1e-6, abs=5e-6)
    scene.begin(reply(8.0))
    assert not scene.wait(2.5), "the reply interrupted itself"
    said, place, began = speech(rate, LOUD / 2), scene.recorder.ring.written, scene.desk.now
    begins = np.flatnonzero(np.abs(said) > 0.02)[0] / rate
    scene.desk.said = said
    assert scene.wait(1.0) and scene.desk.now - began - begins < 0.25
    heard = scene.recorder.ring.since(place)
    count = len(heard) - rate // 100  # of a block that is not whole what is heard comes with the next
    late = int(np.argmax(np.correlate(heard, said[:count], "valid")))
    assert level(heard[late:][:count] - said[:count]) < level(said[:count]) - 6


@pytest.mark.parametrize("change", [{"level": 3.0}, {"level": -3.0}, {"decay": 0.2}], ids=str)
def test_another_volume_or_room_in_the_middle_of_a_reply_is_nobodys_voice(change, monkeypatch):
    """The canceller rests while the path is enough, and is there again when it is not."""
    scene = after_a_first_reply(Room(0.08, 0.15))
    scene.begin(reply())
    assert not scene.wait(1.0)
    calls, clean = [], EchoCanceller.clean
    monkeypatch.setattr(EchoCanceller, "clean", lambda *what: (calls.append(1), clean(*what)))
    assert not scene.wait(1.0) and not calls
    scene.desk.room = replace(scene.desk.room, **change)
    scene.desk.run_dry(0.0, says_so=False)
    assert not scene.wait(2.5), "the reply interrupted itself"
    assert calls and scene.removal.is_working


@pytest.mark.parametrize("drift", [0.0, 33.0, -150.0, 250.0])
def test_two_seconds_of_an_echo_tell_how_fast_the_clocks_run_apart(drift):
    count = round(2.1 * RATE)
    played = reply(3.0)[0][-count:]

    def at_pace(pace: float) -> np.ndarray:
        at = np.arange(count) + pace * (count - 1 - np.arange(count))
        return np.interp(at, np.arange(count), played).astype(np.float32)

    heard = np.convolve(at_pace(drift * 1e-6), Room(0.05, 0.15).impulse(RATE))[:count]
    found, left = found_drift(at_pace, heard, RATE)
    assert found == pytest.approx(drift * 1e-6, abs=1e-5) and left < 0.01
    assert found_drift(at_pace, np.pad(speech(RATE), (0, count))[:count], RATE) is None
    assert found_drift(at_pace, np.zeros(count, np.float32), RATE) is None


@pytest.mark.parametrize("suppresses", [False, True], ids=["nothing else", "noise suppression"])
def test_what_is_chosen_beside_is_done_by_the_canceller(suppresses, monkeypatch):
    """So in a room that is known it goes on giving what is heard, and else it does not."""
    scene = Scene(Room(0.08, 0.15))
    scene.removal = EchoRemoval(scene.recorder, scene.player, noise_suppression=suppresses)
    scene.removal.begin()
    scene.begin(reply(8.0))
    assert not scene.wait(6.0)
    monkeypatch.setattr(EchoCanceller, "clean", lambda self, block, rate: block.fill(0.0))
    place = scene.recorder.ring.written
    assert not scene.wait(0.5)
    assert scene.recorder.ring.since(place).any() != suppresses


def test_without_the_library_it_is_said_and_nobody_is_listened_to(monkeypatch):
    monkeypatch.setitem(sys.modules, "livekit", None)
    with pytest.raises(AudioError, match="library did not start"):
        EchoCanceller()
    sound = Sound()
    sound.input.part, sound.output.part = Recorder(SoundDevice(0, "m", RATE, 1)), Player(SoundDevice(0, "s", RATE, 1))
    capture, hands_free = sound.capture, HandsFree(sound.voice, sound.capture)
    sound.output.part.begin(1)  # a reply is to sound
    capture.open()
    try:
        wait_for(lambda: bool(capture.problem), "the library to be missed")
        assert "library did not start" in capture.problem and not capture.is_working
        hands_free.is_on = True
        hands_free.follow(True, True)
        assert not sound.voice.is_listening
        capture.choose("headphones")
        assert not capture.problem
    finally:
        capture.close()
        sound.voice.close()


def test_a_library_that_fails_in_the_middle_leaves_the_microphone_alone(monkeypatch):
    def fail(self: EchoCanceller, block: np.ndarray, rate: int) -> None:
        raise RuntimeError("bad frame")

    monkeypatch.setattr(EchoCanceller, "clean", fail)
    sound = Sound()
    recorder, player = Recorder(SoundDevice(0, "m", RATE, 1)), Player(SoundDevice(0, "s", RATE, 1))
    sound.input.part, sound.output.part = recorder, player
    desk = Desk(player, recorder, Room(0.02, 0.1))
    player.begin(1)
    sound.capture.open()
    try:
        wait_for(lambda: desk.step() or bool(sound.capture.problem), "the failure")
        assert "bad frame" in sound.capture.problem
        wait_for(lambda: not recorder.is_processed, "the microphone to go straight to its readers")
    finally:
        sound.capture.close()


@pytest.mark.parametrize(
    ("echo", "working", "listens"),
    [("automatic", True, True), ("automatic", False, False), ("headphones", False, True), ("off", False, False)],
)
def test_who_is_listened_to_while_a_reply_sounds(echo, working, listens, monkeypatch):
    sound = Sound()
    monkeypatch.setattr(Capture, "is_working", working)
    monkeypatch.setattr(sound.voice, "listen", lambda: seen.append(True))
    seen: list[bool] = []
    hands_free = HandsFree(sound.voice, sound.capture)
    hands_free.is_on = True
    sound.capture.choose(echo)
    hands_free.follow(True, True)
    assert bool(seen) == listens
    assert sound.voice.over_reply == working


def test_it_is_said_to_who_talks_hands_free_that_it_cannot_be_done(monkeypatch):
    sound = Sound()
    conversation = Conversation(EngineThread(sound), sound)
    conversation.transcript.loading = ""
    monkeypatch.setattr(Capture, "problem", FAILED)
    sound.input.part, sound.output.part = Recorder(SoundDevice(0, "m", RATE, 1)), Player(SoundDevice(0, "s", RATE, 1))
    assert FAILED not in conversation.status().sentence
    conversation.set_hands_free(True)
    assert conversation.status().sentence == FAILED


@pytest.mark.parametrize(("option", "least"), [("noise_suppression", 6.0), ("gain_control", 3.0)])
def test_what_else_is_done_is_heard(option, least):
    """Steady noise gets softer, a soft voice louder."""
    chance, changes = np.random.default_rng(0), []
    sound = 0.01 * chance.standard_normal(6 * RATE) if option == "noise_suppression" else np.tile(speech(RATE, 0.005), 4)
    for on in (False, True):
        canceller, left = EchoCanceller(**{option: on}), []
        for block in sound.astype(np.float32)[: len(sound) // 480 * 480].reshape(-1, 480):
            canceller.play(np.zeros(480, np.float32), RATE)
            canceller.clean(block, RATE)
            left.append(block)
        changes.append(level(np.concatenate(left)[-2 * RATE :]))
    assert abs(changes[1] - changes[0]) > least and (changes[1] > changes[0]) == (option == "gain_control")
