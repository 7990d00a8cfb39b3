"""A small, consistent set of artefacts, written with the store alone, for the tests of stages that gather others' output.

Pictures are drawn with numpy: flat colours with a shape in the middle. Two items share each tenth image, one image of each shard
is broken, and the metadata is hostile.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import cells, digest
from pixplot_steps.atlases import geometry
from pixplot_steps.store import arrays, commit, tables

THUMB = 128
GROUND = "#202020"

HOSTILE = (
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "x" * 100_000,
    "👩‍👩‍👧‍👦 family, then 🏳️‍🌈",
    "\u202eright to left\u202c ‏עברית‏ العربية",
    "line one\nline two\ttab\x00nul",
    "\"quotes\", 'quotes' and `ticks` & <b>",
    "../../etc/passwd",
    "",
)
"""Texts that a page must show as text. Arrow's utf8 cannot hold a lone surrogate: the catalogue must replace it."""

NAMES = ("a#hash.jpg", "b%41percent.jpg", "c'quote\".jpg", "d space/é/日本.jpg", "e<b>.jpg", "f?query=1&x.jpg")


@dataclass(frozen=True)
class Artefacts:
    """Where everything lies below `root`."""

    root: Path
    shards: tuple[str, ...]

    @property
    def catalog(self) -> Path:
        return self.root / "catalog"

    @property
    def images(self) -> Path:
        return self.root / "images"

    @property
    def vectors(self) -> Path:
        return self.root / "vectors.zarr"

    @property
    def features(self) -> Path:
        return self.root / "features"

    @property
    def neighbours(self) -> Path:
        return self.root / "neighbours.zarr"

    @property
    def hotspots(self) -> Path:
        return self.root / "hotspots.zarr"

    @property
    def names(self) -> Path:
        return self.root / "names"

    @property
    def viewer(self) -> Path:
        return self.root / "viewer"

    def layout(self, name: str) -> Path:
        return self.root / "layouts" / f"{name}.zarr"


@dataclass(frozen=True)
class Picture:
    """One drawn image: its pixels, its file for the panel and its digest."""

    pixels: NDArray[np.uint8]
    jpeg: bytes
    image: str


def picture(number: int, longest: int = 200) -> Picture:
    """A flat colour, a disc or a square of its complement in the middle; the aspect runs from 1:4 to 4:1."""
    generator = np.random.default_rng(number)
    aspect = 2.0 ** generator.uniform(-2, 2)
    width, height = (longest, max(1, round(longest / aspect))) if aspect >= 1 else (max(1, round(longest * aspect)), longest)
    colour = generator.integers(0, 256, 3, dtype=np.uint8)
    pixels = np.broadcast_to(colour, (height, width, 3)).copy()
    y, x = np.mgrid[:height, :width]
    across, down = np.abs(x - width / 2), np.abs(y - height / 2)
    radius = min(width, height) / 4
    pixels[(np.hypot(across, down) if number % 2 else np.maximum(across, down)) < radius] = 255 - colour
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=85, subsampling=0)
    return Picture(pixels, buffer.getvalue(), digest.of_bytes(b"source %d" % number))


def thumbnail(pixels: NDArray[np.uint8], ground: str = GROUND) -> NDArray[np.uint8]:
    """The picture fitted into the square of the thumbnail."""
    x, y, w, h = geometry.fit(np.array([[pixels.shape[1], pixels.shape[0]]]), THUMB)[0].tolist()
    square = Image.new("RGB", (THUMB, THUMB), ground)
    square.paste(Image.fromarray(pixels).resize((w, h), Image.Resampling.LANCZOS), (x, y))
    return np.asarray(square)


