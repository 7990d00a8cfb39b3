"""Cells made smaller: the picture's own pixels, by area, and nothing of what lies around it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import cells, fit

MAGENTA = (255, 0, 255)
GROUND = (16, 32, 48)
SIDES = [(128, 64), (128, 32), (128, 16), (128, 8)]
ODD = [(1000, 1000), (1000, 707), (640, 480), (480, 640), (3, 1000), (1000, 3), (333, 1000), (1000, 999), (1, 1), (7, 5)]


def noise(sizes: NDArray[np.integer], side: int) -> NDArray[np.uint8]:
    """Pictures of noise in cells of magenta."""
    generator = np.random.default_rng(3)
    out = np.empty((len(sizes), side, side, 3), np.uint8)
    out[:] = MAGENTA
    for cell, (x, y, w, h) in zip(out, fit.rectangles(sizes, side).tolist(), strict=True):
        cell[y : y + h, x : x + w] = generator.integers(0, 256, (h, w, 3), dtype=np.uint8)
    return out


@pytest.mark.parametrize(("large", "small"), SIDES)
def test_a_square_picture_is_reduced_by_area(large: int, small: int) -> None:
    sizes, factor = np.array([[500, 500]]), large // small
    cell = noise(sizes, large)
    mean = cell.reshape(small, factor, small, factor, 3).mean(axis=(1, 3))
    assert np.abs(cells.reduced(cell, sizes, small, GROUND)[0] - mean).max() <= 1


@pytest.mark.parametrize(("large", "small"), SIDES)
def test_any_picture_is_what_pillow_makes_of_its_rectangle_alone(large: int, small: int) -> None:
    sizes = np.array(ODD * 5)
    drawn = noise(sizes, large)
    expected = np.empty((len(sizes), small, small, 3), np.uint8)
    expected[:] = GROUND
    for i, ((x, y, w, h), (dx, dy, dw, dh)) in enumerate(zip(fit.rectangles(sizes, large), fit.rectangles(sizes, small), strict=True)):
        picture = Image.fromarray(drawn[i, y : y + h, x : x + w].copy())
        expected[i, dy : dy + dh, dx : dx + dw] = np.asarray(picture.resize((dw, dh), Image.Resampling.BOX))
    # Where factors are whole, Pillow's two ways round differently by one.
    assert np.abs(cells.reduced(drawn, sizes, small, GROUND).astype(int) - expected).max() <= 1


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), min_size=1, max_size=40), st.sampled_from(SIDES))
@settings(max_examples=40, deadline=None)
def test_nothing_bleeds_in(sizes: list[tuple[int, int]], sides: tuple[int, int]) -> None:
    known, (large, small) = np.array(sizes), sides
    flat = np.empty((len(known), large, large, 3), np.uint8)
    flat[:] = MAGENTA
    expected = np.empty((len(known), small, small, 3), np.uint8)
    expected[:] = GROUND
    for one, wanted, (x, y, w, h), (dx, dy, dw, dh) in zip(
        flat, expected, fit.rectangles(known, large), fit.rectangles(known, small), strict=True
    ):
        one[y : y + h, x : x + w] = (0, 200, 0)
        wanted[dy : dy + dh, dx : dx + dw] = (0, 200, 0)
    assert (cells.reduced(flat, known, small, GROUND) == expected).all()


def flat(size: tuple[int, int]) -> bytes:
    """The file of a picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (0, 200, 0)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), min_size=1, max_size=20), st.sampled_from([128, 64, 32, 16]))
@settings(max_examples=40, deadline=None)
def test_a_filled_cell_has_nothing_but_its_picture(sizes: list[tuple[int, int]], side: int) -> None:
    known = np.array(sizes)
    drawn = np.empty((len(known), 128, 128, 3), np.uint8)
    drawn[:] = MAGENTA
    for one, (x, y, w, h) in zip(drawn, fit.rectangles(known, 128).tolist(), strict=True):
        one[y : y + h, x : x + w] = (0, 200, 0)
    asked: list[int] = []

    def larger(place: int) -> bytes:
        asked.append(place)
        return flat(sizes[place])

    found = cells.filled(drawn, known, side, larger)
    assert found.shape == (len(known), side, side, 3)
    assert np.abs(found.astype(int) - (0, 200, 0)).max() <= 2
    assert asked == [place for place, (_, _, w, h) in enumerate(fit.rectangles(known, 128).tolist()) if min(w, h) < side]


def test_cells_of_the_wanted_side_stay_as_they_are() -> None:
    sizes = np.array([(40, 30)])
    cell = noise(sizes, 32)
    assert cells.reduced(cell, sizes, 32, GROUND) is cell
