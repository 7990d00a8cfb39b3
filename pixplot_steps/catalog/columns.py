"""Columns: the type, role and label of each column of the metadata, and its values in that type.

Types and roles are those of docs/format.md. A column of a well-known name (PixPlot's) means what it means there; any other is typed
by its values. A column is a number only where every value is one, so that nothing is read as a wrong year in silence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pyarrow as pa

ROLES = {
    "filename": "filename",
    "title": "title",
    "name": "title",
    "category": "category",
    "tags": "tags",
    "description": "description",
    "permalink": "permalink",
    "year": "year",
}
_TYPES = {
    "filename": "text",
    "title": "text",
    "category": "category",
    "tags": "tags",
    "description": "text",
    "permalink": "link",
    "date": "date",
}
_ARROW = {"number": pa.float64(), "tags": pa.list_(pa.string())}
_TAG_SEPARATOR = "|"
_LONGEST_CATEGORY = 60
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d+)?")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


def column(name: str, cells: Sequence[str | None], taken: set[str]) -> tuple[pa.Field, pa.Array]:
    """Type a column of texts (None or blank: not given) and convert its values.

    `taken` holds the roles that earlier columns have; a role is given once.
    """
    values = [cell or None for cell in cells]
    given = [value for value in values if value is not None]
    kind = _kind(name, given)
    role = ROLES.get(name)
    if role in taken or (role == "title" and kind != "text"):
        role = None
    if role is not None:
        taken.add(role)
    metadata = {"type": kind, "role": role or "", "label": label(name)}
    field = pa.field(name, _ARROW.get(kind, pa.string()), metadata=metadata)
    return field, pa.array([None if value is None else _convert(kind, value) for value in values], type=field.type)


def label(name: str) -> str:
    """A column's name as a person would write it."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _kind(name: str, given: Sequence[str]) -> str:
    known = _TYPES.get("title" if ROLES.get(name) == "title" else name)
    if known is not None:
        return known
    if not given:
        return "text"
    if all(_is_number(value) for value in given):
        return "number"
    if all(_LINK.fullmatch(value) for value in given):
        return "link"
    return "category" if _is_category(given) else "text"


def _is_number(value: str) -> bool:
    # "007" is a name, not the number seven; infinities and NaN are no measurements.
    return any(c.isdigit() for c in value) and _NUMBER.fullmatch(value) is not None and math.isfinite(float(value))


def _is_category(given: Sequence[str]) -> bool:
    distinct = set(given)
    return len(distinct) * 2 <= len(given) and max(map(len, distinct)) <= _LONGEST_CATEGORY


def _convert(kind: str, value: str) -> object:
    if kind == "number":
        return float(value)
    if kind == "tags":
        return list(dict.fromkeys(tag for part in value.split(_TAG_SEPARATOR) if (tag := part.strip())))
    return value
