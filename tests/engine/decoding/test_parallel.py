"""Parallel decoding: positions of several tokens, their cache, cancelling, conversations that go back."""

from dataclasses import dataclass, replace

import pytest
import torch

from engine.decoding.parallel import decode
from engine.dialogue import Dialogue
from engine.events import Token, TurnCancelled, TurnFinished
from engine.lm import shared_positions
from engine.lm.allowed_ids import AllowedIds
from engine.lm.sampling import Sampler, Sampling
from engine.prefill.history import History
from engine.schedules import ScheduleError, parse
from tests.engine.random_lm import END, SHAPE, SPEECH, TEXT, VOCABULARY, RandomModel
from tests.engine.random_spoken_lm import RandomSpokenLM

SLOTS = 3  # one text token and two speech tokens
_TEXT, _SPEECH, _TAIL = (AllowedIds(VOCABULARY, ids) for ids in (TEXT, SPEECH, [END]))


@dataclass(frozen=True)
class SlotPattern:
    """`limit` tokens, `SLOTS` a position; the last is END, wherever in its position it comes."""

    limit: int = 20
    count: int = 0

    @property
    def slot(self) -> int:
        return self.count % SLOTS

    @property
    def kind(self):
        return "speech" if self.slot else "text"

    speech_step, chunk_index, chunk_length = False, 0, None

    @property
    def done(self) -> bool:
        return self.count == self.limit

    def allowed(self):
        return _TAIL if self.count == self.limit - 1 else _SPEECH if self.slot else _TEXT

    def kind_of(self, token: int):
        return "control" if token == END else self.kind

    def after(self, token: int):
        assert token in self.allowed()
        return replace(self, count=self.count + 1)

    def logits(self, row: torch.Tensor) -> torch.Tensor:
        return row.roll(self.slot)  # each slot another distribution


class SlotModel(RandomSpokenLM):
    def pattern(self, spoken: bool) -> SlotPattern:
        return SlotPattern(self.limit)


def reply(model, temperature=0.0, seed=0, **options):
    cache, logits = model.prompt()
    sampler = Sampler(Sampling(temperature), seed)
    return cache, decode(model, cache, logits, SlotPattern(), parse("full"), sampler, **options)


def positions(decoding) -> list[tuple[int, ...]]:
    return shared_positions.split(decoding.ids, decoding.widths)


def test_every_position_is_chosen_from_one_state_as_a_whole_pass_gives_it():
    model = RandomModel()
    cache, decoding = reply(model)
    events = list(decoding)
    groups = positions(decoding)
    assert [len(group) for group in groups] == [SLOTS] * 6 + [2] and decoding.ids[-1] == END
    prompt = [1, 2, 3, 9, 10]
    whole = torch.cat([model.decoder.embed(prompt), shared_positions.embed(model.decoder, groups)])
    again = model.decoder.new_cache()
    rows = model.decoder.logits(model.decoder.run(whole, 0, again))[len(prompt) - 1 :]
    place = SlotPattern()
    for row, group in zip(rows, groups, strict=False):
        for token in group:
            assert int(torch.where(place.allowed().mask, place.logits(row), -torch.inf).argmax()) == token
            place = place.after(token)
    assert cache.position == len(prompt) + len(groups) - 1 and decoding.cached_ids == decoding.ids[:-2]
    for layer in range(SHAPE.layers):
        held = cache.contents(layer)
        torch.testing.assert_close(held, again.contents(layer)[:, :, : held.shape[2]], atol=1e-5, rtol=0)
    assert all(event.depth == SHAPE.layers for event in events)
    assert len({event.milliseconds for event in events[:SLOTS]}) == 1


def test_a_seed_fixes_a_sampled_reply():
    found = [[event.id for event in reply(RandomModel(), 1.0, seed)[1]] for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]


def test_a_cancelled_reply_ends_within_one_step():
    steps = []
    cache, decoding = reply(RandomModel(), cancelled=lambda: len(steps) >= 2)
    for event in decoding:
        steps += [event] if event.kind == "text" else []
    assert decoding.widths == [SLOTS] * 2


