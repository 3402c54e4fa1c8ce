"""What a tree says of itself, for people and for machines: the page of licences, and the list of parts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from contents import Platform
from supply import licences, sbom
from supply.inside import Extra

PARTS = "sbom.cdx.json"


def write(tree: Path, platform: Platform, extras: Iterable[Extra] = ()) -> Path:
    """Into the tree's root; again where `extras` came into it later. Returns the list of parts, which a release publishes.

    Raises `BuildError` for a part whose licence is not known, and for a package that is not the lock's.
    """
    licences.write(tree, platform, extras)
    return sbom.write(tree, platform, tree / PARTS)
