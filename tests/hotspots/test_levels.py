"""The coarse level of hotspots."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps.hotspots import clusters, levels


def archipelago(islands: int, towns: int, people: int, seed: int = 0) -> NDArray[np.float32]:
    """Islands far from each other, each with towns of as many people."""
    generator = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(islands) / islands
    places = np.column_stack([np.cos(angle), np.sin(angle)])
    turns = 2 * np.pi * np.arange(towns) / towns
    centres = (places[:, None] + 0.12 * np.column_stack([np.cos(turns), np.sin(turns)])[None]).reshape(-1, 2)
    return (np.repeat(centres, people, axis=0) + generator.normal(size=(len(centres) * people, 2)) * 0.015).astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_regions_are_branches_that_hold_whole_hotspots(seed: int) -> None:
    found = clusters.by_density(archipelago(4, 4, 60, seed), 20)
    assert found.hotspot.max() >= 11
    regions = found.region.max() + 1
    assert 2 <= regions <= found.hotspot.max()
    for number in range(found.hotspot.max() + 1):
        assert len(set(found.region[found.hotspot == number].tolist())) == 1


def test_islands_are_the_regions() -> None:
    found = clusters.by_density(archipelago(4, 4, 60), 20)
    island = np.repeat(np.arange(4), 240)
    # No region has people of two islands, whatever it leaves out.
    for number in range(found.region.max() + 1):
        assert len(set(island[found.region == number].tolist())) == 1 or np.mean(found.region == number) > 0.4


def test_few_hotspots_have_one_level() -> None:
    found = clusters.by_density(archipelago(3, 1, 100), 20)
    assert found.hotspot.max() == 2
    assert set(found.region.tolist()) == {-1}


@pytest.mark.parametrize(("hotspots", "expected"), [(0, 0), (7, 0), (8, 3), (30, 6), (100, 11), (10_000, 12)])
def test_regions_are_few(hotspots: int, expected: int) -> None:
    assert levels.wanted(hotspots) == expected


def test_a_tree_of_one_branch_has_no_regions() -> None:
    tree = levels.Tree(np.array([4, 4, 4, 4]), np.array([0, 1, 2, 3]), np.ones(4, np.int64), 4)
    assert levels.regions(tree, np.full(4, -1), 3).tolist() == [-1] * 4


def test_hotspots_are_not_split_for_more_regions() -> None:
    """Two branches, each a hotspot, of which one has branches of its own."""
    parent = np.array([6, 6, 7, 7, 7, 9, 9, 10, 7])
    child = np.array([7, 8, 9, 10, 0, 1, 2, 3, 4])
    tree = levels.Tree(parent, child, np.array([5, 1, 2, 1, 1, 1, 1, 1, 1]), 6)
    labels = np.array([0, 0, 0, 0, 0, -1])
    assert levels.regions(tree, labels, 5)[:5].tolist() == [0] * 5


@pytest.mark.parametrize("count", [2, 5])
def test_kmeans_puts_every_picture_into_one_of_so_many(count: int) -> None:
    found = clusters.by_kmeans(archipelago(3, 2, 40), count, 1)
    assert sorted(set(found.hotspot.tolist())) == list(range(count))
    assert set(found.region.tolist()) == {-1}
    assert (clusters.by_kmeans(archipelago(3, 2, 40), count, 1).hotspot == found.hotspot).all()


def test_kmeans_of_too_few_pictures_finds_nothing() -> None:
    assert set(clusters.by_kmeans(np.zeros((3, 2), np.float32), 5, 1).hotspot.tolist()) == {-1}
