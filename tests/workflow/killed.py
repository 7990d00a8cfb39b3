"""Steps run in a process of their own that kills itself at a chosen operation on files, as `kill -9` would at that moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from pathlib import Path

STEPS = ("catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "site")

_CONTEXT = multiprocessing.get_context("forkserver")
# Imported once: a step then starts in milliseconds, in a process without threads.
_CONTEXT.set_forkserver_preload(["tests.workflow.killed", "dask.array", "hdbscan", *(f"pixplot_steps.{step}.step" for step in STEPS)])

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "os.link", "os.truncate"}


def run(arguments: list[str], work: Path, kill_at: int = 0) -> int | None:
    """Run `pixplot` in a work folder; `kill_at`: the change of files, from 1, before which it is killed, 0 for never.

    Returns the number of changes, or None where it was killed.
    """
    counter = _CONTEXT.Value("i", 0)
    process = _CONTEXT.Process(target=_child, args=(arguments, str(work), kill_at, counter))
    process.start()
    process.join()
    if process.exitcode == -signal.SIGKILL:
        return None
    assert process.exitcode == 0, f"{arguments[:3]} ended with {process.exitcode}"
    return int(counter.value)


def _child(arguments: list[str], work: str, kill_at: int, counter: object) -> None:
    from pixplot_steps import cli

    os.chdir(work)
    with Path(os.devnull).open("w") as nowhere:
        sys.stderr = nowhere
        _watch(kill_at, counter)
        os._exit(cli.main(arguments))


def _watch(kill_at: int, counter: object) -> None:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _CHANGES or (event == "open" and _writes(arguments)):
            counter.value += 1  # type: ignore[attr-defined]
            if counter.value == kill_at:  # type: ignore[attr-defined]
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
