"""Arrangements by metadata and colour, from the catalogue to positions and marks. What PixPlot did wrong is here as cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps import spec
from pixplot_steps.catalog import columns
from pixplot_steps.errors import SourceError
from pixplot_steps.layouts import marks, step
from pixplot_steps.store import arrays, commit, tables
from pixplot_steps.vectors import step as vectors
from tests import golden_check
from tests.vectors import shards

# A blank cell, one of a kind, hostile and foreign texts; zeros that are numbers; dates of every sort.
CATEGORIES: list[str | list[str] | None] = [
    "birds",
    "birds",
    "",
    "鳥",
    "birds",
    "<b>bold</b>",
    "鳥",
    None,
    "عربي",
    "birds",
    "50% cotton",
    "a/b",
]
LATITUDES: list[str | list[str] | None] = ["10", "", "-33.9", "0", "51.5", None, "48.9", "40.7", "40.7", "40.7", "35.7", "64.1"]
LONGITUDES: list[str | list[str] | None] = ["20", "", "18.4", "0", "-0.1", None, "2.4", "-74", "-74", "-74", "139.7", "-21.9"]
DATES: list[str | list[str] | None] = [
    "1890",
    "1894-07-01",
    "",
    "undated",
    "1900",
    "ca. 1900",
    "1890s",
    "19th century",
    "500 BC",
    "1901",
    "1999",
    None,
]
X: list[str | list[str] | None] = ["0", "1", "2", "0", "", "3", "4", "5", "6", "7", "8", "9"]
Y: list[str | list[str] | None] = ["0", "0", "5", "1", "2", None, "2", "2", "3", "3", "4", "4"]
COUNT = 12


@dataclass(frozen=True)
class Made:
    """A layout as the site takes it."""

    positions: NDArray[np.float32]
    labels: list[dict[str, Any]]
    summary: dict[str, Any]
    path: Path

    @property
    def texts(self) -> list[str]:
        return [label["text"] for label in self.labels]


@dataclass(frozen=True)
class Collection:
    """Twelve items with metadata."""

    root: Path
    parts: shards.Shards

    def arrange(self, kind: str, *flags: object) -> Made:
        out = self.root / f"{kind}.zarr"
        inputs = ("--catalog", self.parts.catalog, "--vectors", self.root / "v.zarr")
        shards.step(step, kind, *inputs, *flags, "--out", out)
        labels = tables.read(out / "labels.parquet", tables.LABELS).to_pylist() if (out / "labels.parquet").exists() else []
        return Made(arrays.read(out, "positions"), labels, commit.stamp(out).summary, out)


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    cells: dict[str, list[str | list[str] | None]] = {
        "category": CATEGORIES,
        "lat": LATITUDES,
        "lng": LONGITUDES,
        "date": DATES,
        "x": X,
        "y": Y,
    }
    made = [columns.column(name, values, set()) for name, values in cells.items()]
    columns.check_coordinates(made)
    parts = shards.write(tmp_path, shards.clustered(COUNT), more=[pair for column in made for pair in column.arrow()])
    inputs = ("--catalog", parts.catalog, "--images", parts.images, "--features", parts.features)
    shards.step(vectors, *inputs, "--others", "--components", 4, "--whiten", "false", "--out", tmp_path / "v.zarr")
    return Collection(tmp_path, parts)


def by(*names: str) -> tuple[str, str]:
    return "--by", json.dumps(names)


def check(kind: str, made: Made) -> None:
    """Every item has a place of its own or shares it, within the map, and the result is the golden one."""
    assert made.positions.shape == (COUNT, 2), "a layout never loses rows"
    assert np.isfinite(made.positions).all()
    assert np.abs(made.positions).max() == pytest.approx(1, abs=0.02)
    places = (made.positions.astype(float).round(3) + 0.0).tolist()
    labels = [[one["text"], round(one["x"], 3) + 0.0, round(one["y"], 3) + 0.0, one["level"], one["anchor"]] for one in made.labels]
    golden_check.check(kind, spec.VERSIONS[kind], {"positions": places, "labels": cast("list[golden_check.Value]", labels)})


def test_categories(collection: Collection) -> None:
    made = collection.arrange("category", *by("category"), "--aspect", 1.5)
    assert made.texts == ["birds", "鳥", "50% cotton", "<b>bold</b>", "a/b", "عربي", marks.MISSING]
    assert len(np.unique(made.positions, axis=0)) == COUNT
    assert made.summary["kind"] == "grid"
    birds = made.positions[[0, 1, 4, 9]]
    assert np.ptp(birds, axis=0).max() == pytest.approx(made.summary["cell"], abs=1e-5), "four pictures are a box of two by two"
    check("category", made)


@pytest.mark.parametrize(
    ("unit", "texts"),
    [
        ("year", ["−500", "1850", "1890", "1894", "1900", "1901", "1999", ""]),
        ("decade", ["−501–−492", "1850–59", "1890–99", "1900–09", "1990–99", ""]),
        ("century", ["−500–−401", "1801–1900", "1901–2000", ""]),
    ],
)
def test_dates(collection: Collection, unit: str, texts: list[str]) -> None:
    made = collection.arrange("date", *by("date"), "--unit", unit, "--aspect", 1.8, "--captions")
    assert made.texts == texts
    assert len(np.unique(made.positions, axis=0)) == COUNT
    undated = made.positions[[2, 3, 11], 0]
    assert undated.min() > np.delete(made.positions[:, 0], [2, 3, 11]).max(), "no date: a column of its own"
    if unit == "century":
        check("date", made)


def test_places(collection: Collection) -> None:
    made = collection.arrange("geographic", *by("lat", "lng"), "--outlines", "world")
    known = [0, 2, 3, 4, 6, 7, 8, 9, 10, 11]
    assert made.texts == [marks.MISSING]
    assert made.positions[[1, 5], 1].max() < made.positions[known, 1].min(), "no coordinates: below the map"
    # The place 0, 0 is one; the blank ones are not there.
    assert np.linalg.norm(made.positions[[1, 5]] - made.positions[3], axis=1).min() > 0.1
    assert len(np.unique(made.positions[[7, 8, 9]], axis=0)) == 3, "three pictures of one place can be told apart"
    assert np.ptp(made.positions[[7, 8, 9]], axis=0).max() < 0.05
    assert made.positions[4, 1] > made.positions[2, 1], "London is north of the Cape"
    lines = arrays.read(made.path, "lines")
    ends = arrays.read(made.path, "line_ends")
    assert ends[-1] == len(lines) > 100
    assert np.abs(lines).max() <= 2 + 1e-5
    check("geographic", made)


def test_a_place_lies_on_the_land_where_it_is(collection: Collection) -> None:
    square = {"type": "Polygon", "coordinates": [[[-1, 51], [1, 51], [1, 52], [-1, 52], [-1, 51]]]}
    (collection.root / "london.geojson").write_text(json.dumps(square))
    made = collection.arrange("geographic", *by("lat", "lng"), "--outlines", collection.root / "london.geojson")
    lines = arrays.read(made.path, "lines")
    assert len(lines) == 5
    inside = (lines.min(axis=0) < made.positions[4]) & (made.positions[4] < lines.max(axis=0))
    assert inside.all()


def test_outlines_that_cannot_be_read(collection: Collection) -> None:
    path = collection.root / "wrong.json"
    path.write_text('{"type": "Topology"}')
    with pytest.raises(SourceError, match=r"(?s)outlines cannot be read.*wrong\.json"):
        collection.arrange("geographic", *by("lat", "lng"), "--outlines", path)


def test_axes(collection: Collection) -> None:
    made = collection.arrange("axes", *by("x", "date"))
    assert {"X", "Date", "0", "2", "4", "6", "8", marks.MISSING} <= set(made.texts)
    known = [0, 1, 5, 6, 7, 8, 9, 10]
    assert (np.diff(made.positions[known, 0]) > 0).all()
    assert made.positions[[2, 3, 4, 11], 1].max() < made.positions[known, 1].min()
    check("axes", made)


def test_positions_of_the_metadata(collection: Collection) -> None:
    made = collection.arrange("custom", *by("x", "y"))
    known = [i for i in range(COUNT) if i not in (4, 5)]
    scale = made.positions[1, 0] - made.positions[0, 0]
    expected = [[float(str(X[i])) * scale, float(str(Y[i])) * scale] for i in known]
    np.testing.assert_allclose(made.positions[known] - made.positions[0], expected, atol=1e-6, err_msg="0 is a number")
    assert made.positions[[4, 5], 1].max() < made.positions[known, 1].min()
    check("custom", made)


def test_captions_of_dates(collection: Collection) -> None:
    path = collection.root / "timeline.csv"
    path.write_text("year,title,text,extra\n1890,Ein <b>Jahr</b>,mit Text,\n1891,,,\n", "utf-8-sig")
    made = collection.arrange("date", *by("date"), "--unit", "year", "--aspect", 1.8, "--captions", path)
    [event] = tables.read(made.path / "events.parquet", tables.EVENTS).to_pylist()
    assert (event["year"], event["title"], event["text"]) == (1890, "Ein <b>Jahr</b>", "mit Text")
    assert made.summary["events"] == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("year,title\n1888,a\nspring,b\n", "row 2: 'spring'"),
        ("when,what\n1,2\n", "the columns when, what"),
        ("", "the columns none"),
        ("\xff", "CSV in UTF-8"),
    ],
)
def test_captions_of_dates_that_cannot_be_read(collection: Collection, text: str, told: str) -> None:
    path = collection.root / "wrong.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SourceError, match=rf"(?s)captions of the dates cannot be read.*{told}.*wrong\.csv|(?s:wrong\.csv.*{told})"):
        collection.arrange("date", *by("date"), "--unit", "year", "--aspect", 1.8, "--captions", path)


@pytest.mark.parametrize("order", ["hue", "lightness"])
def test_colours(collection: Collection, order: str) -> None:
    made = collection.arrange("colour", "--images", collection.parts.images, "--order", order, "--aspect", 1.5)
    assert len(np.unique(made.positions, axis=0)) == COUNT
    if order == "hue":
        check("colour", made)


@pytest.mark.parametrize("kind", ["category", "date", "geographic", "axes", "custom"])
def test_columns_without_any_value(tmp_path: Path, kind: str) -> None:
    """PixPlot wrote Infinity where no year was one, and died of a blank coordinate."""
    settings = {"a": columns.Setting(type="category" if kind == "category" else "date" if kind == "date" else "number")}
    made = [columns.column(name, [None] * 5, set(), setting=settings["a"]) for name in "ab"]
    parts = shards.write(tmp_path, shards.clustered(5), more=[pair for column in made for pair in column.arrow()])
    inputs = ("--catalog", parts.catalog, "--images", parts.images, "--features", parts.features)
    shards.step(vectors, *inputs, "--others", "--components", 4, "--whiten", "false", "--out", tmp_path / "v.zarr")
    more: dict[str, list[object]] = {
        "category": ["--aspect", 1],
        "date": ["--aspect", 1, "--unit", "year", "--captions"],
        "geographic": ["--outlines", "world"],
    }
    names = by("a") if kind in ("category", "date") else by("a", "b")
    found = Collection(tmp_path, parts).arrange(kind, *names, *more.get(kind, []))
    assert np.isfinite(found.positions).all()
    assert len(np.unique(found.positions, axis=0)) == 5
    assert "NaN" not in (found.path / "stamp.json").read_text()
