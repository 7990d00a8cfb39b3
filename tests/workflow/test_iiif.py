"""From manifests on a server to the map, killed in the middle and run again: nothing is asked for twice, and no limit is broken."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from pixplot_steps import cli
from pixplot_steps.store import tables
from tests.fetch.museum import Museum, Reply, always, open_museum
from tests.workflow.collection import ROOT, Collection, contents

PER_MINUTE = 240
NUMBERS = range(12)
SERVED = 6
"""Pictures that are answered before the run is killed."""


@pytest.fixture(scope="module")
def museum() -> Iterator[Museum]:
    with open_museum() as opened:
        yield opened


def picture(number: int) -> str:
    return f"/iiif/{number}/full/!600,400/0/default.jpg"


def configured(root: Path, museum: Museum) -> Collection:
    collection = Collection(root)
    (root / "list.txt").write_text("\n".join([museum.url("/collection/0-11"), museum.url("/manifest/11"), museum.url("/gone")]))
    fetch = {"contact": "test@example.org", "private_addresses": True, "per_minute": PER_MINUTE, "cool_down": 0.1, "timeout": 20}
    collection.configure({"images": None, "manifests": str(root / "list.txt"), "fetch": fetch})
    return collection


def kill_when_six_are_here(collection: Collection, museum: Museum) -> None:
    """Let the server hold its breath after six pictures, wait until those are kept, and kill Snakemake with all its jobs."""
    breath = threading.Event()
    served: set[int] = set()

    def held(number: int) -> Reply:
        with museum.lock:
            if len(served) < SERVED:
                served.add(number)
        if number not in served:
            breath.wait(120)
        return museum.right(picture(number))

    def answer(number: int) -> None:
        museum.faults[picture(number)] = lambda count, headers: held(number)

    for number in NUMBERS:
        answer(number)
    with subprocess.Popen(
        collection.command(), cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 200
        while len(museum.asked(r"\.jpg")) < SERVED and time.monotonic() < until:
            assert process.poll() is None, "it ended by itself"
            time.sleep(0.1)
        time.sleep(2)
        os.killpg(process.pid, signal.SIGKILL)
    for number in NUMBERS:
        del museum.faults[picture(number)]
    # Requests that were held are no answers: they went nowhere.
    with museum.lock:
        done = list(museum.log)
    breath.set()
    time.sleep(1)
    with museum.lock:
        museum.log[:] = done


@pytest.mark.timeout(1800)
def test_manifests_to_map_killed_and_run_again(tmp_path: Path, museum: Museum) -> None:
    collection = configured(tmp_path, museum)
    kill_when_six_are_here(collection, museum)
    assert len(museum.asked(r"\.jpg")) == SERVED
    run = collection.run()
    assert run.code == 0, run.text
    assert run.jobs["ingest"] == 2

    pictures = museum.asked(r"\.jpg")
    assert sorted(pictures) == sorted(picture(number) for number in NUMBERS), "each picture was answered once"
    answered = [one.path for one in museum.log if one.code == 200]
    assert len(answered) == len(set(answered)), "nor was anything else answered twice"
    check_limits(museum)

    assert cli.main(["verify", str(collection.site)]) == 0
    items = tables.read(collection.work / "catalog/items.parquet", tables.ITEMS)
    assert items["item"].to_pylist() == sorted(museum.url(f"/manifest/{n}").removeprefix("http://") for n in NUMBERS)
    assert set(items["title"].to_pylist()) == {f"Picture {n}" for n in NUMBERS}
    assert years(items) == [(1800 + n, 1800 + n) for n in sorted(NUMBERS, key=str)]
    problems = tables.read(collection.work / "problems.parquet", tables.PROBLEMS).to_pylist()
    assert [(row["stage"], row["reason"]) for row in problems] == [("fetch", "the server answers 404 (it is not there)")]

    # What failed is tried again, alone; where it fails again, nothing else is made.
    before, asked = contents(collection.site), len(museum.log)
    run = collection.run()
    assert run.jobs == {"fetch": 1, "catalog": 1, "all": 1} or run.jobs == {"fetch": 1, "catalog": 1}, run.text
    assert museum.asked()[asked:] == ["/gone"]
    assert contents(collection.site) == before

    # It comes back: one image more, in a shard of its own. Then there is nothing to do.
    museum.faults["/gone"] = always(museum.json(museum.manifest(30)))
    run = collection.run()
    assert run.code == 0, run.text
    assert (run.jobs["fetch"], run.jobs["ingest"]) == (1, 1)
    assert tables.read(collection.work / "catalog/items.parquet", tables.ITEMS).num_rows == 13
    asked = len(museum.log)
    assert collection.run().jobs == {}
    assert len(museum.log) == asked


def check_limits(museum: Museum) -> None:
    """No window of ten seconds has more requests than the rate allows, but for one that the network was late with."""
    times = sorted(one.time for one in museum.log)
    most = max(sum(start <= other < start + 10 for other in times) for start in times)
    assert most <= PER_MINUTE / 6 + 1
    assert museum.most_open <= 2
    assert {re.sub(r".*\(\+(.*)\)", r"\1", agent(one.headers)) for one in museum.log} == {"test@example.org"}


def agent(headers: Mapping[str, str]) -> str:
    return headers["User-Agent"]


def years(items: pa.Table) -> list[tuple[int, int]]:
    return [tuple(pair) for pair in items["date: years"].to_pylist()]
