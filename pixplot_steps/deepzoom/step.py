"""The step `deepzoom`: `plan` says which picture lies where, `tiles` and `top` draw a pyramid, `mosaic` a single file."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageColor

from pixplot_steps import cells
from pixplot_steps.deepzoom import drawing, lattice, pdf
from pixplot_steps.deepzoom.pyramid import Pyramid, Tile, blocks
from pixplot_steps.errors import ConfigError
from pixplot_steps.store import arrays, commit, shown, tables

_BLOCK = 3
"""Level whose tiles are shared out among jobs: 8 by 8 tiles of the whole picture, whose pixels are in memory together."""

_LONGEST = 65_500
"""Side in pixels of a mosaic: what JPEG files can have."""

_LARGEST = 1_000_000_000
"""Pixels of a mosaic: 3 GB, beyond which few programs open a picture."""

SUFFIXES = {"jpeg": "jpg", "png": "png", "pdf": "pdf"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of all parts."""
    parts = parser.add_subparsers(dest="part", required=True)
    plan = parts.add_parser("plan", help="say which picture lies where")
    plan.add_argument("--catalog", type=Path, required=True, help="folder of the catalogue")
    plan.add_argument("--vectors", type=Path, required=True, help="vectors, which say where each image's thumbnail lies")
    plan.add_argument("--layout", type=Path, required=True, help="the grid")
    plan.add_argument("--name", required=True, help="name of the grid, for messages")
    plan.add_argument("--out", type=Path, required=True, help="plan to write")
    tiles = parts.add_parser("tiles", help="draw the tiles of a part of the picture")
    tiles.add_argument("--group", type=int, required=True, help="which part, from 0")
    tiles.add_argument("--groups", type=int, required=True, help="how many parts there are")
    top = parts.add_parser("top", help="draw the tiles that show several parts")
    top.add_argument("--tiles", type=Path, nargs="+", required=True, help="tiles of all parts, in order")
    mosaic = parts.add_parser("mosaic", help="draw all of it in one file")
    mosaic.add_argument("--format", choices=sorted(SUFFIXES), required=True, help="of the file")
    for part in (tiles, mosaic):
        part.add_argument("--images", type=Path, required=True, help="folder of the ingested shards")
        part.add_argument("--ground", required=True, help="colour around the pictures, #rrggbb")
        part.add_argument("--fit", choices=("contain", "fill"), required=True, help="whole pictures, or the squares in their middles")
    for part in (tiles, top, mosaic):
        part.add_argument("--plan", type=Path, required=True, help="plan to follow")
        part.add_argument("--cell", type=int, required=True, help="side of a picture's square in pixels")
        part.add_argument("--quality", type=int, required=True, help="JPEG quality, 1 to 95")
        part.add_argument("--out", type=Path, required=True, help="folder to write")
    for part in (tiles, top):
        part.add_argument("--tile", type=int, required=True, help="side of a tile in pixels")


def run(args: argparse.Namespace) -> None:
    """Do the part asked for."""
    {"plan": _plan, "tiles": _tiles, "top": _top, "mosaic": _mosaic}[args.part](args)


def _plan(args: argparse.Namespace) -> None:
    items = shown.read(args.catalog, args.vectors, columns=[])
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES)
    summary = commit.stamp(args.layout).summary
    found = None
    if summary["kind"] == "grid":
        found = lattice.of(arrays.read(args.layout, "positions"), summary["cell"])
    if found is None:
        raise ConfigError(
            "only a grid can be one large picture",
            expected="the name of an arrangement in which each picture has a cell of its own, such as grid",
            found=args.name,
            where="deepzoom.layouts",
            action="take it out of your configuration file",
        )
    shards = images["shard"].combine_chunks().dictionary_encode()
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "shard", found.by_cell(np.asarray(shards.indices)[items.image_row]))
        arrays.write(draft.path, "row", found.by_cell(np.asarray(images["row"])[items.image_row]))
        draft.rows = len(items.image_row)
        draft.summary = {"columns": found.columns, "rows": found.rows, "shards": shards.dictionary.to_pylist()}
    print(f"deepzoom: {args.name}, {draft.rows} pictures in {found.columns} columns and {found.rows} rows", file=sys.stderr)


def _pyramid(args: argparse.Namespace) -> tuple[Pyramid, int]:
    """The pyramid, and its level whose tiles are shared out."""
    summary = commit.stamp(args.plan).summary
    pyramid = Pyramid(summary["columns"] * args.cell, summary["rows"] * args.cell, args.tile)
    return pyramid, min(_BLOCK, pyramid.joined)


