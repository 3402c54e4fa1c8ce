"""Keys as settings write them ("Ctrl+Alt+Space"), for systems that number them otherwise."""

from __future__ import annotations

MODIFIERS = ("Ctrl", "Alt", "Shift", "Meta")
_ALONE = {"Pause", "ScrollLock", "Print", "Ins", "Insert", "Menu"}  # nobody writes with them
_LACK = "Choose a key with Ctrl, Alt or Meta, or a function key: any other would be lost to all programs."


class KeyTakenError(RuntimeError):
    """The key cannot be had; the message is a sentence for the user."""


def parts(key: str) -> tuple[tuple[str, ...], str]:
    """Its modifiers, and the key itself."""
    *held, last = key[:-2].split("+") + ["+"] if key.endswith("++") else key.split("+")
    return tuple(part for part in held if part), last


def check_global(key: str) -> None:
    """Raises `ValueError` with a sentence for a key that must not mean one thing in all programs."""
    if not key:
        return
    held, last = parts(key)
    if not set(held) <= set(MODIFIERS) or not last or last in MODIFIERS or "," in key[:-1]:
        raise ValueError(f"“{key}” is not one key.")
    is_function = last[0] == "F" and last[1:].isdigit()
    if not (set(held) & {"Ctrl", "Alt", "Meta"} or is_function or last in _ALONE):
        raise ValueError(_LACK)
