"""A desktop's portal for global shortcuts, on the session bus of its environment, its keyboard and its user being stdin.

It says what it is asked as lines of JSON, and does what it is told: "press", "release", "repeat", "close", "change KEY".
Arguments: `--key TEXT`, which the user gives; `--refuses`; `--knows ID`, without which name it opens no session.
"""

from __future__ import annotations

import argparse
import json
import select

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_error, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
KEYS, SESSION = "org.freedesktop.portal.GlobalShortcuts", "org.freedesktop.portal.Session"


class FakePortal:
    def __init__(self, key: str, refuses: bool, knows: str) -> None:
        self._key, self._refuses, self._knows = key, refuses, knows
        self._bus = open_dbus_connection("SESSION")
        self._session = self._client = self._id = self._wanted = ""
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
        self.say(ready=True)

    def say(self, **what: object) -> None:
        print(json.dumps(what), flush=True)

    def run(self) -> None:
        lines = open(0, "rb", buffering=0)  # a line that waits in a buffer is none that select sees
        while True:
            try:
                self._answer(self._bus.receive(timeout=0))
                continue
            except TimeoutError:
                ready, _, _ = select.select([self._bus.sock, lines], [], [])
            if lines in ready:
                line = lines.readline().decode()
                if not line:
                    return
                self._do(*line.split(maxsplit=1))

    def _do(self, action: str, key: str = "") -> None:
        if action == "change":
            self._emit(KEYS, "ShortcutsChanged", "oa(sa{sv})", (self._session, self._given(key.strip())))
        elif action == "close":
            self._emit(SESSION, "Closed", "", (), self._session)
        else:
            names = {"press": ["Activated"], "repeat": ["Activated"] * 3, "release": ["Deactivated"]}[action]
            for name in names:
                self._emit(KEYS, name, "osta{sv}", (self._session, self._wanted, 1, {}))

    def _given(self, key: str) -> list:
        return [(self._wanted, {"description": ("s", "d"), "trigger_description": ("s", key)})]

    def _emit(self, interface: str, name: str, signature: str, body: tuple, path: str = PATH) -> None:
        self._bus.send(new_signal(DBusAddress(path, interface=interface), name, signature or None, body))

    def _answer(self, call) -> None:
        if call.header.message_type is not MessageType.method_call:
            return
        member, sender = call.header.fields[HeaderFields.member], call.header.fields[HeaderFields.sender]
        if member == "Register":
            self._id = call.body[0]
            self.say(registered=self._id)
            self._bus.send(new_method_return(call))
        elif member == "CreateSession":
            if self._knows != self._id:
                text = ("An app id is required",)
                self._bus.send(new_error(call, "org.freedesktop.portal.Error.NotAllowed", "s", text))
                return
            options = call.body[0]
            self._session = f"{PATH}/session/{_own(sender)}/{options['session_handle_token'][1]}"
            self._respond(call, options, {"session_handle": ("s", self._session)})
        elif member == "BindShortcuts":
            session, shortcuts, window, options = call.body
            ((self._wanted, about),) = shortcuts
            self.say(session=session == self._session, wanted=about["preferred_trigger"][1], window=window)
            self._respond(call, options, {"shortcuts": ("a(sa{sv})", self._given(self._key))}, int(self._refuses))
        elif member == "Close":
            self.say(closed=call.header.fields[HeaderFields.path] == self._session)
            self._bus.send(new_method_return(call))

    def _respond(self, call, options: dict, results: dict, code: int = 0) -> None:
        sender = call.header.fields[HeaderFields.sender]
        request = f"{PATH}/request/{_own(sender)}/{options['handle_token'][1]}"
        self._bus.send(new_method_return(call, "o", (request,)))
        self._emit("org.freedesktop.portal.Request", "Response", "ua{sv}", (code, {} if code else results), request)


def _own(sender: str) -> str:
    return sender.removeprefix(":").replace(".", "_")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--key", default="Ctrl+Alt+Space")
    parser.add_argument("--refuses", action="store_true")
    parser.add_argument("--knows", default="io.refrain.Refrain")
    given = parser.parse_args()
    FakePortal(given.key, given.refuses, given.knows).run()
