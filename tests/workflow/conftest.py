"""The collection of twelve pictures, built once."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.workflow import killed
from tests.workflow.collection import Collection


@pytest.fixture(scope="session")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Twelve pictures with metadata, built once. Tests that change it work on a copy."""
    collection = Collection(tmp_path_factory.mktemp("twelve"))
    collection.draw(range(12))
    rows = "\n".join(f"p{i:03}.png,Picture {12 - i},{'odd' if i % 2 else 'even'}" for i in range(12))
    (collection.root / "metadata.csv").write_text(f"filename,title,category\n{rows}\n")
    collection.configure({"metadata": str(collection.root / "metadata.csv")})
    run = collection.run()
    assert run.code == 0, run.text
    (collection.root / "said.txt").write_text(run.text, "utf-8")
    assert run.jobs["ingest"] == run.jobs["features"] == 2, "two shards"
    return collection


@pytest.fixture(scope="session")
def commands(twelve: Collection) -> list[list[str]]:
    """What the jobs of the twelve ran, but for the map, whose imports take longer than all the rest."""
    text = (twelve.root / "said.txt").read_text("utf-8")
    found = [shlex.split(match) for match in re.findall(r"^ +pixplot (step .*?)2>&1", text, re.DOTALL | re.MULTILINE)]
    kept = [command for command in found if command[1:3] != ["layouts", "umap"]]
    assert {command[1] for command in kept} == set(killed.STEPS)
    return kept
