"""The map's ties, forces and descent, beside their formulas and umap-learn's own."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.datasets import load_digits

from pixplot_steps.layouts import descent, fuzzy, quality, umap
from pixplot_steps.neighbours import graph as neighbours
from pixplot_steps.spec import Umap
from tests import umap_learn

WORD = 1 << 64


def graph_of(points: NDArray[np.float32], count: int) -> umap.Graph:
    found = neighbours.exact(points, np.arange(len(points)), min(count, len(points) - 1))
    return umap.Graph(found.indices, found.distances.astype(np.float32))


def with_self(graph: umap.Graph) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    rows = len(graph.indices)
    itself = np.column_stack([np.arange(rows), graph.indices])
    return itself, np.column_stack([np.zeros(rows, np.float32), graph.distances])


def cloud(rows: int, seed: int, equal: int = 0) -> NDArray[np.float32]:
    points = np.random.default_rng(seed).normal(size=(rows, 6)).astype(np.float32)
    points[:equal] = points[0]
    return points


@pytest.fixture(scope="module")
def digits() -> NDArray[np.float32]:
    points: NDArray[np.float32] = load_digits().data.astype(np.float32)
    points -= points.mean(axis=0)
    axes = np.linalg.eigh(points.T @ points)[1][:, ::-1]
    return np.asarray(points @ axes[:, :30], dtype=np.float32)


@pytest.mark.parametrize("min_dist", [0.0, 0.1, 0.5, 0.99])
def test_the_curve_is_umaps(min_dist: float) -> None:
    assert umap.curve(min_dist) == pytest.approx(umap_learn.load().find_ab_params(1.0, min_dist))


@pytest.mark.parametrize("equal", [0, 40], ids=["all different", "40 equal"])
def test_the_ties_are_umaps(equal: int) -> None:
    points = cloud(120, 1, equal)
    graph = graph_of(points, 14)
    indices, distances = with_self(graph)
    theirs, _, _ = umap_learn.load().fuzzy_simplicial_set(
        points, 15, np.random.RandomState(1), "precomputed", knn_indices=indices, knn_dists=distances
    )
    np.testing.assert_allclose(umap.ties(graph, None).toarray(), theirs.toarray(), atol=1e-4)


@pytest.mark.parametrize("weight", [0.2, 0.7, 1.0])
def test_the_ties_of_labelled_images_are_umaps(weight: float) -> None:
    points, graph = cloud(300, 2), graph_of(cloud(300, 2), 14)
    labels = np.random.default_rng(3).integers(-1, 3, 300)
    theirs = umap_learn.load().UMAP(
        n_neighbors=15, precomputed_knn=with_self(graph), n_epochs=1, init="random", random_state=1, target_weight=weight
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = theirs.fit(points, labels).graph_
    found = umap.ties(graph, umap.Labels(labels, weight))
    # Raising the strongest tie to 1 again magnifies what the search of the radii leaves open.
    assert abs(found - csr_array(wanted)).max() < 5e-3
    assert abs(umap.ties(graph, None) - csr_array(wanted)).max() > 0.1


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 60), st.integers(1, 20), st.integers(0, 10**6), st.integers(0, 60))
def test_ties_are_shares_and_told_from_both_ends(rows: int, count: int, seed: int, equal: int) -> None:
    graph = graph_of(cloud(rows, seed, min(equal, rows)), count)
    found = umap.ties(graph, None)
    assert abs(found - found.T).max() == 0
    assert found.data.min() > 0
    assert found.data.max() <= 1 + 1e-6
    assert found.max(axis=1).toarray() == pytest.approx(1), "each point is wholly tied to its nearest"
    told = fuzzy.strengths(graph.distances)
    # Among equal points all are as near as the nearest.
    different = (np.diff(graph.distances, axis=1, prepend=0) > 0.01).all(axis=1)
    wanted = np.log2(graph.indices.shape[1] + 1)
    assert told[different].sum(axis=1) == pytest.approx(max(1, wanted), abs=1e-3)


@settings(deadline=None)
@given(st.floats(1e-11, 1e11), st.sampled_from([0.0, 0.1, 0.5, 0.99]))
def test_the_tables_give_the_forces_of_the_formulas(square: float, min_dist: float) -> None:
    a, b = umap.curve(min_dist)
    found = [descent.looked_up(table, np.float32(square)) for table in descent.tables((a, b))]
    fall = 1 + a * square**b
    assert found == pytest.approx([-2 * a * b * square ** (b - 1) / fall, 2 * b / ((1e-3 + square) * fall)], rel=3e-4, abs=1e-30)


@pytest.mark.parametrize("square", [0.0, 1e-45, 1e-20, 1e20, 3e38, np.inf, np.nan])
def test_forces_are_finite_at_any_distance(square: float) -> None:
    assert np.isfinite([descent.looked_up(table, np.float32(square)) for table in descent.tables(umap.curve(0.1))]).all()


def mixed(state: int) -> int:
    """SplitMix64's."""
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % WORD
    state = (state ^ state >> 27) * 0x94D049BB133111EB % WORD
    return state ^ state >> 31


