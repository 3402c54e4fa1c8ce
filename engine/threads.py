"""How many threads compute, such that other programs on the machine do not make them wait for each other. No torch at import.

The number follows from the model and the machine alone, never from a moment's load: sums of floating point numbers depend on it,
and a seed shall fix a reply.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.lm.config import LMConfig

_WORTH_SHARING = 1_000_000
"""Elements of a matrix from which on two threads that sleep between products multiply a row faster than one."""
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_SLEEPING = {"GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
"""For the OpenMP libraries of GNU and LLVM: threads without work sleep. By default they spin for milliseconds, which beside a
busy program holds up the very thread that they wait for: a reply then takes ten times as long."""
_ALONE = {"OPENBLAS_NUM_THREADS": "1"}
"""For numpy's OpenBLAS, whose threads always spin; what it multiplies is small. A voice would take five times as long."""


def prepare_libraries() -> None:
    """Sets in the environment what libraries read while they are loaded, so before numpy and torch are; what is set stays."""
    for name, value in _ALONE.items() if "OMP_WAIT_POLICY" in os.environ else (_SLEEPING | _ALONE).items():
        os.environ.setdefault(name, value)


def cores(quota: Path = _QUOTA) -> int:
    """That this process may use: by its affinity, and by the share of a container."""
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        count = os.cpu_count() or 1
    try:
        share, period = quota.read_text(encoding="ascii").split()
        return max(1, min(count, math.ceil(int(share) / int(period))))
    except (OSError, ValueError, ZeroDivisionError):
        return count


def for_model(config: LMConfig, most: int) -> int:
    """Of at most `most` threads: one for a model whose matrices are too small to be shared."""
    return most if config.dim * config.ffn >= _WORTH_SHARING else 1


def use(config: LMConfig, wanted: int | None = None, spare: int = 0) -> None:
    """From now on torch computes with `wanted` threads, or with what suits the model; then `spare` cores stay for others."""
    import torch

    count = wanted or for_model(config, max(1, cores() - spare))
    if count != torch.get_num_threads():
        torch.set_num_threads(count)
