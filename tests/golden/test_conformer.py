"""The conformer encoders give what the references' encoders give, in one go and piece by piece."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch import Tensor

from engine.models.checkpoints.weights import Weights
from engine.models.checkpoints.yaml_safe import read_yaml
from engine.speech.conformer import ConformerConfig, ConformerEncoder, UpsamplingConformerEncoder
from engine.speech.relative_attention import by_key
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import glm_case, step_file

GLM, STEP = golden_folder("glm4voice"), golden_folder("stepaudio2")
STREAM = next(name for name, arrays in index("stepaudio2")["files"].items() if "/flow_stream_" in name and "encoder" in arrays)
VOCODERS = {
    "glm4voice": GLM / index("glm4voice")["checkpoints"]["vocoder"] / "config.yaml",
    "stepaudio2": STEP / index("stepaudio2")["model"] / "token2wav/flow.yaml",
}


@cache
def flow(name: str) -> tuple[dict, Weights]:
    """The fields of a vocoder's flow, and its tensors."""
    return read_yaml(VOCODERS[name])["flow"], Weights.of_file(VOCODERS[name].with_name("flow.pt"))


def embedded(name: str, tokens: Tensor) -> Tensor:
    return flow(name)[1]["input_embedding.weight"].float()[tokens.long()][None]


def streamed_rows(entry: dict) -> str:
    """The name of the encoder's rows of a whole streamed reply."""
    return next(name for name in entry["arrays"] if name.endswith("_encoder_out"))


@pytest.fixture(scope="module")
def glm() -> ConformerEncoder:
    fields, tensors = flow("glm4voice")
    return ConformerEncoder.from_tensors(fields["encoder"], tensors)


@pytest.fixture(scope="module")
def step() -> UpsamplingConformerEncoder:
    fields, tensors = flow("stepaudio2")
    return UpsamplingConformerEncoder.from_tensors(fields["encoder"], tensors)


def test_scores_by_distance_become_scores_by_key():
    for queries, keys in ((1, 1), (1, 7), (3, 3), (2, 5), (4, 9)):
        scores = torch.randn(2, queries, queries + keys - 1)
        wanted = [[scores[:, i, queries - 1 - i + j] for j in range(keys)] for i in range(queries)]
        assert torch.equal(by_key(scores), torch.stack([torch.stack(row, -1) for row in wanted], 1))


