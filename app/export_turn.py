"""One turn as files: the reply's sound, and everything that is known of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile


class ExportError(RuntimeError):
    """Nothing could be written; the message is a sentence for the user."""


def export(turn, target: Path) -> list[Path]:
    """Writes the reply to `target` (WAV or FLAC by its ending), the question beside it, and figures as JSON.

    Returns the files. Raises `ExportError`.
    """
    written = []
    try:
        for which, path in (("reply", target), ("question", target.with_stem(target.stem + " question"))):
            pieces, rate = getattr(turn, f"{which}_samples"), getattr(turn, f"{which}_rate")
            if pieces and rate:
                soundfile.write(path, np.concatenate(pieces), rate, subtype="PCM_16")
                written.append(path)
        facts = {
            "schedule": turn.schedule,
            "pooling": turn.pooling,
            "heard": turn.heard,
            "text": turn.text,
            "note": turn.note,
            "stats": asdict(turn.stats) if turn.stats is not None else None,
            "tokens": [asdict(token) for token in turn.tokens],
        }
        path = target.with_suffix(".json")
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
        written.append(path)
    except (OSError, ValueError, soundfile.LibsndfileError) as error:
        raise ExportError(f"{target} cannot be written: {error}") from error
    return written