@pytest.mark.parametrize("received", range(8))
def test_closed_early_the_cache_holds_whole_positions_of_what_was_received(received):
    cache, decoding = reply(RandomModel())
    for _ in range(received):
        next(iter(decoding))
    decoding.close()
    assert len(decoding.ids) == sum(decoding.widths) == received
    held = cache.position - 5
    assert {cache.filled(layer) for layer in range(SHAPE.layers)} == {5 + held}
    assert decoding.cached_ids == decoding.ids[: held * SLOTS] and held * SLOTS <= received


def test_a_full_cache_ends_the_reply():
    model = RandomModel()
    cache, logits = model.prompt(capacity=7)
    decoding = decode(model, cache, logits, SlotPattern(), parse("full"), Sampler(Sampling()))
    assert len(list(decoding)) == 3 * SLOTS and cache.position == 7


def test_only_full_depth_runs():
    model = RandomModel()
    wanted = list(reply(model)[1])
    cache, logits = model.prompt()
    found = list(decode(model, cache, logits, SlotPattern(), parse("full+slice"), Sampler(Sampling())))
    assert [token.id for token in found] == [token.id for token in wanted]
    cache, logits = model.prompt()
    with pytest.raises(ScheduleError, match="text in every step"):
        decode(model, cache, logits, SlotPattern(), parse("spark:even@2"), Sampler(Sampling()))


def talk(dialogue, text, stop_after=None):
    tokens = []
    for event in dialogue.ask(text):
        tokens += [event] if isinstance(event, Token) else []
        if len(tokens) == stop_after:
            dialogue.cancel()
    assert isinstance(event, TurnFinished if stop_after is None else TurnCancelled)
    return [token.id for token in tokens]


def prefilled_anew(dialogue) -> bool:
    """Whether a fresh prefill of the conversation gives the cache that decoding left, as far as that goes."""
    history = dialogue._history
    fresh = History(dialogue.model.decoder, history.capacity)
    fresh.restore(history.exchanges)
    fresh.prefill()
    assert fresh.cached == len(history) >= history.cached
    for layer in range(SHAPE.layers):
        held = history.cache.contents(layer)
        torch.testing.assert_close(held, fresh.cache.contents(layer)[:, :, : held.shape[2]], atol=1e-5, rtol=0)
    return True


def test_two_turns_keep_their_positions():
    dialogue = Dialogue(SlotModel(limit=20))
    talk(dialogue, "one")
    before = dialogue.positions
    assert before == len(dialogue.model.typed("one")) + 7  # 20 tokens in positions of 3
    assert prefilled_anew(dialogue)
    talk(dialogue, "two")
    assert dialogue.positions == before + len(dialogue.model.typed("two")) + 7 and prefilled_anew(dialogue)


@pytest.mark.parametrize("played", range(8))
def test_going_back_to_what_was_heard_keeps_whole_positions(played):
    model = SlotModel(limit=20)
    dialogue = Dialogue(model)
    first = talk(dialogue, "one", stop_after=13)
    dialogue.heard(played / model.speech_rate)
    exchange = dialogue._history.exchanges[0]
    kept = len(exchange.reply)
    assert exchange.reply == first[:kept] and len(exchange.kinds) == kept
    assert exchange.kinds.count("speech") <= played and kept % SLOTS == 0 and kept >= (played - 1) // 2 * SLOTS
    assert prefilled_anew(dialogue)
    talk(dialogue, "two")
    assert prefilled_anew(dialogue)


def test_the_same_conversation_goes_on_the_same_from_a_fresh_prefill():
    ongoing = Dialogue(SlotModel())
    talk(ongoing, "one", stop_after=8)
    ongoing.heard(2 / ongoing.model.speech_rate)
    anew = Dialogue(SlotModel())
    anew._history.restore(ongoing._history.exchanges)
    assert talk(anew, "two") == talk(ongoing, "two")


def test_ids_of_shared_positions_are_told_in_order():
    history = History(RandomModel().decoder, 30)
    exchange = history.open()
    exchange.reply, exchange.widths, exchange.kinds = [1, 9, 10, 2, 11], [3, 2], ["text", "speech", "speech", "text", "speech"]
    assert history.ids() == [1, 9, 10, 2, 11] and len(history) == 2 and history.known(exchange)
    exchange.reply[3] = VOCABULARY
    assert not history.known(exchange)
