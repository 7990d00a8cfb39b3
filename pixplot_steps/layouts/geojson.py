"""Outlines from GeoJSON (RFC 7946), of any shape: a feature, a collection, every geometry, or plain lists of them.

What is drawn are lines: rings of polygons, lines, and a small cross for each point. Anything else in the file is data and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CROSS = 0.1
"""Arm of the cross of a point, in degrees."""

_DEPTH = 32
"""So deep may collections be nested."""

Line = NDArray[np.float64]


def lines(value: Any, depth: int = _DEPTH) -> Iterator[Line]:
    """Each line, f64 [n, 2] of longitude and latitude, of a parsed GeoJSON value. Raises ValueError where it is none."""
    if depth == 0:
        raise ValueError(f"collections nested more than {_DEPTH} deep")
    if isinstance(value, list):
        for part in value:
            yield from lines(part, depth - 1)
        return
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise ValueError(f"an object with a type, not {str(value)[:60]!r}")
    kind = value["type"]
    if kind == "FeatureCollection":
        yield from lines(_list(value, "features"), depth - 1)
    elif kind == "GeometryCollection":
        yield from lines(_list(value, "geometries"), depth - 1)
    elif kind == "Feature":
        # A feature may have no place.
        if value.get("geometry") is not None:
            yield from lines(value["geometry"], depth - 1)
    else:
        yield from _geometry(kind, _list(value, "coordinates"))


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    if not isinstance(found, list):
        raise ValueError(f"{value['type']} with a list of {key}, not {str(found)[:60]!r}")
    return found


def _geometry(kind: str, coordinates: list[Any]) -> Iterator[Line]:
    if kind == "Point":
        yield from _cross(coordinates) if coordinates else ()
    elif kind == "MultiPoint":
        for point in coordinates:
            yield from _cross(point)
    elif kind == "LineString":
        yield _line(coordinates)
    elif kind in ("MultiLineString", "Polygon"):
        yield from map(_line, coordinates)
    elif kind == "MultiPolygon":
        for polygon in coordinates:
            yield from map(_line, polygon)
    else:
        raise ValueError(f"a geometry of GeoJSON, not {kind!r}")


def _cross(point: Any) -> Iterator[Line]:
    [[x, y]] = _line([point]).tolist()
    yield np.array([[x - _CROSS, y], [x + _CROSS, y]])
    yield np.array([[x, y - _CROSS], [x, y + _CROSS]])


def _line(points: list[Any]) -> Line:
    try:
        line = np.array([point[:2] for point in points], dtype=np.float64).reshape(len(points), 2)
    except (TypeError, ValueError, KeyError):
        raise ValueError(f"positions of longitude and latitude, not {str(points)[:60]!r}") from None
    if not np.isfinite(line).all():
        raise ValueError("finite positions")
    return line
