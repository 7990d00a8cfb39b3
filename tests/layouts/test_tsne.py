"""t-SNE on the shared graph, and the line of one component as columns."""

from __future__ import annotations

import numpy as np
import pytest

from pixplot_steps.layouts import quality, tsne
from pixplot_steps.layouts.umap import Graph
from pixplot_steps.neighbours import graph
from tests.vectors import shards


def made(count: int) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], Graph]:
    points = shards.clustered(count, 10).astype(np.float32)
    found = graph.exact(points, np.arange(count), min(14, count - 1))
    return points - points.mean(axis=0), Graph(found.indices, found.distances.astype(np.float32))


def test_it_keeps_neighbours_and_gives_the_same_bytes() -> None:
    points, near = made(400)
    first, again = (tsne.embed(points, near, 10, 2, 24, 1) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    found = quality.of_map(points, first, np.arange(400))
    assert found is not None
    assert found.trustworthiness > 0.9


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8])
@pytest.mark.parametrize("components", [1, 2])
def test_few_points(count: int, components: int) -> None:
    points, near = made(count)
    found = tsne.embed(points, near, 10, components, 1, 1)
    assert found.shape == (count, components)
    assert np.isfinite(found).all()


def test_a_line_stands_in_columns() -> None:
    line = np.random.default_rng(0).normal(size=500).astype(np.float32)
    cells = tsne.stacked(line, 1.8)
    assert len(np.unique(cells, axis=0)) == 500
    assert (cells.astype(int) == cells).all()
    order = np.argsort(line)
    assert (np.diff(cells[order, 0]) >= 0).all(), "columns go along the line"
    lowest = cells[:, 1] == 0
    assert len(np.unique(cells[lowest, 0])) == lowest.sum() == len(np.unique(cells[:, 0]))
