"""What is written by hand is what the package `onnx` reads."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from engine.lm import graph, onnx_model
from engine.lm.bits import Bits
from engine.lm.weights import WeightReader
from tests.engine.lm.test_graph_decoder import WIDE
from tests.engine.random_lm import random_tensors


@pytest.mark.parametrize("dtype", ["float32", "uint8", "int8", "int32", "int64"])
def test_values_of_every_kind_are_read_as_they_were(dtype):
    values = np.arange(-3, 357).reshape(3, 60, 2).astype(dtype)
    read = onnx.TensorProto.FromString(b"".join(onnx_model.tensor("values", values)))
    assert read.name == "values" and numpy_helper.to_array(read).dtype == dtype
    assert np.array_equal(numpy_helper.to_array(read), values)


def test_whole_numbers_and_fractions_are_attributes():
    made = onnx_model.node("Kind", ["a", "", "b"], ["c"], "somewhere", {"axis": -1, "many": 70_000, "epsilon": 1e-5})
    read = onnx.NodeProto.FromString(made)
    assert (read.op_type, read.domain, list(read.input), list(read.output)) == ("Kind", "somewhere", ["a", "", "b"], ["c"])
    values = {one.name: onnx.helper.get_attribute_value(one) for one in read.attribute}
    assert values == {"axis": -1, "many": 70_000, "epsilon": pytest.approx(1e-5)}


def test_a_model_of_standard_operators_stands_the_check():
    weights = [onnx_model.tensor("weight", np.ones((32, 5), np.float32))]
    given, out = (onnx_model.value_info(name, onnx_model.FLOAT, (1, "n", width)) for name, width in (("x", 32), ("y", 5)))
    product = onnx_model.node("MatMul", ["x", "weight"], ["y"], "", {})
    onnx.checker.check_model(onnx_model.model([product], [given], [out], weights, {"": 17}))


@pytest.mark.parametrize("bits", [32, 8])
def test_layers_are_read_as_a_model(bits):
    weights = WeightReader(WIDE, random_tensors(WIDE), torch.float32, torch.device("cpu"), None)
    made = graph.layers_graph(WIDE, [(2, weights.layer(2)), (3, weights.layer(3))], Bits(bits))
    read = onnx.load_model_from_string(made)
    assert {graph.STATES, graph.PAST, graph.TOTAL, graph.POSITIONS} < {one.name for one in read.graph.input}
    sizes = read.graph.input[0].type.tensor_type.shape.dim
    assert [size.dim_value or size.dim_param for size in sizes] == [1, "n", WIDE.dim]
    assert sum(node.op_type == "GroupQueryAttention" for node in read.graph.node) == 2
    assert [(one.domain, one.version) for one in read.opset_import] == [("", 17), ("com.microsoft", 1)]
