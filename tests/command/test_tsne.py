"""image-tsne-ui's flags, and the records of its page."""

from __future__ import annotations

from typing import Any

import pytest

from pixplot_steps.command import tsne
from pixplot_steps.errors import ConfigError

ROW = {"name": "Oak", "year": 1890.0, "id": "7", "url": "https://e.org/7", "bad": "javascript:alert(1)", "empty": None}


@pytest.mark.parametrize(
    ("title", "url", "fields", "wanted"),
    [
        ("name", "url", ["title", "url"], ["Oak", "https://e.org/7"]),
        ("Name", "bad", ["title", "url"], ["Oak", ""]),
        ("{Name} ({Year})", "url", ["title", "url"], ["Oak (1890)", "https://e.org/7"]),
        ("name", "https://e.org/{Id}/{Year}?{Id}", ["title", "Id", "Year"], ["Oak", "7", "1890"]),
        ("{name.__class__} {Name}", "url", ["title", "url"], [" Oak", "https://e.org/7"]),
        ("absent", "url", ["title", "url"], 0),
        ("{empty} ()", "url", ["title", "url"], 0),
    ],
)
def test_records(title: str, url: str, fields: list[str], wanted: Any) -> None:
    assert tsne.fields(url) == fields
    assert tsne.record(ROW, title, url) == wanted


@pytest.mark.parametrize(("tile", "side"), [("128x128", 128), ("64X64", 64), ("32x32", 32)])
def test_tiles(tile: str, side: int) -> None:
    assert tsne.cell_of(tile) == side


@pytest.mark.parametrize("tile", ["128x64", "100x100", "128", "x", "-32x-32"])
def test_other_tiles_are_refused(tile: str) -> None:
    with pytest.raises(ConfigError, match="-tile"):
        tsne.cell_of(tile)


@pytest.mark.parametrize(("pictures", "wanted"), [(1, 2), (12, 3), (91, 30), (1_000_000, 30)])
def test_perplexity(pictures: int, wanted: int) -> None:
    assert tsne.perplexity(pictures) == wanted
