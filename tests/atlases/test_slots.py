"""Slots: one for each image; and when images come and go, old ones stay on their page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps.atlases import slots
from pixplot_steps.atlases.geometry import Pages

PAGE = 256
BUDGET = 1
"""MiB: four pages of 256 by 256."""


def places(count: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(-1, 1, (count, 2))


def former(filled: slots.Filled, kept: NDArray[np.bool_], new: int) -> slots.Former:
    had = np.concatenate([filled.slots[kept], np.full(new, -1)])
    return slots.Former(had, filled.cell, filled.count, filled.tail, filled.gone + int((~kept).sum()))


@given(st.integers(1, 300), st.integers(0, 2**31))
def test_afresh_slots_are_one_for_each_image_without_a_gap(count: int, seed: int) -> None:
    filled = slots.afresh(places(count, seed), BUDGET)
    assert sorted(filled.slots.tolist()) == list(range(count)) == list(range(filled.count))
    assert (filled.kept, filled.tail, filled.gone) == (0, 0, 0)


def test_a_view_of_the_map_needs_few_pages() -> None:
    # 4,096 pictures, pages of 256: a window of a sixteenth of the map may touch a few pages, not all 16.
    positions = places(4096)
    window = (np.abs(positions - 0.4) < 0.25).all(axis=1)
    assert len(np.unique(slots.afresh(positions, 128).slots[window] // 256)) <= 4


@given(st.integers(1, 300), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40)), max_size=6), st.integers(0, 2**31))
def test_old_images_keep_slot_and_page_however_often_others_come_and_go(count: int, changes: list[tuple[float, int]], seed: int) -> None:
    random = np.random.default_rng(seed)
    filled = slots.afresh(places(count), BUDGET)
    for share, new in changes:
        kept = random.random(len(filled.slots)) >= share
        before, at = former(filled, kept, new), places(int(kept.sum()) + new)
        if not len(at):
            return
        carried = slots.carry_on(at, before, PAGE, BUDGET)
        if carried is None:
            assert not kept.any() or before.gone > len(at) or _over(before, new, len(at))
            carried = slots.afresh(at, BUDGET)
        else:
            old = before.slots >= 0
            assert (carried.slots[old] == before.slots[old]).all()
            assert len(np.unique(carried.slots)) == len(at)
            assert carried.slots.max() < carried.count
            pages = Pages(PAGE, carried.cell, carried.count)
            # No new image is on a page that is kept, and none goes over the budget but where a fresh atlas does.
            assert (carried.slots[~old] >= carried.kept * pages.per_page).all()
            assert pages.count <= max(4, Pages(PAGE, slots.afresh(at, BUDGET).cell, len(at)).count)
        filled = carried


def _over(before: slots.Former, new: int, images: int) -> bool:
    fresh = Pages(PAGE, slots.afresh(places(images), BUDGET).cell, images).count
    return Pages(PAGE, before.cell, before.count + new).count > max(4, fresh)


@pytest.mark.parametrize(
    ("count", "new", "kept_pages", "pages", "why"),
    [
        (10, 0, 3, 3, "nothing new: every page as it is"),
        (10, 1, 3, 4, "new images begin a page"),
        (12, 1, 3, 4, "after full pages that is the next slot"),
        (14, 1, 3, 4, "no room for a page of their own: the last one is drawn again"),
        (16, 1, None, None, "no room at all"),
    ],
)
def test_pages_of_cells_of_128(count: int, new: int, kept_pages: int | None, pages: int, why: str) -> None:
    """Four cells a page, four pages in the budget."""
    filled = slots.afresh(places(count), BUDGET)
    assert filled.cell == 128
    carried = slots.carry_on(places(count + new), former(filled, np.ones(count, bool), new), PAGE, BUDGET)
    if kept_pages is None:
        assert carried is None, why
    else:
        assert carried is not None, why
        assert (carried.kept, Pages(PAGE, 128, carried.count).count) == (kept_pages, pages), why


def test_later_images_fill_the_page_that_was_begun() -> None:
    filled = slots.afresh(places(5), BUDGET)
    for step in range(3):
        carried = slots.carry_on(places(6 + step), former(filled, np.ones(5 + step, bool), 1), PAGE, BUDGET)
        assert carried is not None
        filled = carried
        assert (filled.tail, filled.count, filled.kept) == (8, 9 + step, 2)


def test_an_atlas_more_than_half_empty_is_made_afresh() -> None:
    filled = slots.afresh(places(10), BUDGET)
    few, half = np.arange(10) < 4, np.arange(10) < 5
    assert slots.carry_on(places(4), former(filled, few, 0), PAGE, BUDGET) is None
    assert slots.carry_on(places(5), former(filled, half, 0), PAGE, BUDGET) is not None
