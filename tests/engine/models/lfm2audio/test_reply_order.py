"""Each rule of the order of text and sound in LFM2-Audio's replies, by itself."""

from __future__ import annotations

import pytest

from engine.models.lfm2audio.reply_order import InterleavedOrder, ReplyRules, SequentialOrder

END, TEXT_END, AUDIO_START, WORD = 7, 130, 128, 300
RULES = ReplyRules(text_block=3, audio_block=5, end_code=64, turn_end=END, text_end=TEXT_END, audio_start=AUDIO_START)
FRAME, END_FRAME = (1, 2, 3), (64, 2, 3)


def kinds(order, choices=None):
    """The kinds of all steps; `choices` are ids and frames by step, words and frames with sound everywhere else."""
    choices, found = choices or {}, ""
    while not order.is_over:
        found += order.kind[0]
        choice = choices.get(order.steps)
        if order.kind == "text":
            order.took_text(choice or WORD)
        else:
            order.took_frame(choice or FRAME)
    return found


def interleaved(choices=None, most=40):
    return kinds(InterleavedOrder(RULES, most), choices)


def sequential(choices=None, most=20):
    return kinds(SequentialOrder(RULES, most), choices)


def test_blocks_alternate():
    assert interleaved(most=19) == "tttaaaaatttaaaaattt"


def places(order, choices):
    """Where each step stands in its block, and how long that is."""
    found = []
    for choice in choices:
        found.append(order.place)
        (order.took_text if isinstance(choice, int) else order.took_frame)(choice)
    return found


def test_places_count_within_a_block_and_on_without_end_once_the_text_is_over():
    block = [WORD] * 3 + [FRAME] * 5
    said = places(InterleavedOrder(RULES, 40), [*block, WORD, TEXT_END, *[FRAME] * 7])
    assert said[:8] == [(0, 3), (1, 3), (2, 3), (0, 5), (1, 5), (2, 5), (3, 5), (4, 5)]
    assert said[8:10] == [(0, 3), (1, 3)] and said[10:] == [(place, None) for place in range(7)]
    said = places(SequentialOrder(RULES, 40), [WORD, AUDIO_START, FRAME, FRAME, END_FRAME, WORD])
    assert said == [(0, None), (1, None), (0, None), (1, None), (2, None), (0, None)]


def test_the_end_of_the_turn_is_not_handed_out():
    order = InterleavedOrder(RULES, 10)
    assert order.took_text(WORD) and not order.took_text(END)
    assert order.ended and order.is_over and order.steps == 2


def test_the_end_of_the_turn_may_come_first():
    assert interleaved({0: END}) == "t"


@pytest.mark.parametrize("place", range(3))
def test_after_the_text_sound_runs_alone(place):
    order = InterleavedOrder(RULES, 100)
    for _ in range(place):
        order.took_text(WORD)
    assert order.took_text(TEXT_END)
    assert kinds(order) == "a" * (99 - place)
    assert order.is_over and not order.ended


def test_the_end_frame_after_the_text_makes_room_for_one_id():
    assert interleaved({1: TEXT_END, 9: END_FRAME, 10: END}) == "tt" + "a" * 8 + "t"


@pytest.mark.parametrize("word", [WORD, TEXT_END, AUDIO_START])
def test_if_that_id_is_not_the_end_sound_goes_on(word):
    assert interleaved({1: TEXT_END, 4: END_FRAME, 5: word, 13: END_FRAME, 14: END}) == "ttaaat" + "a" * 8 + "t"


def test_an_end_frame_inside_a_block_leaves_as_many_ids_as_there_were_frames_left():
    assert interleaved({3: END_FRAME}, most=14) == "ttta" + "tttt" + "aaaaat"
    assert interleaved({6: END_FRAME}, most=14) == "tttaaaa" + "t" + "aaaaat"


def test_an_end_frame_on_the_last_of_a_block_is_followed_by_a_full_block():
    assert interleaved({7: END_FRAME}, most=17) == "tttaaaaa" + "ttt" + "aaaaat"


def test_an_end_frame_is_one_all_over():
    for order in (InterleavedOrder(RULES, 20), SequentialOrder(RULES, 20)):
        while order.kind == "text":
            order.took_text(AUDIO_START)
        assert order.took_frame(FRAME) == FRAME
        assert order.took_frame([64, 0, 1, 2]) == (64, 64, 64, 64)
        assert order.kind == "text"


def test_the_end_code_elsewhere_ends_nothing_but_has_no_sound():
    order = InterleavedOrder(RULES, 20)
    for _ in range(3):
        order.took_text(WORD)
    assert order.took_frame((1, 64, 64)) == (1, 64, 64)
    assert order.kind == "audio"
    assert [RULES.has_sound(codes) for codes in (FRAME, END_FRAME, (1, 64, 3), (1, 2, 64))] == [True, False, False, False]


def test_the_start_of_sound_means_nothing_while_they_alternate():
    assert interleaved({0: AUDIO_START}, most=9) == "tttaaaaat"


def test_one_after_the_other():
    assert sequential({2: AUDIO_START, 15: END_FRAME, 19: END}, most=40) == "ttt" + "a" * 13 + "tttt"


def test_text_alone():
    assert sequential() == "t" * 20
    assert sequential({4: END}) == "t" * 5


def test_the_end_of_text_means_nothing_in_one_after_the_other():
    assert sequential({1: TEXT_END}) == "t" * 20


def test_sound_may_begin_again():
    assert sequential({0: AUDIO_START, 2: END_FRAME, 4: AUDIO_START, 5: END_FRAME, 6: END}) == "taattat"


def test_one_after_the_other_hands_out_all():
    order = SequentialOrder(RULES, 20)
    assert order.took_text(AUDIO_START) and order.took_frame(END_FRAME) == (64, 64, 64) and order.took_text(END)
    assert order.ended and order.is_over


@pytest.mark.parametrize("kind", [InterleavedOrder, SequentialOrder])
def test_a_reply_is_cut_after_the_last_step(kind):
    order = kind(RULES, 2)
    assert order.took_text(WORD) and not order.is_over
    assert order.took_text(WORD)
    assert order.is_over and not order.ended
    with pytest.raises(ValueError, match="nothing comes next"):
        order.took_text(WORD)
    assert kind(RULES, 0).is_over


def test_it_may_end_at_the_last_step():
    order = InterleavedOrder(RULES, 2)
    order.took_text(WORD)
    order.took_text(END)
    assert order.is_over and order.ended


def test_what_does_not_come_next():
    order = SequentialOrder(RULES, 20)
    with pytest.raises(ValueError, match="Not audio but text"):
        order.took_frame(FRAME)
    order.took_text(AUDIO_START)
    with pytest.raises(ValueError, match="Not text but audio"):
        order.took_text(WORD)
    assert order.steps == 1
