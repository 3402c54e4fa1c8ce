"""Decode speed of our schedules and of transformers' own `generate`, on the same weights and prompts.

Everything is greedy and on the CPU; `generate` computes in float32, and so does torch's decoder, which is measured beside the
model's own where that is another one. A reply's speed is its tokens after the first, over the time from the first to the end,
so that no prompt is counted. `generate` makes as many tokens as full depth's reply has. All contenders take turns in every
round: what else the machine does hits them alike. Ratios are taken within a round. Where transformers is not installed, its
`generate` is left out.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.benchmarks.questions import spoken
from engine.decoding.interleaved import decode
from engine.lm import checkpoint
from engine.lm.decoder import Decoder
from engine.lm.heads import ExitHead
from engine.lm.llama import to_llama
from engine.lm.sampling import Sampler, Sampling
from engine.models.spoken_lm import SpokenLM
from engine.schedules import Full, Schedule
from engine.turn_record import TurnRecord

GENERATE = "transformers generate"
REFERENCE = "full, torch float32"
_MOST_TOKENS = 256


@dataclass
class _WithDecoder:
    """A model's part in decoding."""

    decoder: Decoder
    exit_heads: dict[int, ExitHead]


@dataclass(frozen=True)
class DecodeRun:
    """The replies of one contender to all prompts: `tokens` after the first ones in `seconds`."""

    ids: tuple[tuple[int, ...], ...]
    tokens: int
    seconds: float
    mean_depth: float
    accepted: int = 0
    rejected: int = 0

    @property
    def speed(self) -> float:
        return self.tokens / self.seconds


