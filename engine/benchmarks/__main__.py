"""`python -m engine.benchmarks speaking|pooling|cancelling|precisions|frames ...`: what is no part of `refrain bench`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from engine import models
from engine.benchmarks import cancelling, frames, precisions, random_weights, speaking
from engine.benchmarks import pooling as pooled
from engine.cli.options import JsonOption
from engine.cli.output import print_json
from engine.models.checkpoints.precision_choice import PRECISIONS
from engine.models.decoder_weights import decoder_weights
from engine.prefill import pooling as poolings

_WIDTH = None if sys.stdout.isatty() else 120
"""Of tables, in characters: what is not a terminal has room."""

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measurements that are no part of the command bench.")


@app.command("speaking")
def speaking_command(
    names: Annotated[list[str], typer.Argument(metavar="MODEL…", help="A model's name or folder.")],
    blocks: Annotated[int, typer.Option(min=2, help="Blocks of the reply.")] = speaking.BLOCKS,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """What each block of a long reply costs a model's voice."""
    torch.set_num_threads(threads)
    try:
        voices = {name: speaking.voice_of(models.load(name)) for name in names}
        costs = speaking.measure(voices, blocks)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(str(error))
    if as_json:
        print_json(speaking.as_json(costs))
    else:
        Console(width=_WIDTH).print(speaking.table(costs))


@app.command("pooling")
def pooling_command(
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "wren",
    pooling: Annotated[list[str] | None, typer.Option(help="A pooling to measure (again for more); by default presets.")] = None,
    seconds: Annotated[list[float], typer.Option(min=0.5, help="A length (again for more).")] = list(pooled.LENGTHS),  # noqa: B006
    sounds: Annotated[int, typer.Option(min=1, help="Different sounds of each length.")] = 4,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds over the sounds; the median counts.")] = 3,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """What Affinity Pooling saves, and what it costs, by length of the question."""
    try:
        loaded = models.load(model)
        presets = [preset.pooling for preset in poolings.presets(loaded.decoder.config.layers)]
        wanted = [poolings.parse(text) for text in pooling] if pooling else presets
        costs = pooled.measure(loaded, wanted, seconds, threads, sounds, repeats)
    except (ValueError, FileNotFoundError, RuntimeError) as error:
        sys.exit(str(error))
    if as_json:
        print_json(pooled.as_json(costs))
    else:
        Console(width=_WIDTH).print(pooled.table(costs))


@app.command("cancelling")
def cancelling_command(
    names: Annotated[list[str], typer.Argument(metavar="MODEL…", help="A model's name or folder.")],
    seconds: Annotated[float, typer.Option(min=1, help="How long the question is.")] = cancelling.SECONDS,
    slowed: Annotated[float, typer.Option(min=0, help="Seconds more for every block that is prefilled.")] = 0.0,
    cancels: Annotated[int, typer.Option(min=1, help="How often it is cancelled.")] = cancelling.CANCELS,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """How long a model is busy with a question that was cancelled."""
    torch.set_num_threads(threads)
    try:
        costs = [cancelling.measure(name, models.load(name), seconds, slowed, cancels) for name in names]
    except (ValueError, FileNotFoundError) as error:
        sys.exit(str(error))
    if as_json:
        print_json(cancelling.as_json(costs))
    else:
        Console(width=_WIDTH).print(cancelling.table(costs))


@app.command("precisions")
def precisions_command(
    model: Annotated[str, typer.Argument(help="A model's name or folder; or none, with --family.")] = "",
    family: Annotated[str, typer.Option(help="Random weights of this family's released width: glm4voice or stepaudio2.")] = "",
    layers: Annotated[int, typer.Option(min=1, help="How many of its layers.")] = 8,
    rows: Annotated[int, typer.Option(min=1, help="Ids of its embedding and head: as many as may come at once.")] = 16_384,
    decoder: Annotated[list[str] | None, typer.Option(help="A decoder to measure (again for more); by default most.")] = None,
    tokens: Annotated[int, typer.Option(min=1, max=448, help="Steps of a round.")] = 16,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 5,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """How fast a decoder is in each precision, and how near the memory's bandwidth that is."""
    try:
        if bool(model) == bool(family) or family and family not in random_weights.SHAPES:
            raise ValueError(f"Give a model, or --family with one of {', '.join(random_weights.SHAPES)}.")
        if family:
            config = replace(random_weights.SHAPES[family], layers=layers, vocabulary=rows, head_rows=rows)
            tensors: Mapping[str, torch.Tensor] = random_weights.RandomWeights(config)
        else:
            config, tensors = decoder_weights(model)
        speeds = precisions.measure(config, tensors, decoder or precisions.USUAL, threads, tokens, repeats)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(str(error))
    if as_json:
        print_json(precisions.as_json(speeds))
    else:
        title = f"{family or model}, {config.layers} layers of {config.dim}, {config.head_rows:,} rows of the head"
        Console(width=_WIDTH).print(precisions.table(speeds, title))


@app.command("frames")
def frames_command(
    model: Annotated[Path | None, typer.Argument(help="A folder of LFM2.5-Audio; by default random weights of its size.")] = None,
    precision: Annotated[list[str] | None, typer.Option(help="fp32, bf16, int8 or int4 (again for more).")] = None,
    tokens: Annotated[int, typer.Option(min=1, help="Of each reply.")] = 60,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 7,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 2,
    as_json: JsonOption = False,
) -> None:
    """What a second of LFM2.5-Audio's speech costs: backbone, codes and voice apart, beside the memory's bandwidth."""
    try:
        wanted = [one for one in PRECISIONS if one in (precision or ("int8", "int4"))]
        costs = frames.measure(model, wanted, threads, repeats, tokens)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(str(error))
    if as_json:
        print_json(frames.as_json(costs))
    else:
        Console(width=_WIDTH).print(*frames.tables(costs))


if __name__ == "__main__":
    app(prog_name="python -m engine.benchmarks")
