#!/usr/bin/env python3
"""Makes what a release is published with: the signed list that programs ask for, and the checksums that people compare.

    python3 packaging/release_list.py key
    python3 packaging/release_list.py list FOLDER --files ADDRESS --page ADDRESS
    python3 packaging/release_list.py sums FOLDER

`key` prints a new secret key, and the line with its public half for resources/updates.json. `list` writes
refrain-release.json and SHA256SUMS into FOLDER, where the installers are; the secret key is read from the environment,
REFRAIN_RELEASE_KEY. `--files`: where the installers of this version will be; `--page`: what tells what is new. `sums` writes
only the checksums, where nobody has a key. Needs PyNaCl.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from contents import ROOT, BuildError, version

sys.path.insert(0, str(ROOT))

from nacl.signing import SigningKey

from engine.updates.release import PROGRAM, opened, sealed

SECRET = "REFRAIN_RELEASE_KEY"
LIST, SUMS = "refrain-release.json", "SHA256SUMS"
KINDS = {".deb": "deb", ".appimage": "appimage", ".exe": "windows", ".dmg": "macos"}
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}


def make(folder: Path, files: str, page: str, key: SigningKey) -> Path:
    """Writes list and checksums. Raises `BuildError` for a folder without installers, or with those of another version."""
    found = [_installer(path, files) for path in sorted(folder.iterdir()) if path.suffix.lower() in KINDS]
    if not found:
        raise BuildError(f"There is no installer in {folder}.")
    kinds = [(one["kind"], one["machine"]) for one in found]
    if twice := {kind for kind in kinds if kinds.count(kind) > 1}:
        raise BuildError(f"There are several installers for {', '.join(' '.join(one) for one in sorted(twice))} in {folder}.")
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    release = {"program": PROGRAM, "version": version(), "released": today, "page": page, "installers": found}
    try:
        content = sealed(json.dumps(release, indent=1), key)
    except ValueError as error:
        raise BuildError(f"No program could read this list ({error}): look at the addresses and the names.") from error
    opened(content, [bytes(key.verify_key)])
    (folder / LIST).write_bytes(content)
    sum_up(folder)
    return folder / LIST


def sum_up(folder: Path) -> Path:
    """Writes the checksums of all files in a folder, as `sha256sum --check` reads them."""
    sums = [f"{digest(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.is_file() and path.name != SUMS]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")
    return folder / SUMS


def digest(path: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def secret_key() -> SigningKey:
    """The one in the environment. Raises `BuildError`."""
    try:
        return SigningKey(base64.b64decode(os.environ[SECRET], validate=True))
    except KeyError:
        raise BuildError(f"The secret key is to be in the environment, as {SECRET}.") from None
    except (ValueError, TypeError):
        raise BuildError(f"What is in {SECRET} is no key: make one with `release_list.py key`.") from None


def _installer(path: Path, files: str) -> dict[str, object]:
    machine = next((MACHINES[name] for name in MACHINES if name in path.stem.lower()), None)
    if machine is None or version() not in path.stem:
        raise BuildError(f"{path.name} names no processor, or another version than {version()}.")
    about = {"kind": KINDS[path.suffix.lower()], "machine": machine, "url": f"{files.rstrip('/')}/{path.name}"}
    return {**about, "size": path.stat().st_size, "sha256": digest(path)}


def _print_new_key() -> None:
    key = SigningKey.generate()
    print(f"Secret, for {SECRET} (keep it where nobody else reads it):\n{base64.b64encode(bytes(key)).decode()}\n")
    place = {"address": f"https://…/{LIST}", "keys": [base64.b64encode(bytes(key.verify_key)).decode()]}
    said = json.dumps(place, indent=1, ensure_ascii=False)
    print(f"Public, for resources/updates.json (a former key may stay beside it):\n{said}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("key")
    making = commands.add_parser("list")
    making.add_argument("folder", type=Path)
    making.add_argument("--files", required=True)
    making.add_argument("--page", required=True)
    commands.add_parser("sums").add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.command == "key":
            _print_new_key()
        elif given.command == "sums":
            print(sum_up(given.folder))
        else:
            print(make(given.folder, given.files, given.page, secret_key()))
    except BuildError as error:
        print(f"release_list: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
