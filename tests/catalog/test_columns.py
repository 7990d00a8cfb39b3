"""Types of columns."""

from __future__ import annotations

import pytest

from pixplot_steps.catalog import columns


@pytest.mark.parametrize(
    ("name", "cells", "kind", "why"),
    [
        ("width", ["1", "2.5", "-3e2", None], "number", "all numbers, blanks aside"),
        ("year", ["1890", "1901"], "number", "years that are numbers"),
        ("year", ["1890s", "1901"], "text", "one year is no number: nothing is guessed"),
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
def test_kinds(name: str, cells: list[str | None], kind: str, why: str) -> None:
    field, _ = columns.column(name, cells, set())
    assert field.metadata[b"type"].decode() == kind, why


def test_tags_are_split_once_each() -> None:
    _, array = columns.column("tags", ["red| blue ||red", None], set())
    assert array.to_pylist() == [["red", "blue"], None]


def test_a_role_is_given_once() -> None:
    taken: set[str] = set()
    first, _ = columns.column("name", ["x"], taken)
    second, _ = columns.column("title", ["y"], taken)
    assert (first.metadata[b"role"], second.metadata[b"role"]) == (b"title", b"")


def test_labels() -> None:
    assert columns.label("date_of_birth") == "Date of birth"
