"""What the engine has reported: its model, and the turns of the conversation."""

from __future__ import annotations

from app.core.turn import ChatTurn
from app.engine_client.commands import Dropped, Ended, LoadFailed, Loading, ModelFacts, Ready, Replying, Report


class Transcript:
    def __init__(self) -> None:
        self.turns: list[ChatTurn] = []
        self.let_go = 0
        """How many turns came before those: they are in the library only."""
        self.model: ModelFacts | None = None
        self.loading = ""
        """The name of the model that is being loaded."""
        self.load_error = ""
        """Why there is none, as a sentence."""

    @property
    def next_place(self) -> int:
        """Which turn of the session the next one will be, from 1."""
        return self.let_go + len(self.turns) + 1

    @property
    def last(self) -> ChatTurn | None:
        return self.turns[-1] if self.turns else None

    def keep_newest(self, count: int) -> None:
        """Lets go of all but the newest turns: a long conversation must not fill the memory with its sounds."""
        gone = max(0, len(self.turns) - count)
        del self.turns[:gone]
        self.let_go += gone

    def clear(self) -> None:
        """Begins anew, without turns."""
        self.turns.clear()
        self.let_go = 0

    def find(self, number: int) -> ChatTurn | None:
        """The turn with that number that is not over."""
        return next((turn for turn in reversed(self.turns) if turn.number == number and not turn.is_over), None)

    def take(self, report: Report) -> str:
        """Notes what became of the turn it is about; returns a sentence if that one has failed. Others' are passed over."""
        match report:
            case Loading(name):
                self.loading, self.load_error, self.model = name, "", None
            case Ready(model):
                self.loading, self.model = "", model
            case LoadFailed(message):
                self.loading, self.load_error = "", message
            case Replying(number, record) if turn := self.find(number):
                turn.record = record
            case Ended(number, record) if turn := self.find(number):
                turn.end(record)
                return record.message
            case Dropped(number) if turn := self.find(number):
                turn.end()
        return ""