@torch.inference_mode()
def test_a_long_sequence_is_mixed_in_blocks_of_queries_as_it_is_at_once(glm, step, monkeypatch):
    block = glm.config.block_size
    rows, others = torch.randn(1, 3 * block, glm.config.input_size), torch.randn(1, 50, step.config.input_size)

    def encoded() -> list[Tensor]:
        first, state = glm.stream(rows[:, : 2 * block])
        return [first, glm.stream(rows[:, 2 * block :], state)[0], step.encode(others)]

    at_once = encoded()
    monkeypatch.setattr("engine.speech.relative_attention._AT_ONCE", block // 2 + 1)
    for found, wanted in zip(encoded(), at_once, strict=True):
        assert torch.allclose(found, wanted, atol=1e-5)


@torch.inference_mode()
def test_glm4voice_whole_sequences(glm):
    recorded, _ = glm_case("vocoder.offline")
    encoded = glm.encode(embedded("glm4voice", recorded["tokens"]))
    recorded.check("encoder_out", encoded[0])
    tensors = flow("glm4voice")[1]
    projection = (tensors[f"encoder_proj.{part}"].float() for part in ("weight", "bias"))
    recorded.check("encoder_proj", torch.nn.functional.linear(encoded[0], *projection))
    recorded, entry = glm_case("vocoder.stream")
    recorded.check(streamed_rows(entry), glm.encode(embedded("glm4voice", recorded["tokens"]))[0])


@torch.inference_mode()
def test_glm4voice_fed_in_whole_blocks(glm):
    recorded, entry = glm_case("vocoder.stream")
    rows, state, made = embedded("glm4voice", recorded["tokens"]), None, []
    for piece in rows.split(2 * glm.config.block_size, dim=1):
        encoded, state = glm.stream(piece, state)
        made.append(encoded[0])
    recorded.check(streamed_rows(entry), torch.cat(made))


@torch.inference_mode()
def test_glm4voice_an_unfinished_block_is_fed_again(glm):
    block = glm.config.block_size
    rows = torch.randn(1, 3 * block - 1, glm.config.input_size)
    whole, state = glm.stream(rows[:, : 2 * block])
    some = 2 * block + block // 2
    unfinished, _ = glm.stream(rows[:, 2 * block : some], state)
    assert torch.allclose(torch.cat([whole, unfinished], 1), glm.encode(rows[:, :some]), atol=1e-5)
    rest, _ = glm.stream(rows[:, 2 * block :], state)
    assert torch.allclose(torch.cat([whole, rest], 1), glm.encode(rows), atol=1e-5)


@torch.inference_mode()
def test_glm4voice_a_window_of_the_past_keeps_its_blocks(glm):
    rows, block = torch.randn(1, 4 * glm.config.block_size, glm.config.input_size), glm.config.block_size
    _, state = glm.stream(rows[:, : 3 * block])
    bounded = state.newest(block + 3)  # begins inside a block
    assert (bounded.held, bounded.seen) == (block + 3, 3 * block)
    encoded, after = glm.stream(rows[:, 3 * block :], bounded)
    assert encoded.shape[1] == block and after.held == 2 * block + 3
    assert torch.isfinite(encoded).all()


@torch.inference_mode()
def test_stepaudio2_whole_sequence(step):
    recorded, voice = step_file("cases/flow_offline.npz"), step_file("cases/voice.npz")
    rows = embedded("stepaudio2", torch.cat([voice["prompt_token"], recorded["token"]]))
    recorded.check("conformer", step.before_upsampling(rows, step.start())[0][0])
    recorded.check("encoder", step.encode(rows)[0])


@torch.inference_mode()
def test_stepaudio2_in_chunks(step):
    recorded, voice = step_file(STREAM), step_file("cases/voice.npz")
    ahead = step.config.lookahead
    prompt, rows = (embedded("stepaudio2", codes) for codes in (voice["prompt_token"], recorded["token"]))
    _, state = step.stream(prompt, None, prompt[:, :ahead])
    recorded.check("setup_conformer_cnn", torch.cat([state.lookahead, state.up], dim=2)[0])
    recorded.check("setup_conformer_att_last", torch.cat(state.upper.layers[-1], dim=-1)[0])
    made, begin = [], 0
    *passed, last = recorded["chunk_tokens"].tolist()
    for count in passed:
        chunk = rows[:, begin : begin + count]
        encoded, state = step.stream(chunk[:, :-ahead], state, chunk[:, -ahead:])
        made.append(encoded[0])
        begin += count - ahead
    made.append(step.stream(rows[:, begin : begin + last], state)[0][0])
    recorded.check("encoder", torch.cat(made))


@torch.inference_mode()
def test_stepaudio2_one_state_can_start_several_streams(step):
    ahead = step.config.lookahead
    rows = torch.randn(1, 12 + ahead, step.config.input_size)
    _, state = step.stream(rows[:, :6], None, rows[:, 6 : 6 + ahead])
    first, _ = step.stream(rows[:, 6:], state)
    step.stream(rows[:, 3:6], state)
    again, _ = step.stream(rows[:, 6:], state)
    assert torch.equal(first, again)


def test_an_encoder_of_another_kind_is_refused():
    fields = flow("glm4voice")[0]["encoder"]
    with pytest.raises(ValueError, match="use_cnn_module True"):
        ConformerConfig.from_release({**fields, "use_cnn_module": True})
    with pytest.raises(ValueError, match="no linear_units"):
        ConformerConfig.from_release({name: value for name, value in fields.items() if name != "linear_units"})


def test_wrong_tensors_are_named():
    fields, tensors = flow("glm4voice")
    with pytest.raises(ValueError, match=r"no tensor encoder\.after_norm\.weight"):
        ConformerEncoder.from_tensors(
            fields["encoder"], {name: tensors[name] for name in tensors if name != "encoder.after_norm.weight"}
        )
    with pytest.raises(ValueError, match=r"encoder\.after_norm\.weight is \[1\]"):
        ConformerEncoder.from_tensors(fields["encoder"], {**tensors, "encoder.after_norm.weight": torch.zeros(1)})
