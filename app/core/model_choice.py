"""Which model answers: asked for on the Models page or in the settings, and the one before it when it cannot be loaded."""

from __future__ import annotations

from collections.abc import Callable

from app.core.conversation import Conversation
from app.engine_client.channel import EngineThread
from app.engine_client.commands import LoadFailed, Loading, Ready, Report
from app.pages.models.page import ModelsPage
from app.settings.settings import Settings

KEY = "engine.model"


class ModelChoice:
    """Another model begins a session of its own: `begin_session` is called before it is loaded."""

    def __init__(
        self,
        engine: EngineThread,
        settings: Settings,
        conversation: Conversation,
        page: ModelsPage,
        begin_session: Callable[[], None],
    ) -> None:
        self._engine, self._settings, self._conversation, self._page = engine, settings, conversation, page
        self._begin_session = begin_session
        self._asked, self._good, self._failure = settings.get(KEY), "", ""
        page.use_requested.connect(self.use)
        engine.load(self._asked)

    def use(self, model: str) -> None:
        """Loads a model by name or folder, also the one that was asked for last."""
        self._asked = model
        self._begin_session()
        self._engine.load(model)

    def follow(self, model: str) -> None:
        """The settings name that model."""
        if model != self._asked:
            self.use(model)

    def take(self, report: Report) -> None:
        """What the engine says about a model."""
        match report:
            case Loading(name):
                self._page.set_loading(name)
            case LoadFailed(message):
                self._page.show_error(message)
                if self._good and self._asked != self._good:
                    self._failure = message
                    self.use(self._good)
            case Ready(model):
                self._good = self._asked
                if self._settings.get(KEY) != self._good:
                    self._settings.set(KEY, self._good)
                self._page.set_model(model)
                if self._failure:
                    self._page.show_error(self._failure)
                    self._conversation.notice, self._failure = self._failure, ""
