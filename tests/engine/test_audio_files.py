"""Sound files: what goes in comes out, and every bad file is a sentence."""

from __future__ import annotations

import os
import shutil
import threading
import tracemalloc

import numpy as np
import pytest
import soundfile

from engine.audio_files import AudioFileError, check_question, check_writable, clipped, read, recording, write


def tone(seconds=0.5, rate=16000, channels=None):
    wave = 0.5 * np.sin(np.arange(int(seconds * rate)) / rate * 2 * np.pi * 220)
    return (wave if channels is None else np.stack([wave] * channels, axis=1)).astype(np.float32)


@pytest.mark.parametrize("suffix, error", [(".wav", 1e-4), (".flac", 1e-4), (".ogg", 0.1), (".WAV", 1e-4)])
@pytest.mark.parametrize("channels", [None, 2])
@pytest.mark.parametrize("rate", [8000, 44100])
def test_what_is_written_is_read_again(tmp_path, suffix, error, channels, rate):
    samples = tone(rate=rate, channels=channels)
    write(tmp_path / f"a{suffix}", samples, rate)
    again, same_rate = read(tmp_path / f"a{suffix}")
    assert same_rate == rate and again.dtype == np.float32 and again.shape == samples.shape
    assert np.abs(again - samples).max() < error
    assert os.listdir(tmp_path) == [f"a{suffix}"]  # nothing temporary stays


def test_a_long_ogg_can_be_written(tmp_path):
    write(tmp_path / "a.ogg", tone(90), 16000)
    assert len(read(tmp_path / "a.ogg")[0]) == 90 * 16000


def test_too_loud_samples_are_clipped_and_do_not_wrap(tmp_path):
    write(tmp_path / "a.wav", np.array([2.0, -2.0, 0.0], np.float32), 16000)
    assert np.allclose(read(tmp_path / "a.wav")[0], [1, -1, 0], atol=1e-4)


