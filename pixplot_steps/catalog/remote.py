"""What came from servers, beside what lies here: rows of metadata of a manifest's own, and of the user's tables."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa

from pixplot_steps.catalog.metadata import Cell, Rows

SERVICE = "item: service"
"""Column of the catalogue's table with the image service of an item, as a JSON object. No column of metadata can have this name."""


def add_rows(rows: Rows, row_of: list[int], items: Sequence[str], cells: dict[str, str]) -> None:
    """Give the items of servers their rows: what the user's tables have of one stays, and what they lack is filled in.

    `row_of`: for each item its row or -1, changed in place; `cells`: for an item a JSON object of lists of texts, by the column's name.
    """
    for place, item in enumerate(items):
        if item not in cells:
            continue
        told = {name: values for name, values in json.loads(cells[item]).items() if values}
        if row_of[place] < 0:
            row_of[place] = len(rows.places)
            rows.places.append((item, 1))
            for column in rows.cells.values():
                column.append(None)
        for name, values in told.items():
            _fill(rows, name, row_of[place], values[0] if len(values) == 1 else values)


def _fill(rows: Rows, name: str, row: int, cell: Cell) -> None:
    lower = name.lower()
    if lower not in rows.cells:
        rows.labels[lower] = name
        rows.cells[lower] = [None] * len(rows.places)
    if rows.cells[lower][row] is None:
        rows.cells[lower][row] = cell


def service_column(items: Sequence[str], services: dict[str, str | None]) -> tuple[pa.Field, pa.Array]:
    """The column of image services of a table of these items."""
    field = pa.field(SERVICE, pa.string(), metadata={"type": "service"})
    return field, pa.array([services.get(item) for item in items], pa.string())
