"""The list of what is to be asked for in this run: in a file, so that a million tasks take no more memory than ten.

It is made anew in each run; what was received is in the cache.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

NEW, WAITING, RUNNING, DONE, FAILED = range(5)
"""States: new ones were not looked up in the cache yet; waiting ones need the network."""

_TABLES = """
CREATE TABLE tasks (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, asked TEXT NOT NULL, address TEXT NOT NULL,
  host TEXT NOT NULL, state INTEGER NOT NULL, tries INTEGER NOT NULL, hops INTEGER NOT NULL, due REAL NOT NULL, more TEXT NOT NULL,
  digest TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0, code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  UNIQUE (kind, name));
CREATE INDEX waiting ON tasks (state, host, due) WHERE state = 1;
CREATE INDEX fresh ON tasks (state) WHERE state = 0;
CREATE TABLE faults (path TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL);
"""
_FIELDS = "id, kind, name, asked, address, host, tries, hops, due, more"


@dataclass
class Task:
    """`kind`: page (a manifest or collection) or image. `name`: unique among its kind. `asked`: the address that the cache knows it by.

    `address`: what is asked next, which differs after a redirect. `tries`: failures so far; `hops`: redirects; `due`: not before this
    time; `more`: JSON values that belong to it.
    """

    kind: str
    name: str
    asked: str
    address: str
    host: str
    more: dict[str, Any]
    tries: int = 0
    hops: int = 0
    due: float = 0.0
    state: int = NEW
    id: int = field(default=0)


class Tasks:
    """For one process and all its threads."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        self._rows = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._rows.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-2000;")
        self._rows.executescript(_TABLES)

    def close(self) -> None:
        """Remove the list."""
        self._rows.close()
        self._path.unlink(missing_ok=True)

    def add(self, tasks: list[Task]) -> None:
        """Add those that are not there yet."""
        values = [
            (t.kind, t.name, t.asked, t.address, t.host, t.state, t.tries, t.hops, t.due, json.dumps(t.more, ensure_ascii=True))
            for t in tasks
        ]
        columns = "(kind, name, asked, address, host, state, tries, hops, due, more)"
        with self._lock:
            self._rows.execute("BEGIN")
            self._rows.executemany(f"INSERT OR IGNORE INTO tasks {columns} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
            self._rows.execute("COMMIT")

    def named(self, task: Task) -> Task:
        """A task that was added, with its number; without one where there was another of its name before."""
        with self._lock:
            row = self._rows.execute(
                "SELECT id FROM tasks WHERE kind = ? AND name = ? AND state = ?", (task.kind, task.name, task.state)
            ).fetchone()
        return replace(task, id=row[0] if row else 0)

    def fault(self, path: str, kind: str, reason: str) -> None:
        """Note something for the problems that no task stands for."""
        with self._lock:
            self._rows.execute("INSERT INTO faults VALUES (?, ?, ?)", (path, kind, reason))

    def take_new(self) -> Task | None:
        """A task that was not looked at yet, in the order added."""
        return self._take("state = 0 ORDER BY id", ())

    def take_waiting(self, host: str, now: float) -> Task | None:
        """A task of this host that is due."""
        return self._take("state = 1 AND host = ? AND due <= ? ORDER BY due, id", (host, now))

    def next_due(self, host: str) -> float | None:
        """When the next task of a host is due; None where none waits."""
        with self._lock:
            row = self._rows.execute("SELECT min(due) FROM tasks WHERE state = 1 AND host = ?", (host,)).fetchone()
        return None if row[0] is None else float(row[0])

    def put_back(self, task: Task, state: int) -> None:
        """Give a task back, changed, as new or waiting."""
        values = (task.asked, task.address, task.host, state, task.tries, task.hops, task.due, json.dumps(task.more), task.id)
        with self._lock:
            self._rows.execute(
                "UPDATE tasks SET asked = ?, address = ?, host = ?, state = ?, tries = ?, hops = ?, due = ?, more = ? WHERE id = ?", values
            )

    def done(self, task: Task, digest: str = "", size: int = 0) -> None:
        """Close a task that was a success."""
        with self._lock:
            self._rows.execute(
                "UPDATE tasks SET state = ?, digest = ?, size = ?, more = ? WHERE id = ?",
                (DONE, digest, size, json.dumps(task.more) if task.kind == "image" else "{}", task.id),
            )

    def failed(self, task: Task, code: str, reason: str) -> None:
        """Close a task that was none."""
        with self._lock:
            self._rows.execute("UPDATE tasks SET state = ?, code = ?, reason = ? WHERE id = ?", (FAILED, code, reason, task.id))

    def give_up(self, host: str, reason: str) -> None:
        """Close all tasks of a host that wait."""
        with self._lock:
            self._rows.execute(
                "UPDATE tasks SET state = ?, code = 'given up', reason = ? WHERE state = 1 AND host = ?", (FAILED, reason, host)
            )

    def counts(self) -> dict[tuple[str, int], int]:
        """How many there are of each kind and state."""
        return {(kind, state): n for kind, state, n in self._all("SELECT kind, state, count(*) FROM tasks GROUP BY kind, state")}

    def images(self) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
        """Name, digest, size and the rest of all images received, by name."""
        query = "SELECT name, digest, size, more FROM tasks WHERE kind = 'image' AND state = ? ORDER BY name"
        for name, found, size, more in self._all(query, DONE):
            yield name, found, size, json.loads(more)

    def failures(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Name, kind, host, code and reason of all tasks that failed, by name."""
        yield from self._all("SELECT name, kind, host, code, reason FROM tasks WHERE state = ? ORDER BY name, kind", FAILED)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """Path, kind and reason of all else that was noted."""
        yield from self._all("SELECT DISTINCT path, kind, reason FROM faults ORDER BY path, kind, reason")

    def _take(self, where: str, values: tuple[Any, ...]) -> Task | None:
        with self._lock:
            row = self._rows.execute(f"SELECT {_FIELDS} FROM tasks WHERE {where} LIMIT 1", values).fetchone()  # noqa: S608
            if row is None:
                return None
            self._rows.execute("UPDATE tasks SET state = ? WHERE id = ?", (RUNNING, row[0]))
        number, kind, name, asked, address, host, tries, hops, due, more = row
        return Task(kind, name, asked, address, host, json.loads(more), tries, hops, due, RUNNING, number)

    def _all(self, query: str, *values: int) -> Iterator[Any]:
        with self._lock:
            cursor = self._rows.execute(query, values)
        while rows := cursor.fetchmany(1000):
            yield from rows
