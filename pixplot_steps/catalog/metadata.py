"""Metadata: the rows of a table in any of the usual formats, and which row belongs to which item."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from pixplot_steps.errors import SourceError

Cell = str | list[str] | None
"""A text, a list of texts (tags), or nothing."""

_SEPARATORS = ",;\t|"
_UTF_8 = ("utf8", "utf-8")
_LONGEST_CELL = 1 << 30
_EXCEL_FAULTS = (KeyError, OSError, ValueError, TypeError, zipfile.BadZipFile)


@dataclass
class Rows:
    """`labels`: each column's name in lower case and as it is written, in order; `cells`: of each column, row by row.

    `places`: for each row the file and the number of its line or record, from 1.
    """

    labels: dict[str, str] = field(default_factory=dict)
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    places: list[tuple[str, int]] = field(default_factory=list)

    def add(self, other: Rows) -> None:
        """Put the rows of another file below these; a column that one of them lacks is blank there."""
        mine, theirs = len(self.places), len(other.places)
        for name, label in other.labels.items():
            self.labels.setdefault(name, label)
            self.cells.setdefault(name, [None] * mine)
        for name, cells in self.cells.items():
            cells += other.cells.get(name, [None] * theirs)
        self.places += other.places


@dataclass
class Joined:
    """`row`: for each item the index of its row, or -1; `unused`: (index, reason) of rows that belong to no item."""

    row: list[int]
    unused: list[tuple[int, str]] = field(default_factory=list)


def parse(data: bytes, name: str, where: str, encoding: str = "utf8") -> Rows:
    """Read a table by the suffix of its file's `name`: CSV and TSV, JSON, JSON lines, Parquet, Excel (first sheet).

    `encoding`: of those that are text; `utf8` reads UTF-16 and Windows-1252 too, where a file shows itself to be so.
    Raises SourceError where it cannot be read.
    """
    suffix = name.lower().rpartition(".")[2]
    binary: dict[str, Callable[[bytes], Rows]] = {**dict.fromkeys(("parquet", "pq"), _parquet), **dict.fromkeys(("xlsx", "xlsm"), _excel)}
    textual = {"json": _json, **dict.fromkeys(("jsonl", "ndjson"), _json_lines)}
    try:
        rows = binary[suffix](data) if suffix in binary else textual.get(suffix, _delimited)(_decoded(data, encoding, where))
    except (csv.Error, json.JSONDecodeError, pa.ArrowException, *_EXCEL_FAULTS) as error:
        raise SourceError(
            "The metadata cannot be read",
            expected="CSV, TSV, JSON, JSON lines, Parquet or Excel (.xlsx), as the file's name says",
            found=f"{error}" or type(error).__name__,
            where=where,
            action="save the table again, or give it the suffix of its format",
        ) from error
    rows.places = [(name, number) for _, number in rows.places]
    return rows


def key_column(rows: Rows, key: str, where: str) -> list[str]:
    """The cells that name the pictures. Raises SourceError where there is no such column."""
    if key.lower() not in rows.cells:
        raise SourceError(
            "The metadata cannot be joined to the pictures",
            expected=f"a column {key!r}",
            found=f"the columns {', '.join(list(rows.labels.values())[:20])}" if rows.labels else "an empty file",
            where=where,
            action="name the column that holds the pictures' file names in catalog: key, or rename it",
        )
    return [cell if isinstance(cell, str) else "" for cell in rows.cells[key.lower()]]


def join(items: Sequence[str], keys: Sequence[str]) -> Joined:
    """Find for each item its row: by path, else by file name, else by file name without suffix, where that names one item only.

    URL-encoded keys are found too. The first of several rows for one item wins; the others are listed as unused.
    """
    tables = ({item: i for i, item in enumerate(items)}, _unique(items, _name), _unique(items, _stem))
    joined = Joined([-1] * len(items))
    for index, key in enumerate(keys):
        found = next((place for place in (_find(k, tables) for k in (key, unquote(key))) if place is not None), None)
        if found is None:
            joined.unused.append((index, "no picture has this name" if key else "the row names no picture"))
        elif joined.row[found] >= 0:
            joined.unused.append((index, "an earlier row describes the same picture"))
        else:
            joined.row[found] = index
    return joined


def _delimited(text: str) -> Rows:
    """CSV of any of four separators: the one that splits the first line into most columns."""
    csv.field_size_limit(_LONGEST_CELL)
    separator = max(_SEPARATORS, key=lambda one: len(next(csv.reader(io.StringIO(text, newline=""), delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    # A quoted cell may hold line ends, so rows are numbered as records.
    numbered = [(number, row) for number, row in enumerate(reader, start=1) if any(cell.strip() for cell in row)]
    if not numbered:
        return Rows()
    names = _distinct([name.strip() for name in numbered[0][1]])
    width = len(names)
    table = [[cell.strip() or None for cell in row[:width]] + [None] * (width - len(row)) for _, row in numbered[1:]]
    return _rows(names, zip(*table, strict=True) if table else [()] * width, [number for number, _ in numbered[1:]])


def _json(text: str) -> Rows:
    """A list of objects, one object, an object that holds one list of objects, or, as many programs save it, JSON lines."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _json_lines(text)
        raise
    if isinstance(value, dict):
        lists = [part for part in value.values() if isinstance(part, list) and part and all(isinstance(one, dict) for one in part)]
        value = lists[0] if len(lists) == 1 else [value]
    return _records(value)


