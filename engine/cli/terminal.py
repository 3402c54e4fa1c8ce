"""A turn as it happens, in a terminal: what was heard, the reply, and the depth of every token."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group
from rich.text import Text as Line

from engine.events import Token, TurnStats
from engine.turn_record import TurnRecord

# Colours of Okabe and Ito that stand out on dark and light ground, told apart by every kind of colour vision.
COLOURS = {"heard": "#009E73", "text": "#E69F00", "speech": "#56B4E9", "control": "bright_black"}  # as in the window
REFRESH_COLOUR = "#CC79A7"
_STRIP_ROWS = 6


class TurnView:
    """Shows the record that it saw last; `layers` is the depth of a full step."""

    def __init__(self, layers: int, console: Console):
        self._layers, self._console = layers, console
        unicode = (console.encoding or "").lower().startswith("utf")
        self._bars, self._refresh = ("▁▂▃▄▅▆▇█", "┃") if unicode else ("12345678", "|")
        self._record = TurnRecord()
        self.whole = False  # show the whole strip, not its last rows

    def watch(self, record: TurnRecord) -> None:
        """It is looked at whenever the screen is drawn."""
        self._record = record

    def __rich__(self) -> Group:
        record, lines = self._record, []
        if record.heard:
            lines.append(Line.assemble(("Heard  ", "bold"), (record.heard.strip(), COLOURS["heard"])))
        if record.text:
            lines.append(Line.assemble(("Reply  ", "bold"), record.text.strip()))
        if not record.tokens:
            return Group(*lines, Line("Listening…" if record.listened is None else "Thinking…", style="dim"))
        return Group(*lines, self._strip(), self._legend(), Line(self._figures(), style="dim"))

    def _strip(self) -> Line:
        strip, shown = Line(overflow="fold"), 0 if self.whole else -_STRIP_ROWS * max(1, self._console.width - 1)
        for token in self._record.tokens[shown:]:
            strip.append(*self._glyph(token))
        return strip

    def _glyph(self, token: Token) -> tuple[str, str]:
        if token.refresh:
            return self._refresh, REFRESH_COLOUR
        height = -(-token.depth * len(self._bars) // self._layers)
        return self._bars[min(max(height, 1), len(self._bars)) - 1], COLOURS[token.kind]

    def _legend(self) -> Line:
        full, half = self._bars[-1], self._bars[3]
        legend = Line.assemble((full, COLOURS["text"]), " text  ", (half, COLOURS["speech"]), " speech  ", style="dim")
        if self._record.heard:
            legend.append(full, COLOURS["heard"]).append(" heard  ")
        if self._record.refreshes:
            legend.append(self._refresh, REFRESH_COLOUR).append(" refresh  ")
        return legend.append(f"height: depth of {self._layers} layers")

    def _figures(self) -> str:
        record, parts = self._record, [f"{len(self._record.tokens)} tokens"]
        first, last = record.tokens[0], record.tokens[-1]
        if last.at > first.at:
            parts.append(f"{(len(record.tokens) - 1) / (last.at - first.at):.0f} tokens/s")
        parts.append(f"mean depth {record.mean_depth:.1f}")
        if record.accepted or record.rejected:
            parts.append(f"{record.accepted} drafts kept, {record.rejected_drafts} not")
        return " · ".join([*parts, f"{record.audio_seconds:.1f} s of speech"])


def summary(stats: TurnStats) -> str:
    """A turn's figures in one line."""
    parts = [
        f"{stats.audio_seconds:.1f} s of speech from {sum(stats.tokens.values())} tokens",
        f"{stats.tokens_per_second:.0f} tokens/s",
        f"mean depth {stats.depth['mean_all']:.1f} of {stats.depth['full']:g}",
    ]
    if stats.refreshes:
        parts.append(f"{stats.refreshes} refreshes")
    if stats.accepted or stats.rejected:
        parts.append(f"{stats.accepted} drafts kept, {stats.rejected} not")
    if stats.prefill.get("heard"):
        parts.append(_prefill(stats.prefill))
    if stats.seconds.get("first_token") is not None:
        parts.append(f"first token after {stats.seconds['first_token']:.2f} s")
    if stats.seconds.get("first_audio") is not None:
        parts.append(f"first audio after {stats.seconds['first_audio']:.2f} s")
    if stats.real_time_factor is not None:
        parts.append(f"real-time factor {stats.real_time_factor:.2f}")
    return " · ".join([*parts, stats.schedule, *(() if stats.pooling == "none" else (stats.pooling,))])


def _prefill(cost: Mapping[str, int]) -> str:
    """What became of the question's speech, and what that saved."""
    if cost["deep"] == cost["heard"]:
        return f"{cost['heard']} positions heard"
    flops = cost["flops"] / cost["flops_unpooled"]
    return (
        f"{cost['heard']} positions heard, {cost['input']} kept, {cost['deep']} in the top layer "
        f"({flops:.0%} of the prefill's operations)"
    )
