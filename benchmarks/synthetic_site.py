"""Sites of any size without a workflow, for measuring the viewer: clustered places, and pictures with structure.

They have every file of docs/format.md but the single pictures, which `benchmarks/viewer.py` makes up as it serves.
There are 16,384 pictures, in 64 sets of 256 of one hue. Each run of 256 slots shows one set, so the pages of the sharpest level repeat
while those of the others do not, and a million pictures are drawn and encoded in minutes. The pages hold what the writer of the product
would put there: the same cells, the same encoder.
"""

from __future__ import annotations

import colorsys
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.atlases import geometry, hilbert
from pixplot_steps.atlases.geometry import Pages
from pixplot_steps.atlases.pages import encode
from pixplot_steps.site import coarse, folder, hashed, manifest, search, table, terms
from pixplot_steps.store import commit

VERSION = 3
SEED = 24
PAGE = 2048
QUALITY = 90
LEVELS = [32, 128]
BUDGET_MIB = 128
SETS, PER_SET = 64, 256
PICTURES = SETS * PER_SET
COLUMNS: list[dict[str, str | None]] = [
    {"name": "title", "label": "Title", "type": "text", "role": "title"},
    {"name": "artist", "label": "Artist", "type": "category", "role": "category"},
]
SIDES = np.array([(1024, 1024), (1024, 768), (768, 1024), (1000, 640)], np.uint32)
"""Width and height of every fourth picture."""


@dataclass(frozen=True)
class Places:
    """`slots`: of each row; `pictures`: which of the 16,384 each row shows; `layouts`: positions by name, f32 [n, 2]."""

    slots: NDArray[np.uint32]
    pictures: NDArray[np.int64]
    layouts: dict[str, NDArray[np.float32]]


def photographs(count: int, seed: int) -> NDArray[np.float32]:
    """Grey pictures f32 [count, 128, 128] whose spectrum falls with frequency as that of photographs does (Field 1987)."""
    generator = np.random.default_rng(seed)
    y, x = np.meshgrid(np.fft.fftfreq(128), np.fft.rfftfreq(128), indexing="ij")
    falling = 1 / np.maximum(np.hypot(y, x), 1 / 128) ** 1.6
    grey = np.fft.irfft2(np.fft.rfft2(generator.normal(size=(count, 128, 128))) * falling, s=(128, 128))
    scaled: NDArray[np.float32] = (grey / grey.std(axis=(1, 2), keepdims=True)).astype(np.float32)
    return scaled


def pictures(number: int) -> NDArray[np.uint8]:
    """One set: u8 [256, 128, 128, 3], each in the rectangle of its size, black around."""
    hue = np.array(colorsys.hsv_to_rgb(number / SETS, 0.6, 0.75), np.float32) * 255
    generator = np.random.default_rng([SEED, number])
    tint = hue + generator.normal(scale=24, size=(PER_SET, 3)).astype(np.float32)
    grey = photographs(PER_SET, SEED + number)[..., None] * 32 + tint[:, None, None, :]
    cells: NDArray[np.uint8] = np.clip(grey, 0, 255).astype(np.uint8)
    rectangles = geometry.fit(SIDES[np.arange(PER_SET) % len(SIDES)], 128)
    for cell, (x, y, w, h) in zip(cells, rectangles.tolist(), strict=True):
        cell[:y], cell[y + h :], cell[:, :x], cell[:, x + w :] = 0, 0, 0, 0
    return cells


