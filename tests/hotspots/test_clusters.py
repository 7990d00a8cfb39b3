"""Hotspots: what counts as one, which member stands for it, and how items are told from images."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from pixplot_steps import digest, spec
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import clusters, step
from pixplot_steps.store import arrays, commit, tables
from tests import golden_check
from tests.vectors import shards


def blobs(*sizes: int, spread: float = 0.02) -> NDArray[np.float32]:
    """Round groups on a circle."""
    generator = np.random.default_rng(0)
    angles = 2 * np.pi * np.arange(len(sizes)) / len(sizes)
    centres = 0.8 * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.vstack([c + generator.normal(scale=spread, size=(n, 2)) for c, n in zip(centres, sizes, strict=True)]).astype(np.float32)


@pytest.mark.parametrize(("asked", "points", "size"), [(20, 10_000, 20), (20, 400, 20), (20, 100, 5), (20, 12, 5), (3, 50, 3), (1, 50, 2)])
def test_smallest_size(asked: int, points: int, size: int) -> None:
    assert clusters.smallest_size(asked, points) == size


def test_groups_are_found() -> None:
    labels = clusters.by_density(blobs(100, 80, 60), 20).hotspot
    groups = [set(part[part >= 0].tolist()) for part in np.split(labels, [100, 180])]
    assert [len(group) for group in groups] == [1, 1, 1]
    assert len(set.union(*groups)) == 3


def test_a_cluster_of_most_images_is_split() -> None:
    # 300 of 360 points lie in one group, which itself has two halves.
    generator = np.random.default_rng(0)
    halves = [generator.normal((x, 0), 0.02, size=(150, 2)) for x in (0.5, 0.65)]
    positions = np.vstack([*halves, generator.normal(scale=0.02, size=(60, 2)) - 0.5]).astype(np.float32)
    sizes = np.bincount(clusters.by_density(positions, 20).hotspot[clusters.by_density(positions, 20).hotspot >= 0])
    assert sizes.max() <= 180
    assert len(sizes) == 3


@pytest.mark.parametrize(
    "positions",
    [np.zeros((1, 2), np.float32), blobs(3), blobs(5, 4), np.full((200, 2), 0.3, np.float32)],
    ids=["one image", "three", "nine", "all on one spot"],
)
def test_no_density_no_hotspots(positions: NDArray[np.float32]) -> None:
    assert (clusters.by_density(positions, 20).hotspot == -1).all()


def test_medoid_is_near_the_mean_and_stragglers_move_nothing() -> None:
    vectors = np.array([[0, 0], [1, 0], [2, 0], [3, 0], [9, 9]], np.float32)
    positions = np.array([[0, 0], [0.1, 0], [0.2, 0], [1, 1], [0.5, 0.5]], np.float32)
    found = clusters.describe(np.array([0, 1, 2, 3]), positions, vectors, 0.05)
    assert found.medoid == 1
    assert found.centre == pytest.approx((0.15, 0))
    assert found.bounds[2] < 1


def write(root: Path, positions: NDArray[np.float32], image_row: list[int], numbers: Sequence[int] = ()) -> None:
    """A catalogue whose item i shows the image of row image_row[i]; `numbers` name the images of the rows."""
    images = [shards.image(i) for i in numbers or range(max(image_row) + 1)]
    first = np.unique(image_row, return_index=True)[1]
    with commit.folder(root / "catalog") as draft:
        table = pa.table([[f"{i:04d}.jpg" for i in range(len(image_row))], [images[i] for i in image_row]], schema=tables.ITEMS)
        tables.write(draft.path / "items.parquet", table, tables.ITEMS)
    with commit.folder(root / "v.zarr") as draft:
        arrays.write(draft.path, "vectors", positions[first])
        table = pa.table([images, ["s"] * len(images), pa.array(range(len(images)), pa.int32())], schema=tables.IMAGES)
        tables.write(draft.path / "images.parquet", table, tables.IMAGES)
    with commit.folder(root / "map.zarr") as draft:
        arrays.write(draft.path, "positions", positions)
        draft.summary = {"cell": 0.02}


def find(
    root: Path, most: int, own: Sequence[Path] = (), former: Sequence[Path] = (), method: str = "hdbscan", space: Sequence[Path] = ()
) -> tuple[NDArray[np.int32], list[dict[str, Any]]]:
    inputs = ("--catalog", root / "catalog", "--vectors", root / "v.zarr", "--map", root / "map.zarr", "--layout-name", "umap")
    flags = (
        "--space",
        *space,
        "--clusters",
        *own,
        "--method",
        method,
        "--n-clusters",
        4,
        "--seed",
        1,
        "--min-cluster-size",
        20,
        "--max-clusters",
        most,
        "--former",
        *former,
    )
    shards.step(step, "find", *inputs, *flags, "--out", root / "h.zarr")
    return arrays.read(root / "h.zarr", "members"), commit.stamp(root / "h.zarr").summary["list"]


def test_own_clusters_keep_their_names_and_what_is_missing_is_listed(tmp_path: Path) -> None:
    write(tmp_path, blobs(6, 3, 3), list(range(12)))
    rows = [("0000.jpg", "Ships"), ("./0001.jpg", "Ships"), ("0002.jpg", "Trees"), ("0003.jpg", "-1"), ("gone.jpg", "Trees")]
    (tmp_path / "own.csv").write_text("filename,cluster\n" + "".join(f"{name},{label}\n" for name, label in rows))
    members, found = find(tmp_path, 1, [tmp_path / "own.csv"])
    assert [(one["label"], one["count"]) for one in found] == [("Ships", 2), ("Trees", 1)], "none is dropped"
    assert members.tolist() == [0, 0, 1, *[-1] * 9]
    problems = tables.read(tmp_path / "h.zarr" / "problems.parquet", tables.FAULTS)
    assert problems["image"].to_pylist() == sorted(shards.image(i) for i in range(4, 12))
    assert set(problems["kind"].to_pylist()) == {"no cluster"}


def test_clusters_of_other_pictures_are_refused(tmp_path: Path) -> None:
    write(tmp_path, blobs(6, 3, 3), list(range(12)))
    (tmp_path / "own.csv").write_text("filename,cluster\nx.jpg,Ships\n")
    with pytest.raises(SourceError, match="no picture has a cluster"):
        find(tmp_path, 1, [tmp_path / "own.csv"])


def test_step(tmp_path: Path) -> None:
    # Images 0..239 in three groups; each image of the smallest group is shown twice, which makes it the largest in items.
    images = blobs(100, 80, 60)
    image_row = [*range(240), *range(180, 240)]
    write(tmp_path, images[image_row], image_row)
    members, found = find(tmp_path, 2)
    assert [one["label"] for one in found] == ["Cluster 1", "Cluster 2"]
    for number, one in enumerate(found):
        rows = np.flatnonzero(members == number)
        assert one["count"] == len(rows)
        assert members[one["item"]] == number
        assert one["id"] == digest.of_lines(sorted({shards.image(image_row[row]) for row in rows}))
        assert one["bounds"][0] <= one["centre"][0] <= one["bounds"][2]
    assert set(np.flatnonzero(members == 0)) <= {*range(180, 300)}
    assert (members[240:] == members[180:240]).all()
    assert found[0]["count"] >= found[1]["count"] > 60


def test_ids_and_names_stay_with_the_members(tmp_path: Path) -> None:
    """The middle group goes, the last grows to be the first, and one comes."""
    before, after = tmp_path / "before", tmp_path / "after"
    write(before, blobs(100, 80, 60), list(range(240)))
    _, old = find(before, 9)
    large, small = old[0], old[2]
    assert [one["label"] for one in old] == ["Cluster 1", "Cluster 2", "Cluster 3"]
    now = np.concatenate([blobs(100), blobs(0, 0, 60), blobs(0, 0, 70) + 0.001, blobs(0, 0, 0, 40)])
    names = [*range(100), *range(180, 240), *range(1000, 1110)]
    write(after, now, list(range(270)), names)
    _, found = find(after, 9, former=[before / "h.zarr" / "members.parquet"])
    assert [(one["id"], one["label"]) for one in found[:2]] == [(one["id"], one["label"]) for one in (small, large)]
    assert found[0]["count"] > found[1]["count"] > found[2]["count"]
    assert found[2]["label"] == "Cluster 4", "no name is given twice"
    assert found[2]["id"] not in {one["id"] for one in old}


@pytest.mark.parametrize("rows", [1, 2, 3, 14])
def test_small_collections(tmp_path: Path, rows: int) -> None:
    write(tmp_path, np.random.default_rng(0).uniform(-1, 1, (rows, 2)).astype(np.float32), list(range(rows)))
    members, found = find(tmp_path, 10)
    assert len(members) == rows
    assert set(members.tolist()) <= {-1, *range(len(found))}


def describe(root: Path, **columns: pa.Array) -> None:
    """Give the catalogue columns of metadata; of `dated`, the years."""
    table = tables.read(root / "catalog" / "items.parquet", tables.ITEMS)
    shutil.rmtree(root / "catalog")
    for name, values in columns.items():
        kind = "category" if name == "kind" else "text"
        field = pa.field("made: years" if name == "years" else name, values.type, metadata={"type": kind})
        table = table.append_column(field, values)
    with commit.folder(root / "catalog") as draft:
        tables.write(draft.path / "items.parquet", table, tables.ITEMS)


def named(root: Path, *by: str) -> dict[str, list[str]]:
    inputs = ("--catalog", root / "catalog", "--vectors", root / "v.zarr", "--hotspots", root / "h.zarr")
    shutil.rmtree(root / "names", ignore_errors=True)
    shards.step(step, "name", *inputs, "--by", json.dumps(by), "--out", root / "names")
    found: dict[str, list[str]] = commit.stamp(root / "names").summary
    return found


def test_hotspots_are_named_by_the_metadata_of_their_members(tmp_path: Path) -> None:
    write(tmp_path, blobs(100, 80, 60), list(range(240)))
    find(tmp_path, 9)
    kinds = pa.array(["portrait"] * 100 + ["map"] * 80 + [None] * 60)
    spans = pa.array([[1890, 1899]] * 100 + [[1700, 1700]] * 80 + [None] * 60, pa.list_(pa.int32(), 2))
    describe(tmp_path, kind=kinds, title=pa.array([f"A view {i}" for i in range(240)]), years=spans, made=pa.array(["?"] * 240))
    found = named(tmp_path, "kind", "title", "made")
    assert found == {"labels": ["Portrait, 1890s", "Map, 1700s", ""], "regions": []}
    golden_check.check("names", spec.VERSIONS["names"], {"labels": [*found["labels"]], "regions": [*found["regions"]]})
    assert named(tmp_path)["labels"] == ["", "", ""]


def test_own_clusters_are_not_named_anew(tmp_path: Path) -> None:
    write(tmp_path, blobs(6, 6), list(range(12)))
    describe(tmp_path, kind=pa.array(["portrait"] * 6 + ["map"] * 6))
    (tmp_path / "own.csv").write_text("filename,cluster\n" + "".join(f"{i:04}.jpg,{'AB'[i // 6]}\n" for i in range(12)))
    find(tmp_path, 9, [tmp_path / "own.csv"])
    assert sorted(named(tmp_path, "kind")["labels"]) == ["A", "B"]


def test_kmeans_puts_every_picture_into_a_hotspot(tmp_path: Path) -> None:
    write(tmp_path, blobs(30, 30, 30, 30), list(range(120)))
    members, found = find(tmp_path, 9, method="kmeans")
    assert len(found) == 4
    assert (members >= 0).all()


def test_what_is_dense_in_a_space_is_found_there_and_described_on_the_map(tmp_path: Path) -> None:
    """Three groups in five dimensions, of which the map shows a single cloud."""
    positions = np.random.default_rng(0).uniform(-1, 1, (120, 2)).astype(np.float32)
    write(tmp_path, positions, list(range(120)))
    space = np.repeat(0.8 * np.eye(3, 5), 40, axis=0) + np.random.default_rng(1).normal(scale=0.02, size=(120, 5))
    with commit.folder(tmp_path / "space.zarr") as draft:
        arrays.write(draft.path, "coordinates", space.astype(np.float32))
    members, found = find(tmp_path, 9, space=[tmp_path / "space.zarr"])
    assert sorted(one["count"] for one in found) == [40, 40, 40]
    assert [len(set(members[start : start + 40].tolist())) for start in (0, 40, 80)] == [1, 1, 1]
    assert all(np.allclose(one["centre"], np.median(positions[members == i], axis=0), atol=1e-5) for i, one in enumerate(found))


def test_nothing_takes_the_place_of_hdbscan(monkeypatch: pytest.MonkeyPatch) -> None:
    """PixPlot took KMeans, and said nothing, where hdbscan was not installed."""
    monkeypatch.setitem(sys.modules, "hdbscan", None)
    monkeypatch.setitem(sys.modules, "hdbscan._hdbscan_tree", None)
    with pytest.raises(ImportError):
        clusters.by_density(blobs(60, 60), 20)


def test_many_hotspots_lie_in_regions(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    centres = (np.array([[-0.8, 0], [0.8, 0], [0, 0.8]])[:, None] + generator.normal(size=(3, 4, 2)) * 0.12).reshape(-1, 2)
    write(tmp_path, (np.repeat(centres, 60, axis=0) + generator.normal(size=(720, 2)) * 0.004).astype(np.float32), list(range(720)))
    members, found = find(tmp_path, 30)
    regions = arrays.read(tmp_path / "h.zarr", "regions")
    listed = commit.stamp(tmp_path / "h.zarr").summary["regions"]
    assert 1 < len(listed) < len(found)
    assert [one["count"] for one in listed] == np.bincount(regions[regions >= 0]).tolist()
    assert all(len(set(regions[members == number].tolist())) == 1 for number in range(len(found)))
    assert all(one["outline"] for one in [*listed, *found])
    assert [one["region"] for one in found] == [regions[one["item"]] for one in found]
    assert named(tmp_path)["regions"] == [""] * len(listed)
