"""What is seen of a conversation at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.audio.sound import Sound
from app.core.status import Snapshot
from app.pages.diagnostics.places import short

if TYPE_CHECKING:
    from app.core.conversation import Conversation


def snapshot_of(conversation: Conversation, sound: Sound) -> Snapshot:
    """Looks at samples, tokens and devices; a question that is under way, or a reply, hides what it does not need."""
    question, turn = conversation.question, conversation.last
    recorder, player = sound.recorder, sound.player
    needs_microphone = not (conversation.is_replying or conversation.is_sounding)
    lost = sound.output.lost or (needs_microphone and (sound.input.lost or sound.hung)) or ""
    return Snapshot(
        loading=conversation.transcript.loading,
        resuming=conversation.is_resuming,
        load_error=conversation.transcript.load_error,
        error=conversation.notice,
        can_try_again=bool(turn and turn.has_failed and turn.note == conversation.notice),
        can_insist=bool(turn and turn.record.no_voice and turn.note == conversation.hint),
        hint=conversation.files.sentence or conversation.hint,
        written=short(conversation.written) if conversation.written else "",
        lost=lost,
        recorded_seconds=question.seconds if question else None,
        ends_by=question.ends_by if question else "lift",
        zeros_seconds=recorder.digital_silence if recorder and not conversation.muted else 0.0,
        replying=conversation.is_replying,
        tokens=len(turn.record.tokens) if turn else 0,
        sounding=bool(player and player.has_sounded and conversation.is_sounding),
        waiting_for_sound=conversation.is_sounding,
        heard_seconds=player.heard_seconds if player else 0.0,
        microphone="" if recorder or not sound.is_settled else sound.input_error,
        speaker="" if player or not sound.is_settled else sound.output_error,
        note=sound.input.note or sound.output.note or (sound.capture.problem if conversation.hands_free else ""),
        muted=conversation.muted,
        hands_free=conversation.hands_free,
        microphone_name=sound.input.name,
    )
