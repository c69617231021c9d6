"""Downloads for the TUF updater: proxies, certificates, a deadline for every file, and no surprises from the server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ProtocolError, ProxyError, SSLError, TimeoutError

from packgate import __version__
from packgate.bundle.proxies import proxy_for, proxy_login
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHUNK = 65_536
_REDIRECTIONS = 3


class CutError(DownloadError):
    """The connection ended before the file did."""


class TlsError(DownloadError):
    """The certificate of the server is not trusted."""


class ProxyFailedError(DownloadError):
    """The proxy refused or is not there."""


class RedirectError(DownloadError):
    """A redirection that is not followed."""


@dataclass
class Network:
    """How files are fetched. ``timeout``: seconds that one file may take. ``ca``: a file of certificates that replaces the system's.
    ``proxy``: for everything; else ``environ`` names proxies as usual (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY)."""

    timeout: float = 60.0
    proxy: str | None = None
    ca: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def context(self) -> ssl.SSLContext:
        """The certificates that servers are held against; SSL_CERT_FILE and SSL_CERT_DIR are OpenSSL's own. Raises `UserError`."""
        try:
            return ssl.create_default_context(cafile=self.ca or self.environ.get("SSL_CERT_FILE") or None)
        except (OSError, ssl.SSLError) as error:
            raise UserError(f"{self.ca or self.environ.get('SSL_CERT_FILE')} can't be used as certificates: {error}") from None


class Fetcher(FetcherInterface):
    """Fetches http, https and file addresses. ``last`` is the name of the file that was asked for last."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.last = ""
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.last = unquote(urlsplit(url).path.rpartition("/")[2])
        if urlsplit(url).scheme == "file":
            return _local(url)
        return self._remote(url, monotonic() + self.network.timeout)

    def _remote(self, url: str, deadline: float) -> Iterator[bytes]:
        for _ in range(_REDIRECTIONS + 1):
            response = self._request(url, deadline)
            if response.status not in {301, 302, 303, 307, 308}:
                break
            response.release_conn()
            response.close()
            url = _redirected(url, response.headers.get("Location"))
        else:
            raise RedirectError(f"more than {_REDIRECTIONS} redirections")
        if response.status != 200:
            response.close()
            raise DownloadHTTPError(f"{_shown(url)}: the server answered {response.status}", response.status)
        return _chunks(response, deadline)

    def _request(self, url: str, deadline: float) -> urllib3.BaseHTTPResponse:
        proxy = proxy_for(url, self.network.proxy, self.network.environ)
        left = max(0.1, deadline - monotonic())
        try:
            return self._pool(proxy).request(
                "GET", url, preload_content=False, redirect=False, timeout=urllib3.Timeout(total=left),
                # Only a connection that could not be made is tried again: a request is never sent twice.
                retries=urllib3.Retry(total=2, connect=2, read=0, redirect=0, status=0, other=0, backoff_factor=0.1),
            )
        except HTTPError as error:
            raise _translated(error, url) from error

    def _pool(self, proxy: str | None) -> urllib3.PoolManager:
        if proxy not in self._pools:
            headers = {"User-Agent": f"packgate/{__version__}", "Accept-Encoding": "identity"}
            if proxy is None:
                self._pools[proxy] = urllib3.PoolManager(headers=headers, ssl_context=self.network.context())
            else:
                address, login = proxy_login(proxy)
                self._pools[proxy] = urllib3.ProxyManager(
                    address, headers=headers, ssl_context=self.network.context(),
                    proxy_headers=urllib3.make_headers(proxy_basic_auth=login) if login else None,
                )
        return self._pools[proxy]


def _chunks(response: urllib3.BaseHTTPResponse, deadline: float) -> Iterator[bytes]:
    """The body as it is sent: nothing is decompressed, so nothing grows."""
    try:
        while chunk := response.read1(_CHUNK, decode_content=False):
            if monotonic() > deadline:
                raise SlowRetrievalError("the download takes longer than it may")
            yield chunk
    except HTTPError as error:
        raise _translated(error, "") from error
    finally:
        response.close()


def _translated(error: HTTPError, url: str) -> DownloadError:
    """urllib3's error as one of ours, told apart by what went wrong."""
    reason: object = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(reason, NewConnectionError):  # a timeout by its class, whatever the cause
        return DownloadError(f"{_shown(url)}: no connection")
    if isinstance(reason, TimeoutError):
        return SlowRetrievalError(f"{_shown(url)}: no answer in time")
    if isinstance(reason, ProxyError):
        return ProxyFailedError(f"{_shown(url)}: the proxy refused or can't be reached")
    if isinstance(reason, SSLError):
        return TlsError(f"{_shown(url)}: {reason}")
    if isinstance(reason, ProtocolError):
        return CutError(f"{_shown(url)}: the connection was cut")
    return DownloadError(f"{_shown(url)}: {type(reason).__name__}")


def _redirected(url: str, location: str | None) -> str:
    target = urljoin(url, location or "")
    old, new = urlsplit(url), urlsplit(target)
    if not location or new.scheme not in {"http", "https"} or (old.scheme == "https" and new.scheme == "http"):
        raise RedirectError(f"{_shown(url)} redirects to {_shown(target) if location else 'nowhere'}, which is not followed")
    return target


def _local(url: str) -> Iterator[bytes]:
    path = unquote(urlsplit(url).path)
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed by the generator that reads it
    except (FileNotFoundError, NotADirectoryError):
        raise DownloadHTTPError(f"{path} does not exist", 404) from None
    except OSError as error:
        raise DownloadError(f"{path}: {error.strerror}") from None
    return _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _shown(url: str) -> str:
    """An address without what could be a secret in it: login, query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
