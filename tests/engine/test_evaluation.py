"""Scoring, the judge of speech, runs that can be resumed, and the test sets that ship."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest
import soundfile
from rich.progress import Progress

from engine import models
from engine.edit_distance import edit_distance
from engine.evaluation import judge, scoring, sets
from engine.evaluation.__main__ import main, split_schedules
from engine.evaluation.answers import Result, Run
from engine.evaluation.bigrams import END, START, arpa
from engine.evaluation.judge import Recogniser, read_pronunciations
from engine.evaluation.summary import report, summarise, table
from tests.engine.random_spoken_lm import RATE, RandomSpokenLM, tone

FOLDER = sets.folder_of("wren")
SIZES = {"typed": 300, "spoken": 240, "unheard": 240, "unknown": 150}


@pytest.mark.parametrize(
    "a, b, edits",
    [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("same", "same", 0)],
)
def test_edit_distance(a, b, edits):
    assert edit_distance(a, b) == edit_distance(b, a) == edits
    assert edit_distance(list(a), tuple(b)) == edits


def test_words_are_compared_without_case_punctuation_and_accents():
    assert scoring.words("  It's PARIS, d’accord: naïve 'quoted' café!") == [
        "it's", "paris", "d'accord", "naive", "quoted", "cafe",
    ]  # fmt: skip
    assert scoring.same("Hello, world.", "hello world") and not scoring.same("Hello", "hello world")


def test_right_needs_every_word_of_the_key_in_order():
    assert scoring.right("The capital of France is Paris.", ["paris"])
    assert scoring.right("Sure: New Delhi!", ["new delhi"])
    assert scoring.right("Book is spelled b, o, o, k.", ["b", "o", "o", "k"])
    assert not scoring.right("Book is spelled b, o, k.", ["b", "o", "o", "k"])
    assert not scoring.right("Three, two, one.", ["one", "two", "three"])
    assert not scoring.right("Comparison.", ["paris"]) and not scoring.right("", ["paris"])


def test_word_errors_count_edits_against_the_reference():
    assert scoring.word_errors("the cat sat", "The cat sat.") == (0, 3)
    assert scoring.word_errors("a cat sat down", "The cat sat.") == (2, 3)
    assert scoring.word_errors("", "one two") == (2, 2)


def test_wilson_interval():
    low, high = scoring.wilson(95, 100)
    assert (low, high) == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert scoring.wilson(0, 10)[0] == 0.0 and scoring.wilson(10, 10)[1] == pytest.approx(1.0)
    assert scoring.wilson(0, 10)[1] == pytest.approx(0.2775, abs=1e-4)
    assert scoring.wilson(0, 0) == (0.0, 1.0)


def bigram_model(text):
    """ARPA text -> single words' and pairs' log10 shares and factors."""
    singles, pairs = {}, {}
    for line in text.splitlines():
        match line.split():
            case [share, word] if share.startswith("-"):
                singles[word] = (float(share), None)
            case [share, word, factor] if share.startswith("-") and _is_number(factor):
                singles[word] = (float(share), float(factor))
            case [share, first, second] if share.startswith("-"):
                pairs[first, second] = float(share)
    return singles, pairs


def _is_number(text):
    return text.lstrip("-").replace(".", "").isdigit()


def test_bigram_shares_add_up_to_one_after_every_word():
    singles, pairs = bigram_model(arpa([["a", "cat"], ["a", "dog"], ["the", "cat", "sat"], ["a", "cat"]]))
    assert singles.keys() == {START, END, "a", "the", "cat", "dog", "sat"}
    for first in singles.keys() - {END}:
        seconds = singles.keys() - {START}
        shares = [10 ** pairs.get((first, word), singles[first][1] + singles[word][0]) for word in seconds]
        assert sum(shares) == pytest.approx(1, abs=1e-3), first
    assert pairs["a", "cat"] > pairs["a", "dog"] > singles["a"][1] + singles["sat"][0]


def items_by(voice):
    return [item for item in sets.read(FOLDER, "spoken") if item.voice == voice]


def test_the_judge_understands_clear_speech_and_no_noise():
    items = items_by("flite:rms")
    recogniser = Recogniser((item.text for item in items), read_pronunciations(FOLDER / "pronunciations.txt"))
    edits = count = 0
    for item in items[:8]:
        samples, rate = soundfile.read(item.audio, dtype="float32")
        heard = recogniser.transcribe(samples, rate)
        wrong, said = scoring.word_errors(heard, item.text)
        edits, count = edits + wrong, count + said
    assert edits / count < 0.2
    assert recogniser.transcribe(samples, rate) == heard  # nothing is carried over
    assert recogniser.transcribe(np.repeat(samples, 3), 3 * rate)  # any rate
    noise = np.random.default_rng(0).normal(0, 0.02, rate).astype(np.float32)
    wrong, said = scoring.word_errors(recogniser.transcribe(noise, rate), items[0].text)
    assert wrong >= said / 2
    assert recogniser.transcribe(np.zeros(0, np.float32), rate) == ""


def test_the_judge_says_which_words_it_cannot_know(monkeypatch):
    monkeypatch.setattr(judge, "_dictionary", lambda: {"hello": ("HH AH L OW",)})
    recogniser = Recogniser(["Hello zyzzyx.", "Hello wrenish."], {"wrenish": "R EH N IH SH"})
    assert recogniser.missing == ("zyzzyx",)


def test_every_answer_can_be_judged():
    answers = (FOLDER / "answers.txt").read_text(encoding="utf-8").splitlines()
    pronunciations = read_pronunciations(FOLDER / "pronunciations.txt")
    assert len(answers) > 1000 and len(answers) == len(set(answers))
    assert not {w for a in answers for w in scoring.words(a)} - pronunciations.keys() - judge._dictionary().keys()


PLACE = ("weights", "typed", "full", "typed-1", "hello", "", "talk")
RESULT = Result(*PLACE, text="hi", right=True, speech_tokens=10, speech_depth=4.0)


def test_results_are_added_up():
    results = [
        replace(RESULT, right=True, exact=True, speech_errors=(1, 10), heard_errors=(0, 5), tokens_per_second=50.0),
        replace(RESULT, right=False, speech_errors=(2, 5), heard_errors=(5, 5), speech_tokens=30, speech_depth=8.0),
        replace(RESULT, right=False, failed="It was too long.", speech_tokens=0),
    ]
    summary = summarise(results)
    assert (summary.count, summary.right, summary.exact, summary.failed, summary.speech_judged) == (3, 1, 1, 1, 2)
    assert summary.speech_wer == pytest.approx(3 / 15) and summary.heard_wer == pytest.approx(0.5)
    assert summary.speech_depth == pytest.approx(7.0) and summary.interval == scoring.wilson(1, 3)
    nothing = summarise([RESULT])
    assert nothing.speech_wer is None and nothing.heard_wer is None


def test_tables_have_a_row_for_each_group():
    failed = replace(RESULT, schedule="fixed:2", right=False, failed="It failed.")
    results = [RESULT, failed, replace(RESULT, voice="v")]
    rows = table(results, "Set | Schedule", lambda r: (r.set, r.schedule)).splitlines()
    assert len(rows) == 4 and len({row.count("|") for row in rows}) == 1
    assert rows[2].startswith("| typed | full | 2 | 100.0% |") and rows[3].startswith("| typed | fixed:2 | 1 | 0.0% |")
    whole = report(results)
    assert "| Voice |" in whole and "It failed." in whole and "| Area |" in whole


def test_schedules_are_split_where_one_ends():
    forms = ["full", "spark:k=4,first@8", "spark:even@9+review", "fixed:3", "full"]
    assert split_schedules(",".join(forms)) == forms


def test_the_command_prints_and_keeps_a_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(models, "load", lambda name: Namesake())
    options = {"limit": 2, "speech": 1, "threads": 1, "model": "wren"}
    main(tmp_path, set_names="typed,unheard", schedule_forms="full,spark:k=4,last@3", **options)
    printed = capsys.readouterr().out
    assert printed.count("| unheard | spark:k=4,last@3 | 2 |") == 1 and printed in (tmp_path / "summary.md").read_text()
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 8
    with pytest.raises(SystemExit, match="nonsense"):
        main(tmp_path, set_names="nonsense", schedule_forms="full", **options)
    with pytest.raises(SystemExit, match="schedule"):
        main(tmp_path, set_names="typed", schedule_forms="deep", **options)


class Namesake(RandomSpokenLM):
    """Is asked the sets of its name."""

    name = "wren"


class CountingLM(RandomSpokenLM):
    """Counts the typed questions it is asked."""

    asked = 0

    def typed(self, text):
        CountingLM.asked += 1
        return super().typed(text)


class LastWordJudge:
    def transcribe(self, samples, rate):
        assert samples.ndim == 1 and samples.size and rate == RATE
        return "one"


def measured(folder, items, speech=0, judged=None):
    with Progress(disable=True) as progress:
        return Run(CountingLM(), folder, judged).measure("typed", items, "fixed:2", speech, progress)


def test_a_run_goes_on_where_it_stopped(tmp_path):
    items = [sets.Item(f"typed-{i}", "hello", "talk", "hello", "One x.", ("one",)) for i in range(3)]
    items.append(replace(items[0], id="typed-9", before="before that"))
    CountingLM.asked = 0
    first = measured(tmp_path, items[:2])
    assert CountingLM.asked == 2 and all(not r.failed and r.speech is None and r.text for r in first)
    assert all(r.speech_depth == 2 and r.speech_tokens and r.text_tokens and r.heard_errors is None for r in first)
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"weights": "cut of')
    second = measured(tmp_path, items)
    assert CountingLM.asked == 5 and second[:2] == first  # the last one asks two questions
    judged = measured(tmp_path, items, speech=1, judged=LastWordJudge())
    assert CountingLM.asked == 6 and judged[1:] == second[1:]
    assert judged[0].speech == "one" and judged[0].speech_errors[1] == len(scoring.words(judged[0].text))
    assert (tmp_path / "typed/fixed-2/typed-0.ogg").stat().st_size
    assert measured(tmp_path, items, speech=1, judged=LastWordJudge()) == judged and CountingLM.asked == 6
    changed = measured(tmp_path, [replace(items[0], text="another one")])
    assert CountingLM.asked == 7 and changed[0].asked == "another one"
    written = (tmp_path / "results.jsonl").read_text().splitlines()
    assert json.loads(written[0]) == json.loads(json.dumps(asdict(first[0])))


def test_spoken_questions_and_failures_are_told_apart(tmp_path):
    sound, silence = tmp_path / "sound.wav", tmp_path / "silence.wav"
    soundfile.write(sound, np.tile(tone(3), 30), RATE)
    soundfile.write(silence, np.zeros(RATE), RATE)
    item = sets.Item("typed-1", "one two three", "talk", "hello", "One.", ("nothing",), sound, "somebody")
    heard, failed = measured(tmp_path / "run", [item, replace(item, id="typed-2", audio=silence)])
    assert heard.heard and heard.heard_errors == scoring.word_errors(heard.heard, item.text) and not heard.right
    assert failed.failed.endswith(".") and not failed.right
    assert summarise([heard, failed]).failed == 1


def test_only_the_taught_answer_is_right_about_the_unknown(tmp_path):
    item = sets.Item("typed-1", "hello", "talk", "hello", "whatever", ())
    (known,) = measured(tmp_path, [item])
    (unknown,) = measured(tmp_path, [replace(item, area="unknown", id="typed-2")])
    (said,) = measured(tmp_path, [replace(item, area="unknown", id="typed-3", answer=known.text.upper())])
    assert known.right and not unknown.right and said.right


@pytest.mark.parametrize("name", sets.NAMES)
def test_a_set_is_well_formed(name):
    items = sets.read(FOLDER, name)
    assert len(items) == SIZES[name]
    assert len({item.id for item in items}) == len({(item.text, item.before) for item in items}) == len(items)
    for item in items:
        assert item.answer and item.key and scoring.right(item.answer, item.key), item
        assert item.text == " ".join(item.text.lower().split()) and scoring.words(item.text), item
        assert (item.audio is None) == (item.voice == "")
        if item.audio:
            sound = soundfile.info(item.audio)
            assert (sound.samplerate, sound.channels) == (16_000, 1) and 0.5 < sound.duration < 10, item
    areas = Counter(item.area for item in items)
    assert max(areas.values()) - min(areas.values()) <= 1
    spoken = sum(item.audio is not None for item in items)
    assert spoken == {"typed": 0, "spoken": 240, "unheard": 240, "unknown": 50}[name]


def test_the_sets_are_small_enough_to_ship_and_hold_no_stray_sound():
    used = {item.audio for name in sets.NAMES for item in sets.read(FOLDER, name)} - {None}
    there = set(FOLDER.rglob("*.ogg"))
    assert used == there and sum(path.stat().st_size for path in there) < 4e6


def test_there_are_follow_ups_that_lean_on_a_turn_before():
    items = [item for item in sets.read(FOLDER, "typed") if item.before]
    assert len(items) == 25 and {item.area for item in items} == {"follow_up"}


def test_an_unknown_set_is_a_sentence():
    with pytest.raises(ValueError, match="typed, spoken"):
        sets.read(FOLDER, "nonsense")


def test_nothing_of_the_sets_is_trained_on():
    texts = pytest.importorskip("engine.models.wren.training.texts", exc_type=ImportError)
    from engine.models.wren.training import voices
    from engine.models.wren.training.domain import unknown, wrapping

    trained = {e.question for area in texts.exchanges(False).values() for many in area.values() for e in many}
    for name in ("typed", "spoken", "unheard"):
        for item in sets.read(FOLDER, name):
            cores = set(wrapping.unwrapped(item.text))
            assert not cores & trained and any(map(texts.is_held_out, cores)), item
            assert item.before is None or texts.is_held_out(item.before)
    heard = {item.voice for item in sets.read(FOLDER, "spoken")}
    unheard = {item.voice for item in sets.read(FOLDER, "unheard")}
    assert unheard == set(voices.UNHEARD_VOICES) and not heard & unheard
    templates = set(unknown.TEMPLATES)
    assert not templates & set(unknown.HELD_OUT_TEMPLATES)


def test_follow_ups_and_wrapped_questions_stay_on_their_side():
    import random

    texts = pytest.importorskip("engine.models.wren.training.texts", exc_type=ImportError)
    rng = random.Random(1)
    for held_out in (False, True):
        for _ in range(60):
            drawn = texts.draw_follow_up(rng, held_out)
            assert texts.is_held_out(drawn.question) == texts.is_held_out(drawn.before.question) == held_out
    question = texts.draw_exchange(rng).question
    assert not any(texts.is_held_out(texts.draw_wrapped(question, rng)) for _ in range(300))
