"""Tables as Parquet, and the contracts of those that pass between stages, checked on write and on read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pixplot_steps.errors import FormatError
from pixplot_steps.store import commit

PROBLEMS = pa.schema(
    [
        ("path", pa.string()),
        ("stage", pa.string()),
        ("kind", pa.string()),
        ("reason", pa.string()),
        ("action", pa.string()),
    ]
)
"""What was left out or repaired, one row each. `path` is the item's path below the collection's root."""

FAULTS = pa.schema([("image", pa.string()), ("kind", pa.string()), ("reason", pa.string()), ("action", pa.string())])
"""What ingest left out or repaired: like PROBLEMS, but by image, since one image may be shown by several items, under any path."""

ITEMS = pa.schema([("item", pa.string()), ("image", pa.string())])
"""The catalogue's first columns: `item` is the path below the root (unique, sorted), `image` the content's digest.
The columns of the metadata follow."""

SHARD = pa.schema(
    [
        ("image", pa.string()),
        ("path", pa.binary()),
        ("member", pa.string()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("page", pa.int32()),
        ("item", pa.string()),
    ]
)
"""The images of one shard, in order: id; absolute path, as the bytes that the system knows, of one file or archive that has this content,
null where none has it any more;
in an archive the member's name and length, and in a tar archive the offset of its bytes (after decompression); number of the page in
a file of many pages, from 0; and the item."""

LABELS = pa.schema([("text", pa.string()), ("x", pa.float64()), ("y", pa.float64()), ("level", pa.int32()), ("anchor", pa.string())])
"""Texts below the pictures of a layout: see docs/format.md."""

EVENTS = pa.schema([("year", pa.int32()), ("title", pa.string()), ("text", pa.string()), ("x", pa.float64()), ("y", pa.float64())])
"""What happened in which year, below the columns of a layout by date: see docs/format.md."""

FETCHED = pa.schema([("item", pa.string()), ("image", pa.string()), ("size", pa.int64()), ("service", pa.string()), ("cells", pa.string())])
"""The pictures that came from servers, by item (unique, sorted): digest and length of the bytes, which lie in the cache; the image
service as a JSON object (docs/iiif.md), null where there is none; a JSON object of lists of texts, by the column's name."""

NAMES = pa.schema([("filename", pa.string())])
"""File names, as somebody gave them."""

IMAGES = pa.schema([("image", pa.string()), ("shard", pa.string()), ("row", pa.int32())])
"""The images behind the rows of the vectors: digest, shard and row in the shard. Shard by shard, rows ascending."""

PLACES = pa.schema([("image", pa.string()), ("x", pa.float32()), ("y", pa.float32())])
"""Where each image lies on a map, in map units: what the next map carries on from."""

MEMBERS = pa.schema([("image", pa.string()), ("id", pa.string())])
"""The images that are in a hotspot, and its id."""

SLOTS = pa.schema([("image", pa.string()), ("slot", pa.int32())])
"""The slot of each image in an atlas."""

TILES = pa.schema([("dzi", pa.string()), ("iiif", pa.string()), ("end", pa.int64())])
"""The tiles of a part of a deep zoom, in the order in which their files lie one after another: the path of each as a Deep Zoom Image and,
where it is one, as a IIIF image; where its bytes end."""

NO_YEARS = (0, -1)
"""The first year after the last one: no date."""


def years(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """First and last year of each row of a column of years (`spec.years_of`): i32 [N, 2], NO_YEARS where there is no date."""
    return np.asarray(column.combine_chunks().fill_null(list(NO_YEARS)).flatten(), dtype=np.int32).reshape(-1, 2)


def write(path: Path, table: pa.Table, contract: pa.Schema) -> None:
    """Write a table inside a draft folder (see `commit`). Raises FormatError where it breaks the contract."""
    _check(table.schema, contract, path)
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)


def read(path: Path, contract: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns. Raises DamagedError, and FormatError where it breaks the contract."""
    commit.check_file(path)
    try:
        schema = pq.read_schema(path)
        table = pq.read_table(path, columns=columns, page_checksum_verification=True)
    except FileNotFoundError:
        raise commit.damaged(path.parent, path.name, "no such file") from None
    except (OSError, pa.ArrowException) as error:
        raise commit.damaged(path.parent, f"the table written to {path.name}", str(error)) from None
    _check(schema, contract, path)
    return table


def _check(schema: pa.Schema, contract: pa.Schema, path: Path) -> None:
    for column in contract:
        index = schema.get_field_index(column.name)
        found = "no such column" if index < 0 else str(schema.field(index).type)
        if found != str(column.type):
            raise FormatError(
                f"column {column.name!r} breaks its contract",
                expected=str(column.type),
                found=found,
                where=str(path),
                action="remove this file and run again",
            )
