"""The curve visits every cell once, and each next to the one before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.atlases import hilbert, slots


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


def test_items_that_show_one_image_share_its_slot() -> None:
    image_row = np.array([2, 0, 2, 1, 0])
    positions = np.array([[-1, -1], [1, -1], [-1, -1], [-1, 1], [1, -1]], np.float32)
    item_slots, rows = slots.assign(image_row, positions)
    assert rows.tolist() == [2, 1, 0]
    assert item_slots.tolist() == [0, 2, 0, 1, 2]


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.integers(0, 2**31))
def test_slots_are_one_for_each_image_without_a_gap(images: list[int], seed: int) -> None:
    _, image_row = np.unique(images, return_inverse=True)
    positions = np.random.default_rng(seed).uniform(-1, 1, (len(images), 2))
    item_slots, rows = slots.assign(image_row, positions)
    assert sorted(rows.tolist()) == list(range(int(image_row.max()) + 1))
    assert (rows[item_slots] == image_row).all()


def test_a_view_of_the_map_needs_few_pages() -> None:
    # 4,096 pictures, pages of 256: a window of a sixteenth of the map may touch a few pages, not all 16.
    positions = np.random.default_rng(0).uniform(-1, 1, (4096, 2))
    item_slots, _ = slots.assign(np.arange(4096), positions)
    window = (np.abs(positions - 0.4) < 0.25).all(axis=1)
    assert len(np.unique(item_slots[window] // 256)) <= 4
