"""Where training keeps what it makes: outside the source tree, every part restartable."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

QUESTIONS, NEURAL, DRILLS, APART, ORDERS = "questions", "neural", "drills", "apart", "orders"
"""Folders of clips in the training folder."""
WORDS = "words"
"""Folder of single words, one folder a voice."""
TIMES = {QUESTIONS: 1, NEURAL: 3, DRILLS: 3, APART: 2, ORDERS: 3}
"""How often a clip is heard while one of the questions is heard once: the others are few."""


def training_folder() -> Path:
    """`REFRAIN_TRAINING` where set, else the user's cache folder; made when missing."""
    folder = Path(os.environ.get("REFRAIN_TRAINING") or Path(platformdirs.user_cache_dir("refrain")) / "training")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def corpora(folder: Path) -> list[tuple[Path, Path]]:
    """Folders of clips, each with that of what the encoder made of them."""
    return [(folder / name, folder / f"states-{name}") for name in TIMES]
