"""A comparison as files: a WAV per variant, its costs as CSV, and everything as JSON. No Qt."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.audio.loudness import TARGET, ClipLevel
from app.listening.rendering import Rendered
from app.storage.export_turn import ExportError
from engine import audio_files, whole_file

COLUMNS = (
    "variant", "file", "model", "schedule", "pooling", "seed", "first_audio_s", "tokens_per_s", "tokens_per_s_by_depth",
    "tokens_per_s_by_costs", "mean_speech_depth", "layers", "refreshes", "accepted", "rejected", "decode_s", "total_s", "sound_s",
    "lufs", "gain_db", "text",
)  # fmt: skip



def export(target: Path, replies: Sequence[Rendered], levels: Sequence[ClipLevel]) -> Path:
    """Writes to a new folder `target`, or to a zip file if it is called so; returns it. Raises `ExportError`.

    The sound is as the model made it; the gain that it was compared with stands beside it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".refrain-", dir=target.parent) as made:
            folder = Path(made)
            _write(folder, replies, levels)
            if target.suffix.lower() == ".zip":
                _zip(folder, target)
            else:
                target.mkdir()
                for file in sorted(folder.iterdir()):
                    os.replace(file, target / file.name)
    except FileExistsError as error:
        raise ExportError(f"There is already something called {target}: choose another name.") from error
    except (OSError, audio_files.AudioFileError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExportError(f"The comparison cannot be written to {target}: {reason[:1].lower() + reason[1:]}.") from error
    return target


def costs(reply: Rendered, level: ClipLevel, place: int) -> dict[str, object]:
    """One line of the table of costs, by the names in `COLUMNS`; what could not be measured is None."""
    stats = reply.stats
    return {
        "variant": place,
        "file": f"{place}-{re.sub(r'[^a-z0-9]+', '-', reply.title.lower()).strip('-')}.wav",
        "model": reply.model,
        "schedule": reply.schedule,
        "pooling": reply.variant.pooling,
        "seed": stats.seed,
        "first_audio_s": stats.seconds.get("first_audio"),
        "tokens_per_s": stats.tokens_per_second,
        "tokens_per_s_by_depth": reply.predicted and reply.predicted.by_depth,
        "tokens_per_s_by_costs": reply.predicted and reply.predicted.by_costs,
        "mean_speech_depth": reply.speech_depth,
        "layers": reply.record.layers,
        "refreshes": stats.refreshes,
        "accepted": stats.accepted,
        "rejected": stats.rejected,
        "decode_s": stats.seconds.get("decode"),
        "total_s": stats.seconds.get("total"),
        "sound_s": len(reply.samples) / reply.rate,
        "lufs": level.lufs,
        "gain_db": level.gain_db,
        "text": reply.text,
    }


def _write(folder: Path, replies: Sequence[Rendered], levels: Sequence[ClipLevel]) -> None:
    lines = [costs(*each, place) for place, each in enumerate(zip(replies, levels, strict=True), 1)]
    for reply, line in zip(replies, lines, strict=True):
        audio_files.write(folder / str(line["file"]), reply.samples, reply.rate)
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: _short(value) for name, value in line.items()} for line in lines])
    (folder / "costs.csv").write_text(table.getvalue(), encoding="utf-8")
    whole = {
        "prompt": replies[0].prompt if replies else "",
        "target_lufs": TARGET,
        "variants": [
            {
                **line,
                "sampling": reply.variant.sampling and dict(zip(("temperature", "top_p"), reply.variant.sampling)),
                "stats": asdict(reply.stats),
                "rejected_drafts": reply.record.rejected,
                "tokens": [asdict(token) for token in reply.record.tokens],
            }
            for reply, line in zip(replies, lines, strict=True)
        ],
    }
    text = json.dumps(_finite(whole), indent=1, ensure_ascii=False)
    (folder / "comparison.json").write_text(text + "\n", encoding="utf-8")


def _zip(folder: Path, target: Path) -> None:
    """Sound that is compressed already would not get smaller, but WAV does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{target.stem}/{file.name}")
    whole_file.write(target, packed.getvalue())


def _short(value: object) -> object:
    return "" if value is None else round(value, 4) if isinstance(value, float) else value


def _finite(value: object) -> object:
    """JSON knows no NaN and no infinity: what could not be measured is null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
