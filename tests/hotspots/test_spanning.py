"""The spanning tree of a plane: as short as an exhaustive search makes it, whatever the points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import QhullError, distance_matrix

from pixplot_steps.hotspots import clusters, spanning

Points = NDArray[np.float64]


def towns(count: int, seed: int) -> Points:
    """Groups of very unequal width and size, and points between them."""
    generator = np.random.default_rng(seed)
    group = generator.integers(0, 6, count)
    width = 10.0 ** generator.uniform(-4, -0.5, 6)
    return generator.uniform(-1, 1, (6, 2))[group] + width[group, None] * generator.normal(size=(count, 2))


def exhaustive(points: Points, min_samples: int) -> float:
    """The length of the shortest tree among all edges."""
    distances = distance_matrix(points, points)
    core = np.sort(distances, axis=1)[:, min_samples]
    weights = np.maximum(distances, np.maximum.outer(core, core))
    # A sparse matrix holds no edge of length 0.
    return float(minimum_spanning_tree(weights + 1.0).sum()) - (len(points) - 1)


def spans(edges: NDArray[np.float64], count: int) -> bool:
    """Whether the edges join all points."""
    root = np.arange(count)
    for first, second in edges[:, :2].astype(np.int64).tolist():
        assert root[first] != root[second], "a ring"
        root[root == root[first]] = root[second]
    return len(np.unique(root)) == 1


@given(count=st.integers(6, 120), seed=st.integers(0, 200), copies=st.integers(0, 40), raster=st.booleans(), samples=st.integers(1, 5))
@settings(deadline=None, max_examples=150)
def test_it_is_the_shortest(count: int, seed: int, copies: int, raster: bool, samples: int) -> None:
    """Also of points that lie on others, and on a raster, where many distances are equal."""
    points = towns(count, seed)
    if raster:
        points = np.round(points * 8) / 8
    points[: min(copies, count - 5)] = points[0]
    points[-5:] = np.array([[-2.0, -2], [-2, 2], [2, -2], [2, 2], [0.1, 0.2]])
    edges = spanning.tree(points, samples)
    assert edges.shape == (count - 1, 3)
    assert spans(edges, count)
    assert (np.diff(edges[:, 2]) >= 0).all()
    assert edges[:, 2].sum() == pytest.approx(exhaustive(points, samples), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_shortest_of_many(seed: int) -> None:
    points = towns(3000, seed)
    assert spanning.tree(points, 5)[:, 2].sum() == pytest.approx(exhaustive(points, 5), rel=1e-9)


def test_rows_in_another_order_have_a_tree_of_the_same_lengths() -> None:
    points = towns(500, 1)
    order = np.random.default_rng(0).permutation(500)
    before, after = spanning.tree(points, 5), spanning.tree(points[order], 5)
    assert before[:, 2] == pytest.approx(after[:, 2])
    assert spans(after, 500)


def test_points_on_a_line_have_no_triangles_and_clusters_all_the_same() -> None:
    line = np.column_stack([np.concatenate([np.linspace(0, 0.1, 30), np.linspace(0.9, 1, 30)]), np.zeros(60)])
    with pytest.raises(QhullError):
        spanning.tree(line, 5)
    found = clusters.by_density(line.astype(np.float32), 20).hotspot
    assert [len(set(found[:30].tolist())), len(set(found[30:].tolist())), found.max()] == [1, 1, 1]


@pytest.mark.parametrize("seed", range(4))
def test_clusters_are_those_of_hdbscan(seed: int) -> None:
    """Of its exhaustive search; it is private to the package how a tree becomes clusters, so its own way is asked."""
    import hdbscan
    from sklearn.metrics import adjusted_rand_score

    points = towns(2000, seed).astype(np.float32)
    theirs = hdbscan.HDBSCAN(
        min_cluster_size=20, min_samples=5, max_cluster_size=1000, approx_min_span_tree=False, core_dist_n_jobs=1
    ).fit_predict(points.astype(np.float64))
    assert adjusted_rand_score(theirs, clusters.by_density(points, 20).hotspot) > 0.99
