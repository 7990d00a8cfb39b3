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
