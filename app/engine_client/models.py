"""The models that the engine holds: the conversation's, and for renders at most one more beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.engine_client import memory as engine_memory
from app.engine_client.commands import Known, ModelFacts, NoModel, Report, Unusable
from engine.log import explain
from engine.worker_thread import NoThread, Thread

if TYPE_CHECKING:  # it brings torch along, which takes a second or more: imported on the engine's threads
    from engine.models.spoken_lm import SpokenLM

Loader = Callable[[str], "SpokenLM"]


def load_by_name(name: str) -> SpokenLM:
    """A model by its name or folder. Raises what `engine.models.load` raises."""
    from engine.models import load

    return load(name)


def facts_of(model: SpokenLM) -> ModelFacts:
    """What the screen needs to know of a loaded model."""
    from engine.lm.heads import are_trained
    from engine.models.abilities import abilities
    from engine.models.spoken_lm import ManySided

    can = abilities(model.name)
    return ModelFacts(
        model.name,
        str(model.folder),
        model.decoder.config.layers,
        tuple(sorted(model.exit_heads)),
        model.chunk_length,
        model.speech_rate,
        model.context,
        engine_memory.weights_bytes(model),
        engine_memory.kv_bytes_per_position(model.decoder),
        (model.sampling.temperature, model.sampling.top_p),
        are_trained(model.exit_heads),
        can.sentence,
        can.examples,
        model.decoder.runs_by,
        model.decoder.frame_shape,
        model.mode if isinstance(model, ManySided) else "",
    )


class SecondModel:
    """One model more than the conversation's. It is loaded on a thread of its own, so that the conversation goes on.

    All methods belong to the engine's thread. `Known` or `Unusable` tells what came of every loading.
    """

    def __init__(self, load: Loader, report: Callable[[Report], None]) -> None:
        self._load, self._report = load, report
        self._loading: _Loading | None = None

    def is_settled(self, name: str) -> bool:
        """Whether it is known if there will be this model; if not, it is loaded, and any other one is let go first."""
        loading = self._loading
        if loading is not None and not loading.is_over:
            loading.is_wanted = loading.name == name
            return False
        if loading is None or loading.name != name or not loading.is_wanted or loading.outcome is None:
            self._loading = loading = None  # two in memory are enough
            self._loading = _Loading(name, self._load)
            return False
        if not loading.was_told:
            loading.was_told = True
            if isinstance(loading.outcome, BaseException):
                self._report(Unusable(name, explain(loading.outcome)))
            else:
                self._report(Known(name, facts_of(loading.outcome)))
        return True

    def get(self, name: str) -> SpokenLM:
        """The model, once it is settled. Raises what loading it raised."""
        loading = self._loading
        if loading is None or loading.outcome is None:
            raise NoModel(f"The model {name} is not loaded.")
        if isinstance(loading.outcome, BaseException):
            loading.is_wanted = False  # the next one who asks tries again
            raise loading.outcome
        return loading.outcome

    def let_go(self) -> None:
        """There need be no other model any more."""
        if self._loading is not None:
            self._loading.is_wanted = False
            if self._loading.is_over:
                self._loading = None


class _Loading:
    def __init__(self, name: str, load: Loader) -> None:
        self.name, self.was_told, self.is_wanted = name, False, True
        self.outcome: SpokenLM | BaseException | None = None
        """What came of it once `is_over`; None: nobody wanted it any more."""
        self._thread = Thread(lambda: self._run(load), "model")
        try:
            self._thread.start()
        except NoThread as error:
            self.outcome = error

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def _run(self, load: Loader) -> None:
        try:
            self.outcome = load(self.name)
        except BaseException as error:  # whatever it is, it is told of that model, and the others go on
            self.outcome = error
        if not self.is_wanted:
            self.outcome = None  # memory that nobody asks for any more
