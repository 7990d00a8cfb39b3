"""Collection Space Navigator (https://github.com/Collection-Space-Navigator/CSN): a folder below its `datasets`."""

from __future__ import annotations

import colorsys
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.errors import SourceError
from pixplot_steps.exchange.common import Brought, Wanted, beside, cells, mapping, names, read_json, text, write_json
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit

SIDE, CELL, BORDER = 32, 64, 4
"""Pictures on a side of a tile, their pixels, and those of the border that CSN paints in colours of classes."""

_BORDER_COLOUR = (1, 1, 1, 1)
_BUCKETS = 50
_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|tiff?)$", re.IGNORECASE)
_SPAN = 25
"""CSN's positions lie in -25 to 25."""

_COLOURS = 48


def export(site: Site, out: Path, wanted: Wanted) -> list[Path]:
    """Write `datasets/<name>/` and the list of data sets beside it."""
    name = names([site.title or "map"])[0]
    folder = out / "datasets" / name
    rows = [{key: _plain(value) for key, value in values.items()} for values in cells(site)]
    pictures = site.pictures()
    metadata = [
        {"index": row, "filename": pictures[row], **{k: v for k, v in values.items() if k != "filename"}} for row, values in enumerate(rows)
    ]
    write_json(folder / "metadata.json", metadata)
    for layout in wanted.layouts:
        write_json(folder / f"{layout}.json", np.round(site.layout(layout).astype(np.float64) * _SPAN, 5).tolist())
    numbers = [one["name"] for one in site.columns if one["type"] == "number"]
    write_json(folder / "barData.json", {one: _buckets([values[one] for values in rows]) for one in numbers})
    tiles = math.ceil(len(site) / SIDE**2)
    for tile in range(tiles):
        shown = [site.root / path for path in pictures[tile * SIDE**2 : (tile + 1) * SIDE**2]]
        commit.unsynced_file(folder / f"tile_{tile}.png", _tile(shown))
    write_json(folder / "config.json", _configuration(site, wanted, numbers, tiles), indent=1)
    write_json(out / "datasets" / "datasets_config.json", {"default": name, "data": [{"name": site.title, "directory": name}]}, indent=1)
    return [folder / "config.json", out / "datasets" / "datasets_config.json"]


