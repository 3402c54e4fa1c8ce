"""Connections as the environment's proxies want them: HTTP ones by the standard library, SOCKS ones here."""

from __future__ import annotations

import socket
import urllib.parse
import urllib.request
from collections.abc import Mapping

from python_socks import ProxyError, ProxyType
from python_socks.sync import Proxy

_KINDS = {"socks": ProxyType.SOCKS5, "socks5": ProxyType.SOCKS5, "socks5h": ProxyType.SOCKS5}
_KINDS |= {"socks4": ProxyType.SOCKS4, "socks4a": ProxyType.SOCKS4}
_SOCKS_PORT = 1080


def by_scheme() -> dict[str, str]:
    """`http` and `https` -> their proxy's address, from the environment or the system's settings; ALL_PROXY is for both."""
    found = urllib.request.getproxies()
    rest = found.get("all") or found.get("socks")
    return {scheme: proxy for scheme in ("http", "https") if (proxy := found.get(scheme) or rest)}


def is_socks(proxy: str) -> bool:
    return proxy.partition("://")[0].lower() in _KINDS


def connect(host: str, port: int, timeout: float, proxies: Mapping[str, str], scheme: str) -> socket.socket:
    """A connection to `host`, through the SOCKS proxy of its scheme if there is one. Raises `OSError`."""
    proxy = proxies.get(scheme, "")
    if not is_socks(proxy) or urllib.request.proxy_bypass(host):
        return socket.create_connection((host, port), timeout)
    at = urllib.parse.urlsplit(proxy)
    try:
        server, its_port = at.hostname, at.port or _SOCKS_PORT
    except ValueError:
        server, its_port = None, 0
    if not server:
        raise ProxyConnectionError(f"The proxy {proxy!r} of this computer's settings is no address, such as socks5://127.0.0.1:1080.")
    name, word = (urllib.parse.unquote(part or "") for part in (at.username, at.password))
    try:  # the proxy looks the host's name up
        return Proxy(_KINDS[at.scheme.lower()], server, its_port, name, word, rdns=True).connect(host, port, timeout)
    except TimeoutError:
        raise
    except (ProxyError, OSError) as error:
        raise ProxyConnectionError(f"The proxy {server}:{its_port} did not connect to {host} ({error}).") from error


class ProxyConnectionError(ConnectionError):
    """The message is a sentence."""
