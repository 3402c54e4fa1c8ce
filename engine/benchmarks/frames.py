"""What a second of LFM2.5-Audio's speech costs on a processor: backbone, codes and voice apart, beside the memory's bandwidth.

At one sequence every step reads all of its weights, so that bytes over bandwidth are the least a second of speech can take. Parts
take turns round by round, and every round reads a large array once for what the memory gives.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import torch
from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from engine.audio_files import recording
from engine.dialogue import Dialogue
from engine.heads.questions import bundled
from engine.lm.frames import Frames, FrameTokens
from engine.models.checkpoints.precision import GRAPHS
from engine.models.checkpoints.precision_choice import Precision
from engine.models.lfm2audio.lfm2audio import LFM2Audio
from engine.models.lfm2audio.speak import GROUP
from engine.models.tiny import lfm2audio as random_checkpoint
from engine.samples import Samples
from engine.schedules import presets
from engine.turn_record import TurnRecord

QUESTION_SECONDS = 4.0
_SILENCE_SECONDS = 0.8  # that end a question where nobody holds a key
_READ = 1 << 28  # bytes of the array that is read for the bandwidth: more than any processor's cache
_POSITION = 200  # where steps stand: some way into a turn
_WANTED = 50e9
"""Bytes a second of a usual laptop's memory, for which the least time is told, too."""


@dataclass(frozen=True)
class FrameCosts:
    """Of one precision on so many threads. `parts` are median seconds of a call: "backbone", "half of the backbone" and "text
    head" of a step, "codes", "half of the codes" and "half of the code layers" of a frame, "voice" of a frame, "ear" and
    "prefill" of a question of `QUESTION_SECONDS`. `bytes` are those that a call of a part reads, where that is known.
    `spoken` are seconds of a question that somebody speaks: "first sound" from its end where it was heard at the pause before,
    "first sound, unguessed" where it was not, and "hearing a pause", which is lost where somebody speaks on."""

    precision: str
    threads: int
    runs_by: str
    load_seconds: float
    resident_bytes: int
    bandwidth: float
    parts: Mapping[str, float]
    bytes: Mapping[str, int]
    spoken: Mapping[str, float]
    replies: Sequence[Mapping[str, Any]]

    def of_speech(self, backbone: str = "backbone", codes: str = "codes") -> float:
        """Seconds of work for a second of sound while text and sound alternate: 12.5 frames, and half as many words."""
        frames = 12.5 * (self.parts[backbone] + self.parts[codes] + self.parts["voice"])
        return frames + 6.25 * (self.parts["backbone"] + self.parts["text head"])

    def least(self, bandwidth: float, backbone: str = "backbone", codes: str = "codes") -> float:
        """The same by calculation, from the bytes alone and for a memory of so many bytes a second."""
        frames = 12.5 * (self.bytes[backbone] + self.bytes[codes])
        return (frames + 6.25 * (self.bytes["backbone"] + self.bytes["text head"])) / bandwidth


def measure(
    folder: Path | None, precisions: Sequence[Precision], threads: int, repeats: int = 7, tokens: int = 60
) -> list[FrameCosts]:
    """Of a model's folder, or of a random one of the released size that is made for it.

    Sets torch's number of threads for as long.

    Raises `ValueError` with a sentence.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with TemporaryDirectory(prefix="refrain-lfm-") as made:
            if folder is None:
                folder = Path(made)
                random_checkpoint.write(folder, 0, random_checkpoint.RELEASED)
            return [_measured(folder, precision, threads, repeats, tokens) for precision in precisions]
    finally:
        torch.set_num_threads(before)


def _measured(folder: Path, precision: Precision, threads: int, repeats: int, tokens: int) -> FrameCosts:
    began = time.perf_counter()
    model = LFM2Audio(folder, "cpu", precision)
    load = time.perf_counter() - began
    works, array, found = _works(model), torch.ones(_READ // 4), list[tuple[float, dict[str, float]]]()
    with torch.inference_mode():
        for _ in range(repeats + 1):
            bandwidth = array.nbytes / _seconds(array.sum)
            found.append((bandwidth, {name: _seconds(work) for name, work in works.items()}))
    rounds = found[1:]  # the first one warms up
    del array
    parts = {name: median(times[name] for _, times in rounds) for name in works}
    parts["voice"] /= GROUP
    resident = _resident()
    spoken = _spoken(model)
    replies = [_reply(model, schedule, tokens) for schedule in _schedules(model)]
    bandwidth, read = median(each for each, _ in rounds), _bytes(model, precision)
    return FrameCosts(precision, threads, model.decoder.runs_by, load, resident, bandwidth, parts, read, spoken, replies)


def _resident() -> int:
    """Bytes of this process's own; what is only mapped from files the system takes back where it needs room."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("RssAnon:"):
                return 1024 * int(line.split()[1])
    return psutil.Process().memory_full_info().uss


