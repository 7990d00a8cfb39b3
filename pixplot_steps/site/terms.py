"""The words of a table, turned round: for each word the columns, rows and places where it stands, in blocks that a reader fetches singly.

docs/format.md, "Search", describes the blocks. Every occurrence is a term, a column, a row and a place; `Occurrences` collects them, column
by column and in the order of the rows, and `blocks` sorts and encodes them part by part, so that not all of them are sorted at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps.site import varints, words

Number = TypeVar("Number", bound=np.integer)

CHARACTER, NUMBER = "\x01", "\x02"
"""What stands before terms that are single characters, and numbers; no word begins so."""

DELTAS, RUNS, BITMAP, SINGLE = range(4)
"""How the rows of a term in a column are written."""

BLOCK = 64 << 10
"""Bytes after which a block of terms is closed."""

_LAST_PLACE = (1 << 21) - 1
_LARGEST_NUMBER = float(1 << 53)
_PART = 1 << 23
"""Occurrences that are sorted at a time."""


@dataclass(frozen=True)
class Block:
    """`first`: its first term. `terms` and `places`: the bytes of its two files."""

    first: str
    terms: bytes
    places: bytes


@dataclass
class Occurrences:
    """All words of a table. Columns are added in ascending order, and of a column the rows."""

    ids: dict[str, int] = field(default_factory=dict)
    terms: list[NDArray[np.uint32]] = field(default_factory=list)
    columns: list[NDArray[np.uint16]] = field(default_factory=list)
    rows: list[NDArray[np.uint32]] = field(default_factory=list)
    places: list[NDArray[np.uint32]] = field(default_factory=list)

    def add_texts(self, column: int, texts: pa.Array, rows: NDArray[np.int64]) -> None:
        """Texts (utf8, no nulls) of rows that ascend; a row that comes again has several, and no phrase reaches from one into the next."""
        found = words.words_of(texts)
        lists = pc.split_pattern(found, " ")
        sizes = np.where(np.asarray(pc.equal(found, "")), 0, np.asarray(lists.value_lengths()))
        flat = lists.flatten()
        flat = flat.filter(pc.not_equal(flat, ""))
        of = np.repeat(np.arange(len(rows)), sizes)
        self._add(column, self._coded(flat), rows[of], _places(rows, sizes))
        inside = np.flatnonzero(np.asarray(words.unspaced(found)))
        if len(inside):
            self._add_characters(column, found.take(pa.array(inside)), rows[inside])

    def add_numbers(self, column: int, values: NDArray[np.float64], rows: NDArray[np.int64]) -> None:
        """Whole numbers among the values, 0 and above: what can be typed as a word."""
        whole = (values >= 0) & (values < _LARGEST_NUMBER) & (values == np.floor(values))
        numbers, index = np.unique(values[whole].astype(np.int64), return_inverse=True)
        ids = self._ids([f"{NUMBER}{number}" for number in numbers.tolist()])
        self._add(column, ids[index], rows[whole], np.zeros(int(whole.sum()), np.int64))

    def _add_characters(self, column: int, texts: pa.Array, rows: NDArray[np.int64]) -> None:
        """Of texts of scripts without spaces each character but spaces, at its place in the text."""
        joined = texts.to_pylist()
        sizes = np.array([len(text) for text in joined])
        codes = np.frombuffer("".join(joined).encode("utf-32-le"), np.uint32)
        places = _places(rows, sizes)
        distinct, index = np.unique(codes, return_inverse=True)
        ids = self._ids([CHARACTER + chr(code) for code in distinct.tolist()])
        seen = codes != ord(" ")
        self._add(column, ids[index][seen], np.repeat(rows, sizes)[seen], places[seen])

    def _coded(self, flat: pa.Array) -> NDArray[np.uint32]:
        coded = flat.dictionary_encode()
        begun = pc.replace_substring_regex(coded.dictionary, f"({words.UNSPACED}).*", r"\1")
        return self._ids(begun.to_pylist())[np.asarray(coded.indices, dtype=np.int64)]

    def _ids(self, terms: list[str]) -> NDArray[np.uint32]:
        return np.array([self.ids.setdefault(term, len(self.ids)) for term in terms], np.uint32)

    def _add(self, column: int, terms: NDArray[np.uint32], rows: NDArray[np.int64], places: NDArray[np.int64]) -> None:
        self.terms.append(terms)
        self.columns.append(np.full(len(terms), column, np.uint16))
        self.rows.append(rows.astype(np.uint32))
        self.places.append(np.minimum(places, _LAST_PLACE).astype(np.uint32))


def _places(rows: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the words of values: they count on through a row's values, and leave one out between two."""
    ends = np.cumsum(sizes)
    begins = ends - sizes
    first = np.searchsorted(rows, rows, side="left")
    start = begins - begins[first] + (np.arange(len(rows)) - first)
    return np.asarray(np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(begins - start, sizes), dtype=np.int64)


