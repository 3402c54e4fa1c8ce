"""The engine's side of the door: obeys commands in their order and, while there are none, renders what waits.

When nothing waits any more, it finds out what was to be expected of the renders.
"""

from __future__ import annotations

import logging
import queue
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.engine_client import memory as engine_memory
from app.engine_client.commands import (
    Ask,
    Begin,
    BeginAgain,
    Command,
    Dropped,
    Ended,
    Feed,
    LetGo,
    Load,
    LoadFailed,
    Loading,
    Look,
    Mailbox,
    Memory,
    Microphone,
    ModelFacts,
    NoModel,
    PlayedUntil,
    Ready,
    Render,
    Reply,
    Replying,
    Report,
    Resume,
    Resumed,
    SoundSink,
    TakeBack,
    Unusable,
)
from app.engine_client.models import Loader, SecondModel, facts_of, load_by_name
from app.engine_client.predictions import Predictions
from app.engine_client.renders import Renders, sampling_of
from app.storage.journal import Journal
from engine import threads
from engine.events import Event, TurnFailed
from engine.failures import STOPS
from engine.log import explain, keep_words_out
from engine.models import parted
from engine.turn_record import TurnRecord

if TYPE_CHECKING:  # they bring torch along, which takes a second or more: imported on the engine's thread
    from engine.dialogue import Dialogue, Turn
    from engine.models.spoken_lm import SpokenLM

_log = logging.getLogger(__name__)
LOOK = 0.05  # seconds between two looks at whether a model is loaded
HEAR = 0.02  # and at what a microphone has heard


@dataclass(frozen=True)
class _Hear:
    """What the worker tells itself while a microphone is open and no command comes."""

    turn: int


class _Listening(NamedTuple):
    """The turn whose question is being heard; of one that was recorded before the sound comes in commands."""

    number: int
    turn: Turn
    microphone: Microphone | None


