"""The cache: bytes by their digest, and an index of which address gave them. It outlives runs, and a kill at any moment.

A row of the index is written when the bytes lie in their place, so what is in it was received whole. Files are named by digests of
their bytes, never by anything from outside.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from pixplot_steps import digest
from pixplot_steps.errors import FormatError
from pixplot_steps.store import commit

FORMAT = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS entries (address TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified TEXT NOT NULL, checked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, next REAL NOT NULL, cool REAL NOT NULL, strikes INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """What an address gave: `digest` and `size` of the bytes; `etag`, `modified`: headers, empty where there were none.

    `checked`: number of the run in which the server was last asked.
    """

    digest: str
    size: int
    etag: str
    modified: str
    checked: int


class Cache:
    """`folder`: of the bytes; `index`: file of the index. For one process at a time, and all its threads."""

    def __init__(self, folder: Path, index: Path) -> None:
        self.folder = folder
        index.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        # An exclusive lock needs no shared memory, which network file systems do not have.
        self._rows = sqlite3.connect(index, check_same_thread=False, isolation_level=None)
        self._rows.executescript("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        found = self._rows.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise FormatError(
                "an index of another version", expected=str(FORMAT), found=str(found), where=str(index), action="remove it, and fetch again"
            )
        self._rows.executescript(f"{_TABLES} PRAGMA user_version={FORMAT};")

    def close(self) -> None:
        """Give the index up."""
        self._rows.close()

    def find(self, address: str) -> Entry | None:
        """What the address gave, if the bytes are still there."""
        with self._lock:
            row = self._rows.execute("SELECT digest, size, etag, modified, checked FROM entries WHERE address = ?", (address,)).fetchone()
        entry = Entry(*row) if row else None
        return entry if entry and self._is_there(entry) else None

    def put(self, address: str, data: bytes, etag: str, modified: str, checked: int) -> Entry:
        """Keep what an address gave."""
        entry = Entry(digest.of_bytes(data), len(data), etag, modified, checked)
        with self._lock:
            if not self._is_there(entry):
                commit.unsynced_file(self.path(entry.digest), data)
            self._rows.execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", (address, entry.digest, entry.size, etag, modified, checked)
            )
        return entry

    def confirm(self, address: str, checked: int) -> None:
        """Note that the server says, in this run, that nothing has changed."""
        with self._lock:
            self._rows.execute("UPDATE entries SET checked = ? WHERE address = ?", (checked, address))

    def read(self, entry: Entry) -> bytes:
        """The bytes."""
        return self.path(entry.digest).read_bytes()

    def path(self, name: str) -> Path:
        """Where the bytes of this digest are."""
        return self.folder / name[:2] / name

    def host(self, name: str) -> tuple[float, float, int]:
        """What earlier runs knew of a host: earliest next request, until when it is left alone, failures in a row."""
        with self._lock:
            row = self._rows.execute("SELECT next, cool, strikes FROM hosts WHERE host = ?", (name,)).fetchone()
        return (float(row[0]), float(row[1]), int(row[2])) if row else (0.0, 0.0, 0)

    def remember(self, name: str, after: float, cool: float, strikes: int) -> None:
        """Note the same for later runs."""
        with self._lock:
            self._rows.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?)", (name, after, cool, strikes))

    def _is_there(self, entry: Entry) -> bool:
        try:
            return self.path(entry.digest).stat().st_size == entry.size
        except OSError:
            return False
