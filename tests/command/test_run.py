"""A child that stands in for Snakemake: heard, stopped, and nothing of it left."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from pixplot_steps.command import run as runner

TALKS = """
import json, sys
out = open(sys.argv[1], "w")
for event in ({"event": "job", "id": 1, "rule": "r", "log": ["logs/ingest/x.log"], "shard": ""}, {"event": "failed", "id": 1, "rule": "r",
              "log": ["logs/ingest/x.log"]}, {"event": "error", "message": "broken"}):
    print(json.dumps(event), file=out, flush=True)
print("own words")
sys.exit(3)
"""

SLEEPS = """
import subprocess, sys, time
out = open(sys.argv[1], "w")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open("child.txt", "w").write(str(child.pid))
print('{"event": "planned", "jobs": {}}', file=out, flush=True)
time.sleep(600)
"""


def order(folder: Path) -> runner.Order:
    return runner.Order(folder / "config.yaml", folder, folder, log=folder / "logs" / "snakemake.log")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Any:
    def of(script: str) -> None:
        monkeypatch.setattr(runner, "command", lambda _, events: [sys.executable, "-c", script, events])

    return of


def test_events_are_heard_and_its_own_words_kept(tmp_path: Path, stand_in: Any) -> None:
    stand_in(TALKS)
    heard: list[Any] = []
    outcome = runner.run(order(tmp_path), heard.append)
    assert [event["event"] for event in heard if event] == ["job", "failed", "error"]
    assert (outcome.code, outcome.stopped, outcome.failed, outcome.errors) == (3, 0, ["logs/ingest/x.log"], ["broken"])
    assert (tmp_path / "logs/snakemake.log").read_text() == "own words\n"


def alive(number: int) -> bool:
    try:
        # A dead child of a dead parent is there until somebody has asked for it.
        return Path(f"/proc/{number}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell of processes by files")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_of_it(tmp_path: Path, stand_in: Any, number: signal.Signals) -> None:
    stand_in(SLEEPS)
    begun = threading.Event()

    def stop() -> None:
        begun.wait(60)
        os.kill(os.getpid(), number)

    threading.Thread(target=stop, daemon=True).start()
    before = signal.getsignal(number)
    outcome = runner.run(order(tmp_path), lambda event: begun.set() if event else None)
    assert outcome.stopped == number
    assert signal.getsignal(number) == before
    child = int((tmp_path / "child.txt").read_text())
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.1)
    assert not alive(child)


def test_ctrl_c_in_a_thread_of_a_notebook_needs_no_handler(tmp_path: Path, stand_in: Any) -> None:
    stand_in(TALKS)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(runner.run(order(tmp_path), lambda _: None).code))
    thread.start()
    thread.join(60)
    assert codes == [3]


def test_the_command_is_one_that_anybody_can_type(tmp_path: Path) -> None:
    words = runner.command(order(tmp_path), "/dev/fd/9")
    assert words[:4] == [sys.executable, "-P", "-m", "snakemake"]
    assert words[words.index("--configfile") + 1] == str(tmp_path / "config.yaml")
    assert Path(words[words.index("--snakefile") + 1]).is_file()
    assert "--dry-run" not in words
