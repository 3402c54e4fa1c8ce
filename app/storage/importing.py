"""Bringing sessions into the library: checked, compared with what is there, and only then given their place. No Qt."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import soundfile

from app.storage.files import BLOCK, LARGEST_JSON, MOST_SAMPLES, Lock, check_sound, parse_json, write_json
from app.storage.index import turn_folders
from app.storage.library import LOCK, Library, LibraryError, finish
from app.storage.packed import Found, PackedFile, sessions_in
from app.storage.records import (
    LARGEST_TRACE,
    QUESTION,
    REPLY,
    SESSION,
    TOKENS,
    TURN,
    StoredSession,
    StoredTurn,
)  # fmt: skip
from engine import private, whole_file

MARGIN = 200 << 20  # bytes of the disk that an import leaves free
LARGEST_SOUND = 2 * MOST_SAMPLES + (1 << 16)  # bytes
_LIMITS = {TURN: LARGEST_JSON, TOKENS: LARGEST_TRACE, "words.txt": LARGEST_JSON}
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_log = logging.getLogger(__name__)
Mark = tuple[float, int, bool, int]
Marks = dict[Mark, tuple[str, Path]]
"""What tells the turns of a session from any others -> a digest of what was said, and the turn's folder."""


@dataclass
class Imported:
    """What became of an import, by the ids that the sessions have here."""

    new: list[str] = field(default_factory=list)
    grown: list[str] = field(default_factory=list)
    """Were here, and have more turns or sounds now."""
    known: list[str] = field(default_factory=list)
    """Were here already, with all that came."""
    left_out: list[str] = field(default_factory=list)
    """Sentences about what could not be taken."""

    @property
    def sentence(self) -> str:
        """For the user."""
        if not (self.new or self.grown or self.left_out):
            return "All of it was here already."
        parts = [
            f"{_sessions(self.new)} imported." if self.new else "",
            f"{_sessions(self.grown)} brought up to date." if self.grown else "",
            f"{_sessions(self.known)} here already." if self.known else "",
            " ".join(self.left_out[:2]),
            f"{len(self.left_out) - 2} more such notes are in the log." if len(self.left_out) > 2 else "",
        ]
        return " ".join(filter(None, parts))


def import_from(library: Library, source: Path) -> Imported:
    """Sessions from a zip or a folder. One that is here with the same turns is known by them, whatever its name; what
    cannot be read is left out and said. Raises `LibraryError` if there is nothing to take, or no room.
    """
    done = Imported()
    try:
        with sessions_in(source, library.largest_import) as (found, left_out), library.staging() as place:
            done.left_out += left_out
            found = [one for one in found if one.turns]
            if not found:
                raise LibraryError(" ".join([f"There is no session in {source}.", *left_out[:2]]))
            needed, free = sum(one.size for one in found), shutil.disk_usage(library.folder).free - MARGIN
            if needed > free:
                more = f"{(needed - free) / 1e6:,.0f} MB"
                raise LibraryError(f"There is no room for {source}: make {more} more free. Nothing was taken.")
            private.make_folder(library.sessions_folder)
            created = {info.id: info.created for info in library.sessions()}
            for number, one in enumerate(found):
                _take(library, one, place / str(number), created, done)
    except OSError as error:
        why = "there is no room left" if error.errno == errno.ENOSPC else (error.strerror or str(error)).lower()
        so_far = f" Until then: {done.sentence}" if done.new or done.grown else " Nothing was taken."
        raise LibraryError(f"{source} cannot be imported: {why}.{so_far}") from error
    for sentence in done.left_out:
        _log.warning("Import of %s: %s", source, sentence)
    if not (done.new or done.grown or done.known):
        raise LibraryError(" ".join([f"Nothing in {source} can be taken.", *done.left_out[:2]]))
    return done


def _take(library: Library, found: Found, staged: Path, created: dict[str, float], done: Imported) -> None:
    """`created` are the sessions here and their times. Raises `OSError` for trouble with the disk."""
    marks = _unpack(found, staged, done.left_out)
    if not marks:
        done.left_out.append(f"No turn of the session “{found.name[:60]}” can be read: it was left out.")
        return
    session = StoredSession.read(staged)
    for id_ in [id_ for id_, at in created.items() if id_ == found.name or at == session.created]:
        here = _marks(library.sessions_folder / id_)
        if not _is_same(marks, here):
            continue
        if moves := _missing(marks, here, library.sessions_folder / id_):
            was_open = (library.sessions_folder / id_ / LOCK).exists()
            try:
                lock = Lock(library.sessions_folder / id_ / LOCK)
            except BlockingIOError:
                done.left_out.append("A session that is open now has more turns in there: begin a new one, then import again.")
                return
            try:
                for old, new in moves:
                    old.rename(new)
            finally:
                lock.release(keep=was_open)
                library.touch(id_)
        (done.grown if moves else done.known).append(id_)
        return
    id_ = found.name
    if not _ID.fullmatch(id_) or (library.sessions_folder / id_).exists():
        id_ = library.new_id(session.created or None)
    staged.rename(library.sessions_folder / id_)
    library.touch(id_)
    created[id_] = session.created
    done.new.append(id_)


