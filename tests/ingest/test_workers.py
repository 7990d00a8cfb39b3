"""A task that kills its process, hangs or takes too much memory costs itself alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pixplot_steps.ingest.workers import Limits, Lost, Workers

LIMITS = Limits(workers=2, mebibytes=256, seconds=20)


def work(task: str) -> int | str:
    if task == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if task == "hang":
        time.sleep(60)
    if task == "fault":
        raise KeyError(task)
    if task == "memory":
        try:
            return len(bytearray(512 << 20))
        except MemoryError:
            return "no memory"
    return len(task)


def answers(tasks: list[str], limits: Limits = LIMITS) -> dict[str, int | str]:
    return {task: answer.how if isinstance(answer, Lost) else answer for task, answer in Workers(work, limits).each(tasks)}


def test_a_crash_loses_its_own_task_and_no_other() -> None:
    tasks = [*("x" * n for n in range(1, 9)), "crash", *("y" * n for n in range(1, 9))]
    found = answers(tasks)
    assert found.pop("crash") == "ended its process with code -11"
    assert found == {task: len(task) for task in tasks if task != "crash"}


def test_memory_is_limited_and_the_rest_goes_on() -> None:
    assert answers(["memory", "abc"]) == {"memory": "no memory", "abc": 3}


def test_what_hangs_is_given_up() -> None:
    assert answers(["hang", "abc"], Limits(2, 256, 1)) == {"hang": "took longer than 1 seconds", "abc": 3}


def test_a_fault_of_the_program_is_not_blamed_on_a_picture() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)in a worker.*KeyError: 'fault'"):
        answers(["fault"])


def test_no_tasks_no_answers() -> None:
    assert answers([]) == {}


def test_a_script_without_a_guard_is_told_so_and_loses_no_picture(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pixplot_steps.ingest.workers import Limits, Workers\n"
        "def work(task): return len(task)\n"
        "print(list(Workers(work, Limits(1, 256, 20)).each(['abc'])))\n"
    )
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert ended.returncode != 0
    assert "Lost" not in ended.stdout
    assert 'needs `if __name__ == "__main__":`' in ended.stderr
