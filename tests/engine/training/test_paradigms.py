"""The three decoding paradigms: what each learns from, their adapters, and that training goes on where it stopped."""

import json
import shutil

import pytest
import torch

from engine import models
from engine.dialogue import Dialogue
from engine.events import Text, Token, TurnFinished
from engine.lm import shared_positions
from engine.lm.decoder import Decoder
from engine.models.wren import lengths
from engine.models.wren.low_rank import merge, widen_head
from engine.models.wren.pattern import PATTERNS, WrenRules
from engine.models.wren.vocabulary import Vocabulary
from engine.resources import resources_folder
from engine.training import corpus, parallel
from engine.training.low_rank import AdaptedLM
from engine.training.network import TrainedLM
from engine.training.pieces import TrainingPiece
from engine.training.replies import WRITERS
from engine.training.train_lm import lm_config
from engine.training.train_paradigm import losses
from engine.training.turns import Mix, Turns
from tests.engine.training.test_lm_training import CLASSES, folder, train  # noqa: F401

FEATURES = 2 * CLASSES
NAMES = ("padded", "early-stop", "parallel")


@pytest.fixture(scope="module")
def vocabulary(folder):  # noqa: F811
    return Vocabulary.load(folder / "tokenizer.json")


def turns_of(folder, v, paradigm):  # noqa: F811
    shard = corpus.shards(folder / "questions")[0]
    spoken = [(clip, torch.zeros(20, FEATURES, dtype=torch.uint8).numpy()) for clip in shard.clips]
    units = json.loads((folder / "units.json").read_text())
    return Turns(v, spoken, units, 4, 16, Mix(0.0, 0.0, 0.5, 0.5, 0.0), 0, WRITERS[paradigm])


def tokens_of(piece: TrainingPiece, start: int) -> list[tuple[int, ...]]:
    beside = piece.beside or ((),) * len(piece)
    return [(token, *more) for token, more in zip(piece.ids[start:], beside[start:], strict=True)]


@pytest.mark.parametrize("paradigm", NAMES)
def test_what_is_learned_is_what_the_pattern_lets_it_say(folder, vocabulary, paradigm):  # noqa: F811
    v, turns = vocabulary, turns_of(folder, vocabulary, paradigm)
    for _ in range(200):
        piece = turns.draw()
        start = piece.ids.index(v.reply) + 1
        place, kinds = PATTERNS[paradigm](WrenRules(v, 4, 16), "heard" if piece.ids[0] == v.spoken else "text"), []
        for position, weight in zip(tokens_of(piece, start), piece.weight[start:], strict=True):
            assert weight > 0 and getattr(place, "slot", 0) == 0
            for slot, token in enumerate(position):
                assert token in place.allowed() and getattr(place, "slot", slot) == slot
                kinds.append(place.kind_of(token))
                place = place.after(token)
        assert place.done and not any(piece.weight[:start])
        heard = kinds.count("heard") + (piece.ids[0] == v.spoken)
        wanted = lengths.positions(paradigm, kinds.count("text"), kinds.count("speech"), 4, 16)
        assert len(piece) - start - heard == wanted


@pytest.mark.parametrize(("text", "speech"), [(1, 1), (3, 16), (4, 15), (4, 16), (4, 17), (9, 3), (8, 32), (8, 100), (13, 47)])
def test_every_paradigm_says_the_same(vocabulary, text, speech):
    v = vocabulary
    words, units = list(range(text)), [v.unit_ids[i % 40] for i in range(speech)]
    for paradigm in NAMES:
        piece = WRITERS[paradigm](v, words, units, 4, 16)
        flat = [token for position in tokens_of(piece, 0) for token in position]
        assert [token for token in flat if token < v.spoken] == words
        said = [token for token in flat if token >= v.unit_ids[0]]
        assert said[:speech] == units and set(said[speech:]) <= {units[-1]} and flat[-1] == v.end and flat.count(v.end) == 1


def test_no_padding_is_shorter_and_parallel_shortest():
    text, speech = 12, 150
    padded, early, together = (lengths.positions(name, text, speech, 4, 16) for name in NAMES)
    assert (padded, early, together) == (151 + 4 * 10, 164, 38)
    assert lengths.per_second("early-stop", 3, 25, 5, 10) / lengths.per_second("padded", 3, 25, 5, 10) == pytest.approx(28 / 37.5)


def adapted(slots=0, seed=0) -> AdaptedLM:
    """A small base with an update that is not nothing."""
    torch.manual_seed(seed)
    model = AdaptedLM(TrainedLM(lm_config(90, 64), FEATURES), torch.arange(60, 90), slots)
    for name, parameter in model.trained().items():
        if name.endswith(".up"):
            torch.nn.init.normal_(parameter, std=0.02)
    return model


def test_an_adapter_begins_as_its_base():
    torch.manual_seed(0)
    base = TrainedLM(lm_config(90, 64), FEATURES)
    ids, none = torch.randint(0, 90, (2, 20)), torch.zeros(0, FEATURES)
    with torch.no_grad():
        before = base.states(ids, none)[-1]
        after = AdaptedLM(base, torch.arange(60, 90)).states(ids, torch.zeros(2, 20, 0, dtype=torch.long), none)[-1]
    assert torch.equal(before, after)


