"""Columns: the type, role and label of each column of the metadata, and its values in that type.

Types and roles are those of docs/format.md. A column of a well-known name (PixPlot's) means what it means there; any other is typed
by its values; the configuration may say otherwise. A column is a number, or dates, only where every value is one. Where a column has
a type by its name or by the configuration, the values that do not fit it are left out and told, never bent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pixplot_steps import spec
from pixplot_steps.catalog import dates, templates
from pixplot_steps.catalog.metadata import Cell, Rows

ROLES = {
    "filename": "filename",
    "title": "title",
    "name": "title",
    "category": "category",
    "tags": "tags",
    "description": "description",
    "permalink": "permalink",
    "year": "year",
    "date": "date",
    "label": "label",
    "lat": "lat",
    "lng": "lng",
    "x": "x",
    "y": "y",
}
_TYPES = {
    "filename": "text",
    "title": "text",
    "category": "category",
    "tags": "tags",
    "description": "text",
    "permalink": "link",
    "date": "date",
    "label": "category",
    "lat": "number",
    "lng": "number",
    "x": "number",
    "y": "number",
}
_RESERVED = ("filename", "item", "image")
"""Columns that the catalogue itself fills."""

_ARROW = {"number": pa.float64(), "tags": pa.list_(pa.string())}
_YEARS = pa.list_(pa.int32(), 2)
_TAG_SEPARATOR = "|"
_LONGEST_CATEGORY = 60
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d+)?")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_WORDS = {"number": "no number", "date": "no date that is understood", "link": "no web address"}


@dataclass(frozen=True)
class Setting:
    """What the configuration says of a column; None leaves it to the name and the values."""

    type: str | None = None
    role: str | None = None
    label: str | None = None
    template: str | None = None


@dataclass
class Column:
    """A column in its type. `years`: for dates, the years that each value may mean, and None elsewhere.

    `faults`: (row, reason) of the values that were left out.
    """

    name: str
    kind: str
    role: str | None
    label: str
    values: list[Any]
    years: list[tuple[int, int] | None] | None = None
    faults: list[tuple[int, str]] = field(default_factory=list)

    def arrow(self) -> list[tuple[pa.Field, pa.Array]]:
        """The column's field and array and, for dates, those of their years."""
        metadata = {"type": self.kind, "role": self.role or "", "label": self.label}
        kind = _ARROW.get(self.kind, pa.string())
        columns = [(pa.field(self.name, kind, metadata=metadata), pa.array(self.values, kind))]
        if self.years is not None:
            years = pa.field(spec.years_of(self.name), _YEARS, metadata={"type": "years", "of": self.name})
            columns.append((years, pa.array(self.years, _YEARS)))
        return columns


def column(name: str, cells: Sequence[Cell], taken: set[str], written: str = "", setting: Setting | None = None) -> Column:
    """Type a column (None or blank: not given) and convert its values.

    `taken` holds the roles that earlier columns have; a role is given once. `written`: the name as the table has it.
    """
    setting = setting or Setting()
    values = [cell or None for cell in cells]
    given = [value for value in values if value is not None]
    kind = setting.type or _kind(name, given)
    role = setting.role or ROLES.get(name)
    if role in taken or (role == "title" and kind != "text"):
        role = None
    if role is not None:
        taken.add(role)
    made = Column(name, kind, role, setting.label or label(written or name), [])
    for row, value in enumerate(values):
        converted = None if value is None else _convert(kind, value)
        if value is not None and converted is None:
            made.faults.append((row, f"{_shown(value)} in column {made.label} is {_WORDS[kind]}"))
        made.values.append(converted)
    if kind == "date" or role in ("year", "date"):
        _add_years(made)
    return made


def settings(given: Mapping[str, Any]) -> dict[str, Setting]:
    """The settings as the configuration has them: for each column a template, or what it is."""
    return {name.lower(): Setting(template=value) if isinstance(value, str) else Setting(**value) for name, value in given.items()}


