"""`refrain gpu ...`: whether the graphics card is used and why not, and the pack of libraries that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine import installed
from engine.cli.options import JsonOption, VerboseOption
from engine.cli.output import complain, in_sentences, print_json, status

if TYPE_CHECKING:
    from engine.gpu.getting import PackJob
    from engine.gpu.pack import Pack
    from engine.gpu.packs import Packs
    from engine.gpu.standing import Standing

app = typer.Typer(help="The graphics card, and the pack of libraries that it needs.", no_args_is_help=True)

ListOption = Annotated[
    Path | None, typer.Option("--list", help="A list of wheels of your own, instead of the one that ships (see resources/gpu).")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
TRUST = "The wheels of this list are programs, which will run as you do: use only a list of somebody whom you trust."


@app.command("status")
def show_status(as_json: JsonOption = False, verbose: VerboseOption = False) -> None:
    """Says whether the graphics card is used, and the exact reason where it is not."""
    with in_sentences(verbose):
        found = _look()
        if as_json:
            print_json(_as_json(found))
            return
        print(found.sentence)
        if found.here is not None:
            from engine.gpu.trial import in_words

            print(f"{found.here.title}: {_size(found.here.bytes)} in {found.here.folder}. {in_words(found.here.trial)}".strip())
        if found.can_get and found.pack is not None:
            rest = f", of which {_size(found.arrived)} are here" if found.arrived else ""
            print(f"{_about(found.pack)}{rest}. To get it, type: {installed.command('gpu get')}")
        if found.can_use:
            print(f"To check it and use it again, type: {installed.command('gpu check')}")


@app.command("get")
def get_pack(
    listed: ListOption = None,
    anew: Annotated[bool, typer.Option("--anew", help="Delete what has arrived of it, and begin anew.")] = False,
    yes: YesOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Downloads the pack, or goes on with it; checks, unpacks and tries it. Says size and licence and asks before."""
    with in_sentences(verbose):
        from engine.cli.watching import Stopped
        from engine.gpu.getting import PackDownload, arrived_bytes, forget_download

        pack, packs = _wanted(listed)
        if not yes:
            _ask(pack, f"About {_size(pack.download_bytes)} from {pack.host}, into {packs.folder}", listed, "Download it?")
        if anew:
            forget_download(packs, pack)
        again = installed.command("gpu get") + (f' --list "{listed}"' if listed else "")
        try:
            _do(PackDownload(pack, packs), again)
        except Stopped as error:
            rest = f" To go on: {again}" if arrived_bytes(packs, pack) else ""
            raise ValueError(f"{error}{rest}") from error


@app.command("use")
def use_folder(
    folder: Annotated[Path, typer.Argument(help="A folder or stick that holds the pack's wheels.")],
    listed: ListOption = None,
    yes: YesOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Takes the pack from a folder that holds its wheels: no network is needed."""
    with in_sentences(verbose):
        from engine.gpu.getting import PackDownload

        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            raise ValueError(f"There is no folder {folder}.")
        pack, packs = _wanted(listed)
        if not yes:
            _ask(pack, f"{len(pack.wheels)} wheels from {folder}, unpacked into {packs.folder}", listed, "Use them?")
        _do(PackDownload(pack, packs, folder), installed.command(f'gpu use "{folder}"'))


@app.command("check")
def check_pack(verbose: VerboseOption = False) -> None:
    """Reads every byte of the pack that is here, tries it, and uses it again if it works."""
    with in_sentences(verbose):
        from engine.gpu.getting import PackCheck

        found = _look()
        if found.here is None:
            raise ValueError(f"There is no GPU pack here. {found.sentence}")
        _do(PackCheck(found.here.id, _packs()), installed.command("gpu check"))


@app.command("off")
def switch_off(verbose: VerboseOption = False) -> None:
    """Stops using the pack from the next start on; its files stay."""
    with in_sentences(verbose):
        from engine.gpu.state import State

        packs = _packs()
        packs.set_state(State())
        print(f"The GPU pack is not used any more. To use it again, type: {installed.command('gpu check')}")


@app.command("remove")
def remove(verbose: VerboseOption = False) -> None:
    """Stops using the pack and deletes it, with what has arrived of an unfinished download."""
    with in_sentences(verbose):
        packs = _packs()
        gone = packs.clear()
        print(f"Deleted: {_size(gone)} are free again." if gone else "There was no GPU pack here.")


def _packs() -> Packs:
    from engine.gpu.packs import Packs

    return Packs()


def _look() -> Standing:
    with status("Looking at this computer…"):
        from engine.gpu import standing

        return standing.look()


def _wanted(listed: Path | None) -> tuple[Pack, Packs]:
    """What to get. Raises `ValueError` with a sentence where there is nothing that would help."""
    from engine.gpu import pack as lists

    if listed is not None:
        pack = lists.read(listed.expanduser())
        if (pack.python, pack.platform) != lists.here():
            raise ValueError(f"{listed} is a list for {pack.python} on {pack.platform}, but this is {' on '.join(lists.here())}.")
        return pack, _packs()
    found = _look()
    if found.pack is None or not found.can_get:
        raise ValueError(found.sentence)
    return found.pack, _packs()


def _ask(pack: Pack, what: str, listed: Path | None, question: str) -> None:
    """Ends the program unless the user agrees."""
    print(f"{pack.name}, of torch {pack.torch}: {what}; {_size(pack.unpacked_bytes)} unpacked.")
    print(f"Licence: {pack.licence}. {pack.licence_note} {pack.page}")
    if listed is not None:
        print(TRUST)
    try:
        agreed = typer.confirm(question)
    except typer.Abort:
        agreed = False
    if not agreed:
        complain("Nothing was done: answer y, or give --yes.")
        raise typer.Exit(1)


def _do(job: PackJob, again: str) -> None:
    from engine.cli.watching import watch

    print(watch(job, again))


def _about(pack: Pack) -> str:
    return f"{pack.name}: {_size(pack.download_bytes)} to download, {_size(pack.unpacked_bytes)} unpacked"


def _as_json(found: Standing) -> dict[str, Any]:
    """With the addresses of the wheels, for somebody who fetches them for a computer without a network."""
    machine, pack, here = found.machine, found.pack, found.here
    told = ("id", "name", "torch", "runtime", "driver", "download_bytes", "unpacked_bytes")
    return {
        "sentence": found.sentence,
        "used": found.is_used,
        "cards": [{"vendor": card.vendor, "name": card.name} for card in machine.cards],
        "driver": machine.driver,
        "cuda": ".".join(map(str, machine.cuda.version)) if machine.cuda.version != (0, 0) else "",
        "devices": [{"name": one.name, "memory": one.memory, "capability": list(one.capability)} for one in machine.cuda.devices],
        "here": None if here is None else {"name": here.id, "folder": str(here.folder), "bytes": here.bytes, "trial": here.trial},
        "pack": None if pack is None else {
            **{key: getattr(pack, key) for key in told},
            "wheels": [{key: getattr(one, key) for key in ("file", "url", "size", "sha256", "licence")} for one in pack.wheels],
        },
    }  # fmt: skip


def _size(count: int) -> str:
    from engine.models.store.words import size

    return size(count)
