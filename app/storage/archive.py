"""Taking turns and sessions out of the library. No Qt."""

from __future__ import annotations

import io
import json
import shutil
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import soundfile

from app.storage.files import read_sound
from app.storage.index import turn_folders
from app.storage.library import Library, LibraryError
from app.storage.records import QUESTION, REPLY, SESSION, TOKENS, TURN, StoredSession, stats_of
from engine import whole_file

Form = Literal["flac", "wav"]
_FIRST, _LAST = 315_619_200, 4_354_732_800  # the first days of 1980 and the last ones of 2107, in every time zone


def export_zip(library: Library, sessions: Sequence[str], target: Path, form: Form = "flac") -> None:
    """Everything about `sessions` but a turn that still runs, with a transcript to read; `import_from` takes it back.

    Raises `LibraryError`.
    """
    try:
        with whole_file.replacing(target) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for session in sessions:
                _add_text(archive, f"{session}/transcript.md", markdown(library, session))
                for path in _files(library, session):
                    inside = f"{session}/{path.relative_to(library.sessions_folder / session).as_posix()}"
                    if path.suffix == ".flac" and form == "wav":
                        _add_wav(archive, inside.removesuffix(".flac") + ".wav", path)
                    else:
                        with path.open("rb") as source, archive.open(_entry(inside, path), "w") as copy:
                            shutil.copyfileobj(source, copy)
    except (OSError, ValueError) as error:
        raise LibraryError(_why_not(target, error)) from error


def write_text(target: Path, text: str) -> None:
    """A transcript or traces as a file. Raises `LibraryError`."""
    try:
        whole_file.write(target, text.encode())
    except OSError as error:
        raise LibraryError(_why_not(target, error)) from error


def markdown(library: Library, session: str) -> str:
    """The session as a text to read, with what each reply cost."""
    info = StoredSession.read(library.sessions_folder / session)
    lines = [f"# {info.title or session}", ""]
    for turn in library.turns(session):
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(turn.began))
        lines += [f"**You** ({'spoken' if turn.spoken else 'typed'}, {when}): {turn.heard}", ""]
        how = turn.schedule if turn.pooling == "none" else f"{turn.schedule}, {turn.pooling}"
        lines += [f"**{turn.model.get('name', 'Refrain')}** (`{how}`): {turn.text}", ""]
        if stats := stats_of(turn.stats):
            figures = [f"{stats.tokens_per_second:.0f} tokens/s"]
            if "full" in stats.depth:
                figures.append(f"mean speech depth {stats.depth.get('mean_speech', 0):.1f} of {stats.depth['full']:.0f} layers")
            lines += [f"*{', '.join(figures)}*", ""]
        for note in filter(None, (turn.note, turn.problem)):
            lines += [f"*{note}*", ""]
    return "\n".join(lines)


def jsonl(library: Library, session: str) -> str:
    """One turn a line, each with its tokens."""
    lines = []
    for turn in library.turns(session):
        tokens = [vars(token) for token in turn.tokens]
        lines.append(json.dumps({"session": session, **turn.as_json(), "trace": tokens}, ensure_ascii=False))
    return "".join(line + "\n" for line in lines)


def _files(library: Library, session: str) -> list[Path]:
    """What makes the session up; links and whatever else stands there are no part of it."""
    folder = library.sessions_folder / session
    running = {turn.folder for turn in library.turns(session) if turn.state == "running"}
    paths = [folder / SESSION]
    for turn in turn_folders(folder):
        if turn not in running:
            paths += [turn / name for name in (TURN, QUESTION, REPLY, TOKENS)]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def _entry(inside: str, path: Path | None = None) -> zipfile.ZipInfo:
    """A zip knows the years 1980 to 2107; the clock, or a file, may say another."""
    at = path.stat().st_mtime if path is not None else time.time()
    entry = zipfile.ZipInfo(inside, time.localtime(min(max(at, _FIRST), _LAST))[:6])
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return entry


def _add_text(archive: zipfile.ZipFile, inside: str, text: str) -> None:
    archive.writestr(_entry(inside), text.encode("utf-8", "replace"))


def _add_wav(archive: zipfile.ZipFile, inside: str, path: Path) -> None:
    """Raises `ValueError` with a sentence for a damaged one."""
    try:
        sound = read_sound(path, "int16")
    except ValueError as error:
        raise ValueError(f"{path.parent.name}/{error} Without WAV sounds the session can be exported as it is.") from error
    if sound is None:
        return
    wav = io.BytesIO()
    soundfile.write(wav, *sound, format="WAV", subtype="PCM_16")
    archive.writestr(_entry(inside), wav.getvalue())


def _why_not(target: Path, error: Exception) -> str:
    why = (getattr(error, "strerror", None) or str(error)).rstrip(".")
    return f"{target} cannot be written: {why[:1].lower() + why[1:]}."