def descended(start: NDArray[np.float32], ties: Any, curve: descent.Curve, epochs: int, seed: int) -> NDArray[np.float64]:
    """What `descend` does, in so many words."""
    a, b = curve
    places, step = start.astype(np.float64), 0x9E3779B97F4A7C15
    coo = ties.tocoo()
    for epoch in range(epochs):
        rate = 1 - epoch / epochs
        states = [mixed((mixed((mixed(seed) + epoch * step) % WORD) + j * step) % WORD) for j in range(len(start))]
        for j, k, share in sorted(zip(coo.row.tolist(), coo.col.tolist(), (coo.data / coo.data.max()).tolist(), strict=True)):
            if int((epoch + 1) * share) == int(epoch * share):
                continue
            way = places[j] - places[k]
            square = float(way @ way)
            move = np.clip(-2 * a * b * square ** (b - 1) / (1 + a * square**b) * way, -4, 4) * rate
            places[j] += move
            places[k] -= move
            pushed = np.zeros(places.shape[1])
            for _ in range(5):
                way = places[j] - places[(mixed(states[j]) >> 32) * len(places) >> 32]
                square = float(way @ way)
                pushed += np.clip(2 * b / ((1e-3 + square) * (1 + a * square**b)) * way, -4, 4)
                states[j] = (states[j] + step) % WORD
            places[j] += pushed * rate
    return places


@pytest.mark.parametrize("dimensions", [2, 3, 5])
def test_the_descent_does_what_it_says(dimensions: int) -> None:
    points = cloud(40, 5)
    # Shares of quarters, and so no product that rounding puts on the other side of a whole number; and few epochs of points that stand
    # wide apart, since the least difference grows where points all but meet.
    ties = umap.ties(graph_of(points, 6), None)
    ties.data = np.maximum(1, np.round(ties.data * 4)).astype(np.float32) / 4
    start = (20 * points[:, :dimensions]).astype(np.float32)
    curve = umap.curve(0.1)
    found = descent.descend(start, ties, curve, 5, 24)
    np.testing.assert_allclose(found, descended(start, ties, curve, 5, 24), atol=0.002)
    assert np.abs(found - start).max() > 0.5, "it moved"
    assert (found == descent.descend(start, ties, curve, 5, 24)).all(), "the same bytes each time"
    assert (found != descent.descend(start, ties, curve, 5, 25)).any()


def test_a_weak_tie_is_drawn_in_its_share_of_the_epochs() -> None:
    """Of two pairs of points the strong tie moves its ends from the first epoch on, one of less than the rounds never does."""
    ties = csr_array(np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0.09], [0, 0, 0.09, 0]], np.float32))
    start = np.array([[0, 0], [9, 0], [0, 900], [9, 900]], np.float32)
    moved = np.abs(descent.descend(start, ties, (1.6, 0.9), 10, 1) - start).max(axis=1) > 0
    assert moved.tolist() == [True, True, False, False]
    assert (np.abs(descent.descend(start, ties, (1.6, 0.9), 12, 1) - start).max(axis=1) > 0).all()


def test_no_ties_move_nothing() -> None:
    start = cloud(7, 1)[:, :2]
    assert (descent.descend(start, csr_array((7, 7), dtype=np.float32), (1.6, 0.9), 5, 1) == start).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 10**6))
def test_every_collection_has_a_map(rows: int, equal: int, seed: int) -> None:
    points = cloud(rows, seed, min(equal, rows))
    found = umap.embed(points, graph_of(points, 14), Umap(15, 0.1, 50), seed, reproducible=True)
    assert found.shape == (rows, 2)
    assert np.isfinite(found).all()


def test_a_map_is_as_true_as_umap_learns(digits: NDArray[np.float32]) -> None:
    """On one graph and from one start; each is judged by all points. Racing threads change little."""
    graph, everyone = graph_of(digits, 14), np.arange(len(digits))
    learn = umap_learn.load()
    indices, distances = with_self(graph)
    start = (digits[:, :2] * (10 / np.ptp(digits[:, 0]))).astype(np.float32)
    theirs = learn.UMAP(n_neighbors=15, min_dist=0.1, precomputed_knn=(indices, distances), random_state=1, init=start, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = quality.of_map(digits, theirs.fit_transform(digits), everyone)
    assert wanted is not None
    for reproducible in (True, False):
        own = quality.of_map(digits, umap.embed(digits, graph, Umap(15, 0.1, 0), 24, reproducible), everyone)
        assert own is not None
        assert own.trustworthiness > wanted.trustworthiness - 0.005
        assert own.neighbours_kept > wanted.neighbours_kept - 0.02
