"""Reads contents.toml: what goes into an installer and what stays out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


class BuildError(Exception):
    """What stops a build; the message is a sentence for whoever builds."""


@dataclass(frozen=True)
class Platform:
    """One system and processor: where things are in its tree, seen from the tree's root, with forward slashes."""

    name: str
    python: str
    """The version of Python that the wheels are for, as "3.11"."""
    library: str
    """The folder of the standard library."""
    site: str
    """The folder of the packages."""
    tags: tuple[str, ...]
    """The platform tags of wheels that run there, the newest first."""


class Globs:
    """Patterns over paths with forward slashes; case is ignored. `*` stays in a folder, `**` does not, `{a,b}` is either."""

    def __init__(self, patterns: list[str], kept: list[str] | None = None) -> None:
        """`kept` are patterns of what is not meant."""
        self.patterns = tuple(patterns)
        self._kept = Globs(kept) if kept else None

    def match(self, path: str) -> str | None:
        """The pattern that names `path`, or None."""
        if not self._any.fullmatch(path) or (self._kept is not None and self._kept.match(path)):
            return None
        return next(pattern for pattern, regex in self._each if regex.fullmatch(path))

    @cached_property
    def _each(self) -> list[tuple[str, re.Pattern]]:
        return [(pattern, re.compile(as_regex(pattern), re.IGNORECASE)) for pattern in self.patterns]

    @cached_property
    def _any(self) -> re.Pattern:
        return re.compile("|".join(f"(?:{as_regex(pattern)})" for pattern in self.patterns) or r"(?!)", re.IGNORECASE)


def as_regex(pattern: str) -> str:
    """A glob -> the regular expression of the whole path."""
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\{|\}|,)", pattern)
    return "".join(words.get(part, re.escape(part)) for part in parts)


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Contents:
    """`contents.toml`, checked."""

    packages: frozenset[str]
    """Excluded packages, by normal name."""
    files: Globs
    """Excluded files, seen from the folder of the packages."""
    python: Globs
    """Excluded files, seen from the folder of the standard library."""
    no_byte_code: Globs
    """Modules of the packages that are not compiled beforehand."""
    platforms: dict[str, Platform]
    sizes: dict[str, int]
    """The most bytes of what is made."""
    added: tuple[str, ...]
    tables: dict
    """The file as it is, for what only one platform reads."""

    def platform(self, name: str) -> Platform:
        if name not in self.platforms:
            raise BuildError(f"contents.toml knows no platform {name}; it knows {', '.join(sorted(self.platforms))}.")
        return self.platforms[name]

    def requirements(self) -> list[str]:
        """What the program needs at run time, as pyproject.toml pins it, by name."""
        project = read_toml(ROOT / "pyproject.toml")["project"]
        extras = [line for lines in project["optional-dependencies"].values() for line in lines]
        wanted = list(project["dependencies"])
        for name in self.added:
            line = next((line for line in extras if name_of(line) == name), None)
            if line is None:
                raise BuildError(f"contents.toml adds {name}, which pyproject.toml does not pin.")
            wanted.append(line)
        return sorted(set(wanted), key=str.lower)


def load(path: Path = HERE / "contents.toml") -> Contents:
    """Raises `BuildError` where the file is not as expected."""
    try:
        table = read_toml(path)
        packages, python = table["packages"], table["python"]
        platforms = {
            name: Platform(name, one["python"], one["library"], one["site"], tuple(one["tags"]))
            for name, one in table["platform"].items()
        }
        return Contents(
            packages=frozenset(map(normal, packages["excluded"])),
            files=Globs(table["files"]["excluded"], table["files"]["kept"]),
            python=Globs(python["excluded"]),
            no_byte_code=Globs(python["no_byte_code"]),
            platforms=platforms,
            sizes={name: round(megabytes * 10**6) for name, megabytes in table["sizes"].items()},
            added=tuple(map(normal, packages["added"])),
            tables=table,
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"{path} cannot be used: {error}.") from error


def read_toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    """`PySide6-Essentials==6.11.3` -> `pyside6-essentials`."""
    return normal(re.match(r"[A-Za-z0-9._-]+", requirement.strip()).group())


def version() -> str:
    """Of the program, from pyproject.toml."""
    return read_toml(ROOT / "pyproject.toml")["project"]["version"]
