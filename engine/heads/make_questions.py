"""`python -m engine.heads.make_questions`: writes the questions that ship for training heads, typed and spoken.

They are of Wren's training side, so none is in a test set. Needs what training Wren needs (python3 dev.py setup train).
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import soundfile

from engine.resources import resources_folder
from engine.training import texts
from engine.training.domain import unknown
from engine.training.voices import SAMPLE_RATE, Voices, draw_voice

COUNT, SPOKEN_EVERY, UNKNOWN_EVERY = 480, 9, 13


def main() -> None:
    """Makes them anew; the same code gives the same questions."""
    folder = resources_folder() / "questions"
    (folder / "spoken").mkdir(parents=True, exist_ok=True)
    rng, noise, voices = random.Random("questions"), np.random.default_rng(0), Voices()
    strangers, seen = unknown.questions(random.Random("questions")), set()
    lines: list[str] = []
    while len(lines) < COUNT:
        number = len(lines) + 1
        if number % UNKNOWN_EVERY == 0:
            text, answer = next(strangers), unknown.ANSWER
        else:
            exchange = texts.draw_exchange(rng)
            text, answer = texts.draw_wrapped(exchange.question, rng), exchange.answer
        if text in seen or texts.is_held_out(text):
            continue
        seen.add(text)
        line = {"id": f"question-{number:04d}", "text": text, "answer": answer}
        if number % SPOKEN_EVERY == 0:
            line |= {"audio": f"spoken/{number:04d}.ogg", "voice": draw_voice(noise)}
            _write(folder / line["audio"], voices.say(text, line["voice"], noise))
        lines.append(json.dumps(line))
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write(path: Path, samples: np.ndarray) -> None:
    samples = np.pad(np.clip(samples, -1, 1), SAMPLE_RATE // 5)
    settings = {"format": "OGG", "subtype": "OPUS", "compression_level": 0.95}
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, **settings) as file:
        file.write(samples)


if __name__ == "__main__":
    main()
