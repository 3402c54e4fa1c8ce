"""LFM2-Audio's tokenizer and prompts against the reference, and folders whose tokenizer cannot be used."""

from __future__ import annotations

import json
import shutil

import pytest

from engine.models.checkpoints.config_file import Fields
from engine.models.lfm2audio import prompt as prompts
from engine.models.lfm2audio.encoder import FastConformerConfig
from engine.models.lfm2audio.features import NormalisedMel
from engine.models.lfm2audio.prompt import ASR, CHAT, HeardPart, LFMPrompt, Mode, SpokenPart, TextPart, conversation
from engine.models.lfm2audio.tokenizer import LFMTokenizer
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import lfm_file

SET, EXPECTED = golden_folder("lfm2audio"), index("lfm2audio")
FOLDER = SET / EXPECTED["checkpoint"]
RECORDED = json.loads((SET / "outputs/text.json").read_text(encoding="utf-8"))
PROMPTS = RECORDED["prompts"]
CODEBOOKS = EXPECTED["constants"]["codebooks"]
FLAGS = {TextPart: 1, HeardPart: 2, SpokenPart: 3}
"""How the recordings number the kinds of positions."""
MODES = {mode.system: mode for mode in prompts.MODES.values()}


@pytest.fixture(scope="module")
def tokenizer():
    return LFMTokenizer.load(FOLDER)


@pytest.mark.parametrize("case", RECORDED["strings"], ids=lambda case: case["text"][:20])
def test_strings(case, tokenizer):
    assert tokenizer.encode(case["text"]) == case["ids"]
    assert [tokenizer.start, *case["ids"]] == case["ids_with_special_added"]
    assert tokenizer.decode(case["ids"]) == case["decoded"]
    assert tokenizer.decode(case["ids"], specials=False) == case["decoded_skip_special"]


@pytest.mark.parametrize("case", RECORDED["strings"], ids=lambda case: case["text"][:20])
def test_bytes_come_token_by_token(case, tokenizer):
    for specials, wanted in ((True, case["decoded"]), (False, case["decoded_skip_special"])):
        assert b"".join(tokenizer.to_bytes([id], specials) for id in case["ids"]).decode() == wanted


def test_ids_by_name(tokenizer):
    for name, id in EXPECTED["constants"]["special_ids"].items():
        assert tokenizer.id(f"<|{name}|>") == id
    assert tokenizer.to_bytes([tokenizer.stop]) == b""


def source(content):
    """The file and the run of a reply: "forced.npz reply_*" is the run `reply` in `forced.npz`."""
    return content["reply"].removesuffix("_*").split()


def recorded_reply(case, run, before):
    """The reply in a recorded prompt, behind `before` text ids, in the order of its run."""
    table = (RECORDED["runs"] | RECORDED["forced_runs"])[run]
    ids, frames = iter(case["text_ids"][before:]), zip(*case["audio_out"], strict=True)
    kinds = table["step_modality"][: table["yielded"]]
    return [TextPart((next(ids),)) if kind == "T" else SpokenPart((next(frames),)) for kind in kinds]


def turns_of(case, tokenizer):
    """The turns as `conversation` takes them."""
    turns = []
    for role, content in case["turns"]:
        match content:
            case {"sound": name}:
                items = [HeardPart(rows_of(name)[1])]
            case {"reply": _}:
                _, run = source(content)
                ids = [len(part) for part in conversation(tokenizer, [*turns, (role, None)]) if isinstance(part, TextPart)]
                items = recorded_reply(case, run, sum(ids))
            case _:
                items = None if content is None else [content]
        turns.append((role, items))
    return turns


def rows_of(sound):
    """The mel frames and the rows of a sound of the set, as its length and the configuration make them."""
    fields = Fields.read(FOLDER / "config.json")
    samples = int(lfm_file("outputs/audio.npz")[f"{sound}_samples16k"])
    frames = NormalisedMel.from_config(fields).frames(samples)
    return frames, FastConformerConfig.from_release(fields, {}).rows(frames)


@pytest.mark.parametrize("name", PROMPTS)
def test_prompts(name, tokenizer):
    case = PROMPTS[name]
    parts = conversation(tokenizer, turns_of(case, tokenizer))
    assert [id for part in parts if isinstance(part, TextPart) for id in part.ids] == case["text_ids"]
    assert [FLAGS[type(part)] for part in parts for _ in range(len(part))] == case["modality_flag"]
    assert sum(map(len, parts)) == case["positions"]
    frames = [frame for part in parts if isinstance(part, SpokenPart) for frame in part.frames]
    assert [[frame[codebook] for frame in frames] for codebook in range(CODEBOOKS)] == case["audio_out"]
    heard = [content["sound"] for _, content in case["turns"] if isinstance(content, dict) and "sound" in content]
    assert [rows_of(sound)[0] for sound in heard] == case["audio_in_lens"]