def _is_same(marks: Marks, here: Marks) -> bool:
    """Whether one is the other or its beginning; one that went on differently is another session, and both are kept."""
    shared = marks.keys() & here.keys()
    is_part = marks.keys() <= here.keys() or here.keys() <= marks.keys()
    return bool(shared) and is_part and all(marks[mark][0] == here[mark][0] for mark in shared)


def _missing(marks: Marks, here: Marks, target: Path) -> list[tuple[Path, Path]]:
    """(where it is, where it goes) of the turns and files that the session here lacks."""
    moves, last = [], max((int(path.name) for path in turn_folders(target) if path.name.isdecimal()), default=0)
    for mark, (_, folder) in sorted(marks.items(), key=lambda one: one[1][1].name):
        if mark not in here:
            last += 1
            moves.append((folder, target / "turns" / f"{last:04d}"))
            continue
        for name in (QUESTION, REPLY, TOKENS):
            if (folder / name).exists() and not (here[mark][1] / name).exists():
                moves.append((folder / name, here[mark][1] / name))
    return moves


def _marks(session: Path) -> Marks:
    found: Marks = {}
    for folder in turn_folders(session):
        try:
            turn = StoredTurn.read(folder)
        except (OSError, ValueError):
            continue
        same = sum(mark[:3] == (turn.began, turn.seed, turn.spoken) for mark in found)  # where a damaged file tells no time
        found[turn.began, turn.seed, turn.spoken, same] = (_digest(turn), folder)
    return found


def _digest(turn: StoredTurn) -> str:
    said = [turn.heard, turn.text, turn.schedule, turn.pooling, turn.state, turn.stats]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


# --- out of its source, checked ---------------------------------------------------------------------------------------


def _unpack(found: Found, target: Path, left_out: list[str]) -> dict[Mark, tuple[str, Path]]:
    """Writes what can be read of a session to the folder `target`. Raises `OSError`."""
    private.make_folder(target / "turns")
    session = StoredSession()
    if found.session is not None:
        try:
            session = StoredSession.from_json(parse_json(found.session.read(LARGEST_JSON), SESSION))
        except ValueError as error:
            session.problem = f"{SESSION} cannot be read: {str(error).rstrip('.')}."
    if session.problem:
        left_out.append(f"“{found.name[:60]}”: {session.problem}")
    write_json(target / SESSION, session.as_json())
    for number, parts in sorted(found.turns.items()):
        folder = target / "turns" / f"{number:04d}"
        try:
            problems = _unpack_turn(parts, folder)
        except ValueError as error:
            shutil.rmtree(folder, ignore_errors=True)
            problems = [f"it cannot be read ({str(error).rstrip('.')})"]
        left_out += [f"Turn {number} of “{found.name[:60]}”: {problem.rstrip('.')}." for problem in problems]
    return _marks(target)


def _unpack_turn(parts: dict[str, PackedFile], folder: Path) -> list[str]:
    """The problems of what is left out. Raises `OSError`, or `ValueError` if it is no turn."""
    if TURN not in parts:
        raise ValueError(f"it has no {TURN}")
    private.make_folder(folder)
    turn = StoredTurn.from_json(parse_json(parts[TURN].read(_LIMITS[TURN]), TURN), folder)
    write_json(folder / TURN, turn.as_json())
    problems = [turn.problem] if turn.problem else []
    for name, part in parts.items():
        is_wanted = name in (TOKENS, QUESTION, REPLY) or name.endswith(".wav")
        if turn.state == "running":  # it was cut off where it comes from: it is ended here as it would be there
            is_wanted = is_wanted or name.endswith((".pcm", ".txt"))
        if not is_wanted or name.endswith(".wav") and name.replace(".wav", ".flac") in parts:
            continue
        try:
            _write(part, folder / name, _LIMITS.get(name, LARGEST_SOUND))
            _check(folder / name)
        except ValueError as error:
            (folder / name).unlink(missing_ok=True)
            problems.append(f"{name} was left out: {error}")
    if turn.state == "running":
        finish(turn)
    tokens, problem = turn.read_tokens()
    if problem:
        problems.append(problem)
        lines = "".join(json.dumps(vars(token)) + "\n" for token in tokens)
        whole_file.write(folder / TOKENS, lines.encode(), private=True)
    return problems


def _write(part: PackedFile, target: Path, most: int) -> None:
    with open(target, "xb", opener=private.opener) as file:
        for block in part.blocks(most):
            file.write(block)


def _check(path: Path) -> None:
    """Looks at a sound, and makes WAV into FLAC. Raises `ValueError` with a sentence."""
    if path.suffix not in (".flac", ".wav"):
        return
    try:
        with path.open("rb") as stream, soundfile.SoundFile(stream) as sound:
            check_sound(sound, path.name)
            if path.suffix == ".wav":
                with (
                    whole_file.replacing(path.with_suffix(".flac"), private=True) as made,
                    soundfile.SoundFile(made, "w", sound.samplerate, 1, "PCM_16", format="FLAC") as copy,
                ):
                    while len(samples := sound.read(BLOCK, "int16", always_2d=True)):
                        copy.write(samples[:, 0])
    except (soundfile.SoundFileError, TypeError) as error:
        raise ValueError("it is no sound that can be read") from error
    if path.suffix == ".wav":
        path.unlink()


def _sessions(ids: list[str]) -> str:
    return "1 session" if len(ids) == 1 else f"{len(ids)} sessions"
