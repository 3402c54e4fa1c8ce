"""A release as it is published, with a key of its own, on a server of this machine."""

from __future__ import annotations

import hashlib
import json

from nacl.signing import SigningKey

from engine.updates.feed import ReleaseFeed
from engine.updates.release import sealed

KEY = SigningKey(bytes(range(32)))
OTHER_KEY = SigningKey(bytes(32))
NAME = "refrain_0.2.0_amd64.deb"
INSTALLER = bytes(range(256)) * 12_000
"""About 3 MB: large enough that the server can break it off."""
LIST = "refrain-release.json"


def release(url: str, **changes) -> dict:
    file = {"kind": "deb", "machine": "x86_64", "url": f"{url}/v0.2.0/{NAME}", "size": len(INSTALLER)}
    file["sha256"] = hashlib.sha256(INSTALLER).hexdigest()
    said = {"program": "refrain", "version": "0.2.0", "released": "2026-12-31", "page": f"{url}/news", "installers": [file]}
    return said | changes


def publish(server, key: SigningKey = KEY, **changes) -> ReleaseFeed:
    """Puts a release on the server; where a program looks for it."""
    server.files[LIST] = sealed(json.dumps(release(server.url, **changes)), key)
    server.files[f"v0.2.0/{NAME}"] = INSTALLER
    return ReleaseFeed(f"{server.url}/{LIST}", (bytes(KEY.verify_key),))