def test_an_existing_file_is_replaced_only_by_a_whole_one(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    write(path, tone(), 16000)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AudioFileError, match="no space left"):
        write(path, tone(1.0), 16000)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["a.wav"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_device_is_written_to_and_never_replaced(tmp_path):
    link = tmp_path / "full.wav"
    link.symlink_to("/dev/full")
    with pytest.raises(AudioFileError, match="no space left"):
        write(link, tone(), 16000)
    assert link.is_symlink()


def test_no_folder_and_unknown_suffix_are_sentences(tmp_path):
    for attempt in (lambda path: write(path, tone(), 16000), check_writable):
        with pytest.raises(AudioFileError, match="no folder"):
            attempt(tmp_path / "none" / "a.wav")
        with pytest.raises(AudioFileError, match=r"ends in \.wav, \.flac, \.ogg"):
            attempt(tmp_path / "a.mp4")


def test_files_that_cannot_be_read_are_sentences(tmp_path):
    def put(name, data):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    write(tmp_path / "whole.ogg", tone(), 16000)
    whole = (tmp_path / "whole.ogg").read_bytes()
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0, np.float32), 16000)
    soundfile.write(tmp_path / "nan.wav", np.full(4000, np.nan, np.float32), 16000, subtype="FLOAT")
    soundfile.write(tmp_path / "long.flac", np.zeros(700 * 100, np.int16), 100)
    cases = {
        tmp_path / "none.wav": "no such file",
        tmp_path: "cannot be read",
        put("text.wav", b"This is a letter, not a sound.\n" * 20): "no sound file",
        put("empty.wav", b""): "no sound file",
        put("truncated.ogg", whole[: len(whole) // 2]): "no sound file",
        put("bytes.raw", bytes(range(256))): "no sound file",
        tmp_path / "nothing.wav": "no sound in it",
        tmp_path / "nan.wav": "damaged",
        tmp_path / "long.flac": "12 minutes",
    }
    for path, words in cases.items():
        with pytest.raises(AudioFileError, match=words) as caught:
            read(path)
        assert str(path) in str(caught.value) and str(caught.value).endswith(".")


def test_questions_without_words_are_refused():
    loud = np.sign(tone()) + 0.0
    for samples, words in ((tone()[:1], "seconds long"), (0 * tone(), "silent"), (0 * tone() + 0.2, "silent")):
        with pytest.raises(AudioFileError, match=words):
            check_question(samples, 16000)
    with pytest.raises(AudioFileError, match="clipped"):
        check_question(loud, 16000)
    check_question(np.clip(2.5 * tone(), -1, 1), 16000)  # many people record like that
    check_question(tone(channels=2), 16000)
    assert clipped(tone()) == 0 and clipped(loud) > 0.9


def codes(path):
    return [note.code for note in recording(path).notes]


def test_a_flac_file_that_does_not_say_how_long_it_is_is_read_to_its_end(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, tone(3.3), 16000)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)  # the count of samples in its first block of metadata
    path.write_bytes(data)
    with soundfile.SoundFile(path) as file:
        assert file.frames > 1e12
    found = recording(path)
    assert np.abs(found.samples - tone(3.3)).max() < 1e-4 and found.notes == ()


@pytest.mark.parametrize("length", (b"\0\0\0\0", b"\xff\xff\xff\xff"))
def test_a_wav_file_whose_header_was_never_finished_is_read_to_its_end(tmp_path, length):
    path = tmp_path / "a.wav"
    write(path, tone(), 16000)
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = length
    path.write_bytes(data)
    assert np.abs(recording(path).samples - tone()).max() < 1e-4 and codes(path) == []
    data[44:] = b"LIST" + (4).to_bytes(4, "little") + b"INFO"
    path.write_bytes(data)
    if length == b"\0\0\0\0":  # it really is empty
        with pytest.raises(AudioFileError, match="no sound in it"):
            recording(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
def test_a_pipe_is_a_sound_file(tmp_path, monkeypatch):
    write(tmp_path / "a.wav", tone(), 16000)
    data, pipe = (tmp_path / "a.wav").read_bytes(), tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[data])
    writer.start()
    assert np.abs(recording(pipe).samples - tone()).max() < 1e-4
    writer.join()
    end, start = os.pipe()
    os.write(start, data)
    os.close(start)
    monkeypatch.setattr("sys.stdin", os.fdopen(end))
    assert np.abs(recording("-").samples - tone()).max() < 1e-4


@pytest.mark.parametrize("name", ("a.wav", "a.flac", "a.mp3", "a.ogg", "a.aiff"))
def test_a_file_that_ends_early_is_read_as_far_as_it_goes_and_says_so(tmp_path, name):
    path, rng = tmp_path / name, np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", 16000, 1, "OPUS" if name == "a.ogg" else None) as file:
        for _ in range(8):
            file.write(0.2 * rng.standard_normal(16000).astype(np.float32))
    assert codes(path) == []
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    found = recording(path)
    assert 3.5 < len(found.samples) / 16000 < 5.2
    [note] = found.notes
    assert note.code == "cut" and f"{len(found.samples) / 16000:.1f} s" in note.text


def test_of_channels_that_cancel_each_other_one_is_heard(tmp_path):
    write(tmp_path / "a.wav", np.stack([tone(), -tone()], axis=1), 16000)
    assert np.abs(recording(tmp_path / "a.wav").samples - tone()).max() < 1e-4 and codes(tmp_path / "a.wav") == ["opposite-phase"]
    write(tmp_path / "b.wav", np.stack([tone(), 0.5 * tone()], axis=1), 16000)
    assert np.abs(recording(tmp_path / "b.wav").samples - 0.75 * tone()).max() < 1e-4 and codes(tmp_path / "b.wav") == []


def test_memory_grows_with_the_seconds_alone(tmp_path):
    path, rate = tmp_path / "a.flac", 655_350
    with soundfile.SoundFile(path, "w", rate, 8, "PCM_16") as file:
        for _ in range(3):
            file.write(np.full((rate, 8), 0.25, np.float32))
    tracemalloc.start()
    try:
        found = recording(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.rate == 48000 and abs(len(found.samples) - 3 * 48000) < 10
    assert path.stat().st_size < 500_000 and peak < 30_000_000, peak  # 63 MB if all of it were decoded at once
    with pytest.raises(AudioFileError, match="minutes"):
        recording(path, longest=2)


def test_rates_at_which_nobody_speaks_are_refused(tmp_path):
    for rate in (100, 2_000_000):
        soundfile.write(tmp_path / "a.wav", tone(), rate)
        with pytest.raises(AudioFileError, match="samples per second"):
            recording(tmp_path / "a.wav")


def test_names_that_are_no_text_are_files_like_others(tmp_path):
    write(tmp_path / "a.wav", tone(), 16000)
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    try:
        shutil.copy(tmp_path / "a.wav", odd)
    except OSError:
        pytest.skip("this file system knows only text")
    assert len(recording(odd).samples) == 8000
