"""What PixPlot stumbles over, a case for each row of what was found there: here it ends as an item, and as a line of the problems."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pixplot_steps import cli

NAMES = ("a/1.png", "a/2.png", "b/1.png")


def run(root: Path, metadata: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The items of the pictures in `in`."""
    flags = [
        "--images",
        str(root / "in"),
        "--fetched",
        "--cache",
        "cache",
        "--metadata",
        *metadata,
        "--pages",
        "first",
        "--key",
        "filename",
        "--columns",
        "{}",
    ]
    flags += ["--max-images", "0", "--shuffle", "false", "--seed", "24", "--encoding", "utf8"]
    flags += ["--without-row", "keep", "--shard-size", "8", "--ledger", str(root / "ledger"), "--images-made", str(root / "images")]
    flags += ["--features-made", str(root / "features"), "--fingerprint", "f", "--threads", "1", "--out", str(root / "catalog")]
    assert cli.main(["step", "catalog", *flags]) == 0
    items: list[dict[str, Any]] = pq.read_table(root / "catalog/items.parquet").to_pylist()
    return items


def catalogue(
    root: Path, text: str, name: str = "table.csv", encoding: str = "utf-8"
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The items, and path and kind of the problems, of three pictures and a table."""
    for number, picture in enumerate(NAMES):
        (root / "in" / picture).parent.mkdir(parents=True, exist_ok=True)
        (root / "in" / picture).write_text(f"picture {number}")
    (root / name).write_bytes(text.encode(encoding))
    items = run(root, [str(root / name)])
    assert [row["item"] for row in items] == list(NAMES), "no picture is lost to its metadata"
    problems = pq.read_table(root / "catalog/problems.parquet").to_pylist()
    assert all(row["reason"] and row["action"] for row in problems)
    return items, [(row["path"], row["kind"]) for row in problems]


WHOLE = "filename,{}\na/1.png,{}\na/2.png,{}\nb/1.png,{}\n"


@pytest.mark.parametrize(
    ("there", "column", "cells", "kept", "told"),
    [
        ("the whole run dies", "lat,lng", (",", "1.5,2", "0,0"), [(None, None), (1.5, 2.0), (0.0, 0.0)], [("b/1.png", "coordinate 0, 0")]),
        ("a group with an empty label", "category", ("", "x", "y"), [(None,), ("x",), ("y",)], []),
        ("an empty tag", "tags", ("", "x|y", "|"), [(None,), (["x", "y"],), ([],)], []),
        ("a class like any other", "label", ("", "x", "x"), [(None,), ("x",), ("x",)], []),
        ("a shorter, misaligned layout", "x,y", ("0,0", ",", "1,-2.5"), [(0.0, 0.0), (None, None), (1.0, -2.5)], []),
        ("decades without a date", "date", ("1890s", "-500", "19th century"), [("1890s",), ("-500",), ("19th century",)], []),
    ],
    ids=["lat and lng", "category", "tags", "label", "x and y", "dates"],
)
def test_blank_cells(
    tmp_path: Path, there: str, column: str, cells: tuple[str, ...], kept: list[tuple[Any, ...]], told: list[tuple[str, str]]
) -> None:
    items, problems = catalogue(tmp_path, WHOLE.format(column, *cells))
    assert [tuple(row[name] for name in column.split(",")) for row in items] == kept, f"there: {there}"
    assert problems == told


def test_dates_that_were_misread_have_their_years(tmp_path: Path) -> None:
    """There: no date, 500 and 9999."""
    items, _ = catalogue(tmp_path, WHOLE.format("date", "1890s", "500 BC", "19th century"))
    assert [row["date: years"] for row in items] == [[1890, 1899], [-500, -500], [1801, 1900]]


@pytest.mark.parametrize(
    ("there", "text", "titles", "told"),
    [
        ("dropped from the plot", "filename,title\na/1.png,x\na/2.png,y\n", ["x", "y", None], [("b/1.png", "picture without row")]),
        (
            "silently ignored",
            "filename,title\na/1.png,x\na/2.png,y\nb/1.png,z\nc.png,lost\n",
            ["x", "y", "z"],
            [("c.png", "row without picture")],
        ),
        (
            "the last wins in silence",
            "filename,title\na/1.png,x\na/1.png,again\na/2.png,y\nb/1.png,z\n",
            ["x", "y", "z"],
            [("a/1.png", "row not used")],
        ),
        (
            "an empty plot that dies later",
            "filename,title\nz.png,x\n",
            [None, None, None],
            [*((name, "picture without row") for name in NAMES), ("z.png", "row without picture")],
        ),
        (
            "duplicate names stop the run",
            "filename,title\n1.png,which?\na/1.png,x\n2.png,y\nb/1.png,z\n",
            ["x", "y", "z"],
            [("1.png", "row without picture")],
        ),
        ("the title is lost", "filename,title\na%2F1.png,50% wool\na/2.png,y\nb/1.png,z\n", ["50% wool", "y", "z"], []),
    ],
    ids=["without row", "without picture", "two rows", "none matches", "same names", "per cent"],
)
def test_rows_and_pictures_that_do_not_match(
    tmp_path: Path, there: str, text: str, titles: list[str | None], told: list[tuple[str, str]]
) -> None:
    items, problems = catalogue(tmp_path, text)
    assert [row["title"] for row in items] == titles, f"there: {there}"
    assert problems == told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    """There a byte order mark hides the column filename, and letters depend on the machine."""
    items, problems = catalogue(tmp_path, WHOLE.format("title", "Müller", "é", "x"), encoding=encoding)
    assert ([row["title"] for row in items], problems) == (["Müller", "é", "x"], [])


def test_json_with_lists_numbers_and_missing_keys(tmp_path: Path) -> None:
    """There a list of tags, a year that is a number, and a missing category stop the run; a 0 counts as missing."""
    rows = [
        {"filename": "a/1.png", "tags": ["x", "y"], "year": 1890, "x": 0, "y": 0},
        {"filename": "a/2.png", "category": "c", "tags": [], "year": "c. 1905"},
        {"filename": "b/1.png", "year": None, "x": 1.5, "y": 2},
    ]
    items, problems = catalogue(tmp_path, json.dumps(rows), "table.json")
    assert [row["tags"] for row in items] == [["x", "y"], None, None]
    assert [row["year: years"] for row in items] == [[1890, 1890], [1900, 1910], None]
    assert [(row["x"], row["y"]) for row in items] == [(0.0, 0.0), (None, None), (1.5, 2.0)]
    assert [row["category"] for row in items] == [None, "c", None]
    assert problems == []


def test_file_names_with_any_suffix_or_none_reach_the_end(tmp_path: Path) -> None:
    """There the last save of a long run fails on them; here the panel's picture is named by its image."""
    names = ("NOSUFFIX", "odd.xyz", "#50%?&.PNG", "tab\tnew\nline.jpg", "x" * 200 + ".jpg")
    (tmp_path / "in").mkdir()
    for name in names:
        (tmp_path / "in" / name).write_text(name)
    assert [row["item"] for row in run(tmp_path)] == sorted(names)
