"""Reading CSV and joining it to items."""

from __future__ import annotations

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
    rows = metadata.parse(data, "x.csv")
    assert (rows.names, rows.cells) == (["filename", "title"], [["a.png", "Café"]]), why


def test_quoted_newlines_short_rows_and_repeated_names() -> None:
    rows = metadata.parse(b'filename,note,note,\na.png,"two\nlines",x\nb.png\n', "x.csv")
    assert rows.names == ["filename", "note", "note 2", "column 4"]
    assert rows.cells == [["a.png", "two\nlines", "x", ""], ["b.png", "", "", ""]]


@pytest.mark.parametrize("data", [b"", b"name,title\na.png,x\n"])
def test_no_key_says_what_was_found(data: bytes) -> None:
    with pytest.raises(SourceError, match="filename"):
        metadata.parse(data, "x.csv")


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
    ],
)
def test_join(keys: list[str], row: list[int], unused: list[int], why: str) -> None:
    joined = metadata.join(["a/x.png", "b/x.png", "c/y.png"], keys)
    assert (joined.row, [index for index, _ in joined.unused]) == (row, unused), why


def test_a_name_with_a_percent_sign_is_found_as_it_is() -> None:
    assert metadata.join(["50%25 wool.png"], ["50%25 wool.png"]).row == [0]
