"""What a report of the run shows of the site (`snakemake --report`): a picture of the map, and tables as pages of their own.

Texts from outside are escaped: a title may hold anything. Nothing on the pages asks for another file, and nothing in them is a time.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

Json = dict[str, Any]

SIDE = 1200
"""Pixels of the picture's longer side."""

_GROUND, _MARGIN, _LARGEST, _SHARE = (245, 243, 238), 24, 14, 0.25
_EXAMPLES, _ADVICE, _HOTSPOTS = 3, 2, 50

_STYLE = """body { font: 15px/1.5 system-ui, sans-serif; color: #211e1a; background: #fdfcfa; margin: 2em; max-width: 60em }
h1, h2 { font-family: Georgia, serif; font-weight: 500 }
table { border-collapse: collapse; margin: 1em 0 2em }
th, td { text-align: left; vertical-align: top; padding: .35em 1em .35em 0; border-bottom: 1px solid #e2ded6 }
th { font-weight: 500; color: #665f55 } td { overflow-wrap: anywhere }"""


def picture(positions: NDArray[np.floating[Any]], colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The map: a dot of its mean colour for each item, in the order of rows.

    :param positions: [N, 2], in map units, y upwards.
    :param colours: [N, 3], sRGB.
    :returns: u8 [height, width, 3]; the longer side is `SIDE`, and the shape that of the map.
    """
    low, span = positions.min(axis=0), np.ptp(positions, axis=0)
    scale = (SIDE - 2 * _MARGIN) / max(float(span.max()), 1e-9)
    width, height = (int(side) for side in np.ceil(span * scale).astype(int) + 2 * _MARGIN)
    places = np.rint((positions - low) * scale).astype(np.int64) + _MARGIN
    image = np.full((height, width, 3), _GROUND, np.uint8)
    for dx, dy in _disc(radius(len(positions))):
        image[height - 1 - places[:, 1] + dy, places[:, 0] + dx] = colours
    return image


def radius(count: int) -> float:
    """Pixels: dots cover about a quarter of a full square, and are never smaller than a pixel nor larger than the margin."""
    return float(np.clip(np.sqrt(_SHARE * SIDE**2 / (np.pi * max(count, 1))), 0.5, _LARGEST))


def _disc(size: float) -> list[tuple[int, int]]:
    reach = range(-int(size), int(size) + 1)
    return [(dx, dy) for dx in reach for dy in reach if dx * dx + dy * dy <= size * size]


def png(image: NDArray[np.uint8]) -> bytes:
    """The picture as a file; the same pixels give the same bytes."""
    into = io.BytesIO()
    Image.fromarray(image).save(into, "PNG")
    return into.getvalue()


def collection(manifest: Json) -> str:
    """A page of what there is, and how good its layouts are, from the manifest of the site."""
    counts, longest = manifest["counts"], f"{manifest['pictures']['longest_side']} pixels"
    numbers = [("items", counts["items"]), ("images", counts["images"]), ("shards", counts["shards"]), ("problems", counts["problems"])]
    spots = manifest["hotspots"]["list"]
    return _page(
        manifest["title"],
        [
            _table(("what", "how many"), [*((name, f"{number:,}") for name, number in numbers), ("longest side of a picture", longest)]),
            "<h2>Models</h2>",
            _table(("model", "dimensions", "variance kept", "neighbours found"), map(_model, manifest["models"])),
            "<h2>Layouts</h2>",
            _table(("layout", "name", "figures"), map(_layout, manifest["layouts"])),
            f"<h2>Hotspots: {len(spots)}</h2>",
            *([_table(("name", "pictures"), [(one["label"], f"{one['count']:,}") for one in spots[:_HOTSPOTS]])] if spots else []),
        ],
    )


def _model(one: Json) -> tuple[str, ...]:
    ran = " ".join(str(one[key]) for key in ("engine", "precision") if key in one)
    return (f"{one['name']} {ran}", one["dimensions"], f"{one['vectors']['explained_variance']:.1%}", f"{one['neighbours']['recall']:.1%}")


def _layout(one: Json) -> tuple[str, ...]:
    figures = {**(one["quality"] or {}), **{f"of the map before: {key}": value for key, value in _flat(one.get("kept", {}))}}
    by = ", ".join(filter(None, (*one["columns"], one["unit"])))
    return (
        f"{one['label']} ({by})" if by else one["label"],
        one["name"],
        ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items()),
    )


def _flat(values: Json) -> Iterable[tuple[str, Any]]:
    """Names and values that are no objects themselves."""
    return ((name, value) for name, value in values.items() if not isinstance(value, dict))


def problems(title: str, table: pa.Table) -> str:
    """A page of what was left out or repaired, grouped by its kind; the most frequent first."""
    rows = table.to_pylist()
    kinds = Counter((row["stage"], row["kind"]) for row in rows)
    parts = [f"<p>{len(rows):,} in all. Each is listed in problems.parquet, and on the page under problems.</p>"]
    return _page(f"{title}: problems", [*parts, _table(("stage", "problem", "how many", "such as", "what to do"), _kinds(rows, kinds))])


def _kinds(rows: Sequence[Json], kinds: Counter[tuple[str, str]]) -> Iterable[tuple[Any, ...]]:
    for (stage, kind), number in kinds.most_common():
        found = [row for row in rows if (row["stage"], row["kind"]) == (stage, kind)]
        such = ", ".join(str(row["path"]) for row in found[:_EXAMPLES])
        advice = Counter(row["action"] for row in found).most_common(_ADVICE)
        yield stage, kind, f"{number:,}", such, "; ".join(str(action) for action, _ in advice)


def _page(title: str, parts: Iterable[str]) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return "\n".join(
        ["<!doctype html>", f'<html lang="en"><head>{head}</head><body>', f"<h1>{escape(title)}</h1>", *parts, "</body></html>\n"]
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join(["<table>", "<tr>" + "".join(f"<th>{name}</th>" for name in head) + "</tr>", *lines, "</table>"])
