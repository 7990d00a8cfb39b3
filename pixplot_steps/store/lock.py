"""Locks that end with the process that holds them, however it ends.

Unlike files that merely exist, they need no cleaning up after a kill.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixplot_steps.errors import BusyError, StorageError

JOBS = "PIXPLOT_JOBS"
"""Environment variable with the path of the lock that all jobs of a work folder share."""


def hold(path: Path, what: str) -> int:
    """Lock `path` for as long as this process lives; returns the open descriptor. Raises BusyError where another process holds it."""
    descriptor = _open(path)
    if not _locked(descriptor, path, fcntl.LOCK_EX | fcntl.LOCK_NB):
        os.close(descriptor)
        raise BusyError(
            f"{what} is in use by another run",
            expected="one run at a time",
            where=str(path.parent),
            action="wait until the other run has ended, or stop it",
        )
    return descriptor


def share(path: Path) -> int:
    """Hold `path` together with others, for as long as this process lives; returns the open descriptor."""
    descriptor = _open(path)
    _locked(descriptor, path, fcntl.LOCK_SH)
    return descriptor


def wait(path: Path, what: str) -> None:
    """Return when nobody shares `path` any more; say that `what` is waited for."""
    descriptor = _open(path)
    if not _locked(descriptor, path, fcntl.LOCK_EX | fcntl.LOCK_NB):
        print(f"pixplot: waiting for {what}", file=sys.stderr)
        _locked(descriptor, path, fcntl.LOCK_EX)
    os.close(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the file `path` while the block runs, after any other holder is done; the file is removed at the end."""
    descriptor = _open(path)
    _locked(descriptor, path, fcntl.LOCK_EX)
    # The holder before may have removed the file that was opened here: then the next one would lock another.
    while not _is(descriptor, path):
        os.close(descriptor)
        descriptor = _open(path)
        _locked(descriptor, path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)


def _locked(descriptor: int, path: Path, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        return False
    except OSError as error:
        os.close(descriptor)
        raise StorageError(
            "the file system has no locks",
            expected="flock, which keeps two runs from writing one file",
            found=error.strerror or type(error).__name__,
            where=str(path),
            action="mount it with locks (Lustre: -o flock), or choose a work folder on another file system",
        ) from None
    return True


def _is(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
