"""The conversation as the window shows it: intents in, turns and state out. No widgets, no engine objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.audio.sound import Sound
from app.chat.state import Evidence, Status, status_of
from app.engine_thread import Dropped, EngineThread, LoadFailed, Loading, ModelFacts, OfTurn, Ready
from engine.events import (
    Audio,
    Drafts,
    Listened,
    Text,
    Token,
    TurnCancelled,
    TurnFailed,
    TurnFinished,
    TurnStats,
)

TAIL_SECONDS = 0.5  # at most so long a released button waits for what is still inside the device
STALLED_SECONDS = 1.0
SHORTEST_SECONDS = 0.2  # a shorter hold was a slip


@dataclass
class Turn:
    """One question and its reply, as far as they have come."""

    number: int
    schedule: str
    spoken: bool
    heard: str = ""
    text: str = ""
    question_seconds: float = 0.0
    tokens: list[Token] = field(default_factory=list)
    rejected: list[tuple[int, int]] = field(default_factory=list)  # (token index, drafts thrown away before it)
    first_audio: float | None = None
    made_seconds: float = 0.0
    stats: TurnStats | None = None
    is_over: bool = False
    note: str = ""  # a sentence about an early end
    has_failed: bool = False

    @property
    def speech_depth(self) -> float | None:
        """Mean depth of the speech tokens."""
        depths = [token.depth for token in self.tokens if token.kind == "speech"]
        return sum(depths) / len(depths) if depths else None

    @property
    def tokens_per_second(self) -> float | None:
        if self.stats is not None:
            return self.stats.tokens_per_second
        seconds = sum(token.milliseconds for token in self.tokens) / 1000
        return len(self.tokens) / seconds if seconds else None

    def take(self, event) -> None:
        match event:
            case Listened():
                self.question_seconds = event.audio_seconds
            case Token():
                self.tokens.append(event)
            case Drafts() if event.rejected:
                self.rejected.append((len(self.tokens) + event.accepted, len(event.rejected)))
            case Text(kind="heard"):
                self.heard += event.text
            case Text():
                self.text += event.text
            case Audio():
                self.first_audio = event.at if self.first_audio is None else self.first_audio
                self.made_seconds += len(event.samples) / event.sample_rate
            case TurnFinished() | TurnCancelled():
                self.stats, self.is_over = event.stats, True
                limits = " ".join(event.stats.limits)
                self.note = limits if isinstance(event, TurnFinished) else "Stopped."
            case TurnFailed():
                self.note, self.is_over, self.has_failed = event.message, True, True


class Conversation:
    """Joins microphone, engine and speaker. `tick` is called at display rate; everything else is an intent."""

    def __init__(self, engine: EngineThread, sound: Sound, schedule: str = "full") -> None:
        self._engine, self._sound = engine, sound
        self.schedule = schedule
        self.turns: list[Turn] = []
        self.model: ModelFacts | None = None
        self.loading = ""
        self.load_error = ""
        self.notice = ""
        """A sentence about the last thing that went wrong; the next intent clears it."""
        self.recording: int | None = None
        """The turn whose question is being recorded."""
        self._tail_until: float | None = None  # the take's length at which the released button is done

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def is_busy(self) -> bool:
        """Whether there is something that `stop` would stop."""
        return self.recording is not None or self._is_replying or self._is_sounding

    # --- intents ------------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """The button goes down: whatever is going on stops, and a question begins."""
        if self.recording is not None:
            return
        self.stop()
        recorder = self._sound.recorder
        if recorder is None:
            self.notice = self._sound.input_error or "The microphone is not open yet."
            return
        recorder.begin()
        self.recording = self._engine.begin()
        self._tail_until = None

    def release(self) -> None:
        """The button goes up: the question is complete as soon as the device has delivered what was said."""
        recorder = self._sound.recorder
        if self.recording is None or self._tail_until is not None or recorder is None:
            return
        if recorder.seconds < SHORTEST_SECONDS and recorder.silent_for < STALLED_SECONDS:
            self._forget_question("Hold the button while you speak.")
            return
        self._tail_until = recorder.seconds + min(recorder.latency, TAIL_SECONDS)

    def ask(self, text: str) -> None:
        """A typed question."""
        if not text.strip():
            return
        self.stop()
        self._open_turn(self._engine.ask(text, self.schedule), spoken=False, heard=text.strip())

    def stop(self) -> None:
        """Silence, and no more tokens; what was heard of the reply is what is remembered."""
        self.notice = ""
        if self.recording is not None:
            self._forget_question("")
        sounding, player = self._is_sounding, self._sound.player
        if self._is_replying:
            self._engine.cancel()
        if player is not None:
            heard = player.stop()
            if sounding and self.last is not None and not self.last.has_failed:  # a failed turn is not remembered
                self._engine.heard(heard)

    def choose_schedule(self, text: str) -> None:
        """The schedule of the coming turns."""
        self.schedule = text

    # --- display rate -------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Moves sound to the engine and reports to the turns."""
        self._record()
        for report in self._engine.reports():
            self._take(report)

    def status(self) -> Status:
        """The state, derived from what was seen."""
        recorder, player, turn = self._sound.recorder, self._sound.player, self.last
        return status_of(
            Evidence(
                loading=self.loading,
                error=self.load_error or self.notice or (self._lost_microphone() if self.recording else ""),
                recorded_seconds=recorder.seconds if recorder and self.recording is not None else None,
                replying=self._is_replying,
                tokens=len(turn.tokens) if turn else 0,
                sounding=bool(player and player.has_sounded and self._is_sounding),
                waiting_for_sound=self._is_sounding,
                heard_seconds=player.heard_seconds if player else 0.0,
                microphone="" if self._sound.recorder or not self._sound.is_settled else self._sound.input_error,
                speaker="" if self._sound.player or not self._sound.is_settled else self._sound.output_error,
            )
        )

    @property
    def _is_replying(self) -> bool:
        return bool(self.turns) and not self.turns[-1].is_over

    @property
    def _is_sounding(self) -> bool:
        player = self._sound.player
        return player is not None and not player.is_done

    def _lost_microphone(self) -> str:
        recorder = self._sound.recorder
        if recorder is None or recorder.silent_for < STALLED_SECONDS:
            return ""
        return f"The microphone “{recorder.device.name}” has stopped delivering sound. Is it still connected?"

    def _record(self) -> None:
        recorder = self._sound.recorder
        if self.recording is None or recorder is None:
            return
        stalled = recorder.silent_for > STALLED_SECONDS
        samples = recorder.read()
        if len(samples):
            self._engine.feed(self.recording, samples, recorder.rate)
        if self._tail_until is None or (recorder.seconds < self._tail_until and not stalled):
            return
        if stalled:
            self._forget_question(self._lost_microphone())
        elif recorder.only_zeros:
            self._forget_question(
                f"The microphone “{recorder.device.name}” delivered nothing but digital silence: is it muted, or is "
                "Refrain not allowed to use it?"
            )
        else:
            turn, self.recording = self.recording, None
            self._engine.reply(turn, self.schedule)
            self._open_turn(turn, spoken=True)

    def _forget_question(self, notice: str) -> None:
        self._engine.cancel()
        self.recording, self.notice = None, notice

    def _open_turn(self, number: int, spoken: bool, heard: str = "") -> None:
        self.notice = ""
        self.turns.append(Turn(number, self.schedule, spoken, heard))
        if self._sound.player is not None:
            self._sound.player.begin(number)

    def _take(self, report) -> None:
        match report:
            case Loading(name):
                self.loading, self.load_error, self.model = name, "", None
            case Ready(model):
                self.loading, self.model = "", model
            case LoadFailed(message):
                self.loading, self.load_error = "", message
            case OfTurn(number, event):
                if turn := self._turn(number):
                    turn.take(event)
                if isinstance(event, TurnFailed):
                    self._fail(number, event.message)
            case Dropped(number):
                if turn := self._turn(number):
                    turn.is_over, turn.note = True, "Stopped."

    def _fail(self, number: int, message: str) -> None:
        self.notice = message
        if self.recording == number:
            self.recording = None

    def _turn(self, number: int) -> Turn | None:
        return next((turn for turn in reversed(self.turns) if turn.number == number and not turn.is_over), None)
