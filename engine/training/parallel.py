"""Several one-thread processes that train one network: on small CPUs faster than one process with several threads."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn


def launch(worker: Callable[..., None], processes: int, *arguments: Any) -> None:
    """Runs `worker(rank, processes, *arguments)` in every process; returns when all have ended."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # inherited; more threads only wait for each other
    with tempfile.TemporaryDirectory() as folder:
        shared = worker, processes, str(Path(folder) / "meeting"), arguments
        if processes == 1:
            _start(0, *shared)
        else:
            spawn(_start, shared, nprocs=processes)


def _start(rank: int, worker: Callable[..., None], processes: int, meeting: str, arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=processes)
    worker(rank, processes, *arguments)
    dist.destroy_process_group()


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """One all-reduce over all gradients laid end to end."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for gradient, piece in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(piece.view_as(gradient))


def save(path: Path, **state: Any) -> None:
    """Writes a checkpoint whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.rename(path)


def load(path: Path) -> dict[str, Any] | None:
    """The checkpoint at `path`; None when there is none yet."""
    return torch.load(path, weights_only=True) if path.exists() else None
