"""Reading the releases' YAML configs as plain data: nothing that a file names is ever imported or called."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from engine.models.checkpoints.files import AGAIN, need

_INERT = ("!new:", "!name:", "!apply:")
_LARGEST = 1_000_000  # bytes; the releases' files have a few thousand


class Tagged(dict):
    """A mapping that a file marks as the arguments of `tag`, for example `!new:cosyvoice.flow.flow.MaskedDiffWithXvec`.

    Positional arguments, where a file gives some, are under the key "args".
    """

    def __init__(self, tag: str, arguments: dict):
        super().__init__(arguments)
        self.tag = tag


class _Reference(str):
    """The name in `!ref <name>`."""


class _Loader(yaml.SafeLoader):
    """Knows HyperPyYAML's tags as data; no aliases, which could make a small file huge."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "aliases are not used here", self.peek_event().start_mark)
        return super().compose_node(parent, index)


def _tagged(name: str):
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
    need(path)
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path} is far too long for a config: {AGAIN}.")
    try:
        read = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.constructor.ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ValueError(f"{path}, line {line}, has something that is not read from a model's config: {error.problem}.") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged ({reason}): {AGAIN}.") from None
    if not isinstance(read, dict):
        raise ValueError(f"{path} is damaged, for it holds no names with values: {AGAIN}.")
    return {name: _resolved(value, read, path, ()) for name, value in read.items()}


def read_part(path: Path, name: str) -> dict[str, Any]:
    """The mapping of that name in a YAML file. Raises as `read_yaml`, and `ValueError` with a sentence where there is none."""
    found = read_yaml(path).get(name)
    if not isinstance(found, dict):
        raise ValueError(f"{path} describes no {name}: {AGAIN}.")
    return found


def _resolved(value: Any, top: dict, path: Path, seen: tuple[str, ...]) -> Any:
    if isinstance(value, _Reference):
        name = str(value)
        if name not in top or name in seen:
            raise ValueError(f"{path} refers to <{name}>, which it does not define: {AGAIN}.")
        return _resolved(top[name], top, path, (*seen, name))
    if isinstance(value, Tagged):
        return Tagged(value.tag, {key: _resolved(item, top, path, seen) for key, item in value.items()})
    if isinstance(value, dict):
        return {key: _resolved(item, top, path, seen) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, top, path, seen) for item in value]
    return value
