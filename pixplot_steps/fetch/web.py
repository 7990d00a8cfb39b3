"""The network: one request, one answer, within limits. It is handed in, so that tests have another (`Network`).

Nothing is asked for twice here, and no redirect is followed: that is for `crawl`, which counts requests by host.
"""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pixplot_steps.fetch import addresses

_BLOCK = 1 << 16
_CONNECT_SECONDS = 15.0
_MANY_POOLS = 64
_END_OF_JPEG = b"\xff\xd9"


class Lost(Exception):  # noqa: N818 - a reason
    """No whole answer came; another try may help."""


class Refused(Exception):  # noqa: N818 - a reason
    """The answer is not wanted, or the address not allowed; another try would end the same."""


@dataclass(frozen=True)
class Answer:
    """`code`: the status; `headers` by name in lower case; `body`: empty but for 200."""

    code: int
    headers: Mapping[str, str]
    body: bytes


class Network(Protocol):
    """What `crawl` needs of a network."""

    def get(self, address: str, headers: Mapping[str, str]) -> Answer:
        """Ask once. Raises Lost or Refused."""


@dataclass(frozen=True)
class Limits:
    """`seconds` for a whole answer; `bytes` of it, unpacked; `private`: whether hosts of private networks may be asked."""

    seconds: float
    bytes: int
    private: bool


class _PublicHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn())


class _PublicHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn())


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTP


class _PublicSecurePool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS


def _public(connection: socket.socket) -> socket.socket:
    """Close a connection to a private network before a byte is sent: whom a name leads to is known for sure only now."""
    peer = str(connection.getpeername()[0])
    if addresses.is_private(peer):
        connection.close()
        raise Refused(f"its host is {peer}, of a private network (fetch: private_addresses)")
    return connection


class Web:
    """The real network. Safe to be used by several threads."""

    def __init__(self, agent: str, limits: Limits, threads: int) -> None:
        self.limits = limits
        self.agent = agent
        options: dict[str, Any] = {"num_pools": _MANY_POOLS, "maxsize": threads, "retries": False}
        self._direct = urllib3.PoolManager(**options)
        if not limits.private:
            self._direct.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicSecurePool}
        self._proxies = {scheme: urllib3.ProxyManager(proxy, **options) for scheme, proxy in _proxies().items()}

    def get(self, address: str, headers: Mapping[str, str]) -> Answer:
        """Ask once, and take the body of a 200 within the limits."""
        sent = {"User-Agent": self.agent, **headers}
        timeout = urllib3.Timeout(connect=min(_CONNECT_SECONDS, self.limits.seconds), read=self.limits.seconds)
        deadline = time.monotonic() + self.limits.seconds
        try:
            answer = self._pool(address).request(
                "GET", address, headers=sent, timeout=timeout, preload_content=False, redirect=False, retries=False
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Lost(_reason(error)) from None
        try:
            body = self._body(answer, deadline) if answer.status == 200 else b""
            return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, body)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            answer.close()
            raise Lost(_reason(error)) from None
        except BaseException:
            answer.close()
            raise
        finally:
            # A connection whose answer was not read to its end is of no more use.
            if answer.status != 200:
                answer.close()
            answer.release_conn()

    def _pool(self, address: str) -> urllib3.PoolManager:
        parts = urlsplit(address)
        proxy = self._proxies.get(parts.scheme)
        return self._direct if proxy is None or urllib.request.proxy_bypass(parts.hostname or "") else proxy

    def _body(self, answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        promised = answer.headers.get("Content-Length", "")
        if promised.isdigit() and int(promised) > self.limits.bytes:
            raise Refused(f"an answer of {int(promised)} bytes, where {self.limits.bytes} are allowed (fetch: max_mib)")
        parts, total = [], 0
        for part in answer.stream(_BLOCK, decode_content=True):
            parts.append(part)
            total += len(part)
            if total > self.limits.bytes:
                raise Refused(f"an answer of more than {self.limits.bytes} bytes (fetch: max_mib)")
            if time.monotonic() > deadline:
                raise Lost(f"the answer took more than {self.limits.seconds:g} seconds")
        body = b"".join(parts)
        if not promised and "chunked" not in answer.headers.get("Transfer-Encoding", "") and _is_cut(body):
            raise Lost("the picture is cut off")
        return body


def _proxies() -> dict[str, str]:
    """Proxies of the environment, as all programs read them."""
    return {scheme: proxy for scheme, proxy in urllib.request.getproxies().items() if scheme in ("http", "https")}


def _is_cut(body: bytes) -> bool:
    return body[:2] == b"\xff\xd8" and _END_OF_JPEG not in body[-1024:]


def _reason(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "its host is not known"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, urllib3.exceptions.IncompleteRead | urllib3.exceptions.ProtocolError):
        return "the answer was cut off"
    if isinstance(error, urllib3.exceptions.SSLError):
        return f"no safe connection ({error})"
    return f"no connection ({type(error).__name__})"
