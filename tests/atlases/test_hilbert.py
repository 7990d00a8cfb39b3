"""The curve visits every cell once, and each next to the one before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.atlases import hilbert


@pytest.mark.parametrize("bits", [1, 2, 3, 5])
def test_neighbours_along_the_curve_are_neighbours_in_the_plane(bits: int) -> None:
    side = 1 << bits
    y, x = (axis.ravel() for axis in np.mgrid[:side, :side])
    places = hilbert.index(x, y, bits)
    assert sorted(places.tolist()) == list(range(side * side))
    order = np.argsort(places)
    steps = np.abs(np.diff(x[order])) + np.abs(np.diff(y[order]))
    assert (steps == 1).all()


def test_the_curve_of_order_one_goes_up_across_and_down() -> None:
    assert hilbert.index(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0]), 1).tolist() == [0, 1, 2, 3]


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1), st.integers(1, 15))
def test_a_finer_curve_stays_inside_the_cells_of_a_coarser_one(x: int, y: int, coarser: int) -> None:
    # The quadrants of the curve: only its direction inside them depends on the parity of the order.
    drop = 2 * coarser
    fine = hilbert.index(np.array([x]), np.array([y]), 16)[0]
    coarse = hilbert.index(np.array([x >> drop]), np.array([y >> drop]), 16 - drop)[0] if drop < 16 else 0
    assert fine >> (2 * drop) == coarse


@pytest.mark.parametrize("count", [1, 2, 3, 14])
def test_equal_places_keep_their_order(count: int) -> None:
    assert hilbert.order(np.zeros((count, 2), np.float32)).tolist() == list(range(count))