def write(
    root: Path,
    count: int,
    shard_size: int = 64,
    broken: bool = True,
    service: Callable[[int], str | None] | None = None,
    texts: Mapping[tuple[str, str], Callable[[int], str | None]] | None = None,
    more: Callable[[pa.Table], pa.Table] | None = None,
) -> Artefacts:
    """Write catalogue, ingested shards, vectors, two layouts, hotspots and a stand-in viewer for `count` distinct images.

    `texts`: further columns of texts, by name and role, each a function of the row; `more` adds columns to the items.
    """
    pictures = [picture(number) for number in range(count)]
    shards = [list(range(start, min(start + shard_size, count))) for start in range(0, count, shard_size)]
    names = tuple(digest.of_lines([pictures[i].image for i in shard]) for shard in shards)
    # The last image of a shard is the broken one, so that row numbers in the vectors are not those of the shard.
    bad = {shard[-1] for shard in shards if broken and len(shard) > 1}
    items = more(_items(pictures)) if more else _items(pictures)
    if service:
        field = pa.field("item: service", pa.string(), metadata={"type": "service"})
        items = items.append_column(field, pa.array([service(row) for row in range(items.num_rows)], pa.string()))
    for (name, role), text in (texts or {}).items():
        field = pa.field(name, pa.string(), metadata={"type": "text", "role": role, "label": name.capitalize()})
        items = items.append_column(field, pa.array([text(row) for row in range(items.num_rows)], pa.string()))
    out = Artefacts(root, names)
    _write_catalog(out, items, pictures, shards)
    for name, shard in zip(names, shards, strict=True):
        _write_shard(out.images / f"{name}.zarr", {i: pictures[i] for i in shard}, [i not in bad for i in shard])
    good = [(pictures[i].image, names[s], row) for s, shard in enumerate(shards) for row, i in enumerate(shard) if i not in bad]
    _write_vectors(out.vectors, good)
    _write_neighbours(out.neighbours, len(good))
    for name in names:
        _write_features(out.features / f"{name}.zarr")
    shown = sum(image in {row[0] for row in good} for image in items["image"].to_pylist())
    _write_layouts(out, shown)
    _write_hotspots(out.hotspots, [item for item in items["image"].to_pylist() if item in {row[0] for row in good}])
    _write_names(out.names, bool(shown // 3))
    _write_viewer(out.viewer)
    return out


def _items(pictures: list[Picture]) -> pa.Table:
    rows = [(_name(i), p.image, i) for i, p in enumerate(pictures)]
    rows += [(f"copy of {i:05d}.jpg", p.image, i) for i, p in enumerate(pictures) if i % 10 == 3]
    rows.sort(key=lambda row: row[0])
    numbers = [row[2] for row in rows]
    columns: list[tuple[str, str, str, str, Any]] = [
        ("title", "text", "title", "Title", pa.array([None if i % 7 == 6 else HOSTILE[i % 10] for i in numbers], pa.string())),
        ("category", "category", "category", "Category", pa.array([f"Category {i % 5}" for i in numbers])),
        (
            "tags",
            "tags",
            "tags",
            "Tags",
            pa.array([[f"tag {k}" for k in range(i % 4)] if i % 3 else None for i in numbers], pa.list_(pa.string())),
        ),
        ("year", "number", "year", "Year", pa.array([None if i % 11 == 5 else 1900.0 + i for i in numbers], pa.float64())),
        ("link", "link", "permalink", "Link", pa.array([HOSTILE[1] if i % 2 else f"https://example.org/{i}" for i in numbers])),
        ("note", "text", "", "Note <b>", pa.array([f"note {i}" for i in numbers])),
    ]
    fields = [pa.field("item", pa.string()), pa.field("image", pa.string())]
    fields += [
        pa.field(n, v.type, metadata={b"type": t.encode(), b"role": r.encode(), b"label": lb.encode()}) for n, t, r, lb, v in columns
    ]
    values = [pa.array([row[0] for row in rows]), pa.array([row[1] for row in rows]), *(column[4] for column in columns)]
    return pa.Table.from_arrays(values, schema=pa.schema(fields))


def _name(number: int) -> str:
    return NAMES[number] if number < len(NAMES) else f"pictures/{number:05d}.jpg"


def _write_catalog(out: Artefacts, items: pa.Table, pictures: list[Picture], shards: list[list[int]]) -> None:
    with commit.folder(out.catalog) as draft:
        (draft.path / "shards").mkdir()
        plan = {"items": items.num_rows, "images": len(pictures), "shards": [{"name": n} for n in out.shards]}
        (draft.path / "plan.json").write_bytes(commit.json_text(plan))
        tables.write(draft.path / "items.parquet", items, tables.ITEMS)
        problem = {"path": "z/none.txt", "stage": "catalog", "kind": "not a picture", "reason": "text", "action": "left out"}
        tables.write(draft.path / "problems.parquet", pa.Table.from_pylist([problem], tables.PROBLEMS), tables.PROBLEMS)
        for name, shard in zip(out.shards, shards, strict=True):
            rows = [{"image": pictures[i].image, "path": f"/nowhere/{_name(i)}", "item": _name(i)} for i in shard]
            tables.write(draft.path / "shards" / f"{name}.parquet", pa.Table.from_pylist(rows, tables.SHARD), tables.SHARD)
        draft.rows = items.num_rows


def _write_shard(folder: Path, numbered: dict[int, Picture], ok: list[bool]) -> None:
    pictures = list(numbered.values())
    good = np.array(ok)
    blank = np.zeros((THUMB, THUMB, 3), np.uint8)
    files = [p.jpeg if use else b"" for p, use in zip(pictures, ok, strict=True)]
    sizes = np.array([p.pixels.shape[1::-1] for p in pictures], np.uint32)
    colours = np.array([p.pixels.reshape(-1, 3).mean(0).round() for p in pictures]).astype(np.uint8)
    with commit.folder(folder) as draft:
        thumbs = np.array([thumbnail(p.pixels) if use else blank for p, use in zip(pictures, ok, strict=True)])
        arrays.write(draft.path, "thumb", thumbs, scattered=True)
        arrays.write(draft.path, "thumb_32", cells.reduced(thumbs, sizes, 32, GROUND), scattered=True)
        arrays.write(draft.path, "size", sizes * good[:, None].astype(np.uint32))
        arrays.write(draft.path, "colour", colours * good[:, None].astype(np.uint8))
        arrays.write(draft.path, "phash", np.array([_phash(p) for p in pictures]))
        arrays.write(draft.path, "ok", good)
        arrays.write(draft.path, "picture", np.frombuffer(b"".join(files), np.uint8))
        arrays.write(draft.path, "picture_end", np.cumsum([len(f) for f in files]).astype(np.uint64))
        rows = [
            {"image": picture.image, "kind": "cannot decode", "reason": "truncated", "action": "left out"}
            for picture, use in zip(pictures, ok, strict=True)
            if not use
        ]
        tables.write(draft.path / "problems.parquet", pa.Table.from_pylist(rows, tables.FAULTS), tables.FAULTS)
        draft.rows = len(pictures)
        draft.summary = {"picture": 1024, "absent": []}


def _phash(drawn: Picture) -> NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex(drawn.image) * 2, "<u8")


def _write_vectors(folder: Path, rows: list[tuple[str, str, int]]) -> None:
    with commit.folder(folder) as draft:
        arrays.write(draft.path, "vectors", np.zeros((len(rows), 2), np.float32))
        columns = [pa.array(list(column)) for column in zip(*rows, strict=True)]
        table = pa.Table.from_arrays([columns[0], columns[1], columns[2].cast(pa.int32())], schema=tables.IMAGES)
        tables.write(draft.path / "images.parquet", table, tables.IMAGES)
        draft.rows = len(rows)
        model = {"model": "pixels", "version": 1, "dimensions": 48, "description": "drawn for tests"}
        draft.summary = {"components": 2, "explained_variance": 0.75, "model": model}


def _write_features(folder: Path) -> None:
    with commit.folder(folder) as draft:
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)


