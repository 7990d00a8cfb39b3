"""`pixplot compact`: only what nothing uses goes, and small shards are merged."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from pixplot_steps import cli, compact
from pixplot_steps.store import lock
from tests.workflow import killed
from tests.workflow.collection import Collection, contents


@pytest.fixture
def copy(twelve: Collection, tmp_path: Path) -> Collection:
    """A finished build of the twelve that may be changed."""
    collection = Collection(tmp_path / "copy")
    shutil.copytree(twelve.root, collection.root, symlinks=True)
    _configure(collection, twelve)
    return collection


def _configure(collection: Collection, twelve: Collection, **changes: object) -> None:
    collection.configure({"metadata": str(twelve.root / "metadata.csv"), "images": str(twelve.pictures), **changes})


def _command(collection: Collection, *flags: str) -> list[str]:
    return ["compact", "--configfile", str(collection.root / "config.yaml"), *flags]


def _artefacts(collection: Collection) -> dict[str, str]:
    return {name: text for folder in compact.FOLDERS for name, text in _below(collection, folder).items()}


def _below(collection: Collection, folder: str) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in contents(collection.work / folder).items()}


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (["vectors/a.zarr/stamp.json"], []),
        (["vectors/b.zarr/stamp.json"], ["vectors/b.zarr"]),
        (["features/m/1.zarr/stamp.json", "features/m/2.zarr/stamp.json"], ["features/m/2.zarr"]),
        (["features/other/1.zarr/stamp.json"], ["features/other"]),
        (["vectors/.b.zarr.partial/x", "vectors/.a.zarr.lock"], ["vectors/.a.zarr.lock", "vectors/.b.zarr.partial"]),
        (["site/index.html", "ledger/shards.parquet", "notes/mine.txt", "mine.txt"], []),
    ],
    ids=["wanted", "another name", "another shard", "a whole folder", "drafts of killed jobs", "nobody's artefact"],
)
def test_what_is_not_used(tmp_path: Path, there: list[str], expected: list[str]) -> None:
    for name in there:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = compact.unused(tmp_path, {"vectors/a.zarr", "features/m/1.zarr"})
    assert [path.relative_to(tmp_path).as_posix() for path in found] == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 8, "b": 8}, []),
        ({"a": 8, "b": 3}, []),
        ({"a": 8, "b": 3, "c": 1}, ["b", "c"]),
        ({"a": 3, "b": 3, "c": 3}, ["a", "b", "c"]),
        ({"a": 4, "b": 4}, []),
        ({}, []),
    ],
    ids=["full", "one small", "two small", "three into two", "half full", "none"],
)
def test_small_shards(counts: dict[str, int], expected: list[str]) -> None:
    assert compact.mergeable(counts, 8) == expected


def test_a_finished_build_has_nothing_to_spare(copy: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    before = _artefacts(copy)
    assert cli.main(_command(copy)) == 0
    assert "0  bytes in 0 artefacts" in capsys.readouterr().out
    assert _artefacts(copy) == before


def test_what_an_older_configuration_made_goes(twelve: Collection, copy: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    before = _artefacts(copy)
    _configure(copy, twelve, layouts={"grid": {"aspect": 1}})
    # Nothing is removed while the site is still the older one.
    assert cli.main(_command(copy)) == 1
    assert "run the workflow with this configuration to its end" in capsys.readouterr().err
    assert _artefacts(copy) == before
    assert copy.run().code == 0
    made, site = _artefacts(copy), contents(copy.site)
    assert cli.main(_command(copy, "--dry-run")) == 0
    [old] = [path for path in made if path in before and path.startswith("layouts/grid/") and path.endswith("stamp.json")]
    assert old.removesuffix("/stamp.json") in capsys.readouterr().out
    assert _artefacts(copy) == made, "only listed"
    assert cli.main(_command(copy)) == 0
    after = _artefacts(copy)
    assert {path.split(".zarr")[0] for path in made.keys() - after.keys()} == {old.split(".zarr")[0]}
    assert contents(copy.site) == site
    assert copy.run("--dry-run").jobs == {}


def test_a_map_that_carries_on_from_another_needs_nothing_else(copy: Collection) -> None:
    copy.draw([12])
    copy.configure({"metadata": str(copy.root / "metadata.csv")})
    assert copy.run().code == 0
    site = contents(copy.site)
    assert cli.main(_command(copy)) == 0
    assert copy.run("--dry-run").jobs == {}
    assert contents(copy.site) == site


def test_small_shards_are_merged_by_the_next_run(twelve: Collection, copy: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    _configure(copy, twelve, catalog={"shard_size": 24})
    assert copy.run().jobs == {"catalog": 1}, "a size alone changes no shard that is there"
    assert cli.main(_command(copy, "--merge", "--dry-run")) == 0
    assert "2 small shards of 12 images would be merged" in capsys.readouterr().out
    assert copy.run("--dry-run").jobs == {}
    assert cli.main(_command(copy, "--merge")) == 0
    run = copy.run()
    assert run.code == 0, run.text
    assert (run.jobs["ingest"], run.jobs["features"]) == (1, 1)
    capsys.readouterr()
    assert cli.main(_command(copy)) == 0
    assert len(list(copy.work.glob("images/*/*.zarr"))) == len(list(copy.work.glob("features/*/*.zarr"))) == 1
    assert copy.run("--dry-run").jobs == {}


def test_killed_at_any_moment_it_harms_nothing(twelve: Collection, copy: Collection, tmp_path: Path) -> None:
    for name in ("vectors/0123456789ab.zarr", "images/0123456789ab"):
        shutil.copytree(next(copy.work.glob("vectors/*.zarr")), copy.work / name)
    made = _artefacts(twelve)
    steps = killed.run(_command(copy, "--dry-run"), copy.work)
    assert steps is not None
    for seed in range(8):
        # The first changes are the locks'.
        killed.run(_command(copy), copy.work, random.Random(seed).randint(1, steps + 20))
        assert made.items() <= _artefacts(copy).items()
        half = [path for path in copy.work.glob("*/0123456789ab*") if (path / "stamp.json").exists()]
        assert all(contents(path) == contents(next(twelve.work.glob("vectors/*.zarr"))) for path in half), "with a stamp, whole"
    assert cli.main(_command(copy)) == 0
    assert _artefacts(copy) == made


def test_not_while_a_run_is_at_work(copy: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    held = lock.hold(copy.work / "run.lock", "the work folder")
    assert cli.main(_command(copy)) == 1
    os.close(held)
    assert "the work folder is in use by another run" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "message"), [(None, "cannot be read"), ("images: [", "cannot be read"), ("imagse: x", "no such key")])
def test_a_configuration_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str) -> None:
    path = tmp_path / "mine.yaml"
    if text is not None:
        path.write_text(text, "utf-8")
    assert cli.main(["compact", "--configfile", str(path)]) == 1
    assert message in capsys.readouterr().err
