"""Snakemake as a process of its own: started, watched and stopped.

It is the same command that a user types, with a plugin that tells events (docs/decisions/2026-11-21-the-command.md). So profiles, clusters
and everything else of Snakemake's command line hold here too, and nothing of it is loaded into this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from pixplot_steps import place

_TICK = 0.25
_PATIENCE = 60.0
"""Seconds that Snakemake has for stopping its jobs, those on a cluster too."""


@dataclass(frozen=True)
class Order:
    """What to run: the configuration file, the work folder, the folder of relative paths, and how.

    `cores`: a number or all, empty where the profile says it; `profile`: empty for none; `force`: make everything again.
    `log`: of Snakemake's own text, None to show it.
    """

    configuration: Path
    workdir: Path
    base: Path
    cores: str = "all"
    profile: str = ""
    dry: bool = False
    force: bool = False
    log: Path | None = None


@dataclass
class Outcome:
    """`code`: of Snakemake, 0 where all went well; `stopped`: the signal that ended it from outside, or 0.

    `failed`: logs of jobs that failed, in order; `errors`: what Snakemake itself said.
    """

    code: int = 0
    stopped: int = 0
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Stopped(Exception):  # noqa: N818 - no fault, but a request
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def command(order: Order, events: str) -> list[str]:
    """The command line. `-P`: no module of the user's folder is taken for one of Python's."""
    where = ["--snakefile", str(place.root() / "workflow" / "Snakefile"), "--configfile", str(order.configuration)]
    told = ["--logger", "pixplot", "--logger-pixplot-events", events]
    how = (["--cores", order.cores] if order.cores else []) + (["--profile", order.profile] if order.profile else [])
    return [
        sys.executable,
        "-P",
        "-m",
        "snakemake",
        *where,
        *how,
        *told,
        *(["--dry-run"] if order.dry else []),
        *(["--forceall"] if order.force else []),
    ]


def run(order: Order, heard: Callable[[dict[str, Any] | None], None]) -> Outcome:
    """Run Snakemake; `heard` gets each event, and None several times a second. Ctrl-C and its kin stop Snakemake and its jobs."""
    order.workdir.mkdir(parents=True, exist_ok=True)
    outcome = Outcome()
    reader, writer = os.pipe()
    with _shown(order.log) as shown, _told_by_signals():
        child = subprocess.Popen(
            command(order, f"/dev/fd/{writer}"),
            cwd=order.workdir,
            env={**os.environ, "PIXPLOT_BASE": str(order.base)},
            stdin=subprocess.DEVNULL,
            stdout=shown or sys.stderr,
            stderr=subprocess.STDOUT if shown else None,
            pass_fds=(writer,),
            # Ctrl-C in the terminal comes here alone, and is handed on in order.
            start_new_session=True,
        )
        os.close(writer)
        try:
            _listen(child, reader, outcome, heard)
        except (KeyboardInterrupt, _Stopped) as stop:
            outcome.stopped = stop.number if isinstance(stop, _Stopped) else signal.SIGINT
            _stop(child)
        finally:
            os.close(reader)
            _kill(child)
        outcome.code = child.wait()
    return outcome


def _listen(child: subprocess.Popen[bytes], reader: int, outcome: Outcome, heard: Callable[[dict[str, Any] | None], None]) -> None:
    """Hand on events until the child has ended and all it told is read."""
    rest = b""
    shown = 0.0
    while True:
        ended = child.poll() is not None
        ready, _, _ = select.select([reader], [], [], 0 if ended else _TICK)
        data = os.read(reader, 1 << 16) if ready else b""
        *lines, rest = (rest + data).split(b"\n")
        for text in lines:
            _hear(json.loads(text), outcome, heard)
        if time.monotonic() - shown >= _TICK:
            shown = time.monotonic()
            heard(None)
        if not data and ended:
            return
        if ready and not data:
            # The child closes its end a little before it ends.
            time.sleep(_TICK / 5)


def _hear(event: dict[str, Any], outcome: Outcome, heard: Callable[[dict[str, Any] | None], None]) -> None:
    if event["event"] == "failed":
        outcome.failed += [path for path in event["log"] if path not in outcome.failed]
    elif event["event"] == "error":
        outcome.errors.append(event["message"])
    heard(event)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask Snakemake and its jobs to end; wait, but not for ever, and no longer once asked again."""
    _signal(child, signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt, _Stopped):
        child.wait(_PATIENCE)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End what is left of the child's session: everything unfinished is a draft that the next run removes."""
    _signal(child, signal.SIGKILL)


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    # The child leads a process group of its own, which outlives it as long as one of its jobs does.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


@contextlib.contextmanager
def _shown(log: Path | None) -> Iterator[Any]:
    """The file that takes Snakemake's own text; None where it is shown."""
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        yield file


@contextlib.contextmanager
def _told_by_signals() -> Iterator[None]:
    """Make the ends that come from outside exceptions, as Ctrl-C is one; in the main thread, the only one that may."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of handlers
        raise _Stopped(number)

    def ignore(number: int, frame: FrameType | None) -> None:
        """Do nothing."""

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # In the background Ctrl-C is ignored, which Snakemake would inherit, and could not be stopped by it; a handler it does not.
        before[signal.SIGINT] = signal.signal(signal.SIGINT, ignore)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
