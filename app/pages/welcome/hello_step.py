"""The first step: what this is, and who will answer."""

from __future__ import annotations

from app.core.conversation import Conversation
from app.engine_client.commands import ModelFacts
from app.pages.welcome.licence import licence_of
from app.pages.welcome.step import IconSentence, WelcomeStep

WHAT = (
    "Talk with a language model that hears and speaks by itself. "
    "Refrain shows, token by token, how deep it thinks, and lets you hear what that changes."
)
OFFLINE = "Everything stays on this machine: no account, no connection. What you say is kept in your own library only."


class HelloStep(WelcomeStep):
    def __init__(self, conversation: Conversation) -> None:
        super().__init__("talk", "Welcome to Refrain", WHAT)
        self._conversation = conversation
        self._shown: ModelFacts | None = None
        self.model = IconSentence("models")
        self.licence = IconSentence("check")
        self.body.setSpacing(16)
        self.body.addWidget(self.model)
        self.body.addWidget(self.licence)
        self.body.addWidget(IconSentence("folder", OFFLINE))
        self.licence.hide()
        self.tick()

    def tick(self) -> None:
        model, error = self._conversation.model, self._conversation.transcript.load_error
        if model is None:
            self.licence.hide()
            waiting = "The model is being loaded; you can go on meanwhile."
            self.model.show_fact("warning" if error else "models", error or waiting, "danger" if error else "muted")
        elif model is not self._shown:
            self.model.show_fact("models", _introduced(model))
            licence = licence_of(model.folder)
            self.licence.show_fact("check", f"Its licence: {licence}")
            self.licence.setVisible(bool(licence))
        self._shown = model


def _introduced(model: ModelFacts) -> str:
    exits = model.exit_layers
    early = "no early exits"
    if exits:
        is_range = len(exits) > 2 and list(exits) == list(range(exits[0], exits[-1] + 1))
        early = "early exits after layer " + (f"{exits[0]} to {exits[-1]}" if is_range else ", ".join(map(str, exits)))
    return f"The model {model.name.capitalize()} is ready: {model.layers} layers, {early}."
