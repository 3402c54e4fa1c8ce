"""A turn as it happens, in a terminal: what was heard, the reply, and the depth of every token."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group
from rich.text import Text as Line

from engine.events import Audio, Drafts, Event, Listened, Text, Token, TurnStats

# Colours of Okabe and Ito that stand out on dark and light ground, told apart by every kind of colour vision.
COLOURS = {"heard": "#009E73", "text": "#E69F00", "speech": "#56B4E9", "control": "bright_black"}  # as in the window
REFRESH_COLOUR = "#CC79A7"
_STRIP_ROWS = 6


class TurnView:
    """Fed with a turn's events, renders itself; `layers` is the depth of a full step."""

    def __init__(self, layers: int, console: Console):
        self._layers, self._console = layers, console
        unicode = (console.encoding or "").lower().startswith("utf")
        self._bars, self._refresh = ("▁▂▃▄▅▆▇█", "┃") if unicode else ("12345678", "|")
        self._words = {"heard": "", "text": ""}
        self._tokens: list[Token] = []
        self._status = "Listening…"
        self._audio_seconds = 0.0
        self._accepted = self._rejected = 0
        self.whole = False  # show the whole strip, not its last rows

    def watch(self, event: Event) -> None:
        """Takes one event in."""
        match event:
            case Listened():
                self._status = "Thinking…"
            case Token():
                self._tokens.append(event)
            case Text(kind, text) if kind in self._words:
                self._words[kind] += text
            case Audio(samples, rate):
                self._audio_seconds += len(samples) / rate
            case Drafts(accepted, rejected):
                self._accepted += accepted
                self._rejected += len(rejected)

    def __rich__(self) -> Group:
        lines = []
        if self._words["heard"]:
            lines.append(Line.assemble(("Heard  ", "bold"), (self._words["heard"].strip(), COLOURS["heard"])))
        if self._words["text"]:
            lines.append(Line.assemble(("Reply  ", "bold"), self._words["text"].strip()))
        if not self._tokens:
            return Group(*lines, Line(self._status, style="dim"))
        return Group(*lines, self._strip(), self._legend(), Line(self._figures(), style="dim"))

    def _strip(self) -> Line:
        shown = self._tokens if self.whole else self._tokens[-_STRIP_ROWS * max(1, self._console.width - 1) :]
        strip = Line(overflow="fold")
        for token in shown:
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
        if self._words["heard"]:
            legend.append(full, COLOURS["heard"]).append(" heard  ")
        if any(token.refresh for token in self._tokens):
            legend.append(self._refresh, REFRESH_COLOUR).append(" refresh  ")
        return legend.append(f"height: depth of {self._layers} layers")

    def _figures(self) -> str:
        first, last = self._tokens[0], self._tokens[-1]
        depth = sum(token.depth for token in self._tokens) / len(self._tokens)
        parts = [f"{len(self._tokens)} tokens"]
        if last.at > first.at:
            parts.append(f"{(len(self._tokens) - 1) / (last.at - first.at):.0f} tokens/s")
        parts.append(f"mean depth {depth:.1f}")
        if self._accepted or self._rejected:
            parts.append(f"{self._accepted} drafts kept, {self._rejected} not")
        return " · ".join([*parts, f"{self._audio_seconds:.1f} s of speech"])


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
