"""The map without overlaps: a cell for each picture, near its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.layouts import jitter


def cloud(count: int, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    generator = np.random.default_rng(seed)
    return np.clip(generator.normal(generator.choice([-0.5, 0.5], (count, 1)), 0.15, (count, 2)), -1, 1).astype(np.float32)


@given(count=st.integers(1, 300), fill=st.floats(0.05, 1), seed=st.integers(0, 9), spots=st.integers(1, 400))
def test_every_picture_has_its_own_cell(count: int, fill: float, seed: int, spots: int) -> None:
    # Few spots: many pictures on one.
    points = cloud(spots, seed)[np.random.default_rng(seed).integers(0, spots, count)]
    made = jitter.arrange(points, fill, 1.0)
    assert np.abs(made.positions).max() <= 1
    cells = np.round((made.positions - made.positions[0]) / made.cell).astype(int)
    assert len(np.unique(cells, axis=0)) == count
    np.testing.assert_allclose(cells * made.cell, made.positions - made.positions[0], atol=1e-5)


def test_the_fill_is_used() -> None:
    """PixPlot's flag pointgrid_fill was read and ignored."""
    points = cloud(2000)
    sides = [jitter.arrange(points, fill, 10).cell for fill in (0.8, 0.2, 0.05)]
    np.testing.assert_allclose(np.array(sides[:2]) / sides[1:], 2, rtol=0.02)


def test_no_picture_moves_too_far() -> None:
    made = jitter.arrange(cloud(4000), 0.8, 0.1)
    assert made.moved.max() <= 0.1
    assert made.moved.max() == pytest.approx(np.linalg.norm(made.positions - cloud(4000), axis=1).max(), abs=1e-5)


def test_open_places_stay() -> None:
    points = np.stack(np.meshgrid(np.linspace(-1, 1, 20), np.linspace(-1, 1, 20)), axis=-1).reshape(-1, 2).astype(np.float32)
    made = jitter.arrange(points, 0.25, 1.0)
    assert made.moved.max() < made.cell
