"""The conversation as the window shows it: intents in, turns and state out. No widgets, no engine objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.audio.capture import Echo
from app.audio.gain import factor
from app.audio.sound import Sound
from app.core.hands_free import HandsFree
from app.core.question import LiveQuestion
from app.core.replay import Replay
from app.core.reply_options import ReplyOptions, ReplySettings, settings_of
from app.core.snapshot import snapshot_of
from app.core.sound_files import SoundFiles
from app.core.speaking import Speaking
from app.core.status import EndsBy, Status, resumed_sentence, silent_sentence, status_of
from app.core.transcript import Transcript
from app.core.turn import ChatTurn
from app.engine_client.channel import EngineThread
from app.engine_client.commands import Ended, ModelFacts, Report, Resumed
from app.storage.past import PastTurn, as_earlier, to_remember
from engine.audio_files import OF_FILES, Recording
from engine.events import Note
from engine.log import keep_words_out

TAP_SECONDS = 0.3  # pressed for less than this is a tap
Recorded = np.ndarray | Sequence[np.ndarray]


class Conversation(ReplyOptions):
    """Joins microphone, engine and speaker. `tick` is called at display rate; everything else is an intent."""

    def __init__(self, engine: EngineThread, sound: Sound, schedule: str = "full") -> None:
        super().__init__(schedule)
        self._engine, self._sound = engine, sound
        self.muted = False
        self.volume = 100
        """How loud the speaker is, in percent."""
        self.speaker_muted = False
        self.transcript = Transcript()
        self.notice = ""
        """A sentence about the last thing that went wrong; the next intent clears it."""
        self.hint = ""
        """A sentence about what did not happen, and is no fault."""
        self.written: Path | None = None
        """What was exported last; the next intent clears it."""
        self.question: LiveQuestion | None = None
        """The question that is being recorded."""
        self.is_private = False
        """Whether nothing of this conversation is written down."""
        self.is_resuming = False
        """Whether the engine reads an earlier session, to remember it."""
        self.records_elsewhere = False
        """Whether what is said now is meant for another page, and no question of this conversation."""
        self._hands_free = HandsFree(sound.voice, sound.capture)
        self._speaking = Speaking(sound)
        self.files = SoundFiles(self._ask_file)

    # --- what is to be seen -------------------------------------------------------------------------------------------

    @property
    def turns(self) -> list[ChatTurn]:
        return self.transcript.turns

    @property
    def last(self) -> ChatTurn | None:
        return self.transcript.last

    @property
    def model(self) -> ModelFacts | None:
        return self.transcript.model

    @property
    def hands_free(self) -> bool:
        return self._hands_free.is_on

    @property
    def headphones(self) -> bool:
        return self._sound.capture.echo == "headphones"

    @property
    def recording(self) -> int | None:
        """The turn whose question is being recorded."""
        return self.question.turn if self.question else None

    @property
    def replay(self) -> Replay | None:
        """What is played once more."""
        return self._speaking.replay

    @property
    def is_busy(self) -> bool:
        """Whether there is something that `stop` would stop."""
        return self.question is not None or self.is_replying or self.is_sounding

    @property
    def is_replying(self) -> bool:
        """Whether the engine makes a reply."""
        return self.last is not None and not self.last.is_over

    @property
    def is_sounding(self) -> bool:
        """Whether some sound has yet to leave the speaker."""
        return self._speaking.is_sounding

    def status(self) -> Status:
        """The state, derived from what was seen."""
        return status_of(snapshot_of(self, self._sound))

    # --- intents: a question ------------------------------------------------------------------------------------------

    def press(self) -> None:
        """The button goes down: a question begins, or the one under way is complete."""
        if self.question is None:
            self._listen("lift")
        else:
            self.finish()

    def lift(self, held: float | None = None) -> None:
        """The button comes up after `held` seconds (None: since the question began).

        After a tap the question goes on until the next press, otherwise it is complete.
        """
        if self.question is not None and self.question.ends_by == "lift":
            if (self.question.age if held is None else held) < TAP_SECONDS:
                self.question.ends_by = "tap"
            else:
                self.finish()

    def finish(self) -> None:
        """The question under way is complete."""
        if self.question is None:
            return
        if self.question.is_slip:
            self._forget_question("That was too short for a question.")
        else:
            self.question.finish()

    def ask(self, text: str, how: ReplySettings | None = None) -> None:
        """A typed question; `how` None is as chosen."""
        text, how = text.strip(), how or self.how
        if text:
            self.stop()
            number, place = self._engine.coming, self.transcript.next_place
            self._open(ChatTurn(number, how.schedule, False, typed=text, seed=how.seed, sampling=how.sampling, place=place))
            self._engine.ask(text, how.schedule, seed=how.seed, sampling=how.sampling)

    def ask_aloud(
        self, samples: Recorded, rate: int, how: ReplySettings | None = None, source: str = "", notes: tuple[Note, ...] = ()
    ) -> None:
        """A question that was recorded before: mono float32 at `rate` Hz, whole or in pieces; `how` None is as chosen.

        `source` is the name of the file it came from, `notes` what was found out while reading it.
        """
        pieces = [samples] if isinstance(samples, np.ndarray) else list(samples)
        how = how or self.how
        self.stop()
        number = self._engine.begin(how.schedule, how.seed, how.pooling, source, notes)
        for piece in pieces:
            self._engine.feed(number, piece, rate)
        self._reply(number, how, pieces, rate, source, notes)

    def ask_files(self, paths: Sequence[Path]) -> None:
        """Sound files as questions, made as chosen, one after another."""
        self.stop()
        self.files.add(paths)

    def _ask_file(self, recording: Recording, name: str) -> None:
        samples, rate = recording.sound
        pieces = [samples[start : start + rate] for start in range(0, len(samples), rate)]  # it can be stopped at each
        self.ask_aloud(pieces, rate, source=name, notes=recording.notes)

    def ask_again(self, turn: ChatTurn, how: ReplySettings) -> None:
        """The question of any turn, also one of another session, as a new turn of this conversation."""
        if turn.spoken and turn.question_samples:
            known = tuple(note for note in turn.notes if note.code in OF_FILES)
            self.ask_aloud(turn.question_samples, turn.question_rate, how, turn.source, known)
        else:
            self.ask(turn.heard, how)

    def insist(self, turn: ChatTurn) -> None:
        """The question of a turn in which nobody spoke is answered all the same."""
        self.ask_again(turn, replace(settings_of(turn), needs_voice=False))

    def regenerate(self, turn: ChatTurn, seed: int | None = None) -> None:
        """The question of any turn again, made as that turn was, or with another `seed`.

        If it is the last one of this conversation, the new reply takes the old one's place in what the model remembers.
        """
        self.stop()
        last = self.last
        if last is not None and turn is last and not last.has_failed:
            self._engine.take_back(last.number)
        how = settings_of(turn)
        self.ask_again(turn, how if seed is None else replace(how, seed=seed))

    # --- intents: everything else -------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Silence, and no more tokens; what was heard of the reply is what is remembered."""
        dropped = self.files.drop()
        self._clear()
        if dropped:
            self.hint = "The sound file was not asked." if dropped == 1 else f"{dropped} sound files were not asked."
        if self.question is not None:
            self._forget_question()
        if self.is_replying:
            self._engine.cancel()
        self._remember(self._speaking.stop())

    def begin_again(self, private: bool = False) -> None:
        """A fresh conversation: nothing of this one is remembered. Of a `private` one nothing is written down."""
        self.stop()
        self.is_private = private
        if private:
            keep_words_out(True)  # at once; the engine lifts it when it has come to another conversation
        self.is_resuming = False
        self.transcript.clear()
        self._engine.begin_again(private)

    def resume(self, session: str, turns: Sequence[PastTurn], older: int) -> None:
        """Goes on with an earlier session, whose latest `turns` are shown, and which has so many `older` ones.

        The model remembers of it what fits; coming turns are kept in it, and made as chosen now.
        """
        model = self.model
        if model is None or not turns:
            return
        self.stop()
        shown = [replace(turn, number=-turn.place) for turn in turns]  # no number of this run
        self.transcript.clear()
        self.transcript.turns[:], self.transcript.let_go = shown, older
        kept = to_remember(shown)
        last = shown[-1].number if kept and kept[-1] is shown[-1] else 0
        self._engine.resume(session, [as_earlier(turn, model) for turn in kept], last)
        self.is_resuming, self.is_private = True, False

    def play(self, what: tuple[int, str], pieces: Sequence[np.ndarray], rate: int, start: float = 0.0) -> None:
        """Plays sound once more (mono float32 at `rate` Hz, from `start` seconds on); `what` comes back in `replay`."""
        self.stop()
        if self._sound.player is None:
            self.notice = self._sound.output_error or "There is no speaker to play it."
        self._speaking.play(what, pieces, rate, start)

    def act(self, intent: str) -> bool:
        """Does what a status's button says; returns whether that was the conversation's to do."""
        match intent:
            case "talk":
                self._listen("tap")
            case "finish":
                self.finish()
            case "stop":
                self.stop()
            case "unmute":
                self.set_muted(False)
            case "dismiss":
                self._clear()
            case "try_again" if self.last is not None:
                self.ask_again(self.last, settings_of(self.last))
            case "send_anyway" if self.last is not None:
                self.insist(self.last)
            case _:
                return False
        return True

    def set_hands_free(self, on: bool) -> None:
        """Whether a question begins and ends with the voice."""
        self._hands_free.is_on = on
        self._clear()
        if not on and self.question is not None and self.question.ends_by == "voice":
            self._forget_question("Hands-free was switched off, so the question was dropped.")

    def set_muted(self, on: bool) -> None:
        """Whether the microphone is ignored; the reply goes on. A question under way is not asked."""
        self.muted, self.hint = on, ""
        self._sound.set_muted(on)
        if on and self.question is not None:
            self._forget_question("The microphone was muted, so the question was dropped.")

    def set_volume(self, percent: int) -> None:
        """How loud the speaker is, 0 to 100; a muted one is heard again. What is heard of a reply does not depend on it."""
        self.volume, self.speaker_muted = max(0, min(100, percent)), False
        self._sound.set_gain(factor(self.volume))

    def set_speaker_muted(self, on: bool) -> None:
        """Whether the speaker is silent; replies go on all the same."""
        self.speaker_muted = on
        self._sound.set_gain(0.0 if on else factor(self.volume))

    def set_headphones(self, on: bool) -> None:
        """Whether the microphone cannot hear the speaker."""
        self.set_echo("headphones" if on else "automatic")

    def set_echo(self, echo: Echo) -> None:
        """What is done about the microphone that hears the speaker."""
        self._sound.capture.choose(echo)

    # --- display rate -------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Looks at the question that is spoken and at what sounds; what the engine reports comes by `take`."""
        self._remember(self._speaking.follow(self.is_replying))
        self._follow_voice()
        self._follow_question()
        self.notice = self.files.tick(self.is_busy) or self.notice

    def take_level(self) -> float | None:
        """The microphone's loudest sample, 0..1, since the last call; None without a microphone."""
        recorder = self._sound.recorder
        return recorder.take_peak() if recorder is not None else None

    def _listen(self, ends_by: EndsBy, at: int | None = None) -> None:
        """Whatever is going on stops, and a question begins if it can."""
        self.stop()
        sound, recorder = self._sound, self._sound.recorder
        if recorder is None:
            self.notice = sound.input.lost or sound.input_error or "The microphone is not open yet."
        elif self.muted:
            self.hint = "The microphone is muted, so nothing can be asked aloud."
        else:
            self.question = LiveQuestion(self._engine.coming, recorder, ends_by, at, self.pooling)
            sound.capture.listen_to(self.question.take.first)
            self._engine.begin(self.schedule, self.seed, self.pooling, microphone=self.question.take)

    def _follow_voice(self) -> None:
        hands_free, question = self._hands_free, self.question
        if hands_free.problem and hands_free.is_on:
            hands_free.is_on, self.notice = False, hands_free.problem
        by_hand = question is not None and question.ends_by != "voice"
        hands_free.follow(not (self.muted or by_hand or self.records_elsewhere), self.is_replying or self.is_sounding)
        onset = hands_free.onset
        if question is None and onset is not None and onset[0] is self._sound.recorder:
            self._listen("voice", onset[1])
        elif question is not None and not by_hand and onset is None:
            question.finish()

    def _follow_question(self) -> None:
        question, name = self.question, self._sound.input.name
        if question is None:
            return
        question.look_after()
        if question.is_stalled:
            lost = self._sound.input.lost or f"The microphone “{name}” has stopped delivering sound."
            self._forget_question(f"{lost} The question was dropped.")
        elif question.is_complete and question.only_zeros:
            self._forget_question()
            self.notice = silent_sentence(name)
        elif question.is_complete:
            question.close()
            self.question = None
            take = question.take
            self._reply(question.turn, replace(self.how, pooling=question.pooling), take.pieces, take.rate)

    def _reply(
        self, number: int, how: ReplySettings, samples: list[np.ndarray], rate: int, source: str = "",
        notes: tuple[Note, ...] = (),
    ) -> None:  # fmt: skip
        self._open(
            ChatTurn(
                number, how.schedule, True, pooling=how.pooling, seed=how.seed, sampling=how.sampling, question_samples=samples,
                question_rate=rate, place=self.transcript.next_place, source=source, file_notes=notes,
            )
        )  # fmt: skip
        self._engine.reply(number, how.schedule, how.seed, how.sampling, how.needs_voice)

    def _open(self, turn: ChatTurn) -> None:
        """Before the engine is asked: the player takes no sound of a turn that it does not know."""
        self._clear()
        self.turns.append(turn)
        self._speaking.begin(turn)

    def _clear(self) -> None:
        """What was said about the past is said no more."""
        self.notice, self.hint, self.written = "", "", None

    def _forget_question(self, hint: str = "") -> None:
        self._engine.cancel()
        question, self.question = self.question, None
        if question is not None:
            question.close()
        self.hint = hint

    def _remember(self, heard: float | None) -> None:
        """Of a reply that broke off only what was heard; nothing of a failed one."""
        if heard is not None and self.last is not None and not self.last.has_failed:
            self._engine.heard(self.last.number, heard)

    def take(self, report: Report) -> None:
        """Something that the engine reported."""
        if isinstance(report, Resumed) and self.is_resuming:
            self.is_resuming = False
            self.hint = resumed_sentence(report, self.transcript.next_place - 1)
        if isinstance(report, Ended) and report.turn == self.recording:  # it has failed before it was asked
            self._forget_question()
            self.notice = report.record.message
        said = self.transcript.take(report)
        if said and self.last is not None and self.last.record.no_voice:
            self.hint = said  # it is no fault
        else:
            self.notice = said or self.notice
