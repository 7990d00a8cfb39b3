"""Addresses on the web: which may be asked for, how they are written, and which host they belong to."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urldefrag, urljoin, urlsplit

_SAFE = "%/:=&?~+!$,;'@()*[]-._"
_LONGEST = 4096


class BadAddress(ValueError):  # noqa: N818 - a reason, told in a row of the problems
    """An address that is not asked for; the text says why."""


def clean(text: str, base: str = "") -> str:
    """The address as it goes over the wire: absolute, without fragment, odd characters encoded. Raises BadAddress."""
    address = quote(urldefrag(urljoin(base, text.strip()) if base else text.strip()).url, safe=_SAFE)
    if len(address) > _LONGEST:
        raise BadAddress(f"an address of {len(address)} characters")
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise BadAddress(f"no address ({error})") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise BadAddress(f"it starts with {parts.scheme + ':' if parts.scheme else address[:20]!r}; only http: and https: are asked for")
    if not named or parts.username is not None:
        raise BadAddress("it names no host, or a user")
    return address


def host(address: str) -> str:
    """Host and port of a clean address, in lower case."""
    return urlsplit(address).netloc.lower()


def name(address: str) -> str:
    """The name of what lies there: the address without its scheme."""
    return address.partition("://")[2].rstrip("/")


def is_private(ip: str) -> bool:
    """Whether a numeric address belongs to a network that is not the public one: this machine, a home, a company, a cloud's own."""
    found = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return not found.is_global or found.is_multicast
