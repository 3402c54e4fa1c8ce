"""Run by Refrain's own Python on Linux before anything else: its packages, and nobody else's.

Debian's Python looks for packages in other places than this tree has them.
"""

import ctypes.util
import os
import site
import sys

_PACKAGES = os.path.join(sys.prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site-packages")
_PRIVATE = os.path.join(sys.prefix, "lib", "private")
_CERTIFICATES = (
    *("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"),
    *("/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"),
)

if _PACKAGES not in sys.path:
    site.addsitedir(_PACKAGES)

if os.path.isdir(_PRIVATE):  # an AppImage brings libraries of its own, and has no say in where certificates are
    _find = ctypes.util.find_library

    def _find_private(name):
        found = sorted(file for file in os.listdir(_PRIVATE) if file.startswith(f"lib{name}.so"))
        return os.path.join(_PRIVATE, found[0]) if found else _find(name)

    ctypes.util.find_library = _find_private
    if "SSL_CERT_FILE" not in os.environ and not os.path.isdir("/usr/lib/ssl/certs"):
        _found = next(filter(os.path.isfile, _CERTIFICATES), None)
        if _found is not None:
            os.environ["SSL_CERT_FILE"] = _found
