"""New points find their place; old ones do not move."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps.layouts import fuzzy, placing
from pixplot_steps.layouts.umap import Graph
from pixplot_steps.neighbours import graph as neighbours


def graph_of(points: NDArray[np.float32], count: int) -> Graph:
    found = neighbours.exact(points, np.arange(len(points)), min(count, len(points) - 1))
    return Graph(found.indices, found.distances.astype(np.float32))


def groups(rows: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Points in four round groups far from each other, and the group of each."""
    random = np.random.default_rng(seed)
    group = random.integers(0, 4, rows)
    centres = np.eye(4, 6) * 40
    return (centres[group] + random.normal(size=(rows, 6))).astype(np.float32), group


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(0, 10**6), st.floats(0.02, 0.98))
def test_old_points_never_move_and_new_ones_are_placed(rows: int, seed: int, share: float) -> None:
    points, _ = groups(rows, seed)
    random = np.random.default_rng(seed)
    new = random.random(rows) < share
    new[random.integers(rows)] = False
    places = random.normal(scale=5, size=(rows, 2))
    places[new] = np.nan
    placed = placing.place(graph_of(points, 14), places, new, points, 0.1, seed)
    assert (placed[~new] == places[~new]).all()
    assert np.isfinite(placed).all()
    again = placing.place(graph_of(points, 14), places, new, points, 0.1, seed)
    assert (placed == again).all(), "the same bytes each time"


def test_new_points_join_their_group() -> None:
    points, group = groups(400)
    corners = np.array([[-8, -8], [-8, 8], [8, -8], [8, 8]])
    places = corners[group] + np.random.default_rng(1).normal(size=(400, 2))
    new = np.arange(400) % 10 == 0
    placed = placing.place(graph_of(points, 14), np.where(new[:, None], 0, places), new, points, 0.1, 24)
    assert (np.linalg.norm(placed[:, None] - corners, axis=2).argmin(axis=1) == group)[new].all()
    assert len(np.unique(placed[new], axis=0)) == new.sum(), "each has a place of its own"


def test_an_island_of_new_points_starts_at_the_nearest_old_point() -> None:
    """No edge joins it to any old point: 20 points of a group that was not there before."""
    points, group = groups(200)
    points[group == 3] = points[group == 3] - np.eye(4, 6)[3] * 40 + np.eye(4, 6)[1] * 60
    places = np.array([[-8, 0], [8, 0], [0, 8], [0, 0]])[group] + np.random.default_rng(1).normal(size=(200, 2))
    new = group == 3
    placed = placing.place(graph_of(points, 10), np.where(new[:, None], 0, places), new, points, 0.1, 24)
    assert np.linalg.norm(np.median(placed[new], axis=0) - [8, 0]) < 4


def test_equal_points_come_to_no_harm() -> None:
    points = np.zeros((30, 4), np.float32)
    new = np.arange(30) >= 20
    placed = placing.place(graph_of(points, 10), np.zeros((30, 2)), new, points, 0.1, 24)
    assert np.isfinite(placed).all()


def test_the_ties_of_new_points_are_those_of_the_map() -> None:
    points, _ = groups(120)
    graph = graph_of(points, 14)
    edges = placing.edges(graph, np.ones(120, bool))
    ours = np.zeros((120, 120))
    ours[edges.head, edges.tail] = edges.strength
    np.testing.assert_allclose(ours, fuzzy.tied(graph.indices, graph.distances).toarray(), atol=1e-6)
