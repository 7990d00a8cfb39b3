"""What goes wrong around the program: disks, damaged files, clocks, a second run. Each says so clearly, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pixplot_steps import cli
from pixplot_steps.store import commit, lock
from tests.workflow.collection import ROOT, Collection, contents


@pytest.fixture
def copy(twelve: Collection, tmp_path: Path) -> Collection:
    """A finished build of the twelve that may be changed."""
    collection = Collection(tmp_path / "copy")
    shutil.copytree(twelve.root, collection.root, symlinks=True)
    collection.configure({"metadata": str(twelve.root / "metadata.csv"), "images": str(twelve.pictures)})
    return collection


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _remount(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(disk)], check=True)


def _ingest(collection: Collection, disk: Path) -> list[str]:
    shard = min((collection.work / "catalog/shards").iterdir())
    sizes = (
        "--thumbnail",
        "128",
        "--picture",
        "1024",
        "--picture-quality",
        "85",
        "--min-size",
        "0",
        "--max-megapixels",
        "300",
        "--squares",
        "--aspect",
        "squash",
    )
    return ["step", "ingest", "--shard", str(shard), *sizes, "--ground", "#ffffff", "--threads", "1", "--out", str(disk / "shard.zarr")]


@pytest.mark.parametrize(
    ("fault", "cure", "message"), [("size=12k", "size=50m", "the disk is full"), ("ro,size=50m", "rw", "the disk can only be read")]
)
def test_a_disk_that_takes_nothing(
    twelve: Collection, disk: Path, capsys: pytest.CaptureFixture[str], fault: str, cure: str, message: str
) -> None:
    _remount(disk, fault)
    assert cli.main(_ingest(twelve, disk)) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "run the same command again; what is finished is kept" in said
    assert list(disk.iterdir()) == [], "nothing half is left"
    _remount(disk, cure)
    assert cli.main(_ingest(twelve, disk)) == 0
    commit.check(disk / "shard.zarr")


def test_a_disk_that_fills_up_in_the_middle(tmp_path: Path, disk: Path) -> None:
    _remount(disk, "size=500k")
    collection = Collection(tmp_path)
    collection.draw(range(12))
    collection.configure({"workdir": str(disk / "work")})
    first = collection.run()
    assert first.code != 0
    assert "disk is full" in first.text or "No space left on device" in first.text
    _remount(disk, "size=50m")
    second = collection.run()
    assert second.code == 0, second.text
    undisturbed = Collection(tmp_path / "undisturbed")
    undisturbed.root.mkdir()
    undisturbed.pictures.symlink_to(collection.pictures)
    undisturbed.configure()
    assert undisturbed.run().code == 0
    assert contents(disk / "work/site") == contents(undisturbed.site)


def test_pictures_changed_and_deleted_during_a_run(tmp_path: Path) -> None:
    """The run stops and says which, or was done with them; the same command makes what it would have made of the new ones."""
    collection = Collection(tmp_path / "during")
    collection.draw(range(12))
    collection.configure()
    with subprocess.Popen(collection.command(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while not (collection.work / "catalog/stamp.json").exists() and process.poll() is None:
            time.sleep(0.01)
        shutil.copy(collection.pictures / "p005.png", collection.pictures / "p003.png")
        (collection.pictures / "p004.png").unlink()
        said = process.communicate(timeout=300)[0]
    assert process.returncode == 0 or "changed, moved or removed after they were listed" in said, said
    again = collection.run()
    assert again.code == 0, again.text
    after = Collection(tmp_path / "after")
    shutil.copytree(collection.pictures, after.pictures)
    after.configure()
    assert after.run().code == 0
    assert _shown(collection) == _shown(after)


def _shown(collection: Collection) -> object:
    """The pictures, and what is told of each item; where they lie on the map depends on what was there before."""
    manifest = json.loads((collection.site / "data/manifest.json").read_bytes())
    return contents(collection.site / "pictures"), [manifest[key]["digest"] for key in ("table", "colours", "sizes")]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


@pytest.mark.parametrize("harm", [_flip, _cut, Path.unlink], ids=["a changed bit", "a file cut off", "a file gone"])
@pytest.mark.parametrize(
    ("damaged", "step"),
    [
        ("images/*/*.zarr/thumb/c/0/0/0/0", "features"),
        ("features/*/*.zarr/features/c/0/0", "vectors"),
        ("vectors/*.zarr/vectors/c/0/0", "neighbours"),
        ("vectors/*.zarr/images.parquet", "hotspots"),
        ("layouts/umap/*.zarr/positions/c/0/0", "hotspots"),
        ("images/*/*.zarr/thumb/c/0/0/0/0", "atlases"),
        ("catalog/items.parquet", "site"),
        ("images/*/*.zarr/picture/c/0", "site"),
    ],
)
def test_damage_is_found_where_it_is_read(
    copy: Collection,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damaged: str,
    step: str,
    harm: object,
) -> None:
    files = sorted(copy.work.glob(damaged))
    assert files
    assert callable(harm)
    for path in files:
        harm(path)
    shutil.rmtree(copy.site)
    monkeypatch.chdir(copy.work)
    # Of two commands of a step the one that reads: names are told of what was found.
    command = next(command for command in reversed(commands) if command[1] == step and command[2] != "name")
    assert cli.main(command) == 1
    said = capsys.readouterr().err
    assert "is damaged" in said
    assert "run the same command again" in said
    parts = {copy.work / Path(*path.relative_to(copy.work).parts[: len(Path(damaged.split(".zarr")[0]).parts)]) for path in files}
    stamps = [part / commit.STAMP if part.is_dir() else part.parent / commit.STAMP for part in parts]
    assert not all(path.exists() for path in stamps), "the part that is damaged counts as not made"
    assert not copy.site.exists() or not (copy.site / "data/manifest.json").exists()


def test_a_damaged_shard_is_reported_and_made_again(twelve: Collection, copy: Collection) -> None:
    _flip(next(copy.work.glob("images/*/*.zarr/thumb/c/0/0/0/0")))
    shutil.rmtree(copy.work / "atlases")
    shutil.rmtree(copy.site)
    first = copy.run()
    assert first.code != 0
    assert "is damaged" in first.text
    second = copy.run()
    assert second.code == 0, second.text
    # Snakemake makes anew what was made from it directly, with the same bytes, and nothing after that.
    assert {rule: second.jobs.get(rule, 0) for rule in ("ingest", "features", "umap")} == {"ingest": 1, "features": 1, "umap": 0}
    assert contents(copy.site) == contents(twelve.site)


def test_a_damaged_catalogue_is_reported_and_made_again(twelve: Collection, copy: Collection) -> None:
    _flip(copy.work / "catalog/items.parquet")
    shutil.rmtree(copy.site)
    first = copy.run()
    assert first.code != 0
    assert "catalog is damaged" in first.text
    second = copy.run()
    assert (second.code, second.jobs) == (0, {"catalog": 1, "site": 1, "all": 1}), second.text
    assert contents(copy.site) == contents(twelve.site)


def test_a_picture_that_was_away_while_its_shard_was_made_comes_back(
    copy: Collection, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = copy.root / "own"
    shutil.copytree(copy.pictures, own)
    monkeypatch.chdir(copy.work)
    catalog = list(commands[0])
    catalog[catalog.index("--images") + 1] = str(own)
    shutil.move(own / "p003.png", copy.root / "away.png")
    assert cli.main(catalog) == 0
    made = [command for command in commands if command[1] in ("ingest", "features")]
    for command in made:
        shutil.rmtree(_out(command))
        assert cli.main(command) == 0
    assert cli.main(catalog) == 0
    assert [command for command in made if not _made(command)] == [], "nothing is made again while it is away"
    shutil.move(copy.root / "away.png", own / "p003.png")
    assert cli.main(catalog) == 0
    assert [command[1] for command in made if not _made(command)] == ["ingest", "features"], "the shard that lacks it"
    for command in made:
        assert cli.main(command) == 0
    assert sorted(int(commit.stamp(_out(command)).summary["ok"]) for command in made if command[1] == "ingest") == [4, 8]


def _out(command: list[str]) -> Path:
    return Path(command[command.index("--out") + 1])


def _made(command: list[str]) -> bool:
    return (_out(command) / commit.STAMP).is_file()


def test_times_in_the_future_cost_nothing(twelve: Collection, copy: Collection) -> None:
    future = time.time() + 10**7
    for path in [*copy.work.rglob("*"), copy.root / "config.yaml"]:
        if ".snakemake" not in path.parts:
            os.utime(path, (future, future) if hash(path.name) % 2 else (1, 1))
    assert copy.run("--dry-run").jobs == {}


def test_a_second_run_says_so_and_stops(copy: Collection) -> None:
    shutil.rmtree(copy.site)
    held = lock.hold(copy.work / "run.lock", "the work folder")
    run = copy.run()
    os.close(held)
    assert run.code != 0
    assert "the work folder is in use by another run" in run.text
    assert not copy.site.exists()
