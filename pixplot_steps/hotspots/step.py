"""The step `hotspots`: finds dense regions of a map and names their members among the shown items.

Memory: the vectors, and some 300 bytes for each image.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import clusters, matching
from pixplot_steps.store import arrays, commit, given, shown, tables

_NOISE = "-1"
"""What clustering programs write for a point in no cluster."""

_NUMBERED = re.compile(r"Cluster (\d+)")


@dataclass(frozen=True)
class Found:
    """A hotspot with its stable id, the number of items that show its images, and its name, empty where it is to get one."""

    id: str
    count: int
    hotspot: clusters.Hotspot
    label: str


@dataclass(frozen=True)
class Former:
    """The hotspots before: `ids`; `labels`; `of_image` i64 [M], which of them each image was in, -1 for none."""

    ids: list[str]
    labels: list[str]
    of_image: NDArray[np.int64]


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
    parser.add_argument(
        "--former", type=Path, nargs="*", required=True, metavar="FILE", help="members of the hotspots that were shown before"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the hotspots to write")


def run(args: argparse.Namespace) -> None:
    """Find the hotspots. Raises MissingPartError."""
    commit.stamps([args.catalog, args.vectors, args.map])
    items = shown.read(args.catalog, args.vectors, [])
    image_row = items.image_row
    first_item = _first_items(image_row)
    positions = arrays.read(args.map, "positions")[first_item]
    own = _own(items, len(positions), args.clusters[0]) if args.clusters else None
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"].combine_chunks()
    former = _former(args.former[0], images) if args.former else Former([], [], np.full(len(images), -1))
    kept = _labelled(_identified(_find(positions, image_row, args, own), images, former), own, former)
    of_image = _members(kept, len(positions))
    members = of_image[image_row]
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "members", members)
        tables.write(draft.path / "members.parquet", _table(kept, of_image, images), tables.MEMBERS)
        tables.write(draft.path / "problems.parquet", _without_cluster(items.items, own), tables.FAULTS)
        draft.rows = len(members)
        draft.summary = {"layout": args.layout_name, "list": [_entry(found, first_item) for found in kept]}
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


def _find(
    positions: NDArray[np.float32], image_row: NDArray[np.int64], args: argparse.Namespace, own: Own | None
) -> list[tuple[int, clusters.Hotspot]]:
    """The hotspots with the number of items that show each, by that number."""
    vectors = arrays.read(args.vectors, "vectors")
    labels = clusters.label(positions, args.min_cluster_size) if own is None else own.of_image
    items_of_image = np.bincount(image_row, minlength=len(positions))
    groups = [np.flatnonzero(labels == number) for number in range(labels.max(initial=-1) + 1)]
    groups = [rows for rows in groups if len(rows)]
    groups.sort(key=lambda rows: (-items_of_image[rows].sum(), rows[0]))
    wanted = groups[: args.max_clusters] if own is None else groups
    return [(int(items_of_image[rows].sum()), clusters.describe(rows, positions, vectors)) for rows in wanted]


def _former(path: Path, images: pa.Array) -> Former:
    listed = commit.stamp(path.parent).summary["list"]
    table = tables.read(path, tables.MEMBERS)
    row = pa.compute.index_in(images, value_set=table["image"].combine_chunks())
    number = pa.compute.index_in(table["id"].take(row), value_set=pa.array([one["id"] for one in listed], pa.string()))
    of_image = np.asarray(pa.compute.fill_null(number, -1), dtype=np.int64)
    return Former([one["id"] for one in listed], [one["label"] for one in listed], of_image)


def _identified(found: list[tuple[int, clusters.Hotspot]], images: pa.Array, former: Former) -> list[Found]:
    """Each with the id that it had before, or else the digest of its members' ids; by number of items, then id."""
    now = np.full(len(images), -1)
    for number, (_, hotspot) in enumerate(found):
        now[hotspot.rows] = number
    known = matching.match(former.of_image, now)
    taken = set(former.ids)
    out = []
    for number, (count, hotspot) in enumerate(found):
        before = known.get(number)
        name = _new_id(hotspot.rows, images, taken) if before is None else former.ids[before]
        out.append(Found(name, count, hotspot, "" if before is None else former.labels[before]))
    return sorted(out, key=lambda one: (-one.count, one.id))


def _new_id(rows: NDArray[np.int64], images: pa.Array, taken: set[str]) -> str:
    lines = sorted(images.take(pa.array(rows)).to_pylist())
    name = digest.of_lines(lines)
    while name in taken:  # a hotspot that has other members by now may have been named by these
        name = digest.of_lines([name, *lines])
    taken.add(name)
    return name


def _labelled(found: list[Found], own: Own | None, former: Former) -> list[Found]:
    """Each with its name: that of one's own file; or the one it had; or a number above all that were given."""
    if own is not None:
        return [replace(one, label=own.labels[own.of_image[one.hotspot.rows[0]]]) for one in found]
    given = [int(match.group(1)) for label in former.labels if (match := _NUMBERED.fullmatch(label))]
    numbers = itertools.count(max([0, *given]) + 1)
    return [one if one.label else replace(one, label=f"Cluster {next(numbers)}") for one in found]


def _members(kept: list[Found], images: int) -> NDArray[np.int32]:
    members = np.full(images, -1, dtype=np.int32)
    for number, found in enumerate(kept):
        members[found.hotspot.rows] = number
    return members


def _table(kept: list[Found], of_image: NDArray[np.int32], images: pa.Array) -> pa.Table:
    rows = np.flatnonzero(of_image >= 0)
    ids = pa.array([found.id for found in kept], pa.string()).take(pa.array(of_image[rows]))
    return pa.Table.from_arrays([images.take(pa.array(rows)), ids], schema=tables.MEMBERS)


def _entry(found: Found, first_item: NDArray[np.int64]) -> dict[str, Any]:
    return {
        "id": found.id,
        "label": found.label,
        "count": found.count,
        "item": int(first_item[found.hotspot.medoid]),
        "centre": list(found.hotspot.centre),
        "bounds": list(found.hotspot.bounds),
    }
