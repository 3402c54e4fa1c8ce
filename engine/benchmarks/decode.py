"""Decode speed of our schedules, of transformers' own `generate` and of llama.cpp, on the same weights and prompts.

Everything is greedy and on the CPU; `generate` computes in float32, and so does torch's decoder, which is measured beside the
model's own where that is another one. A reply's speed is its tokens after the first, over the time from the first to the end,
so that no prompt is counted. The others make as many tokens as full depth's reply has. All contenders take turns in every
round: what else the machine does hits them alike. Ratios are taken within a round. After each of our replies the calls that
it made are timed (`engine.decoding.costs`), so that what they predict was measured while the machine did the same. Where
transformers is not installed, its `generate` is left out; llama.cpp takes part with the GGUF files that are given.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.benchmarks.generate import Generate, can_generate
from engine.benchmarks.llama_cpp_peer import LlamaCpp
from engine.benchmarks.questions import spoken
from engine.decoding.calls import Step, calls_of, steps_of
from engine.decoding.costs import Costs
from engine.decoding.interleaved import decode
from engine.decoding.pattern import Pattern
from engine.lm import checkpoint
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.sampling import Sampler, Sampling
from engine.models.spoken_lm import SpokenLM
from engine.schedules import Full, Schedule
from engine.turn_record import TurnRecord

GENERATE = Generate.name
REFERENCE = "full, torch float32"
WEIGHTS = "lm.safetensors"
"""In a folder of Wren's family, under Llama's names."""
_MOST_TOKENS = 256
_CALLS = 2  # how often those of a reply are timed after it, in each of its steps


@dataclass
class _WithDecoder:
    """A model's part in decoding."""

    model: SpokenLM
    decoder: Decoder
    exit_heads: dict[int, ExitHead]

    def pattern(self, spoken: bool) -> Pattern:
        return self.model.pattern(spoken)


class _Peer(Protocol):
    """Somebody else's greedy decoding of the same weights."""

    name: str
    runs_by: str

    def reply(self, prompt: Sequence[int], count: int) -> tuple[tuple[int, ...], float]:
        """`count` tokens and the seconds that those after the first took, with as many threads as torch has."""


@dataclass(frozen=True)
class DecodeRun:
    """The replies of one contender to all prompts: `tokens` after the first ones in `seconds`.

    `predicted` are the seconds that the costs of their steps add up to, `calls` says in words what was called, how often, and
    milliseconds of each; None where that is not known.
    """

    ids: tuple[tuple[int, ...], ...]
    tokens: int
    seconds: float
    mean_depth: float
    accepted: int = 0
    rejected: int = 0
    predicted: float | None = None
    calls: dict[str, tuple[int, float]] | None = None

    @property
    def speed(self) -> float:
        return self.tokens / self.seconds


@dataclass(frozen=True)
class DecodeSpeed:
    """One contender's median over the rounds, slowest and fastest round, and median ratios within the rounds; `runs_by` is what
    computed. `against_llama_cpp` is against the first GGUF file.

    `predicted_by_depth` are the tokens per second that depth alone promises, full depth's times layers over the mean depth, and
    `predicted_by_costs` those that the measured costs of the calls add up to; `against_costs` is measured over the latter.
    `calls` are those of the last round, each with how often it was made and its milliseconds. None for what is not ours.

    `same_tokens` is the share of full depth's tokens before the first one that differs. For `generate` and llama.cpp, which know
    nothing of the model's token pattern, it can be below 1; it shows that the weights are the same.
    """

    name: str
    runs_by: str
    threads: int
    tokens: int
    mean_depth: float
    tokens_per_second: float
    slowest: float
    fastest: float
    against_generate: float | None
    against_llama_cpp: float | None
    against_full: float
    predicted_by_depth: float | None
    predicted_by_costs: float | None
    against_costs: float | None
    calls: dict[str, tuple[int, float]] | None
    same_tokens: float
    accepted: int
    rejected: int


