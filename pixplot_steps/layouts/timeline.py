"""Columns of pictures by date: by year, decade or century, from left to right.

A date may be unsure: an interval of years. Where it lies within one column, the picture stands there. Where it does not, the picture
stands in the column of the interval's middle, above those that are sure and a gap. What has no date has a column of its own at the end.
A run of empty columns longer than some is closed to a gap, so that a stray early date does not squeeze all others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import frame
from pixplot_steps.layouts.events import Event
from pixplot_steps.layouts.marks import MISSING, Arranged, Label, Note

YEARS = {"year": 1, "decade": 10, "century": 100}
"""Years of a column, by unit."""

_CLOSED = 4
"""So many empty columns at most are drawn where there are more."""

_BETWEEN = 0.2
"""Space between columns, as a share of their width."""

_BEFORE_UNDATED = 1.5
"""Space before the column of no date, in widths of a column."""

_FILLED = 0.6
"""Share of the whole that pictures fill, where columns differ as they usually do."""

_COMMON = 0.75
"""So many of the columns are of one width, and their heights tell how much there is."""

_LABEL = -1.2
"""Where labels hang, in rows."""

_ROUND = {"year": 1, "decade": 2, "century": 10}
"""A round label of a unit, against one of years: a century is round where ten of them are."""

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


def arrange(years: NDArray[np.int32], unit: str, aspect: float, events: Sequence[Event] = ()) -> Arranged:
    """Items (at least 1) in columns, about `aspect` times as wide as high; within a column by year, then in their order.

    An event is noted below the column of its year; where that has no pictures, at its place between the nearest that have; before the
    first and after the last, below these.
    """
    found = dated(years, unit)
    columns, index = np.unique(found.column[found.known], return_inverse=True)
    counts, undated = np.bincount(index, minlength=len(columns)), int((~found.known).sum())
    height = math.ceil(math.sqrt(len(years) / (_FILLED * aspect)))
    width = _widths(counts, height)
    left = _lefts(columns, width)
    x, y = np.empty(len(years)), np.empty(len(years))
    rank, rows = _stacked(index, found.sure[found.known], years[found.known, 0], width)
    x[found.known], y[found.known] = left[index] + rank % width[index], rows
    wide = max(1, math.ceil(undated / height))
    start = float(left[-1] + width[-1] + _BEFORE_UNDATED * min(wide, width.min())) if len(columns) else 0.0
    place = np.arange(undated)
    x[~found.known], y[~found.known] = start + place % wide, place // wide
    framed = frame.around(np.column_stack([x, y]), 1.0)
    middles = (left + (width - 1) / 2).tolist()
    labels = [_label(column, unit, middle, framed) for column, middle in zip(columns.tolist(), middles, strict=True)]
    if undated:
        labels.append(Label(MISSING, *framed.point(start + (wide - 1) / 2, _LABEL), 0))
    notes = tuple(_notes(events, unit, columns, np.array(middles), framed))
    return Arranged(framed.positions(np.column_stack([x, y])), framed.scale, tuple(labels), notes=notes)


def _notes(events: Sequence[Event], unit: str, columns: Integers, middles: NDArray[np.float64], framed: frame.Frame) -> Iterator[Note]:
    if not len(columns):
        return
    placed = _column(_counted(np.array([event.year for event in events], dtype=np.int64)), unit)
    for event, x in zip(events, np.interp(placed, columns, middles).tolist(), strict=True):
        yield Note(event.year, event.title, event.text, *framed.point(x, _LABEL))


def _widths(counts: Integers, height: int) -> Integers:
    """Pictures side by side in each column: the same in all, but for columns that would be higher than `height`, which are wider."""
    if not len(counts):
        return np.empty(0, dtype=np.int64)
    common = max(1, math.ceil(float(np.quantile(counts, _COMMON)) / height))
    return np.maximum(common, -(-counts // height))


def _lefts(columns: Integers, width: Integers) -> NDArray[np.float64]:
    """The left edge of each used column; long empty runs are closed."""
    between = np.maximum(1.0, _BETWEEN * (width[:-1] + width[1:]) / 2)
    empty = np.minimum(np.diff(columns) - 1, _CLOSED) * (1.0 + int(width.min(initial=1)))
    return np.concatenate([[0.0], np.cumsum(width[:-1] + between + empty)])[: len(columns)]


def _stacked(index: Integers, sure: NDArray[np.bool_], year: NDArray[np.int32], width: Integers) -> tuple[Integers, Integers]:
    """For each dated item its rank among the sure or unsure ones of its column, and its row from below."""
    part = 2 * index + ~sure
    order = np.lexsort((year, part))
    sizes = np.bincount(part, minlength=2 * len(width))
    rank = np.empty(len(index), dtype=np.int64)
    rank[order] = np.arange(len(index)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    sure_rows = -(-sizes[::2] // width)
    above = np.where(sure_rows > 0, sure_rows + 1, 0)
    return rank, rank // width[index] + np.where(sure, 0, above[index])


def _label(column: int, unit: str, x: float, framed: frame.Frame) -> Label:
    level = next((level for level, step in enumerate((100, 50, 10, 5)) if column * YEARS[unit] % (step * _ROUND[unit]) == 0), 4)
    return Label(caption(column, unit), *framed.point(x, _LABEL), level)
