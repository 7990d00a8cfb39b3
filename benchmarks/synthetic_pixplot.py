"""Sites in PixPlot's data layout, of the same pictures at the same places as those of `synthetic_site.py`, for its own page to show.

PixPlot's page is not part of this project: its folder `web` is given by path (it is in PixPlot's source package) and copied into the site.
What is written is what PixPlot 0.0.112 writes with its defaults: atlases of 2048 x 2048 with lines of 32 pixels, JPEG of Pillow's quality,
pretty-printed JSON, positions of five digits. It has no metadata and one variant of UMAP, so that its page loads as little as it can.
"""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import synthetic_site
from pixplot_steps.atlases import geometry

VERSION = 1
ATLAS, LINE, LOD = 2048, 32, 128
PLOT = "synthetic"


def is_web(folder: Path) -> bool:
    """Whether a folder is PixPlot's `web`, without data."""
    return (folder / "assets/js/tsne.js").is_file() and not (folder / "data/manifest.json").exists()


def build(root: Path, count: int, web: Path) -> Path:
    """The site of so many pictures below `root`: found there, or made. PixPlot's page is put into it in any case."""
    site = root / f"pixplot-{VERSION}-{count}"
    if not (site / "data/manifest.json").is_file():
        shutil.rmtree(site, ignore_errors=True)
        _write(site, count)
    shutil.copytree(web, site, dirs_exist_ok=True)
    return site


def _write(site: Path, count: int) -> None:
    found = synthetic_site.places(count)
    names = [f"{row:012x}.jpg" for row in range(count)]
    sizes, positions = _atlases(site / f"data/atlases/{PLOT}", found.pictures)
    imagelist = {"cell_sizes": sizes, "images": names, "atlas": {"count": len(sizes), "positions": positions}}
    umap, grid, alphabetic = (
        _json(site, f"layouts/{layout}-{PLOT}", _scaled(found.layouts[name]))
        for layout, name in (("umap", "umap"), ("rasterfairy", "grid"), ("grid", "alphabetical"))
    )
    size = 1 / math.ceil(math.sqrt(count))
    manifest = {
        "version": "0.0.112",
        "plot_id": PLOT,
        "output_directory": "output",
        "layouts": {
            "umap": {"variants": [{"n_neighbors": 15, "min_dist": 0.01, "layout": umap, "jittered": umap}]},
            "alphabetic": {"layout": alphabetic},
            "grid": {"layout": grid},
            **dict.fromkeys(("categorical", "date", "geographic", "custom")),
        },
        "initial_layout": "umap",
        "point_sizes": {
            "min": 0,
            "grid": size,
            "max": size * 1.2,
            "scatter": size * 0.2,
            "initial": size * 0.2,
            "categorical": size * 0.6,
            "geographic": size * 0.025,
        },
        "imagelist": _json(site, f"imagelists/imagelist-{PLOT}", imagelist),
        "atlas_dir": f"output/data/atlases/{PLOT}",
        "metadata": False,
        "default_hotspots": _json(site, f"hotspots/hotspot-{PLOT}", []),
        "custom_hotspots": _json(site, "hotspots/user_hotspots", []),
        "config": {"sizes": {"atlas": ATLAS, "cell": LINE, "lod": LOD}},
        "creation_date": "01-January-2023-00:00:00",
    }
    _json(site, "manifest", manifest)


def _json(site: Path, name: str, value: Any) -> str:
    """Write a file and give its path as a manifest names it."""
    file = site / f"data/{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=4))
    return f"output/data/{name}.json"


def _scaled(positions: NDArray[np.float32]) -> list[list[float]]:
    low, high = positions.min(axis=0), positions.max(axis=0)
    scaled: list[list[float]] = np.round((positions - low) / (high - low) * 2.0 - 1, 5).tolist()
    return scaled


def _atlases(folder: Path, shown: NDArray[np.int64]) -> tuple[list[list[list[int]]], list[list[list[int]]]]:
    """Write the atlases; of each of their cells width and height for the sharper level, and where it begins."""
    folder.mkdir(parents=True)
    cells = _cells()
    lod = geometry.fit(synthetic_site.SIDES, LOD)[:, 2:].tolist()
    sizes: list[list[list[int]]] = [[]]
    positions: list[list[list[int]]] = [[]]
    atlas, x, y = np.zeros((ATLAS, ATLAS, 3), np.uint8), 0, 0
    for picture in shown.tolist():
        cell = cells[picture]
        if x + cell.shape[1] > ATLAS:
            x, y = 0, y + LINE
        if y + LINE > ATLAS:
            Image.fromarray(atlas).save(folder / f"atlas-{len(sizes) - 1}.jpg")
            atlas, y = np.zeros_like(atlas), 0
            sizes.append([])
            positions.append([])
        atlas[y : y + LINE, x : x + cell.shape[1]] = cell
        sizes[-1].append(lod[picture % len(lod)])
        positions[-1].append([x, y])
        x += cell.shape[1]
    Image.fromarray(atlas).save(folder / f"atlas-{len(sizes) - 1}.jpg")
    return sizes, positions


def _cells() -> list[NDArray[np.uint8]]:
    """The 16,384 pictures, each of one height and its own width."""
    rectangles = geometry.fit(synthetic_site.SIDES, 128).tolist()
    cells = []
    for number in range(synthetic_site.SETS):
        for place, square in enumerate(synthetic_site.pictures(number)):
            x, y, w, h = rectangles[place % len(rectangles)]
            picture = Image.fromarray(square[y : y + h, x : x + w])
            cells.append(np.asarray(picture.resize((round(w * LINE / h), LINE), Image.Resampling.LANCZOS)))
    return cells
