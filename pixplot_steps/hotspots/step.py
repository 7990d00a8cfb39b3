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
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import clusters
from pixplot_steps.store import arrays, commit, given, shown, tables

_NOISE = "-1"
"""What clustering programs write for a point in no cluster."""


@dataclass(frozen=True)
class Found:
    """A hotspot with its stable id and the number of items that show its images."""

    id: str
    count: int
    hotspot: clusters.Hotspot


@dataclass(frozen=True)
class Own:
    """Clusters of one's own: `labels`; `of_image` i64 [M], -1 for none; `listed` bool [N], whether the file has the item."""

    labels: list[str]
    of_image: NDArray[np.int64]
    listed: NDArray[np.bool_]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of the step."""
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the layout in which regions are dense")
    parser.add_argument("--layout-name", required=True, metavar="TEXT", help="the name of that layout in the site")
    parser.add_argument("--clusters", type=Path, nargs="*", required=True, metavar="PATH", help="clusters of one's own, by file name")
    parser.add_argument("--min-cluster-size", type=int, required=True, metavar="INT", help="images of the smallest hotspot")
    parser.add_argument("--max-clusters", type=int, required=True, metavar="INT", help="hotspots kept, the largest first")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the hotspots to write")


def run(args: argparse.Namespace) -> None:
    """Find the hotspots. Raises MissingPartError."""
    commit.stamps([args.catalog, args.vectors, args.map])
    items = shown.read(args.catalog, args.vectors, [])
    image_row = items.image_row
    first_item = _first_items(image_row)
    positions = arrays.read(args.map, "positions")[first_item]
    own = _own(items, len(positions), args.clusters[0]) if args.clusters else None
    kept = _find(positions, image_row, args, own)
    members = _members(kept, len(positions))[image_row]
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "members", members)
        tables.write(draft.path / "problems.parquet", _without_cluster(items.items, own), tables.FAULTS)
        draft.rows = len(members)
        draft.summary = {"layout": args.layout_name, "list": [_entry(i, found, first_item, own) for i, found in enumerate(kept)]}
    print(f"hotspots: {len(kept)}, {np.count_nonzero(members >= 0)} of {len(members)} items in one", file=sys.stderr)


def _first_items(image_row: NDArray[np.int64]) -> NDArray[np.int64]:
    # Every image of the vectors is shown by some item, so its rows are 0 .. M - 1.
    return np.unique(image_row, return_index=True)[1]


def _own(items: shown.Shown, images: int, path: Path) -> Own:
    names, texts = given.texts(path, "cluster")
    listed = items.items["item"].to_pylist()
    row = given.rows(names, listed)
    if not (row >= 0).any():
        raise SourceError(
            "no picture has a cluster",
            expected="file names below the folder of pictures, such as " + ", ".join(map(repr, listed[:3])),
            found=", ".join(map(repr, names[:3])),
            where=str(path),
            action="correct the column filename",
        )
    labels = sorted({text for text in texts if text and text != _NOISE})
    number = {label: place for place, label in enumerate(labels)}
    of_image = np.full(images, -1, dtype=np.int64)
    # Backwards, so that of several items of one image the first one counts.
    for place in np.flatnonzero(row >= 0)[::-1]:
        of_image[items.image_row[place]] = number.get(texts[row[place]], -1)
    return Own(labels, of_image, row >= 0)


def _without_cluster(items: pa.Table, own: Own | None) -> pa.Table:
    lost = [] if own is None else sorted(set(items.filter(pa.array(~own.listed))["image"].to_pylist()))
    reason, action = "the file of clusters has no row for it; it is in no cluster", "add it to the file"
    rows = [{"image": image, "kind": "no cluster", "reason": reason, "action": action} for image in lost]
    return pa.Table.from_pylist(rows, schema=tables.FAULTS)


def _find(positions: NDArray[np.float32], image_row: NDArray[np.int64], args: argparse.Namespace, own: Own | None) -> list[Found]:
    vectors = arrays.read(args.vectors, "vectors")
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"]
    labels = clusters.label(positions, args.min_cluster_size) if own is None else own.of_image
    items_of_image = np.bincount(image_row, minlength=len(positions))
    groups = [np.flatnonzero(labels == number) for number in range(labels.max(initial=-1) + 1)]
    groups = [rows for rows in groups if len(rows)]
    groups.sort(key=lambda rows: (-items_of_image[rows].sum(), rows[0]))
    found = [
        Found(_id(rows, images), int(items_of_image[rows].sum()), clusters.describe(rows, positions, vectors))
        for rows in (groups[: args.max_clusters] if own is None else groups)
    ]
    return sorted(found, key=lambda one: (-one.count, one.id))


def _id(rows: NDArray[np.int64], images: pa.ChunkedArray) -> str:
    return digest.of_lines(sorted(images.take(pa.array(rows)).to_pylist()))


def _members(kept: list[Found], images: int) -> NDArray[np.int32]:
    members = np.full(images, -1, dtype=np.int32)
    for number, found in enumerate(kept):
        members[found.hotspot.rows] = number
    return members


def _entry(number: int, found: Found, first_item: NDArray[np.int64], own: Own | None) -> dict[str, Any]:
    return {
        "id": found.id,
        "label": f"Cluster {number + 1}" if own is None else own.labels[own.of_image[found.hotspot.rows[0]]],
        "count": found.count,
        "item": int(first_item[found.hotspot.medoid]),
        "centre": list(found.hotspot.centre),
        "bounds": list(found.hotspot.bounds),
    }
