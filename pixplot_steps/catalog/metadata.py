"""Metadata: the rows of a CSV file, and which row belongs to which item."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from pixplot_steps.errors import SourceError

KEY = "filename"
"""The column that names the picture: its path below the root, or its name where only one picture has it."""


@dataclass(frozen=True)
class Rows:
    """`names`: the columns, in the file's order, lower case; `cells`: one list per row, as long as `names`, stripped."""

    names: list[str]
    cells: list[list[str]]


@dataclass
class Joined:
    """`row`: for each item the index of its row, or -1; `unused`: (index, reason) of rows that belong to no item."""

    row: list[int]
    unused: list[tuple[int, str]] = field(default_factory=list)


def parse(data: bytes, where: str) -> Rows:
    """Read CSV (comma; quotes, quoted newlines; UTF-8 with or without byte order mark, else Windows-1252).

    Raises SourceError where there is no header or no column `filename`.
    """
    text = _decode(data)
    table = [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    names = [name.strip().lower() for name in table[0]] if table else []
    if KEY not in names:
        raise SourceError(
            "The metadata cannot be joined to the pictures",
            expected=f"a CSV file whose first line names a column {KEY!r}",
            found=f"the columns {', '.join(names[:20])}" if names else "an empty file",
            where=where,
            action=f"rename the column that holds the pictures' file names to {KEY}",
        )
    width = len(names)
    return Rows(_distinct(names), [[cell.strip() for cell in row[:width]] + [""] * (width - len(row)) for row in table[1:]])


def join(items: Sequence[str], keys: Sequence[str]) -> Joined:
    """Find for each item its row: by path, else by file name where that names one item only; URL-encoded keys too.

    The first of several rows for one item wins; the others are listed as unused.
    """
    position = {item: i for i, item in enumerate(items)}
    by_name = _unique_names(items)
    joined = Joined([-1] * len(items))
    for index, key in enumerate(keys):
        found = next((place for place in (_find(k, position, by_name) for k in (key, unquote(key))) if place is not None), None)
        if found is None:
            joined.unused.append((index, "no picture has this name"))
        elif joined.row[found] >= 0:
            joined.unused.append((index, "an earlier row describes the same picture"))
        else:
            joined.row[found] = index
    return joined


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _distinct(names: list[str]) -> list[str]:
    """Name blank columns and number repeated ones, so that each name is there once."""
    seen: dict[str, int] = {}
    result = []
    for place, raw in enumerate(names):
        name = raw or f"column {place + 1}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return result


def _unique_names(items: Sequence[str]) -> dict[str, int | None]:
    places: dict[str, int | None] = {}
    for i, item in enumerate(items):
        name = item.rpartition("/")[2]
        places[name] = None if name in places else i
    return places


def _find(key: str, position: dict[str, int], by_name: dict[str, int | None]) -> int | None:
    path = key.replace("\\", "/").removeprefix("./")
    if path in position:
        return position[path]
    return by_name.get(path.rpartition("/")[2])
