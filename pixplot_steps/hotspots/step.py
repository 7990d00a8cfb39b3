"""The step `hotspots`: finds dense regions of a map and names their members among the shown items.

Memory: the vectors, and some 300 bytes for each image.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.hotspots import clusters
from pixplot_steps.store import arrays, commit, shown, tables


@dataclass(frozen=True)
class Found:
    """A hotspot with its stable id and the number of items that show its images."""

    id: str
    count: int
    hotspot: clusters.Hotspot


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of the step."""
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the layout in which regions are dense")
    parser.add_argument("--layout-name", required=True, metavar="TEXT", help="the name of that layout in the site")
    parser.add_argument("--min-cluster-size", type=int, required=True, metavar="INT", help="images of the smallest hotspot")
    parser.add_argument("--max-clusters", type=int, required=True, metavar="INT", help="hotspots kept, the largest first")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the hotspots to write")


def run(args: argparse.Namespace) -> None:
    """Find the hotspots. Raises MissingPartError."""
    commit.stamps([args.catalog, args.vectors, args.map])
    image_row = shown.read(args.catalog, args.vectors, []).image_row
    first_item = _first_items(image_row)
    positions = arrays.read(args.map, "positions")[first_item]
    kept = _find(positions, image_row, args)
    members = _members(kept, len(positions))[image_row]
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "members", members)
        draft.rows = len(members)
        draft.summary = {"layout": args.layout_name, "list": [_entry(i, found, first_item) for i, found in enumerate(kept)]}
    print(f"hotspots: {len(kept)}, {np.count_nonzero(members >= 0)} of {len(members)} items in one", file=sys.stderr)


def _first_items(image_row: NDArray[np.int64]) -> NDArray[np.int64]:
    # Every image of the vectors is shown by some item, so its rows are 0 .. M - 1.
    return np.unique(image_row, return_index=True)[1]


def _find(positions: NDArray[np.float32], image_row: NDArray[np.int64], args: argparse.Namespace) -> list[Found]:
    vectors = arrays.read(args.vectors, "vectors")
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"]
    labels = clusters.label(positions, args.min_cluster_size)
    items_of_image = np.bincount(image_row, minlength=len(positions))
    groups = [np.flatnonzero(labels == number) for number in range(labels.max(initial=-1) + 1)]
    groups.sort(key=lambda rows: (-items_of_image[rows].sum(), rows[0]))
    found = [
        Found(_id(rows, images), int(items_of_image[rows].sum()), clusters.describe(rows, positions, vectors))
        for rows in groups[: args.max_clusters]
    ]
    return sorted(found, key=lambda one: (-one.count, one.id))


def _id(rows: NDArray[np.int64], images: pa.ChunkedArray) -> str:
    return digest.of_lines(sorted(images.take(pa.array(rows)).to_pylist()))


def _members(kept: list[Found], images: int) -> NDArray[np.int32]:
    members = np.full(images, -1, dtype=np.int32)
    for number, found in enumerate(kept):
        members[found.hotspot.rows] = number
    return members


def _entry(number: int, found: Found, first_item: NDArray[np.int64]) -> dict[str, Any]:
    return {
        "id": found.id,
        "label": f"Cluster {number + 1}",
        "count": found.count,
        "item": int(first_item[found.hotspot.medoid]),
        "centre": list(found.hotspot.centre),
        "bounds": list(found.hotspot.bounds),
    }
