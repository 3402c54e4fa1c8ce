"""The list of parts that a release is published with (CycloneDX 1.6), made from what is really inside a tree.

    python3 packaging/supply/sbom.py TREE PLATFORM --out FILE
    python3 packaging/supply/sbom.py --check FILE ...      (needs cyclonedx-python-lib[json-validation])

Every package must be the one of the lock, whose hash is given; libraries within a package stand below it, with their own.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import contents
import wheels
from contents import BuildError, Platform, normal
from supply import inside
from supply.inside import Component

KINDS = {
    "weights": "machine-learning-model", "recordings": "data", "python": "platform", "package": "library", "library": "library",
}  # fmt: skip
_EXPRESSION = re.compile(r"[A-Za-z0-9.-]+( (AND|OR|WITH) [A-Za-z0-9.-]+)*")
_SPACE = uuid.UUID("6c0b7f3e-5b0f-5f5c-9d0a-7c1d7a2b8e11")  # of our serial numbers


def describe(tree: Path, platform: Platform, pins: list[wheels.Pin]) -> dict:
    """The document. Raises `BuildError` where the tree and the lock do not hold the same packages."""
    parts = inside.parts(tree, platform)
    _compare(parts, pins, platform)
    program, *others = parts
    hashes = {pin.name: pin.hashes for pin in pins}
    listed = [_component(tree, platform, part, hashes.get(normal(part.name), ())) for part in others]
    own = {**_component(tree, platform, program, ()), "type": "application"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own, "properties": [{"name": "refrain:platform", "value": platform.name}]},
        "components": listed,
        "dependencies": [{"ref": own["bom-ref"], "dependsOn": sorted(one["bom-ref"] for one in listed)}],
    }
    serial = uuid.uuid5(_SPACE, json.dumps(document, sort_keys=True))  # the same tree has the same number
    document["metadata"]["timestamp"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", **document}


def write(tree: Path, platform: Platform, out: Path) -> Path:
    """The document of a tree into a file. Raises `BuildError`."""
    pins = wheels.read_lock(wheels.LOCKS / f"{platform.name}.txt")
    inside.write(out, json.dumps(describe(tree, platform, pins), indent=1) + "\n")
    return out


def _compare(parts: list[Component], pins: list[wheels.Pin], platform: Platform) -> None:
    here = {normal(part.name): part.version for part in parts if part.kind == "package"}
    locked = {pin.name: pin.version for pin in pins}
    if odd := sorted(f"{name} {version}" for name, version in here.items() if locked.get(name) != version):
        raise BuildError(f"Not as in the lock of {platform.name}: {', '.join(odd)}.")
    if missing := sorted(locked.keys() - here.keys()):
        raise BuildError(f"In the lock of {platform.name}, but not in the tree: {', '.join(missing)}.")
    if not parts or parts[0].kind != "program":
        raise BuildError("The program itself is not in the tree: its dist-info is missing.")


def _component(tree: Path, platform: Platform, part: Component, hashes) -> dict:
    address = _address(part)
    made: dict = {"type": KINDS.get(part.kind, "library"), "bom-ref": address or f"{part.kind}:{part.name}", "name": part.name}
    if part.version:
        made["version"] = part.version
    if hashes:
        made["hashes"] = [_hash(one) for one in sorted(hashes)]
    if part.kind == "weights":
        made["hashes"] = [_hash(wheels.digest(path)) for path in sorted(part.texts[0].parent.glob("*.safetensors"))[:1]]
    if part.licence:
        made["licenses"] = [_licence(part.licence)]
    if address:
        made["purl"] = address
    within = inside.libraries(tree, platform, part.name) if part.kind == "package" else []
    if within:
        made["components"] = [
            {"type": "file", "bom-ref": f"{made['bom-ref']}#{one.name}", "name": one.name, "hashes": [_hash(one.sha256)]}
            for one in within
        ]
    return made


def _address(part: Component) -> str:
    """As package URLs write it; "" for what has none."""
    if part.kind in ("package", "program"):
        return f"pkg:pypi/{normal(part.name)}@{part.version.replace('+', '%2B')}"
    return f"pkg:generic/cpython@{part.version}" if part.kind == "python" else ""


def _licence(said: str) -> dict:
    """An expression where it is one: operators make it one, and so does a name of SPDX's form."""
    is_one = _EXPRESSION.fullmatch(said) and (" " in said or "-" in said or said in ("MIT", "ISC", "Zlib", "0BSD"))
    return {"expression": said} if is_one else {"license": {"name": said}}


def _hash(sha256: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": sha256}


def faults(files: list[Path]) -> list[str]:
    """What the format's own schema finds wrong with them, a sentence each."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    judge = JsonStrictValidator(SchemaVersion.V1_6)
    found = ((file, judge.validate_str(file.read_text(encoding="utf-8"))) for file in files)
    return [f"{file}: {fault}" for file, fault in found if fault is not None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path, nargs="?")
    parser.add_argument("platform", choices=contents.load().platforms, nargs="?")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", type=Path, nargs="+", metavar="FILE")
    chosen = parser.parse_args()
    if chosen.check:
        sys.exit("\n".join(faults(chosen.check)) or None)
    if None in (chosen.tree, chosen.platform, chosen.out):
        parser.error("a tree, its platform and --out are needed")
    try:
        print(write(chosen.tree, contents.load().platform(chosen.platform), chosen.out))
    except BuildError as error:
        sys.exit(f"sbom: {error}")


if __name__ == "__main__":
    main()
