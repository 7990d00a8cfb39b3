"""The step `hotspots`: `find` finds dense regions of a map and their members among the shown items; `name` names them by the metadata.

Two commands, so that other metadata gives other names without another search. Memory: the vectors, and some 300 bytes for each image;
`name`: the columns that it names by, and some 50 bytes for each word.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import clusters, names
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
    """Add the two commands."""
    commands = parser.add_subparsers(dest="what", title="commands", required=True)
    _configure_find(commands.add_parser("find", help="find the dense regions of a map"))
    _configure_name(commands.add_parser("name", help="name what was found by the metadata of its members"))


def run(args: argparse.Namespace) -> None:
    """Find or name the hotspots. Raises MissingPartError and SourceError."""
    (_find_all if args.what == "find" else _name_all)(args)


def _configure_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors, which say which items are shown")
    parser.add_argument("--hotspots", type=Path, required=True, metavar="PATH", help="what was found")
    parser.add_argument("--by", type=json.loads, required=True, metavar="JSON", help="list of the columns to name by")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the names to write")


def _configure_find(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the layout in which regions are dense")
    parser.add_argument("--layout-name", required=True, metavar="TEXT", help="the name of that layout in the site")
    parser.add_argument("--clusters", type=Path, nargs="*", required=True, metavar="PATH", help="clusters of one's own, by file name")
    parser.add_argument("--method", choices=("hdbscan", "kmeans"), required=True, help="how they are found")
    parser.add_argument("--n-clusters", type=int, required=True, metavar="INT", help="how many kmeans makes")
    parser.add_argument("--seed", type=int, required=True, metavar="INT", help="seed of kmeans")
    parser.add_argument("--min-cluster-size", type=int, required=True, metavar="INT", help="images of the smallest hotspot")
    parser.add_argument("--max-clusters", type=int, required=True, metavar="INT", help="hotspots kept, the largest first")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the hotspots to write")


def _find_all(args: argparse.Namespace) -> None:
    picture = commit.stamps([args.catalog, args.vectors, args.map])[2].summary["cell"]
    items = shown.read(args.catalog, args.vectors, [])
    image_row = items.image_row
    first_item = _first_items(image_row)
    positions = arrays.read(args.map, "positions")[first_item]
    own = _own(items, len(positions), args.clusters[0]) if args.clusters else None
    labels = _labels(positions, args, own)
    collection = _Collection(positions, picture, image_row, first_item, arrays.read(args.vectors, "vectors"), _images(args.vectors))
    kept = _described(collection, labels.hotspot)
    kept = kept[: args.max_clusters] if own is None else kept
    regions = _described(collection, labels.region)
    members, within = (_members(found, len(positions)) for found in (kept, regions))
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "members", members[image_row])
        arrays.write(draft.path, "region_members", within[image_row])
        tables.write(draft.path / "problems.parquet", _without_cluster(items.items, own), tables.FAULTS)
        draft.rows = len(image_row)
        draft.summary = {
            "layout": args.layout_name,
            "list": [_entry(collection, found, own) for found in kept],
            "regions": [_entry(collection, found, None) for found in regions],
        }
    print(f"hotspots: {len(kept)}, {np.count_nonzero(members[image_row] >= 0)} of {len(image_row)} items in one", file=sys.stderr)


@dataclass(frozen=True)
class _Collection:
    """`positions` f32 [M, 2] of images, whose ids are `images`; `picture`: side of a picture in map units.

    `image_row` i64 [N]: the image of each item; `first_item` i64 [M]: the first item of each image.
    """

    positions: NDArray[np.float32]
    picture: float
    image_row: NDArray[np.int64]
    first_item: NDArray[np.int64]
    vectors: NDArray[np.float32]
    images: pa.ChunkedArray


def _images(vectors: Path) -> pa.ChunkedArray:
    return tables.read(vectors / "images.parquet", tables.IMAGES, ["image"])["image"]


def _labels(positions: NDArray[np.float32], args: argparse.Namespace, own: Own | None) -> clusters.Labels:
    if own is not None:
        return clusters.Labels(own.of_image, clusters.none(len(positions)))
    if args.method == "kmeans":
        return clusters.by_kmeans(positions, args.n_clusters, args.seed)
    return clusters.by_density(positions, args.min_cluster_size)


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


def _described(of: _Collection, labels: NDArray[np.int64]) -> list[Found]:
    """The groups of images that have a number, the largest first."""
    items_of_image = np.bincount(of.image_row, minlength=len(of.positions))
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 1)))[1:]
    found = [
        Found(_id(rows, of.images), int(items_of_image[rows].sum()), clusters.describe(rows, of.positions, of.vectors, of.picture))
        for rows in groups
        if len(rows)
    ]
    return sorted(found, key=lambda one: (-one.count, one.id))


def _id(rows: NDArray[np.int64], images: pa.ChunkedArray) -> str:
    return digest.of_lines(sorted(images.take(pa.array(rows)).to_pylist()))


def _members(kept: list[Found], images: int) -> NDArray[np.int32]:
    members = np.full(images, -1, dtype=np.int32)
    for number, found in enumerate(kept):
        members[found.hotspot.rows] = number
    return members


def _entry(of: _Collection, found: Found, own: Own | None) -> dict[str, Any]:
    """What the site says of it. Only clusters of one's own have a label by now."""
    return {
        "id": found.id,
        "label": "" if own is None else own.labels[own.of_image[found.hotspot.rows[0]]],
        "count": found.count,
        "item": int(of.first_item[found.hotspot.medoid]),
        "centre": list(found.hotspot.centre),
        "bounds": list(found.hotspot.bounds),
        "outline": found.hotspot.outline,
    }


