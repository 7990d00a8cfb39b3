"""The whole flow over a few drawn pictures: what is made, what a second run costs, and what bad input does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from pixplot_steps import cli
from tests.workflow.collection import Collection, contents

ROOT = Path(__file__).parents[2]

STAGES = ("catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "site")

LAYOUTS = ["umap", "jitter", "grid", "category", "colour", "alphabetical"]


@pytest.fixture
def copy(twelve: Collection, tmp_path: Path) -> Collection:
    """A finished build of the twelve that may be changed; nothing in it depends on where it lies but its configuration."""
    collection = Collection(tmp_path / "copy")
    shutil.copytree(twelve.root, collection.root, symlinks=True)
    shutil.rmtree(collection.pictures)
    collection.pictures.symlink_to(twelve.pictures)
    return collection


def _verified(collection: Collection, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert cli.main(["verify", str(collection.site), "--json"]) == 0
    [line] = capsys.readouterr().out.strip().splitlines()
    value: dict[str, object] = json.loads(line)
    return value


def test_the_site_is_whole(twelve: Collection, capsys: pytest.CaptureFixture[str]) -> None:
    found = _verified(twelve, capsys)
    expected = {"items": 12, "images": 12, "shards": 2, "problems": 0, "layouts": LAYOUTS}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_leaves_a_benchmark_and_a_log(twelve: Collection, stage: str) -> None:
    for folder, suffix in (("benchmarks", "*.tsv"), ("logs", "*.log")):
        assert list((twelve.work / folder / stage).rglob(suffix)), f"{folder}/{stage}"


def test_nothing_changed_runs_no_job(twelve: Collection) -> None:
    run = twelve.run()
    assert (run.code, run.jobs) == (0, {}), run.text
    assert "Nothing to be done" in run.text


def test_another_viewer_runs_the_site_only(twelve: Collection) -> None:
    changed = ROOT / "viewer/dist/assets/changed-by-a-test.txt"
    changed.write_text("A file that the viewer did not have.")
    try:
        assert twelve.run("--dry-run").jobs == {"site": 1, "all": 1}
    finally:
        changed.unlink()
    assert twelve.run("--dry-run").jobs == {}


def test_a_viewer_option_runs_the_site_only(twelve: Collection) -> None:
    metadata = str(twelve.root / "metadata.csv")
    twelve.configure({"metadata": metadata, "site": {"title": "Another title"}})
    assert twelve.run("--dry-run").jobs == {"site": 1, "all": 1}
    twelve.configure({"metadata": metadata})


def test_two_builds_from_scratch_are_the_same_bytes(twelve: Collection, tmp_path: Path) -> None:
    again = Collection(tmp_path / "again")
    shutil.copytree(twelve.pictures, again.pictures)
    again.configure({"metadata": str(twelve.root / "metadata.csv")})
    run = again.run()
    assert run.code == 0, run.text
    assert contents(again.site) == contents(twelve.site)


def test_an_added_picture_costs_one_shard(copy: Collection, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(copy.pictures, own)
    # Copies have new times of change, so this also touches every old picture.
    copy.pictures.unlink()
    own.rename(copy.pictures)
    copy.draw([12])
    (copy.pictures / "p003.png").rename(copy.pictures / "renamed.png")
    (copy.pictures / "p004.png").unlink()
    copy.configure({"metadata": str(copy.root / "metadata.csv")})
    run = copy.run()
    assert run.code == 0, run.text
    assert (run.jobs["ingest"], run.jobs["features"]) == (1, 1), "touched, renamed and removed pictures cost no feature"
    manifest = json.loads((copy.site / "data/manifest.json").read_bytes())
    assert manifest["counts"]["items"] == 12
    copy.draw([4])
    (copy.pictures / "p012.png").unlink()
    (copy.pictures / "renamed.png").rename(copy.pictures / "p003.png")
    back = copy.run()
    assert back.code == 0, back.text
    assert back.jobs == {"catalog": 1, "site": 1, "all": 1}, "back again costs nothing"


def test_bad_files_are_listed_and_stop_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection = Collection(tmp_path)
    collection.draw(range(3))
    (collection.pictures / "text.png").write_text("no picture")
    (collection.pictures / "zero.jpg").touch()
    (collection.pictures / "album.jpg").mkdir()
    truncated = (collection.pictures / "p000.png").read_bytes()[:60]
    (collection.pictures / "cut.png").write_bytes(truncated)
    collection.configure()
    run = collection.run()
    assert run.code == 0, run.text
    assert _verified(collection, capsys)["items"] == 3
    manifest = json.loads((collection.site / "data/manifest.json").read_bytes())
    with pa.ipc.open_file(collection.site / manifest["problems"]["file"]) as reader:
        problems = {row["path"]: row for row in reader.read_all().to_pylist()}
    assert sorted(problems) == ["album.jpg", "cut.png", "text.png", "zero.jpg"]
    assert all(row["reason"] and row["action"] for row in problems.values())
    assert "4 problems" in run.text, "counted at the end of the run"


@pytest.mark.parametrize("count", [1, 2])
def test_a_few_pictures_make_a_map(tmp_path: Path, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    collection = Collection(tmp_path)
    collection.draw(range(count))
    collection.configure()
    run = collection.run()
    assert run.code == 0, run.text
    assert _verified(collection, capsys)["items"] == count


def _unreadable(pictures: Path) -> None:
    pictures.mkdir()
    for name in ("a.png", "b.jpg"):
        (pictures / name).write_text("no picture")


@pytest.mark.parametrize(
    ("prepare", "text"),
    [
        (lambda pictures: None, "There are no such pictures"),
        (lambda pictures: pictures.mkdir(), "There are no pictures"),
        (_unreadable, "could be read"),
    ],
    ids=["no folder", "empty folder", "all unreadable"],
)
def test_nothing_to_show_stops_with_one_clear_message(tmp_path: Path, prepare: object, text: str) -> None:
    collection = Collection(tmp_path)
    assert callable(prepare)
    prepare(collection.pictures)
    collection.configure()
    run = collection.run()
    assert run.code != 0
    assert run.text.count("pixplot: error: ") >= 1, run.text
    assert text in run.text
    assert not collection.site.exists(), "nothing is written to the site"


def test_a_wrong_key_stops_before_any_job(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.draw([0])
    collection.configure({"hotspots": {"min_cluster_sise": 3}})
    run = collection.run()
    assert run.code != 0
    assert run.jobs == {}
    assert "hotspots.min_cluster_sise: no such key; did you mean 'min_cluster_size'?" in run.text
    assert not collection.work.exists()