def _write_neighbours(folder: Path, count: int) -> None:
    """The images that follow each, in a circle."""
    width = min(12, count - 1)
    with commit.folder(folder) as draft:
        indices = (np.arange(count)[:, None] + 1 + np.arange(width)) % count
        arrays.write(draft.path, "indices", indices.astype(np.int32))
        arrays.write(draft.path, "distances", np.tile(np.arange(width, dtype=np.float32), (count, 1)))
        draft.rows = count
        draft.summary = {"count": width, "metric": "euclidean", "exact": True, "recall": 1.0, "wanted": 0.97, "sample": count}


def _write_layouts(out: Artefacts, count: int) -> None:
    generator = np.random.default_rng(1)
    cloud = np.clip(generator.normal(0, 0.3, (count, 2)), -0.9, 0.9).astype(np.float32)
    side = int(np.ceil(np.sqrt(count)))
    rows, columns = np.divmod(np.arange(count), side)
    step = 2 / side
    grid = np.stack([columns * step + step / 2 - 1, 1 - rows * step - step / 2], axis=1).astype(np.float32)
    quality = {"trustworthiness": 0.9, "neighbours_kept": 0.4, "sample": count}
    for name, label, kind, positions, measured in (("umap", "Map", "map", cloud, quality), ("grid", "Grid", "grid", grid, None)):
        with commit.folder(out.layout(name)) as draft:
            arrays.write(draft.path, "positions", positions)
            tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
            draft.rows = count
            draft.summary = {"label": label, "kind": kind, "cell": step, "quality": measured}


def _write_hotspots(folder: Path, images: list[str]) -> None:
    members = np.full(len(images), -1, np.int32)
    size = len(images) // 3
    members[:size], members[size : 2 * size] = 0, 1
    entries = [
        {
            "id": digest.of_lines(sorted({images[i] for i in np.flatnonzero(members == k)})),
            "label": f"Cluster {k + 1}",
            "count": size,
            "item": k * size,
            "centre": [0.0, 0.0],
            "bounds": [-0.5, -0.5, 0.5, 0.5],
            "region": 0,
            "outline": [[[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]],
        }
        for k in range(2 if size else 0)
    ]
    with commit.folder(folder) as draft:
        arrays.write(draft.path, "members", members)
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
        draft.rows = len(images)
        arrays.write(draft.path, "regions", np.where(members < 0, -1, 0).astype(np.int32))
        whole = {**entries[0], "region": -1, "id": digest.of_lines(["region"]), "count": 2 * size} if entries else {}
        draft.summary = {"layout": "umap", "own": False, "list": entries, "regions": [whole] if entries else []}


def _write_names(folder: Path, hotspots: bool) -> None:
    with commit.folder(folder) as draft:
        draft.summary = {"labels": ["", ""] if hotspots else [], "regions": [""] if hotspots else []}


def _write_viewer(folder: Path) -> None:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>stand-in</title><script src=assets/main-1.js></script>\n")
    (folder / "assets" / "main-1.js").write_text("console.log('stand-in')\n")
