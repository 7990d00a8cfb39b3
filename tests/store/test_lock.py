"""The lock of a work folder."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from pixplot_steps.errors import BusyError
from pixplot_steps.store import lock


def _hold_until_killed(path: Path) -> None:
    lock.hold(path, "the work folder")
    (path.parent / "held").touch()
    time.sleep(60)


def test_a_second_holder_is_told_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    process = multiprocessing.get_context("spawn").Process(target=_hold_until_killed, args=(path,))
    process.start()
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with pytest.raises(BusyError, match="the work folder is in use by another run"):
        lock.hold(path, "the work folder")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    os.close(lock.hold(path, "the work folder"))
