"""The result of a blind test as files: one page as HTML and as PDF, and the answers as a table (CSV)."""

from __future__ import annotations

import base64
import csv
import html
import io
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from app.listening.experiment import EXPERIMENT
from app.listening.listeners import by_listener
from app.listening.mushra_plan import MushraPlan
from app.listening.mushra_summary import scores_csv
from app.listening.remarks import is_right, records_of
from app.listening.results import LISTENER, LOG, StoredTest
from app.listening.statistics import percent
from app.listening.summary import TITLES, Result, named, score
from app.pages.blind.interval import height, image
from app.widgets import theme
from engine import whole_file

HTML, PDF, CSV = "report.html", "report.pdf", "answers.csv"
FILES = (HTML, PDF, CSV, LOG)
DPI = 96  # of the page's layout; the text stays vectors
WIDTH = 620  # of the picture, in pixels at that resolution
PROMPTS = 12  # that are listed on the page

_STYLE = """
body { color: @text; font-size: 10pt; }
@media screen { body { max-width: 46em; margin: 2em auto; } }
h1 { font-size: 20pt; margin-bottom: 0; }
p { margin-top: 4px; margin-bottom: 4px; } .muted { color: @muted; }
.head { font-size: 14pt; font-weight: 600; margin-top: 12px; }
.part { font-size: 12pt; font-weight: 600; margin-top: 14px; }
td { padding: 2px 18px 2px 0; }
"""


@dataclass(frozen=True)
class Report:
    """Where the files are, and the summary that they tell."""

    folder: Path
    summary: Result
    listener: str = ""
    """Whose answers go back to whoever made the experiment; "" is nobody's."""


def write(tests: Sequence[StoredTest], summary: Result, font: QFont, folder: Path | None = None) -> Report:
    """Writes the report of a test, as one listener or several took it, to a folder, or beside the log of the only one.

    `font` is the program's: this may run on any thread. Raises: OSError.
    """
    folder = tests[0].folder if folder is None else folder
    whole_file.write(folder / HTML, page_html(tests, summary, font).encode())
    whole_file.write(folder / PDF, _pdf(tests, summary, font))
    whole_file.write(folder / CSV, _csv(tests).encode("utf-8-sig"))  # the mark is for spreadsheets
    is_answer = len(tests) == 1 and EXPERIMENT in tests[0].about and folder == tests[0].folder
    return Report(folder, summary, tests[0].listener if is_answer else "")


def save_copy(report: Report, folder: Path) -> Path:
    """Copies its files into a new folder inside `folder`. Raises: OSError."""
    target = folder / f"blind-test-{report.folder.name}"
    target.mkdir(parents=True)
    for name in FILES:
        if (report.folder / name).exists():  # a panel's has no log of its own
            shutil.copy2(report.folder / name, target / name)
    return target


def page_html(tests: Sequence[StoredTest], summary: Result, font: QFont, prompts: int = PROMPTS) -> str:
    """The page; at most so many `prompts` are listed."""
    test = tests[0]
    is_ranking = summary.method == "ranking"
    facts = {f"Condition {number}": name for number, name in enumerate(summary.conditions, 1)}
    about = {name: value for name, value in test.about.items() if len(tests) == 1 or name != LISTENER}
    facts |= {"Started": min(one.started for one in tests).replace("T", " "), **about}
    if isinstance(test.plan, MushraPlan):
        facts |= {"Prompts, fixed beforehand": str(test.plan.most), "Order": "of prompts and of sounds drawn from the seed"}
        facts |= {"Anchors": "the reference up to 3.5 kHz and up to 7 kHz", "Method": "ITU-R BS.1534-3, a training page first"}
    elif is_ranking:
        facts |= {"Analysed trials, at most": str(test.plan.count), "Order": "by the answers so far, sides balanced"}
    else:
        facts |= {"Analysed trials, fixed beforehand": str(test.plan.count), "Order": "balanced, drawn from the seed"}
    facts |= {"Seed": ", ".join(str(one.plan.seed) for one in tests)}
    facts |= {"To be heard before an answer": f"{percent(test.plan.share)} of each clip"}
    shown = [item.prompt for item in test.items[:prompts]]
    more = len(test.items) - len(shown)
    listed = "".join(f"<li>{html.escape(_short(prompt))}</li>" for prompt in shown)
    rest = f"<p class='muted'>and {more} more: all of them are in {CSV}.</p>" if more else ""
    caveats = "".join(f"<p>{html.escape(one)}</p>" for one in summary.caveats)
    listeners = ""
    if len(tests) > 1:
        listeners = f'<p class="part" role="heading" aria-level="2">Listeners</p>{_table(by_listener(tests))}'
    style = _STYLE.replace("@text", theme.LIGHT.text).replace("@muted", theme.LIGHT.muted)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Blind listening test</title><style>{style}</style></head><body>
