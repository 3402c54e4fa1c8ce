"""One turn as files: the reply's sound, and everything that is known of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from app.core.turn import ChatTurn
from engine import audio_files, whole_file


class ExportError(RuntimeError):
    """Nothing could be written; the message is a sentence for the user."""


def export(turn: ChatTurn, target: Path) -> list[Path]:
    """Writes the reply to `target` (WAV, FLAC or OGG by its ending), the question beside it, and figures as JSON.

    Returns the files. Raises `ExportError`.
    """
    written = []
    try:
        for which, path in (("reply", target), ("question", target.with_stem(target.stem + " question"))):
            pieces, rate = getattr(turn, f"{which}_samples"), getattr(turn, f"{which}_rate")
            if pieces and rate:
                audio_files.write(path, np.concatenate(pieces), rate)
                written.append(path)
        facts = {
            "schedule": turn.schedule,
            "pooling": turn.pooling,
            "heard": turn.heard,
            "text": turn.text,
            "note": turn.note,
            "stats": asdict(turn.record.stats) if turn.record.stats is not None else None,
            "tokens": [asdict(token) for token in turn.record.tokens],
        }
        path = target.with_suffix(".json")
        whole_file.write(path, json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
        written.append(path)
    except audio_files.AudioFileError as error:
        raise ExportError(str(error)) from error
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error
    return written
