"""`python -m engine.evaluation.ceiling FILE.jsonl`: what the judge makes of recordings whose words are known.

A line of the file is {"text": what is said, "audio": a sound file beside it}. Recordings of the voice that a model
learned give the word error rate that its replies can at best have.
"""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.progress import track

from engine import audio_files
from engine.evaluation import sets
from engine.evaluation.judges import shipped
from engine.evaluation.scoring import word_errors
from engine.speech.resample import mono


def main(recordings: Path, model: str = "wren") -> None:
    """Prints the judge's word error rate on recordings."""
    judge, edits, count = shipped(sets.folder_of(model)), 0, 0
    lines = [json.loads(line) for line in recordings.read_text(encoding="utf-8").splitlines() if line]
    for line in track(lines, description="ceiling"):
        samples, rate = audio_files.read(recordings.parent / line["audio"])
        wrong, said = word_errors(judge.transcribe(mono(samples), rate), line["text"])
        edits, count = edits + wrong, count + said
    print(f"{len(lines)} recordings, {count} words: word error rate {edits / max(1, count):.2%}")


if __name__ == "__main__":
    typer.run(main)