def reduced(cells: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The same cells, smaller: u8 [n, side, side, 3]; `side` is a power of two below 128."""
    factor = 128 // side
    smaller: NDArray[np.uint8] = (
        cells.reshape(len(cells), side, factor, side, factor, 3).mean(axis=(2, 4), dtype=np.float32).round().astype(np.uint8)
    )
    return smaller


def places(count: int) -> Places:
    """Clusters of uneven size and width, a grid that keeps them, and a grid in the order of the rows."""
    generator = np.random.default_rng([SEED, count])
    centres = generator.normal(size=(80, 2)) * (1.0, 0.6)
    cluster = generator.choice(80, count, p=generator.dirichlet(np.full(80, 0.7)))
    spread = generator.uniform(0.02, 0.12, 80)[cluster, None]
    cloud = centres[cluster] + spread * generator.standard_t(5, (count, 2))
    low, high = np.quantile(cloud, [0.001, 0.999], axis=0)
    cloud = np.clip(cloud, low, high) - (low + high) / 2
    umap = (cloud / (np.abs(cloud).max() * 1.0001)).astype(np.float32)
    columns = int(np.ceil(np.sqrt(count * 1.5)))
    lines = -(-count // columns)
    line = np.empty(count, np.int64)
    line[np.argsort(-umap[:, 1], kind="stable")] = np.arange(count) // columns
    grid = np.empty(count, np.int64)
    grid[np.lexsort((umap[:, 0], line))] = np.arange(count)
    slots = np.empty(count, np.uint32)
    slots[hilbert.order(umap)] = np.arange(count, dtype=np.uint32)
    sets = np.random.default_rng(SEED).integers(0, SETS, -(-count // PER_SET))
    return Places(
        slots,
        sets[slots // PER_SET] * PER_SET + slots % PER_SET,
        {"umap": umap, "grid": _cells(grid, columns, lines), "alphabetical": _cells(np.arange(count), columns, lines)},
    )


def _cells(place: NDArray[np.int64], columns: int, lines: int) -> NDArray[np.float32]:
    line, column = np.divmod(place, columns)
    step = 2 / max(columns, lines)
    return np.stack([(column - (columns - 1) / 2) * step, ((lines - 1) / 2 - line) * step], axis=1).astype(np.float32)


def build(root: Path, count: int, viewer: Path) -> Path:
    """The site of so many pictures below `root`: found there, or made. The viewer is put into it in any case."""
    site = root / f"site-{VERSION}-{count}"
    if not (site / folder.MANIFEST).is_file():
        shutil.rmtree(site, ignore_errors=True)
        _write(site, count)
    shutil.rmtree(site / "assets", ignore_errors=True)
    shutil.copytree(viewer, site, dirs_exist_ok=True)
    return site


def _write(site: Path, count: int) -> None:
    found = places(count)
    write = _writer(site)
    levels, colours = _levels(write, found, count)
    rows = np.arange(count)
    sizes = SIDES[found.pictures % len(SIDES)]
    texts, large = _table(rows), count > search.FROM
    parts = manifest.Parts(
        title=f"{count:,} pictures",
        description="Made up, for measuring.",
        images=count,
        shards=-(-count // 2048),
        table=write(hashed.file(table.encode_rows(texts, COLUMNS), "arrow", rows=count)),
        columns=COLUMNS,
        colours=write(hashed.array(colours[found.pictures])),
        sizes=write(hashed.array(sizes)),
        stacks=write(hashed.array(rows.astype(np.uint32))),
        years=[],
        layouts=[(name, _summary(name, values), {"positions": _positions(write, values)}) for name, values in found.layouts.items()],
        models=[_model()],
        atlas=levels,
        neighbours=[write(hashed.array(((rows[:, None] + np.arange(1, 6)) % count).astype(np.uint32)))],
        hotspots=[_hotspots(write, found)],
        problems=write(hashed.file(table.encode(_no_problems()), "arrow", rows=0)),
        pictures=manifest.Pictures(1024, 0),
        deepzoom={},
        search=search.index(texts, COLUMNS, write, terms.BLOCK) if large else None,
        table_parts=search.parts(texts, COLUMNS, write, search.PART) if large else None,
    )
    folder.write_manifest(site, commit.json_text(manifest.value(parts)))


def _writer(site: Path) -> Callable[[hashed.Hashed], dict[str, Any]]:
    def write(file: hashed.Hashed) -> dict[str, Any]:
        folder.write_hashed(site, file.path, file.data)
        return file.reference

    return write


def _positions(write: Callable[[hashed.Hashed], dict[str, Any]], values: NDArray[np.float32]) -> dict[str, Any]:
    reference = write(hashed.array(values))
    if len(values) > coarse.FROM:
        reference["coarse"] = write(hashed.array(coarse.steps(values)))
    return reference


def _levels(write: Callable[[hashed.Hashed], dict[str, Any]], found: Places, count: int) -> tuple[manifest.Atlas, NDArray[np.uint8]]:
    row_of_slot = np.empty(count, np.int64)
    row_of_slot[found.slots] = np.arange(count)
    shown = found.pictures[row_of_slot]
    base = geometry.base_cell(count, BUDGET_MIB)
    sides = [base, *geometry.sharper(base, LEVELS)]
    kept, colours = _sets(sides)
    levels = [(cell, _pages(write, cells, shown, Pages(PAGE, cell, count))) for cell, cells in zip(sides, kept, strict=True)]
    return manifest.Atlas(PAGE, "webp", count, write(hashed.array(found.slots)), levels), colours


def _pages(
    write: Callable[[hashed.Hashed], dict[str, Any]], kept: NDArray[np.uint8], shown: NDArray[np.int64], pages: Pages
) -> list[dict[str, Any]]:
    """All pages of a level; one that is drawn already, as most of the sharpest level are, is only named again."""
    known: dict[bytes, dict[str, Any]] = {}
    files = []
    for start in range(0, pages.slots, pages.per_page):
        on_page = shown[start : start + pages.per_page]
        if (key := on_page.tobytes()) not in known:
            known[key] = _page(write, kept[on_page], pages)
        files.append(known[key])
    return files


def _sets(sides: list[int]) -> tuple[list[NDArray[np.uint8]], NDArray[np.uint8]]:
    """All pictures as cells of each side, and their mean colours."""
    kept = [np.empty((PICTURES, side, side, 3), np.uint8) for side in sides]
    colours = np.empty((PICTURES, 3), np.uint8)
    area = geometry.fit(SIDES[np.arange(PER_SET) % len(SIDES)], 128)[:, 2:].prod(axis=1)
    for number in range(SETS):
        part = slice(number * PER_SET, (number + 1) * PER_SET)
        full = pictures(number)
        colours[part] = (full.sum(axis=(1, 2)) / area[:, None]).round()
        for cells, side in zip(kept, sides, strict=True):
            cells[part] = full if side == 128 else reduced(full, side)
    return kept, colours


def _page(write: Callable[[hashed.Hashed], dict[str, Any]], cells: NDArray[np.uint8], pages: Pages) -> dict[str, Any]:
    lines = -(-len(cells) // pages.columns)
    padded = np.zeros((lines * pages.columns, pages.cell, pages.cell, 3), np.uint8)
    padded[: len(cells)] = cells
    pixels = padded.reshape(lines, pages.columns, pages.cell, pages.cell, 3).swapaxes(1, 2)
    image = Image.fromarray(np.ascontiguousarray(pixels).reshape(lines * pages.cell, PAGE, 3))
    return write(hashed.file(encode(image, "webp", QUALITY), "webp"))


def _table(rows: NDArray[np.int64]) -> pa.Table:
    numbers = rows.tolist()
    columns = {
        "image": pa.array([f"{row * 2654435761 % 2**32:08x}{row:024x}" for row in numbers]),
        "item": pa.array([f"{row // 1000:04d}/{row:07d}.jpg" for row in numbers]),
        "title": pa.array([f"Picture {row}, drawn from life and after other pictures" for row in numbers]),
        "artist": pa.array([f"Artist {row * 7919 % 500}" for row in numbers]),
    }
    return pa.table(columns)


def _summary(name: str, positions: NDArray[np.float32]) -> dict[str, Any]:
    labels = {"umap": "Map", "grid": "Grid", "alphabetical": "Alphabetical"}
    columns = int(np.ceil(np.sqrt(len(positions) * 1.5)))
    cell = 2 / columns if name != "umap" else 1.2 / np.sqrt(len(positions))
    return {"label": labels[name], "kind": "map" if name == "umap" else "grid", "cell": cell, "quality": None}


def _model() -> manifest.Model:
    vectors = {"model": {"model": "none", "version": 1, "dimensions": 1}, "components": 1, "explained_variance": 1.0}
    return manifest.Model(vectors, {"count": 5, "metric": "euclidean", "exact": True, "recall": 1.0, "sample": 1})


def _hotspots(write: Callable[[hashed.Hashed], dict[str, Any]], found: Places) -> manifest.Hotspots:
    """Squares of the map with the most pictures, 20 of them."""
    umap = found.layouts["umap"]
    square = np.clip(((umap + 1) * 6).astype(np.int64), 0, 11) @ (1, 12)
    best = np.argsort(-np.bincount(square, minlength=144), kind="stable")[:20]
    index = np.full(144, -1, np.int32)
    index[best] = np.arange(len(best))
    members = index[square]
    spots = []
    for number in range(len(best)):
        inside = np.flatnonzero(members == number)
        if len(inside) == 0:
            break
        low, high = umap[inside].min(axis=0), umap[inside].max(axis=0)
        spots.append(
            {
                "id": digest.of_bytes(b"%d" % number),
                "label": f"Cluster {number + 1}",
                "count": len(inside),
                "item": int(inside[0]),
                "centre": umap[inside].mean(axis=0).tolist(),
                "bounds": [*low.tolist(), *high.tolist()],
                "outline": [],
                "region": -1,
            }
        )
    return manifest.Hotspots("umap", spots, write(hashed.array(members.astype(np.int32))), [], None)


def _no_problems() -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in ("path", "stage", "kind", "reason", "action")})


def manifest_of(site: Path) -> dict[str, Any]:
    """A site's manifest."""
    found: dict[str, Any] = json.loads((site / folder.MANIFEST).read_bytes())
    return found
