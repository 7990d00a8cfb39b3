"""Where the bytes of an image are: in a file of its own, or in an archive, which is read in place."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixplot_steps import archive, digest
from pixplot_steps.ingest import fault
from pixplot_steps.ingest.fault import Fault

Bytes = bytes | mmap.mmap
"""The content of a file; a long one stays on the disk."""

LONG = 64 << 20
"""Longer files are mapped instead of read."""


@dataclass(frozen=True)
class Location:
    """`image`: the id that the content must have. `path`: the file or archive, None where no file has this content any more.

    `member`, `offset`, `length`: of a member of an archive (see `archive`). `page`: of a file of many pages, from 0.
    """

    image: str
    path: str | None
    member: str | None = None
    offset: int | None = None
    length: int | None = None
    page: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Location:
        """The place that a row of a shard's table names (`tables.SHARD`)."""
        path = row["path"] and os.fsdecode(row["path"])
        return cls(row["image"], path, row["member"], row["offset"], row["length"], row["page"])


def read(place: Location, max_megapixels: int) -> Bytes | Fault:
    """The bytes, if they still are those that were listed."""
    if place.path is None or not Path(place.path).is_file():
        return fault.MISSING
    try:
        # Uncompressed 16-bit RGBA takes 8 bytes a pixel: a longer file only fills the memory.
        if _length(place) > 8_000_000 * max_megapixels:
            return fault.too_large("the file is longer than any picture within the limit", max_megapixels)
        data = _file(Path(place.path)) if place.member is None else archive.read(place.path, place.member, place.offset, place.length or 0)
    except FileNotFoundError:
        return fault.MISSING
    except archive.FAULTS as error:
        return fault.locked(str(getattr(error, "strerror", None) or error or type(error).__name__))
    return data if identity(data, place.page) == place.image else fault.CHANGED


def identity(data: Bytes, page: int) -> str:
    """The id of a page: the digest of the file's bytes, and for later pages of that and the page's number."""
    whole = digest.of_bytes(memoryview(data))
    return digest.of_lines([whole, str(page)]) if page else whole


def _length(place: Location) -> int:
    return Path(str(place.path)).stat().st_size if place.length is None else place.length


def _file(path: Path) -> Bytes:
    if path.stat().st_size <= LONG:
        return path.read_bytes()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
