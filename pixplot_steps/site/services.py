"""Image services of the items, for the page: a file of one JSON object after the other, where each ends, and their hosts.

A page of a million pictures fetches the few hundred bytes of one when it is opened. See docs/format.md, "Services".
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.site.hashed import Hashed, array, file

_ORIGIN = re.compile(r"(https?://[A-Za-z0-9.-]+(?::\d{1,5})?)/")
_MOST_HOSTS = 100
"""Hosts that the page may ask; a list in every answer of a server must end somewhere."""

_POLICY = re.compile(rb"((?:img|connect)-src 'self')")
_KEYS = ("id", "version", "level", "width", "height", "region", "large")


class Services(NamedTuple):
    """`records`: the file; `ends` u32 [N]: where each row's object ends, so that a row without one ends where the one before does."""

    records: bytes
    ends: NDArray[np.uint32]


def joined(services: Iterable[str | None]) -> Services:
    """The two files of a column of services (JSON objects, as fetch writes them)."""
    parts, ends, end = [], [], 0
    for text in services:
        record = _compact(json.loads(text)) if text else b""
        end += len(record)
        parts.append(record)
        ends.append(end)
    return Services(b"".join(parts), np.asarray(ends, np.uint32))


def origins(services: Iterable[str | None]) -> list[str]:
    """Scheme, host and port of the services, the most frequent first, then sorted: whom the page may ask."""
    found: Counter[str] = Counter()
    for text in services:
        match = _ORIGIN.match(json.loads(text)["id"]) if text else None
        if match:
            found[match[1].lower()] += 1
    return sorted(sorted(found, key=lambda origin: (-found[origin], origin))[:_MOST_HOSTS])


def allowed(page: bytes, hosts: Sequence[str], places: Sequence[str] = ()) -> bytes:
    """The page's content security policy with these origins, for pictures and info.json; other pages are left as strict as they are.

    `places`: whose collections the page may show; it finds them in an element `meta` of its own.
    """
    added = "".join(f" {host}" for host in (*hosts, *places)).encode()
    page = _POLICY.sub(lambda found: found[1] + html.escape(added.decode()).encode(), page) if added else page
    listed = f'<meta name="pixplot-data-from" content="{html.escape(" ".join(places))}" />\n  </head>'.encode()
    return page.replace(b"</head>", listed, 1) if places else page


def _compact(value: dict[str, Any]) -> bytes:
    told = {key: value[key] for key in _KEYS}
    # The large picture's address begins with the service's; half of a million addresses is saved.
    told["large"] = str(value["large"]).removeprefix(str(value["id"]))
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def references(services: Services) -> tuple[Hashed, Hashed]:
    """The files to write: records and ends."""
    return file(services.records, "jsons"), array(services.ends)
