"""LFM2.5-Audio's depth transformer gives what the reference gives, and the sampler the probabilities of its codes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from engine.lm.allowed_ids import AllowedIds
from engine.lm.sampling import Sampler, Sampling
from engine.models.checkpoints.config_file import Fields
from engine.models.checkpoints.weights import Weights
from engine.models.lfm2audio.depth_transformer import Choose, DepthTransformer, read_config, tensor_shapes
from tests.golden import golden_folder
from tests.golden.compare import index
from tests.golden.recorded import lfm_file
from tests.golden.spoiling import with_tensor

pytestmark = pytest.mark.skipif(
    not (golden_folder("lfm2audio") / "outputs/depth.npz").exists(), reason="this set is without the depth transformer"
)


def folder():
    return golden_folder("lfm2audio") / index("lfm2audio")["checkpoint"]


@pytest.fixture(scope="module")
def recorded():
    return lfm_file("outputs/depth.npz")


@pytest.fixture(scope="module")
def depth():
    return DepthTransformer.from_folder(folder())


@pytest.fixture(autouse=True)
def _inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


def greedy(logits: Tensor, codebook: int) -> int:
    return int(logits.argmax())


def frame(depth: DepthTransformer, state: Tensor, choose: Choose, **fewer: int) -> Tensor:
    """The codes of one state, or of several."""
    if state.dim() > 1:
        return torch.stack([frame(depth, one, choose, **fewer) for one in state])
    return torch.tensor(depth.codes(depth.rows(state[None])[0], choose, **fewer))


def noting(logits: list[Tensor], choose: Choose = greedy) -> Choose:
    """The same choice; the logits are put into the list."""

    def chosen(row: Tensor, codebook: int) -> int:
        logits.append(row)
        return choose(row, codebook)

    return chosen


def test_sizes(depth):
    constants = index("lfm2audio")["constants"]
    assert (depth.config.codes, depth.config.codebooks) == (constants["codes"], constants["codebooks"])


def test_inputs(depth, recorded):
    recorded.check("depth_inputs", depth.rows(recorded["states"]).unflatten(1, (depth.config.codebooks, -1)))


def test_given_codes(depth, recorded, monkeypatch):
    codes, logits, outputs, step = recorded["forced_codes"], [], [], DepthTransformer.step
    monkeypatch.setattr(DepthTransformer, "step", lambda *given: outputs.append(step(*given)) or outputs[-1])
    for state, forced in zip(recorded["states"], codes, strict=True):
        made = frame(depth, state, noting(logits, lambda row, codebook, forced=forced: int(forced[codebook])))
        assert torch.equal(made, forced.long())
    recorded.check("forced_logits", torch.stack(logits).view_as(recorded["forced_logits"]))
    recorded.check("forced_hidden", torch.cat(outputs).view_as(recorded["forced_hidden"]))


def test_greedy_codes(depth, recorded):
    logits: list[Tensor] = []
    codes = torch.stack([frame(depth, state, noting(logits)) for state in recorded["states"]])
    recorded.check("greedy_codes", codes)
    recorded.check("greedy_logits", torch.stack(logits).view_as(recorded["greedy_logits"]))


def test_probabilities(recorded):
    found = [re.fullmatch(r"(code|text)_probabilities_t([\d.]+)_k(\d+)", name) for name in recorded.expected]
    for case in filter(None, found):
        logits = recorded["text_logits"] if case[1] == "text" else recorded["greedy_logits"][0, 0]
        sampler = Sampler(Sampling(temperature=float(case[2]), top_k=int(case[3])))
        recorded.check(case[0], sampler.probabilities(logits, AllowedIds(len(logits), range(len(logits)))))
    assert any(found)


def test_frame_embeddings(depth, recorded):
    frames = recorded["frames"]
    recorded.check("frame_embeddings", depth.frame_embedding(frames))
    recorded.check("frame_embeddings", torch.stack([depth.frame_embedding(frame.tolist()) for frame in frames]))


def test_fewer_codebooks_are_the_first_ones(depth, recorded):
    whole = recorded["greedy_codes"].long()
    for count in range(1, depth.config.codebooks + 1):
        assert torch.equal(frame(depth, recorded["states"], greedy, codebooks=count), whole[:, :count])
    assert depth.frame_embedding(whole[:, :3]).shape == recorded["states"].shape


def test_an_exit_is_the_model_with_those_layers_alone(depth, recorded, tmp_path):
    config = json.loads((folder() / "config.json").read_text())
    config["depthformer"]["layers"] = layers = depth.config.layers - 1
    (tmp_path / "config.json").write_text(json.dumps(config))
    weights = Weights.of_folder(folder())
    shorter = DepthTransformer(read_config(Fields.read(tmp_path / "config.json"), weights), weights)
    exited, wanted = [], []
    codes = frame(depth, recorded["states"], noting(exited), layers=layers)
    assert torch.equal(codes, frame(shorter, recorded["states"], noting(wanted)))
    torch.testing.assert_close(torch.stack(exited), torch.stack(wanted))
    assert not torch.equal(codes, recorded["greedy_codes"].long())


def test_frames_at_the_same_time_do_not_disturb_each_other(depth, recorded):
    """A frame made while another waits for its third code."""
    first, second = recorded["states"][:2]

    def interrupted(logits: Tensor, codebook: int) -> int:
        if codebook == 2:
            frame(depth, second, greedy)
        return greedy(logits, codebook)

    assert torch.equal(frame(depth, first, interrupted), recorded["greedy_codes"][0].long())


@pytest.mark.parametrize("wanted", [{"codebooks": 0}, {"codebooks": 1000}, {"layers": 0}, {"layers": 1000}])
def test_numbers_that_the_model_does_not_have(depth, recorded, wanted):
    with pytest.raises(ValueError, match="1 to"):
        frame(depth, recorded["states"][0], greedy, **wanted)


@pytest.mark.parametrize("codes", [[-1, 0], [0, 10**6], [0] * 1000, []])
def test_codes_that_there_are_not(depth, codes):
    with pytest.raises(ValueError, match="codes"):
        depth.frame_embedding(codes)


@pytest.mark.parametrize("kind", ["bf16", "int8", "int4"])
def test_shorter_numbers_are_near(recorded, kind):
    logits: list[Tensor] = []
    depth = DepthTransformer.from_folder(folder(), kind)
    for state, forced in zip(recorded["states"], recorded["forced_codes"], strict=True):
        frame(depth, state, noting(logits, lambda row, codebook, forced=forced: int(forced[codebook])))
    wanted = recorded["forced_logits"]
    found = torch.stack(logits).view_as(wanted)
    assert found.dtype == torch.float32
    assert (found - wanted).square().mean().sqrt() < 0.05 * wanted.square().mean().sqrt()


@pytest.mark.parametrize("tied", [False, True])
def test_the_released_size(tmp_path, tied):
    """Without memory. Second-hand: the release's own files have not been seen, these are the sizes that others report."""
    shapes: dict[str, tuple[int, ...]] = {
        "audio_embedding.embedding.weight": (16392, 2048), "depth_linear.weight": (8192, 2048), "depth_linear.bias": (8192,),
    }  # fmt: skip
    for layer in range(6):
        shapes |= {f"depthformer.layers.{layer}.{name}.weight": shape for name, shape in {
            "operator_norm": (1024,), "ffn_norm": (1024,), "operator.qkv_proj": (1536, 1024), "operator.out_proj": (1024, 1024),
            "operator.bounded_attention.q_layernorm": (32,), "operator.bounded_attention.k_layernorm": (32,),
            "feed_forward.w1": (2816, 1024), "feed_forward.w3": (2816, 1024), "feed_forward.w2": (1024, 2816),
        }.items()}  # fmt: skip
    for codebook in range(8):
        tables = f"depth_embeddings.{codebook}."
        shapes |= {tables + "embedding_norm.weight": (1024,), tables + "to_logits.weight": (2049, 1024)}
        shapes |= {tables + "embedding.weight": (2049, 1024)}
    tensors = {name: torch.empty(shape, dtype=torch.bfloat16, device="meta") for name, shape in shapes.items()}
    fields = {"codebooks": 8, "depthformer": {"layers": 6, "dim": 1024, "tie": tied}}
    config = read_config(Fields(fields, tmp_path / "config.json"), tensors)
    assert config.codes == 2048
    needed = tensor_shapes(config)
    assert needed.items() <= shapes.items()
    spare = [f"depth_embeddings.{codebook}.embedding.weight" for codebook in (range(8) if tied else [7])]
    assert sorted(shapes.keys() - needed.keys()) == spare
    depth = DepthTransformer(config, tensors, "bf16", "meta")
    assert frame(depth, torch.empty(2048, device="meta"), lambda logits, codebook: len(logits) - 1).tolist() == [2048] * 8
    assert frame(depth, torch.empty(2048, device="meta"), lambda logits, codebook: len(logits) - 2).tolist() == [2047] * 8
    assert depth.rows(torch.empty(1, 2048, device="meta")).shape == (1, 8 * 1024)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"layers": 0}, "layers = 0"),
        ({"layers": None}, "lacks layers"),
        ({"layers": 100}, "depthformer.layers"),
        ({"dim": "wide"}, "dim = 'wide'"),
        ({"dim": 65}, "cannot be split into 32 heads"),
        ({"dim": 6464}, "is .* but the config"),
    ],
)
def test_a_configuration_that_does_not_fit(tmp_path, change, sentence):
    config = json.loads((folder() / "config.json").read_text())
    config["depthformer"] |= change
    shutil.copyfile(folder() / "model.safetensors", tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=sentence) as raised:
        DepthTransformer.from_folder(tmp_path)
    assert str(tmp_path) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("depth_linear.weight", None),
        ("depth_linear.bias", torch.zeros(3)),
        ("depthformer.layers.0.feed_forward.w1.weight", torch.zeros(5)),
        ("depthformer.layers.0.operator.qkv_proj.weight", torch.zeros(5, 5)),
        ("depth_embeddings.1.embedding_norm.weight", None),
        ("depth_embeddings.0.to_logits.weight", torch.zeros(5, 5)),
        ("audio_embedding.embedding.weight", None),
    ],
)
def test_weights_that_do_not_fit(tmp_path, name, tensor):
    with_tensor(folder(), tmp_path, name, tensor)
    with pytest.raises(ValueError, match=r"depth|audio_embedding") as raised:
        DepthTransformer.from_folder(tmp_path)
    assert str(tmp_path) in str(raised.value)
