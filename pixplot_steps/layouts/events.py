"""What happened in a year, in a person's own words, for layouts by date: rows of a table as VIKUS Viewer's `timeline.csv` has them.

VIKUS Viewer (https://github.com/cpietsch/vikus-viewer): the columns `year`, `title`, `text` and `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LONGEST = 4000
"""Characters of a text that are kept: it lies on a map."""


@dataclass(frozen=True)
class Event:
    """`year`: not 0, negative before 1; `title`, `text`: at least one is not empty."""

    year: int
    title: str
    text: str


class NotAYearError(ValueError):
    """`row`: its number in the table, from 1; `found`: what stands for a year there."""

    def __init__(self, row: int, found: str) -> None:
        super().__init__(f"row {row}: {found!r}")
        self.row, self.found = row, found


def read(rows: Iterable[Mapping[str, str]]) -> tuple[Event, ...]:
    """The events by year, then in their order; rows without a word are none. Raises NotAYearError."""
    return tuple(sorted(_read(rows), key=lambda event: event.year))


def _read(rows: Iterable[Mapping[str, str]]) -> Iterator[Event]:
    for number, row in enumerate(rows, 1):
        title, *texts = (row.get(name, "").strip()[:LONGEST] for name in ("title", "text", "extra"))
        text = "\n".join(text for text in texts if text)
        if title or text:
            yield Event(_year(row.get("year", "").strip(), number), title, text)


def _year(text: str, number: int) -> int:
    # A spreadsheet may write 1888.0.
    found = re.fullmatch(r"([-\u2212]?\d{1,6})(?:\.0*)?", text)
    year = int(found[1].replace("\u2212", "-")) if found else 0
    if year == 0:
        raise NotAYearError(number, text)
    return year