def measure(
    model: SpokenLM,
    schedules: Sequence[Schedule],
    threads: Sequence[int],
    repeats: int,
    prompts: int = 4,
    ggufs: Sequence[Path] = (),
) -> list[DecodeSpeed]:
    """Measures `generate`, llama.cpp with each of the `ggufs`, full depth, also by torch's decoder, and the other `schedules`,
    once for each number of threads, in `repeats` rounds over `prompts` questions. `generate` and torch's decoder take part only
    with Wren: a released model is too large to be in memory twice.

    Sets torch's number of threads for as long as it runs. Raises `ValueError` with a sentence if the weights cannot be given to
    transformers, the questions are missing, or two files have one name, and as `LlamaCpp`.
    """
    config = model.decoder.config
    asked = [model.typed(question.text).ids for question in spoken(prompts)]
    llamas = [LlamaCpp(path, config) for path in ggufs]
    if len({llama.name for llama in llamas}) < len(llamas):
        raise ValueError("Two GGUF files have the same name, by which their figures are told apart: rename one.")
    weights = weights_of(model) if (model.folder / WEIGHTS).is_file() else None
    peers: list[_Peer] = [*([Generate(config, weights)] if weights and can_generate() else []), *llamas]
    reference = Decoder(config, weights) if weights and model.decoder.backend != "torch" else None
    runs_by = {peer.name: peer.runs_by for peer in peers} | ({} if reference is None else {REFERENCE: reference.runs_by})
    others = [schedule for schedule in schedules if schedule != Full()]
    llama_cpp = llamas[0].name if llamas else ""
    before, speeds = torch.get_num_threads(), []
    try:
        for count in threads:
            torch.set_num_threads(count)
            rounds = [_round(model, peers, reference, asked, others) for _ in range(repeats + 1)][1:]  # the first one warms up
            by = (runs_by.get(name, model.decoder.runs_by) for name in rounds[0])
            speeds += [_speed(name, each, count, rounds, llama_cpp) for name, each in zip(rounds[0], by)]
    finally:
        torch.set_num_threads(before)
    return speeds


def weights_of(model: SpokenLM) -> dict[str, torch.Tensor]:
    """The tensors of a model's decoder, under Llama's names. Raises as `checkpoint.read`."""
    tensors = checkpoint.read(model.folder / WEIGHTS)
    return {name: tensor for name, tensor in tensors.items() if name.startswith(("model.", "lm_head."))}


def as_json(speeds: Sequence[DecodeSpeed]) -> list[dict[str, Any]]:
    """One object per contender and number of threads."""
    return [{key: _rounded(value) for key, value in asdict(speed).items()} for speed in speeds]


