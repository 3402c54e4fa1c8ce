"""Sentences of people who order coffee, learned from by what a recogniser hears in them."""

import json

import numpy as np
import pytest
import soundfile

from engine.training import corpus, orders

RATE = 16_000


@pytest.mark.parametrize(
    "heard, ordered, text",
    [
        ("Can I have a 12 ounce coffee?", ["coffee", "twelve ounce"], "can i have a twelve ounce coffee"),
        ("A double-shot mocha, please.", ["mocha", "double shot"], "a double shot mocha please"),
        ("With a light rose.", ["light roast"], "with a light roast"),  # sounds much like what was ordered
        ("With lots of cream.", ["a lot of cream"], "with lots of cream"),
        ("Thank you.", ["latte"], ""),  # another order was heard: nobody knows what was said
        ("", ["latte"], ""),
        ("日本", ["latte"], ""),
    ],
)
def test_what_was_ordered_tells_whether_it_was_understood(heard, ordered, text):
    assert orders.understood(heard, ordered) == text


def test_recordings_become_clips_without_the_silence_around_them(tmp_path):
    source = tmp_path / orders.SOURCE
    with pytest.raises(OSError, match="Picovoice/speech-to-intent-benchmark"):
        orders.make(tmp_path / "orders", tmp_path, lambda samples: "", tuple)
    (source / "data/speech/clean").mkdir(parents=True)
    (source / "data/label").mkdir()
    sound = np.pad(0.5 * np.sin(np.arange(RATE)), RATE)
    for name in ("one", "two", "three"):
        soundfile.write(source / f"data/speech/clean/{name}.wav", sound, RATE)
    labels = {f"{name}.wav": {"slots": {"coffeeDrink": "latte"}} for name in ("one", "two", "three", "never recorded")}
    (source / "data/label/label.json").write_text(json.dumps(labels))
    heard = iter(["A latte.", "A tea, thank you.", "Two lattes and a latte."])
    orders.make(tmp_path / "orders", tmp_path, lambda samples: next(heard), lambda text: tuple(text.split()))
    [shard] = corpus.shards(tmp_path / "orders")
    assert [clip.text for clip in shard.clips] == ["a latte", "two lattes and a latte"]
    assert all(clip.phones[-2:] == ("lah", "tay") and clip.kind == "diverse" for clip in shard.clips)
    assert [round(clip.length / RATE, 1) for clip in shard.clips] == [1.2, 1.2]
    assert np.abs(shard.samples(1)).max() > 0.45

    def deaf(samples):
        raise AssertionError("what is written down is not heard again")

    orders.make(tmp_path / "orders", tmp_path, deaf, tuple)