def _tiles(args: argparse.Namespace) -> None:
    started = time.perf_counter()
    pyramid, level = _pyramid(args)
    source = _Cells(args)
    wanted = blocks(pyramid, level, args.group, args.groups)
    reduced = np.zeros((len(wanted), args.tile, args.tile, 3), np.uint8)
    with commit.folder(args.out) as draft, tempfile.TemporaryFile(dir=draft.path) as file:
        sink = _Sink(file, args.quality)
        for number, block in enumerate(wanted):
            image = drawing.up_to(pyramid, block, 0, source.drawer(pyramid, block), sink.put)
            reduced[number, : image.height, : image.width] = np.asarray(image)
        sink.write(draft, pyramid)
        arrays.write(draft.path, "reduced", reduced, "quick", scattered=True)
    print(f"deepzoom: part {args.group}, {draft.rows} tiles in {time.perf_counter() - started:.1f} s", file=sys.stderr)


def _top(args: argparse.Namespace) -> None:
    pyramid, level = _pyramid(args)
    parts = [arrays.open_array(path, "reduced") for path in args.tiles]
    places = {block: (part, row) for part in range(len(parts)) for row, block in enumerate(blocks(pyramid, level, part, len(parts)))}

    def draw(block: Tile) -> Image.Image:
        part, row = places[block]
        _, _, width, height = pyramid.box(block)
        return Image.fromarray(np.ascontiguousarray(parts[part].rows(np.array([row]))[0, :height, :width]))

    with commit.folder(args.out) as draft, tempfile.TemporaryFile(dir=draft.path) as file:
        sink = _Sink(file, args.quality)
        # The parts have drawn theirs.
        drawing.up_to(
            pyramid, Tile(pyramid.levels - 1, 0, 0), level, draw, lambda t, image: sink.put(t, image) if t.level > level else None
        )
        sink.write(draft, pyramid)
        (draft.path / "image.dzi").write_bytes(pyramid.descriptor())
        (draft.path / "info.json").write_bytes(commit.json_text(pyramid.info("")))
        draft.summary = {"width": pyramid.width, "height": pyramid.height, "tile": pyramid.tile, "cell": args.cell}
    print(f"deepzoom: {pyramid.width} x {pyramid.height} pixels, {draft.rows} tiles on top", file=sys.stderr)


def _mosaic(args: argparse.Namespace) -> None:
    summary = commit.stamp(args.plan).summary
    columns, rows = summary["columns"], summary["rows"]
    width, height = columns * args.cell, rows * args.cell
    _check_mosaic(columns, rows, args.cell)
    source = _Cells(args)
    with commit.folder(args.out) as draft, tempfile.NamedTemporaryFile(dir=draft.path, suffix=".raw") as raw:
        for row in range(rows):
            line = source.read(np.arange(row * columns, (row + 1) * columns))
            raw.write(drawing.mosaic(line[None]).data)
        raw.flush()
        path = draft.path / f"mosaic.{SUFFIXES[args.format]}"
        _encode(Path(raw.name), (width, height), path, args)
        draft.rows = rows * columns
        draft.summary = {"width": width, "height": height, "cell": args.cell, "file": path.name}
    print(f"deepzoom: {path.name}, {width} x {height} pixels", file=sys.stderr)


def _encode(raw: Path, size: tuple[int, int], path: Path, args: argparse.Namespace) -> None:
    image = pyvips.Image.rawload(str(raw), *size, 3).copy(interpretation="srgb")
    if args.format == "png":
        image.pngsave(str(path), compression=6, keep="none")
        return
    jpeg = path.with_suffix(".jpg")
    image.jpegsave(str(jpeg), Q=args.quality, keep="none")
    if args.format == "pdf":
        head, end = pdf.around(*size, jpeg.stat().st_size)
        with path.open("wb") as file, jpeg.open("rb") as inner:
            file.write(head)
            shutil.copyfileobj(inner, file)
            file.write(end)
        jpeg.unlink()


def _check_mosaic(columns: int, rows: int, cell: int) -> None:
    width, height = columns * cell, rows * cell
    if max(width, height) <= _LONGEST and width * height <= _LARGEST:
        return
    fitting = [side for side in (64, 32, 16, 8) if max(columns, rows) * side <= _LONGEST and columns * rows * side * side <= _LARGEST]
    raise ConfigError(
        "so large a mosaic would be opened by few programs",
        expected=f"sides of at most {_LONGEST} pixels, and at most {_LARGEST} pixels in all",
        found=f"{columns} x {rows} pictures of {cell} pixels: {width} x {height} pixels",
        where="deepzoom.mosaic",
        action=(f"set deepzoom.mosaic_cell: {fitting[0]}, or " if fitting else "") + "set deepzoom.mosaic: none, and use the deep zoom",
    )


