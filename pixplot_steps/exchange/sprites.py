"""Sprites of VIKUS Viewer: small pictures on large sheets, and the list of where each lies, as its `sharpsheet` writes it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import fit
from pixplot_steps.exchange.common import write_json
from pixplot_steps.store import commit

SIDE, SHEET, GAP = 128, 2048, 1
"""Pixels of a sprite's longer side, of a sheet's side, and around each sprite; those of VIKUS Viewer's own script."""

_QUALITY = 80


def write(folder: Path, root: Path, pictures: Sequence[str], sizes: NDArray[np.integer[Any]], ids: Sequence[str]) -> Path:
    """Write the sheets and `spritesheet.json` into `folder`; returns the latter's path.

    `pictures`: JPEG files below `root`, several may be the same; `sizes` [N, 2]: of the whole pictures; `ids`: names of the sprites.
    """
    named: dict[str, list[str]] = {}
    for picture, key in zip(pictures, ids, strict=True):
        named.setdefault(picture, []).append(key)
    files = list(named)
    row = {picture: row for row, picture in enumerate(pictures)}
    drawn = fit.rectangles(sizes[[row[file] for file in files]], SIDE)[:, 2:]
    places = packed(drawn)
    sheets = []
    for sheet in range(int(places[:, 0].max()) + 1):
        shown = np.flatnonzero(places[:, 0] == sheet)
        name = f"sprite-{SHEET}-{sheet}.jpg"
        boxes = np.concatenate([places[shown, 1:], drawn[shown]], axis=1).tolist()
        commit.unsynced_file(folder / name, _sheet([root / files[one] for one in shown], boxes))
        sprites = [_sprite(key, box) for one, box in zip(shown, boxes, strict=True) for key in named[files[one]]]
        sheets.append({"image": name, "sprites": sprites})
    meta = {"type": "sharpsheet", "version": "1", "app": "https://github.com/cpietsch/sharpsheet"}
    path = folder / "spritesheet.json"
    write_json(path, {"meta": meta, "spritesheets": sheets})
    return path


def packed(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sheet, x and y i64 [n, 3] of rectangles of `sizes` [n, 2], sides at most `SIDE`.

    They stand on shelves, the tallest first, with a gap around each.
    """
    places = np.empty((len(sizes), 3), np.int64)
    sheet = x = y = shelf = 0
    for one in np.argsort(-sizes[:, 1], kind="stable").tolist():
        width, height = (int(side) + 2 * GAP for side in sizes[one])
        if x + width > SHEET:
            x, y, shelf = 0, y + shelf, 0
        if y + height > SHEET:
            sheet, x, y, shelf = sheet + 1, 0, 0, 0
        places[one] = sheet, x + GAP, y + GAP
        x, shelf = x + width, max(shelf, height)
    return places


def _sheet(files: Sequence[Path], boxes: Sequence[Sequence[int]]) -> bytes:
    sheet = Image.new("RGB", (SHEET, SHEET), (255, 255, 255))
    for file, (x, y, width, height) in zip(files, boxes, strict=True):
        with Image.open(file, formats=["JPEG"]) as image:
            image.draft("RGB", (2 * width, 2 * height))
            sheet.paste(image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (x, y))
    buffer = io.BytesIO()
    # Halved colours would mix neighbours.
    sheet.save(buffer, "JPEG", quality=_QUALITY, subsampling="4:4:4")
    return buffer.getvalue()


def _sprite(key: str, box: Sequence[int]) -> dict[str, Any]:
    x, y, width, height = box
    return {"name": key, "position": {"x": x, "y": y}, "dimension": {"w": width, "h": height}}
