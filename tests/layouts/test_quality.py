"""Quality: equal to scikit-learn's where that is exact, unbiased from a sample, and silent where it would mean nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from pixplot_steps.layouts import quality


def data(rows: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    points = np.random.default_rng(0).normal(size=(rows, 6)).astype(np.float32)
    return points, points[:, :2].copy()


def test_agrees_with_scikit_learn() -> None:
    points, positions = data(800)
    found = quality.of_map(points, positions, np.arange(800))
    assert found is not None
    assert found.trustworthiness == pytest.approx(trustworthiness(points, positions, n_neighbors=10), abs=1e-5)
    near = [NearestNeighbors(n_neighbors=10).fit(x).kneighbors(return_distance=False) for x in (points, positions)]
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)]
    assert found.neighbours_kept == pytest.approx(np.mean(shared), abs=1e-3)


def test_a_sample_estimates_the_whole() -> None:
    points, positions = data(4000)
    whole = quality.of_map(points, positions, np.arange(4000))
    part = quality.of_map(points, positions, np.sort(np.random.default_rng(1).choice(4000, 1000, replace=False)))
    assert whole is not None
    assert part is not None
    assert part.trustworthiness == pytest.approx(whole.trustworthiness, abs=0.01)
    assert part.neighbours_kept == pytest.approx(whole.neighbours_kept, abs=0.01)


@pytest.mark.parametrize(("rows", "count"), [(1, 1), (500, 500), (50_000, 10_000), (10**6, 1000)])
def test_sample_is_bounded(rows: int, count: int) -> None:
    chosen = quality.sample(rows, 1)
    assert len(np.unique(chosen)) == count
    assert chosen.max() < rows


@pytest.mark.parametrize("rows", [1, 2])
def test_too_few_points_claim_nothing(rows: int) -> None:
    assert quality.of_map(*data(rows), np.arange(rows)) is None


def test_the_truth_is_perfect() -> None:
    _, positions = data(300)
    assert quality.of_map(positions, positions, np.arange(300)) == quality.MapQuality(1.0, 1.0, 300)


def test_equal_points_are_no_error() -> None:
    same = np.ones((40, 5), np.float32)
    assert quality.of_map(same, data(40)[1], np.arange(40)) == quality.MapQuality(1.0, 1.0, 40)


def test_each_picture_says_how_true_its_place_is() -> None:
    points, positions = data(600)
    graph = NearestNeighbors(n_neighbors=10).fit(points).kneighbors(return_distance=False).astype(np.int32)
    found = quality.near(graph, positions)
    around = NearestNeighbors(n_neighbors=24).fit(positions).kneighbors(return_distance=False)
    expected = [len(set(a) & set(b)) / 10 for a, b in zip(graph, around, strict=True)]
    np.testing.assert_allclose(found / 255, expected, atol=0.5 / 255)
    assert (quality.near(graph, np.zeros((600, 2), np.float32)) <= 255).all()


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_where_there_are_few_all_are_near(rows: int) -> None:
    points, positions = data(rows)
    count = rows - 1
    graph = np.empty((rows, 0), np.int32)
    if count:
        graph = NearestNeighbors(n_neighbors=count).fit(points).kneighbors(return_distance=False).astype(np.int32)
    assert quality.near(graph, positions).tolist() == [255] * rows


def squares(side: int) -> NDArray[np.float32]:
    return np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2).astype(np.float32)


def test_a_grid_of_a_grid_keeps_all_distances() -> None:
    cells = squares(12)
    rows = np.arange(144)
    assert quality.distance_preservation(cells, cells, 1, rows) == pytest.approx(1, abs=1e-6)
    shuffled = np.random.default_rng(0).permutation(cells)
    random = quality.distance_preservation(cells, shuffled, 1, rows)
    assert random is not None
    assert random < 0.6
    # A few neighbours exchanged cost little.
    nearly = cells.copy()
    nearly[[0, 1, 70, 71]] = nearly[[1, 0, 71, 70]]
    little = quality.distance_preservation(cells, nearly, 1, rows)
    assert little is not None
    assert 0.95 < little < 1


def test_distances_kept_are_the_authors_measure() -> None:
    metrics = pytest.importorskip("vc_flas.metrics", reason="the authors' own code is an optional extra")
    points = np.random.default_rng(3).normal(size=(63, 5)).astype(np.float32)
    cells = np.stack(np.meshgrid(np.arange(9), np.arange(7)), axis=-1).reshape(-1, 2).astype(np.float32)
    expected = metrics.distance_preservation_quality(points.reshape(7, 9, 5), p=16)
    assert quality.distance_preservation(points, cells, 1, np.arange(63)) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_grid_of_few_claims_nothing(rows: int) -> None:
    points, positions = data(rows)
    assert quality.distance_preservation(points, positions, 1, np.arange(rows)) is None
    assert quality.kept_of_features(points, positions, np.arange(rows)) is None


def test_equal_points_have_no_distances_to_keep() -> None:
    assert quality.distance_preservation(np.ones((9, 3), np.float32), squares(3), 1, np.arange(9)) is None


def test_neighbours_in_feature_space_are_found_among_the_cells() -> None:
    cells = squares(20)
    assert quality.kept_of_features(cells, cells, np.arange(400)) == pytest.approx(1)
    shuffled = np.random.default_rng(0).permutation(cells)
    found = quality.kept_of_features(cells, shuffled, np.arange(400))
    assert found is not None
    assert found == pytest.approx(24 / 399, abs=0.03)
