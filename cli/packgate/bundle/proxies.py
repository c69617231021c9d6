"""Which proxy an address is fetched through."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


def proxy_for(url: str, option: str | None, environ: Mapping[str, str]) -> str | None:
    """The proxy of an address: the one given as an option, else the environment's for its scheme unless NO_PROXY excepts the host.

    A loopback address never goes through a proxy of the environment.
    """
    if option is not None:
        return option
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if _loopback(host) or _excepted(host, parts.port, _variable(environ, "no_proxy") or ""):
        return None
    return _variable(environ, f"{parts.scheme}_proxy") or _variable(environ, "all_proxy")


def proxy_login(proxy: str) -> tuple[str, str | None]:
    """A proxy's address without login, and the login as ``user:password``."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    place = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if parts.port:
        place += f":{parts.port}"
    login = None if parts.username is None else f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return urlunsplit((parts.scheme, place, "", "", "")), login


def _variable(environ: Mapping[str, str], name: str) -> str | None:
    # A CGI server sets HTTP_PROXY from a request's header, hence the lower-case name alone there.
    if name == "http_proxy" and "REQUEST_METHOD" in environ:
        return environ.get(name) or None
    return environ.get(name) or environ.get(name.upper()) or None


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _excepted(host: str, port: int | None, no_proxy: str) -> bool:
    for entry in no_proxy.replace(",", " ").split():
        if entry == "*":
            return True
        name, _, only = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
        if only and only != str(port):
            continue
        name = name.lstrip("*").lstrip(".").lower()
        if host == name or host.endswith("." + name) or _in_network(host, name):
            return True
    return False


def _in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
