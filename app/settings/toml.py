"""The settings file: read as any TOML, written so that it explains itself."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from app.settings.table import BY_KEY, SETTINGS, Setting
from engine import private, whole_file

_HEAD = """# The settings of Refrain. A line such as #seed = 0 is a default: take the # away to set it yourself.
# Refrain writes this file again whenever a setting changes, so change it while the program is closed.
"""
_LARGEST = 32_000  # bytes; this program's own file has six thousand, and to read TOML can take the square of its length
_DEEPEST = 20  # tables and lists in one another
_BARE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def read(path: Path) -> dict[str, Any]:
    """`group.name` -> value; empty without a file.

    Raises `OSError`, or `ValueError` or `RecursionError` for a file that is no TOML, or such as nobody writes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if len(content) > _LARGEST:
        raise ValueError(f"it is larger than {_LARGEST:,} bytes")
    found = tomllib.loads(content.decode("utf-8-sig"))
    if _depth(found, _DEEPEST) > _DEEPEST:
        raise ValueError(f"its tables are nested deeper than {_DEEPEST}")
    flat: dict[str, Any] = {}
    for group, value in found.items():
        if isinstance(value, dict):
            flat.update({f"{group}.{name}": one for name, one in value.items()})
        else:
            flat[group] = value
    return flat


def write(path: Path, text: str) -> None:
    """Replaces the file in one step; it is the user's alone. Raises `OSError`."""
    private.make_folder(path.parent)
    target = Path(os.path.realpath(path))  # some keep their settings elsewhere, behind a link
    whole_file.write(target, text.encode("utf-8"), private=True)


def document(values: Mapping[str, Any]) -> str:
    """The whole file: `values` are active, every other setting of the table is a comment."""
    loose = [f"{_name(key)} = {literal(value)}\n" for key, value in values.items() if "." not in key]
    groups: dict[str, list[str]] = {}
    for setting in SETTINGS:
        mark = "" if setting.key in values else "#"
        value = values.get(setting.key, setting.default)
        line = f"\n# {explain(setting)}\n{mark}{_name(setting.name)} = {literal(value)}\n"
        groups.setdefault(setting.group, []).append(line)
    for key, value in values.items():
        if "." in key and key not in BY_KEY:
            group, _, name = key.partition(".")
            groups.setdefault(group, []).append(f"\n{_name(name)} = {literal(value)}\n")
    return "".join((_HEAD, *loose, *(f"\n[{_name(group)}]{''.join(lines)}" for group, lines in groups.items())))


def explain(setting: Setting) -> str:
    """The setting's description and what may be set, in one line."""
    return " ".join(filter(None, (setting.description, allowed(setting))))


def allowed(setting: Setting) -> str:
    """What may be set, as a sentence; empty where anything may."""
    if setting.choices:
        return "One of " + ", ".join(literal(value) for value, _ in setting.choices) + "."
    if setting.range is not None:
        span = setting.range
        means = f" ({span.least:g}: {span.least_means.lower()})" if span.least_means.isalpha() else ""
        return f"From {span.least:g} to {span.most:.10g}{' ' + span.unit if span.unit else ''}{means}."
    return f'"": {setting.empty_means[0].lower()}{setting.empty_means[1:]}.' if setting.empty_means else ""


def literal(value: Any) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_name(name)} = {literal(one)}' for name, one in value.items())} }}"
        case int() if value >= 10**1000:
            return hex(value)  # Python refuses to write it in tens, and only so can it have been read
    return repr(value)  # int and float: inf and nan are the same words in TOML


def _depth(value: Any, most: int) -> int:
    """Of tables and lists in one another, looking no further than `most`."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_depth(one, most - 1) for one in inner), default=0) if most >= 0 else 1


def _name(name: str) -> str:
    return name if name and set(name) <= _BARE else literal(name)
