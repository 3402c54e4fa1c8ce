"""Reading the releases' YAML as data, and refusing what could be more than data."""

from __future__ import annotations

import pytest

from engine.models.checkpoints.yaml_safe import Tagged, read_yaml

CONFIG = """
__set_seed1: !apply:random.seed [1986]
sample_rate: 22050
rate: !ref <sample_rate>
flow: !new:some.Flow
    rate: !ref <rate>
    sigma: 1e-06
    flag: True
    name: 'euler'
    sizes: [[1, 3], [5]]
    inner: !new:some.Inner
        width: !ref <sample_rate>
    act: !name:torch.nn.GELU
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return read_yaml(path)

    return read


def test_tags_are_data(read):
    found = read(CONFIG)
    flow = found["flow"]
    assert isinstance(flow, Tagged) and flow.tag == "!new:some.Flow"
    assert flow["rate"] == flow["inner"]["width"] == found["rate"] == 22050
    assert flow["sigma"] == 1e-6 and flow["flag"] is True and flow["sizes"] == [[1, 3], [5]]
    assert flow["act"].tag == "!name:torch.nn.GELU" and flow["act"] == {}
    assert found["__set_seed1"].tag == "!apply:random.seed" and found["__set_seed1"]["args"] == [1986]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!python/object/apply:os.system ['true']", "line 1"),
        ("a: 1\nb: !!python/name:os.system", "line 2"),
        ("a: !include:other.yaml", "line 1"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("a: !ref <b> * 2\nb: 1", "one <name>"),
        ("a: !ref <b>", "<b>"),
        ("a: !ref <b>\nb: !ref <a>", "refers to itself"),
        ("\n".join(f"a{i}: [!ref <a{i + 1}>, !ref <a{i + 1}>]" for i in range(40)) + "\na40: 1", "more than any model has"),
        ("a: " + "1:" * 3000 + "1", "is no number"),
        ("a: " + "9" * 5000, "is no number"),
        ("a: !!float ''", "damaged"),
        ("a: !!timestamp x", "not known"),
        ("a: " + "[" * 2000, "damaged"),
        ("a: " + "x" * 100_000, "far too long"),
        ("a: [1, 2", "damaged"),
        ("- 1", "no names"),
        ("", "is empty"),
        ("a: \x00", "damaged"),
    ],
)
def test_everything_else_is_refused(read, text, words):
    with pytest.raises(ValueError, match=words) as error:
        read(text)
    assert "config.yaml" in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="config.yaml is missing"):
        read_yaml(tmp_path / "config.yaml")
