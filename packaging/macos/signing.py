"""Signatures from the inside out, and Apple's word on them. Who signs stands in the environment."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contents import BuildError
from macos import frameworks

IDENTIFIER = "io.refrain.Refrain"
SIGN, KEY, KEY_ID, ISSUER = "REFRAIN_SIGN_IDENTITY", "REFRAIN_NOTARY_KEY", "REFRAIN_NOTARY_KEY_ID", "REFRAIN_NOTARY_ISSUER"
AD_HOC = "-"
PROGRAMS = ("MacOS/refrain", "Resources/bin")
"""Seen from Contents: what starts a process, and so needs the entitlements."""
AT_ONCE = 100  # files in one call


@dataclass(frozen=True)
class Identity:
    """`name` of the certificate ("Developer ID Application: …"), or `AD_HOC`; `notary`: key file, its id and its issuer."""

    name: str = AD_HOC
    notary: tuple[str, str, str] | None = None

    @classmethod
    def from_environment(cls) -> Identity:
        """Raises `BuildError` where only some of it is there."""
        notary = tuple(os.environ.get(name, "") for name in (KEY, KEY_ID, ISSUER))
        if any(notary) and not all(notary):
            raise BuildError(f"To notarise, {KEY}, {KEY_ID} and {ISSUER} must all be set.")
        name = os.environ.get(SIGN) or AD_HOC
        if any(notary) and name == AD_HOC:
            raise BuildError(f"Only what is signed by a developer can be notarised: set {SIGN}.")
        return cls(name, notary if all(notary) else None)

    @property
    def how(self) -> list[str]:
        """Arguments of codesign. The hardened runtime checks that libraries are of one team, which ad hoc has none of."""
        if self.name == AD_HOC:
            return ["--force", "--sign", AD_HOC]
        return ["--force", "--timestamp", "--options", "runtime", "--sign", self.name]


def sign(app: Path, entitlements: Path, identity: Identity) -> None:
    """Every library, then the programs, then the bundle, which seals all other files. Raises `BuildError`."""
    inside = app / "Contents"
    libraries, programs = parts(inside)
    for start in range(0, len(libraries), AT_ONCE):
        _run("codesign", *identity.how, *libraries[start : start + AT_ONCE])
    for program in programs:
        _run("codesign", *identity.how, "--entitlements", entitlements, program)
    _run("codesign", *identity.how, "--entitlements", entitlements, "--identifier", IDENTIFIER, app)
    _run("codesign", "--verify", "--deep", "--strict", app)


def parts(inside: Path) -> tuple[list[Path], list[Path]]:
    """What is to be signed in a bundle's Contents: libraries, the deepest first, and programs but the bundle's own.

    Of a framework it is its folder, which the signature seals as a whole.
    """
    found = {frameworks.around(path) or path for path in frameworks.code(inside)}
    own = inside / PROGRAMS[0]
    programs = [path for path in found if path != own and path.is_relative_to(inside / PROGRAMS[1])]
    libraries = [path for path in found if path != own and path not in programs]
    deepest_first = sorted(libraries, key=lambda path: (-len(path.parts), str(path)))
    return deepest_first, sorted(programs)


def notarise(image: Path, identity: Identity) -> None:
    """Signs the disk image, lets Apple look at it, and staples its word to it; nothing where that is not asked for."""
    if identity.name == AD_HOC:
        print(f"{image.name} is signed ad hoc: another Mac opens it only after its user allowed it in System Settings.")
        return
    _run("codesign", "--force", "--timestamp", "--sign", identity.name, image)
    if identity.notary is None:
        print(f"{image.name} is signed, but not notarised.")
        return
    key, key_id, issuer = identity.notary
    _run("xcrun", "notarytool", "submit", image, "--key", key, "--key-id", key_id, "--issuer", issuer, "--wait")
    _run("xcrun", "stapler", "staple", image)
    _run("spctl", "--assess", "--type", "open", "--context", "context:primary-signature", image)


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise BuildError(f"{' '.join(map(str, command[:2]))} failed. Its last lines were:\n{last}")
