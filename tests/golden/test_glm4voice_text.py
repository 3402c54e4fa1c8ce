"""GLM-4-Voice's tokenizer and prompts against the reference, and its pattern."""

from __future__ import annotations

import json

import pytest

from engine.models.glm4voice.pattern import SPEECH_CHUNK, TEXT_CHUNK, GLMPattern, GLMRules
from engine.models.glm4voice.prompt import GLMPrompt
from engine.models.glm4voice.tokenizer import GLMTokenizer
from tests.golden import golden_folder
from tests.golden.compare import index

SET = golden_folder("glm4voice")
EXPECTED = index("glm4voice")
TEXT = json.loads((SET / "outputs/text.json").read_text(encoding="utf-8"))
PROMPTS = TEXT["prompts"]


@pytest.fixture(scope="module")
def tokenizer():
    return GLMTokenizer.load(SET / EXPECTED["checkpoints"]["llm"])


@pytest.fixture(scope="module")
def prompt(tokenizer):
    return GLMPrompt(tokenizer)


@pytest.mark.parametrize("case", TEXT["strings"], ids=lambda case: case["text"][:20])
def test_strings(case, tokenizer):
    ids = tokenizer.encode(case["text"])
    assert ids == case["ids"]
    assert [*tokenizer.prefix, *ids] == case["ids_with_prefix"]
    assert tokenizer.decode(ids) == case["decoded"]
    assert tokenizer.decode(ids, specials=False) == case["decoded_skip_special"]


def test_speech_ids(tokenizer):
    assert tokenizer.audio == range(EXPECTED["audio_offset"], EXPECTED["audio_offset"] + EXPECTED["audio_codes"])


def test_whole_prompts_as_strings(tokenizer):
    for case in PROMPTS.values():
        assert [*tokenizer.prefix, *tokenizer.encode(case["prompt"])] == case["ids"]
        if "completion_ids" in case:
            assert tokenizer.decode(case["completion_ids"]) == case["completion_text"]
            words = [id for id in case["completion_ids"] if id not in tokenizer.audio]
            assert tokenizer.decode(words) == case["text_only"]


def user_turns(string):
    """What stands between `<|user|>` and `<|assistant|>` in a prompt's string."""
    return [turn.partition("<|assistant|>")[0].removeprefix("\n") for turn in string.split("<|user|>")[1:]]


def question(prompt, tokenizer, turn):
    """The pieces of a question, and the ids of all of them without the opening."""
    if not turn.startswith("<|begin_of_audio|>"):
        pieces = [prompt.typed(turn)]
        return pieces, list(pieces[0].ids)
    codes = tokenizer.encode(turn)[1:-1]
    assert all(code in tokenizer.audio for code in codes)
    pieces = [prompt.before_speech(), prompt.after_speech()]
    return pieces, [*pieces[0].ids, *codes, *pieces[1].ids]


@pytest.mark.parametrize("name", PROMPTS)
def test_prompts_from_pieces(name, prompt, tokenizer):
    case = PROMPTS[name]
    turns = [question(prompt, tokenizer, turn) for turn in user_turns(case["prompt"])]
    ids = [*turns[0][0][0].opening, *turns[0][1]]
    if "completion_ids" in case:  # as an engine keeps the history: by ids, and the reply ends in <|user|>
        closing = prompt.end_reply(case["completion_ids"])
        ids += [*case["completion_ids"], *closing.ids, *turns[1][1]]
    assert ids == case.get("ids_kept_history", case["ids"])


def test_names_of_tokens_in_a_question_are_text(prompt, tokenizer):
    ids = prompt.typed("What is <|user|> good for?").ids
    assert prompt.user not in ids and "<|user|>" in tokenizer.decode(ids)
    with pytest.raises(ValueError, match="type some words"):
        prompt.typed(" \n")


def test_a_finished_reply_needs_no_closing(prompt):
    assert not len(prompt.end_reply([5, prompt.user])) and prompt.end_reply([5]).ids == (prompt.user,)


@pytest.fixture(scope="module")
def rules(tokenizer):
    stops = [tokenizer.id(name) for name in ("<|endoftext|>", "<|user|>", "<|observation|>")]
    return GLMRules(tokenizer.audio.stop + 7, tokenizer.text, tokenizer.audio, stops)


def test_the_pattern_of_recorded_replies(rules):
    """13 text, 26 speech, ..; the recorded replies end in words after the last speech, which is left out here."""
    for case in PROMPTS.values():
        place, expected, kinds = GLMPattern(rules), [], []
        ids = case.get("completion_ids", [])
        while ids and ids[-1] in rules.text:
            ids = ids[:-1]
        for id in ids:
            assert id in place.allowed(), place
            expected.append((place.kind, place.chunk_index, place.chunk_length))
            kinds.append(place.kind_of(id))
            place = place.after(id)
        assert all(kind == ("speech" if id in rules.audio else "text") for kind, id in zip(kinds, ids, strict=True))
        chunk = [("text", at, TEXT_CHUNK) for at in range(TEXT_CHUNK)] + [
            ("speech", at, SPEECH_CHUNK) for at in range(SPEECH_CHUNK)
        ]
        assert expected[: len(chunk)] == chunk[: len(expected)]


def test_the_pattern_after_the_text(rules):
    text, audio, stop = rules.text[0], rules.audio[0], min(rules.stops)
    place = GLMPattern(rules)
    for _ in range(TEXT_CHUNK):
        place = place.after(text)
    assert place.speech_step and text not in place.allowed() and stop in place.allowed()
    for _ in range(SPEECH_CHUNK):
        place = place.after(audio)
    assert place.kind == "text" and text in place.allowed() and audio in place.allowed()
    place = place.after(text).after(audio)  # the text ended within its chunk
    assert place.chunk_length is None and place.chunk_index == 1 and text not in place.allowed()
    place = place.after(audio).after(stop)
    assert place.done and place.kind == "control"
    assert rules.audio.stop not in rules.allowed["text"]


def test_unforced_places_follow_the_tokens(tokenizer, rules):
    free = GLMRules(tokenizer.audio.stop, tokenizer.text, tokenizer.audio, rules.stops, enforced=False)
    place = GLMPattern(free, "tail", 5).after(rules.text[3])
    assert (place.phase, place.index) == ("text", 1) and len(place.allowed()) == tokenizer.audio.stop
