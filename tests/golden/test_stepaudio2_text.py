"""Step-Audio 2's tokenizer, prompts and the splitting of replies against the reference, and its pattern."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.models.stepaudio2.pattern import SPEECH_CHUNK, StepPattern, StepRules
from engine.models.stepaudio2.prompt import StepPrompt, message_ids
from engine.models.stepaudio2.tokenizer import StepTokenizer
from tests.golden import golden_folder
from tests.golden.compare import index

SET = golden_folder("stepaudio2")
EXPECTED = index("stepaudio2")


def cases(name):
    return json.loads((SET / f"cases/{name}.json").read_text(encoding="utf-8"))


PROMPTS = cases("prompts")


@pytest.fixture(scope="module")
def tokenizer():
    return StepTokenizer.load(SET / EXPECTED["model"])


@pytest.mark.parametrize("case", cases("tokenization"), ids=lambda case: case["text"][:20])
def test_strings(case, tokenizer):
    assert tokenizer.encode(case["text"]) == case["ids"]
    assert tokenizer.decode(case["ids"]) == case["decoded"]


def test_ids_by_name(tokenizer):
    for name, id in EXPECTED["special_ids"].items():
        assert (tokenizer.audio_pad if name == "audio_pad" else tokenizer.id(name)) == id
    assert len(tokenizer.audio) == EXPECTED["audio_code_count"]
    assert tokenizer.id(EXPECTED["audio_pad_name"]) == tokenizer.audio_pad


@pytest.mark.parametrize("case", cases("split"), ids=lambda case: str(case["ids"][:3]))
def test_replies_are_split(case, tokenizer):
    split = tokenizer.split(case["ids"])
    assert split.text_ids == case["text_ids"] and tokenizer.decode(split.text_ids) == case["text"]
    assert split.raw_codes == case["audio_codes_raw"] and split.codes == case["audio_codes_without_pad"]


def with_patches(messages):
    """The messages with the recorded number of positions in place of every sound."""
    counted = json.loads(json.dumps(messages))
    for message in counted:
        for item in message["content"] if isinstance(message["content"], list) else ():
            if item["type"] == "audio":
                name = item["audio"].removesuffix(".wav")
                item["patches"] = np.load(SET / f"cases/audio_{name}.npz")["n_patches"].tolist()
    return counted


@pytest.mark.parametrize("name", PROMPTS)
def test_messages(name, tokenizer):
    assert message_ids(tokenizer, with_patches(PROMPTS[name]["messages"])) == PROMPTS[name]["ids"]


def conversation(tokenizer, messages):
    """The same from a dialogue's pieces, or None where the messages are more than questions and replies."""
    system = messages[0]["content"] if messages[0]["role"] == "system" else ""
    in_text = messages[-1]["content"] is None
    prompt, ids = StepPrompt(tokenizer, system, in_text), []
    for place, message in enumerate(messages[bool(system) :]):
        content = message["content"]
        if place % 2 == 0:
            if message["role"] not in ("human", "user"):
                return None
            if isinstance(content, str):
                # The reply that was asked for by then had sound, whatever the last one is asked to have.
                asking = prompt if place + 2 >= len(messages) - bool(system) else StepPrompt(tokenizer, system)
                pieces = [asking.typed(content)]
            elif [item["type"] for item in content] == ["audio"]:
                start, *blocks, end = tokenizer_blocks(tokenizer, content[0]["patches"])
                asking = prompt
                pieces = [prompt.before_speech(), prompt.after_speech()]
                assert (start, end) == (pieces[0].ids[-1], pieces[1].ids[0])
                ids += pieces[0].opening if not ids else ()
                ids += [*pieces[0].ids, *blocks, *pieces[1].ids]
                continue
            else:
                return None
            ids += pieces[0].opening if not ids else ()
            ids += pieces[0].ids
        elif place < len(messages) - bool(system) - 1:
            reply = content[1]["token"]
            ids += [*reply, *prompt.end_reply(reply).ids]
    return ids


def tokenizer_blocks(tokenizer, patches):
    return message_ids(tokenizer, [{"role": "x", "content": [{"type": "audio", "patches": patches}], "eot": False}])[
        len(tokenizer.encode("<|BOT|>x\n")) :
    ]


def test_conversations_from_pieces(tokenizer):
    seen = []
    for name, case in PROMPTS.items():
        ids = conversation(tokenizer, with_patches(case["messages"]))
        if ids is not None:
            assert ids == case["ids"], name
            seen.append(name)
    assert seen


def test_names_of_tokens_in_a_question_are_text(tokenizer):
    prompt = StepPrompt(tokenizer)
    ids = prompt.typed("What is <|EOT|> good for?").ids
    assert ids.count(prompt.end) == 1 and "<|EOT|> good" in tokenizer.decode(ids)
    with pytest.raises(ValueError, match="type some words"):
        prompt.typed("")


def test_how_a_cut_reply_is_closed(tokenizer):
    prompt, in_text = StepPrompt(tokenizer), StepPrompt(tokenizer, reply_in_text=True)
    assert prompt.end_reply([3, 4]).ids == (prompt.tts_end, prompt.end)
    assert prompt.end_reply([3, prompt.tts_end]).ids == in_text.end_reply([3]).ids == (prompt.end,)
    assert not len(prompt.end_reply([3, prompt.tts_end, prompt.end]))


@pytest.fixture(scope="module")
def rules(tokenizer):
    return StepRules(tokenizer.audio_pad + 9, tokenizer)


def test_the_pattern_of_a_recorded_reply(rules, tokenizer):
    reply = next(
        item["token"]
        for case in PROMPTS.values()
        for message in case["messages"]
        if isinstance(message["content"], list)
        for item in message["content"]
        if item["type"] == "token"
    )
    place, kinds = StepPattern(rules), []
    for id in reply:
        assert id in place.allowed(), place
        assert (place.chunk_length, place.speech_step) == ((SPEECH_CHUNK, True) if id >= tokenizer.audio[0] else (1, False))
        kinds.append(place.kind_of(id))
        place = place.after(id)
    split = tokenizer.split(reply)
    assert [id for id, kind in zip(reply, kinds, strict=True) if kind == "text"] == split.text_ids
    assert [id - tokenizer.audio[0] for id, kind in zip(reply, kinds, strict=True) if kind == "speech"] == split.codes
    assert place.phase == "tail" and place.kind == "text" and rules.audio[0] not in place.allowed()
    assert place.after(5).after(rules.end).done


def test_a_reply_in_text(rules):
    place = StepPattern(rules, "tail")
    assert place.kind == "text" and not place.speech_step and place.chunk_length is None
    assert rules.end in place.allowed() and rules.pad not in place.allowed()
