"""Which arrangements by metadata and colour are wanted: what the configuration says, as far as the collection has data for it.

Arithmetic on what catalog/plan.json tells of the columns, without disk. A column is named by its name or by its role.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pixplot_steps import spec
from pixplot_steps.errors import ConfigError

AUTO = "auto"
"""In the configuration: the columns that suit."""

_MOST_CATEGORIES = 200
"""A column of more is no choice of boxes, unless it is asked for."""

_MOST_COLUMNS = 120
"""A unit that would make more columns of dates is not offered, unless it is asked for."""

_AXES = 3
"""Of so many columns of numbers every pair is offered."""

_NO_AXES = ("lat", "lng", "x", "y")
_DATES = ("year", "date")
_ROLES = ("title", "filename", "category", "tags", "description", "permalink", "year", "date", "label", "lat", "lng", "x", "y")


@dataclass(frozen=True)
class Column:
    """A column as the catalogue has it. `given`: items with a value; `distinct`: values; `years`: first and last, of dates, or None."""

    name: str
    type: str
    role: str
    given: int
    distinct: int
    years: tuple[int, int] | None


@dataclass(frozen=True)
class Arrangement:
    """`kind`: its rule, command and folder; `name`: in the site, unique; `columns`: what it is made from; `unit`: of dates or colours."""

    kind: str
    name: str
    columns: tuple[str, ...]
    unit: str


def wanted(config: spec.Spec, columns: Sequence[Column], items: int) -> tuple[Arrangement, ...]:
    """All of them, in the order of the site. Raises ConfigError where a column is named that there is not."""
    known = _Columns(columns)
    found: list[tuple[str, tuple[str, ...], str]] = [
        *(("date", (name,), unit) for name, unit in _dates(config.date, known)),
        *(("category", (name,), "") for name in _categories(config.category, known, items)),
        *(("geographic", pair, "") for pair in known.pair("lat", "lng") if config.geographic.wanted),
        *(("axes", pair, "") for pair in _axes(config.axes, known)),
        *(("custom", pair, "") for pair in known.pair("x", "y") if config.custom.wanted),
        *(("colour", (), order) for order in config.colour.by),
        *(("alphabetical", known.titled(by), "") for by in config.alphabetical.by),
    ]
    return tuple(_named(list(dict.fromkeys(found))))


_NAMING = ("category", "tags", "label", "title", "year", "date")
"""Roles of the columns that hotspots are named by, unless others are asked for."""


def naming(by: str | tuple[str, ...], columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns that hotspots are named by. Raises ConfigError where one is named that there is not."""
    known = _Columns(columns)
    if by == AUTO:
        # What nobody described has the name of its file for a title, and many files of one name say nothing.
        return tuple(column.name for role in _NAMING for column in columns if column.role == role and column.given)
    return tuple(dict.fromkeys(known.find(name, "hotspots.names").name for name in by))


@dataclass(frozen=True)
class _Columns:
    columns: Sequence[Column]

    def find(self, by: str, where: str) -> Column:
        """The column of this name or role."""
        matching = [c for c in self.columns if c.name == by.lower()] or [c for c in self.columns if c.role == by]
        if matching:
            return matching[0]
        names = [column.name for column in self.columns]
        near = difflib.get_close_matches(by, names, n=1)
        raise ConfigError(
            "A column is asked for that is not there",
            expected="one of " + ", ".join(names) if names else "metadata, which has columns",
            found=repr(by),
            where=where if where.startswith("hotspots.") else f"layouts.{where}",
            action=f"write {near[0]!r}" if near else "correct the name",
        )

    def titled(self, by: str) -> tuple[str, ...]:
        """The column to order by; none, for the path, where `by` is a role that no column has."""
        if by in _ROLES and not any(by in (c.role, c.name) for c in self.columns):
            return ()
        return (self.find(by, "alphabetical.by").name,)

    def pair(self, first: str, second: str) -> Iterator[tuple[str, str]]:
        """The two columns of these roles, where both have values."""
        names = {column.role: column.name for column in self.columns if column.given and column.type == "number"}
        if first in names and second in names:
            yield names[first], names[second]


def _dates(section: spec.Dates, known: _Columns) -> Iterator[tuple[str, str]]:
    for column in _chosen(section.by, known, "date.by", lambda c: c.years is not None and (c.role in _DATES or c.type == "date")):
        if column.years is None:
            raise _unsuited(column, "a column of dates", "date.by")
        for unit in _units(column.years) if section.units == AUTO else section.units:
            yield column.name, unit


def _units(years: tuple[int, int]) -> list[str]:
    """The units that make more than one column, and not too many; the most telling first."""
    counts = {unit: years[1] // length - years[0] // length + 1 for unit, length in (("year", 1), ("decade", 10), ("century", 100))}
    return [unit for unit, count in counts.items() if 2 <= count <= _MOST_COLUMNS] or ["century" if counts["year"] > 1 else "year"]


def _categories(section: spec.Categories, known: _Columns, items: int) -> list[str]:
    def suits(column: Column) -> bool:
        return column.type == "category" and 2 <= column.distinct <= min(_MOST_CATEGORIES, max(2, items // 2))

    chosen = _chosen(section.by, known, "category.by", suits)
    return (
        [column.name for column in sorted(chosen, key=lambda c: c.role != "category")] if section.by == AUTO else [c.name for c in chosen]
    )


def _axes(section: spec.Axes, known: _Columns) -> list[tuple[str, str]]:
    if section.by != AUTO:
        pairs = [tuple(known.find(name, "axes.by") for name in pair) for pair in section.by]
        for column in (column for pair in pairs for column in pair):
            if column.type != "number" and column.years is None:
                raise _unsuited(column, "a column of numbers or dates", "axes.by")
        return [(x.name, y.name) for x, y in pairs]
    suited = [c.name for c in known.columns if c.type == "number" and c.role not in _NO_AXES and c.distinct > _AXES]
    return list(combinations(suited[:_AXES], 2))


def _chosen(by: str | tuple[str, ...], known: _Columns, where: str, suits: Callable[[Column], bool]) -> list[Column]:
    return [c for c in known.columns if suits(c)] if by == AUTO else [known.find(name, where) for name in by]


def _unsuited(column: Column, expected: str, where: str) -> ConfigError:
    return ConfigError(
        "A layout asks for a column of another type",
        expected=expected,
        found=f"{column.name!r}, of type {column.type}",
        where=f"layouts.{where}",
        action="name another column, or give this one its type in catalog.columns",
    )


def _named(found: list[tuple[str, tuple[str, ...], str]]) -> Iterator[Arrangement]:
    """The first of a kind has its kind's name; the others say what they are made from."""
    taken: set[str] = set()
    for kind, columns, unit in found:
        name = kind
        if name in taken:
            name = "-".join([kind, *(_slug(word) for word in (*columns, unit) if word)])
        while name in taken:
            name += "-2"
        taken.add(name)
        yield Arrangement(kind, name, columns, unit)


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "_", text.lower()).strip("_") or "column"
