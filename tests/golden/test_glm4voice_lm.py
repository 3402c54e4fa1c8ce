"""GLM-4-Voice's language model against the reference: logits, every layer's states, greedy replies."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from engine.lm.decoder import Decoder
from engine.models.checkpoints.weights import Weights
from engine.models.glm4voice.lm import MODEL, DecoderTensors, read_config, tensor_shapes
from tests.golden import golden_folder
from tests.golden.compare import assert_within, index

SET = golden_folder("glm4voice")
EXPECTED = index("glm4voice")
CASES = {case["id"]: case for case in EXPECTED["cases"] if case["id"].startswith("llm.")}
FOLDER = SET / EXPECTED["checkpoints"]["llm"]


@pytest.fixture(scope="module")
def recorded():
    return dict(np.load(SET / "outputs/llm.npz"))


@pytest.fixture(scope="module")
def decoder():
    config, weights = read_config(FOLDER), Weights.of_folder(FOLDER)
    weights.check(tensor_shapes(config), MODEL)
    return Decoder(config, DecoderTensors(config, weights))


def prompt_of(case, recorded):
    file, _, place = case["input"].partition(":")
    if file.endswith(".npz"):
        return recorded[place].tolist()
    found = json.loads((SET / file).read_text(encoding="utf-8"))
    for name in place.split("."):
        found = found[name]
    return found


def layer_states(decoder, ids):
    """States [layers + 1, positions, dim] after the embedding and every layer, and the filled cache."""
    cache, states = decoder.new_cache(), [decoder.embed(ids)]
    for layer in range(decoder.config.layers):
        states.append(decoder.run(states[-1], 0, cache, layer, layer + 1))
    return torch.stack(states), cache


def check(case, name, found, recorded, scores=None):
    rule, wanted = case["arrays"][name], recorded[name]
    if rule["compare"] == "abs":
        assert_within(found, wanted, rule["tol"], name)
    elif rule["compare"] == "exact":
        assert np.array_equal(np.asarray(found), wanted), name
    else:  # entries whose scores are this close may change places
        assert rule["compare"] == "exact_up_to_ties"
        for row, (ours, theirs) in enumerate(zip(np.atleast_2d(found), np.atleast_2d(wanted), strict=True)):
            for one, other in zip(ours, theirs, strict=True):
                assert abs(float(scores[row, one] - scores[row, other])) <= rule["tie"], f"{name}, {row}"


@pytest.mark.parametrize("id", CASES)
def test_prompt(id, decoder, recorded):
    case, name = CASES[id], id.removeprefix("llm.")
    states, cache = layer_states(decoder, prompt_of(case, recorded))
    logits = decoder.logits(states[-1])
    found = {
        "hidden_last4": states[:, -4:],
        "final_norm_last4": decoder.norm(states[-1, -4:]),
        "logits_last8": logits[-8:],
        "logits_last2": logits[-2:],
        "logits_every16th_id": logits[:, ::16],
    }
    for end, array in found.items():
        if f"{name}_{end}" in case["arrays"]:
            check(case, f"{name}_{end}", array, recorded)
    if f"{name}_argmax" in case["arrays"]:
        check(
            case,
            f"{name}_argmax",
            logits.argmax(-1, keepdim=True),
            {f"{name}_argmax": recorded[f"{name}_argmax"][:, None]},
            logits,
        )
        # The decoder keeps rotary pairs as neighbours already in this model: its cache is the reference's.
        last = torch.stack([cache.contents(layer)[:, :, -1] for layer in range(decoder.config.layers)], 1)
        check(case, f"{name}_k_last", last[0], recorded)
        check(case, f"{name}_v_last", last[1], recorded)


@pytest.mark.parametrize("id", [id for id, case in CASES.items() if any("greedy" in array for array in case["arrays"])])
def test_greedy_reply(id, decoder, recorded):
    case, name = CASES[id], id.removeprefix("llm.")
    ids, cache = prompt_of(case, recorded), decoder.new_cache()
    rows = [decoder.logits(decoder.run(decoder.embed(ids), 0, cache)[-1:])[0]]
    chosen = [int(rows[0].argmax())]
    while len(chosen) < len(recorded[f"{name}_greedy_ids"]):
        rows.append(decoder.logits(decoder.run(decoder.embed(chosen[-1:]), cache.position, cache))[0])
        chosen.append(int(rows[-1].argmax()))
    best = torch.stack(rows).topk(5)
    check(case, f"{name}_greedy_ids", chosen, recorded)
    check(case, f"{name}_greedy_top5_logits", best.values, recorded)
    check(case, f"{name}_greedy_top5_ids", best.indices, recorded, torch.stack(rows))