def table(
    items: Sequence[str], row_of: Sequence[int], rows: Rows, wanted: Mapping[str, Setting]
) -> tuple[list[Column], list[tuple[int, str, str]]]:
    """The columns of all items, templates filled in, and (place, kind, reason) of the values that were left out.

    `row_of`: for each item the index of its row, or -1.
    """
    cells: dict[str, list[Cell]] = {"filename": list(items)}
    for name in [name for name in rows.cells if name not in _RESERVED]:
        # Cells are given up one column at a time, so that a large table is not held twice.
        column_ = rows.cells.pop(name)
        cells[name] = [None if row < 0 else column_[row] for row in row_of]
    filled = {name: templates.fill(name, one.template, cells, len(items)) for name, one in wanted.items() if one.template}
    cells.update(filled)
    # What the configuration says of roles, and a column that it writes, go before the names of the table's own columns.
    roles = {name: one.role or (ROLES.get(name) if one.template else None) for name, one in wanted.items() if name in cells}
    given = {role: name for name, role in roles.items() if role}
    taken: set[str] = set()
    made = []
    for name in list(cells):
        elsewhere = {role for role, owner in given.items() if owner != name}
        taken |= elsewhere
        made.append(column(name, cells.pop(name), taken, rows.labels.get(name, ""), wanted.get(name)))
        taken -= elsewhere - {one.role for one in made if one.role}
    faults = [(row, "cell left out", reason) for one in made for row, reason in one.faults]
    return made, faults + check_coordinates(made)


def label(name: str) -> str:
    """A column's name as a person would write it."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def check_coordinates(columns: Sequence[Column]) -> list[tuple[int, str, str]]:
    """Leave out coordinates that are none: (row, kind, reason) of each, and of those at 0, 0, which are kept."""
    by_role = {one.role: one for one in columns}
    if "lat" not in by_role or "lng" not in by_role:
        return []
    lat, lng = by_role["lat"].values, by_role["lng"].values
    found = []
    for row, (north, east) in enumerate(zip(lat, lng, strict=True)):
        fault = _coordinate_fault(north, east)
        if fault:
            found.append((row, *fault))
            if fault[0] != "coordinate 0, 0":
                lat[row] = lng[row] = None
    return found


def _coordinate_fault(north: float | None, east: float | None) -> tuple[str, str] | None:
    if north is None and east is None:
        return None
    if north is None or east is None:
        return "cell left out", "a coordinate needs both lat and lng"
    if abs(north) > 90 or abs(east) > 180:
        return "cell left out", f"lat {north:g}, lng {east:g} is no place on Earth"
    if north == 0 and east == 0:
        return "coordinate 0, 0", "the place 0, 0 lies in the sea off Africa, and often stands for an unknown one"
    return None


def _kind(name: str, given: Sequence[str | list[str]]) -> str:
    known = _TYPES.get("title" if ROLES.get(name) == "title" else name)
    if known is not None:
        return known
    if any(isinstance(value, list) for value in given):
        return "tags"
    texts = [value for value in given if isinstance(value, str)]
    if name == "year":
        return "number" if all(_is_number(value) for value in texts) else "date"
    return _kind_of(texts) if texts else "text"


def _kind_of(texts: Sequence[str]) -> str:
    if all(_is_number(value) for value in texts):
        return "number"
    if all(_LINK.fullmatch(value) for value in texts):
        return "link"
    if _are_dates(texts):
        return "date"
    return "category" if _is_category(texts) else "text"


def _are_dates(texts: Sequence[str]) -> bool:
    distinct = set(texts)
    return all(dates.years(text) or dates.is_undated(text) for text in distinct) and any(dates.years(text) for text in distinct)


def _is_number(value: str) -> bool:
    # "007" is a name, not the number seven; infinities and NaN are no measurements.
    return any(c.isdigit() for c in value) and _NUMBER.fullmatch(value) is not None and math.isfinite(float(value))


def _is_category(given: Sequence[str]) -> bool:
    distinct = set(given)
    return len(distinct) * 2 <= len(given) and max(map(len, distinct)) <= _LONGEST_CATEGORY


def _convert(kind: str, value: str | list[str]) -> object:
    """The value in its type; None where it is none of that type. Dates stay as they are written."""
    if kind == "tags":
        parts = value if isinstance(value, list) else value.split(_TAG_SEPARATOR)
        return list(dict.fromkeys(tag for part in parts if (tag := part.strip())))
    text = ", ".join(value) if isinstance(value, list) else value
    if kind == "number":
        return float(text) if _is_number(text) else None
    return text


def _add_years(made: Column) -> None:
    """Read each value as a date, once; what is not understood is told, and kept as text where the column is one."""
    known: dict[Any, dates.Years | None] = {}
    made.years = []
    for row, value in enumerate(made.values):
        if value not in known:
            known[value] = None if value is None else dates.years(_shown(value))
        made.years.append(known[value])
        if value is not None and known[value] is None and not dates.is_undated(_shown(value)):
            made.faults.append((row, f"{_shown(value)} in column {made.label} is {_WORDS['date']}"))


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return ", ".join(value) if isinstance(value, list) else str(value)