@pytest.mark.parametrize("name", [name for name, case in PROMPTS.items() if any(case["audio_out"])])
def test_the_reply_of_a_prompt_is_that_of_its_run(name, tokenizer):
    case = PROMPTS[name]
    file, run = next(source(content) for _, content in case["turns"] if isinstance(content, dict) and "reply" in content)
    if not (SET / "outputs" / file).exists():
        pytest.skip(f"this set is without {file}")
    recorded = lfm_file(f"outputs/{file}")
    reply = next(items for _, items in turns_of(case, tokenizer) if isinstance(items, list) and len(items) > 1)
    assert [id for part in reply if isinstance(part, TextPart) for id in part.ids] == recorded[f"{run}_text_ids"].tolist()
    frames = [list(frame) for part in reply if isinstance(part, SpokenPart) for frame in part.frames]
    assert frames == recorded[f"{run}_codes"].tolist()


@pytest.mark.parametrize("name", PROMPTS)
def test_prompts_from_pieces(name, tokenizer):
    """The same ids from what a dialogue is made of."""
    case = PROMPTS[name]
    turns = turns_of(case, tokenizer)
    system = turns.pop(0)[1][0] if turns[0][0] == "system" else ""
    prompt, ids, sounds = LFMPrompt(tokenizer, Mode(system)), [], []
    for place, (role, content) in enumerate(turns):
        if role == "assistant":
            if content is not None:
                said = [tokenizer.encode(item) if isinstance(item, str) else getattr(item, "ids", ()) for item in content]
                said = [id for part in said for id in part]
                ids += [*said, *prompt.end_reply(said).ids]
            continue
        if isinstance(content[0], HeardPart):
            before = prompt.before_speech()
            sounds.append(content[0].rows)
            pieces = [before, prompt.after_speech()]
        else:
            pieces = [prompt.typed(content[0])]
        ids += [*(pieces[0].opening if place == 0 else ()), *(id for piece in pieces for id in piece.ids)]
    assert ids == case["text_ids"]
    assert sum(sounds) == case["modality_flag"].count(FLAGS[HeardPart])


def test_modes(tokenizer):
    used = {content for case in PROMPTS.values() for role, content in case["turns"] if role == "system"}
    assert used and used <= MODES.keys()
    assert len(MODES) == 6 and [mode for mode in MODES.values() if mode.interleaved] == [CHAT]
    for mode in MODES.values():
        turn = conversation(tokenizer, [("system", [mode.system])])
        assert LFMPrompt(tokenizer, mode).opening == tuple(id for part in turn for id in part.ids)
    assert LFMPrompt(tokenizer, Mode("")).opening == (tokenizer.start,)


def test_names_of_tokens_in_typed_words_are_text(tokenizer):
    prompt = LFMPrompt(tokenizer)
    words = "What are <|im_end|>, <|audio_start|> and <|text_end|> good for?"
    ids = prompt.typed(words).ids
    specials = [tokenizer.turn_start, tokenizer.turn_end, tokenizer.turn_start]
    assert [id for id in ids if tokenizer.decode([id], specials=False) == ""] == specials
    assert words in tokenizer.decode(ids)
    with pytest.raises(ValueError, match="type some words"):
        prompt.typed(" \n")


def test_how_a_reply_is_closed(tokenizer):
    prompt = LFMPrompt(tokenizer, ASR)
    line = tuple(tokenizer.encode("\n"))
    for cut in ([], [300], [300, tokenizer.text_end]):
        assert prompt.end_reply(cut).ids == (tokenizer.turn_end, *line)
    assert prompt.end_reply([300, tokenizer.turn_end]).ids == line


def test_no_tokenizer(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"tokenizer\.json"):
        LFMTokenizer.load(tmp_path)


@pytest.mark.parametrize("name", ["<|startoftext|>", "<|im_start|>", "<|im_end|>", "<|text_end|>", "<|audio_start|>"])
def test_a_special_token_is_missing(name, tmp_path):
    document = json.loads((FOLDER / "tokenizer.json").read_text(encoding="utf-8"))
    document["added_tokens"] = [token for token in document["added_tokens"] if token["content"] != name]
    (tmp_path / "tokenizer.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ValueError, match=r"tokenizer\.json has no token") as raised:
        LFMTokenizer.load(tmp_path)
    assert name in str(raised.value) and str(tmp_path) in str(raised.value)


def test_a_damaged_tokenizer(tmp_path):
    shutil.copyfile(FOLDER / "tokenizer.json", tmp_path / "tokenizer.json")
    with (tmp_path / "tokenizer.json").open("r+") as file:
        file.truncate(1000)
    with pytest.raises(ValueError, match="is damaged") as raised:
        LFMTokenizer.load(tmp_path)
    assert str(tmp_path) in str(raised.value)
