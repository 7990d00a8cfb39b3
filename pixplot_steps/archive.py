"""ZIP and tar archives, read in place: what is in them, and the bytes of one member.

A member of a ZIP archive is found by its name, one of a tar archive by where its bytes begin, since a tar archive has no index.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, cast

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

FAULTS = (
    OSError, EOFError, KeyError, NotImplementedError, RuntimeError, UnicodeDecodeError, tarfile.TarError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What a damaged archive, or one with a password, raises."""


@dataclass(frozen=True)
class Member:
    """`name` as the archive has it; `size` in bytes; `offset` of the bytes in a tar archive, after decompression; None in ZIP archives."""

    name: str
    size: int
    offset: int | None
    locked: bool = False


def is_archive(path: str) -> bool:
    """Whether a file's name says that it is an archive."""
    return path.lower().endswith(SUFFIXES)


def members(path: str) -> Iterator[Member]:
    """All files in an archive, in its order. Raises one of FAULTS where it cannot be read to its end."""
    if path.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield Member(info.filename, info.file_size, None, locked=bool(info.flag_bits & 1))
    else:
        with tarfile.open(path) as file:
            for entry in file:
                if entry.isreg():
                    yield Member(entry.name, entry.size, entry.offset_data)
                # Else tarfile keeps what was given already.
                file.members = []  # type: ignore[attr-defined]


def read(path: str, name: str, offset: int | None, length: int) -> bytes:
    """The bytes of a member. Raises one of FAULTS."""
    if offset is None:
        return _zip(path, Path(path).stat().st_mtime_ns).read(name)
    stream = _tar(path, Path(path).stat().st_mtime_ns).stream
    # In a compressed archive, seeking reads what lies between, and seeking back begins anew.
    stream.seek(offset)
    return stream.read(length)


@lru_cache(maxsize=2)
def _zip(path: str, changed: int) -> zipfile.ZipFile:  # noqa: ARG001 - an archive written anew is opened anew
    return zipfile.ZipFile(path)


class _Tar:
    """An open tar archive, closed when the cache lets it go."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self.archive = archive
        self.stream = cast("IO[bytes]", archive.fileobj)

    def __del__(self) -> None:
        self.archive.close()


@lru_cache(maxsize=2)
def _tar(path: str, changed: int) -> _Tar:  # noqa: ARG001
    return _Tar(tarfile.open(path))
