"""Whether what was read from a file is what a record's fields hold: types, ranges, lengths. No Qt.

A check is made once for each type and gives a value back as it may be used, or raises `Unfit`. Numbers are finite, texts can
be shown and written again (no halves of surrogate pairs), lists have an end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

LONGEST_TEXT = 50_000  # characters: several times the longest reply
MOST_ITEMS = 50_000
DEEPEST = 8  # lists in lists
LARGEST = 1e18
Check = Callable[[Any], Any]


class Unfit(ValueError):
    """A value that no field of that type holds."""


class FieldChecks:
    """The checks of a dataclass's fields. `ranges` are (least, most) of the numbers in a field, also within its lists."""

    def __init__(self, kind: type, ranges: Mapping[str, tuple[float, float]] | None = None) -> None:
        hints, ranges = get_type_hints(kind), ranges or {}
        self._kind = kind
        self._checks = {one.name: check_of(hints[one.name], *ranges.get(one.name, ())) for one in fields(kind)}
        self._needed = {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}

    def make(self, found: object) -> Any:
        """The dataclass of a JSON object, all of whose known fields must fit. Raises `Unfit`."""
        values, unfit = self.sort(found)
        if unfit or not self._needed <= values.keys():
            raise Unfit(f"no {self._kind.__name__}: {', '.join(unfit or sorted(self._needed - values.keys()))}")
        return self._kind(**values)

    def sort(self, found: object) -> tuple[dict[str, Any], list[str]]:
        """The values that fit by field, and the names of fields whose values do not; unknown names are passed over."""
        if not isinstance(found, dict):
            raise Unfit("no object")
        values, unfit = {}, []
        for name, check in self._checks.items():
            if name in found:
                try:
                    values[name] = check(found[name])
                except Unfit:
                    unfit.append(name)
        return values, unfit


def check_of(hint: Any, least: float = -LARGEST, most: float = LARGEST) -> Check:
    """The check for a type as it is written in a dataclass: JSON's own, `Literal`, unions, `tuple`, `list`, `dict`, `Any`.

    A dataclass is what `FieldChecks` makes of it.
    """
    if hint in (None, NoneType):
        return _none
    if hint is Any:
        return _anything
    if isinstance(hint, type) and is_dataclass(hint):
        return FieldChecks(hint).make
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _one_of(inner)
    if origin in (Union, UnionType):
        return _first_of([check_of(one, least, most) for one in inner])
    if origin in (list, tuple):
        open_ended = origin is list or inner[-1] is Ellipsis
        checks = [check_of(one, least, most) for one in inner if one is not Ellipsis]
        return _list(origin, checks, open_ended)
    if origin is dict:
        return _dict(check_of(inner[1], least, most))
    return {bool: _bool, str: text, int: _number(int, least, most), float: _number(float, least, most)}.get(hint, _refuse)


def text(value: Any) -> str:
    """A text that is short enough to be shown, with a mark for what is no character. Raises `Unfit`."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Unfit("no text")
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """Those members of a JSON object that can be written again."""
    kept = {}
    for name, value in found.items():
        try:
            kept[text(name)] = _anything(value)
        except Unfit:
            continue
    return kept


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("neither true nor false")
    return value


def _none(value: Any) -> None:
    if value is not None:
        raise Unfit("not null")


def _refuse(value: Any) -> Any:
    raise Unfit("nothing that a file holds")


def _number(kind: type, least: float, most: float) -> Check:
    def check(value: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:  # NaN is neither
            raise Unfit("no such number")
        if kind is int and value != int(value):
            raise Unfit("no whole number")
        return kind(value)

    return check


def _one_of(allowed: tuple[Any, ...]) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise Unfit("none of those")
        return value

    return check


def _first_of(checks: list[Check]) -> Check:
    def check(value: Any) -> Any:
        for one in checks:
            try:
                return one(value)
            except Unfit:
                continue
        raise Unfit("none of those")

    return check


def _list(kind: type, checks: list[Check], open_ended: bool) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS or not (open_ended or len(value) == len(checks)):
            raise Unfit("no such list")
        each = checks * len(value) if open_ended else checks
        return kind(one(item) for one, item in zip(each, value, strict=True))

    return check


def _dict(of: Check) -> Check:
    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > MOST_ITEMS:
            raise Unfit("no object")
        return {text(name): of(item) for name, item in value.items()}

    return check


def _anything(value: Any, depth: int = 0) -> Any:
    """Plain JSON, of which nothing is known but that it can be kept."""
    if depth > DEEPEST:
        raise Unfit("too deep")
    match value:
        case None | bool():
            return value
        case int() | float():
            if not (math.isfinite(value) if isinstance(value, float) else abs(value) <= LARGEST):
                raise Unfit("no such number")
            return value
        case str():
            return text(value)
        case list() if len(value) <= MOST_ITEMS:
            return [_anything(item, depth + 1) for item in value]
        case dict() if len(value) <= MOST_ITEMS:
            return {text(name): _anything(item, depth + 1) for name, item in value.items()}
    raise Unfit("nothing that a file holds")
