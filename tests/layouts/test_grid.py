"""Grids: every item in a cell of its own, few holes and those at the end, neighbours together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps.layouts import cells, grid, quality


def islands(count: int) -> NDArray[np.float32]:
    """Discs of heavy-tailed size that do not overlap, evenly filled, as UMAP makes them."""
    generator = np.random.default_rng(24)
    sizes = generator.pareto(1.2, 40) + 0.2
    radius = np.sqrt(sizes / sizes.sum())
    turns = np.arange(10_000)
    places = 0.02 * np.sqrt(turns)[:, None] * np.column_stack([np.cos(2.4 * turns), np.sin(2.4 * turns)])
    centres = np.empty((0, 2))
    for number in range(40):
        distances = np.linalg.norm(places[:, None] - centres, axis=2)
        free = (distances > 1.1 * (radius[number] + radius[:number])).all(axis=1)
        centres = np.vstack([centres, places[free.argmax()]])
    group = generator.choice(40, count, p=sizes / sizes.sum())
    angle, reach = generator.uniform(0, 2 * np.pi, count), np.sqrt(generator.random(count)) * radius[group]
    return np.asarray(centres[group] + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), dtype=np.float32)


@given(items=st.integers(1, 300), aspect=st.floats(0.05, 20), seed=st.integers(0, 9), copies=st.booleans())
@settings(deadline=None)
def test_every_item_has_its_own_cell(items: int, aspect: float, seed: int, copies: bool) -> None:
    positions = np.random.default_rng(seed).uniform(-1, 1, (items, 2)).astype(np.float32)
    if copies:
        positions[:] = positions[0]
    shape = cells.rectangle(items, aspect)
    taken = grid.assign(positions, shape)
    assert sorted(taken.tolist()) == list(range(items))
    assert (shape.rows - 1) * shape.columns < items <= shape.rows * shape.columns
    centres = cells.centres(taken, shape)
    assert len(np.unique(centres, axis=0)) == items
    assert np.abs(centres).max() == (0 if items == 1 else 1)


@pytest.mark.parametrize("aspect", [1.0, 1.5])
@pytest.mark.parametrize("count", [4096, 10_000, 40_000])
def test_neighbours_are_kept(count: int, aspect: float) -> None:
    positions, shape = islands(count), cells.rectangle(count, aspect)
    kept = quality.kept_by_grid(positions, cells.centres(grid.assign(positions, shape), shape), quality.sample(count, 1))
    assert kept is not None
    assert kept >= 0.80


FIGURES: dict[str, cells.Inside] = {
    "circle": cells.circle,
    "hexagon": cells.hexagon,
    "bitmap": cells.bitmap(np.array([[1, 1, 1, 0], [0, 1, 0, 0], [0, 1, 1, 1]], np.bool_)),
}


@given(items=st.integers(1, 400), aspect=st.floats(0.2, 5), figure=st.sampled_from(sorted(FIGURES)))
def test_every_item_has_its_own_cell_of_a_figure(items: int, aspect: float, figure: str) -> None:
    shape, filled = cells.masked(items, aspect, FIGURES[figure])
    assert filled.sum() == items
    taken = grid.assign(np.random.default_rng(0).uniform(-1, 1, (items, 2)).astype(np.float32), shape, filled)
    assert sorted(taken.tolist()) == np.flatnonzero(filled).tolist()


def test_neighbours_are_kept_in_a_circle() -> None:
    positions = islands(4096)
    shape, filled = cells.masked(4096, 1.0, cells.circle)
    placed = cells.centres(grid.assign(positions, shape, filled), shape)
    kept = quality.kept_by_grid(positions, placed, quality.sample(4096, 1))
    assert kept is not None
    assert kept >= 0.80
    radius = np.linalg.norm(placed, axis=1)
    assert radius.max() <= 1.02
    # What is empty is below: the upper half of the circle is full.
    assert (placed[:, 1] > 0).sum() == pytest.approx(4096 / 2, rel=0.03)


def test_what_a_figure_has_too_many_is_empty_at_its_end() -> None:
    shape, whole = cells.masked(52, 1.0, cells.circle)
    assert (whole == whole[:, ::-1]).all(), "52 cells are a circle"
    fewer, filled = cells.masked(50, 1.0, cells.circle)
    assert fewer == shape
    assert np.flatnonzero(whole & ~filled).tolist() == np.flatnonzero(whole)[-2:].tolist()


def test_a_grid_of_points_stays_as_it_is() -> None:
    shape = cells.rectangle(35, 1.4)
    assert (shape.columns, shape.rows) == (7, 5)
    assert grid.assign(cells.centres(np.arange(35), shape), shape).tolist() == list(range(35))


def test_first_cell_is_top_left() -> None:
    shape = cells.Rectangle(3, 2)
    assert cells.centres(np.array([0, 5]), shape).tolist() == [[-1, 0.5], [1, -0.5]]
    assert shape.spacing == 1


def test_a_cut_spares_a_cluster() -> None:
    # 60 points left, 40 right: a cut in the middle would take the island on the left apart.
    generator = np.random.default_rng(0)
    x = np.concatenate([generator.uniform(-1, -0.5, 60), generator.uniform(0.5, 1, 40)])
    positions = np.column_stack([x, generator.uniform(-0.1, 0.1, 100)]).astype(np.float32)
    columns = grid.assign(positions, cells.Rectangle(10, 10)) % 10
    assert set(columns[:60].tolist()) == set(range(6))
