"""The order of texts as a reader expects it: case and accents do not matter, and 2 comes before 10.

All is done by Arrow on whole columns: a million titles take seconds.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps.layouts import frame
from pixplot_steps.layouts.marks import RIGHT, Arranged, Label

_LONGEST = 99
"""Numbers of more digits are compared as if they had so many."""

_FOLDED = (("ß", "ss"), ("ς", "σ"))
"""What lower case leaves different though readers see one letter."""

_PAD = 1.2
"""Cells between the rows and the letters before them."""

_COARSE = 12
"""So many letters at most are of the first level."""


def keys(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts that sort, by code points, where `texts` belong: without case and accents, numbers by their value."""
    folded = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_normalize(texts, "NFKD"), r"\p{Mn}+", ""))
    for letter, as_ in _FOLDED:
        folded = pc.replace_substring(folded, letter, as_)
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(folded), "0*([0-9]+)", r"\1")
    return pa.chunked_array([_with_lengths(chunk) for chunk in bare.chunks], pa.large_string())


def _with_lengths(texts: pa.Array) -> pa.Array:
    """Texts with the number of digits, as two digits, before each number: so the shorter number comes first, as it is the smaller."""
    _, offsets, data = texts.cast(pa.large_string()).buffers()
    places = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1] if len(texts) else np.zeros(1, np.int64)
    letters = np.frombuffer(data, np.uint8)[: places[-1]] if data else np.empty(0, np.uint8)
    digit = (letters >= ord("0")) & (letters <= ord("9"))
    first = np.zeros(len(letters) + 1, dtype=np.bool_)
    first[places] = True
    start = digit & (first[:-1] | ~np.concatenate([[False], digit[:-1]]))
    last = digit & (first[1:] | ~np.concatenate([digit[1:], [False]]))
    begins = np.flatnonzero(start)
    lengths = np.minimum(np.flatnonzero(last) - begins + 1, _LONGEST)
    before = np.concatenate([[0], np.cumsum(start)])
    out = np.empty(len(letters) + 2 * len(begins), dtype=np.uint8)
    out[np.arange(len(letters)) + 2 * before[1:]] = letters
    for place, figure in enumerate((lengths // 10, lengths % 10)):
        out[begins + 2 * np.arange(len(begins)) + place] = figure + ord("0")
    buffers = [None, pa.py_buffer(places + 2 * before[places]), pa.py_buffer(out)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


def order(values: pa.ChunkedArray, items: pa.ChunkedArray) -> NDArray[np.int64]:
    """Row numbers in order of `values`, all numbers or all texts, then of missing ones by their item; ties keep the rows' order."""
    missing, given = _missing(values), _given(values)
    named = np.flatnonzero(np.asarray(missing))
    path = np.zeros(len(items), dtype=np.int64)
    path[named[np.asarray(pc.sort_indices(keys(items.take(pa.array(named)))))]] = np.arange(len(named))
    table = pa.table({"missing": missing, "given": given, "path": path, "row": np.arange(len(items))})
    by = [(name, "ascending") for name in ("missing", "given", "path", "row")]
    return np.asarray(pc.sort_indices(table, by), dtype=np.int64)


def arrange(values: pa.ChunkedArray, items: pa.ChunkedArray, aspect: float) -> Arranged:
    """Items (at least 1) row by row in a rectangle about `aspect` times as wide as high, each new first letter before its row."""
    sequence = order(values, items)
    count = len(sequence)
    columns = min(count, max(1, math.ceil(math.sqrt(count * aspect))))
    row, column = np.divmod(np.arange(count), columns)
    coordinates = np.empty((count, 2))
    coordinates[sequence] = np.column_stack([column, -row])
    framed = frame.around(coordinates, 1.0)
    return Arranged(framed.positions(coordinates), framed.scale, _letters(values, sequence[::columns], framed))


def _missing(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(values.type):
        return pc.fill_null(pc.is_null(values, nan_is_null=True), True)
    return pc.equal(pc.utf8_trim_whitespace(pc.fill_null(values.cast(pa.string()), "")), "")


def _given(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(values.type):
        return pc.fill_null(pc.if_else(pc.is_nan(values), None, values), 0.0)
    return keys(pc.fill_null(values.cast(pa.string()), ""))


def _letters(values: pa.ChunkedArray, firsts: NDArray[np.int64], framed: frame.Frame) -> tuple[Label, ...]:
    """The first letter, or the number, of the first item of each row where it is a new one."""
    rows = pa.array(firsts)
    missing = _missing(values).take(rows)
    if pa.types.is_floating(values.type):
        texts = [f"{value:.10g}" if value is not None else "" for value in values.take(rows).to_pylist()]
    else:
        # Those by path have no letter: all of a folder would have one.
        named = pc.if_else(missing, "", pc.fill_null(values.take(rows).cast(pa.string()), ""))
        bare = pc.replace_substring_regex(pc.utf8_normalize(pc.utf8_trim_whitespace(named), "NFKD"), r"\p{Mn}+", "")
        texts = pc.utf8_upper(pc.utf8_slice_codeunits(bare, 0, 1)).to_pylist()
    new = [i for i, text in enumerate(texts) if text and (i == 0 or text != texts[i - 1])]
    every = max(1, len(new) // _COARSE)
    return tuple(Label(texts[i], *framed.point(-_PAD, -i), int(n % every > 0), RIGHT) for n, i in enumerate(new))
