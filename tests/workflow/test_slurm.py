"""The workflow on a real SLURM of three nodes on this machine: the bytes of a local build, whatever happens to jobs and nodes.

Skipped, with the reason, where SLURM's daemons cannot be started: `python tests/slurm/cluster.py install` installs them on Debian.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.slurm import cluster
from tests.workflow.collection import ROOT, Collection, contents

pytestmark = pytest.mark.timeout(900)

LIMIT = 600
"""Seconds for one run of the workflow, on a machine that does much besides."""

SOON = ("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1", "--latency-wait", "20")


@pytest.fixture(params=["without accounting", "with accounting"])
def slurm(request: pytest.FixtureRequest) -> Iterator[cluster.Cluster]:
    """A cluster for one test."""
    # Paths of sockets must be short.
    with tempfile.TemporaryDirectory(prefix="slurm") as folder:
        pytest.importorskip("snakemake_executor_plugin_slurm", reason="the plugin is not installed: make setup-cluster")
        one = cluster.Cluster(Path(folder), accounting=request.param == "with accounting")
        try:
            one.up()
        except cluster.UnavailableError as error:
            pytest.skip(f"no SLURM here: {error}")
        try:
            yield one
        finally:
            one.down()


class Job(NamedTuple):
    """A job as squeue tells it; `memory` in MiB."""

    number: str
    state: str
    memory: int
    node: str
    comment: str


def _jobs() -> list[Job]:
    lines = cluster.run("squeue", "--noheader", "--states=all", "--format=%i|%T|%m|%N|%k", fail=False).splitlines()
    parts = [line.split("|", 4) for line in lines if line.count("|") >= 4]
    return [Job(number, state, _mib(memory), node, comment) for number, state, memory, node, comment in parts]


def _mib(text: str) -> int:
    number, unit = re.fullmatch(r"([\d.]+)([MG]?)", text).groups()  # type: ignore[union-attr]
    return round(float(number) * (1024 if unit == "G" else 1))


def _command(collection: Collection, *flags: str) -> list[str]:
    command = collection.command("--profile", "workflow/profiles/slurm", *SOON, *flags)
    at = command.index("--cores")
    return command[:at] + command[at + 2 :]


def _start(collection: Collection, *flags: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (collection.root / "said.txt").open("wb") as said:
        return subprocess.Popen(_command(collection, *flags), cwd=ROOT, stdout=said, stderr=said, env=environment)


def _end(process: subprocess.Popen[bytes], collection: Collection) -> str:
    try:
        process.wait(LIMIT)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    text = (collection.root / "said.txt").read_text("utf-8")
    assert process.returncode == 0, text
    return text


def _running(process: subprocess.Popen[bytes], rule: str, but: str = "") -> Job:
    """The first job of a rule that runs, other than the one of a number."""
    end = time.monotonic() + LIMIT
    while process.poll() is None and time.monotonic() < end:
        for job in _jobs():
            if job.state == "RUNNING" and rule in job.comment and job.number != but and _processes(job):
                return job
        time.sleep(0.2)
    raise AssertionError(f"no job of {rule} was seen; jobs: {_jobs()}")


def _processes(job: Job) -> list[int]:
    """Processes of a job, but for SLURM's own."""
    wanted = f"SLURM_JOB_ID={job.number}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (path / "environ").read_bytes().split(b"\0") and "slurm" not in (path / "comm").read_text("utf-8"):
                found.append(int(path.name))
        except OSError:
            continue
    return found


def _copy(twelve: Collection, folder: Path, shard_size: int) -> Collection:
    collection = Collection(folder)
    shutil.copytree(twelve.pictures, collection.pictures)
    # A relative path, from the folder where the command is typed: jobs start Snakemake elsewhere.
    images = os.path.relpath(collection.pictures, ROOT)
    collection.configure({"images": images, "metadata": str(twelve.root / "metadata.csv"), "catalog": {"shard_size": shard_size}})
    return collection


def test_the_same_bytes_as_a_local_build(twelve: Collection, slurm: cluster.Cluster, tmp_path: Path) -> None:
    collection = _copy(twelve, tmp_path / "cluster", 8)
    _end(_start(collection), collection)
    assert contents(collection.site) == contents(twelve.site)
    jobs = _jobs()
    assert {job.state for job in jobs} == {"COMPLETED"}
    assert len([job for job in jobs if "shards" in job.comment]) == 1, "two shards, ingested and described in one job"
    if slurm.accounting:
        known = cluster.run("sacct", "--allocations", "--noheader", "--parsable2", "--format=jobid,state").split()
        assert sorted(known) == sorted(f"{job.number}|COMPLETED" for job in jobs)


@pytest.mark.parametrize("slurm", ["without accounting"], indirect=True)
def test_a_job_killed_and_a_node_lost(twelve: Collection, slurm: cluster.Cluster, tmp_path: Path) -> None:
    collection = _copy(twelve, tmp_path / "cluster", 4)
    # Each shard a job of its own: this takes the place of the profile's groups.
    process = _start(collection, "--groups", "site=rest")
    try:
        killed = _running(process, "ingest")
        for number in _processes(killed):
            os.kill(number, signal.SIGKILL)
        lost = _running(process, "ingest", but=killed.number)
        cluster.run("scontrol", "update", f"nodename={lost.node}", "state=down", "reason=test")
        text = _end(process, collection)
    finally:
        if process.poll() is None:
            process.kill()
    again = [job for job in _jobs() if job.comment == killed.comment and job.number != killed.number]
    assert [job.memory for job in again][:1] == [pytest.approx(killed.memory * 1.5, abs=2)], "sent again, with more memory"
    assert "Trying to restart job" in text
    [after] = [job for job in _jobs() if job.number == lost.number]
    assert "Restarts=1" in cluster.run("scontrol", "show", "job", lost.number), "SLURM itself sends the jobs of a lost node again"
    assert after.node != lost.node
    local = _copy(twelve, tmp_path / "local", 4)
    run = local.run()
    assert run.code == 0, run.text
    assert contents(collection.site) == contents(local.site)
