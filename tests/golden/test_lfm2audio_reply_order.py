"""Text and sound of LFM2-Audio's replies come in the order of the reference, step by step of every recorded run."""

from __future__ import annotations

import json

import pytest

from engine.models.checkpoints.config_file import Fields
from engine.models.lfm2audio.reply_order import InterleavedOrder, ReplyRules, SequentialOrder
from engine.models.lfm2audio.tokenizer import LFMTokenizer
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import lfm_file

SET, EXPECTED = golden_folder("lfm2audio"), index("lfm2audio")
FOLDER, CONSTANTS = SET / EXPECTED["checkpoint"], EXPECTED["constants"]
TABLES = json.loads((SET / "outputs/text.json").read_text(encoding="utf-8"))
RUNS = TABLES["runs"] | TABLES["forced_runs"]
ORDERS = {"interleaved": InterleavedOrder, "sequential": SequentialOrder}
MODALITY = {"text": 1, "audio": 3}
STEPS = "_step_modality"
FILES = {
    array.removesuffix(STEPS): file
    for file, arrays in EXPECTED["files"].items()
    for array in arrays
    if array.endswith(STEPS)
}  # fmt: skip
"""Where each run was recorded."""


@pytest.fixture(scope="module")
def rules():
    return ReplyRules.from_config(Fields.read(FOLDER / "config.json"), LFMTokenizer.load(FOLDER), CONSTANTS["end_code"])


def test_every_run_has_its_table():
    assert FILES.keys() == RUNS.keys()


def test_rules(rules):
    assert (rules.text_block, rules.audio_block) == (CONSTANTS["interleaved_n_text"], CONSTANTS["interleaved_n_audio"])
    ids = CONSTANTS["special_ids"]
    assert (rules.turn_end, rules.text_end, rules.audio_start) == (ids["im_end"], ids["text_end"], ids["audio_start"])


class Run:
    """What was recorded of one."""

    def __init__(self, name: str):
        self.table, self._name, self._recorded = RUNS[name], name, lfm_file(FILES[name])
        self.steps = self["step_modality"].tolist()
        self.handed_out = self["yielded_modality"].tolist()
        self.ids, self.frames = self["text_ids"].tolist(), self["codes"].tolist()

    def __getitem__(self, array):
        return self._recorded[f"{self._name}_{array}"]

    def __contains__(self, array):
        return f"{self._name}_{array}" in self._recorded.expected

    def chosen(self, rules):
        """What was chosen at every step: an id, or a frame before the rules made an end frame of it."""
        if "text_top5_ids" in self:
            ids = self["text_top5_ids"][:, 0].tolist()
        else:  # all that was handed out, and what ended the run
            ids = self.ids + [rules.turn_end] * (self.steps.count(MODALITY["text"]) - len(self.ids))
        if "code_top2_ids" in self:
            frames = self["code_top2_ids"][:, :, 0].tolist()
        else:  # in an end frame any codes may follow the first
            frames = [frame[:1] + ([0] * len(frame[1:]) if frame[0] == rules.end_code else frame[1:]) for frame in self.frames]
        ids, frames, chosen = iter(ids), iter(frames), []
        for step, modality in enumerate(self.steps):
            choice = next(ids) if modality == MODALITY["text"] else list(next(frames))
            match self.table.get("script", {}).get(str(step)):
                case ["text", id]:
                    choice = id
                case ["code", codebook, code]:
                    choice[codebook] = code
            chosen.append(choice)
        assert not [*ids, *frames]
        return chosen


@pytest.mark.parametrize("name", FILES)
def test_runs(name, rules):
    if not (SET / FILES[name]).exists():
        pytest.skip(f"this set is without {FILES[name]}")
    run = Run(name)
    order = ORDERS[run.table["kind"]](rules, run.table["max_new_tokens"])
    steps, handed_out, ids, frames = [], [], [], []
    for choice in run.chosen(rules):
        assert not order.is_over
        steps.append(MODALITY[order.kind])
        if isinstance(choice, list):
            frames.append(list(order.took_frame(choice)))
            handed_out.append(MODALITY["audio"])
        elif order.took_text(choice):
            ids.append(choice)
            handed_out.append(MODALITY["text"])
    assert order.is_over
    assert order.ended == (choice == rules.turn_end)
    assert order.ended or order.steps == run.table["max_new_tokens"]
    assert order.steps == run.table["backbone_calls"] and len(handed_out) == run.table["yielded"]
    assert (steps, handed_out, ids, frames) == (run.steps, run.handed_out, run.ids, run.frames)
    assert "".join("T" if step == MODALITY["text"] else "A" for step in steps) == run.table["step_modality"]
    if "yielded_kind" in run.table:
        ends = iter(frame == [rules.end_code] * len(frame) for frame in frames)
        kinds = ["T" if modality == MODALITY["text"] else "AE"[next(ends)] for modality in handed_out]
        assert "".join(kinds) == run.table["yielded_kind"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"interleaved_n_text": "six"}, "interleaved_n_text = 'six'"),
        ({"interleaved_n_text": 0}, "interleaved_n_text = 0"),
        ({"interleaved_n_audio": True}, "interleaved_n_audio = True"),
        ({"interleaved_n_audio": None}, "lacks interleaved_n_audio"),
    ],
)
def test_a_configuration_that_cannot_be_used(change, sentence, tmp_path):
    config = json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | change), encoding="utf-8")
    with pytest.raises(ValueError, match=sentence) as raised:
        ReplyRules.from_config(Fields.read(tmp_path / "config.json"), LFMTokenizer.load(FOLDER), CONSTANTS["end_code"])
    assert str(tmp_path / "config.json") in str(raised.value)
