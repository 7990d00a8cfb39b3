"""Killed at any moment, the same command finishes with the same bytes.

Fifty kills by fixed seeds; `--kills 500` makes it 500. Most kill one job, at a random one of its changes of files; some kill
Snakemake alone, whose jobs go on without it, or Snakemake with all its jobs.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.workflow import killed
from tests.workflow.collection import ROOT, Collection, contents

_OF_ALL = 6
"""One kill in so many is of Snakemake."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    kills: int = metafunc.config.getoption("--kills")
    if "job_seed" in metafunc.fixturenames:
        metafunc.parametrize("job_seed", range(kills - kills // _OF_ALL))
    if "snakemake_seeds" in metafunc.fixturenames:
        metafunc.parametrize("snakemake_seeds", [range(kills // _OF_ALL)], ids=[f"{kills // _OF_ALL} kills"])


@pytest.fixture(scope="session")
def changes(twelve: Collection, commands: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """How many changes of files each command makes."""
    return [_count(_prepared(twelve, command, tmp_path_factory.mktemp("count")), command) for command in commands]


def _count(work: Path, command: list[str]) -> int:
    count = killed.run(command, work)
    assert count, command
    return count


def _out(command: list[str]) -> str:
    return command[command.index("--out") + 1]


def _prepared(twelve: Collection, command: list[str], folder: Path) -> Path:
    """The finished work folder without what the command makes; the site is not removed but made an older one."""
    work = folder / "work"
    shutil.copytree(twelve.work, work, ignore=shutil.ignore_patterns(".snakemake", "logs", "benchmarks"))
    if command[1] != "site":
        shutil.rmtree(work / _out(command))
        return work
    pictures = sorted((work / "site/pictures").rglob("*.jpg"))
    pictures[0].unlink()
    (work / "site/pictures/00").mkdir(exist_ok=True)
    shutil.copy(pictures[1], work / f"site/pictures/00/{'0' * 32}.jpg")
    killed.run([word.replace("--title=", "--title=Older ") for word in command], work)
    pictures[2].write_bytes(b"of an older build")
    (work / "ledger/site.json").unlink()
    return work


def test_a_killed_job_is_made_again(
    twelve: Collection, commands: list[list[str]], changes: list[int], tmp_path: Path, job_seed: int
) -> None:
    chance = random.Random(job_seed)
    index = chance.randrange(len(commands))
    command = commands[index]
    work = _prepared(twelve, command, tmp_path)
    assert killed.run(command, work, chance.randint(1, changes[index])) is None
    killed.run(command, work, chance.randint(1, 2 * changes[index]))
    assert killed.run(command, work) is not None
    assert contents(work / _out(command)) == contents(twelve.work / _out(command))
    strays = [path for path in (work / _out(command)).parent.glob(".*") if path.name != ".snakemake"]
    assert strays == []


def test_snakemake_killed_again_and_again_finishes(twelve: Collection, tmp_path: Path, snakemake_seeds: range) -> None:
    broken = Collection(tmp_path / "broken")
    broken.root.mkdir()
    broken.pictures.symlink_to(twelve.pictures)
    broken.configure({"metadata": str(twelve.root / "metadata.csv")})
    for seed in snakemake_seeds:
        chance = random.Random(seed)
        with subprocess.Popen(
            broken.command(), cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(chance.uniform(2, 9))
            if chance.random() < 0.5:
                process.kill()
            elif process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    run = broken.run()
    assert run.code == 0, run.text
    assert contents(broken.site) == contents(twelve.site)
    assert broken.run().jobs == {}