@dataclass(frozen=True)
class DecodeSpeed:
    """One contender's median over the rounds, slowest and fastest round, and median ratios within the rounds; `runs_by` is what
    computed.

    `same_tokens` is the share of full depth's tokens before the first one that differs. For `generate`, which knows
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
    against_full: float
    same_tokens: float
    accepted: int
    rejected: int


def measure(
    model: SpokenLM, schedules: Sequence[Schedule], threads: Sequence[int], repeats: int, prompts: int = 4
) -> list[DecodeSpeed]:
    """Measures `generate`, full depth, also by torch's decoder, and the other `schedules`, once for each number of threads, in
    `repeats` rounds over `prompts` questions.

    Sets torch's number of threads for as long as it runs. Raises `ValueError` with a sentence if the weights cannot be
    given to transformers or the questions are missing.
    """
    asked = [model.typed(question.text).ids for question in spoken(prompts)]
    llama = _as_llama(model) if can_generate() else None
    reference = Decoder(model.decoder.config, _weights(model)) if model.decoder.backend != "torch" else None
    runs_by = {GENERATE: "transformers in float32"} | ({} if reference is None else {REFERENCE: reference.runs_by})
    others = [schedule for schedule in schedules if schedule != Full()]
    before, speeds = torch.get_num_threads(), []
    try:
        for count in threads:
            torch.set_num_threads(count)
            rounds = [_round(model, llama, reference, asked, others) for _ in range(repeats + 1)][1:]  # the first one warms up
            speeds += [_speed(name, runs_by.get(name, model.decoder.runs_by), count, rounds) for name in rounds[0]]
    finally:
        torch.set_num_threads(before)
    return speeds


def can_generate() -> bool:
    """Whether transformers is here to be compared with: an installed program does without."""
    return importlib.util.find_spec("transformers") is not None


def as_json(speeds: Sequence[DecodeSpeed]) -> list[dict[str, Any]]:
    """One object per contender and number of threads."""
    return [{key: _rounded(value) for key, value in asdict(speed).items()} for speed in speeds]


def table(speeds: Sequence[DecodeSpeed]) -> Table:
    """The same for people."""
    title = "Decode speed, greedy, medians of interleaved rounds"
    shown = Table(Column("Decoding", no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in ("threads", "tokens/s", "range", "generate", "full", "depth", "same"):
        shown.add_column(column, justify="right", no_wrap=True)
    for speed in speeds:
        shown.add_row(
            speed.name,
            str(speed.threads),
            f"{speed.tokens_per_second:.0f}",
            f"{speed.slowest:.0f}-{speed.fastest:.0f}",
            "-" if speed.against_generate is None else f"{speed.against_generate:.2f} x",
            f"{speed.against_full:.2f} x",
            f"{speed.mean_depth:.1f}",
            f"{speed.same_tokens:.0%}",
        )
    return shown


def _as_llama(model: SpokenLM) -> Any:  # what transformers annotates of `generate` does not fit its own models
    return to_llama(model.decoder.config, _weights(model))


def _weights(model: SpokenLM) -> dict[str, torch.Tensor]:
    tensors = checkpoint.read(model.folder / "lm.safetensors")
    return {name: tensor for name, tensor in tensors.items() if name.startswith(("model.", "lm_head."))}


def _round(
    model: SpokenLM, llama: Any, reference: Decoder | None, prompts: Sequence[Sequence[int]], others: Sequence[Schedule]
) -> dict[str, DecodeRun]:
    full = _ours(model, model.decoder, prompts, Full())
    runs = {} if llama is None else {GENERATE: _theirs(llama, prompts, [len(ids) for ids in full.ids])}
    if reference is not None:
        runs[REFERENCE] = _ours(model, reference, prompts, Full())
    runs[str(Full())] = full
    return runs | {str(schedule): _ours(model, model.decoder, prompts, schedule) for schedule in others}


def _ours(model: SpokenLM, decoder: Decoder, prompts: Sequence[Sequence[int]], schedule: Schedule) -> DecodeRun:
    records, seconds, used = [], 0.0, _WithDecoder(decoder, model.exit_heads)
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
    tokens, depths = (sum(each) for each in zip(*((len(r.tokens), len(r.tokens) * (r.mean_depth or 0)) for r in records)))
    accepted, rejected = sum(r.accepted for r in records), sum(r.rejected_drafts for r in records)
    return DecodeRun(tuple(r.ids for r in records), tokens - len(records), seconds, depths / tokens, accepted, rejected)


class _Clock:
    """Notes when `generate` has its first token and when it ends: a streamer, as transformers calls it."""

    def __init__(self) -> None:
        self.puts, self.first, self.end_at = 0, 0.0, 0.0

    def put(self, value: torch.Tensor) -> None:
        self.puts += 1
        if self.puts == 2:  # the prompt comes first
            self.first = time.perf_counter()

    def end(self) -> None:
        self.end_at = time.perf_counter()


@torch.inference_mode()
def _theirs(llama: Any, prompts: Sequence[Sequence[int]], counts: Sequence[int]) -> DecodeRun:
    replies, seconds = [], 0.0
    for prompt, count in zip(prompts, counts, strict=True):
        ids, clock = torch.tensor([prompt]), _Clock()
        out = llama.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, do_sample=False, streamer=clock
        )
        seconds += clock.end_at - clock.first
        replies.append(tuple(out[0, len(prompt) :].tolist()))
    return DecodeRun(tuple(replies), sum(counts) - len(counts), seconds, float(llama.config.num_hidden_layers))


def _speed(name: str, runs_by: str, threads: int, rounds: Sequence[dict[str, DecodeRun]]) -> DecodeSpeed:
    speeds = [runs[name].speed for runs in rounds]
    last, full = rounds[-1][name], rounds[-1][str(Full())]
    return DecodeSpeed(
        name=name,
        runs_by=runs_by,
        threads=threads,
        tokens=last.tokens,
        mean_depth=last.mean_depth,
        tokens_per_second=median(speeds),
        slowest=min(speeds),
        fastest=max(speeds),
        against_generate=median(runs[name].speed / runs[GENERATE].speed for runs in rounds) if GENERATE in rounds[0] else None,
        against_full=median(runs[name].speed / runs[str(Full())].speed for runs in rounds),
        same_tokens=_same(last.ids, full.ids),
        accepted=last.accepted,
        rejected=last.rejected,
    )


def _same(replies: Sequence[Sequence[int]], references: Sequence[Sequence[int]]) -> float:
    same = 0
    for reply, reference in zip(replies, references, strict=True):
        differs = (i for i, ref in enumerate(reference) if i >= len(reply) or reply[i] != ref)
        same += next(differs, len(reference))
    return same / sum(map(len, references))


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
