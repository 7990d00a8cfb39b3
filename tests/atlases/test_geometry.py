"""The arithmetic of docs/format.md, "Atlas"."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.atlases import geometry
from pixplot_steps.atlases.geometry import Pages

SIDES = st.integers(1, 40_000)


@pytest.mark.parametrize(
    ("slots", "budget", "cell", "why"),
    [
        (1, 128, 128, "one picture: the largest"),
        (2048, 128, 128, "exactly the budget"),
        (2049, 128, 64, "one more"),
        (8192, 128, 64, "exactly the budget"),
        (100_000, 128, 16, "32 px would take 391 MiB"),
        (500_000, 128, 8, "exactly at 8 px: 122 MiB"),
        (5_000_000, 128, 8, "8 px whatever the number"),
        (10, 0, 8, "no budget at all"),
    ],
)
def test_the_cell_is_the_largest_within_the_budget(slots: int, budget: int, cell: int, why: str) -> None:
    assert geometry.base_cell(slots, budget) == cell, why


@given(SIDES, SIDES, st.sampled_from(geometry.CELLS))
def test_a_picture_is_fitted_and_centred(width: int, height: int, cell: int) -> None:
    x, y, w, h = geometry.fit(np.array([[width, height]], np.uint32), cell)[0].tolist()
    longest = max(width, height)
    assert w == max(1, math.floor(cell * width / longest + 0.5))
    assert h == max(1, math.floor(cell * height / longest + 0.5))
    assert max(w, h) == cell
    assert (x, y) == ((cell - w) // 2, (cell - h) // 2)


@given(SIDES, SIDES, st.sampled_from(geometry.CELLS))
def test_no_cell_shows_more_pixels_than_its_thumbnail_has(width: int, height: int, cell: int) -> None:
    size = np.array([[width, height]])
    assert (geometry.fit(size, cell)[0, 2:] <= geometry.fit(size, 128)[0, 2:]).all()


@pytest.mark.parametrize(
    ("slots", "count", "last"),
    [(0, 0, None), (1, 1, 64), (4, 1, 64), (5, 1, 128), (16, 1, 256), (17, 2, 64), (33, 3, 64)],
)
def test_the_last_page_is_just_high_enough(slots: int, count: int, last: int | None) -> None:
    pages = Pages(256, 64, slots)
    assert pages.count == count
    if last is not None:
        assert pages.height(count - 1) == last
    assert all(pages.height(number) == 256 for number in range(count - 1))


@given(st.integers(1, 5000), st.sampled_from(geometry.CELLS))
def test_cells_do_not_overlap_and_lie_on_their_page(slots: int, cell: int) -> None:
    pages = Pages(256, cell, slots)
    corners = geometry.corners(np.arange(slots), pages)
    assert len(np.unique(corners, axis=0)) == slots
    assert (corners[:, 1:] % cell == 0).all()
    assert corners[:, 0].max() == pages.count - 1
    heights = np.array([pages.height(number) for number in range(pages.count)])
    assert (corners[:, 1] + cell <= 256).all()
    assert (corners[:, 2] + cell <= heights[corners[:, 0]]).all()


@pytest.mark.parametrize(
    ("base", "levels", "expected", "why"),
    [
        (128, [32, 128], [], "the base is as sharp as any"),
        (64, [128, 32], [128], "none below the base"),
        (16, [128, 32], [32, 128], "in order"),
        (8, [32, 128, 32], [32, 128], "each once"),
        (8, [], [], "only the base"),
    ],
)
def test_further_levels_are_sharper(base: int, levels: list[int], expected: list[int], why: str) -> None:
    assert geometry.sharper(base, levels) == expected, why


@pytest.mark.parametrize(("largest", "cell"), [(128, 128), (127, 64), (10, 8), (8, 8)])
def test_the_cell_is_no_larger_than_asked_for(largest: int, cell: int) -> None:
    assert geometry.base_cell(10, 128, largest) == cell
