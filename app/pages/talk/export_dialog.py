"""Exports a turn: asks where, writes, and lets the state say where it is."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.conversation import Conversation
from app.core.turn import ChatTurn
from app.storage.export_turn import ExportError, export
from app.storage.file_names import name_of_turn
from app.widgets import save_dialog

KINDS = "WAV (*.wav);;FLAC (*.flac);;OGG (*.ogg)"


def export_turn(parent: QWidget, conversation: Conversation, turn: ChatTurn) -> None:
    """A turn of any kind: its sounds and figures."""
    path, _ = save_dialog.ask(parent, "Export turn", name_of_turn(turn), KINDS)
    if path is None:
        return
    try:
        conversation.written = export(turn, path)[0]
    except ExportError as error:
        QMessageBox.warning(parent, "Export turn", str(error))


def show_written(conversation: Conversation) -> None:
    """Opens the folder of what was exported last."""
    if conversation.written is not None and not save_dialog.show_folder(conversation.written):
        conversation.hint = f"No program that shows folders was found. The folder is {conversation.written.parent}."