def _json_lines(text: str) -> Rows:
    return _records([json.loads(line) for line in text.splitlines() if line.strip()])


def _parquet(data: bytes) -> Rows:
    table = pq.read_table(pa.BufferReader(data))
    columns = ([_cell(value) for value in table[name].to_pylist()] for name in table.column_names)
    return _rows(_distinct(table.column_names), columns, list(range(1, table.num_rows + 1)))


def _excel(data: bytes) -> Rows:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    lines = [[_cell(value) for value in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if any(cell is not None for cell in line)]
    if not numbered:
        return Rows()
    head = [cell if isinstance(cell, str) else "" for cell in numbered[0][1]]
    width = max((place + 1 for place, name in enumerate(head) if name), default=0)
    table = [line[:width] + [None] * (width - len(line)) for _, line in numbered[1:]]
    return _rows(_distinct(head[:width]), zip(*table, strict=True) if table else [()] * width, [number for number, _ in numbered[1:]])


def _records(values: Any) -> Rows:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise ValueError("no list of objects")
    names = list(dict.fromkeys(str(name).strip() for value in values for name in value))
    tidy = [{str(name).strip(): _cell(cell) for name, cell in value.items()} for value in values]
    return _rows(_distinct(names), ([value.get(name) for value in tidy] for name in names), list(range(1, len(values) + 1)))


def _rows(names: list[str], columns: Iterable[Sequence[Cell]], numbers: list[int]) -> Rows:
    labels = {name.lower(): name for name in names}
    return Rows(
        labels, {name.lower(): list(cells) for name, cells in zip(names, columns, strict=True)}, [("", number) for number in numbers]
    )


def _cell(value: Any) -> Cell:
    """A value of JSON, Parquet or Excel as text; a list of plain values as tags."""
    if isinstance(value, list | tuple) and not any(isinstance(one, list | tuple | dict) for one in value):
        texts = [text for one in value if (text := _text(one))]
        return texts or None
    return _text(value) or None


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | tuple | dict) else str(value)
    # JSON may hold halves of a character, which no table can.
    return text.strip().encode("utf-8", "replace").decode("utf-8")


def _decoded(data: bytes, encoding: str, where: str) -> str:
    """The text of a file. Raises SourceError where there is no such encoding, or the file is not of it."""
    if encoding.lower() in _UTF_8:
        return _detected(data)
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise SourceError(
            "The metadata is not of this encoding",
            expected=f"text in {encoding!r}",
            found=str(error),
            where=where,
            action="set catalog: encoding to utf8, or to what the file is in, such as cp1250",
        ) from None


def _detected(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 without one, else Windows-1252, which Latin-1 is a part of."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _distinct(names: Sequence[str]) -> list[str]:
    """Name blank columns and number repeated ones, whatever their case, so that each name is there once."""
    seen: dict[str, int] = {}
    result = []
    for place, raw in enumerate(names):
        name = raw.strip() or f"column {place + 1}"
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        result.append(name if seen[name.lower()] == 1 else f"{name} {seen[name.lower()]}")
    return result


def _name(item: str) -> str:
    return item.rpartition("/")[2]


def _stem(item: str) -> str:
    name = _name(item)
    return name.rpartition(".")[0] or name


def _unique(items: Sequence[str], part: Callable[[str], str]) -> dict[str, int | None]:
    places: dict[str, int | None] = {}
    for i, item in enumerate(items):
        name = part(item)
        places[name] = None if name in places else i
    return places


def _find(key: str, tables: tuple[dict[str, int], dict[str, int | None], dict[str, int | None]]) -> int | None:
    by_path, by_name, by_stem = tables
    path = key.replace("\\", "/").removeprefix("./").strip("/")
    if path in by_path:
        return by_path[path]
    name = _name(path)
    return by_name[name] if name in by_name else by_stem.get(name)
