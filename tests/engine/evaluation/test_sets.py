"""Sets of the user's own: what a line may hold, and a sentence for every one that cannot be used."""

from __future__ import annotations

import json

import numpy as np
import pytest
import soundfile

from engine.evaluation.answers import is_right
from engine.evaluation.sets import EvalItem, open_set, read_file


def written(folder, *lines, name="questions.jsonl"):
    folder.mkdir(exist_ok=True)
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text("\n".join(texts) + "\n", encoding="utf-8")
    return folder


def sound(path):
    soundfile.write(path, np.sin(np.arange(8000) / 5), 16000)


def test_a_line_may_say_little_or_much(tmp_path):
    folder = written(
        tmp_path / "mine",
        {"text": "hello"},
        "",
        {
            "id": "b",
            "audio": "b.wav",
            "key": ["two", "words"],
            "aliases": ["three", ["f", "o"]],
            "answer": "x",
            "before": "first",
        },
        {"text": "how old", "answer": "Two years.", "before": {"text": "who"}, "area": "age"},
        {"text": "aliases alone", "aliases": ["one", "two"]},
    )
    sound(folder / "b.wav")
    found = open_set(str(folder))
    assert found.name == "mine" and not found.notes
    plain, spoken, answered, named = found.items
    assert plain == EvalItem("1", "hello")
    assert (spoken.id, spoken.key, spoken.aliases) == ("b", ("two", "words"), (("three",), ("f", "o")))
    assert spoken.audio == folder / "b.wav" and spoken.before == "first"
    assert answered.key == ("Two years.",) and answered.before == "who" and answered.area == "age"
    assert is_right("It is one.", named) and is_right("It is two.", named) and not is_right("Three.", named)
    assert is_right("f then o", spoken) and is_right("two nice words", spoken) and not is_right("words two", spoken)
    assert is_right("whatever", plain) is None


def test_a_set_has_its_folders_name_or_its_files(tmp_path):
    written(tmp_path / "a", {"text": "x"})
    assert open_set(str(tmp_path / "a" / "questions.jsonl")).name == "a"
    written(tmp_path / "a", {"text": "x"}, name="more.jsonl")
    assert open_set(str(tmp_path / "a" / "more.jsonl")).name == "more"


@pytest.mark.parametrize(
    "line, sentence",
    [
        ('{"text": "x"', "is not JSON"),
        ("[1]", "not a JSON object"),
        ({"answer": "x"}, 'neither "text" nor "audio"'),
        ({"text": "  "}, 'neither "text" nor "audio"'),
        ({"text": 3}, '"text" must be a text'),
        ({"text": "x", "key": 3}, '"key" must have texts'),
        ({"text": "x", "key": [3]}, '"key" must have texts'),
        ({"text": "x", "aliases": "y"}, '"aliases" must be a list'),
        ({"text": "x", "before": 3}, '"before" must be a text'),
        ({"text": "x", "id": 1}, "ids must differ"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, sentence):
    folder = written(tmp_path / "mine", {"text": "first"}, line)
    with pytest.raises(ValueError, match=sentence) as error:
        open_set(str(folder))
    assert str(error.value).startswith(f"Line 2 of {folder / 'questions.jsonl'}") and str(error.value).endswith(".")


def test_missing_sounds_are_left_out_and_named(tmp_path):
    folder = written(tmp_path / "mine", *({"audio": f"{n}.wav"} for n in "abcde"))
    sound(folder / "c.wav")
    found = open_set(str(folder))
    assert [item.id for item in found.items] == ["3"]
    assert found.notes == (f"4 sound files are missing in {folder} (a.wav, b.wav, d.wav, …).",)
    (folder / "c.wav").unlink()
    with pytest.raises(ValueError, match="has no question that can be asked: 5 sound files are missing"):
        open_set(str(folder))


def test_what_is_no_set_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="typed, spoken.*or the folder of one"):
        open_set("nonsense")
    with pytest.raises(ValueError, match="no JSONL file"):
        open_set(str(tmp_path))
    written(tmp_path, "")
    with pytest.raises(ValueError, match="it is empty"):
        open_set(str(tmp_path))
    written(tmp_path, {"text": "x"}, name="other.jsonl")
    with pytest.raises(ValueError, match="2 JSONL files"):
        open_set(str(tmp_path))
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="UTF-8"):
        list(read_file(tmp_path / "binary.jsonl"))
