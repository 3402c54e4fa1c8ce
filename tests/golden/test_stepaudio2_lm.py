"""Step-Audio 2's language model against the reference: logits, every layer's states, greedy replies."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from engine.lm.allowed_ids import AllowedIds
from engine.lm.decoder import Decoder
from engine.lm.sampling import Sampler, Sampling
from engine.lm.seen_ids import SeenIds
from engine.models.checkpoints.weights import Weights
from engine.models.stepaudio2.lm import MODEL, decoder_tensors, read_config, tensor_shapes
from tests.golden import golden_folder
from tests.golden.compare import assert_within, index

SET = golden_folder("stepaudio2")
EXPECTED = index("stepaudio2")
FILES = {file: arrays for file, arrays in EXPECTED["files"].items() if file.startswith("cases/llm_")}
FOLDER = SET / EXPECTED["model"]


@pytest.fixture(scope="module")
def decoder():
    config, weights = read_config(FOLDER), Weights.of_folder(FOLDER)
    weights.check(tensor_shapes(config), MODEL)
    return Decoder(config, decoder_tensors(config, weights))


def check(file, name, found, recorded):
    rule = FILES[file][name]
    if rule["compare"] == "atol":
        assert_within(found, recorded[name], rule["atol"], f"{file} {name}")
    else:
        assert rule["compare"] == "equal" and np.array_equal(np.asarray(found), recorded[name]), f"{file} {name}"


def prompt_states(decoder, recorded):
    """The prompt as recorded: our own embeddings, and the reference's states where the adaptor's rows stand."""
    states = decoder.embed(recorded["input_ids"].tolist()).clone()
    for start, length in zip(recorded.get("feature_start", ()), recorded.get("feature_len", ()), strict=True):
        states[start : start + length] = torch.from_numpy(recorded["inputs_embeds"][start : start + length])
    return states


@pytest.mark.parametrize("file", FILES)
def test_prompt(file, decoder):
    recorded = dict(np.load(SET / file))
    cache, states = decoder.new_cache(), [prompt_states(decoder, recorded)]
    for layer in range(decoder.config.layers):
        states.append(decoder.run(states[-1], 0, cache, layer, layer + 1))
    check(file, "inputs_embeds", states[0], recorded)
    check(file, "hidden_last4", torch.stack(states)[:, -4:], recorded)
    check(file, "norm_last4", decoder.norm(states[-1][-4:]), recorded)
    logits = decoder.logits(states[-1])
    check(file, "logits_last4", logits[-4:], recorded)
    best = logits.topk(2)
    check(file, "argmax_gap_all", best.values[:, 0] - best.values[:, 1], recorded)
    clear = recorded["argmax_gap_all"] > float(re.search(r"> ([\d.e-]+)", FILES[file]["argmax_all"]["compare"])[1])
    assert np.array_equal(best.indices[:, 0].numpy()[clear], recorded["argmax_all"][clear])


RUNS = [(file, name.removesuffix("_ids")) for file in FILES for name in FILES[file] if re.fullmatch(r"greedy(_rp\d+)?_ids", name)]


@pytest.mark.parametrize(("file", "run"), RUNS)
def test_greedy_reply(file, run, decoder):
    recorded = dict(np.load(SET / file))
    penalty = int(run.removeprefix("greedy_rp")) / 100 if "_rp" in run else 1.0
    sampler = Sampler(Sampling(repetition_penalty=penalty))
    asked, cache = recorded["input_ids"].tolist(), decoder.new_cache()
    vocabulary = decoder.config.vocabulary
    anything = AllowedIds(vocabulary, range(vocabulary))
    prompt = states = prompt_states(decoder, recorded)
    chosen, seen = [], SeenIds(vocabulary, asked)
    while len(chosen) < len(recorded[f"{run}_ids"]):
        logits = decoder.logits(decoder.run(states, cache.position, cache)[-1:])[0]
        chosen.append(sampler.choose(logits, anything, seen))
        seen.add(chosen[-1])
        states = decoder.embed(chosen[-1:])
    check(file, f"{run}_ids", chosen, recorded)
    end = EXPECTED["special_ids"]["<|EOT|>"]
    check(file, f"{run}_stop_index", chosen.index(end) if end in chosen else -1, recorded)
    # The reference has no cache: its scores come from the whole sequence at once.
    rows = decoder.run(torch.cat([prompt, decoder.embed(chosen[:-1])]), 0, decoder.new_cache())[len(prompt) - 1 :]
    so_far = (SeenIds(vocabulary, asked + chosen[:index]) for index in range(len(chosen)))
    scores = torch.stack(
        [sampler._scores(row, anything, seen) for row, seen in zip(decoder.logits(rows), so_far, strict=True)]
    )
    best, wanted = scores.topk(5), recorded[f"{run}_top5_ids"]
    check(file, f"{run}_top5_logits", best.values, recorded)
    # Neighbours that are closer than the rounding recorded for them may change places.
    blur = 2 * FILES[file][f"{run}_top5_logits"]["noise_fp64"]
    for place, row in zip(*np.nonzero(best.indices.numpy() != wanted), strict=True):
        assert abs(scores[place, wanted[place, row]] - best.values[place, row]) <= blur, f"{file} {run}, step {place}"
