"""The graph against brute force, with equal points, ties, and an approximate search that finds less than it should."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps import metric
from pixplot_steps.neighbours import graph, step
from pixplot_steps.store import arrays, commit
from tests.vectors import shards


def points(rows: int, dimensions: int = 8) -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(size=(rows, dimensions)).astype(np.float32)


@pytest.mark.parametrize("name", metric.METRICS)
def test_agrees_with_brute_force(name: str) -> None:
    values = points(300).astype(np.float64)
    found = graph.exact(metric.to_euclidean(points(300), name), np.arange(300), 7)
    if name == "correlation":
        values -= values.mean(axis=1, keepdims=True)
    if name == "euclidean":
        distances = np.linalg.norm(values[:, None] - values[None], axis=2)
    else:
        unit = values / np.linalg.norm(values, axis=1, keepdims=True)
        distances = 1 - unit @ unit.T
    np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1)[:, :7]
    assert (found.indices == order).all()
    assert metric.from_euclidean(found.distances, name) == pytest.approx(np.take_along_axis(distances, order, axis=1), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "row"), [("cosine", [0, 0, 0]), ("correlation", [2, 2, 2])], ids=["zero has no direction", "constant has no shape"]
)
def test_vectors_without_direction(name: str, row: list[float]) -> None:
    values = np.array([row, row, [1, 0, 0], [0, 1, 0]], np.float32)
    spread = metric.to_euclidean(values, name)
    distances = metric.from_euclidean(np.linalg.norm(spread[0] - spread, axis=1).astype(np.float64), name)
    assert distances == pytest.approx([0, 0, 1, 1], abs=1e-6)


def test_equal_points_are_neighbours_but_none_is_its_own() -> None:
    found = graph.exact(np.ones((30, 4), np.float32), np.arange(30), 5)
    assert (found.indices != np.arange(30)[:, None]).all()
    assert not found.distances.any()
    # Ties go by index.
    assert found.indices[0].tolist() == [1, 2, 3, 4, 5]
    assert found.indices[3].tolist() == [0, 1, 2, 4, 5]


def test_near_points_far_from_the_origin_are_told_apart() -> None:
    # In float32 their products are all the same; only measured distances order them.
    line = np.arange(12, dtype=np.float32)[:, None] * np.float32(0.001) + np.float32(100)
    assert graph.exact(line, np.arange(12), 1).indices[0].tolist() == [1]


def test_recall_counts_what_is_missing() -> None:
    values = points(100)
    found = graph.exact(values, np.arange(100), 4)
    worse = found.indices.copy()
    worse[:, 3] = graph.exact(values, np.arange(100), 50).indices[:, 49]
    assert graph.recall(values, found, np.arange(100)) == 1
    assert graph.recall(values, graph.measured(values, np.arange(100), worse), np.arange(100)) == 0.75


def test_approximate_mends_what_the_descent_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    values = points(40)
    true = graph.exact(values, np.arange(40), 5).indices
    answer = np.hstack([np.arange(40, dtype=np.int32)[:, None], true])
    answer[3] = np.append(true[3], (true[3, -1] + 1) % 40)  # itself not among its own, as happens among equal points
    answer[7, 2:] = -1  # not found
    asked: dict[str, Any] = {}

    def descent(data: NDArray[np.float32], **options: Any) -> SimpleNamespace:
        asked.update(options)
        return SimpleNamespace(neighbor_graph=(answer, None))

    monkeypatch.setitem(sys.modules, "pynndescent", SimpleNamespace(NNDescent=descent))
    found = graph.approximate(values, 5, 24, 1)
    assert (found.indices == true).all()
    assert (asked["n_neighbors"], asked["random_state"], asked["n_jobs"]) == (6, 24, 1)


@pytest.mark.parametrize(("rows", "wanted"), [(1, 0), (2, 1), (3, 2), (14, 5)])
def test_step(tmp_path: Path, rows: int, wanted: int) -> None:
    with commit.folder(tmp_path / "v.zarr") as draft:
        arrays.write(draft.path, "vectors", points(rows))
    flags = ("--count", 5, "--metric", "cosine", "--exact-below", 100, "--seed", 1, "--reproducible", "true")
    shards.step(step, "--vectors", tmp_path / "v.zarr", *flags, "--out", tmp_path / "n.zarr")
    assert arrays.read(tmp_path / "n.zarr", "indices").shape == (rows, wanted)
    assert arrays.read(tmp_path / "n.zarr", "distances").dtype == np.float32
    exact = {"metric": "cosine", "exact": True, "recall": 1.0, "wanted": 0.97}
    assert commit.stamp(tmp_path / "n.zarr").summary == {**exact, "count": wanted, "sample": rows}


@pytest.mark.parametrize(
    ("missed", "attempts", "recall", "why"),
    [
        ([0.0], 1, 1.0, "good at once"),
        ([0.5, 0.0], 2, 1.0, "searched harder"),
        ([0.5, 0.25, 0.0], 3, 1.0, "and harder"),
        ([0.25, 0.5, 0.5], 3, 0.75, "in vain: the best is kept"),
    ],
)
def test_the_search_goes_on_until_it_is_good_enough(
    tmp_path: Path, missed: list[float], attempts: int, recall: float, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, rows = points(200), np.arange(200)
    with commit.folder(tmp_path / "v.zarr") as draft:
        arrays.write(draft.path, "vectors", values)
    asked: list[int] = []

    def search(found: NDArray[np.float32], count: int, seed: int, threads: int, spare: int) -> graph.Graph:
        indices = graph.exact(found, rows, count + 40).indices
        wrong = round(missed[len(asked)] * count)
        asked.append(spare)
        return graph.measured(found, rows, np.hstack([indices[:, : count - wrong], indices[:, len(indices[0]) - wrong :]]))

    monkeypatch.setattr(graph, "approximate", search)
    flags = ("--count", 4, "--metric", "euclidean", "--exact-below", 100, "--seed", 1, "--reproducible", "true")
    shards.step(step, "--vectors", tmp_path / "v.zarr", *flags, "--out", tmp_path / "n.zarr")
    summary = commit.stamp(tmp_path / "n.zarr").summary
    assert (len(asked), summary["recall"], summary["exact"]) == (attempts, recall, False), why
    assert asked == sorted(set(asked)), "with more effort each time"
