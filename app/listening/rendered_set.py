"""A set of prompts and the replies to them on disk: what was rendered is there after a crash, the rest can go on.

A folder with `set.jsonl`, one JSON object per line: "set" (prompts and variants), "reply" or "failed" for each variant of
each prompt, at last "finished" or "discarded"; and the sounds beside it, named by their content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from app.audio.clips import align
from app.engine_client.commands import RenderQuestion
from app.listening import clip_files
from app.listening.log_file import LogEntry, append, new_folder, now, read
from app.listening.plan import ListeningItem, ReplyClip
from app.listening.prompts import SetPrompt
from app.listening.rendering import Rendered, Variant

LOG = "set.jsonl"
SOUNDS = "sounds"
FORMAT = 1
MODEL = "Model"  # among the facts of a set: the conversation's, by name
SET = "Set"  # among those of its tests: what it is called
Place = tuple[int, int]
"""The number of a prompt and of a variant, both from 0."""


@dataclass
class RenderedSet:
    """`replies` are the log's entries of what was rendered, `failed` sentences about what could not be."""

    folder: Path
    name: str
    started: str
    about: dict[str, str]
    prompts: list[LogEntry]
    variants: list[Variant]
    replies: dict[Place, LogEntry] = field(default_factory=dict)
    failed: dict[Place, str] = field(default_factory=dict)
    state: Literal["open", "finished", "discarded"] = "open"

    @property
    def total(self) -> int:
        return len(self.prompts) * len(self.variants)

    @property
    def done(self) -> int:
        return len(self.replies) + len(self.failed)

    @property
    def next_places(self) -> list[Place]:
        """One prompt and the variants of it that are to be rendered next, all of one model: each model is loaded once."""
        for model in dict.fromkeys(variant.model for variant in self.variants):
            for prompt in range(len(self.prompts)):
                places = [(prompt, number) for number, variant in enumerate(self.variants) if variant.model == model]
                missing = [place for place in places if place not in self.replies and place not in self.failed]
                if missing:
                    return missing
        return []

    def title(self, prompt: int) -> str:
        return str(self.prompts[prompt]["title"])

    def question(self, prompt: int) -> RenderQuestion:
        """Raises: OSError, ValueError with a sentence."""
        entry = self.prompts[prompt]
        if entry.get("text") is not None:
            return RenderQuestion(entry["text"])
        samples, rate = clip_files.load(self.folder / SOUNDS, entry["sha256"])
        return RenderQuestion(samples=samples, rate=rate)

    def keep(self, place: Place, reply: Rendered) -> None:
        """Puts a reply on disk; when this returns, it is there. Raises: OSError."""
        entry = {
            "kind": "reply",
            "prompt": place[0],
            "variant": place[1],
            "sha256": clip_files.save(self.folder / SOUNDS, reply.samples, reply.rate),
            "text": reply.text,
            "model": reply.model,
            "depth": reply.speech_depth,
            "layers": reply.record.layers,
            "seconds": len(reply.samples) / reply.rate,
            "tokens_per_second": reply.stats.tokens_per_second,
        }
        append(self.folder / LOG, entry)
        self.replies[place] = entry
        self.failed.pop(place, None)

    def give_up(self, place: Place, why: str) -> None:
        """There will be no such reply. Raises: OSError."""
        append(self.folder / LOG, {"kind": "failed", "prompt": place[0], "variant": place[1], "why": why})
        self.failed[place] = why

    def try_again(self) -> None:
        """What failed is to be rendered once more."""
        self.failed.clear()
        self.state = "open"

    def end(self, state: Literal["finished", "discarded"]) -> None:
        """Nothing follows. Raises: OSError."""
        append(self.folder / LOG, {"kind": state, "at": now()})
        self.state = state

    def items(self) -> list[ListeningItem]:
        """Prompts with all their replies, those of each prompt equally loud. Takes a while. Raises: OSError, ValueError."""
        found = []
        for prompt in range(len(self.prompts)):
            places = [place for number in range(len(self.variants)) if (place := (prompt, number)) in self.replies]
            there = [(self.variants[place[1]], self.replies[place]) for place in places if self.replies[place]["seconds"]]
            if len(there) < 2:
                continue
            sounds = [clip_files.load(self.folder / SOUNDS, entry["sha256"]) for _, entry in there]
            levels = align(sounds, max(rate for _, rate in sounds)).levels
            clips = tuple(
                ReplyClip(samples * np.float32(level.gain), rate, entry["text"], variant.title, level.gain_db)
                for (variant, entry), (samples, rate), level in zip(there, sounds, levels, strict=True)
            )
            found.append(ListeningItem(self.title(prompt), clips))
        return found


def start(
    root: Path, name: str, prompts: Sequence[SetPrompt], variants: Sequence[Variant], about: Mapping[str, str]
) -> tuple[RenderedSet, list[str]]:
    """Writes a new set under `root`, with its questions; and sentences about prompts that had to be left out.

    Raises: OSError; ValueError with a sentence if no prompt is left.
    """
    started = now()
    kept: list[LogEntry] = []
    problems = []
    folder = new_folder(root, started, SOUNDS)
    for prompt in prompts:
        try:
            question = prompt.question()
        except (ValueError, OSError) as error:
            problems.append(f"“{prompt.title}” is left out: {error}")
            continue
        entry: LogEntry = {"title": prompt.title, "text": question.text}
        if question.samples is not None:
            entry["sha256"] = clip_files.save(folder / SOUNDS, np.asarray(question.samples, np.float32), question.rate)
        kept.append(entry)
    if not kept:
        raise ValueError(" ".join(problems[:3]) or "There are no prompts.")
    header = {
        "kind": "set",
        "format": FORMAT,
        "name": name,
        "started": started,
        "about": dict(about),
        "prompts": kept,
        "variants": [asdict(variant) for variant in variants],
    }
    append(folder / LOG, header)
    return RenderedSet(folder, name, started, dict(about), kept, list(variants)), problems


def resume(folder: Path) -> RenderedSet:
    """Reads a set back; its sounds are read when they are asked for. Raises: OSError; ValueError with a sentence."""
    records = read(folder / LOG)
    header = next((record for record in records if record.get("kind") == "set"), None)
    if header is None or header.get("format") != FORMAT:
        raise ValueError(f"{folder / LOG} is not a set of prompts that this version can read.")
    variants = [_variant(one) for one in header["variants"]]
    found = RenderedSet(folder, header["name"], header["started"], header["about"], header["prompts"], variants)
    for record in records:
        if record["kind"] == "reply":
            found.replies[record["prompt"], record["variant"]] = record
            found.failed.pop((record["prompt"], record["variant"]), None)
        elif record["kind"] == "failed":
            found.failed[record["prompt"], record["variant"]] = record["why"]
        elif record["kind"] in ("finished", "discarded"):
            found.state = record["kind"]
    return found


def newest(root: Path) -> RenderedSet | None:
    """The set that was begun last and not discarded; one that cannot be read is passed over."""
    for log in sorted(root.glob(f"*/{LOG}"), reverse=True):
        try:
            found = resume(log.parent)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # another program's lock, or a damaged log
        if found.state != "discarded":
            return found
    return None


def _variant(listed: dict[str, Any]) -> Variant:
    sampling = listed.pop("sampling")
    return Variant(**listed, sampling=tuple(sampling) if sampling is not None else None)
