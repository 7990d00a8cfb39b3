"""Reading CSV and joining it to items."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pixplot_steps.catalog import metadata
from pixplot_steps.errors import SourceError


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"filename,title\na.png,Caf\xc3\xa9\n", "UTF-8"),
        (b"\xef\xbb\xbffilename,title\na.png,Caf\xc3\xa9\n", "byte order mark, as Excel writes it"),
        (b"filename,title\na.png,Caf\xe9\n", "Windows-1252"),
        (b"Filename , TITLE\r\na.png,Caf\xc3\xa9\r\n\r\n", "case, blanks, CRLF and blank lines"),
    ],
)
def test_encodings(data: bytes, why: str) -> None:
    rows = metadata.parse(data, "x.csv", "x.csv")
    assert rows.cells == {"filename": ["a.png"], "title": ["Café"]}, why


def test_quoted_newlines_short_rows_and_repeated_names() -> None:
    rows = metadata.parse(b'filename,Note,note,\na.png,"two\nlines",x\n\nb.png\n', "x.csv", "x.csv")
    assert rows.labels == {"filename": "filename", "note": "Note", "note 2": "note 2", "column 4": "column 4"}
    assert rows.cells == {"filename": ["a.png", "b.png"], "note": ["two\nlines", None], "note 2": ["x", None], "column 4": [None, None]}
    assert rows.places == [("x.csv", 2), ("x.csv", 4)]


def _parquet() -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.table(
        {"filename": ["a.png", "b.png"], "Year": [1890, None], "tags": [["x", "y"], []], "on": [datetime.date(1945, 5, 8), None]}
    )
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def _excel() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (["filename", "Year", "tags", "on"], ["a.png", 1890, "x|y", datetime.datetime(1945, 5, 8)], [], ["b.png"]):
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_OBJECTS = '{"filename": "a.png", "Year": 1890, "tags": ["x", "y"], "on": "1945-05-08"}', '{"filename": "b.png"}'


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.tsv", b"filename\tYear\ttags\ton\na.png\t1890\tx|y\t1945-05-08\nb.png\n", "tabs"),
        ("x.csv", b"filename;Year;tags;on\na.png;1890;x|y;1945-05-08\nb.png;;;\n", "semicolons, as Excel writes them in Europe"),
        ("x.csv", "filename\tYear\ttags\ton\na.png\t1890\tx|y\t1945-05-08\nb.png\n".encode("utf-16"), "Excel's Unicode text"),
        ("x.json", f"[{','.join(_OBJECTS)}]".encode(), "a list of objects"),
        ("x.json", f'{{"count": 2, "items": [{",".join(_OBJECTS)}]}}'.encode(), "a list in an object"),
        ("x.json", "\n".join(_OBJECTS).encode(), "JSON lines under another name"),
        ("x.jsonl", ("\ufeff" + "\n".join(_OBJECTS)).encode(), "JSON lines"),
        ("x.PARQUET", _parquet(), "Parquet"),
        ("x.xlsx", _excel(), "Excel"),
    ],
)
def test_formats(name: str, data: bytes, why: str) -> None:
    cells = metadata.parse(data, name, name).cells
    assert cells["filename"] == ["a.png", "b.png"], why
    assert (cells["year"], cells["on"]) == (["1890", None], ["1945-05-08", None]), why
    assert cells["tags"][0] in ("x|y", ["x", "y"]), why
    assert cells["tags"][1] is None, why


def test_one_object_is_one_row() -> None:
    assert metadata.parse(_OBJECTS[0].encode(), "x.json", "x.json").cells["filename"] == ["a.png"]


def test_files_are_put_below_each_other() -> None:
    rows = metadata.parse(b"filename,a\n1,x\n", "1.csv", "1.csv")
    rows.add(metadata.parse(b"filename,b\n2,y\n", "2.csv", "2.csv"))
    assert rows.cells == {"filename": ["1", "2"], "a": ["x", None], "b": [None, "y"]}
    assert rows.places == [("1.csv", 2), ("2.csv", 2)]


@pytest.mark.parametrize(
    ("name", "data"),
    [("x.json", b"{"), ("x.json", b"[1]"), ("x.jsonl", b"{}\n{"), ("x.parquet", b"PAR1"), ("x.xlsx", b"PK"), ("x.json", b"3")],
)
def test_what_cannot_be_read_says_where(name: str, data: bytes) -> None:
    with pytest.raises(SourceError, match=f"(?s)cannot be read.*folder/{name}"):
        metadata.parse(data, name, f"folder/{name}")


@pytest.mark.parametrize("data", [b"", b"name,title\na.png,x\n"])
def test_no_key_says_what_was_found(data: bytes) -> None:
    with pytest.raises(SourceError, match="filename"):
        metadata.key_column(metadata.parse(data, "x.csv", "x.csv"), "filename", "x.csv")


@pytest.mark.parametrize(
    ("keys", "row", "unused", "why"),
    [
        (["a/x.png", "b/x.png"], [0, 1, -1], [], "by path"),
        (["y.png"], [-1, -1, 0], [], "by name, where one picture has it"),
        (["x.png"], [-1, -1, -1], [0], "two pictures have this name: none is guessed"),
        (["a%2Fx.png"], [0, -1, -1], [], "URL-encoded"),
        (["./a/x.png", "a\\x.png"], [0, -1, -1], [1], "the first row wins, the second is listed"),
        (["z.png", ""], [-1, -1, -1], [0, 1], "rows without a picture are listed"),
        (["elsewhere/y.png"], [-1, -1, 0], [], "another folder, the name decides"),
        (["y"], [-1, -1, 0], [], "without suffix, as a column of numbers has it"),
        (["x"], [-1, -1, -1], [0], "two pictures of this name"),
    ],
)
def test_join(keys: list[str], row: list[int], unused: list[int], why: str) -> None:
    joined = metadata.join(["a/x.png", "b/x.png", "c/y.png"], keys)
    assert (joined.row, [index for index, _ in joined.unused]) == (row, unused), why


def test_a_name_with_a_percent_sign_is_found_as_it_is() -> None:
    assert metadata.join(["50%25 wool.png"], ["50%25 wool.png"]).row == [0]


@pytest.mark.parametrize(
    ("encoding", "data", "title"),
    [
        ("cp1250", "Łódź".encode("cp1250"), "Łódź"),
        ("utf8", "Łódź".encode(), "Łódź"),
        ("UTF-8", "Café".encode("cp1252"), "Café"),
        ("shift_jis", "東京".encode("shift_jis"), "東京"),
    ],
)
def test_an_encoding_can_be_said(encoding: str, data: bytes, title: str) -> None:
    assert metadata.parse(b"filename,title\na.png," + data, "x.csv", "x.csv", encoding).cells["title"] == [title]


@pytest.mark.parametrize("encoding", ["no-such", "ascii"])
def test_a_wrong_encoding_is_told(encoding: str) -> None:
    with pytest.raises(SourceError, match="not of this encoding"):
        metadata.parse("filename\né.png".encode(), "x.csv", "x.csv", encoding)
