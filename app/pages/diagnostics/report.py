"""What a report of a fault needs to say about the program and its machine, and nothing that its user said or wrote. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.desktop.last_run import LastRun
from app.engine_client.commands import ModelFacts
from app.pages.diagnostics import machine
from app.pages.diagnostics.machine import Row, Rows
from app.pages.diagnostics.places import short
from engine import log

LINES = 200


@dataclass(frozen=True)
class InUse:
    """What the program works with at the moment; `places` are files and folders by their titles."""

    model: ModelFacts | None = None
    schedule: str = ""
    places: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportSection:
    title: str
    rows: tuple[tuple[str, str], ...]


def static() -> list[ReportSection]:
    """What does not change while the program runs. Takes some milliseconds: not for the screen's thread."""
    return [section("Versions", machine.versions()), section("Machine", machine.hardware())]


def facts(
    fixed: Sequence[ReportSection], in_use: InUse, sound: Iterable[Row] = (), screen: Iterable[Row] = ()
) -> list[ReportSection]:
    """All sections in their order: `fixed` is what `static` returned, `sound` and `screen` are rows of their own. Quick."""
    versions, hardware = fixed
    return [
        versions,
        ReportSection(hardware.title, (*hardware.rows, *machine.memory())),
        section("Sound", sound),
        section("Screen", screen),
        section("In use", [*_model(in_use.model), ("Schedule", in_use.schedule or "none")]),
        section("Places", [("Log", log.log_file()), *in_use.places.items()]),
    ]


def section(title: str, rows: Iterable[tuple[str, object]]) -> ReportSection:
    """With the home folder as ~."""
    return ReportSection(title, tuple((name, short(value)) for name, value in rows))


def _model(model: ModelFacts | None) -> Rows:
    if model is None:
        return [("Model", "none is loaded")]
    exits = ", ".join(map(str, model.exit_layers)) or "none"
    layers = f"{model.layers} layers, exits at {exits}, context {model.context:,}"
    weights = f"{model.weights_bytes / 1e6:,.0f} MB of weights" if model.weights_bytes else ""
    size = ", ".join(filter(None, (layers, weights)))
    runs_by = [("Decoder", model.runs_by)] if model.runs_by else []
    return [("Model", model.name), ("Model size", size), *runs_by, ("Model folder", model.folder)]


def log_lines() -> list[str]:
    """The last lines of this run's log."""
    texts = [line for entry in log.recent() for line in entry.text.splitlines()]
    return [short(line) for line in texts[-LINES:]]


def markdown(sections: Iterable[ReportSection], last_run: LastRun | None = None) -> str:
    """The whole report with the last lines of the log, to be pasted into a bug tracker."""
    parts = ["# Refrain: diagnostics"]
    if last_run is not None:
        parts += [last_run.sentence, *([_fenced(short(last_run.crash).splitlines())] if last_run.crash else [])]
    for one in sections:
        rows = [f"| {_cell(name)} | {_cell(value)} |" for name, value in one.rows]
        parts.append("\n".join([f"## {one.title}", "", "| | |", "|---|---|", *rows]))
    lines = log_lines()
    parts.append("## Log" + ("" if lines else "\n\nNothing was logged in this run."))
    if lines:
        parts.append(_fenced(lines))
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _fenced(lines: Sequence[str]) -> str:
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return "\n".join([f"{fence}text", *lines, fence])
