"""The best that Wren's speech could be: answers in the voice it learns, for a recogniser to transcribe."""

from __future__ import annotations

import json
from pathlib import Path

from rich.progress import track

from engine import audio_files
from engine.resources import resources_folder
from engine.training.train_speaker import VOICE
from engine.training.voices import SAMPLE_RATE, Voices


def record(folder: Path, count: int) -> Path:
    """Speaks the answers of the first `count` typed test questions -> a JSONL file of texts and recordings."""
    folder.mkdir(parents=True, exist_ok=True)
    questions = (resources_folder() / "evaluation" / "wren" / "typed.jsonl").read_text(encoding="utf-8").splitlines()
    voices, lines = Voices(), []
    for i, question in enumerate(track(questions[:count], description="ceiling")):
        line = {"text": json.loads(question)["answer"], "audio": f"{i + 1:04d}.flac"}
        samples = voices.say(line["text"], VOICE)
        audio_files.write(folder / line["audio"], samples, SAMPLE_RATE)
        lines.append(json.dumps(line))
    index = folder / "recordings.jsonl"
    index.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return index
