"""What can be raised that is no ordinary error: what ends a program, a Rust library's panic, the end of the memory. No torch."""

from __future__ import annotations

STOPS = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends a program or a generator. Whoever catches everything lets these pass; all else that is raised becomes a sentence,
the panics of Rust libraries among it, which are no `Exception`."""

NO_MEMORY = "The memory ran out: close other programs, or use a smaller model."


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether an error says so, in Python's way or in torch's."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and ("can't allocate memory" in str(error) or "can't start new thread" in str(error))