class Worker:
    """All but `cancel_turn` and `renders.cancel` belong to the engine's thread."""

    def __init__(self, mailbox: Mailbox, sound: SoundSink, load: Loader | None, journal: Journal | None, threads: int) -> None:
        self._mailbox, self._sound, self._journal, self._threads = mailbox, sound, journal, threads
        self._loader = load or load_by_name
        self._dialogue: Dialogue | None = None
        self._facts: ModelFacts | None = None
        self._listening: _Listening | None = None
        self._noted: int | None = None  # the turn that the journal knows of
        self._record: TurnRecord | None = None  # of the reply at work
        self._named = ""  # as the model was asked for, without its mode
        self._last: int | None = None  # the turn that the dialogue's last exchange came from
        self._predictions = Predictions(mailbox, self._report)
        self.renders = Renders(mailbox, self._report, self._predictions)
        self._second = SecondModel(self._loader, self._report)
        self._looks: deque[str] = deque()  # models that somebody wants to know about

    def cancel_turn(self) -> None:
        """The question at work ends within one block, the reply within one token. May be called from any thread."""
        dialogue = self._dialogue
        if dialogue is not None:
            dialogue.cancel()

    def run(self) -> None:
        """Works until the command None comes."""
        # The decode loop is Python between short kernels: it must hand the interpreter over often, or the sound
        # callbacks and the screen wait for it.
        sys.setswitchinterval(0.001)
        while (command := self._next()) is not None:
            if not self._mailbox.closing:
                self._run(command)

    def _next(self) -> Command | _Hear | None:
        while True:
            if self._listening is not None and self._listening.microphone is not None:
                try:
                    return self._mailbox.commands.get(timeout=HEAR)
                except queue.Empty:
                    return _Hear(self._listening.number)
            calls = self._mailbox.calls  # before the look at the commands: one that comes after it interrupts
            job = self.renders.first if self._listening is None else None
            wanted = job.model if job is not None else self._looks[0] if self._looks and self._listening is None else ""
            is_settled = not wanted or self._is_settled(wanted)
            model = self._predictions.model if job is None and not wanted and self._listening is None else None
            try:
                if job is None and not wanted:
                    return self._mailbox.commands.get(block=model is None)
                return self._mailbox.commands.get(block=not is_settled, timeout=LOOK)
            except queue.Empty:
                if not is_settled:
                    continue
                if model is not None:
                    self._compute_for(model)
                    self._predictions.work(model, calls)
                    continue
                if job is None:
                    self._looks.popleft()
                    continue
                self.renders.work(self._model_for, calls)
                self._report_memory()

    def _is_settled(self, name: str) -> bool:
        """Whether nothing more will come of loading a model beside the conversation's. Never raises for what the model is."""
        try:
            return self._second.is_settled(name)
        except STOPS:
            raise
        except BaseException as error:
            self._report(Unusable(name, explain(error)))
            return True

    def _model_for(self, name: str) -> SpokenLM:
        """The conversation's model, or the one beside it, which is settled. Raises `NoModel`, or what loading raised."""
        if name:
            model = self._second.get(name)
        elif self._dialogue is not None:
            model = self._dialogue.model
        else:
            raise NoModel("No model is loaded, so nothing can be rendered.")
        self._compute_for(model)
        return model

    def _compute_for(self, model: SpokenLM) -> None:
        threads.use(model.decoder.config, self._threads, spare=1)  # one stays for the screen and the sound

    def _run(self, command: Command | _Hear) -> None:
        turn: int | None = getattr(command, "turn", None)
        if turn is not None and turn <= self._mailbox.cancelled:
            self._abandon()
            if isinstance(command, Reply | Ask):
                self._drop(turn)
            return
        try:
            self._obey(command)
        except STOPS:
            raise
        except BaseException as error:  # whatever it is, a library's panic too, the window must go on and say so
            sentence = explain(error)  # which also logs it
            self._listening = None
            if turn is not None:
                record = self._record or self._begin_reply(turn)
                record.apply(TurnFailed(sentence))
                self._end(turn, record)
            if isinstance(command, Resume):
                self._report(Resumed(problem=sentence))
        if isinstance(command, Load | Reply | Ask | PlayedUntil | TakeBack | Resume | BeginAgain):
            self._report_memory()

    def _obey(self, command: Command | _Hear) -> None:
        if isinstance(command, Load):
            return self._load(command.name)
        if isinstance(command, Render):
            return self.renders.waiting.append(command)
        if isinstance(command, Look):
            return self._looks.append(command.name)
        if isinstance(command, LetGo):
            return self._second.let_go()
        if isinstance(command, BeginAgain):
            return self._begin_again(command.private)
        if isinstance(command, Resume):
            self._begin_resumed(command.session)
        if self._dialogue is None:
            if isinstance(command, PlayedUntil | TakeBack):
                return  # there is nothing to forget
            raise NoModel("No model is loaded, so nobody can answer.")
        self._talk(command, self._dialogue)

    def _talk(self, command: Command | _Hear, dialogue: Dialogue) -> None:
        """Obeys what needs a model."""
        self._compute_for(dialogue.model)  # a render may have been another's
        listening = self._listening
        match command:
            case Begin(turn, schedule, seed, pooling, source, notes, microphone):
                self._note_begin(turn, schedule, seed, pooling, source=source)
                opened = dialogue.open_turn(pooling)
                self._listening = _Listening(turn, opened, microphone)
                opened.spoken.notes += notes
                dialogue.prepare(schedule)  # while the question is spoken
            case Feed(turn, samples, rate):
                if listening is not None and turn == listening.number:
                    self._hear(listening, samples, rate, live=False)
            case _Hear():
                if listening is not None:
                    self._hear_microphone(listening)
            case Reply(turn, schedule, seed, sampling, needs_voice) if listening is not None and turn == listening.number:
                self._hear_microphone(listening)
                spoken, drawn = listening.turn, sampling_of(dialogue.model, sampling)
                self._listening, spoken.needs_voice = None, needs_voice
                self._answer(turn, dialogue, lambda record: spoken.reply(schedule, drawn, seed, record))
            case Ask(turn, text, schedule, seed, sampling):
                self._note_begin(turn, schedule, seed, "none", text)
                dialogue.prepare(schedule)
                drawn = sampling_of(dialogue.model, sampling)
                self._answer(turn, dialogue, lambda record: dialogue.ask(text, schedule, drawn, seed, record))
            case Reply(turn):
                self._drop(turn)  # its question went with the model that heard it
            case PlayedUntil(number, seconds):
                if number == self._last:  # a turn that was dropped must not cut the reply before it
                    heard = dialogue.heard(seconds)
                    self._note(lambda journal: journal.heard(number, dialogue.last_reply_tokens, heard))
            case Resume():
                self._resume(command, dialogue)
            case TakeBack(number):
                if number == self._last:
                    self._last = None
                    dialogue.take_back()
                    self._note(lambda journal: journal.take_back(number))

    def _hear(self, listening: _Listening, samples: np.ndarray, rate: int, live: bool) -> None:
        if len(samples):
            self._note(lambda journal: journal.question(listening.number, samples, rate))
            listening.turn.feed(samples, rate, live)

    def _hear_microphone(self, listening: _Listening) -> None:
        microphone = listening.microphone
        if microphone is not None:
            self._hear(listening, microphone.read(), microphone.rate, live=True)

    def _begin_again(self, private: bool) -> None:
        """Also without a model: the next one must know that nothing is to be kept."""
        self._abandon()
        self._last = None
        if self._dialogue is not None:
            self._dialogue.reset()
        self._note(lambda journal: journal.new_session(private))
        keep_words_out(private)

    def _begin_resumed(self, session: str) -> None:
        """Also without a model: what was private before it is over."""
        self._abandon()
        self._last = None
        self._note(lambda journal: journal.resume(session))
        keep_words_out(False)

    def _resume(self, command: Resume, dialogue: Dialogue) -> None:
        mailbox = self._mailbox
        found = dialogue.remember(command.past, lambda: mailbox.closing or mailbox.conversations != command.conversation)
        self._last = command.last if found.turns else None
        self._report(Resumed(found.turns, found.by_words))

    def _abandon(self) -> None:
        if self._listening is not None:
            number, opened, _ = self._listening
            self._listening = None
            opened.abandon()
            self._note(lambda journal: journal.drop(number))
            self._noted = None

    # --- models -------------------------------------------------------------------------------------------------------

    def _load(self, name: str) -> None:
        self._report(Loading(name))
        self.renders.refuse("Another model was loaded before this was rendered. Render it again.")
        self._abandon()
        self._second.let_go()
        began = time.monotonic()
        before, self._dialogue, self._facts, self._last = self._dialogue, None, None, None
        try:
            from engine.dialogue import Dialogue  # takes a second or more: never on the screen's thread

            model = self._in_mode(before, name)
            before = None  # two in memory would be one too many
            if model is None:
                model = self._loader(name)
            self._compute_for(model)
            self._facts, self._dialogue = facts_of(model), Dialogue(model)
        except STOPS:
            raise
        except BaseException as error:
            self._dialogue = self._facts = None
            self._report(LoadFailed(explain(error)))
            return
        self._named = parted(name)[0]
        self._report(Ready(self._facts, time.monotonic() - began))

    def _in_mode(self, before: Dialogue | None, name: str) -> SpokenLM | None:
        """The model that was loaded, if another mode of it is all that is wanted. Raises as `engine.models.load`."""
        from engine.models.spoken_lm import ManySided

        named, mode = parted(name)
        if before is None or named != self._named or not isinstance(before.model, ManySided):
            return None
        return before.model.in_mode(mode or before.model.modes[0])

    # --- replies ------------------------------------------------------------------------------------------------------

    def _answer(self, turn: int, dialogue: Dialogue, reply: Callable[[TurnRecord], Iterator[Event]]) -> None:
        record, self._last = self._begin_reply(turn), turn
        self._report(Replying(turn, record))
        self._sound.play(turn, record)
        for _ in reply(record):
            if turn <= self._mailbox.cancelled:
                dialogue.cancel()  # again: the first time may have been before the reply began
        if record.state == "failed":
            self._last = None  # nothing of it is remembered
        self._end(turn, record)

    # --- telling ------------------------------------------------------------------------------------------------------

    def _begin_reply(self, turn: int) -> TurnRecord:
        self._record = record = TurnRecord()
        self._note(lambda journal: journal.reply(turn, record))
        return record

    def _end(self, turn: int, record: TurnRecord) -> None:
        """The turn is on disk before the screen hears of its end, for which nobody waits here."""
        self._record = None
        is_noted = turn == self._noted
        if is_noted:
            self._noted = None
        if not (is_noted and self._note(lambda journal: journal.end(turn, lambda: self._report(Ended(turn, record))))):
            self._report(Ended(turn, record))

    def _drop(self, turn: int) -> None:
        if turn == self._noted:
            self._note(lambda journal: journal.drop(turn))
            self._noted = None
        self._report(Dropped(turn))

    def _note_begin(
        self, turn: int, schedule: str, seed: int, pooling: str, text: str | None = None, source: str = ""
    ) -> None:
        self._noted = turn
        if (facts := self._facts) is not None:
            self._note(
                lambda journal: journal.begin(
                    turn, schedule=schedule, pooling=pooling, spoken=text is None, text=text or "", seed=seed, model=facts,
                    source=source,
                )
            )  # fmt: skip

    def _note(self, tell: Callable[[Journal], object]) -> bool:
        """Tells the journal; returns whether it took it."""
        if self._journal is None:
            return False
        try:
            tell(self._journal)
        except STOPS:
            raise
        except BaseException as error:  # a journal says itself what it could not write; a turn never fails for it
            _log.error("The journal failed.", exc_info=error)
            return False
        return True

    def _report_memory(self) -> None:
        dialogue, facts = self._dialogue, self._facts
        if dialogue is None or facts is None:
            return
        whole, peak = dialogue.capacity * facts.kv_bytes_per_position, engine_memory.peak_rss()
        self._report(Memory(dialogue.positions, dialogue.capacity, facts.weights_bytes, dialogue.kv_bytes, whole, peak))

    def _report(self, report: Report) -> None:
        while not self._mailbox.closing:
            try:
                return self._mailbox.reports.put(report, timeout=0.1)
            except queue.Full:
                continue
