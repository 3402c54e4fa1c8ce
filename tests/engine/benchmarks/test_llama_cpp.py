"""llama.cpp takes part in the rounds of decoding. Where its package is not installed, a peer of ours stands in for it."""

from __future__ import annotations

import json
import sys

import pytest
from rich.console import Console

import engine.models
from engine.benchmarks import decode, gguf
from engine.benchmarks.generate import Generate
from engine.benchmarks.llama_cpp_peer import LlamaCpp
from engine.cli import main
from engine.schedules import parse
from tests.engine.random_lm import SHAPE, random_tensors


class Peer:
    """Takes a second for every token."""

    runs_by = "nobody"

    def __init__(self, path, config):
        self.name = f"llama.cpp {path.stem}"
        assert config is SHAPE

    def reply(self, prompt, count):
        return (0,) * count, count - 1.0


@pytest.fixture
def ggufs(tmp_path):
    paths = [tmp_path / f"random-{form}.gguf" for form in gguf.FORMS]
    for path, form in zip(paths, gguf.FORMS):
        gguf.write(path, "random", SHAPE, random_tensors(SHAPE), form)
    return paths


def shown(speeds):
    console = Console(width=80)
    with console.capture() as capture:
        console.print(decode.table(speeds))
    return capture.get()


def test_schedules_are_compared_with_the_first_file(model, ggufs, monkeypatch):
    monkeypatch.setattr(decode, "LlamaCpp", Peer)
    speeds = decode.measure(model, [parse("fixed:2")], [1], repeats=2, ggufs=ggufs)
    assert [speed.name for speed in speeds] == [
        decode.GENERATE, "llama.cpp random-f32", "llama.cpp random-q8_0", "full", "fixed:2"
    ]  # fmt: skip
    _, first, second, full, fixed = speeds
    assert first.runs_by == "nobody" and first.tokens == full.tokens and first.tokens_per_second == 1
    assert first.against_llama_cpp == second.against_llama_cpp == 1 and first.same_tokens < 1
    assert full.slowest <= full.against_llama_cpp <= full.fastest  # in tokens per second of the other's one
    assert fixed.against_llama_cpp > 1 > first.against_full
    assert all(row["against_llama_cpp"] for row in decode.as_json(speeds))
    assert "llama.cpp" in shown(speeds).splitlines()[2] and "…" not in shown(speeds)


def test_without_llama_cpp_nothing_is_said_of_it(model):
    speeds = decode.measure(model, [], [1], repeats=1)
    assert {speed.against_llama_cpp for speed in speeds} == {None}
    assert "llama.cpp" not in shown(speeds)


def test_two_files_of_one_name_are_refused(model, ggufs, monkeypatch):
    monkeypatch.setattr(decode, "LlamaCpp", Peer)
    with pytest.raises(ValueError, match="same name"):
        decode.measure(model, [], [1], repeats=1, ggufs=[ggufs[0], ggufs[0]])


def test_a_missing_package_is_a_sentence(model, ggufs, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    assert main(["bench", "--llama-cpp", str(ggufs[0])]) == 1
    assert capsys.readouterr().err == (
        "refrain: To compare with llama.cpp, its Python package llama-cpp-python is needed: install it where this program runs.\n"
    )


def test_llama_cpp_says_what_generate_says(ggufs):
    pytest.importorskip("llama_cpp")
    full, rounded = (LlamaCpp(path, SHAPE) for path in ggufs)
    for prompt in ([1, 2, 3, 9, 10], [5, 4]):
        ids, seconds = full.reply(prompt, 30)
        assert ids == Generate(SHAPE, random_tensors(SHAPE)).reply(prompt, 30)[0] and seconds > 0
        assert ids == full.reply(prompt, 30)[0]  # nothing is left of the turn before
        assert len(rounded.reply(prompt, 30)[0]) == 30


def test_the_command_measures_llama_cpp(model, ggufs, monkeypatch, capsys):
    pytest.importorskip("llama_cpp")
    monkeypatch.setattr(engine.models, "load", lambda name: model)
    command = ["bench", "--threads", "1", "--repeats", "1", "--questions", "1", "--schedule", "full"]
    assert main([*command, "--llama-cpp", str(ggufs[0]), "--json"]) == 0
    out = capsys.readouterr()
    generate, row, full = json.loads(out.out)["decode"]
    assert out.err == "" and row["name"] == "llama.cpp random-f32" and row["threads"] == 1
    assert "llama-cpp-python" in row["runs_by"] and row["against_llama_cpp"] == 1 and full["against_llama_cpp"] > 0
    assert row["same_tokens"] == generate["same_tokens"]


def test_files_that_do_not_fit_are_sentences(tmp_path, ggufs):
    pytest.importorskip("llama_cpp")
    (tmp_path / "text.gguf").write_text("no weights")
    for name in ("text.gguf", "missing.gguf"):
        with pytest.raises(ValueError, match=f"{name} is not there, or no GGUF file"):
            LlamaCpp(tmp_path / name, SHAPE)
    larger = type(SHAPE)(**{**vars(SHAPE), "vocabulary": 23})
    with pytest.raises(ValueError, match="has 22 tokens and the model 23: it is of another model"):
        LlamaCpp(ggufs[0], larger)
