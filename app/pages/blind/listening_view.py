"""What the trials of all methods have in common on the screen: something plays, and what goes wrong is said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.audio.devices import AudioError
from app.pages.blind.sounds import Playback, TrialSounds
from app.widgets import theme
from app.widgets.words import Words


class ListeningView(QWidget):
    """Says in `hint` what is to be done next, or what went wrong."""

    def __init__(self, playback: Playback) -> None:
        super().__init__()
        self._playback = playback
        self._heard: TrialSounds | None = None
        self._needed: list[float] = []  # seconds of each clip
        self._since = 0.0
        self._underruns = 0
        self._is_saving = False
        self._problem = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hint = Words(role="muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def refresh(self) -> None:
        """Shows what was heard so far; called at display rate."""

    def silence(self) -> None:
        """Pauses what plays."""
        self._nothing_plays()
        self._try(self._playback.pause)

    def fail(self, sentence: str) -> None:
        """The answer could not be kept: says why, and lets it be confirmed again."""
        self._is_saving = False
        self._say(sentence)
        self.refresh()

    def _nothing_plays(self) -> None:
        """What a view knows of it."""

    @property
    def _gaps(self) -> int:
        """Of the playback since the trial began."""
        return getattr(self._playback, "underruns", 0) - self._underruns

    def _say(self, problem: str) -> None:
        self._problem = problem
        theme.set_role(self.hint, "danger" if problem else "muted")
        self.hint.setText(problem)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except AudioError as error:
            self._nothing_plays()
            self._say(str(error))
