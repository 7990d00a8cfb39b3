"""Islands move together; within one nothing moves, and none is laid over another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps.layouts import islands


def _blobs(seed: int, count: int, reach: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A large blob in the middle and small ones around it; coordinates and the blob of each point."""
    generator = np.random.default_rng(seed)
    centres = np.vstack([[0, 0], generator.normal(size=(count, 2)) * reach])
    sizes = [400, *generator.integers(5, 60, count)]
    blob = np.repeat(np.arange(count + 1), sizes)
    return centres[blob] + generator.uniform(-1, 1, (len(blob), 2)) * np.where(blob == 0, 3, 0.5)[:, None], blob


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=6, unique=True))
def test_dense_islands_are_rigid(places: list[tuple[int, int]]) -> None:
    square = np.stack(np.meshgrid(np.linspace(0, 1, 12), np.linspace(0, 1, 12)), axis=-1).reshape(-1, 2)
    before = np.vstack([square + np.array(place) * 20 for place in places])
    moved = (islands.gather(before) - before).reshape(len(places), -1, 2)
    np.testing.assert_allclose(np.ptp(moved, axis=1), 0, atol=1e-9)


@given(st.integers(0, 99), st.integers(1, 12))
def test_the_map_gets_narrower_and_no_two_islands_share_a_place(seed: int, count: int) -> None:
    before, _ = _blobs(seed, count, 100.0)
    after = islands.gather(before)
    assert np.ptp(after, axis=0).max() <= np.ptp(before, axis=0).max() + 1e-9
    # No point lands on one that was far from it.
    near = np.abs(after[:, None] - after[None]).max(axis=2) < 0.002 * np.ptp(after, axis=0).max()
    assert np.abs(before[:, None] - before[None]).max(axis=2)[near].max() < 0.06 * np.ptp(before, axis=0).max()


def test_far_islands_come_near_and_keep_their_side() -> None:
    generator = np.random.default_rng(0)
    near, far = generator.normal(size=(500, 2)), generator.normal(size=(60, 2)) * 0.3 + [300, 0]
    after = islands.gather(np.vstack([near, far]))
    gap = after[500:, 0].min() - after[:500, 0].max()
    assert 0 < gap < 0.2 * np.ptp(after, axis=0).max()


def test_one_cloud_stays_as_it_is() -> None:
    cloud = np.random.default_rng(0).uniform(size=(5000, 2))
    np.testing.assert_array_equal(islands.gather(cloud), cloud)


def test_few_or_equal_points_stay_as_they_are() -> None:
    for points in (np.zeros((200, 2)), np.array([[0.0, 0.0], [1.0, 0.0], [100.0, 0.0]])):
        np.testing.assert_array_equal(islands.gather(points), points)


def test_an_island_as_wide_as_the_map_stays_within_it() -> None:
    """The way to the middle of a tall island at the edge would lead a broad one out of the map, on either side."""
    generator = np.random.default_rng(0)
    tall = generator.uniform(size=(900, 2)) * [1, 10] + [19, 0]
    broad = generator.uniform(size=(800, 2)) * [20, 0.5] + [0, 16]
    for side in (1, -1):
        before = np.vstack([tall, broad]) * [side, 1]
        after = islands.gather(before)
        assert np.ptp(after, axis=0)[0] <= np.ptp(before, axis=0)[0] + 1e-9
        assert np.ptp(after, axis=0)[1] < 0.9 * np.ptp(before, axis=0)[1], "it came near all the same"
