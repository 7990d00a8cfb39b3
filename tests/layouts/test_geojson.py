"""Every geometry and every wrapping of GeoJSON becomes lines; PixPlot drew one of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pixplot_steps.layouts import geography, geojson

RING = [[0, 0], [4, 0], [4, 4], [0, 0]]
LINE = [[1, 1], [2, 2]]


def geometry(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": kind, "coordinates": coordinates}


POLYGON = geometry("Polygon", [RING, [[1, 1], [2, 1], [2, 2], [1, 1]]])


@pytest.mark.parametrize(
    ("value", "lengths"),
    [
        (geometry("Point", [3, 4]), [2, 2]),
        (geometry("MultiPoint", [[3, 4], [5, 6]]), [2, 2, 2, 2]),
        (geometry("LineString", LINE), [2]),
        (geometry("LineString", [[1, 1, 100], [2, 2, 100]]), [2]),
        (geometry("MultiLineString", [LINE, LINE]), [2, 2]),
        (POLYGON, [4, 4]),
        (geometry("MultiPolygon", [[RING], [RING]]), [4, 4]),
        ({"type": "GeometryCollection", "geometries": [POLYGON, geometry("LineString", LINE)]}, [4, 4, 2]),
        ({"type": "Feature", "properties": {"name": "x"}, "geometry": POLYGON}, [4, 4]),
        ({"type": "Feature", "properties": None, "geometry": None}, []),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": geometry("LineString", LINE)}]}, [2]),
        ([POLYGON, geometry("MultiPolygon", [[RING]])], [4, 4, 4]),
        ({"type": "FeatureCollection", "features": []}, []),
    ],
)
def test_lines(value: Any, lengths: list[int]) -> None:
    found = list(geojson.lines(value))
    assert [len(line) for line in found] == lengths
    assert all(line.shape[1] == 2 for line in found)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "Topology"},
        {"type": "Circle", "coordinates": [0, 0]},
        geometry("LineString", "0,0 1,1"),
        geometry("LineString", [[0, "a"]]),
        geometry("LineString", [[0], [1]]),
        geometry("LineString", [[float("inf"), 0], [1, 1]]),
        geometry("Polygon", [[1, 2], [3, 4]]),
        {"type": "FeatureCollection"},
        "text",
        None,
    ],
)
def test_what_is_none_is_told(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(geojson.lines(value))


def test_no_nesting_is_too_deep_for_the_reader() -> None:
    value: Any = POLYGON
    for _ in range(100):
        value = {"type": "GeometryCollection", "geometries": [value]}
    with pytest.raises(ValueError, match="deep"):
        list(geojson.lines(value))


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([[-1, 0], [1, 0], [1, 1]], [[[-1, 0], [1, 0], [1, 1]]]),
        ([[-3, 0], [3, 0]], [[[-2, 0], [2, 0]]]),
        ([[0, 0], [3, 0], [3, 1], [0, 1]], [[[0, 0], [2, 0]], [[2, 1], [0, 1]]]),
        ([[3, 0], [3, 1]], []),
        ([[3, -3], [4, 5]], []),
        ([[0, -3], [0, 0]], [[[0, -1], [0, 0]]]),
    ],
    ids=["inside", "cut at both ends", "out and in again", "outside", "past a corner", "cut at the bottom"],
)
def test_lines_end_at_the_window(points: list[list[float]], expected: list[list[list[float]]]) -> None:
    cut = geography.clipped(np.array(points, dtype=np.float64), np.array([len(points)]), -1.0)
    found = np.split(cut.points, cut.ends[:-1]) if len(cut.ends) else []
    assert [line.tolist() for line in found] == expected


def test_two_lines_are_not_joined() -> None:
    cut = geography.clipped(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64), np.array([2, 4]), -2.0)
    assert cut.ends.tolist() == [2, 4]