def bring(source: Path) -> Brought:
    """A data set: the folder with config.json, or the one above with datasets_config.json, whose default is taken. Raises SourceError."""
    folder = _dataset(source)
    path = folder / "config.json"
    said = mapping(read_json(path), path)
    listed = read_json(beside(folder, said.get("metadata", "metadata.json")) or folder / "metadata.json")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SourceError(
            "The metadata holds something else", expected="a list of objects", where=str(folder), action="check metadata.json"
        )
    key = _file_column(listed)
    rows = [{"filename": text(one.get(key)), **{k: text(v) for k, v in one.items() if k not in (key, "index")}} for one in listed]
    known = {name for row in rows for name in row}
    clusters = said.get("clusters")
    classes = clusters.get("clusterList") if isinstance(clusters, dict) else None
    prefix = str(said.get("url_prefix") or "")
    return Brought(
        title=str(said.get("title") or ""),
        rows=[row for row in rows if row["filename"]],
        positions=_positions(folder, said, [row["filename"] for row in rows]),
        columns={name: {"type": "category"} for name in (classes if isinstance(classes, list) else []) if name in known},
        remarks=[f"its pictures lie at {prefix}: download them, and name their folder with --images"] if prefix else [],
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return text(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _configuration(site: Site, wanted: Wanted, numbers: Sequence[str], tiles: int) -> dict[str, Any]:
    classes = [one["name"] for one in site.columns if one["type"] == "category"]
    colours = _colours()
    return {
        "title": site.title,
        "datasetInfo": site.manifest["description"],
        "metadata": "metadata.json",
        "embeddings": [{"name": name, "file": f"{name}.json"} for name in wanted.layouts],
        "clusters": {"clusterList": classes, "clusterColors": colours},
        "total": len(site),
        "sprite_side": SIDE,
        "sprite_number": tiles,
        "sprite_image_size": CELL,
        "sprite_actual_size": SIDE * CELL,
        "sliders": [
            {"id": one, "title": one, "info": "", "typeNumber": "float", "color": colours[place % _COLOURS]}
            for place, one in enumerate(numbers)
        ],
        "info": [one["name"] for one in site.columns],
        "search": [{"columnField": one["name"], "type": "selection"} for one in site.columns if one["type"] in ("text", "category")],
        "url_prefix": wanted.address,
    }


def _colours() -> list[str]:
    """Evenly around the circle of hues, neighbours far apart."""
    found = []
    for place in range(_COLOURS):
        red, green, blue = colorsys.hsv_to_rgb(place * 7 % _COLOURS / _COLOURS, 0.6 + 0.4 * (place % 2), 0.9 - 0.3 * (place // 2 % 2))
        found.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return found


def _buckets(values: Sequence[Any]) -> dict[str, Any]:
    """A histogram of 50 equal steps, with the rows in each; what is not given is in none."""
    given = [row for row, value in enumerate(values) if isinstance(value, int | float)]
    numbers: NDArray[np.float64] = np.array([values[row] for row in given], np.float64)
    low, high = (float(numbers.min()), float(numbers.max())) if given else (0.0, 0.0)
    step = (high - low) / _BUCKETS or 1.0
    place = np.minimum(((numbers - low) / step).astype(np.int64), _BUCKETS - 1)
    selections: list[list[int]] = [[] for _ in range(_BUCKETS)]
    for row, bucket in zip(given, place.tolist(), strict=True):
        selections[bucket].append(row)
    return {"histogram": list(map(len, selections)), "selections": selections, "range": [math.floor(low), math.ceil(high)]}


def _tile(paths: Sequence[Path]) -> bytes:
    sheet = Image.new("RGBA", (SIDE * CELL, SIDE * CELL), (0, 0, 0, 0))
    for place, path in enumerate(paths):
        with Image.open(path, formats=["JPEG"]) as image:
            image.draft("RGB", (CELL * 2, CELL * 2))
            scale = CELL / max(image.size)
            width, height = (max(2 * BORDER + 1, round(side * scale)) for side in image.size)
            small = image.convert("RGB").resize((width - 2 * BORDER, height - 2 * BORDER), Image.Resampling.LANCZOS)
        patch = Image.new("RGBA", (width, height), _BORDER_COLOUR)
        patch.paste(small, (BORDER, BORDER))
        x, y = place % SIDE * CELL + (CELL - width) // 2, place // SIDE * CELL + (CELL - height) // 2
        sheet.paste(patch, (x, y))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _dataset(source: Path) -> Path:
    if (source / "config.json").is_file():
        return source
    for folder in (source, source / "datasets"):
        path = folder / "datasets_config.json"
        if path.is_file():
            said = mapping(read_json(path), path)
            listed = said.get("data") if isinstance(said.get("data"), list) else []
            names_ = [said.get("default"), *(one.get("directory") for one in listed or [] if isinstance(one, dict))]
            found = next(
                (place for name in names_ if (place := beside(folder, name)) is not None and (place / "config.json").is_file()), None
            )
            if found is not None:
                return found
    raise SourceError(
        "There is no data set of Collection Space Navigator",
        expected="config.json, or datasets_config.json",
        where=str(source),
        action="name its folder",
    )


def _file_column(listed: Sequence[dict[str, Any]]) -> str:
    """The column of file names: `filename` or `file`, or the first whose values all look like pictures' names."""
    names_ = list(dict.fromkeys(name for one in listed for name in one))
    usual = [name for name in names_ if name.lower() in ("filename", "file", "image")]
    looks = [name for name in names_ if listed and all(_PICTURE.search(str(one.get(name))) for one in listed)]
    if not usual and not looks:
        raise SourceError(
            "No column names the pictures", expected="a column filename", found=", ".join(names_[:20]), action="add one to metadata.json"
        )
    return (usual or looks)[0]


def _positions(folder: Path, said: Any, files: Sequence[str]) -> dict[str, tuple[float, float]]:
    entries = said.get("embeddings") if isinstance(said.get("embeddings"), list) else []
    path = next((found for one in entries if isinstance(one, dict) and (found := beside(folder, one.get("file"))) is not None), None)
    values = read_json(path) if path is not None else []
    if not isinstance(values, list) or len(values) != len(files):
        return {}
    try:
        return {name: (float(x), float(y)) for name, (x, y) in zip(files, values, strict=True) if name}
    except (TypeError, ValueError):
        return {}
