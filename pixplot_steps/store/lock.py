"""A lock that ends with the process that holds it, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pixplot_steps.errors import BusyError


def hold(path: Path, what: str) -> int:
    """Lock `path` for as long as this process lives; returns the open descriptor. Raises BusyError where another process holds it.

    Unlike a file that merely exists, it needs no cleaning up after a kill.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BusyError(
            f"{what} is in use by another run",
            expected="one run at a time",
            where=str(path.parent),
            action="wait until the other run has ended, or stop it",
        ) from None
    return descriptor
