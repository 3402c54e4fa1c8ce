"""What ends a program or a generator: no error, so whoever catches everything lets it pass. No torch."""

from __future__ import annotations

STOPS = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""Everything else that is raised, the panics of Rust libraries among it (they are no `Exception`), becomes a sentence."""
