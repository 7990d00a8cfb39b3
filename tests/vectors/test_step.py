"""The step: which rows it takes, what it writes, and what it says when parts are missing, unlike, or all unreadable."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dask
import numpy as np
import pytest

from pixplot_steps.errors import DamagedError, MissingPartError, SourceError
from pixplot_steps.store import arrays, commit, tables
from pixplot_steps.vectors import step
from tests.vectors import shards
from tests.vectors.shards import Shards


def reduce(parts: Shards, out: Path, components: int = 8, whiten: str = "false", others: Sequence[Path] = ()) -> Path:
    flags = ("--catalog", parts.catalog, "--images", parts.images, "--features", parts.features)
    shards.step(step, *flags, "--others", *others, "--components", components, "--whiten", whiten, "--out", out)
    return out


def test_unreadable_images_are_left_out(tmp_path: Path) -> None:
    out = reduce(shards.write(tmp_path, shards.clustered(250), bad=(0, 120, 249)), tmp_path / "v.zarr")
    table = tables.read(out / "images.parquet", tables.IMAGES)
    assert table["image"].to_pylist() == [shards.image(i) for i in range(250) if i not in (0, 120, 249)]
    assert table["row"].to_pylist()[:100] == [*range(1, 100), 0]
    assert arrays.read(out, "vectors").shape == (247, 8)
    stamp = commit.stamp(out)
    assert stamp.rows == 247
    assert stamp.summary["model"] == {"model": "test", "version": 1, "dimensions": 16}
    assert 0 < stamp.summary["explained_variance"] <= 1


def test_images_of_no_item_are_left_out(tmp_path: Path) -> None:
    parts = shards.write(tmp_path, shards.clustered(20))
    items = tables.read(parts.catalog / "items.parquet", tables.ITEMS).slice(5)
    with commit.folder(tmp_path / "used") as draft:
        shutil.copytree(parts.catalog, draft.path, ignore=shutil.ignore_patterns(commit.STAMP), dirs_exist_ok=True)
        tables.write(draft.path / "items.parquet", items, tables.ITEMS)
        draft.rows = items.num_rows
    parts = replace(parts, catalog=tmp_path / "used")
    images = tables.read(reduce(parts, tmp_path / "v.zarr") / "images.parquet", tables.IMAGES)
    assert images["image"].to_pylist() == [shards.image(i) for i in range(5, 20)]


@pytest.mark.parametrize(("count", "width"), [(1, 1), (2, 1), (3, 2), (14, 8)])
def test_small_collections(tmp_path: Path, count: int, width: int) -> None:
    vectors = arrays.read(reduce(shards.write(tmp_path, shards.clustered(count), size=2), tmp_path / "v.zarr"), "vectors")
    assert vectors.shape == (count, width)
    assert np.isfinite(vectors).all()


def test_same_bytes_on_any_number_of_threads(tmp_path: Path) -> None:
    parts = shards.write(tmp_path, shards.clustered(500), size=30)
    for workers in (1, 4):
        with dask.config.set(num_workers=workers):
            reduce(parts, tmp_path / f"{workers}.zarr")
    assert commit.stamp(tmp_path / "1.zarr") == commit.stamp(tmp_path / "4.zarr")


def test_nothing_readable_says_why(tmp_path: Path) -> None:
    parts = shards.write(tmp_path, shards.clustered(7), bad=range(7))
    with pytest.raises(SourceError, match=r"7 pictures tried: 7 undecodable \(not a picture\)"):
        reduce(parts, tmp_path / "v.zarr")


def test_a_missing_shard_is_named_before_anything_is_read(tmp_path: Path) -> None:
    parts = shards.write(tmp_path, shards.clustered(30), size=10)
    lost = sorted(parts.features.iterdir())[1]
    shutil.rmtree(lost)
    with pytest.raises(MissingPartError, match=lost.name):
        reduce(parts, tmp_path / "v.zarr")


@pytest.mark.parametrize(
    ("rows", "value", "said"),
    [(9, 1.0, "differ in length"), (10, np.inf, "not finite")],
    ids=["a shard of another length", "overflowed features"],
)
def test_damaged_features(tmp_path: Path, rows: int, value: float, said: str) -> None:
    parts = shards.write(tmp_path, shards.clustered(10))
    with commit.folder(next(parts.features.iterdir())) as draft:
        arrays.write(draft.path, "features", np.full((rows, 16), value, np.float16))
        arrays.write(draft.path, "ok", np.ones(rows, np.bool_))
    with pytest.raises(DamagedError, match=said), np.errstate(invalid="ignore"):
        reduce(parts, tmp_path / "v.zarr")


def test_whitened_components_have_a_variance_of_one(tmp_path: Path) -> None:
    out = reduce(shards.write(tmp_path, shards.clustered(250), size=90), tmp_path / "v.zarr", whiten="true")
    np.testing.assert_allclose(arrays.read(out, "vectors").std(axis=0, ddof=1), 1, atol=1e-3)
    assert commit.stamp(out).summary["whitened"]


def test_pictures_are_shown_where_every_model_describes_them(tmp_path: Path) -> None:
    parts = shards.write(tmp_path / "a", shards.clustered(30), size=10, bad=(4,))
    other = shards.write(tmp_path / "b", shards.clustered(30, dimensions=5), size=10, bad=(7, 29))
    out = reduce(parts, tmp_path / "v.zarr", others=[other.features])
    images = tables.read(out / "images.parquet", tables.IMAGES)["image"].to_pylist()
    assert images == [shards.image(i) for i in range(30) if i not in (4, 7, 29)]