def blocks(found: Occurrences, count: int, size: int = BLOCK, part: int = _PART) -> Iterator[Block]:
    """All blocks in the order of their terms (by code point), for a table of `count` rows. Empties `found`."""
    names = sorted(found.ids)
    rank = np.empty(len(names), np.uint32)
    rank[[found.ids[name] for name in names]] = np.arange(len(names), dtype=np.uint32)
    found.ids.clear()
    ranks = rank[_joined(found.terms)]
    columns, rows, places = _joined(found.columns), _joined(found.rows), _joined(found.places)
    closing = _Blocks(size)
    for low, high in _parts(np.bincount(ranks, minlength=len(names)), part):
        inside = np.flatnonzero((ranks >= low) & (ranks < high))
        # The occurrences of a term are in the order of columns, rows and places already.
        order = inside[np.argsort(ranks[inside], kind="stable")]
        yield from closing.take(names, _Part(ranks[order], columns[order], rows[order], places[order], count))
    yield from closing.last()


def _joined(parts: list[NDArray[Number]]) -> NDArray[Number]:
    joined: NDArray[Number] = np.concatenate(parts) if parts else np.empty(0, np.uint32)
    parts.clear()
    return joined


def _parts(counts: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Ranges of terms with about `most` occurrences each."""
    ends = np.cumsum(counts)
    low = 0
    while low < len(counts):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + most, side="right")))
        yield low, high
        low = high


class _Part:
    """Sorted occurrences, encoded: of each group (a term in a column) its number, column, kind, and the bytes of its rows and places."""

    def __init__(
        self,
        ranks: NDArray[np.integer],
        columns: NDArray[np.integer],
        rows: NDArray[np.integer],
        places: NDArray[np.integer],
        count: int,
    ) -> None:
        group_begins = _changes(ranks, columns)
        row_begins = _changes(ranks, columns, rows)
        first_rows = np.flatnonzero(row_begins)
        begins = group_begins[first_rows]
        rows_ = rows[first_rows].astype(np.int64)
        before = np.where(begins, -1, np.concatenate([[-1], rows_[:-1]]))
        groups = np.flatnonzero(begins)
        self.ranks, self.columns = ranks[first_rows[groups]].tolist(), columns[first_rows[groups]].tolist()
        self._rows, self._groups, self._count = rows_, np.append(groups, len(rows_)), count
        self._deltas, starts = varints.encode(rows_ - before - 1)
        self._delta_starts = starts[self._groups]
        self._runs, self._run_starts = _runs(rows_, before, begins, groups)
        self._places, starts = varints.encode(_gaps(places.astype(np.int64), row_begins))
        self._place_starts = starts[np.append(first_rows[groups], len(ranks))]
        self.kinds = self._choose()

    def _choose(self) -> list[int]:
        sizes = np.diff(self._groups)
        deltas, runs = np.diff(self._delta_starts), np.diff(self._run_starts)
        bitmap = -(-self._count // 8)
        kinds = np.where(runs < deltas, RUNS, DELTAS)
        kinds = np.where(np.minimum(runs, deltas) > bitmap, BITMAP, kinds)
        chosen: list[int] = np.where(sizes == 1, SINGLE, kinds).tolist()
        return chosen

    def rows(self, group: int) -> bytes:
        """The rows of a group, with their length where the reader needs it."""
        kind = self.kinds[group]
        if kind == BITMAP:
            bits = np.zeros(self._count, np.uint8)
            bits[self._rows[self._groups[group] : self._groups[group + 1]]] = 1
            return np.packbits(bits, bitorder="little").tobytes()
        data, starts = (self._runs, self._run_starts) if kind == RUNS else (self._deltas, self._delta_starts)
        found = data[starts[group] : starts[group + 1]].tobytes()
        return found if kind == SINGLE else varints.one(len(found)) + found

    def places(self, group: int) -> bytes:
        """The places of a group, with their length."""
        found = self._places[self._place_starts[group] : self._place_starts[group + 1]].tobytes()
        return varints.one(len(found)) + found


def _changes(*keys: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Where any key differs from the one before; the first does."""
    changed = np.zeros(len(keys[0]), np.bool_)
    changed[:1] = True
    for key in keys:
        changed[1:] |= key[1:] != key[:-1]
    return changed


def _runs(
    rows: NDArray[np.int64], before: NDArray[np.int64], begins: NDArray[np.bool_], groups: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Runs of rows as their distance from the run before and their length less 1; and where each group's start."""
    begins = begins | (rows - before != 1)
    firsts = np.flatnonzero(begins)
    lengths = np.diff(np.append(firsts, len(rows)))
    numbers = np.stack([(rows - before - 1)[firsts], lengths - 1], axis=1).ravel()
    data, starts = varints.encode(numbers)
    run_of_group = np.searchsorted(firsts, groups)
    return data, starts[np.append(2 * run_of_group, 2 * len(firsts))]


def _gaps(places: NDArray[np.int64], row_begins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Twice the distance of each place from the one before in its row, less 1, and 1 more where another of the row follows."""
    before = np.where(row_begins, -1, np.concatenate([[-1], places[:-1]]))
    more = np.append(~row_begins[1:], False)[: len(places)]
    # Places that were cut to the last one are alike.
    return np.asarray(np.maximum(places - before - 1, 0) * 2 + more, dtype=np.int64)


class _Blocks:
    """Terms that are not in a closed block yet."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._first = ""
        self._before = b""
        self._terms = bytearray()
        self._places = bytearray()

    def take(self, names: list[str], part: _Part) -> Iterator[Block]:
        at, groups = 0, len(part.ranks)
        while at < groups:
            end = at + 1
            while end < groups and part.ranks[end] == part.ranks[at]:
                end += 1
            self._term(names[part.ranks[at]], part, range(at, end))
            at = end
            if len(self._terms) >= self._size:
                yield from self.last()

    def _term(self, name: str, part: _Part, groups: range) -> None:
        data = name.encode()
        if not self._terms:
            self._first, self._before = name, b""
        shared = _shared(self._before, data)
        self._before = data
        self._terms += varints.one(shared) + varints.one(len(data) - shared) + data[shared:] + varints.one(len(groups))
        for group in groups:
            self._terms += varints.one(part.columns[group] << 2 | part.kinds[group]) + part.rows(group)
            self._places += part.places(group)

    def last(self) -> Iterator[Block]:
        if self._terms:
            yield Block(self._first, bytes(self._terms), bytes(self._places))
            self._terms, self._places = bytearray(), bytearray()


def _shared(before: bytes, data: bytes) -> int:
    most = min(len(before), len(data))
    if before[:most] == data[:most]:
        return most
    return next(place for place in range(most) if before[place] != data[place])
