"""`refrain models ...`: what there is, whether a folder is whole, downloads, and tiny random models for trying things out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from engine import installed
from engine.cli.options import JsonOption, VerboseOption
from engine.cli.output import complain, in_sentences, print_json, print_table, status

if TYPE_CHECKING:  # they bring torch along
    from engine.models.checkpoints.plan import Need
    from engine.models.inspection import Inspection
    from engine.models.store.catalogue import Released
    from engine.models.store.entries import ModelEntry

app = typer.Typer(help="The models on this machine, and those that can be.", no_args_is_help=True)

_SHOWN = 20  # problems


@app.command("list")
def list_models(as_json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Lists the models that ship, that were added and that can be downloaded."""
    with in_sentences(verbose):
        from engine.models.store.registry import ModelRegistry

        shelf = ModelRegistry()
        names = {folder: name for name, folder in shelf.names().items()}
        listed = [_listed(entry, names) for entry in shelf.entries()]
        if shelf.problem:
            complain(shelf.problem)
        if as_json:
            print_json(listed)
            return
        rows = [
            (one["name"], one["family"], _size(one["bytes"]), one["licence"].split(". ")[0], one["state"]) for one in listed
        ]
        print_table(("Model", "Family", "Size", "Licence", "State"), rows)
        for one in listed:  # in lines of their own, so that a long path can be copied whole
            if one["folder"]:
                print(f"{one['name']}: {one['folder']}")
            if one["problem"]:
                print(f"{one['name']}: {one['problem']}")