@dataclass(frozen=True)
class _Shard:
    """What is read of a shard: thumbnails, sizes, and the pictures for the panel where they are asked for."""

    folder: Path
    thumb: arrays.Stored
    size: NDArray[Any]

    def picture(self, rows: NDArray[np.int32], place: int) -> bytes:
        """The file of the picture for the panel, of the row at a place of `rows`."""
        row = int(rows[place])
        begin, end = int(self._ends[row - 1]) if row else 0, int(self._ends[row])
        return self._pictures[begin:end].tobytes()

    @cached_property
    def _pictures(self) -> arrays.Stored:
        return arrays.open_array(self.folder, "picture")

    @cached_property
    def _ends(self) -> NDArray[Any]:
        return arrays.read(self.folder, "picture_end")


class _Cells:
    """The pictures of a lattice in squares of one side, with ground around them, or cut; empty cells are ground."""

    def __init__(self, args: argparse.Namespace) -> None:
        summary = commit.stamp(args.plan).summary
        self._images, self._side, self._ground, self._fill = args.images, args.cell, args.ground, args.fit == "fill"
        self._columns, self._shards = summary["columns"], summary["shards"]
        self._shard, self._row = (arrays.read(args.plan, name) for name in ("shard", "row"))
        self._opened: dict[int, _Shard] = {}

    def read(self, wanted: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Cells u8 [n, side, side, 3] of these numbers [n]."""
        out = np.empty((len(wanted), self._side, self._side, 3), np.uint8)
        out[:] = ImageColor.getrgb(self._ground)
        for shard, places, rows in cells.by_shard(self._shard[wanted], self._row[wanted]):
            found = self._open(shard)
            thumbs, sizes = found.thumb.rows(rows), found.size[rows]
            if self._fill:
                out[places] = cells.filled(thumbs, sizes, self._side, partial(found.picture, rows))
            else:
                out[places] = cells.reduced(thumbs, sizes, self._side, self._ground)
        return out

    def drawer(self, pyramid: Pyramid, block: Tile) -> drawing.Draw:
        """What draws the tiles of level 0 of a block, all of whose cells are read at once."""
        numbers = drawing.cells_of(pyramid, block, self._side, self._columns)
        found = self.read(numbers.ravel()).reshape(*numbers.shape, self._side, self._side, 3)
        left, top, _, _ = (value // self._side for value in pyramid.region(block))

        def draw(tile: Tile) -> Image.Image:
            x, y, width, height = (value // self._side for value in pyramid.region(tile))
            return Image.fromarray(drawing.mosaic(found[y - top : y - top + height, x - left : x - left + width]))

        return draw

    def _open(self, shard: int) -> _Shard:
        if shard not in self._opened:
            folder = self._images / f"{self._shards[shard]}.zarr"
            # A cut picture is larger in its cell than a whole one.
            thumb = "thumb" if self._fill else cells.source(self._side)
            self._opened[shard] = _Shard(folder, arrays.open_array(folder, thumb), arrays.read(folder, "size"))
        return self._opened[shard]


class _Sink:
    """Tiles as JPEG files, one after another in a file without a name, until all are there."""

    def __init__(self, file: IO[bytes], quality: int) -> None:
        self._file = file
        self._quality = quality
        self._tiles: list[Tile] = []
        self._ends: list[int] = []

    def put(self, tile: Tile, image: Image.Image) -> None:
        self._file.write(drawing.encode(image, self._quality))
        self._tiles.append(tile)
        self._ends.append(self._file.tell())

    def write(self, draft: commit.Draft, pyramid: Pyramid) -> None:
        """Write the array `tile`, all bytes, and the table of the tiles."""
        self._file.flush()
        data = np.memmap(self._file, np.uint8, "r") if self._ends else np.zeros(0, np.uint8)
        arrays.write(draft.path, "tile", data, "none")
        names = [pyramid.dzi(tile) for tile in self._tiles]
        iiif = [pyramid.iiif(tile) if tile.level <= pyramid.joined else None for tile in self._tiles]
        columns = [pa.array(names, pa.string()), pa.array(iiif, pa.string()), pa.array(self._ends, pa.int64())]
        tables.write(draft.path / "tiles.parquet", pa.Table.from_arrays(columns, schema=tables.TILES), tables.TILES)
        draft.rows = len(names)
