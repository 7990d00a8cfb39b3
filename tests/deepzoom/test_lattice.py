"""Every arrangement that calls itself a grid is a lattice, so that each can be one large picture."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from pixplot_steps.deepzoom import lattice
from pixplot_steps.layouts import boxes, colour, timeline
from pixplot_steps.layouts.cells import rectangle
from pixplot_steps.layouts.marks import Arranged

COUNTS = (1, 2, 50, 3000)


def check(made: Arranged, count: int) -> None:
    found = lattice.of(made.positions, made.cell)
    assert found is not None
    assert len(np.unique(found.cell)) == count
    assert found.cell.max() < found.columns * found.rows


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("unit", ["year", "decade", "century"])
def test_dates(count: int, unit: str) -> None:
    years = np.repeat(np.random.default_rng(count).integers(1800, 2000, (count, 1)), 2, axis=1).astype(np.int32)
    check(timeline.arrange(years, unit, 1.8), count)


@pytest.mark.parametrize("count", COUNTS)
def test_categories(count: int) -> None:
    values = pa.chunked_array([pa.array([f"{number}" for number in np.random.default_rng(count).integers(0, 17, count)])])
    check(boxes.arrange(boxes.grouped(values), 1.5), count)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("order", ["hue", "lightness"])
def test_colours(count: int, order: str) -> None:
    check(colour.arrange(np.random.default_rng(count).integers(0, 256, (count, 3), dtype=np.uint8), order, 1.5), count)


@pytest.mark.parametrize("count", [1, 7, 1000, 1_000_000])
def test_a_plain_rectangle_of_a_million(count: int) -> None:
    shape = rectangle(count, 1.5)
    row, column = np.divmod(np.arange(count), shape.columns)
    places = np.stack([column * shape.spacing - 1, 1 - row * shape.spacing], axis=1).astype(np.float32)
    found = lattice.of(places, shape.spacing)
    assert found is not None
    assert (found.columns, found.rows) == (min(count, shape.columns), shape.rows)
    assert (found.cell == np.arange(count)).all()
