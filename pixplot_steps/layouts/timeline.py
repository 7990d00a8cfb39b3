"""Columns of pictures by date: by year, decade or century, from left to right.

A date may be unsure: an interval of years. Where it lies within one column, the picture stands there. Where it does not, the picture
stands in the column of the interval's middle, above those that are sure and a gap. What has no date has a column of its own at the end.
A run of empty columns longer than some is closed to a gap, so that a stray early date does not squeeze all others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame
from pixplot_steps.layouts.marks import MISSING, Arranged, Label

YEARS = {"year": 1, "decade": 10, "century": 100}
"""Years of a column, by unit."""

_CLOSED = 4
"""So many empty columns at most are drawn where there are more."""

_BETWEEN = 0.2
"""Space between columns, as a share of their width."""

_BEFORE_UNDATED = 1.5
"""Space before the column of no date, in widths of a column."""

_MINUS = "\u2212"

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Dated:
    """`known`: whether an item has a date; `column`: its number, 0 for the unit of year 1; `sure`: whether its interval lies within it."""

    known: NDArray[np.bool_]
    column: Integers
    sure: NDArray[np.bool_]


def dated(years: NDArray[np.int32], unit: str) -> Dated:
    """The columns of first and last years i32 [N, 2] (no year 0; the first after the last where there is no date)."""
    known = years[:, 0] <= years[:, 1]
    first, last = _counted(years[:, 0].astype(np.int64)), _counted(years[:, 1].astype(np.int64))
    middle = (first + last) // 2
    low, high = _column(first, unit), _column(last, unit)
    return Dated(known, np.where(known, _column(middle, unit), 0), known & (low == high))


def _counted(years: Integers) -> Integers:
    """Years without the gap before year 1: 1 BC, written -1, is 0."""
    return np.where(years < 0, years + 1, years)


def _column(years: Integers, unit: str) -> Integers:
    # A century runs from 1801 to 1900, a decade from 1890 to 1899: as people count them.
    return np.floor_divide(years - (unit == "century"), YEARS[unit])


def caption(column: int, unit: str) -> str:
    """The years of a column, in figures, which every language reads: 1894, 1890–99, 1801–1900; years before 1 with a minus."""
    first = column * YEARS[unit] + (unit == "century")
    last = first + YEARS[unit] - 1
    if unit == "year":
        return _written(first)
    return f"{_written(first)}–{last % 100:02d}" if unit == "decade" and first > 0 else f"{_written(first)}–{_written(last)}"


def _written(counted: int) -> str:
    return str(counted) if counted > 0 else f"{_MINUS}{1 - counted}"


def arrange(years: NDArray[np.int32], unit: str, aspect: float) -> Arranged:
    """Items (at least 1) in columns, about `aspect` times as wide as high; within a column by year, then in their order."""
    found = dated(years, unit)
    columns, index = np.unique(found.column[found.known], return_inverse=True)
    slots = _slots(columns)
    counts = np.bincount(index, minlength=len(columns))
    undated = int((~found.known).sum())
    width = _width(int(counts.max(initial=0)), int(slots.max(initial=0)) + 1, aspect)
    step = width + max(1, round(_BETWEEN * width))
    x, y = np.empty(len(years)), np.empty(len(years))
    rank, rows = _stacked(index, found.sure[found.known], years[found.known, 0], len(columns), width)
    x[found.known], y[found.known] = slots[index] * step + rank % width, rows
    height = int(y[found.known].max()) + 1 if len(columns) else max(1, math.ceil(math.sqrt(undated / aspect)))
    start = (float(slots[-1]) + 1) * step + _BEFORE_UNDATED * width if len(columns) else 0.0
    wide = max(width, math.ceil(undated / height))
    place = np.arange(undated)
    x[~found.known], y[~found.known] = start + place % wide, place // wide
    framed = frame.around(np.column_stack([x, y]), 1.0)
    labels = [_label(int(c), unit, float(s) * step + (width - 1) / 2, framed) for c, s in zip(columns, slots, strict=True)]
    if undated:
        labels.append(Label(MISSING, *framed.point(start + (wide - 1) / 2, -1.2), 0))
    return Arranged(framed.positions(np.column_stack([x, y])), framed.scale, tuple(labels))


def _slots(columns: Integers) -> Integers:
    """Where each used column stands, long empty runs closed."""
    gaps = np.minimum(np.diff(columns), _CLOSED + 1)
    return np.concatenate([[0], np.cumsum(gaps)]) if len(columns) else np.empty(0, dtype=np.int64)


def _width(highest: int, slots: int, aspect: float) -> int:
    """Pictures side by side in a column."""
    return max(1, round(math.sqrt(highest / (aspect * slots)) * aspect)) if highest else 1


def _stacked(index: Integers, sure: NDArray[np.bool_], year: NDArray[np.int32], count: int, width: int) -> tuple[Integers, Integers]:
    """For each dated item its rank among the sure or unsure ones of its column, and its row from below."""
    part = 2 * index + ~sure
    order = np.lexsort((year, part))
    sizes = np.bincount(part, minlength=2 * count)
    rank = np.empty(len(index), dtype=np.int64)
    rank[order] = np.arange(len(index)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    sure_rows = -(-sizes[::2] // width)
    above = np.where(sure_rows > 0, sure_rows + 1, 0)
    return rank, rank // width + np.where(sure, 0, above[index])


def _label(column: int, unit: str, x: float, framed: frame.Frame) -> Label:
    first = column * YEARS[unit] + (unit == "century") - (unit == "century")
    counted = first // YEARS[unit] if unit != "year" else first
    level = next((level for level, round_ in enumerate((100, 50, 10, 5)) if counted % round_ == 0), 4)
    return Label(caption(column, unit), *framed.point(x, -1.2), level)
