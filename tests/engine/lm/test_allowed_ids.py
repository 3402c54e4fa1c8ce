"""Allowed ids: both ways between ids and places, rows of logits there and back, identity."""

from __future__ import annotations

import pytest
import torch

from engine.lm.allowed_ids import AllowedIds

SIDE_BY_SIDE, APART = AllowedIds(12, range(3, 8)), AllowedIds(12, [9, 1], range(4, 6), [4])


@pytest.mark.parametrize("allowed", [SIDE_BY_SIDE, APART, AllowedIds(12, range(12)), AllowedIds(12, [11])])
def test_ids_places_and_mask_say_the_same(allowed):
    ids = allowed.ids.tolist()
    assert ids == sorted(set(ids)) == [token for token in range(12) if token in allowed]
    assert len(allowed) == len(ids) and allowed.mask.nonzero().flatten().tolist() == ids
    assert [allowed.id_at(place) for place in range(len(ids))] == ids
    assert [allowed.place_of(token) for token in ids] == list(range(len(ids)))
    assert torch.arange(12)[allowed.rows].tolist() == ids


def test_rows_that_stand_side_by_side_are_no_copy():
    logits = torch.arange(24.0).view(2, 12)
    assert SIDE_BY_SIDE.rows == slice(3, 8) and APART.ids.tolist() == [1, 4, 5, 9]
    assert SIDE_BY_SIDE.gather(logits).data_ptr() == logits[:, 3:].data_ptr()


@pytest.mark.parametrize("allowed", [SIDE_BY_SIDE, APART, AllowedIds(12, range(12))])
@pytest.mark.parametrize("shape", [(12,), (3, 12)])
def test_what_is_gathered_is_scattered_to_where_it_was(allowed, shape):
    logits = torch.randn(shape)
    gathered = allowed.gather(logits)
    assert gathered.equal(logits[..., allowed.mask])
    assert allowed.scatter(gathered).equal(logits.masked_fill(~allowed.mask, -torch.inf))


def test_the_same_ids_twice_are_two_keys():
    twin = AllowedIds(12, range(3, 8))
    assert twin != SIDE_BY_SIDE and len({twin, SIDE_BY_SIDE, SIDE_BY_SIDE}) == 2


def test_no_ids_and_ids_beyond_the_vocabulary_are_refused():
    with pytest.raises(ValueError, match="No id"):
        AllowedIds(12, [], range(0))
    with pytest.raises(IndexError):
        AllowedIds(12, [12])
