"""One window for each user and data folder: a second start hands its options to the first one and ends."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.storage.files import Lock
from engine import installed, private
from engine.quoting import clean

_log = logging.getLogger(__name__)
PATIENCE = 10.0  # seconds until one that does not answer is said to hang
_CONNECTED_WITHIN = 1000  # milliseconds
_MOST = 1 << 16  # bytes of a message
_LOCK = "window.lock"
HANGS = (
    "Refrain is open already, but it has not answered for {:.0f} seconds. Wait for it, or end it and start again. "
    "Another one, with settings and sessions of its own, opens with: {}"
)


class HangsError(RuntimeError):
    """There is a first one, and it does not answer; the message is a sentence for the user."""


Message = dict[str, object]
"""What another start wants: plain values, as JSON has them."""


class Instance(QObject):
    """Call `claim` first; the one that it makes the first calls `answer` whenever there is another start."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        """`folder`: of the data. A QCoreApplication is there already."""
        super().__init__()
        self.answer: Callable[[Message], str] = lambda message: ""
        """Takes what the other start wants and returns a sentence for whoever started it."""
        self._folder, self._patience = folder, patience
        self._lock: Lock | None = None
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)

    def claim(self, message: Message) -> str | None:
        """None: this is the first one now. Else what the first one answered to `message`.

        Raises `HangsError`. A socket that a killed program has left is cleared away; a folder that cannot be written
        costs only the promise that there is one window.
        """
        end = time.monotonic() + self._patience
        while True:
            answer = self._ask(message)
            if answer is not None:
                return answer
            try:
                private.make_folder(self._folder)
                self._lock = Lock(self._folder / _LOCK)
            except BlockingIOError:  # it is about to listen, or about to end
                if time.monotonic() > end:
                    raise HangsError(HANGS.format(self._patience, installed.command("--data FOLDER"))) from None
                time.sleep(0.1)
                continue
            except OSError as error:
                _log.warning("Other windows will not be noticed: %s", error)
            QLocalServer.removeServer(self._name)
            if not self._server.listen(self._name):
                _log.warning("Other starts will not be noticed: %s", self._server.errorString())
            return None

    def close(self) -> None:
        """Answers no more: the window is being closed. The next start waits until `release`."""
        self._server.close()

    def release(self) -> None:
        """The program has ended."""
        self.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def _name(self) -> str:
        """Of the socket; short, because a system may take no more than about a hundred characters."""
        user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
        name = f"refrain-{hashlib.sha256(f'{user}:{self._folder.resolve()}'.encode(errors='surrogateescape')).hexdigest()[:24]}"
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        is_short = 0 < len(runtime.encode(errors="surrogateescape")) < 60
        return str(Path(runtime) / name) if sys.platform != "win32" and is_short and Path(runtime).is_dir() else name

    def _ask(self, message: Message) -> str | None:
        """None: nobody listens."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_CONNECTED_WITHIN):
            return None
        _allow_the_other_one_to_come_to_the_front()
        socket.write(json.dumps(message).encode() + b"\n")
        end = time.monotonic() + self._patience
        while not socket.canReadLine():
            left = end - time.monotonic()
            if left <= 0:
                raise HangsError(HANGS.format(self._patience, installed.command("--data FOLDER")))
            is_open = socket.state() == QLocalSocket.LocalSocketState.ConnectedState
            if not socket.waitForReadyRead(int(left * 1000) + 1) and not is_open:
                return None  # it was just closed
        return bytes(socket.readLine().data()).decode(errors="replace").strip()

    def _welcome(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda: self._read(socket))
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MOST:
                socket.abort()
            return
        try:
            message = json.loads(bytes(socket.readLine(_MOST).data()))
        except (ValueError, RecursionError):
            return socket.abort()
        try:
            sentence = self.answer(message if isinstance(message, dict) else {})
        except Exception:  # another version may want what this one does not know, and waits for a word
            _log.exception("What another start wanted could not be done.")
            sentence = "Refrain is open already, but could not do what this start wanted; its log says why."
        socket.write(sentence.replace("\n", " ").encode() + b"\n")
        socket.flush()
        socket.disconnectFromServer()


def another_version(message: Message) -> str:
    """A sentence for both sides if the start that sent `message` is of another version than this program; else empty."""
    other, own = message.get("version"), installed.version()
    if not isinstance(other, str) or other == own:
        return ""
    return f"This window is Refrain {own}, and {clean(other)} was started, too: close this one first to use that."


def _allow_the_other_one_to_come_to_the_front() -> None:
    """Windows lets a program raise its window only if the one in front allows it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
