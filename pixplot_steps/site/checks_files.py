"""The rules of docs/format.md for files that list or tell more: stories, the table in parts, and the index of its words.

The blocks are read here by code of their own: a checker that shared the writer's would share its mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.site.untrusted import MANIFEST, Fault, Node, Site, Wrong

_SINGLE, _BITMAP, _RUNS = 3, 2, 1


class Group(NamedTuple):
    """A term in a column: its rows, ascending, and for each the places where it stands."""

    term: str
    column: int
    rows: NDArray[np.int64]
    places: list[list[int]]


class _Bytes:
    """Numbers read one after the other. Raises IndexError beyond the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def take(self, length: int) -> bytes:
        if self.at + length > len(self.data):
            raise IndexError
        self.at += length
        return self.data[self.at - length : self.at]

    @property
    def over(self) -> bool:
        return self.at >= len(self.data)


def groups(terms: bytes, places: bytes, count: int) -> Iterator[Group]:
    """What a block holds, for a table of `count` rows. Raises IndexError, ValueError or OverflowError where it is none."""
    told, stands, term = _Bytes(terms), _Bytes(places), b""
    while not told.over:
        shared = told.number()
        term = term[:shared] + told.take(told.number())
        for _ in range(told.number()):
            head = told.number()
            rows = _rows(told, head & 3, count)
            yield Group(term.decode(), head >> 2, rows, _places(stands.take(stands.number()), len(rows)))
    if not stands.over:
        raise ValueError("places without a term")


def _rows(told: _Bytes, kind: int, count: int) -> NDArray[np.int64]:
    if kind == _SINGLE:
        return np.array([told.number()])
    if kind == _BITMAP:
        return np.flatnonzero(np.unpackbits(np.frombuffer(told.take(-(-count // 8)), np.uint8), bitorder="little")[:count])
    numbers = _numbers(told.take(told.number()))
    if kind == _RUNS:
        gaps, lengths = np.array(numbers[::2], np.int64), np.array(numbers[1::2], np.int64) + 1
        ends = np.cumsum(gaps + lengths)
        # Of a hostile file a run may be longer than any memory.
        if (lengths > count).any() or (ends > count).any() or (ends < 0).any():
            raise ValueError(f"a run of rows beyond {count}")
        return np.concatenate([np.arange(end - length, end) for end, length in zip(ends, lengths, strict=True)])
    return np.asarray(np.cumsum(np.array(numbers, np.int64) + 1) - 1)


def _numbers(data: bytes) -> list[int]:
    told, numbers = _Bytes(data), []
    while not told.over:
        numbers.append(told.number())
    return numbers


def _places(data: bytes, rows: int) -> list[list[int]]:
    told, found = _Bytes(data), []
    for _ in range(rows):
        at, here, more = -1, [], True
        while more:
            number = told.number()
            at, more = at + 1 + (number >> 1), bool(number & 1)
            here.append(at)
        found.append(here)
    if not told.over:
        raise ValueError("more places than rows")
    return found


def parts(site: Site, manifest: Node, found: pa.Table) -> Iterator[Fault]:
    """The parts of the table, where there are any: together they are the table."""
    told = manifest.get("parts")
    if told is None:
        return
    size, start = told["rows"].integer(1), 0
    for entry in _list(site, told["list"]).list():
        first, digest, length = entry.list()
        part = site.table(_reference(digest, length, "arrow", rows=min(size, found.num_rows - start)))
        name = f"data/{digest.text()}.arrow"
        expected = found.slice(start, part.num_rows)
        if part.column_names != found.column_names or any(part[key].to_pylist() != expected[key].to_pylist() for key in found.column_names):
            yield Fault(name, f"rows {start} to {start + part.num_rows} of the table", "others")
        elif part["item"][0].as_py() != first.text():
            yield first.wrong(f"the first item, {part['item'][0].as_py()!a}").fault
        start += part.num_rows
    if start != found.num_rows:
        yield told["list"].wrong(f"parts of {found.num_rows} rows, not of {start}").fault


def search(site: Site, manifest: Node) -> Iterator[Fault]:
    """The index of words, where there is one: whole blocks in the order of their terms, and values for the columns that have some."""
    told = manifest.get("search")
    if told is None:
        return
    index, count = _list(site, told), manifest["counts"]["items"].integer(1)
    names = [column["name"].text() for column in manifest["columns"].list()]
    if index["columns"].value != [*names, "item"]:
        yield index["columns"].wrong("the manifest's columns, then item").fault
    before = ""
    for entry in index["blocks"].list():
        first, digest, length, digest_of_places, length_of_places = entry.list()
        terms = site.file(_reference(digest, length, "terms")).read_bytes()
        places = site.file(_reference(digest_of_places, length_of_places, "places")).read_bytes()
        name = f"data/{digest.text()}.terms"
        try:
            found = list(groups(terms, places, count))
        except (IndexError, ValueError, OverflowError) as error:
            raise Wrong(name, "a whole block of terms", repr(error)) from None
        keys = [(group.term, group.column) for group in found]
        if not keys or keys[0][0] != first.text() or keys != sorted(set(keys)) or keys[0][0] <= before:
            yield Fault(name, "terms that ascend, from the one listed on", "others")
        elif any(group.column > len(names) or not len(group.rows) or group.rows[-1] >= count for group in found):
            yield Fault(name, f"columns below {len(names) + 1} and rows below {count}", "others")
        before = keys[-1][0] if keys else before
    for column in manifest["columns"].list():
        yield from _values(site, index["values"], column, count)


def stories(site: Site, manifest: Node) -> Iterator[Fault]:
    """Stories, where there are any: lists of slides of texts."""
    told = manifest.get("stories")
    if told is None:
        return
    for story in _list(site, told).list():
        story["title"].text()
        if not story["slides"].list():
            yield story["slides"].wrong("a slide or more").fault
        for slide in story["slides"].list():
            for key in ("title", "text"):
                slide[key].text()
            for key in ("view", "hotspot", "item"):
                if slide.get(key) is not None:
                    slide[key].text()


def _values(site: Site, told: Node, column: Node, count: int) -> Iterator[Fault]:
    kind, name = column["type"].text(), column["name"].text()
    if kind in ("text", "link"):
        return
    one = told[name]
    if kind in ("category", "tags"):
        distinct = site.table(one["names"]).num_rows
    else:
        distinct = one["values"]["shape"].list()[0].integer()
        values = site.array(one["values"], "f64", (distinct,))
        if not (np.diff(values) > 0).all():
            yield Fault(one["values"]["file"].text(), "values that ascend", "others")
    several = one.get("counts")
    total = count
    if several is not None:
        total = int(site.array(several, several["dtype"].text("u8", "u16", "u32"), (count,)).sum(dtype=np.int64))
    codes = site.array(one["codes"], one["codes"]["dtype"].text("u8", "u16", "u32"), (total,))
    if codes.max(initial=0) > distinct - (several is not None):
        yield Fault(one["codes"]["file"].text(), f"codes of {distinct} values", str(codes.max()))


def _list(site: Site, reference: Node) -> Node:
    """A JSON file's value."""
    try:
        return Node(json.loads(site.file(reference).read_bytes()), reference.key)
    except (ValueError, RecursionError) as error:
        raise Wrong(reference["file"].text(), "UTF-8 JSON", error) from None


def _reference(digest: Node, length: Node, extension: str, **more: int) -> Node:
    name = digest.text()
    return Node({"file": f"data/{name}.{extension}", "bytes": length.integer(), "digest": name, **more}, digest.key or MANIFEST)
