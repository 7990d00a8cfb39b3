"""The tables of a site: Arrow IPC files, the same bytes for the same rows, and the list of columns that a manifest shows."""

from __future__ import annotations

import pyarrow as pa

TYPES = {
    "text": pa.string(),
    "category": pa.string(),
    "link": pa.string(),
    "date": pa.string(),
    "number": pa.float64(),
    "tags": pa.list_(pa.string()),
}
"""The Arrow type of each type of column in docs/format.md."""

ROLES = ("title", "filename", "category", "tags", "description", "permalink", "year", "date", "label", "lat", "lng", "x", "y")

_YEARS = "years"
"""Type of the catalogue's columns that hold the years of another."""

ITEM = "item"
FIXED = ("image", ITEM)
"""Columns that every table has and no list names."""

SERVICE = "service"
"""Type of the catalogue's column of image services."""

SERVICE_COLUMN = "item: service"
"""Its name."""

_HIDDEN = (_YEARS, SERVICE)

_BATCH_ROWS = 1 << 16


def columns(schema: pa.Schema) -> list[dict[str, str | None]]:
    """The columns to show, in order, from the metadata of the catalogue's fields (b"type", b"role", b"label")."""
    return [_column(field) for field in schema if field.name not in FIXED and _metadata(field)["type"] not in _HIDDEN]


def dates(schema: pa.Schema) -> list[tuple[str, str]]:
    """The columns of dates, each with the one that holds its years."""
    return [(_metadata(field)["of"], field.name) for field in schema if field.name not in FIXED and _metadata(field)["type"] == _YEARS]


def shown(items: pa.Table, listed: list[dict[str, str | None]]) -> pa.Table:
    """The columns of the catalogue's items that the page shows, in the types of docs/format.md: `image`, `item`, then the listed ones."""
    types = {name: pa.string() for name in FIXED} | {str(column["name"]): TYPES[str(column["type"])] for column in listed}
    return pa.table({name: items[name].cast(kind) for name, kind in types.items()})


def encode_rows(rows: pa.Table, listed: list[dict[str, str | None]]) -> bytes:
    """Rows of what `shown` gives as an Arrow IPC file; categories as dictionaries."""
    categories = {column["name"] for column in listed if column["type"] == "category"}
    arrays = [rows[name].combine_chunks() for name in rows.column_names]
    coded = [one.dictionary_encode() if name in categories else one for name, one in zip(rows.column_names, arrays, strict=True)]
    return encode(pa.Table.from_arrays(coded, names=rows.column_names))


def encode(table: pa.Table) -> bytes:
    """A table as an Arrow IPC file, uncompressed, in batches of 65,536 rows, without metadata."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema.remove_metadata()) as writer:
        writer.write_table(table.replace_schema_metadata(None), max_chunksize=_BATCH_ROWS)
    return bytes(sink.getvalue())


def sorted_problems(tables: list[pa.Table]) -> pa.Table:
    """All problems in one table, sorted by path, then stage, kind, reason and action."""
    joined = pa.concat_tables(tables).combine_chunks()
    return joined.sort_by([(name, "ascending") for name in ("path", "stage", "kind", "reason", "action")])


def _column(field: pa.Field) -> dict[str, str | None]:
    metadata = _metadata(field)
    return {"name": field.name, "label": metadata["label"], "type": metadata["type"], "role": metadata.get("role") or None}


def _metadata(field: pa.Field) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
