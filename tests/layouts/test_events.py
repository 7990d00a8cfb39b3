"""A table of what happened in which year, and where it is told."""

from __future__ import annotations

import numpy as np
import pytest

from pixplot_steps.layouts import events, timeline
from pixplot_steps.layouts.events import Event, NotAYearError


@pytest.mark.parametrize(
    ("row", "event"),
    [
        ({"year": "1888", "title": "Arles", "text": "moves"}, Event(1888, "Arles", "moves")),
        ({"year": " 1888 ", "title": " Arles "}, Event(1888, "Arles", "")),
        ({"year": "1888.0", "title": "", "text": "a", "extra": "b"}, Event(1888, "", "a\nb")),
        ({"year": "-44", "title": "Ides"}, Event(-44, "Ides", "")),
        ({"year": "\u221244", "title": "<b>Ides</b>"}, Event(-44, "<b>Ides</b>", "")),
        ({"year": "1", "title": "x" * 9999}, Event(1, "x" * events.LONGEST, "")),
        ({"year": "", "title": "", "text": "", "extra": ""}, None),
        ({"year": "1888"}, None),
    ],
)
def test_a_row_is_an_event_or_none(row: dict[str, str], event: Event | None) -> None:
    assert events.read([row]) == ((event,) if event else ())


@pytest.mark.parametrize("year", ["", "c. 1888", "0", "1888-90", "1888.5", "9999999", "nan"])
def test_a_year_that_is_none_is_told_with_its_row(year: str) -> None:
    with pytest.raises(NotAYearError, match="row 2") as raised:
        events.read([{"year": "1888", "title": "a"}, {"year": year, "title": "b"}])
    assert (raised.value.row, raised.value.found) == (2, year)


def test_events_are_in_the_order_of_their_years() -> None:
    rows = [{"year": year, "title": title} for year, title in (("1900", "c"), ("-1", "a"), ("1900", "d"), ("7", "b"))]
    assert [event.title for event in events.read(rows)] == ["a", "b", "c", "d"]


YEARS = np.array([(1888, 1888)] * 4 + [(1890, 1890)] * 4 + [(1899, 1899)] * 4 + [(1, 0)], np.int32)


def test_an_event_hangs_where_the_label_of_its_column_does() -> None:
    noted = [Event(year, str(year), "") for year in (1700, 1888, 1889, 1890, 1895, 1899, 2000)]
    made = timeline.arrange(YEARS, "year", 1.5, noted)
    assert (made.positions == timeline.arrange(YEARS, "year", 1.5).positions).all()
    label = {one.text: (one.x, one.y) for one in made.labels}
    note = {one.year: (one.x, one.y) for one in made.notes}
    assert {year: note[year] for year in (1888, 1890, 1899)} == {year: label[str(year)] for year in (1888, 1890, 1899)}
    assert (note[1700], note[2000]) == (label["1888"], label["1899"]), "before the first and after the last, below these"
    assert note[1889][0] == pytest.approx((note[1888][0] + note[1890][0]) / 2)
    assert note[1890][0] < note[1895][0] < note[1899][0]


@pytest.mark.parametrize(("unit", "text"), [("decade", "1880–89"), ("century", "1801–1900")])
def test_an_event_stands_below_the_column_that_its_year_lies_in(unit: str, text: str) -> None:
    made = timeline.arrange(YEARS, unit, 1.5, [Event(1883, "a", "")])
    [note] = made.notes
    assert (note.x, note.y) == next((one.x, one.y) for one in made.labels if one.text == text)


def test_where_nothing_is_dated_nothing_is_told() -> None:
    assert timeline.arrange(np.array([(1, 0)], np.int32), "year", 1.5, [Event(1888, "a", "")]).notes == ()
