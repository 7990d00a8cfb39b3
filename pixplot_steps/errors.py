"""Every error a user can meet.

    PixplotError
    ├── ConfigError       a key or value of the configuration is wrong
    ├── SourceError       the pictures or metadata given cannot be used at all
    ├── MissingPartError  a gathering step lacks a finished part
    ├── DamagedError      a stored artefact is not what its stamp says
    ├── FormatError       a stored file has a format or a version that this program does not read
    ├── SiteError         a built site breaks the rules of docs/format.md
    ├── StorageError      the disk is full, read-only or has no locks
    └── BusyError         another run uses the same folder

A single bad picture is no error but a row in `problems`.
"""

from __future__ import annotations

import errno
from pathlib import Path


class PixplotError(Exception):
    """Root of the tree above: says what was expected, what came, where, and what to do."""

    def __init__(self, summary: str, *, expected: str = "", found: str = "", where: str = "", action: str = "") -> None:
        self.summary = summary
        self.expected = expected
        self.found = found
        self.where = where
        self.action = action
        super().__init__(self.message())

    def message(self) -> str:
        """The summary, then one indented line for each part that is known."""
        parts = [("where", self.where), ("expected", self.expected), ("found", self.found), ("what to do", self.action)]
        return "\n".join([self.summary, *(f"  {name}: {text}" for name, text in parts if text)])


class ConfigError(PixplotError):
    """A key or value of the configuration is wrong."""


class SourceError(PixplotError):
    """The pictures or metadata given cannot be used at all."""


class MissingPartError(PixplotError):
    """A gathering step lacks a finished part."""


class DamagedError(PixplotError):
    """A stored artefact is not what its stamp says."""

    part: Path | None = None
    """The finished folder that is damaged; the next run makes it again once its stamp is gone."""


class FormatError(PixplotError):
    """A stored file has a format or a version that this program does not read."""


class SiteError(PixplotError):
    """A built site breaks the rules of docs/format.md."""


class StorageError(PixplotError):
    """The disk is full, read-only or has no locks."""


class BusyError(PixplotError):
    """Another run uses the same folder."""


_STORAGE = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EROFS: ("the disk can only be read", "make it writable, or choose another work folder"),
    errno.EACCES: ("a file or folder may not be used", "change its permissions, or choose another work folder"),
    errno.EPERM: ("a file or folder may not be used", "change its permissions, or choose another work folder"),
}


def of_storage(error: OSError) -> StorageError | None:
    """What a failure of the operating system means for the user; None where it can only be a fault of this program."""
    if error.errno not in _STORAGE:
        return None
    summary, action = _STORAGE[error.errno]
    return StorageError(
        summary,
        found=error.strerror or str(error),
        where=str(error.filename or Path.cwd()),
        action=f"{action}, then run the same command again; what is finished is kept",
    )