<h1>Blind listening test</h1>
<p class="muted">{html.escape(f"{TITLES[summary.method]}: {named(summary.conditions)}")}</p>
<p class="head">{html.escape(summary.headline)}</p>
<p>{html.escape(summary.sentence)}</p>
<p><img src="data:image/png;base64,{_png(summary, font)}" width="{WIDTH}" height="{height(summary)}"
alt="The result with its 95 % interval"></p>
<p class="part" role="heading" aria-level="2">Result</p>{_table(summary.figures)}
{listeners}<p class="part" role="heading" aria-level="2">Attention</p><p>{html.escape(summary.attention.sentence)}</p>
<p class="part" role="heading" aria-level="2">To be kept in mind</p>{caveats}
<p class="part" role="heading" aria-level="2">The test</p>{_table(list(facts.items()))}
<p class="part" role="heading" aria-level="2">Prompts</p><ol>{listed}</ol>{rest}
</body></html>
"""


def _table(rows: list[tuple[str, str]]) -> str:
    cells = (f"<tr><td class='muted'>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>" for name, value in rows)
    return f"<table cellspacing='0'>{''.join(cells)}</table>"


def _png(summary: Result, font: QFont) -> str:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image(summary, WIDTH, font).save(buffer, "PNG")  # type: ignore[call-overload]  # the stub would have the format as bytes
    return base64.b64encode(data.data()).decode()


def _pdf(tests: Sequence[StoredTest], summary: Result, font: QFont) -> bytes:
    pages = QByteArray()
    buffer = QBuffer(pages)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle("Blind listening test")
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(20, 16, 20, 16), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setDefaultFont(font)
    document.setUseDesignMetrics(True)  # letters are set for paper, not for the pixels of a screen
    document.setDocumentMargin(0)
    document.setMetaInformation(QTextDocument.MetaInformation.CssMedia, "print")
    document.documentLayout().setPaintDevice(writer)
    for prompts in range(min(PROMPTS, len(tests[0].items)), -1, -1):  # one page, if fewer prompts make it one
        document.setHtml(page_html(tests, summary, font, prompts))
        document.setPageSize(QSizeF(writer.width(), writer.height()))
        if document.pageCount() == 1:
            break
    painter, size = QPainter(writer), document.pageSize()
    for page in range(document.pageCount()):
        if page:
            writer.newPage()
        painter.save()
        painter.translate(0, -page * size.height())
        document.drawContents(painter, QRectF(0, page * size.height(), size.width(), size.height()))
        painter.restore()
    painter.end()
    return bytes(pages.data())


def _csv(tests: Sequence[StoredTest]) -> str:
    if isinstance(tests[0].plan, MushraPlan):
        return scores_csv(tests)
    rows, text = list(_rows(tests)), io.StringIO()
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _rows(tests: Sequence[StoredTest]) -> Iterator[dict[str, object]]:
    conditions = tests[0].plan.conditions
    for record in records_of(tests):
        is_scored = record["role"] == "test" and record["X"] is None and len(conditions) == 2
        heard = dict(zip(("heard_A", "heard_B", "heard_X"), [*record["heard"], "", "", ""]))
        yield {
            **{name: record[name] for name in ("listener", "trial", "role", "prompt", "A", "B", "X", "value")},
            "for_second_condition": score(record, (conditions[0], conditions[1])) if is_scored else None,
            "right": is_right(record),
            "seconds": record["seconds"],
            **heard,
            "underruns": record["underruns"],
            "at": record["at"],
        }


def _short(prompt: str, limit: int = 110) -> str:
    prompt = " ".join(prompt.split())
    return prompt if len(prompt) <= limit else prompt[: limit - 1] + "…"
