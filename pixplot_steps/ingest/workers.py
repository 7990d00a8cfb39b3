"""Processes that do one task at a time, so that a crash in native code, a hang, or too much memory costs that task and no other.

A worker answers task after task through a pipe. When one dies, the task it was at is put aside, and tried once more, alone, after
all others: whatever was wrong may have been a neighbour's doing. What dies twice is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_STATM = Path("/proc/self/statm")
_NOTICE = 30.0


@dataclass(frozen=True)
class Limits:
    """`workers`: processes at a time; `mebibytes`: memory that a task may take in each; `seconds`: after which a task counts as hanging."""

    workers: int
    mebibytes: int
    seconds: float


@dataclass(frozen=True)
class Lost:
    """A task that killed its worker twice, or that did not end in time. `how` says it in words."""

    how: str


@dataclass(frozen=True)
class _Raised:
    text: str


class Workers(Generic[Task, Answer]):
    """Does tasks with `work`, a function of a module, in processes of their own.

    A program that uses this runs it below `if __name__ == "__main__":`, since a new process imports the program's own file again.
    """

    def __init__(self, work: Callable[[Task], Answer], limits: Limits) -> None:
        self._work = work
        self._limits = limits
        # Forked from a server that has imported the module already: a new worker takes milliseconds. Never from this process,
        # whose threads a fork would not survive.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([work.__module__])

    def each(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer | Lost]]:
        """Every task with its answer, in the order in which they end."""
        dead: list[Task] = []
        for task, answer in self._round(deque(tasks), self._limits.workers):
            if isinstance(answer, Lost):
                dead.append(task)
            else:
                yield task, answer
        yield from self._round(deque(dead), 1)

    def _round(self, waiting: deque[Task], count: int) -> Iterator[tuple[Task, Answer | Lost]]:
        busy: dict[Any, tuple[_Worker[Task, Answer], Task]] = {}
        idle = [_Worker(self._context, self._work, self._limits.mebibytes) for _ in range(min(count, len(waiting)))]
        try:
            while waiting or busy:
                while waiting and (idle or len(busy) < count):
                    worker = idle.pop() if idle else _Worker(self._context, self._work, self._limits.mebibytes)
                    busy[worker.pipe] = worker, waiting.popleft()
                    worker.pipe.send(busy[worker.pipe][1])
                ready = connection.wait(list(busy), timeout=self._limits.seconds)
                for pipe in ready or list(busy):
                    worker, task = busy.pop(pipe)
                    answer = worker.answer() if ready else Lost(f"took longer than {self._limits.seconds:.0f} seconds")
                    yield task, answer
                    if isinstance(answer, Lost):
                        worker.stop()
                    else:
                        idle.append(worker)
        finally:
            for worker in [*idle, *(worker for worker, _ in busy.values())]:
                worker.stop()


class _Worker(Generic[Task, Answer]):
    def __init__(self, context: Any, work: Callable[[Task], Answer], mebibytes: int) -> None:
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, work, mebibytes), daemon=True)
        self.process.start()
        other.close()
        try:
            self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(_NOTICE)
            raise RuntimeError(
                f"a process for pictures ended with code {self.process.exitcode} before its first task:"
                ' a script that ingests needs `if __name__ == "__main__":`, as each new process imports it again'
            ) from None

    def answer(self) -> Answer | Lost:
        try:
            answer: Answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(_NOTICE)
            return Lost(f"ended its process with code {self.process.exitcode}")
        if isinstance(answer, _Raised):
            raise RuntimeError(f"in a worker:\n{answer.text}")
        return answer

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _serve(pipe: Any, work: Callable[[Any], Any], mebibytes: int) -> None:
    # Decoders write of damaged files to the terminal what the table of problems says better.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    limit_memory(mebibytes << 20)
    pipe.send("ready")
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            answer = work(task)
        except Exception:
            # A fault of this program is none of the picture's.
            pipe.send(_Raised(traceback.format_exc()))
            raise
        pipe.send(answer)


def limit_memory(further: int) -> None:
    """Let this process take so many bytes more than it has; where the system does not say what it has, nothing is limited."""
    if _STATM.exists():
        taken = int(_STATM.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + further, resource.getrlimit(resource.RLIMIT_AS)[1]))
