"""What a page of very many rows searches: an index of words in small files, of which a search fetches a few, and the table in short parts.

docs/format.md, "Search" and "Parts of the table". Below `FROM` rows there is neither: the page reads the whole table, and searches that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.site import codes, table, terms
from pixplot_steps.site.hashed import Hashed, array, file

FROM = 50_000
"""Of more rows than this, words are indexed and the table is also written in parts; fewer are read and searched whole in a second."""

PART = 512
"""Rows of a part of the table."""

_BATCH = 1 << 16

Json = dict[str, Any]
Write = Callable[[Hashed], Json]
"""Writes a file into the site, and gives the reference to it."""


def index(shown: pa.Table, columns: list[dict[str, str | None]], write: Write, size: int) -> Json:
    """Write the index of a table of items (columns in the types of docs/format.md); returns the reference to its list of files.

    `size`: bytes after which a block is closed.
    """
    types = {str(column["name"]): str(column["type"]) for column in columns} | {table.ITEM: "text"}
    found = terms.Occurrences()
    for number, (name, kind) in enumerate(types.items()):
        _add(found, number, shown[name], kind)
    files = [_block(block, write) for block in terms.blocks(found, shown.num_rows, size)]
    coded = {name: value for name, kind in types.items() if (value := _coded(shown[name], kind, write))}
    return write(_json({"columns": list(types), "blocks": files, "values": coded}))


def parts(shown: pa.Table, columns: list[dict[str, str | None]], write: Write, size: int) -> Json:
    """Write the table in parts; returns the manifest's object for them."""
    listed = []
    for start in range(0, shown.num_rows, size):
        part = shown.slice(start, size)
        reference = write(file(table.encode_rows(part, columns), "arrow", rows=part.num_rows))
        listed.append([part[table.ITEM][0].as_py(), *_short(reference)])
    return {"rows": size, "list": write(_json(listed))}


def _add(found: terms.Occurrences, number: int, column: Any, kind: str) -> None:
    for first, batch in _batches(column):
        if kind == "number":
            found.add_numbers(number, codes.numbers(batch), np.arange(first, first + len(batch)))
        else:
            found.add_texts(number, *codes.flattened(batch, first))


def _batches(column: Any) -> Iterator[tuple[int, Any]]:
    """Stretches of a column as single arrays, with the row at which each starts."""
    for first in range(0, len(column), _BATCH):
        yield first, pa.concat_arrays(column.slice(first, _BATCH).chunks)


def _block(block: terms.Block, write: Write) -> list[Any]:
    files = (write(file(data, extension)) for data, extension in ((block.terms, "terms"), (block.places, "places")))
    return [block.first, *(part for reference in files for part in _short(reference))]


def _short(reference: Json) -> list[Any]:
    """A file in a long list: its digest, which is its name, and its bytes."""
    return [reference["digest"], reference["bytes"]]


def _coded(column: Any, kind: str, write: Write) -> Json | None:
    if kind in ("category", "tags"):
        return _names(codes.names(*_all(column), len(column)), write)
    if kind not in ("number", "date"):
        return None
    whole = column.combine_chunks()
    numbers = codes.years(whole) if kind == "date" else codes.numbers(whole)
    found = codes.values(numbers)
    return {"values": write(array(found.values)), "codes": write(array(found.codes))}


def _all(column: Any) -> tuple[pa.Array, NDArray[np.int64]]:
    texts, rows = zip(*(codes.flattened(batch, first) for first, batch in _batches(column)), strict=True)
    return pa.concat_arrays(texts), np.concatenate(rows)


def _names(found: codes.Names, write: Write) -> Json:
    counts = {} if found.counts is None else {"counts": write(array(found.counts))}
    names = pa.table({"name": pa.array(found.names, pa.string())})
    return {"names": write(file(table.encode(names), "arrow", rows=len(found.names))), "codes": write(array(found.codes)), **counts}


def _json(value: Iterable[Any]) -> Hashed:
    return file(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), "json")
