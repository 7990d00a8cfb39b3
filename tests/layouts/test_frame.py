"""Map units: the range, one scale for both axes, and islands brought together without being bent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixplot_steps.layouts import frame


@given(rows=st.integers(1, 200), scale=st.floats(1e-3, 1e4), seed=st.integers(0, 9))
@settings(deadline=None)
def test_range(rows: int, scale: float, seed: int) -> None:
    placed = frame.scaled(frame.gathered(np.random.default_rng(seed).standard_cauchy((rows, 2)) * scale))
    assert placed.dtype == np.float32
    assert np.abs(placed).max() == pytest.approx(1 if rows > 1 else 0)
    assert placed.min(axis=0) + placed.max(axis=0) == pytest.approx(0, abs=1e-6)
    assert 0 < frame.picture_side(placed) <= 1


def test_one_scale_for_both_axes() -> None:
    x, y = np.meshgrid(np.linspace(0, 20, 50), np.linspace(0, 10, 50))
    placed = frame.scaled(frame.gathered(np.column_stack([x.ravel(), y.ravel()])))
    assert np.ptp(placed, axis=0) == pytest.approx([2, 1])


def test_far_islands_do_not_squeeze_the_others() -> None:
    generator = np.random.default_rng(0)
    near, far = generator.normal(size=(500, 2)), generator.normal(size=(20, 2)) * 0.3 + 200
    placed = frame.scaled(frame.gathered(np.vstack([near, far])))
    assert np.ptp(placed[:500], axis=0).min() > 1.2  # it would be 0.06 otherwise


def test_few_points_keep_their_proportions() -> None:
    placed = frame.scaled(frame.gathered(np.array([[0.0, 0.0], [1.0, 0.0], [10.0, 0.0]])))
    assert placed[:, 0] == pytest.approx([-1, -0.8, 1])


def test_equal_points_lie_in_the_middle() -> None:
    assert not frame.scaled(frame.gathered(np.full((9, 2), 3.0))).any()


def test_pictures_shrink_with_their_number() -> None:
    generator = np.random.default_rng(0)
    sides = [frame.picture_side(generator.uniform(-1, 1, (count, 2)).astype(np.float32)) for count in (100, 10_000)]
    assert sides[0] / sides[1] == pytest.approx(10, rel=0.1)
