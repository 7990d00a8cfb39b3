"""A box of pictures for each category: the largest first, in rows, each with its name below it.

Categories are numbered by `grouped`; what has none gets a box of its own, the last. Only the packing of boxes loops, over boxes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps.layouts import frame
from pixplot_steps.layouts.marks import MISSING, Arranged, Label

_GAP = 0.035
"""Between boxes, as a share of the side of all of them: room for a line of text on any screen."""

_LINE = 1.7
"""Between rows of boxes, where the names stand, so many times as much."""

_LEVEL = 4.0
"""So many times smaller, a box's label is shown one level later."""

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """`of`: i64 [N], each item's group; `names`: of the groups, by falling size, then by name; MISSING last, where it is needed."""

    of: Integers
    names: tuple[str, ...]


def grouped(values: pa.ChunkedArray) -> Groups:
    """The groups of texts; blank and missing ones are one group, whose name is MISSING. Numbers and lists become texts."""
    texts = pc.utf8_trim_whitespace(_texts(values).fill_null("")).combine_chunks().dictionary_encode()
    known = np.asarray(texts.dictionary.to_pylist() or [""], dtype=object)
    of = np.asarray(texts.indices, dtype=np.int64)
    sizes = np.bincount(of, minlength=len(known))
    order = sorted(range(len(known)), key=lambda i: (known[i] == MISSING, -sizes[i], known[i]))
    place = np.empty(len(known), dtype=np.int64)
    place[order] = np.arange(len(known))
    return Groups(place[of], tuple(str(known[i]) for i in order))


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(values.type):
        # An item of several tags stands with its first.
        lengths = pc.fill_null(pc.list_value_length(values), 0)
        filled = pc.if_else(pc.greater(lengths, 0), values, pa.scalar([""], values.type))
        return pa.chunked_array([pc.list_element(filled, 0)])
    if pa.types.is_floating(values.type):
        whole = pc.fill_null(pc.equal(pc.floor(values), values), False)
        return pc.if_else(whole, pc.cast(values, pa.int64(), safe=False).cast(pa.string()), values.cast(pa.string()))
    return values.cast(pa.string())


def arrange(groups: Groups, aspect: float) -> Arranged:
    """Items (at least 1) in boxes that together are about `aspect` times as wide as high; items keep their order in a box."""
    sizes = np.bincount(groups.of, minlength=len(groups.names))
    boxes = _pack(sizes, aspect)
    rank = _ranks(groups.of, sizes)
    row, column = np.divmod(rank, boxes.width[groups.of])
    coordinates = np.column_stack([boxes.left[groups.of] + column, -(boxes.top[groups.of] + row)])
    framed = frame.around(coordinates, 1.0)
    largest = int(sizes[: max(1, len(sizes) - (groups.names[-1] == MISSING))].max())
    labels = tuple(_label(groups.names[i], boxes, i, int(sizes[i]), largest, framed) for i in range(len(sizes)))
    return Arranged(framed.positions(coordinates), framed.scale, labels if len(sizes) > 1 else ())


@dataclass(frozen=True)
class _Boxes:
    """Cells: left and top corner, width and height of each box, f64 and i64 [G]."""

    left: NDArray[np.float64]
    top: NDArray[np.float64]
    width: Integers
    height: Integers


def _pack(sizes: Integers, aspect: float) -> _Boxes:
    width = np.maximum(1, np.ceil(np.sqrt(sizes))).astype(np.int64)
    height = np.maximum(1, -(-sizes // width))
    gap = max(1.5, _GAP * math.sqrt(float((width * height).sum())))
    limit = max(math.sqrt(float(((width + gap) * (height + _LINE * gap)).sum()) * aspect), float(width.max()))
    left, shelf = np.empty(len(sizes)), np.empty(len(sizes), dtype=np.int64)
    x, row = 0.0, 0
    for i, wide in enumerate(width.tolist()):
        if x and x + wide > limit:
            x, row = 0.0, row + 1
        left[i], shelf[i] = x, row
        x += wide + gap
    tallest = np.zeros(row + 1, dtype=np.int64)
    np.maximum.at(tallest, shelf, height)
    # Boxes of a row stand on one line, and so their names are on one.
    below = _LINE * gap
    bottom = np.cumsum(tallest + below)[shelf]
    return _Boxes(left, bottom - below - height, width, height)


def _ranks(of: Integers, sizes: Integers) -> Integers:
    """Place of each item among those of its group, in order."""
    order = np.argsort(of, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return rank


def _label(name: str, boxes: _Boxes, i: int, size: int, largest: int, framed: frame.Frame) -> Label:
    x, y = framed.point(boxes.left[i] + (boxes.width[i] - 1) / 2, -(boxes.top[i] + boxes.height[i] - 0.4))
    level = int(max(0.0, math.log(max(1, largest / max(1, size)), _LEVEL)))
    return Label(name, x, y, level)
