"""Sound files: what goes in comes out, and every bad file is a sentence."""

from __future__ import annotations

import os

import numpy as np
import pytest
import soundfile

from engine.audio_files import AudioFileError, check_question, check_writable, clipped, read, write


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
