"""Where the prompts of a set come from, and that what was rendered of it is there after a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from app.listening import prompts, rendered_set
from app.listening.plan import differ, schedules_in
from app.listening.prompts import PromptsError
from app.listening.rendering import Rendered, Variant
from engine.turn_record import TurnRecord
from tests.app.pages.compare.sounds import noise
from tests.rig.processes import ROOT

RATE = 24_000
FULL, EVEN, OTHER = Variant("full"), Variant("spark:even@4"), Variant("full", model="other", model_name="Other")


def reply(variant: Variant, samples: np.ndarray) -> Rendered:
    record = TurnRecord(variant.schedule, 0, 12)
    record.stats = SimpleNamespace(tokens_per_second=50.0)
    return Rendered("q", variant, samples, RATE, record)


def begun(folder, lines: str = "one\ntwo\nthree", variants=(FULL, EVEN)):
    found, problems = rendered_set.start(folder, "Mine", prompts.in_lines(lines), variants, {"Model": "Wren"})
    assert not problems
    return found


def test_shipped_questions_are_spread_and_spoken():
    few = prompts.bundled(12)
    assert len(few) == 12 and few[0].question().samples is not None
    assert len({one.title for one in prompts.bundled()}) > 100


def test_lines_are_questions():
    made = prompts.in_lines("  What is\tearly exit? \n\n\nTell me a joke.\r\nWhat is early exit?\n")
    assert [one.question().text for one in made] == ["What is early exit?", "Tell me a joke."]
    for text in ("", " \n\t\n"):
        with pytest.raises(PromptsError, match="one question per line"):
            prompts.in_lines(text)
    with pytest.raises(PromptsError, match="401 prompts are too many"):
        prompts.in_lines("\n".join(map(str, range(401))))


def test_the_sounds_of_a_folder_are_questions_and_what_is_none_is_left_out(tmp_path):
    folder = tmp_path / "spoken"
    folder.mkdir()
    for name in ("b.wav", "a.FLAC", ".hidden.wav"):
        soundfile.write(folder / name, noise(1.0, rate=RATE), RATE, format=name.rpartition(".")[2].upper())
    (folder / "notes.txt").write_text("no sound")
    (folder / "broken.wav").write_bytes(b"no sound either")
    made = prompts.in_folder(folder)
    assert [one.title for one in made] == ["a", "b", "broken"]
    found, problems = rendered_set.start(tmp_path / "sets", "Mine", made, [FULL, EVEN], {})
    assert [found.title(number) for number in range(2)] == ["a", "b"] and found.total == 4
    assert len(problems) == 1 and "“broken” is left out" in problems[0]
    assert found.question(0).rate == RATE and len(found.question(0).samples) == RATE
    for wrong in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(PromptsError, match="cannot be opened|no sound file"):
            prompts.in_folder(wrong)
    with pytest.raises(ValueError, match="broken"):
        rendered_set.start(tmp_path / "sets", "Mine", made[2:], [FULL, EVEN], {})


def test_past_turns_are_asked_as_they_were():
    spoken = SimpleNamespace(spoken=True, heard="what is it", number=1, question_audio=lambda: (noise(1.0), 48_000))
    typed = SimpleNamespace(spoken=False, heard="Hello", number=2)
    gone = SimpleNamespace(spoken=True, heard="", number=3, question_audio=lambda: None)
    nothing = SimpleNamespace(spoken=False, heard="", number=4)
    made = prompts.of_turns([spoken, typed, gone, nothing])
    assert [one.title for one in made] == ["what is it", "Hello", "Turn 3"]
    assert made[0].question().rate == 48_000 and made[1].question().text == "Hello"
    with pytest.raises(ValueError, match="gone"):
        made[2].question()
    with pytest.raises(PromptsError, match="Nothing was asked"):
        prompts.of_turns([nothing])


def test_each_model_is_loaded_once(tmp_path):
    found = begun(tmp_path, variants=(FULL, OTHER, EVEN))
    order = []
    while places := found.next_places:
        order.append(places)
        for place in places:
            found.replies[place] = {}
    assert order == [[(number, 0), (number, 2)] for number in range(3)] + [[(number, 1)] for number in range(3)]


def test_what_was_rendered_is_there_after_a_crash(tmp_path):
    found = begun(tmp_path)
    for prompt in range(2):
        found.keep((prompt, 0), reply(FULL, noise(1.0, seed=prompt, rate=RATE)))
        found.keep((prompt, 1), reply(EVEN, noise(1.0, seed=prompt + 7 * prompt, rate=RATE, amplitude=0.1)))
    found.keep((2, 0), reply(FULL, noise(0.5, rate=RATE)))
    found.give_up((2, 1), "out of memory")
    with open(found.folder / rendered_set.LOG, "ab") as log:
        log.write(b'{"kind": "reply", "prompt": 2, "vari')  # as a kill leaves it

    again = rendered_set.newest(tmp_path)
    assert (again.name, again.about, again.variants) == ("Mine", {"Model": "Wren"}, [FULL, EVEN])
    assert again.done == again.total == 6 and again.failed == {(2, 1): "out of memory"} and not again.next_places
    items = again.items()
    assert [item.prompt for item in items] == ["one", "two"], "of the third there is one reply alone"
    assert schedules_in(items) == ["full", "spark:even@4"]
    assert [differ(item, ("full", "spark:even@4")) for item in items] == [False, True]
    again.end("finished")
    assert rendered_set.newest(tmp_path).state == "finished"
    again.end("discarded")
    assert rendered_set.newest(tmp_path) is None


def test_what_failed_can_be_rendered_again(tmp_path):
    found = begun(tmp_path, "one")
    found.keep((0, 0), reply(FULL, noise(1.0, rate=RATE)))
    found.give_up((0, 1), "out of memory")
    found = rendered_set.newest(tmp_path)
    assert found.done == found.total and not found.next_places
    found.try_again()
    assert found.next_places == [(0, 1)]
    found.keep((0, 1), reply(EVEN, noise(1.0, seed=1, rate=RATE)))
    again = rendered_set.newest(tmp_path)
    assert not again.failed and len(again.replies) == 2


@pytest.mark.whole
def test_a_full_disk_is_an_error_of_the_disk(tmp_path):
    """And not libsndfile's: a file may not grow beyond a kilobyte."""
    code = (
        "import resource, signal, sys; from pathlib import Path; import numpy as np\n"
        "from app.listening import clip_files\n"
        "from app.audio.raw_take import RawTake\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "chance, folder = np.random.default_rng(0), Path(sys.argv[1])\n"
        "raw = RawTake(48000)\n"
        "raw.add(*chance.random((3, 48000), np.float32))\n"
        "for save in (lambda: clip_files.save(folder, chance.random(9000, np.float32), 24000), lambda: raw.save(folder / 'x')):\n"
        "    try: save()\n"
        "    except OSError as error: print('disk', error.errno)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert run.stdout.split() == ["disk", "27"] * 2, run.stderr[-2000:]
    assert not list(tmp_path.iterdir())


def test_replies_of_one_prompt_are_equally_loud(tmp_path):
    found = begun(tmp_path, "one")
    found.keep((0, 0), reply(FULL, noise(1.0, rate=RATE, amplitude=0.02)))
    found.keep((0, 1), reply(EVEN, noise(1.0, seed=1, rate=RATE, amplitude=0.2)))
    (item,) = found.items()
    first, second = (float(np.sqrt(np.mean(clip.samples**2))) for clip in item.clips)
    assert first == pytest.approx(second, rel=0.03) and item.clips[0].gain > item.clips[1].gain


def test_damage_is_told_and_other_sets_are_still_found(tmp_path):
    good = begun(tmp_path)
    later = tmp_path / "9999"
    later.mkdir()
    for content in (b"\xff", b"{}", json.dumps({"kind": "set", "format": 99}).encode(), b'{"kind": "set", "format": 1}'):
        (later / rendered_set.LOG).write_bytes(content)
        assert rendered_set.newest(tmp_path).folder == good.folder
    with pytest.raises(ValueError, match="not a set of prompts"):
        (later / rendered_set.LOG).write_bytes(b"{}")
        rendered_set.resume(later)
    good.keep((0, 0), reply(FULL, noise(1.0, rate=RATE)))
    good.keep((0, 1), reply(EVEN, noise(1.0, seed=1, rate=RATE)))
    for file in (good.folder / rendered_set.SOUNDS).iterdir():
        soundfile.write(file, noise(1.0, seed=5, rate=RATE), RATE, format="WAV", subtype="FLOAT")
    with pytest.raises(ValueError, match="is not the one this began with"):
        rendered_set.resume(good.folder).items()


def test_a_set_of_another_sampling_is_the_same_afterwards(tmp_path):
    variants = (Variant("full", 3, (0.8, 0.9), "affinity:0.7"), EVEN)
    assert begun(tmp_path, variants=variants).variants == rendered_set.newest(tmp_path).variants == list(variants)
