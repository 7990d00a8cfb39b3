"""What a report of the run shows: a picture of the map, and two pages."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pixplot_steps.site import report
from pixplot_steps.store import tables
from tests.site.conftest import Built

RED, BLUE = (200, 0, 0), (0, 0, 200)


class Tags(HTMLParser):
    """The tags of a page, its texts, and whatever has an address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "style")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(
    ("positions", "size", "red", "why"),
    [
        ([[-1, -1], [1, 1]], (1200, 1200), (1199 - 24, 24), "y is upwards: the first is at the bottom left"),
        ([[-1, 0], [1, 0.5]], (1200, 336), (335 - 24, 24), "the shape is the map's"),
        ([[0.5, 0], [0, 4]], (192, 1200), (1199 - 24, 168), "upright too"),
        ([[0, 0], [0, 1]], (48, 1200), (1199 - 24, 24), "a line"),
        ([[3, 3], [3, 3]], (48, 48), None, "one place: the later row is on top"),
    ],
)
def test_the_map(positions: list[list[float]], size: tuple[int, int], red: tuple[int, int] | None, why: str) -> None:
    image = report.picture(np.array(positions, np.float32), np.array([RED, BLUE], np.uint8))
    assert image.shape == (size[1], size[0], 3), why
    if red:
        assert tuple(image[red]) == RED, why
    assert np.all(image == BLUE, axis=2).any()
    assert tuple(image[0, 0]) == (245, 243, 238)


@given(st.integers(1, 400), st.integers(0, 2**32 - 1), st.floats(1e-6, 1e6))
def test_every_dot_is_on_the_picture(count: int, seed: int, scale: float) -> None:
    generator = np.random.default_rng(seed)
    positions = (generator.normal(size=(count, 2)) * scale).astype(np.float32)
    colour = np.tile(np.array([[1, 2, 3]], np.uint8), (count, 1))
    image = report.picture(positions, colour)
    assert max(image.shape[:2]) <= report.SIDE + 1
    drawn = np.all(image == (1, 2, 3), axis=2)
    assert drawn.any()
    assert not drawn[[0, -1]].any(), "dots keep off the edge"
    assert not drawn[:, [0, -1]].any()


@pytest.mark.parametrize(("count", "least", "most"), [(0, 14, 14), (1, 14, 14), (1_000, 6, 14), (100_000, 1, 1.2), (10_000_000, 0.5, 0.5)])
def test_dots_become_smaller(count: int, least: float, most: float) -> None:
    assert least <= report.radius(count) <= most


def rows(*found: tuple[str, str, str, str]) -> pa.Table:
    names = ("path", "stage", "kind", "action")
    return pa.Table.from_pylist([dict(zip(names, one, strict=True)) | {"reason": "it is"} for one in found], tables.PROBLEMS)


def test_problems_are_grouped_the_most_frequent_first() -> None:
    many = [(f"{number}.jpg", "ingest", "unreadable", "convert it") for number in range(1_200)]
    page = Tags(report.problems("Birds", rows(("x.csv", "catalog", "no row", "add one"), *many)))
    text = " | ".join(page.texts)
    assert "Birds: problems" in text
    assert text.index("unreadable") < text.index("no row")
    assert "1,200" in text
    assert "0.jpg, 1.jpg, 2.jpg" in text
    assert "3.jpg" not in text
    assert "convert it" in text


def test_texts_from_outside_stay_texts() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=y>&amp;"
    page = Tags(report.problems(evil, rows((evil, "ingest", evil, evil))))
    assert not page.tags & {"script", "img"}
    assert page.addresses == []
    assert "".join(page.texts).count("<script>alert(1)</script>") >= 4


def test_a_site_brings_its_report(built: Built) -> None:
    folder = built.site.with_name("site-report")
    assert sorted(path.name for path in folder.iterdir()) == ["collection.html", "map.png", "problems.html"]
    image = Image.open(io.BytesIO((folder / "map.png").read_bytes()))
    colours: Any = image.getcolors(1 << 24)
    assert max(image.size) == report.SIDE
    assert len(colours) > 5, "dots of several colours"
    page = Tags((folder / "collection.html").read_text("utf-8"))
    text = " | ".join(page.texts)
    assert "Synthetic <b>site</b>" in text
    assert "trustworthiness" in text
    assert page.tags <= {"html", "head", "meta", "title", "style", "body", "h1", "h2", "table", "tr", "th", "td"}
    assert page.addresses == []


def test_a_layout_says_by_what_and_how_good_it_is() -> None:
    kept = {"old": 10, "new": 2, "drift_percent": 1.5, "quality_before": {"trustworthiness": 0.8}}
    one = {
        "label": "Date",
        "name": "date-year-decade",
        "columns": ["year"],
        "unit": "decade",
        "quality": {"neighbours_kept": 0.4},
        "kept": kept,
    }
    base = {"title": "T", "counts": {"items": 1, "images": 1, "shards": 1, "problems": 0}, "pictures": {"longest_side": 9}, "models": []}
    page = Tags(report.collection({**base, "layouts": [one], "hotspots": {"list": []}}))
    assert "Date (year, decade)" in page.texts
    figures = "neighbours kept 0.4, of the map before: old 10, of the map before: new 2, of the map before: drift percent 1.5"
    assert figures in page.texts, "what is an object itself is left out"
