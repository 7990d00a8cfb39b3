"""The step `hotspots`: `find` finds dense regions of a map and their members among the shown items; `name` names them by the metadata.

Two commands, so that other metadata gives other names without another search. Memory: the vectors, and some 300 bytes for each image;
`name`: the columns that it names by, and some 50 bytes for each word.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pixplot_steps import digest, spec
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import clusters, matching, names
from pixplot_steps.store import arrays, commit, given, shown, tables

_NOISE = "-1"
"""What clustering programs write for a point in no cluster."""

_TOLD = 5
"""Names that the log shows."""

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
    """Add the two commands."""
    commands = parser.add_subparsers(dest="what", title="commands", required=True)
    _configure_find(commands.add_parser("find", help="find the dense regions of a map"))
    _configure_name(commands.add_parser("name", help="name what was found by the metadata of its members"))


def run(args: argparse.Namespace) -> None:
    """Find or name the hotspots. Raises MissingPartError and SourceError."""
    (_find if args.what == "find" else _name)(args)


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
    parser.add_argument(
        "--former", type=Path, nargs="*", required=True, metavar="FILE", help="members of the hotspots that were shown before"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the hotspots to write")


def _find(args: argparse.Namespace) -> None:
    picture = commit.stamps([args.catalog, args.vectors, args.map])[2].summary["cell"]
    items = shown.read(args.catalog, args.vectors, [])
    first_item = items.first_items
    of = _Map(arrays.read(args.map, "positions")[first_item], picture, items.image_row, arrays.read(args.vectors, "vectors"))
    own = _own(items, len(of.positions), args.clusters[0]) if args.clusters else None
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"].combine_chunks()
    nothing = Former([], [], np.full(len(images), -1))
    former = _former(args.former[0], images) if args.former else nothing
    labels = _labels(of.positions, args, own)
    hotspots = _described(of, labels.hotspot)
    kept = _labelled(_identified(hotspots if own else hotspots[: args.max_clusters], images, former), own, former)
    regions = _identified(_described(of, labels.region), images, nothing)
    members, region = _members(kept, len(images)), _members(regions, len(images))
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "members", members[of.image_row])
        arrays.write(draft.path, "regions", region[of.image_row])
        tables.write(draft.path / "members.parquet", _table(kept, members, images), tables.MEMBERS)
        tables.write(draft.path / "problems.parquet", _without_cluster(items.items, own), tables.FAULTS)
        draft.rows = len(of.image_row)
        draft.summary = {
            "layout": args.layout_name,
            "own": own is not None,
            "list": [_entry(found, first_item, int(region[found.hotspot.rows[0]])) for found in kept],
            "regions": [_entry(found, first_item, -1) for found in regions],
        }
    inside = np.count_nonzero(members[of.image_row] >= 0)
    print(f"hotspots: {len(kept)}, {inside} of {len(of.image_row)} items in one", file=sys.stderr)


@dataclass(frozen=True)
class _Map:
    """`positions` f32 [M, 2] and `vectors` f32 [M, d] of images; `picture`: side of one, in map units; `image_row` i64 [N] of items."""

    positions: NDArray[np.float32]
    picture: float
    image_row: NDArray[np.int64]
    vectors: NDArray[np.float32]


def _labels(positions: NDArray[np.float32], args: argparse.Namespace, own: Own | None) -> clusters.Labels:
    if own is not None:
        return clusters.Labels(own.of_image, clusters.none(len(positions)))
    if args.method == "kmeans":
        return clusters.by_kmeans(positions, args.n_clusters, args.seed)
    return clusters.by_density(positions, args.min_cluster_size)


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


def _described(of: _Map, labels: NDArray[np.int64]) -> list[tuple[int, clusters.Hotspot]]:
    """The groups of images that have a number, with the number of items that show each, by that number."""
    items_of_image = np.bincount(of.image_row, minlength=len(of.positions))
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 1)))[1:]
    counted = [(int(items_of_image[rows].sum()), rows) for rows in groups if len(rows)]
    counted.sort(key=lambda one: (-one[0], one[1][0]))
    return [(count, clusters.describe(rows, of.positions, of.vectors, of.picture)) for count, rows in counted]


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


def _entry(found: Found, first_item: NDArray[np.int64], region: int) -> dict[str, Any]:
    return {
        "id": found.id,
        "label": found.label,
        "count": found.count,
        "item": int(first_item[found.hotspot.medoid]),
        "centre": list(found.hotspot.centre),
        "bounds": list(found.hotspot.bounds),
        "outline": found.hotspot.outline,
        "region": region,
    }


def _name(args: argparse.Namespace) -> None:
    summary = commit.stamps([args.catalog, args.vectors, args.hotspots])[2].summary
    terms, years = _known(args)
    found, regions = (
        names.name(arrays.read(args.hotspots, array), len(summary[key]), terms, years)
        for key, array in (("list", "members"), ("regions", "regions"))
    )
    labels = [entry["label"] for entry in summary["list"]] if summary["own"] else found
    with commit.folder(args.out) as draft:
        draft.rows = len(labels)
        # Empty where the metadata has no name: the site then keeps the number.
        draft.summary = {"labels": labels, "regions": regions}
    told = [label for label in labels if label]
    which = f": {', '.join(told[:_TOLD])}{', ...' if len(told) > _TOLD else ''}" if told else ""
    print(f"hotspots: {len(told)} of {len(labels)} have a name{which}", file=sys.stderr)


def _known(args: argparse.Namespace) -> tuple[list[names.Terms], list[NDArray[np.int32]]]:
    """What the columns say of the shown items: terms, and years."""
    schema = pq.read_schema(args.catalog / "items.parquet")
    dated = [name for name in args.by if spec.years_of(name) in schema.names]
    told = [name for name in args.by if name not in dated and schema.field(name).type != pa.float64()]
    items = shown.read(args.catalog, args.vectors, [*told, *map(spec.years_of, dated)]).items
    terms = [(names.words if _is_prose(schema.field(name)) else names.values)(items[name]) for name in told]
    return terms, [tables.years(items[spec.years_of(name)]) for name in dated]


def _is_prose(field: pa.Field) -> bool:
    """Whether a column is named by its words, and not by its values as they are."""
    said = field.metadata or {}
    return said.get(b"type") == b"text" and not pa.types.is_list(field.type)
