"""Two spoken turns under every schedule: what is reviewed is what full depth says, and each full step leaves its cache."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from functools import cache

import pytest
import torch

from engine.cli import main
from engine.dialogue import Dialogue
from engine.events import Drafts, Prefilled, Token, TurnFinished
from engine.lm.cache import KVCache
from engine.lm.sampling import Sampling
from engine.models.glm4voice.glm4voice import GLM4Voice
from engine.models.stepaudio2.stepaudio2 import StepAudio2
from tests.golden import variants
from tests.golden.conversations import FAMILIES, ask, heard, sounds, unending

FORMS = ["spark:even@{}", "spark:triple@{}"]
SCHEDULES = ["full", *FORMS, *(f"{form}+review" for form in FORMS)]
TOLERANCE = 2e-5  # of keys and values of up to about 10: steps of one row and of many add up float32 in different orders


class Watch:
    """Follows a turn's events and compares the cache after every full step with one that only ever ran at full depth."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue, self.layers = dialogue, dialogue.model.decoder.config.layers
        self.tokens: list[Token] = []
        self.compared, self.worst = 0, 0.0
        self._reference: KVCache | None = None
        self._unread: list[int] = []

    def see(self, event) -> None:
        decoder, history = self.dialogue.model.decoder, self.dialogue._history
        if isinstance(event, Prefilled):
            self._reference, self._unread = decoder.new_cache(), []
            decoder.run(history._states_from(0)[: history.cached], 0, self._reference)
        if not isinstance(event, Token):
            return
        self.tokens.append(event)
        if event.depth == self.layers:
            if self._unread:
                decoder.run(decoder.embed(self._unread), self._reference.position, self._reference)
                self._unread = []
            self._compare(history.cache)
        self._unread.append(event.id)

    def _compare(self, cache: KVCache) -> None:
        held = self._reference.position
        assert cache.position == held and {cache.filled(layer) for layer in range(self.layers)} == {held}
        for layer in range(self.layers):
            found, wanted = cache.contents(layer), self._reference.contents(layer)
            self.worst = max(self.worst, float((found - wanted).abs().max() / wanted.abs().max()))
        self.compared += 1
        assert self.worst < TOLERANCE, f"after {len(self.tokens)} tokens: {self.worst:.2e}"


@pytest.fixture(scope="module")
def exact(folders):
    """Both models in float32."""
    kinds = zip(FAMILIES, (GLM4Voice, StepAudio2), strict=True)
    return {name: unending(kind(folders[name], "cpu", "fp32")) for name, kind in kinds}


@pytest.fixture(scope="module")
def turns(exact):
    """Two greedy turns under a schedule, each a list of tokens; computed once."""

    @cache
    def turns(name: str, schedule: str) -> list[list[Token]]:
        dialogue = Dialogue(exact[name], schedule, sampling=Sampling(), max_tokens=70)
        made = []
        for path in sounds(name):
            watch = Watch(dialogue)
            events = ask(dialogue, path, watch=watch.see)
            assert isinstance(events[-1], TurnFinished), events[-1]
            assert heard(events).size and torch.isfinite(torch.from_numpy(heard(events))).all()
            assert [event for event in events if isinstance(event, Token)] == watch.tokens
            assert any(isinstance(event, Drafts) for event in events) == schedule.endswith("review")
            assert watch.compared > 5
            early = [token for token in watch.tokens if token.depth < watch.layers]
            assert bool(early) == (schedule != "full") and all(token.kind != "text" for token in early)
            made.append(watch.tokens)
        return made

    return turns


def at_half_depth(exact, name: str, form: str) -> str:
    return form.format(exact[name].decoder.config.layers // 2)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("form", SCHEDULES)
def test_two_turns(exact, turns, name, form):
    first, second = turns(name, at_half_depth(exact, name, form))
    assert len(first) > 20 and len(second) > 20


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("form", [form for form in SCHEDULES if form.endswith("review")])
def test_reviewed_turns_are_those_of_full_depth(exact, turns, name, form):
    full = [[token.id for token in turn] for turn in turns(name, "full")]
    assert [[token.id for token in turn] for turn in turns(name, at_half_depth(exact, name, form))] == full


@pytest.fixture(scope="module")
def greedy(folders, tmp_path_factory):
    """Both folders once more, stored in float32 and saying that replies are greedy: so `ask` is exact."""
    made = {}
    for name, folder in folders.items():
        copy = tmp_path_factory.mktemp(name) / "all"
        shutil.copytree(folder.parent, copy)
        made[name] = copy / folder.name
        variants.one_file(made[name], torch.Tensor.float)
        path = made[name] / "generation_config.json"
        said = json.loads(path.read_text()) if path.is_file() else {}
        path.write_text(json.dumps({**said, "do_sample": False}))
    return made


@pytest.fixture(scope="module")
def conversations(greedy, tmp_path_factory):
    """What `refrain ask` answers to two spoken questions in one conversation, and each turn's ids; computed once."""

    @cache
    def conversations(name: str, schedule: str) -> tuple[list[dict], list[list[int]]]:
        place = tmp_path_factory.mktemp("turns")
        questions = [json.dumps({"audio": str(path)}) for path in sounds(name)]
        (place / "turns.jsonl").write_text("\n".join(questions))
        command = ["ask", "--model", greedy[name], "--batch", place / "turns.jsonl", "--conversation", "--schedule", schedule]
        command += ["--max-tokens", 60, "--out", place / "replies", "--trace", place / "trace.jsonl"]
        printed = io.StringIO()
        with redirect_stdout(printed):
            assert main([str(part) for part in command]) == 0
        steps = [json.loads(line) for line in (place / "trace.jsonl").read_text().splitlines()]
        assert len(list((place / "replies").iterdir())) == 2
        answers = [json.loads(line) for line in printed.getvalue().splitlines()]
        return answers, [[step["id"] for step in steps if step["turn"] == turn] for turn in (1, 2)]

    return conversations


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("form", SCHEDULES)
def test_the_command_line(exact, conversations, name, form):
    answers, ids = conversations(name, at_half_depth(exact, name, form))
    assert len(answers) == 2 and not any("error" in answer for answer in answers) and all(ids)
    if form.endswith("review"):
        assert ids == conversations(name, "full")[1]
    for answer in answers:
        assert answer["schedule"] == at_half_depth(exact, name, form) and answer["model"] == name
        if answer["tokens"].get("speech", 0) > 8 and not form.endswith("review"):
            assert answer["audio_seconds"] > 0
            assert (answer["depth"]["mean_speech"] < answer["depth"]["full"]) == (form != "full")
