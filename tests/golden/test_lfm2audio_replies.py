"""LFM2-Audio from its folder to whole replies: token by token those of the reference, and by any schedule that promises them."""

from __future__ import annotations

import json

import pytest

from engine.audio_files import read
from engine.dialogue import Dialogue
from engine.earlier import EarlierTurn
from engine.events import TurnFinished
from engine.lm.sampling import Sampling
from engine.models.lfm2audio.lfm2audio import LFM2Audio
from engine.models.lfm2audio.prompt import Mode
from engine.turn_record import TurnRecord
from tests.golden import golden_folder, sound_file
from tests.golden.compare import index
from tests.golden.recorded import lfm_file

SET, EXPECTED = golden_folder("lfm2audio"), index("lfm2audio")
FOLDER = SET / EXPECTED["checkpoint"]
TABLES = json.loads((SET / "outputs/text.json").read_text(encoding="utf-8"))
RUNS, PROMPTS = TABLES["runs"], TABLES["prompts"]
PLACES = {
    array.removesuffix("_step_modality"): file
    for file, arrays in EXPECTED["files"].items()
    for array in arrays
    if array.endswith("_step_modality")
}  # fmt: skip
"""The file of each run."""

pytestmark = pytest.mark.skipif(
    not all((SET / file).exists() for file in PLACES.values()), reason="this set is without the language model's runs"
)


@pytest.fixture(scope="module")
def models():
    """By mode; all are greedy, and any id may come, as in the reference."""
    there: dict[Mode, LFM2Audio] = {}

    def model(system: str, kind: str) -> LFM2Audio:
        mode = Mode(system, kind == "interleaved", Sampling())
        if mode not in there:
            there[mode] = LFM2Audio(FOLDER, "cpu", "fp32", mode, parity=True)
        return there[mode]

    return model


def prompt_of(run: str) -> list:
    return PROMPTS.get(f"{run}_turn", PROMPTS.get(run))["turns"]


def recorded_reply(model: LFM2Audio, run: str) -> list[int]:
    """What was handed out, as our ids."""
    recorded = lfm_file(PLACES[run])
    ids, frames = iter(recorded[f"{run}_text_ids"].tolist()), iter(recorded[f"{run}_codes"].tolist())
    is_text = (modality == 1 for modality in recorded[f"{run}_yielded_modality"].tolist())
    return [next(ids) if text else model.decoder.frames.ids.id_of(next(frames)) for text in is_text]


def said(model: LFM2Audio, run: str, schedule: str = "full") -> TurnRecord:
    """The reply to a run's conversation."""
    (_, system), *turns = prompt_of(run)
    assert system == model._mode.system
    dialogue = Dialogue(model, schedule, max_tokens=RUNS[run]["max_new_tokens"], needs_voice=False)
    questions = [content for role, content in turns if role == "user"]
    replies = [content for role, content in turns if role == "assistant"]
    past = []
    for question, reply in zip(questions, replies, strict=True):
        if reply is not None:
            earlier = reply["reply"].split()[-1].removesuffix("_*")
            ids = tuple(recorded_reply(model, earlier))
            past.append(EarlierTurn(question, "", ids, ("text",) * len(ids)))
    assert dialogue.remember(past).by_words == 0
    record = TurnRecord()
    if isinstance(questions[-1], str):
        events = list(dialogue.ask(questions[-1], record=record))
    else:
        turn = dialogue.open_turn()
        turn.feed(*read(sound_file("lfm2audio", f"inputs/{questions[-1]['sound']}.wav"), 60))
        events = list(turn.reply(record=record))
    assert isinstance(events[-1], TurnFinished), events[-1]
    return record


@pytest.mark.parametrize("run", RUNS)
def test_the_reference_s_greedy_replies(run, models):
    model = models(prompt_of(run)[0][1], RUNS[run]["kind"])
    record, wanted = said(model, run), recorded_reply(model, run)
    ended = RUNS[run]["backbone_calls"] > len(wanted) or len(wanted) < RUNS[run]["max_new_tokens"]
    if ended and RUNS[run]["kind"] == "interleaved":
        wanted.append(model._tokenizer.turn_end)  # which the reference does not hand out
    assert list(record.ids) == wanted
    sounding = sum(token.kind == "speech" for token in record.tokens)
    assert sum(len(audio.samples) for audio in record.audio) == 1920 * sounding


@pytest.mark.parametrize("schedule", ["spark:k=4,last@{}+review", "spark:even@{}+review+text", "entropy:{}<0.0001"])
@pytest.mark.parametrize("run", [run for run in RUNS if RUNS[run]["kind"] == "interleaved"])
def test_reviewed_replies_are_the_same(run, schedule, models):
    model = models(prompt_of(run)[0][1], RUNS[run]["kind"])
    shallow, deep = min(model.exit_heads), max(model.exit_heads)
    for layer in {shallow, deep}:
        record = said(model, run, schedule.format(layer))
        assert record.ids == said(model, run).ids
