"""The whole workflow over every hostile or odd file of the real test data, some under names that are no UTF-8 besides."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pixplot_steps import cli
from tests.workflow.collection import Collection, Run

TABLE = Path(__file__).parents[1] / "ingest" / "nasty.csv"
ODD_NAMES = {b"caf\xe9.jpg": "café.jpg", b"a<b>&\"'.jpg": "a<b>&\"'.jpg", b"line\nend.jpg": "line\nend.jpg", b"50% #1?.jpg": "50% #1?.jpg"}


@pytest.fixture(scope="module")
def hostile(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Collection, Run]:
    collection = Collection(tmp_path_factory.mktemp("hostile"))
    shutil.copytree(shared_data / "nasty" / "images", collection.pictures)
    for number, name in enumerate(ODD_NAMES):
        collection.draw([number])
        (collection.pictures / f"p{number:03}.png").rename(collection.pictures / os.fsdecode(name))
    collection.configure({"catalog": {"shard_size": 80}})
    return collection, collection.run()


def _table(collection: Collection, key: str) -> list[dict[str, Any]]:
    manifest = json.loads((collection.site / "data/manifest.json").read_bytes())
    with pa.ipc.open_file(collection.site / manifest[key]["file"]) as reader:
        rows: list[dict[str, Any]] = reader.read_all().to_pylist()
    return rows


def test_the_run_ends_well_and_the_site_is_whole(hostile: tuple[Collection, Run]) -> None:
    collection, run = hostile
    assert run.code == 0, run.text[-3000:]
    assert cli.main(["verify", str(collection.site)]) == 0


def test_each_file_is_an_image_or_a_problem_as_the_table_says(hostile: tuple[Collection, Run]) -> None:
    collection, _ = hostile
    shown = {row["item"] for row in _table(collection, "table")}
    problems = {row["path"]: row for row in _table(collection, "problems")}
    with TABLE.open(newline="", encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) > 150
    for row in expected:
        name = row["file"]
        assert (name in shown) == (row["outcome"] == "image"), name
        # Empty files are told by the catalogue, in words of its own.
        kind = row["told"].partition(":")[0]
        assert problems[name]["kind"] == kind if kind else name not in problems, name
        assert name in shown or (problems[name]["reason"] and problems[name]["action"]), name
    assert set(ODD_NAMES.values()) <= shown
    assert shown | set(problems) == {row["file"] for row in expected} | set(ODD_NAMES.values()), "nothing is lost, nothing is made up"


def test_the_end_of_the_run_tells_kinds_counts_examples_and_what_to_do(hostile: tuple[Collection, Run]) -> None:
    collection, run = hostile
    problems = _table(collection, "problems")
    assert f"{len(problems)} problems" in run.text
    for kind in {row["kind"] for row in problems}:
        rows = [row for row in problems if row["kind"] == kind]
        [told] = re.findall(rf"^ +{kind}: (\d+), such as (.+)\n +what to do: (.+)$", run.text, re.MULTILINE)
        assert int(told[0]) == len(rows)
        assert repr(rows[0]["path"]) in told[1]
        assert told[2] in {row["action"] for row in rows}
