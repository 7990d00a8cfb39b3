"""Digests: the names of everything.

All are BLAKE2b with 16 bytes of output, as 32 hexadecimal characters (RFC 7693). 2**64 images would be needed
for an even chance of one collision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SIZE = 16
"""Bytes of output."""

SHORT = 12
"""Characters used where a digest is part of a folder's name next to a word."""

_BLOCK = 1 << 20


def of_bytes(data: bytes | memoryview) -> str:
    """Digest of bytes."""
    return hashlib.blake2b(data, digest_size=SIZE).hexdigest()


def of_file(path: Path) -> str:
    """Digest of a file's bytes, read in blocks of 1 MiB."""
    hasher = hashlib.blake2b(digest_size=SIZE)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
    return hasher.hexdigest()


def of_lines(lines: Iterable[str]) -> str:
    """Digest of a sequence of texts; order matters, and no two different sequences are written alike."""
    hasher = hashlib.blake2b(digest_size=SIZE)
    for line in lines:
        data = line.encode("utf-8", "surrogatepass")
        hasher.update(len(data).to_bytes(8, "little"))
        hasher.update(data)
    return hasher.hexdigest()


def of_value(value: Any) -> str:
    """Digest of a JSON value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return of_bytes(text.encode("utf-8", "surrogatepass"))
