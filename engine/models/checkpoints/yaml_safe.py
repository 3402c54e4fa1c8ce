"""Reading the releases' YAML configs as plain data: nothing that a file names is ever imported or called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import yaml

from engine.models.checkpoints.files import AGAIN, read_text
from engine.quoting import reason, shown

_INERT = ("!new:", "!name:", "!apply:")
_LARGEST = 100_000  # bytes; the releases' files have a few thousand
_LONGEST_NUMBER = 40  # letters
_MOST_VALUES = 20_000  # once every reference stands for what it refers to
_DEEPEST = 50
_KINDS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float", "str", "seq", "map"))
"""YAML's own types, of those that it knows; PyYAML has more, whose readers fail in many ways."""


class Tagged(dict[str, Any]):
    """A mapping that a file marks as the arguments of `tag`, for example `!new:cosyvoice.flow.flow.MaskedDiffWithXvec`.

    Positional arguments, where a file gives some, are under the key "args".
    """

    def __init__(self, tag: str, arguments: Mapping[str, Any]):
        super().__init__(arguments)
        self.tag = tag


class _Reference(str):
    """The name in `!ref <name>`."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # PyYAML has no types
    """Knows HyperPyYAML's tags as data; no aliases, which could make a small file huge, and no numbers in base 60."""

    yaml_constructors = {name: yaml.SafeLoader.yaml_constructors[name] for name in _KINDS}
    yaml_multi_constructors: dict[str, Callable[..., Any]] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "aliases are not used here", self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_number(self, node: yaml.Node) -> int | float:
        text = str(self.construct_scalar(node))
        if len(text) > _LONGEST_NUMBER or ":" in text:
            raise yaml.constructor.ConstructorError(None, None, f"{shown(text)} is no number", node.start_mark)
        return self.construct_yaml_int(node) if node.tag.endswith(":int") else self.construct_yaml_float(node)


for _kind in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _Loader.construct_number)


def _unknown(loader: _Loader, node: yaml.Node) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, f"the tag {shown(node.tag)} is not known", node.start_mark)


_Loader.add_constructor(None, _unknown)


def _tagged(name: str) -> Callable[[_Loader, str, yaml.Node], Tagged]:
    def construct(loader: _Loader, suffix: str, node: yaml.Node) -> Tagged:
        if isinstance(node, yaml.MappingNode):
            return Tagged(name + suffix, loader.construct_mapping(node, deep=True))
        if isinstance(node, yaml.SequenceNode):
            return Tagged(name + suffix, {"args": loader.construct_sequence(node, deep=True)})
        return Tagged(name + suffix, {"args": [node.value]} if node.value else {})

    return construct


def _reference(loader: _Loader, node: yaml.Node) -> _Reference:
    found = re.fullmatch(r"<(\w+)>", str(getattr(node, "value", "")).strip())
    if not found:
        raise yaml.constructor.ConstructorError(None, None, "!ref must be followed by one <name>", node.start_mark)
    return _Reference(found[1])


for _tag in _INERT:
    _Loader.add_multi_constructor(_tag, _tagged(_tag))
_Loader.add_constructor("!ref", _reference)
# YAML 1.2 reads 1e-06 as a number, which PyYAML by itself does not.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)[eE][-+]?\d+$"), list("-+.0123456789")
)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file's mapping, `!new:` and its like as `Tagged`, `!ref <name>` replaced by the value of that top-level name.

    Raises `FileNotFoundError`, or `ValueError` with a sentence for a file that is damaged or has any other tag.
    """
    text = read_text(path, _LARGEST)
    try:
        read = yaml.load(text, _Loader)
    except yaml.constructor.ConstructorError as error:
        line, why = error.problem_mark.line + 1 if error.problem_mark else 0, " ".join(str(error.problem).split())[:200]
        raise ValueError(f"{path}, line {line}, has something that is not read from a model's config: {why}.") from None
    except Exception as error:  # the library has no end of them
        raise ValueError(f"{path} is damaged ({reason(error)}): {AGAIN}.") from None
    if not isinstance(read, dict):
        raise ValueError(f"{path} is damaged, for it holds no names with values: {AGAIN}.")
    return _References(read, path).resolved(read)


def read_part(path: Path, name: str) -> dict[str, Any]:
    """The mapping of that name in a YAML file. Raises as `read_yaml`, and `ValueError` with a sentence where there is none."""
    found = read_yaml(path).get(name)
    if not isinstance(found, dict):
        raise ValueError(f"{path} describes no {name}: {AGAIN}.")
    return found


class _References:
    """Puts what is referred to in the place of references, as far as not too much comes of it."""

    def __init__(self, top: Mapping[str, Any], path: Path) -> None:
        self._top, self._path, self._values = top, path, 0

    def resolved(self, value: Any, depth: int = 0) -> Any:
        self._values += 1
        if self._values > _MOST_VALUES or depth > _DEEPEST:
            raise ValueError(f"{self._path} describes more than any model has, or refers to itself: {AGAIN}.")
        if isinstance(value, _Reference):
            if str(value) not in self._top:
                raise ValueError(f"{self._path} refers to <{str(value)[:80]}>, which it does not define: {AGAIN}.")
            return self.resolved(self._top[str(value)], depth + 1)
        if isinstance(value, dict):
            items = {key: self.resolved(item, depth + 1) for key, item in value.items()}
            return Tagged(value.tag, items) if isinstance(value, Tagged) else items
        if isinstance(value, list):
            return [self.resolved(item, depth + 1) for item in value]
        return value
