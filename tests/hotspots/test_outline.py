"""Outlines of hotspots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pixplot_steps.hotspots import outline

SIDE = 800


def drawn(rings: list[outline.Ring]) -> NDArray[np.bool_]:
    """The region inside of rings on a canvas of [-2, 2], by the even-odd rule."""
    inside = np.zeros((SIDE, SIDE), np.bool_)
    for ring in rings:
        picture = Image.new("1", (SIDE, SIDE))
        ImageDraw.Draw(picture).polygon([tuple(point) for point in (np.array(ring) + 2) / 4 * SIDE], fill=1)
        inside ^= np.asarray(picture)
    return inside


def share_inside(points: NDArray[np.floating], rings: list[outline.Ring]) -> float:
    place = np.clip((points + 2) / 4 * SIDE, 0, SIDE - 1).astype(int)
    return float(drawn(rings)[place[:, 1], place[:, 0]].mean())


def cloud(count: int, at: tuple[float, float], width: float, seed: int = 0) -> NDArray[np.float32]:
    return (np.random.default_rng(seed).normal(size=(count, 2)) * width + at).astype(np.float32)


def arc(count: int) -> NDArray[np.float32]:
    generator = np.random.default_rng(1)
    angle = generator.uniform(0, 1.5 * np.pi, count)
    return (np.column_stack([np.cos(angle), np.sin(angle)]) * 0.8 + generator.normal(size=(count, 2)) * 0.04).astype(np.float32)


@given(st.integers(20, 400), st.floats(0.01, 0.5), st.integers(0, 99))
def test_most_members_are_inside_and_the_outline_is_small(count: int, width: float, seed: int) -> None:
    points = cloud(count, (0.1, -0.2), width, seed)
    rings = outline.outline(points, width / 20)
    assert share_inside(points, rings) >= 0.85
    assert sum(map(len, rings)) <= 400
    assert all(len(ring) >= 3 for ring in rings)


def test_a_bay_stays_outside() -> None:
    rings = outline.outline(arc(1500), 0.02)
    region = drawn(rings)
    assert share_inside(arc(1500), rings) > 0.9
    assert not region[SIDE // 2, SIDE // 2]
    assert region.mean() < 0.5 * np.pi * 0.8**2 / 16


def test_two_islands_have_two_rings() -> None:
    assert len(outline.outline(np.vstack([cloud(300, (-1, 0), 0.1), cloud(300, (1, 0), 0.1)]), 0.02)) == 2


def test_a_hole_is_a_ring() -> None:
    angle = np.linspace(0, 2 * np.pi, 3000)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) + cloud(3000, (0, 0), 0.05)
    rings = outline.outline(ring.astype(np.float32), 0.02)
    assert len(rings) == 2
    assert not drawn(rings)[SIDE // 2, SIDE // 2]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_few_members_have_one_region(count: int) -> None:
    points = cloud(count, (0, 0), 0.2)
    rings = outline.outline(points, 0.05)
    assert rings
    assert share_inside(points, rings) >= 0.6


def test_one_place_has_none_without_a_size() -> None:
    assert outline.outline(np.zeros((4, 2), np.float32), 0.0) == []


def test_the_same_points_have_the_same_outline() -> None:
    points = cloud(500, (0, 0), 0.3)
    assert outline.outline(points, 0.02) == outline.outline(points.copy(), 0.02)