def _works(model: LFM2Audio) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    decoder, depth, frame_tokens = model.decoder, model.depth, frames_of(model)
    layers, shape = decoder.config.layers, frame_tokens.shape
    cache = decoder.new_cache(_POSITION + 1000)
    cache.commit(0, layers, 0, _POSITION)  # what is in there makes no difference to the time
    tokens = frame_tokens.ids.some(8)
    frames, voice = Frames(frame_tokens), model.detokenizer.stream()
    group = [frame_tokens.ids.codes_of(token) for token in tokens[:GROUP]]
    state = decoder.embed(tokens[:1])
    row = decoder.logits(state, frames)[0]
    decoder.prepare({layers // 2})
    ear, question = model.ear, _question()
    heard = decoder.embed([0] * ear.positions(len(question)))

    def backbone(last: int) -> Callable[[], object]:
        return lambda: decoder.logits(decoder.run(decoder.embed(tokens[:1]), _POSITION, cache, 0, last), frames)

    def prefill() -> None:
        cache.roll_back(_POSITION)
        decoder.run(heard, _POSITION, cache)
        cache.roll_back(_POSITION)

    def codes(codebooks: int | None, depth_layers: int | None) -> Callable[[], object]:
        return lambda: depth.codes(row, lambda logits, codebook: int(logits[:-1].argmax()), codebooks, depth_layers)

    return {
        "backbone": backbone(layers),
        "half of the backbone": backbone(layers // 2),
        "text head": lambda: decoder.logits(state),
        "codes": codes(None, None),
        "half of the codes": codes(max(1, shape.codebooks // 2), None),
        "half of the code layers": codes(None, max(1, shape.layers // 2)),
        "voice": lambda: voice.feed(group),
        "ear": lambda: ear.rows(question, 16_000),
        "prefill": prefill,
    }


def frames_of(model: LFM2Audio) -> FrameTokens:
    """Its speech tokens."""
    assert model.decoder.frames is not None
    return model.decoder.frames


def _question() -> Samples:
    return (np.random.default_rng(0).standard_normal(int(QUESTION_SECONDS * 16_000)) / 20).astype(np.float32)


def _bytes(model: LFM2Audio, precision: Precision) -> dict[str, int]:
    """That a call reads of the weights, with the scales of those that are rounded."""
    config, depth = model.decoder.config, model.depth.config
    inside = depth.layers_config
    half_codes, half_layers = max(1, depth.codebooks // 2), max(1, depth.layers // 2)
    layers = [_stored(precision, config.values_of(layer), layer, config.layers) for layer in range(config.layers)]
    each = [_stored(precision, inside.values_of(layer)) for layer in range(depth.layers)]
    head = _stored(precision, (depth.codes + 1) * depth.dim)
    first = _stored(precision, depth.codebooks * depth.dim * depth.hidden)
    return {
        "backbone": sum(layers) + first,
        "half of the backbone": sum(layers[: config.layers // 2]) + first,
        "text head": _stored(precision, config.head_rows * config.dim),
        "codes": depth.codebooks * (sum(each) + head),
        "half of the codes": half_codes * (sum(each) + head),
        "half of the code layers": depth.codebooks * (sum(each[:half_layers]) + head),
    }


def _stored(precision: Precision, values: int, layer: int = 0, layers: int = 1) -> int:
    """Bytes of a matrix of one of so many layers; what is of none, as a head, is kept as the lowest layer is."""
    bits = GRAPHS.get(precision)
    return values * (2 if precision == "bf16" else 4) if bits is None else bits.of_layer(layer, layers).packed_bytes(values)


def _schedules(model: LFM2Audio) -> list[str]:
    """Full depth, exits in the middle of the backbone, exits inside of what chooses codes, and both."""
    layers, shape = model.decoder.config.layers, frames_of(model).shape
    of_codes = [str(one.schedule).removeprefix("full") for one in presets(layers, (), frames=shape)[1:]]
    half = f"spark:k=4,last@{layers // 2}"
    return ["full", half, *(f"full{option}" for option in of_codes), *(half + option for option in of_codes)]


def _spoken(model: LFM2Audio) -> dict[str, float]:
    """Of a bundled question with the silence behind it that ends a question, heard with and without its pause; each once to warm
    up, then the median of three."""
    sound, rate = recording(next(item.audio for item in bundled() if item.audio)).sound
    sound = np.concatenate([sound, np.zeros(round(_SILENCE_SECONDS * rate), np.float32)])
    found = [{True: _first_sound(model, sound, rate, True), False: _first_sound(model, sound, rate, False)} for _ in range(4)][1:]
    at_pause, unguessed = (list(zip(*(one[live] for one in found), strict=True)) for live in (True, False))
    return {
        "first sound": median(at_pause[1]),
        "first sound, unguessed": median(unguessed[1]),
        "hearing a pause": median(at_pause[0]),
    }


def _first_sound(model: LFM2Audio, sound: Samples, rate: int, live: bool) -> tuple[float, float]:
    """Seconds until all of the question was taken in, and from then on until there was sound."""
    turn, step = Dialogue(model, max_tokens=30).open_turn(), rate // 50
    began = time.perf_counter()
    for start in range(0, len(sound), step):
        turn.feed(sound[start : start + step], rate, live)
    fed, record = time.perf_counter() - began, TurnRecord()
    for _ in turn.reply(record=record):
        pass
    if record.stats is None:
        raise ValueError(record.message)
    return fed, record.stats.seconds["first_audio"] or float("nan")


def _reply(model: LFM2Audio, schedule: str, tokens: int) -> dict[str, Any]:
    """A reply as the program makes it, decoded and spoken."""
    dialogue = Dialogue(model, schedule, max_tokens=tokens)
    dialogue.prepare(schedule)
    record = TurnRecord()
    for _ in dialogue.ask("A question of some length, as somebody might ask it.", record=record):
        pass
    if (stats := record.stats) is None:
        raise ValueError(record.message)
    return {
        "schedule": schedule, "speech_seconds": stats.audio_seconds, "real_time_factor": stats.real_time_factor,
        "first_audio": stats.seconds["first_audio"], "decode": stats.seconds["decode"], "speak": stats.seconds["speak"],
    }  # fmt: skip


def as_json(costs: Sequence[FrameCosts]) -> list[dict[str, Any]]:
    """One object per precision."""
    return [asdict(one) | {"speech": _rows(one)} for one in costs]


_WAYS = (
    ("full depth", "backbone", "codes"), ("half of the backbone", "half of the backbone", "codes"),
    ("half of the codes", "backbone", "half of the codes"), ("half of the code layers", "backbone", "half of the code layers"),
    ("half of backbone and codes", "half of the backbone", "half of the codes"),
)  # fmt: skip


def _rows(one: FrameCosts) -> list[dict[str, float | str]]:
    return [
        {"way": way, "measured": one.of_speech(backbone, codes), "least_here": one.least(one.bandwidth, backbone, codes),
         "least_at_50_GB/s": one.least(_WANTED, backbone, codes)}
        for way, backbone, codes in _WAYS
    ]  # fmt: skip


def tables(costs: Sequence[FrameCosts]) -> list[Table]:
    """For people."""
    return [table for one in costs for table in (_of_speech(one), _of_parts(one), _of_spoken(one), _of_replies(one))]


def _of_speech(one: FrameCosts) -> Table:
    shown = _table(
        f"{one.precision}, {one.threads} threads, memory {one.bandwidth / 1e9:.1f} GB/s, "
        f"{one.resident_bytes / 1e9:.2f} GB resident, loaded in {one.load_seconds:.0f} s",
        "Seconds per second of speech", "measured", "least here", "least at 50 GB/s",
    )  # fmt: skip
    for row in _rows(one):
        shown.add_row(str(row["way"]), *(f"{row[name]:.2f}" for name in ("measured", "least_here", "least_at_50_GB/s")))
    return shown


def _of_parts(one: FrameCosts) -> Table:
    shown = _table("", "A call of", "ms", "MB read")
    for name, seconds in one.parts.items():
        shown.add_row(name, f"{seconds * 1000:.1f}", f"{one.bytes[name] / 1e6:,.0f}" if name in one.bytes else "")
    return shown


def _of_spoken(one: FrameCosts) -> Table:
    shown = _table("", "A spoken question", "s")
    for name, seconds in one.spoken.items():
        shown.add_row(name, f"{seconds:.2f}")
    return shown


def _of_replies(one: FrameCosts) -> Table:
    shown = _table("", "A reply under", "real-time factor", "decoding", "speaking", "first audio, s")
    for reply in one.replies:
        seconds = reply["speech_seconds"] or float("nan")
        figures = (reply["real_time_factor"], reply["decode"] / seconds, reply["speak"] / seconds, reply["first_audio"])
        shown.add_row(reply["schedule"], *("" if figure is None else f"{figure:.2f}" for figure in figures))
    return shown


def _table(title: str, name: str, *columns: str) -> Table:
    shown = Table(Column(name, no_wrap=True), title=title, title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in columns:
        shown.add_column(column, justify="right", no_wrap=True)
    return shown


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