@app.command("check")
def check_model(
    folder: Annotated[str, typer.Argument(help="A model's folder or name.")],
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Looks a model's folder through before anything of it is run; the exit code is 0 only if it can be used."""
    with in_sentences(verbose):
        with status("Looking through the folder…"):
            from engine.models import find, inspection

            found = inspection.inspect(find(folder))
        if as_json:
            print_json(inspection.as_json(found))
        else:
            _print_inspection(found)
        if found.problems:
            raise typer.Exit(1)


@app.command("download")
def download_model(
    name: Annotated[str, typer.Argument(help="The model's name (see: models list).")],
    folder: Annotated[Path | None, typer.Option(help="Put it in here; by default beside Refrain's own data.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Delete what has arrived of it, and begin anew.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Downloads a released model, or goes on with it. Says size and licence and asks before."""
    with in_sentences(verbose):
        from engine.cli.watching import Stopped, watch
        from engine.models.folders import check
        from engine.models.store import download
        from engine.models.store.registry import ModelRegistry
        from engine.models.store.unfinished import discard, unfinished_bytes

        shelf, released = ModelRegistry(), _released(name)
        place = (folder.expanduser().absolute() if folder else shelf.downloads) / released.id
        model = place / released.sources[0].folder
        if not unfinished_bytes(place) and not check(model).problem:
            print(f"{released.name} is in {model} already.")
            return
        if not yes:
            _ask(released, place)
        if anew:
            discard(place)
        again = installed.command(f"models download {released.id}") + (f' --folder "{folder}"' if folder else "")
        try:
            watch(download.Download(released, place), again)
        except Stopped as error:
            raise ValueError(f"{error} To go on: {again}") from error
        with status("Looking through the folder…"):
            from engine.models.inspection import inspect

            found = inspect(model)
        if folder and found.facts.family:
            shelf.add(model)
        if found.problems:
            for problem in found.problems:
                complain(problem.sentence)
            print(f"{released.name} is in {model}, but cannot be used as it is.")
            raise typer.Exit(1)
        names = {place: name for name, place in shelf.names().items()}
        ask = installed.command(f'ask --model {names.get(model, model)} --text "Hello"')
        print(f"{released.name} is in {model}. Ask it: {ask}")


@app.command("make-tiny")
def make_tiny(
    family: Annotated[str, typer.Argument(help="glm4voice, lfm2audio or stepaudio2.")],
    out: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
    verbose: VerboseOption = False,
) -> None:
    """Writes a tiny random model in a release's layout, which answers with random words and noise."""
    with in_sentences(verbose):
        with status("Making it…"):
            from engine.models.tiny import make

            make(family, out.expanduser(), seed)
        ask = installed.command(f'ask --model "{out}" --text "Hello"')
        print(f"{out} is ready. Ask it: {ask}")


@app.command("make-voice")
def make_voice(
    recording: Annotated[Path, typer.Argument(help="A sound file with a few seconds of one clean voice.")],
    model: Annotated[Path, typer.Argument(help="Step-Audio-2's folder.")],
    name: Annotated[str, typer.Option(help="The voice's name; by default the recording's file name.")] = "",
    source: Annotated[str, typer.Option(help="Where the recording comes from and what it may be used for.")] = "",
    verbose: VerboseOption = False,
) -> None:
    """Makes a voice for Step-Audio-2 from a recording, and writes it into the model's folder."""
    with in_sentences(verbose):
        with status("Listening to the recording…"):
            from engine.models.stepaudio2.make_voice import write

            path, codes = write(recording.expanduser(), model.expanduser(), name, source)
        print(f"{path}: {codes} codes")


def _listed(entry: ModelEntry, names: dict[Path, str]) -> dict[str, Any]:
    if facts := entry.facts:
        state, family, size = "broken" if entry.problem else "ready", facts.family, facts.disk_bytes
    else:
        assert entry.released is not None  # what is not here can be fetched
        state = "partly here" if entry.unfinished else "not installed"
        family, size = entry.released.family, entry.released.download_bytes
    return {
        "name": names.get(Path(entry.key), entry.key) if entry.is_added else entry.key,
        "family": family,
        "folder": str(facts.folder) if facts is not None else "",
        "bytes": size,
        "megabytes": size / 1e6,
        "licence": entry.licence.rstrip(". "),
        "state": state,
        "problem": entry.problem,
    }


def _print_inspection(found: Inspection) -> None:
    from engine.models.store.words import number, size

    facts, console = found.facts, Console()
    kind = facts.title or "No model that Refrain knows"
    figures = [
        f"{number(facts.parameters)} parameters" if facts.parameters else "",
        f"{size(facts.disk_bytes)} on disk" if facts.disk_bytes else "",
    ]
    print("  ·  ".join(filter(None, (kind, *figures, str(facts.folder)))))
    if found.needs:
        rows = [(one.precision, *(size(part) if part else "-" for part in _parts(one))) for one in found.needs]
        conversation = f"{facts.context:,} positions"
        print_table(("Precision", "Weights", conversation, "Loading", "Ear and voice", "Libraries", "Memory needed"), rows)
    for problem in found.problems[:_SHOWN]:
        console.print(problem.sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    more, count = len(found.problems) - _SHOWN, len(found.problems)
    if more > 0:
        print(f"… and {more} more: --json has them all.")
    problems = "1 problem" if count == 1 else f"{count} problems"
    print(f"It cannot be used: {problems}." if count else "It can be used.")


def _parts(need: Need) -> tuple[int, ...]:
    return need.weights, need.kv, need.loading, need.listener + need.vocoder, need.reserve, need.total


def _released(name: str) -> Released:
    from engine.models.store import catalogue

    listed = catalogue.read()
    for released in listed:
        if name.lower() == released.id.lower():
            return released
    raise ValueError(f"{name} cannot be downloaded: choose one of {', '.join(released.id for released in listed)}.")


def _ask(released: Released, place: Path) -> None:
    """Ends the program unless the user agrees."""
    from engine.models.store.hardware import disk_free
    from engine.models.store.unfinished import unfinished_bytes

    here, free = unfinished_bytes(place), disk_free(place)
    rest = f", of which {_size(here)} are here" if here else ""
    room = f" ({_size(free)} free)" if free else ""
    print(f"{released.name}: about {_size(released.download_bytes)} from {released.host}{rest}, into {place}{room}.")
    print(f"Licence: {released.licence}. {released.licence_note} {released.page}")
    try:
        agreed = typer.confirm("Download it?")
    except typer.Abort:
        agreed = False
    if not agreed:
        complain("Nothing was downloaded: answer y, or give --yes.")
        raise typer.Exit(1)


def _size(count: int) -> str:
    from engine.models.store.words import size

    return size(count)
