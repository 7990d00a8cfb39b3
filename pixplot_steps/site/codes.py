"""Columns as numbers for filters, histograms and colours: for each row which of the column's distinct values it has.

docs/format.md, "Search". A name "A:B:C" is also "A:B" and "A", as `viewer/src/model/columns.ts` has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_PATH = re.compile(r"[^:]*[^:\s](:[^:\s][^:]*)+")
_DATE = re.compile(r"\s*(-?[0-9]{1,6})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?(?:T.*)?\s*")
_YEAR = re.compile("[0-9]{4}")


@dataclass(frozen=True)
class Names:
    """Distinct names in the order in which they come first.

    Without `counts` `codes` has a row for each of the table: 0 for none, else 1 more than the name's place. With `counts`, how many names
    each row has, `codes` are the places of all, row after row.
    """

    names: list[str]
    codes: NDArray[np.unsignedinteger]
    counts: NDArray[np.unsignedinteger] | None


@dataclass(frozen=True)
class Values:
    """Distinct values, ascending, f64; and for each row 0 for none, else 1 more than its value's place."""

    values: NDArray[np.float64]
    codes: NDArray[np.unsignedinteger]


def path_of(name: str) -> list[str]:
    """A name and all that it lies below, the outermost first."""
    if not _PATH.fullmatch(name):
        return [name]
    parts = name.split(":")
    return [":".join(parts[: place + 1]) for place in range(len(parts))]


def year_of(text: str) -> float:
    """When a date begins, in years; months and days as shares of 12 and 372, which keep their order. NaN where there is none."""
    found = _DATE.fullmatch(text)
    if not found:
        inside = _YEAR.search(text)
        return float(inside[0]) if inside else float("nan")
    year, month, day = found.groups()
    return float(year) + ((int(month) - 1) / 12 if month else 0) + ((int(day) - 1) / 372 if day else 0)


def names(flat: pa.Array, rows: NDArray[np.int64], count: int) -> Names:
    """Of texts (utf8, no nulls) and their rows, which ascend; `count`: rows of the table."""
    coded = flat.dictionary_encode()
    known: dict[str, int] = {}
    paths = [[known.setdefault(part, len(known)) for part in path_of(name)] for name in coded.dictionary.to_pylist()]
    lengths = np.array([len(path) for path in paths], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    all_paths = np.array([code for path in paths for code in path], np.int64)
    index = np.asarray(coded.indices, dtype=np.int64)
    sizes = lengths[index]
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return _gathered(list(known), np.repeat(rows, sizes), all_paths[np.repeat(starts[index], sizes) + within], count)


def _gathered(known: list[str], rows: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> Names:
    """Each code of a row once, where it comes first."""
    _, first = np.unique(rows * max(1, len(known)) + codes, return_index=True)
    first.sort()
    rows, codes = rows[first], codes[first]
    counts = np.bincount(rows, minlength=count)
    if counts.max(initial=0) > 1:
        return Names(known, smallest(codes, len(known) - 1), smallest(counts, int(counts.max())))
    single = np.zeros(count, np.int64)
    single[rows] = codes + 1
    return Names(known, smallest(single, len(known)), None)


def values(given: NDArray[np.float64]) -> Values:
    """Of one number for each row, NaN for none."""
    known = ~np.isnan(given)
    distinct, index = np.unique(given[known], return_inverse=True)
    codes = np.zeros(len(given), np.int64)
    codes[known] = index + 1
    return Values(distinct, smallest(codes, len(distinct)))


def numbers(values: pa.Array) -> NDArray[np.float64]:
    """Numbers, NaN for none."""
    return np.asarray(values.fill_null(np.nan), dtype=np.float64)


def years(texts: pa.Array) -> NDArray[np.float64]:
    """When the date of each text (utf8) begins; NaN for none."""
    coded = texts.dictionary_encode()
    known = np.array([*(year_of(text) for text in coded.dictionary.to_pylist()), np.nan])
    found: NDArray[np.float64] = known[np.asarray(coded.indices.fill_null(len(known) - 1), dtype=np.int64)]
    return found


def smallest(whole: NDArray[np.integer], largest: int) -> NDArray[np.unsignedinteger]:
    """Whole numbers up to `largest` in the smallest type that holds them."""
    return whole.astype(np.uint8 if largest < 1 << 8 else np.uint16 if largest < 1 << 16 else np.uint32)


def flattened(column: Any, first: int) -> tuple[pa.Array, NDArray[np.int64]]:
    """The texts of a column (utf8 or list<utf8>) that are given and not empty, and their rows, counted from `first`."""
    rows = np.arange(len(column))
    if pa.types.is_list(column.type):
        rows = np.repeat(rows, np.asarray(column.value_lengths().fill_null(0), dtype=np.int64))
        column = column.flatten()
    given = np.asarray(_is_given(column))
    return column.filter(pa.array(given)), rows[given] + first


def _is_given(column: Any) -> Any:
    return pc.fill_null(pc.not_equal(column, ""), False)