def table(speeds: Sequence[DecodeSpeed]) -> Table:
    """The same for people."""
    title = "Decode speed, greedy, medians of interleaved rounds"
    shown = Table(Column("Decoding", overflow="fold"), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    has_llama_cpp = any(speed.against_llama_cpp for speed in speeds)
    ratios = ("generate", "llama.cpp", "full") if has_llama_cpp else ("generate", "full")
    for column in ("threads", "tokens/s", "range", *ratios, "depth", "same"):
        shown.add_column(column, justify="right", no_wrap=True)
    for speed in speeds:
        shown.add_row(
            speed.name,
            str(speed.threads),
            f"{speed.tokens_per_second:.0f}",
            f"{speed.slowest:.0f}-{speed.fastest:.0f}",
            _times(speed.against_generate),
            *([_times(speed.against_llama_cpp)] if has_llama_cpp else []),
            _times(speed.against_full),
            f"{speed.mean_depth:.1f}",
            f"{speed.same_tokens:.0%}",
        )
    return shown


def predictions(speeds: Sequence[DecodeSpeed]) -> Table:
    """What was to be expected of our schedules, beside what they do."""
    title = "Tokens per second, and what predicts them: depth alone, or what the calls of the reply cost each"
    shown = Table(Column("Decoding", overflow="fold"), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in ("threads", "depth", "by depth", "by costs", "measured", "measured / by costs"):
        shown.add_column(column, justify="right", no_wrap=True)
    for speed in speeds:
        if speed.predicted_by_costs is not None and speed.against_costs is not None:
            shown.add_row(
                speed.name,
                str(speed.threads),
                f"{speed.mean_depth:.1f}",
                "-" if speed.predicted_by_depth is None else f"{speed.predicted_by_depth:.0f}",
                f"{speed.predicted_by_costs:.0f}",
                f"{speed.tokens_per_second:.0f}",
                f"{speed.against_costs:.2f}",
            )
    return shown


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f} x"


def _round(
    model: SpokenLM,
    peers: Sequence[_Peer],
    reference: Decoder | None,
    prompts: Sequence[Sequence[int]],
    others: Sequence[Schedule],
) -> dict[str, DecodeRun]:
    full = _ours(model, model.decoder, prompts, Full())
    runs = {peer.name: _theirs(peer, prompts, [len(ids) for ids in full.ids], model.decoder.config.layers) for peer in peers}
    if reference is not None:
        runs[REFERENCE] = _ours(model, reference, prompts, Full())
    runs[str(Full())] = full
    return runs | {str(schedule): _ours(model, model.decoder, prompts, schedule) for schedule in others}


def _ours(model: SpokenLM, decoder: Decoder, prompts: Sequence[Sequence[int]], schedule: Schedule) -> DecodeRun:
    records, seconds, used = [], 0.0, _WithDecoder(model, decoder, model.exit_heads)
    costs, steps = Costs(), Counter[Step]()
    decoder.prepare(() if schedule.layer is None else (schedule.layer,))  # as before a turn
    for prompt in prompts:
        cache = decoder.new_cache()
        logits = decoder.logits(decoder.run(decoder.embed(prompt), 0, cache)[-1:])
        decoding = decode(used, cache, logits, model.pattern(spoken=False), schedule, Sampler(Sampling()))
        first, record = 0.0, TurnRecord(str(schedule), layers=decoder.config.layers)
        for event in decoding:
            record.apply(event)
            first = first or time.perf_counter()  # the first one is a token
            if len(record.tokens) == _MOST_TOKENS:
                break
        decoding.close()  # what still pends is caught up: a cost of the schedule, too
        seconds += time.perf_counter() - first
        records.append(record)
        made = steps_of(record, model.pattern(spoken=False), used)
        costs.measure(used, made, _CALLS)
        steps.update(made)
    tokens, depths = (sum(each) for each in zip(*((len(r.tokens), len(r.tokens) * (r.mean_depth or 0)) for r in records)))
    accepted, rejected = sum(r.accepted for r in records), sum(r.rejected_drafts for r in records)
    ids, predicted = tuple(r.ids for r in records), costs.of(steps)
    each = costs.seconds
    calls = {str(call): (count, round(1000 * each[call], 4)) for call, count in calls_of(steps).items()}
    return DecodeRun(ids, tokens - len(records), seconds, depths / tokens, accepted, rejected, predicted, calls)


def _theirs(peer: _Peer, prompts: Sequence[Sequence[int]], counts: Sequence[int], layers: int) -> DecodeRun:
    replies, seconds = zip(*(peer.reply(prompt, count) for prompt, count in zip(prompts, counts, strict=True)))
    return DecodeRun(replies, sum(counts) - len(counts), sum(seconds), float(layers))


def _speed(name: str, runs_by: str, threads: int, rounds: Sequence[dict[str, DecodeRun]], llama_cpp: str) -> DecodeSpeed:
    speeds = [runs[name].speed for runs in rounds]
    last, full = rounds[-1][name], rounds[-1][str(Full())]
    predicted = [runs[name].tokens / seconds for runs in rounds if (seconds := runs[name].predicted) is not None]

    def against(other: str) -> float:
        return median(runs[name].speed / runs[other].speed for runs in rounds)

    return DecodeSpeed(
        name=name,
        runs_by=runs_by,
        threads=threads,
        tokens=last.tokens,
        mean_depth=last.mean_depth,
        tokens_per_second=median(speeds),
        slowest=min(speeds),
        fastest=max(speeds),
        against_generate=against(GENERATE) if GENERATE in rounds[0] else None,
        against_llama_cpp=against(llama_cpp) if llama_cpp else None,
        against_full=against(str(Full())),
        predicted_by_depth=_by_depth(name, rounds) if predicted and name != REFERENCE else None,
        predicted_by_costs=median(predicted) if predicted else None,
        against_costs=median(a / b for a, b in zip(speeds, predicted, strict=True)) if predicted else None,
        calls=last.calls,
        same_tokens=_same(last.ids, full.ids),
        accepted=last.accepted,
        rejected=last.rejected,
    )


def _by_depth(name: str, rounds: Sequence[dict[str, DecodeRun]]) -> float:
    full = str(Full())
    return median(runs[full].speed * runs[full].mean_depth / runs[name].mean_depth for runs in rounds)


def _same(replies: Sequence[Sequence[int]], references: Sequence[Sequence[int]]) -> float:
    same = 0
    for reply, reference in zip(replies, references, strict=True):
        differs = (i for i, ref in enumerate(reference) if i >= len(reply) or reply[i] != ref)
        same += next(differs, len(reference))
    return same / sum(map(len, references))


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
