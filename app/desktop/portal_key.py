"""A key that a Wayland desktop gives to this program whatever has the focus, by the portal for global shortcuts.

Source: the interfaces org.freedesktop.portal.GlobalShortcuts (version 1) and org.freedesktop.host.portal.Registry of
xdg-desktop-portal, and the freedesktop specification of shortcuts. The desktop asks its user, who may take another key.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from app.desktop import desktop_entry
from app.desktop.key_names import KeyTakenError, parts
from app.desktop.watched_key import WatchedKey

NO_PORTAL = (
    "This desktop gives no program a key while another one has the focus. Start Refrain in an X11 session, or talk in its "
    "small window."
)
REFUSED = "The desktop was told not to give this key. Choose it again to be asked once more."
NOT_GIVEN = "The desktop has given no key yet. Its own settings, under keyboard shortcuts, can give one to Refrain."
ENDED = "The desktop took the key back. Choose it again in the settings."
_NAME, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_KEYS, _REQUEST = "org.freedesktop.portal.GlobalShortcuts", "org.freedesktop.portal.Request"
_SESSION, _BUS = "org.freedesktop.portal.Session", "org.freedesktop.DBus"
_REGISTRY = "org.freedesktop.host.portal.Registry"
_SHORTCUT, _DESCRIPTION = "talk", "Talk: hold it while you speak, or tap it before and after"
_MODIFIERS = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}
_NAMED = {
    "Space": "space", "Esc": "Escape", "Backspace": "BackSpace", "Enter": "KP_Enter", "Ins": "Insert", "Del": "Delete",
    "ScrollLock": "Scroll_Lock", "PgUp": "Page_Up", "PgDown": "Page_Down", "+": "plus", "-": "minus",
}  # fmt: skip
_SAME = {"control": "ctrl", "super": "meta", "logo": "meta", "win": "meta", "escape": "esc", "insert": "ins", "delete": "del"}
_ANSWER_SECONDS = 20  # a portal that is started for this may take a while; the user has as long as they want


class PortalKey(WatchedKey):
    """Asks for one key, and has it until `close`. `told` is called on its thread, too, with a sentence where the key was
    refused, taken back, or is another one than was asked for."""

    def __init__(
        self, key: str, pressed: Callable[[], None], released: Callable[[], None], told: Callable[[str], None]
    ) -> None:
        """Raises `KeyTakenError` where there is no bus to ask on."""
        self._key, self._told = key, told
        try:
            self._connection: DBusConnection = open_dbus_connection("SESSION")
        except (OSError, KeyError, ValueError) as error:  # no address, nobody there, or one that is none
            raise KeyTakenError(NO_PORTAL) from error
        self._signals: deque[Message] = deque()
        super().__init__(pressed, released)
        self._thread.start()

    def _watch(self) -> None:
        """A portal that ends is asked anew when it is back."""
        try:
            for interface in (_KEYS, _REQUEST, _SESSION):
                self._listen_to(_NAME, interface)
            self._listen_to(_BUS, _BUS, "NameOwnerChanged", _NAME)
            while (session := self._bound()) and self._follow(session):
                pass
        except (KeyTakenError, DBusErrorResponse, OSError) as error:
            self._told(str(error) if isinstance(error, KeyTakenError) else ENDED)

    def _give_back(self) -> None:
        self._connection.close()

    def _listen_to(self, sender: str, interface: str, member: str | None = None, about: str | None = None) -> None:
        rules = [MatchRule(type="signal", interface=interface, member=member, sender=name) for name in (sender, None)]
        if about:
            rules[0].add_arg_condition(0, about)
        unwrap_msg(self._connection.send_and_get_reply(message_bus.AddMatch(rules[0]), timeout=_ANSWER_SECONDS))
        self._connection.filter(rules[1], queue=self._signals)  # here a sender has a number, not a name

    def _bound(self) -> str:
        """The session that has the key; "" where `close` was called meanwhile. Raises `KeyTakenError`."""
        _announce(self._connection)
        options = {"handle_token": ("s", "refrain_session"), "session_handle_token": ("s", "refrain")}
        answer = self._ask("CreateSession", "a{sv}", options)
        if answer is None:
            return ""
        session = str(answer["session_handle"][1])
        wanted = {"description": ("s", _DESCRIPTION), "preferred_trigger": ("s", trigger(self._key))}
        options = {"handle_token": ("s", "refrain_key")}
        answer = self._ask("BindShortcuts", "oa(sa{sv})sa{sv}", session, [(_SHORTCUT, wanted)], "", options)
        if answer is None:
            return ""
        self._tell_which(answer.get("shortcuts", ("", []))[1])
        return session

    def _tell_which(self, given: list[tuple[str, dict[str, Any]]]) -> None:
        found = dict(given).get(_SHORTCUT, {}).get("trigger_description", ("s", ""))[1]
        if not found:
            self._told(NOT_GIVEN)
        elif not is_said_in(self._key, found):
            self._told(f"The desktop gives another key to talk with than {self._key}: {found}.")

    def _ask(self, method: str, signature: str, *body: Any) -> dict[str, Any] | None:
        """What the portal answers in the end, None where `close` was called before. Raises `KeyTakenError`."""
        call = new_method_call(DBusAddress(_PATH, _NAME, _KEYS), method, signature, body)
        try:
            (request,) = unwrap_msg(self._connection.send_and_get_reply(call, timeout=_ANSWER_SECONDS))
        except (DBusErrorResponse, TimeoutError) as error:
            raise KeyTakenError(NO_PORTAL) from error
        while (message := self._next()) is not None:
            if _is(message, _BUS) and not message.body[2]:
                raise KeyTakenError(ENDED)
            if _is(message, _REQUEST, "Response", request):
                code, results = message.body
                if code:
                    raise KeyTakenError(REFUSED)
                return dict(results)
        return None

    def _follow(self, session: str) -> bool:
        """Presses and releases, until the portal is another one (True) or `close` is called."""
        while (message := self._next()) is not None:
            if _is(message, _BUS):
                self._set_down(False)
                if message.body[2]:
                    return True
            elif _is(message, _SESSION, "Closed", session):
                raise KeyTakenError(ENDED)
            elif _is(message, _KEYS, "Activated") or _is(message, _KEYS, "Deactivated"):
                if message.body[:2] == (session, _SHORTCUT):
                    self._set_down(_is(message, _KEYS, "Activated"))
            elif _is(message, _KEYS, "ShortcutsChanged") and message.body[0] == session:
                self._tell_which(message.body[1])
        self._connection.send(new_method_call(DBusAddress(session, _NAME, _SESSION), "Close"))
        return False

    def _next(self) -> Message | None:
        """The next signal, None once `close` was called. Raises `OSError` where the bus is gone."""
        while not self._signals:
            try:
                self._connection.recv_messages(timeout=0)  # what has come already may be waiting in its buffer
            except TimeoutError:
                if not self._wait(self._connection.sock.fileno()):
                    return None
        return self._signals.popleft()


def trigger(key: str) -> str:
    """A key as the specification of shortcuts writes it: "Ctrl+Alt+Space" is "CTRL+ALT+space"."""
    held, last = parts(key)
    named = _NAMED.get(last, last.lower() if len(last) == 1 else last)
    return "+".join([*(_MODIFIERS[one] for one in held), named])


def is_said_in(key: str, words: str) -> bool:
    """Whether a desktop's words for a key, as "Press <Control><Alt>space", can mean this one."""
    said = {_SAME.get(word, word) for word in re.findall(r"[a-z0-9]+", words.casefold())}
    held, last = parts(key)
    return all(part.casefold() in said for part in (*held, last) if part.isalnum())


def _announce(connection: DBusConnection) -> None:
    """Says who asks: since its version 1.21 the portal gives no key to a program that it knows no menu entry of."""
    try:
        desktop_entry.install()
    except OSError:
        pass  # older portals give a key without one, newer ones say that they do not
    address = DBusAddress(_PATH, _NAME, _REGISTRY)
    call = new_method_call(address, "Register", "sa{sv}", (desktop_entry.APP_ID, {}))
    try:
        connection.send_and_get_reply(call, timeout=_ANSWER_SECONDS)  # an error is an answer, too: older ones have none
    except TimeoutError as error:
        raise KeyTakenError(NO_PORTAL) from error


def _is(message: Message, interface: str, member: str = "", path: str = "") -> bool:
    fields = message.header.fields
    if fields[HeaderFields.interface] != interface:
        return False
    return member in ("", fields[HeaderFields.member]) and path in ("", fields[HeaderFields.path])
