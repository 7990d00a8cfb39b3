"""The deep zoom as a user asks for it: with a few lines in the configuration."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pixplot_steps import cli
from tests.workflow.collection import Collection


@pytest.fixture
def another(twelve: Collection, tmp_path: Path) -> Collection:
    """The twelve, built already, in another place."""
    collection = Collection(tmp_path / "copy")
    shutil.copytree(twelve.root, collection.root, symlinks=True)
    return collection


def test_grids_as_large_pictures_in_the_site(another: Collection) -> None:
    zooms = {"layouts": ["grid", "alphabetical"], "mosaic": "jpeg", "cells_per_job": 5, "tile": 256}
    another.configure({"metadata": str(another.root / "metadata.csv"), "deepzoom": zooms})
    run = another.run()
    assert run.code == 0, run.text
    made = {rule: count for rule, count in run.jobs.items() if rule.startswith("deepzoom")}
    assert made == {"deepzoom_plan": 2, "deepzoom_tiles": 6, "deepzoom_top": 2, "deepzoom_mosaic": 2}
    assert cli.main(["verify", str(another.site)]) == 0
    layouts = json.loads((another.site / "data/manifest.json").read_bytes())["layouts"]
    assert sorted(one["name"] for one in layouts if "deepzoom" in one) == ["alphabetical", "grid"]
    assert set(another.run("--dry-run").jobs) <= {"all"}


def test_a_layout_that_there_is_not_is_told_with_those_that_there_are(another: Collection) -> None:
    another.configure({"metadata": str(another.root / "metadata.csv"), "deepzoom": {"layouts": ["gird"]}})
    run = another.run()
    assert run.code != 0
    assert "a deep zoom of a grid that there is not" in run.text
    assert "names among umap, jitter, grid" in run.text
