"""What vocoders' configs say once they are read, up to the shapes of the networks, for both families."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from engine.models.checkpoints.yaml_safe import read_yaml
from engine.models.glm4voice.vocoder import Vocoder
from engine.models.stepaudio2.flow import StepFlow
from engine.models.tiny import glm4voice, stepaudio2
from engine.speech.hift import HiFT, HiFTConfig
from engine.speech.release import UnknownConfiguration
from tests.fuzz.inputs import changed, odd_values
from tests.fuzz.target import Target


def plain(value: Any) -> Any:
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def fields_of(text: str) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return plain(read_yaml(path))


GLM, STEP = fields_of(glm4voice._VOICE), fields_of(stepaudio2._FLOW)
lists = st.lists(st.sampled_from([0, 1, 2, 3, 8, 16, 10**3, 10**6, -1, 1.5, True, "8"]), max_size=13)
values = odd_values | lists | st.lists(lists, max_size=13)


def read(kind_and_fields: tuple[str, Any], place: Path) -> None:
    kind, fields = kind_and_fields
    if not isinstance(fields, dict):
        return
    if kind == "hift":
        HiFT.from_tensors(HiFTConfig.from_release(fields), {})
    elif kind == "glm":
        Vocoder.from_tensors({"flow": fields, "hift": GLM["hift"]}, {}, _Zeros())
    else:
        StepFlow.from_tensors(fields, {})
    raise AssertionError("a network without weights")


class _Zeros(dict):
    """Any tensor that the valid HiFT asks for."""

    def __init__(self) -> None:
        import torch

        with torch.device("meta"):
            shapes = {name: tensor.shape for name, tensor in HiFT(HiFTConfig.from_release(GLM["hift"])).state_dict().items()}
        super().__init__({name: torch.zeros(shape) for name, shape in shapes.items()})


KINDS = {"hift": GLM["hift"], "glm": GLM["flow"], "step": STEP["flow"]}


def having(kind: str, **changes: Any) -> tuple[str, Any]:
    return kind, {**KINDS[kind], **changes}


TARGET = Target(
    st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), changed(KINDS[kind], values))),
    read,
    refuses=(ValueError, UnknownConfiguration),
    examples=[
        *KINDS.items(),
        having("hift", upsample_rates=[10**6, 10**6], upsample_kernel_sizes=[10**6, 10**6]),
        having("hift", resblock_dilation_sizes=[[1] * 10**5] * 3), having("hift", nb_harmonics=10**6),
        having("hift", resblock_kernel_sizes=[3] * 10**4, resblock_dilation_sizes=[[1]] * 10**4),
        having("hift", base_channels=10**400), having("hift", f0_predictor=[]), having("glm", input_frame_rate="1e999999999"),
        having("glm", input_frame_rate=5e-324), having("glm", input_frame_rate=float("nan")), having("glm", output_size=10**6),
        having("glm", encoder={**GLM["flow"]["encoder"], "num_blocks": 200, "linear_units": 10**6}),
        having("glm", length_regulator={"channels": 80, "sampling_ratios": [1] * 10**5}),
        having("step", encoder={**STEP["flow"]["encoder"], "up_scale_factor": 10**6}),
        having("step", encoder={**STEP["flow"]["encoder"], "attention_heads": 0}),
    ],
)  # fmt: skip
