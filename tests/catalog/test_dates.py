"""Dates as archives write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.catalog import dates


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1890", 1890, 1890),
        ("1890s", 1890, 1899),
        ("1900s", 1900, 1999),  # the decade or the century: the wider holds the true year
        ("c. 1905", 1900, 1910),
        ("ca. 1905", 1900, 1910),
        ("circa 1900-1910", 1895, 1915),
        ("about 1890s", 1885, 1904),
        ("1900-1910", 1900, 1910),
        ("1900–1910", 1900, 1910),
        ("1900 to 1910", 1900, 1910),
        ("between 1900 and 1910", 1900, 1910),
        ("1903/04", 1903, 1904),
        ("1998-99", 1998, 1999),
        ("1938/9", 1938, 1939),
        ("1899/1900", 1899, 1900),
        ("1890s-1910s", 1890, 1919),
        ("19th century", 1801, 1900),
        ("late 19th century", 1861, 1900),
        ("early 20th c.", 1901, 1940),
        ("16th-17th century", 1501, 1700),
        ("5th century BC", -500, -401),
        ("500 BC", -500, -500),
        ("-500", -500, -500),
        ("300-200 BC", -300, -200),
        ("50 BC", -50, -50),
        ("44 BCE", -44, -44),
        ("79 AD", 79, 79),
        ("AD 1066", 1066, 1066),
        ("100 BC - 50 AD", -100, 50),
        ("1945-05-08", 1945, 1945),
        ("1945-05", 1945, 1945),  # ISO 8601 has it that this is a month
        ("1945-05-08T12:00:00Z", 1945, 1945),
        ("2003:07:01 12:00:00", 2003, 2003),  # EXIF
        ("May 1945", 1945, 1945),
        ("8 May 1945", 1945, 1945),
        ("May 8, 1945", 1945, 1945),
        ("8th May 1945", 1945, 1945),
        ("1945, May 8", 1945, 1945),
        ("08.05.1945", 1945, 1945),
        ("5/8/1945", 1945, 1945),
        ("Summer 1969", 1969, 1969),
        ("1945-05-08/1946-01-02", 1945, 1946),
        ("[1905?]", 1905, 1905),
        ("(1905)", 1905, 1905),
        ("1944.", 1944, 1944),
        ("[1905?].", 1905, 1905),
        ("1944-1946.", 1944, 1946),
        ("c1905.", 1900, 1910),
        ("19th c.", 1801, 1900),
        ("ca. 1920 (made)", 1915, 1925),
        ("1850-1860 [published]", 1850, 1860),
        ("500 (BC)", -500, -500),
    ],
)
def test_years(text: str, first: int, last: int) -> None:
    assert dates.years(text) == (first, last)


@pytest.mark.parametrize("text", ["n.d.", "s.d.", "undated", "Unknown", "no date", "?", "N/A", "o. J."])
def test_undated(text: str) -> None:
    assert dates.is_undated(text)
    assert dates.years(text) is None


@pytest.mark.parametrize(
    "text", ["", "May", "45", "1-2", "12345", "99999", "1910-1900", "0", "year 1900 or so", "before 1900", "007", "31/12", "1900-", "x1900"]
)
def test_nothing_is_guessed(text: str) -> None:
    assert dates.years(text) is None
    assert not dates.is_undated(text)


@given(st.text(max_size=30))
def test_any_text_ends_without_an_error(text: str) -> None:
    found = dates.years(text)
    assert found is None or found.first <= found.last


@given(st.integers(100, 2999), st.integers(100, 2999))
def test_a_range_keeps_its_width(one: int, other: int) -> None:
    first, last = sorted((one, other))
    if last > first:
        assert dates.years(f"{first}–{last}") == (first, last)
