"""Questions said word by word."""

import numpy as np
import pytest
import soundfile

from engine.training import apart, corpus, kept_out, richard, texts

RATE = 16_000
VOICE = apart.RECORDED[0]


def tone(hertz, seconds=0.3):
    """A word with half a second of silence on both sides."""
    word = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return np.pad(word, RATE // 2).astype(np.float32)


def loudest(samples):
    """Hz."""
    return np.argmax(np.abs(np.fft.rfft(samples))) * RATE / len(samples)


@pytest.fixture
def spoken_alone(tmp_path):
    """`Apart` with one recorded word; what it had to let others say."""
    folder, samples = tmp_path / VOICE.replace(":", "-"), tone(300)
    folder.mkdir()
    clip = corpus.SpeechClip(0, len(samples), "two", VOICE, ("t",), "word")
    corpus.write_shard(folder / "0000", [clip], [(samples * 32767).astype(np.int16)])
    said = []

    def say(word, voice):
        said.append((word, voice))
        return tone(900)

    return apart.Apart(say, tmp_path), said


def test_each_word_is_said_alone_with_a_pause_between(spoken_alone):
    speaker, said = spoken_alone
    for seed in range(5):
        samples = speaker.say("two plus two", f"apart:{VOICE}", np.random.default_rng(seed))
        loud = np.flatnonzero(np.abs(samples) > 0.05)
        gaps = np.diff(loud)[np.diff(loud) > RATE // 50] / RATE
        assert len(gaps) == 2 and gaps.min() > 0.05 and gaps.max() < 0.4
        words = np.split(samples, [loud[i + 1] for i in np.flatnonzero(np.diff(loud) > RATE // 50)])
        assert [round(loudest(word), -2) for word in words] == [300, 900, 300]
        assert 0.9 < len(samples) / RATE < 1.8  # the silence around the words is gone
    assert set(said) == {("plus", VOICE)}  # what is recorded is not spoken again


def test_recorded_voices_may_be_trained_on():
    assert len(set(apart.RECORDED)) == len(apart.RECORDED)
    for voice in apart.RECORDED:
        kept_out.check_voice(voice)


def test_a_recorded_person_says_words_that_are_asked_for(tmp_path):
    with pytest.raises(OSError, match="is missing: it is the repository"):
        richard.words(tmp_path)
    for place in richard.PROMPTS.values():
        path = tmp_path / richard.SOURCE / f"48000/en/gb/richard/{place}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.repeat(tone(200), 3), 48_000)
    found = richard.words(tmp_path)
    assert set(found) <= set(texts.words_apart()) and {"a", "z", "twenty", "ninety", "sunday", "may", "plus"} <= set(found)
    assert all(0.3 < len(samples) / RATE < 0.45 for samples in found.values())
    assert apart.LENDERS.keys() == {richard.NAME} and set(apart.LENDERS.values()) <= set(apart.RECORDED)


def test_what_he_did_not_record_another_says(tmp_path):
    for name, text, hertz in (("richard", "two", 300), (apart.LENDERS["richard"].replace(":", "-"), "times", 600)):
        samples = tone(hertz)
        (tmp_path / name).mkdir()
        corpus.write_shard(
            tmp_path / name / "0000",
            [corpus.SpeechClip(0, len(samples), text, name, ("t",), "word")],
            [(samples * 32767).astype(np.int16)],
        )
    said = []
    speaker = apart.Apart(lambda word, voice: said.append((word, voice)) or tone(900), tmp_path)
    samples = speaker.say("two times eight", "apart:richard", np.random.default_rng(0))
    loud = np.flatnonzero(np.abs(samples) > 0.05)
    words = np.split(samples, [loud[i + 1] for i in np.flatnonzero(np.diff(loud) > RATE // 50)])
    assert [round(loudest(word), -2) for word in words] == [300, 600, 900] and said == [("eight", apart.LENDERS["richard"])]
