"""The step `atlases`: `plan` gives every image its slot, `pages` draws some pages."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import cells
from pixplot_steps.atlases import geometry, slots
from pixplot_steps.atlases.canvas import Canvas
from pixplot_steps.atlases.geometry import Pages
from pixplot_steps.errors import ConfigError, DamagedError, MissingPartError
from pixplot_steps.store import arrays, commit, shown, tables

SUFFIXES = {"webp": "webp", "jpeg": "jpg", "avif": "avif"}

_READ_ROWS = 64
"""Thumbnails read at once: 3 MB, which stay in the cache of a processor until they are drawn."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of both parts."""
    parts = parser.add_subparsers(dest="part", required=True)
    plan = parts.add_parser("plan", help="give every image its slot")
    plan.add_argument("--catalog", type=Path, required=True, help="folder of the catalogue")
    plan.add_argument("--vectors", type=Path, required=True, help="vectors, which say where each image's thumbnail lies")
    plan.add_argument("--map", type=Path, required=True, help="layout that orders the slots")
    plan.add_argument("--page", type=int, required=True, help="side of a page in pixels")
    plan.add_argument("--cell", type=int, required=True, help="largest side of a cell of the base level in pixels")
    plan.add_argument("--budget-mib", type=int, required=True, help="RGBA bytes of all cells together, in MiB")
    plan.add_argument("--levels", type=int, nargs="*", required=True, help="sides of further, larger cells in pixels")
    plan.add_argument("--format", choices=sorted(SUFFIXES), required=True, help="file format of the pages")
    plan.add_argument("--quality", type=int, required=True, help="quality of the pages, 1 to 100")
    plan.add_argument(
        "--former", type=Path, nargs="*", required=True, help="slots of the images in the atlas that this one carries on from"
    )
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
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES)
    places = positions[items.first_items]
    former = _former(args.former[0], images["image"].combine_chunks()) if args.former else None
    filled = former and slots.carry_on(places, former, args.page, args.budget_mib, args.cell)
    filled = filled or slots.afresh(places, args.budget_mib, args.cell)
    shards = images["shard"].combine_chunks().dictionary_encode()
    sides = [filled.cell, *geometry.sharper(filled.cell, args.levels)]
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "slots", filled.slots[items.image_row].astype(np.uint32))
        arrays.write(draft.path, "shard", _by_slot(filled, np.asarray(shards.indices)))
        arrays.write(draft.path, "row", _by_slot(filled, np.asarray(images["row"])))
        table = pa.Table.from_arrays([images["image"], pa.array(filled.slots, pa.int32())], schema=tables.SLOTS)
        tables.write(draft.path / "images.parquet", table, tables.SLOTS)
        (draft.path / "kept").mkdir()
        for name in _kept(args, filled, former, sides):
            shutil.copyfile(_page_of(args.former[0].parent, name), draft.path / "kept" / name)
        draft.rows = len(items.image_row)
        draft.summary = {"page": args.page, "cell": filled.cell, "cells": sides, "format": args.format, "quality": args.quality}
        draft.summary |= {"slots": filled.count, "shards": shards.dictionary.to_pylist()}
        draft.summary |= {"tail": filled.tail, "kept": filled.kept, "gone": filled.gone}
    for cell in sides:
        count = Pages(args.page, cell, filled.count).count
        print(f"atlases: {len(images)} cells of {cell} px on {count} pages", file=sys.stderr)
    print(f"atlases: {filled.kept} pages of the first kept", file=sys.stderr)


