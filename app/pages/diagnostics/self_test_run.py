"""The self-test as a process of its own: it may take a minute, hang in a driver or crash, and this window goes on."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from app.self_test.check import Finding
from engine import installed

_TAIL = 2000  # bytes of what it complained about
_PATIENCE = 2000  # milliseconds for a killed process to be gone


class SelfTestRun(QObject):
    """`start` it again for another run."""

    found = Signal(object)
    """A `Finding`, as soon as its check is done."""
    ended = Signal(str)
    """The run is over: empty if it came to its end, "stopped", or a sentence about why it broke off."""

    def __init__(self, command: list[str] | None = None) -> None:
        """`command`: the program and its arguments; by default this program's own."""
        super().__init__()
        self._command = command or installed.module("app", "self-test", "--json")
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._is_whole = self._is_stopped = False

    @property
    def is_running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Does nothing while one runs."""
        if self.is_running:
            return
        self._is_whole = self._is_stopped = False
        environment = QProcessEnvironment()
        for name, value in installed.environment().items():
            environment.insert(name, value)
        with suppress(OSError):  # then the test's own folder is where it likes, or it says that there is no room
            self._folder = tempfile.TemporaryDirectory(prefix="refrain-checks-", ignore_cleanup_errors=True)
            for name in ("TMPDIR", "TEMP", "TMP"):
                environment.insert(name, self._folder.name)
        self._process.setProcessEnvironment(environment)
        self._process.start(self._command[0], self._command[1:])

    def stop(self) -> None:
        """It ends at once; what was found stays."""
        if self.is_running:
            self._is_stopped = True
            self._process.kill()

    def close(self) -> None:
        """As `stop`, and waits until it is gone."""
        self.stop()
        self._process.waitForFinished(_PATIENCE)

    # --- inside -------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        while self._process.canReadLine():
            try:
                line = json.loads(bytes(self._process.readLine().data()))
                if "passed" in line:
                    self._is_whole = True
                else:
                    self.found.emit(Finding(*(line[name] for name in ("name", "state", "sentence", "seconds"))))
            except (ValueError, LookupError, TypeError):
                continue  # a library talks on stdout

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._tidy()
        if self._is_stopped:
            return self.ended.emit("stopped")
        if self._is_whole:
            return self.ended.emit("")
        words = bytes(self._process.readAllStandardError().data())[-_TAIL:].decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(words) if line.strip()), "")
        crashed = status == QProcess.ExitStatus.CrashExit
        how = "it crashed" if crashed else last.removeprefix("refrain: ").rstrip(".") or f"it ended with {code}"
        self.ended.emit(f"The self-test broke off: {how}. The log may have more.")

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._tidy()
            self.ended.emit(f"The self-test could not be started: {self._process.errorString()}.")

    def _tidy(self) -> None:
        """A killed process leaves its folder: a few small files."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