def _name_all(args: argparse.Namespace) -> None:
    summary = commit.stamps([args.catalog, args.vectors, args.hotspots])[2].summary
    terms, years = _known(args)
    labels, regions = (
        _labelled(summary[key], names.name(arrays.read(args.hotspots, array), len(summary[key]), terms, years), word)
        for key, array, word in (("list", "members", "Cluster"), ("regions", "region_members", "Region"))
    )
    with commit.folder(args.out) as draft:
        draft.rows = len(labels) + len(regions)
        draft.summary = {"labels": labels, "regions": regions}
    for text in labels:
        print(f"hotspots: {text}", file=sys.stderr)


def _known(args: argparse.Namespace) -> tuple[list[names.Terms], list[NDArray[np.int32]]]:
    """What the columns say of the shown items: terms, and years."""
    schema = pq.read_schema(args.catalog / "items.parquet")
    dated = [f"{name}: years" for name in args.by if f"{name}: years" in schema.names]
    told = [name for name in args.by if f"{name}: years" not in schema.names and schema.field(name).type != pa.float64()]
    items = shown.read(args.catalog, args.vectors, [*told, *dated]).items
    terms = [(names.words if _is_prose(schema.field(name)) else names.values)(items[name]) for name in told]
    return terms, [_years(items[name]) for name in dated]


def _is_prose(field: pa.Field) -> bool:
    """Whether a column is named by its words, and not by its values as they are."""
    said = field.metadata or {}
    return said.get(b"type") == b"text" or said.get(b"role") in (b"title", b"description", b"filename")


def _years(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """First and last years i32 [N, 2]; 0, -1 where there is no date."""
    return np.asarray(column.combine_chunks().fill_null([0, -1]).flatten(), dtype=np.int32).reshape(-1, 2)


def _labelled(entries: list[dict[str, Any]], found: list[str], word: str) -> list[str]:
    """One's own labels stay; what the metadata has no name for is numbered."""
    return [entry["label"] or name or f"{word} {number + 1}" for number, (entry, name) in enumerate(zip(entries, found, strict=True))]
