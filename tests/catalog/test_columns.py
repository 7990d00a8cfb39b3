"""Types of columns."""

from __future__ import annotations

import pytest

from pixplot_steps.catalog import columns
from pixplot_steps.catalog.metadata import Cell, Rows
from pixplot_steps.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "cells", "kind", "why"),
    [
        ("width", ["1", "2.5", "-3e2", None], "number", "all numbers, blanks aside"),
        ("year", ["1890", "1901"], "number", "years that are numbers"),
        ("year", ["1890s", "1901"], "date", "one year is no number: all are dates"),
        ("made", ["1890s", "c. 1905", "n.d."], "date", "all are dates, or say that there is none"),
        ("made", ["n.d.", "unknown"], "text", "no date at all"),
        ("made", ["1890s", "soon"], "text", "one is no date: nothing is bent"),
        ("subject", [["a", "b"], None], "tags", "lists"),
        ("lat", ["1", "north"], "number", "PixPlot's latitude, whatever its values"),
        ("label", ["a", "b"], "category", "PixPlot's label"),
        ("shelfmark", ["007", "12"], "text", "leading zeros are names"),
        ("value", ["nan", "inf"], "text", "no measurements"),
        ("value", ["1e999", "1"], "text", "too large for a number"),
        ("page", ["https://a.org/1", "http://b.org"], "link", "all are web addresses"),
        ("page", ["javascript:alert(1)"], "text", "no web address"),
        ("school", ["Dutch"] * 3 + ["Flemish"] * 3, "category", "few values, often"),
        ("note", ["x" * 70] * 4, "text", "too long for a category"),
        ("notes", ["a", "b", "c"], "text", "all differ"),
        ("empty", [None, ""], "text", "nothing given"),
        ("tags", ["a|b", "a"], "tags", "PixPlot's tags"),
        ("category", ["a", "b", "c"], "category", "PixPlot's category, whatever its values"),
        ("date", ["May 1945"], "date", "kept as written"),
    ],
)
def test_kinds(name: str, cells: list[Cell], kind: str, why: str) -> None:
    assert columns.column(name, cells, set()).kind == kind, why


def test_tags_are_split_once_each() -> None:
    assert columns.column("tags", ["red| blue ||red", None], set()).values == [["red", "blue"], None]
    assert columns.column("tags", [["red|blue", "red"]], set()).values == [["red|blue", "red"]], "a list is split already"


def test_a_role_is_given_once() -> None:
    taken: set[str] = set()
    roles = [columns.column(name, ["x"], taken).role for name in ("name", "title")]
    assert roles == ["title", None]


def test_labels() -> None:
    assert columns.label("date_of_birth") == "Date of birth"
    assert columns.column("artist", ["x"], set(), written="ARTIST (full)").label == "ARTIST (full)"


def test_dates_get_their_years_and_what_is_none_is_told() -> None:
    column = columns.column("date", ["1890s", None, "soon", "n.d."], set())
    assert column.values == ["1890s", None, "soon", "n.d."], "kept as written"
    assert column.years == [(1890, 1899), None, None, None]
    assert column.faults == [(2, "soon in column Date is no date that is understood")]
    assert [field.name for field, _ in column.arrow()] == ["date", "date: years"]


def test_years_that_are_numbers_are_years_too() -> None:
    column = columns.column("year", ["1890", "1890.5", "-500", None], set())
    assert (column.kind, column.years) == ("number", [(1890, 1890), None, (-500, -500), None])
    assert [row for row, _ in column.faults] == [1]


def test_values_that_do_not_fit_a_known_type_are_left_out_and_told() -> None:
    column = columns.column("lat", ["1.5", "north", None], set())
    assert (column.values, column.faults) == ([1.5, None, None], [(1, "north in column Lat is no number")])


def test_the_configuration_decides() -> None:
    setting = columns.Setting(type="text", role="title", label="Number")
    column = columns.column("inventory", ["1", "2"], set(), setting=setting)
    assert (column.kind, column.role, column.label, column.values) == ("text", "title", "Number", ["1", "2"])


@pytest.mark.parametrize(
    ("lat", "lng", "kept", "kind"),
    [
        ("1", "2", (1.0, 2.0), None),
        (None, None, (None, None), None),
        ("0", "0", (0.0, 0.0), "coordinate 0, 0"),
        ("1", None, (None, None), "cell left out"),
        ("91", "2", (None, None), "cell left out"),
        ("1", "200", (None, None), "cell left out"),
    ],
)
def test_coordinates(lat: Cell, lng: Cell, kept: tuple[float | None, float | None], kind: str | None) -> None:
    rows = Rows({"lat": "lat", "lng": "lng"}, {"lat": [lat], "lng": [lng]}, [("x.csv", 2)])
    made, faults = columns.table(["a.png"], [0], rows, {})
    values = {column.name: column.values[0] for column in made}
    assert ((values["lat"], values["lng"]), [fault[1] for fault in faults]) == (kept, [kind] if kind else [])


def _rows() -> Rows:
    return Rows(
        {"name": "Name", "year": "Year", "id": "Id"},
        {"name": ["Rose", None, "Aster"], "year": ["1890", None, None], "id": ["a 1", "b", None]},
        [("x.csv", 2), ("x.csv", 3), ("x.csv", 4)],
    )


def test_templates_are_filled_from_columns_of_any_case() -> None:
    given = {"title": "{Name} ({YEAR})", "url": {"template": "https://example.org/{Id}/", "type": "link", "label": "Page"}}
    made, _ = columns.table(["a", "b", "c", "d"], [0, 1, 2, -1], _rows(), columns.settings(given))
    values = {column.name: column.values for column in made}
    assert values["title"] == ["Rose (1890)", None, "Aster", None], "empty brackets go, and nothing stays nothing"
    assert values["url"] == ["https://example.org/a%201/", "https://example.org/b/", None, None], "no half address"
    assert [(c.name, c.role, c.label) for c in made if c.name in ("title", "url")] == [("title", "title", "Title"), ("url", None, "Page")]


def test_a_role_that_is_set_is_taken_from_the_column_that_has_it_by_name() -> None:
    made, _ = columns.table(["a"], [0], _rows(), columns.settings({"id": {"role": "title", "type": "text"}}))
    assert {column.name: column.role for column in made} == {"filename": "filename", "name": None, "year": "year", "id": "title"}


def test_a_template_without_its_columns_names_them() -> None:
    with pytest.raises(ConfigError, match=r"(?s)catalog.columns.title.*filename, name, year, id.*\{nam\}, \{yaer\}"):
        columns.table(["a"], [0], _rows(), columns.settings({"title": "{Nam} {Yaer} {Id}"}))