def test_the_engine_computes_with_what_was_trained():
    model = adapted()
    plain = TrainedLM(lm_config(90, 64), FEATURES)
    torch.manual_seed(0)
    weights = TrainedLM(lm_config(90, 64), FEATURES).exported()
    assert merge(weights, model.exported(), 12) == []
    plain.load_exported(weights)
    ids = torch.randint(0, 90, (1, 30))
    with torch.no_grad():
        states = model.states(ids, torch.zeros(1, 30, 0, dtype=torch.long), torch.zeros(0, FEATURES))[-1]
        torch.testing.assert_close(plain.states(ids, torch.zeros(0, FEATURES))[-1], states, atol=1e-4, rtol=0)
        decoder = Decoder(model.model.config, weights)
        logits = decoder.logits(decoder.run(decoder.embed(ids[0]), 0, decoder.new_cache()))
        torch.testing.assert_close(logits, model.model.logits(states)[0], atol=1e-4, rtol=0)


def test_an_update_for_another_size_is_a_sentence():
    weights = {name: tensor[..., :128] for name, tensor in adapted().model.exported().items()}
    with pytest.raises(ValueError, match="another size"):
        merge(weights, adapted().exported(), 12)


def test_parallel_positions_are_decoded_as_they_were_trained():
    model = adapted(slots=4)
    torch.manual_seed(0)
    weights = TrainedLM(lm_config(90, 64), FEATURES).exported()
    speech = merge(weights, model.exported(), 12)
    decoder = Decoder(widen_head(model.model.config, weights, speech), weights)
    ids, beside = torch.randint(0, 90, (1, 10)), torch.randint(60, 90, (1, 10, 4))
    beside[0, :3], beside[0, 9, 2:] = -1, -1
    positions = [(int(t), *(int(s) for s in more if s >= 0)) for t, more in zip(ids[0], beside[0], strict=True)]
    with torch.no_grad():
        states = model.states(ids, beside, torch.zeros(0, FEATURES))[-1][0]
        wanted = torch.cat([model.model.logits(states), *(model.speech_logits(states, slot) for slot in range(4))], 1)
    found = decoder.logits(decoder.run(shared_positions.embed(decoder, positions), 0, decoder.new_cache()))
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=0)


@pytest.mark.parametrize("paradigm", NAMES)
def test_every_token_of_a_reply_is_in_the_loss(folder, vocabulary, paradigm):  # noqa: F811
    v = vocabulary
    torch.manual_seed(0)
    base = TrainedLM(lm_config(v.size, 200), FEATURES)
    model = AdaptedLM(base, torch.tensor([v.end, *v.unit_ids]), 4 if paradigm == "parallel" else 0)
    turns = turns_of(folder, v, paradigm)
    drawn = [piece for piece in (turns.draw() for _ in range(40)) if len(piece) <= 200]
    pieces = [next(piece for piece in drawn if bool(piece.features) == spoken) for spoken in (True, False)]
    found = losses(model, pieces, 200, v)
    found["loss"].backward()
    assert all(parameter.grad is not None for parameter in model.trained().values())
    for value in found.values():  # a base that knows nothing says everything alike
        assert 0.5 * torch.log(torch.tensor(v.size)) < value.detach() < 2 * torch.log(torch.tensor(v.size))


def test_training_goes_on_where_it_stopped_and_leaves_its_base_alone(folder, train):  # noqa: F811
    v = Vocabulary.load(folder / "tokenizer.json")
    base = folder / "lm.pt"
    kept = base.read_bytes() if base.exists() else None
    network = TrainedLM(lm_config(v.size, 200), FEATURES).state_dict()
    parallel.save(base, network=network, step=7, features=FEATURES, length=200)
    before = base.read_bytes()
    for steps in (1, 2):
        train("paradigm", "parallel", "--steps", steps)
        state = torch.load(folder / "paradigm-parallel.pt", weights_only=True)
        assert (state["step"], state["lm_step"]) == (steps, 7)
    assert base.read_bytes() == before
    base.unlink() if kept is None else base.write_bytes(kept)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_adapters_talk(name):
    model = models.load(f"wren-{name}")
    assert model.config.paradigm == name and bool(model.exit_heads) == (name != "parallel")
    events = list(Dialogue(model).ask("What is the capital of France?"))
    assert isinstance(events[-1], TurnFinished)
    assert "".join(event.text for event in events if isinstance(event, Text))
    tokens = [event for event in events if isinstance(event, Token)]
    assert sum(token.kind == "speech" for token in tokens) > 10


def test_adapters_stay_small():
    sizes = {n: sum(f.stat().st_size for f in (resources_folder() / f"wren-{n}").iterdir()) for n in NAMES}
    assert sizes["padded"] < 2e6 and sizes["early-stop"] < 2e6 and sizes["parallel"] < 3e6


def test_an_adapter_without_its_base_is_a_sentence(tmp_path):
    copy = tmp_path / "wren-padded"
    shutil.copytree(resources_folder() / "wren-padded", copy)
    with pytest.raises(ValueError, match="which is not there: install it, too"):
        models.load(copy)


@pytest.mark.parametrize("damage", ["missing", "truncated", "other"])
def test_a_damaged_adapter_is_a_sentence(tmp_path, damage):
    for name in ("wren", "wren-parallel"):
        shutil.copytree(resources_folder() / name, tmp_path / name)
    path = tmp_path / "wren-parallel" / "adapter.safetensors"
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        shutil.copyfile(resources_folder() / "wren-padded" / "adapter.safetensors", path)
    with pytest.raises((ValueError, FileNotFoundError)) as error:
        models.load(path.parent)
    assert str(error.value).count(" ") > 4
