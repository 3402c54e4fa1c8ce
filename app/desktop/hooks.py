"""What nobody caught goes into the log: exceptions of any thread, and what Qt complains about."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger(__name__)
_qt = logging.getLogger("app.qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@contextmanager
def watched() -> Iterator[None]:
    """Within it nothing fails without a line in the log. What was installed before is called too, and is back afterwards."""
    program, thread = sys.excepthook, threading.excepthook

    def of_program(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            _log.critical("Nobody caught an error.", exc_info=(kind, error, trace))
        program(kind, error, trace)

    def of_thread(what: threading.ExceptHookArgs) -> None:
        if what.exc_type is not SystemExit:
            name = what.thread.name if what.thread else "unknown"
            _log.critical("The thread “%s” ended by an error.", name, exc_info=what.exc_value)
        thread(what)

    def of_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        category = context.category or "default"
        _qt.log(_LEVELS.get(kind, logging.WARNING), "%s%s", "" if category == "default" else f"{category}: ", message)
        if before is not None:
            before(kind, context, message)
        elif kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and sys.stderr is not None:
            print(message, file=sys.stderr)

    sys.excepthook, threading.excepthook = of_program, of_thread
    before = qInstallMessageHandler(of_qt)
    try:
        yield
    except Exception:
        _log.critical("The program ended by an error.", exc_info=True)
        raise
    finally:
        sys.excepthook, threading.excepthook = program, thread
        qInstallMessageHandler(before)
