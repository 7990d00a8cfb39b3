"""The step `atlases`: `plan` gives every image its slot, `pages` draws some pages."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.atlases import geometry, slots
from pixplot_steps.atlases.canvas import Canvas
from pixplot_steps.atlases.geometry import Pages
from pixplot_steps.errors import ConfigError, DamagedError
from pixplot_steps.store import arrays, commit, shown, tables

SUFFIXES = {"webp": "webp", "jpeg": "jpg"}

_READ_ROWS = 512
"""Thumbnails read at once: 25 MB. Zarr reads long slices twice as fast as single chunks, and fancy indices a hundred times slower."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of both parts."""
    parts = parser.add_subparsers(dest="part", required=True)
    plan = parts.add_parser("plan", help="give every image its slot")
    plan.add_argument("--catalog", type=Path, required=True, help="folder of the catalogue")
    plan.add_argument("--vectors", type=Path, required=True, help="vectors, which say where each image's thumbnail lies")
    plan.add_argument("--map", type=Path, required=True, help="layout that orders the slots")
    plan.add_argument("--page", type=int, required=True, help="side of a page in pixels")
    plan.add_argument("--budget-mib", type=int, required=True, help="RGBA bytes of all cells together, in MiB")
    plan.add_argument("--levels", type=int, nargs="*", required=True, help="sides of further, larger cells in pixels")
    plan.add_argument("--format", choices=sorted(SUFFIXES), required=True, help="file format of the pages")
    plan.add_argument("--quality", type=int, required=True, help="quality of the pages, 1 to 100")
    plan.add_argument("--out", type=Path, required=True, help="plan to write")
    pages = parts.add_parser("pages", help="draw some pages")
    pages.add_argument("--plan", type=Path, required=True, help="plan to follow")
    pages.add_argument("--images", type=Path, required=True, help="folder of the ingested shards")
    pages.add_argument("--group", type=int, required=True, help="which group of pages, from 0")
    pages.add_argument("--pages-per-job", type=int, required=True, help="pages in a group")
    pages.add_argument("--ground", required=True, help="colour around the pictures, #rrggbb")
    pages.add_argument("--out", type=Path, required=True, help="folder to write")


def run(args: argparse.Namespace) -> None:
    """Do the part asked for."""
    if args.part == "plan":
        _plan(args)
    else:
        _pages(args)


def _plan(args: argparse.Namespace) -> None:
    _check_page(args.page, args.quality)
    items = shown.read(args.catalog, args.vectors, columns=[])
    positions = arrays.read(args.map, "positions")
    _check_map(positions, len(items.image_row), args.map)
    item_slots, image_rows = slots.assign(items.image_row, positions)
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["shard", "row"]).take(pa.array(image_rows))
    shards = images["shard"].combine_chunks().dictionary_encode()
    cells = geometry.cells(len(image_rows), args.budget_mib, args.levels)
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "slots", item_slots)
        arrays.write(draft.path, "shard", np.asarray(shards.indices, dtype=np.int32))
        arrays.write(draft.path, "row", np.asarray(images["row"], dtype=np.int32))
        draft.rows = len(item_slots)
        draft.summary = {"page": args.page, "cells": cells, "format": args.format, "quality": args.quality, "slots": len(image_rows)}
        draft.summary["shards"] = shards.dictionary.to_pylist()
    for cell in cells:
        count = Pages(args.page, cell, len(image_rows)).count
        print(f"atlases: {len(image_rows)} cells of {cell} px on {count} pages", file=sys.stderr)


def _pages(args: argparse.Namespace) -> None:
    _check_ground(args.ground)
    started = time.perf_counter()
    summary = commit.stamp(args.plan).summary
    levels = [Pages(summary["page"], cell, summary["slots"]) for cell in summary["cells"]]
    slots = _slots(levels[0], args.group, args.pages_per_job)
    with commit.folder(args.out) as draft, ExitStack() as open_files:
        canvases = []
        for pages in levels:
            # It has no name, so a killed run leaves nothing.
            file = open_files.enter_context(tempfile.TemporaryFile(dir=draft.path))
            canvases.append(Canvas(pages, geometry.on_pages(pages, slots), args.ground, file))
        for shard, rows, places in _by_shard(args.plan, slots):
            _draw_shard(canvases, args.images / f"{summary['shards'][shard]}.zarr", rows, places)
        for canvas in canvases:
            for number, data in canvas.encoded(summary["format"], summary["quality"]):
                draft.rows += 1
                name = f"{canvas.pages.cell:03d}-{number:06d}.{SUFFIXES[summary['format']]}"
                (draft.path / name).write_bytes(data)
        pages_made = draft.rows
    print(f"atlases: group {args.group}, {pages_made} pages in {time.perf_counter() - started:.1f} s", file=sys.stderr)


def _slots(base: Pages, group: int, pages_per_job: int) -> range:
    """The slots of a group: those of some pages of the base level, which are whole pages of all others."""
    first, last = (min(number * pages_per_job * base.per_page, base.slots) for number in (group, group + 1))
    return range(first, last) if last > first else range(0)


def _by_shard(plan: Path, slots: range) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.int64]]]:
    """Each shard's index, the rows needed of it, ascending, and their slots."""
    if not slots:
        return
    begin, end = slots.start, slots.stop
    shards = np.asarray(arrays.open_array(plan, "shard")[begin:end])
    rows = np.asarray(arrays.open_array(plan, "row")[begin:end])
    order = np.lexsort((rows, shards))
    starts = np.flatnonzero(np.diff(shards[order], prepend=-1))
    for part in np.split(order, starts[1:]):
        yield int(shards[part[0]]), rows[part], part + begin


def _draw_shard(canvases: list[Canvas], folder: Path, rows: NDArray[np.int32], places: NDArray[np.int64]) -> None:
    sizes = arrays.read(folder, "size")
    thumbs = arrays.open_array(folder, "thumb")
    for begin, end, part in _runs(rows, thumbs.chunks[0]):
        values = np.asarray(thumbs[begin:end])
        needed = values[rows[part] - begin]
        for canvas in canvases:
            canvas.draw(places[part], needed, sizes[rows[part]])


def _runs(rows: NDArray[np.int32], chunk_rows: int) -> Iterator[tuple[int, int, slice]]:
    """Rows `begin` to `end` to read at once and the part of `rows` (ascending) among them; no chunk is read without need, or twice."""
    chunks = rows // chunk_rows
    longest = max(1, _READ_ROWS // chunk_rows)
    start = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or chunks[i] > chunks[i - 1] + 1 or chunks[i] - chunks[start] >= longest:
            yield int(rows[start]), int(rows[i - 1]) + 1, slice(start, i)
            start = i


def _check_map(positions: NDArray[np.floating], items: int, path: Path) -> None:
    if positions.shape != (items, 2):
        raise DamagedError(
            "the map is not of these items",
            expected=f"{items} positions",
            found=f"shape {positions.shape}",
            where=str(path),
            action="remove it and run again",
        )


def _check_page(page: int, quality: int) -> None:
    largest = geometry.CELLS[-1]
    if page < largest or page % largest:
        raise ConfigError("atlases.page does not hold whole cells", expected=f"a multiple of {largest}", found=str(page), action="use 2048")
    if not 1 <= quality <= 100:
        raise ConfigError("atlases.quality is out of range", expected="1 to 100", found=str(quality), action="use 80")


def _check_ground(ground: str) -> None:
    if not re.fullmatch("#[0-9a-fA-F]{6}", ground):
        raise ConfigError("ingest.ground is no colour", expected="#rrggbb", found=repr(ground), action='use "#000000"')