def _kept(args: argparse.Namespace, filled: slots.Filled, former: slots.Former | None, sides: list[int]) -> Iterator[str]:
    """Names of the pages, of all levels, that show nothing but slots on the pages kept of the base level, and that there were."""
    if former is None:
        return
    end = filled.kept * Pages(args.page, filled.cell, 0).per_page
    for cell in sides:
        pages = Pages(args.page, cell, former.count)
        for number in range(min(end // pages.per_page, pages.count)):
            yield _name(cell, number, args.format)


def _former(path: Path, images: pa.Array) -> slots.Former:
    """The slots that these images had, -1 for those that are new."""
    summary = commit.stamp(path.parent).summary
    table = tables.read(path, tables.SLOTS)
    row = pa.compute.index_in(images, value_set=table["image"].combine_chunks())
    had = np.asarray(pa.compute.fill_null(table["slot"].take(row), -1), dtype=np.int64)
    gone = summary["gone"] + table.num_rows - int((had >= 0).sum())
    return slots.Former(had, summary["cell"], summary["slots"], summary["tail"], gone)


def _page_of(plan: Path, name: str) -> Path:
    """A page of an atlas, which one of its groups has."""
    found = sorted(plan.parent.glob(f"pages/*/{name}"))
    if not found:
        raise MissingPartError(
            "a page of the atlas before is gone",
            expected=f"{plan.parent}/pages/*/{name}",
            where=str(plan.parent),
            action=f"remove {plan.parent}, and run the same command again: the atlas is then made afresh",
        )
    commit.stamp(found[0].parent)
    return found[0]


def _by_slot(filled: slots.Filled, values: NDArray[np.integer]) -> NDArray[np.int32]:
    """A value of each image by its slot, -1 in those that are empty."""
    out = np.full(filled.count, -1, dtype=np.int32)
    out[filled.slots] = values
    return out


def _pages(args: argparse.Namespace) -> None:
    _check_ground(args.ground)
    started = time.perf_counter()
    summary = commit.stamp(args.plan).summary
    levels = [Pages(summary["page"], cell, summary["slots"]) for cell in summary["cells"]]
    slots = _slots(levels[0], args.group, args.pages_per_job)
    with commit.folder(args.out) as draft, ExitStack() as open_files:
        canvases = []
        for pages in levels:
            numbers = geometry.on_pages(pages, slots)
            names = {number: _name(pages.cell, number, summary["format"]) for number in numbers}
            kept = [number for number in numbers if (args.plan / "kept" / names[number]).exists()]
            for number in kept:
                shutil.copyfile(args.plan / "kept" / names[number], draft.path / names[number])
            # It has no name, so a killed run leaves nothing.
            file = open_files.enter_context(tempfile.TemporaryFile(dir=draft.path))
            canvases.append(Canvas(pages, numbers[len(kept) :], args.ground, file))
            draft.rows += len(numbers)
        # Pages of the other levels that were not kept before that show only slots without an image.
        first = canvases[0].numbers.start * levels[0].per_page
        for shard, rows, places in _by_shard(args.plan, range(first, max(first, slots.stop))):
            _draw_shard(canvases, args.images / f"{summary['shards'][shard]}.zarr", rows, places)
        for canvas in canvases:
            for number, data in canvas.encoded(summary["format"], summary["quality"]):
                (draft.path / _name(canvas.pages.cell, number, summary["format"])).write_bytes(data)
        made, all_pages = sum(len(canvas.numbers) for canvas in canvases), draft.rows
    print(
        f"atlases: group {args.group}, {all_pages - made} pages kept, {made} drawn in {time.perf_counter() - started:.1f} s",
        file=sys.stderr,
    )


def _name(cell: int, number: int, form: str) -> str:
    return f"{cell:03d}-{number:06d}.{SUFFIXES[form]}"


def _slots(base: Pages, group: int, pages_per_job: int) -> range:
    """The slots of a group: those of some pages of the base level, which are whole pages of all others."""
    first, last = (min(number * pages_per_job * base.per_page, base.slots) for number in (group, group + 1))
    return range(first, last) if last > first else range(0)


def _by_shard(plan: Path, slots: range) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.int64]]]:
    """Each shard's index, the rows needed of it, ascending, and their slots."""
    if not slots:
        return
    begin, end = slots.start, slots.stop
    # Images that are gone leave their slots empty.
    shards, rows = (np.asarray(arrays.open_array(plan, name)[begin:end]) for name in ("shard", "row"))
    for shard, places, found in cells.by_shard(shards, rows):
        yield shard, found, places + begin


def _draw_shard(canvases: list[Canvas], folder: Path, rows: NDArray[np.int32], places: NDArray[np.int64]) -> None:
    sizes = arrays.open_array(folder, "size").rows(rows)
    for name, drawn in _by_source(canvases).items():
        thumbs = arrays.open_array(folder, name)
        for begin in range(0, len(rows), _READ_ROWS):
            part = slice(begin, begin + _READ_ROWS)
            found = thumbs.rows(rows[part])
            for canvas in drawn:
                canvas.draw(places[part], found, sizes[part])


def _by_source(canvases: list[Canvas]) -> dict[str, list[Canvas]]:
    """The canvases by the array whose thumbnails they are drawn from."""
    names = {canvas: cells.source(canvas.pages.cell) for canvas in canvases}
    return {name: [canvas for canvas in canvases if names[canvas] == name] for name in sorted(set(names.values()))}


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
