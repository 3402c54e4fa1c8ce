"""Taking turns and sessions out of the library and bringing them in again."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

import soundfile

from app.library.files import read_json
from app.library.library import LOCK, Library, LibraryError
from app.library.records import SESSION, TURN

Form = Literal["flac", "wav"]


def export_zip(library: Library, sessions: Sequence[str], target: Path, form: Form = "flac") -> None:
    """Everything about `sessions`, with a transcript to read; `import_from` takes it back. Raises `LibraryError`."""
    partial = target.with_name(target.name + ".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for session in sessions:
                folder = library.sessions_folder / session
                archive.writestr(f"{session}/transcript.md", markdown(library, session))
                for path in sorted(folder.rglob("*")):
                    inside = f"{session}/{path.relative_to(folder).as_posix()}"
                    if path.suffix == ".flac" and form == "wav":
                        archive.writestr(inside.removesuffix(".flac") + ".wav", _as_wav(path))
                    elif path.is_file() and path.name != LOCK:
                        archive.write(path, inside)
        partial.replace(target)
    except (OSError, soundfile.LibsndfileError) as error:
        partial.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise LibraryError(f"{target} cannot be written: {why[:1].lower() + why[1:]}.") from error


def markdown(library: Library, session: str) -> str:
    """The session as a text to read, with what each reply cost."""
    folder = library.sessions_folder / session
    info = read_json(folder / SESSION)
    lines = [f"# {info.get('title') or session}", ""]
    for turn in library.turns(session):
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(turn.began))
        lines += [f"**You** ({'spoken' if turn.spoken else 'typed'}, {when}): {turn.heard}", ""]
        how = turn.schedule if turn.pooling == "none" else f"{turn.schedule}, {turn.pooling}"
        lines += [f"**{turn.model.get('name', 'Refrain')}** (`{how}`): {turn.text}", ""]
        if turn.stats:
            depth = turn.stats["depth"]
            figures = f"{turn.stats['tokens_per_second']:.0f} tokens/s, mean speech depth {depth.get('mean_speech', 0):.1f}"
            lines += [f"*{figures} of {depth['full']:.0f} layers*", ""]
        if turn.note:
            lines += [f"*{turn.note}*", ""]
    return "\n".join(lines)


def jsonl(library: Library, session: str) -> str:
    """One turn a line, each with its tokens."""
    lines = []
    for turn in library.turns(session):
        tokens = [vars(token) for token in turn.tokens]
        lines.append(json.dumps({"session": session, **turn.as_json(), "trace": tokens}, ensure_ascii=False))
    return "".join(line + "\n" for line in lines)


def import_from(library: Library, source: Path) -> list[str]:
    """Sessions from a zip or a folder -> the ids that are new; what is there already stays as it is.

    Raises `LibraryError` if nothing in `source` is a session.
    """
    with tempfile.TemporaryDirectory(dir=library.folder, prefix="import-") as place:
        place = Path(place)
        try:
            folder = _unpacked(source, place) if source.is_file() else source
        except (OSError, zipfile.BadZipFile) as error:
            raise LibraryError(f"{source} is not a zip that can be read: {error}") from error
        found = [path.parent for path in [folder / SESSION, *folder.glob(f"*/{SESSION}")] if path.is_file()]
        found = [path for path in found if any(path.glob(f"turns/*/{TURN}"))]
        if not found:
            raise LibraryError(f"There is no session in {source}.")
        new = []
        for session in found:
            target = library.sessions_folder / session.resolve().name
            if target.exists():
                continue
            shutil.copytree(session, place / "copy", ignore=shutil.ignore_patterns(LOCK, "*.partial", "*.pcm"))
            _to_flac(place / "copy")
            (place / "copy").rename(target)
            library.touch(target.name)
            new.append(target.name)
    return new


def _unpacked(source: Path, place: Path) -> Path:
    """Raises `LibraryError` for a zip that would write outside its folder."""
    folder = place / "zip"
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            parts = PurePosixPath(name.replace("\\", "/"))
            if parts.is_absolute() or ".." in parts.parts or ":" in name:
                raise LibraryError(f"{source} was not made by Refrain: it wants to write outside its folder ({name}).")
        archive.extractall(folder)
    return folder


def _to_flac(folder: Path) -> None:
    for path in folder.rglob("*.wav"):
        try:
            samples, rate = soundfile.read(path, dtype="int16")
            soundfile.write(path.with_suffix(".flac"), samples, rate, format="FLAC", subtype="PCM_16")
        except soundfile.LibsndfileError as error:
            raise LibraryError(f"The sound {path.parent.name}/{path.name} cannot be taken over: {error}") from error
        path.unlink()


def _as_wav(path: Path) -> bytes:
    samples, rate = soundfile.read(path, dtype="int16")
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
