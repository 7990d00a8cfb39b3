"""Every error a user can meet.

    PixplotError
    ├── ConfigError       a key or value of the configuration is wrong
    ├── SourceError       the pictures or metadata given cannot be used at all
    ├── MissingPartError  a gathering step lacks a finished part
    ├── DamagedError      a stored artefact is not what its stamp says
    ├── FormatError       a stored file has a format or a version that this program does not read
    ├── SiteError         a built site breaks the rules of docs/format.md
    └── BusyError         another run uses the same folder

A single bad picture is no error but a row in `problems`.
"""

from __future__ import annotations


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


class FormatError(PixplotError):
    """A stored file has a format or a version that this program does not read."""


class SiteError(PixplotError):
    """A built site breaks the rules of docs/format.md."""


class BusyError(PixplotError):
    """Another run uses the same folder."""
