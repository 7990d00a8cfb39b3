"""The step `hotspots`: `find` finds dense regions of a map and their members among the shown items; `name` names them by the metadata.

`edit` lays over them what a person wants. Commands of their own, so that other metadata, or another file, costs no other search. Memory:
the vectors, and some 300 bytes for each image; `name`: the columns that it names by, and some 50 bytes for each word; `edit`: the file.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pixplot_steps import digest, spec
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import clusters, edited, matching, names
from pixplot_steps.store import arrays, commit, given, shown, tables

_NOISE = "-1"
"""What clustering programs write for a point in no cluster."""

_TOLD = 5
"""Names that the log shows."""


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
    """Add the commands."""
    commands = parser.add_subparsers(dest="what", title="commands", required=True)
    _configure_find(commands.add_parser("find", help="find the dense regions of a map"))
    _configure_name(commands.add_parser("name", help="name what was found by the metadata of its members"))
    _configure_edit(commands.add_parser("edit", help="lay over what was found what a person wants"))


def run(args: argparse.Namespace) -> None:
    """Find, name or edit the hotspots. Raises MissingPartError and SourceError."""
    {"find": _find, "name": _name, "edit": _edit}[args.what](args)


def _configure_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors, which say which items are shown")
    parser.add_argument("--hotspots", type=Path, required=True, metavar="PATH", help="what was found")
    parser.add_argument("--by", type=json.loads, required=True, metavar="JSON", help="list of the columns to name by")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the names to write")


def _configure_edit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the layout in which they were found")
    parser.add_argument("--hotspots", type=Path, required=True, metavar="PATH", help="what was found")
    parser.add_argument("--names", type=Path, required=True, metavar="PATH", help="their names")
    parser.add_argument("--file", type=Path, required=True, metavar="PATH", help="what a person wants: JSON or YAML")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the hotspots to write")


def _configure_find(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the layout in which regions are dense")
    parser.add_argument(
        "--space", type=Path, nargs="*", required=True, metavar="PATH", help="the map in more dimensions, if they are dense there"
    )
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
    items = shown.read(args.catalog, args.vectors, [])
    first_item = items.first_items
    of = _map(args, items)
    own = _own(items, len(of.positions), args.clusters[0]) if args.clusters else None
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"].combine_chunks()
    nothing = Former([], [], np.full(len(images), -1))
    former = _former(args.former[0], images) if args.former else nothing
    labels = _labels(_dense(of, args), args, own)
    hotspots = _described(of, labels.hotspot, None if own else args.max_clusters)
    kept = _labelled(_identified(hotspots, images, former), own, former)
    regions = _identified(_described(of, labels.region, None), images, nothing)
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


def _map(args: argparse.Namespace, items: shown.Shown) -> _Map:
    picture = commit.stamps([args.catalog, args.vectors, args.map])[2].summary["cell"]
    return _Map(arrays.read(args.map, "positions")[items.first_items], picture, items.image_row, arrays.read(args.vectors, "vectors"))


def _dense(of: _Map, args: argparse.Namespace) -> NDArray[np.float32]:
    """Points f32 [M, d] among which the hotspots are dense."""
    if not args.space:
        return of.positions
    commit.stamps(args.space)
    return np.asarray(arrays.read(args.space[0], "coordinates"), dtype=np.float32)


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


def _described(of: _Map, labels: NDArray[np.int64], most: int | None) -> list[tuple[int, clusters.Hotspot]]:
    """The groups of images that have a number, with the number of items that show each, by that number; the `most` first."""
    items_of_image = np.bincount(of.image_row, minlength=len(of.positions))
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 1)))[1:]
    counted = [(int(items_of_image[rows].sum()), rows) for rows in groups if len(rows)]
    counted.sort(key=lambda one: (-one[0], one[1][0]))
    return [(count, clusters.describe(rows, of.positions, of.vectors, of.picture)) for count, rows in counted[:most]]


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
    given = [int(match.group(1)) for label in former.labels if (match := edited.NUMBERED.fullmatch(label))]
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


def _edit(args: argparse.Namespace) -> None:
    summary, named = (stamp.summary for stamp in commit.stamps([args.hotspots, args.names]))
    items = shown.read(args.catalog, args.vectors, [])
    of, first_item = _map(args, items), items.first_items
    of_item = arrays.read(args.hotspots, "members")
    wanted = edited.read(_text_of(args.file), args.file.name)
    wishes = _wishes([*wanted.hotspots, *wanted.removed], items, args.vectors)
    count = len(wanted.hotspots)
    found = edited.arrange([one["id"] for one in summary["list"]], of_item[first_item].astype(np.int64), wishes[:count], wishes[count:])
    listed = [
        _chosen(choice, summary["list"][choice.found], named["labels"][choice.found])
        if choice.found >= 0
        else _made(choice, of, first_item)
        for choice in found.shown
    ]
    members, sets = _laid_out(found, of_item, items.image_row)
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "members", members)
        arrays.write(draft.path, "rows", np.concatenate([np.empty(0, np.uint32), *sets]))
        arrays.write(draft.path, "ends", np.cumsum([len(rows) for rows in sets], dtype=np.uint32))
        faults = [{"stage": "hotspots", **asdict(fault)} for fault in found.faults]
        tables.write(draft.path / "problems.parquet", pa.Table.from_pylist(faults, tables.PROBLEMS), tables.PROBLEMS)
        draft.rows = len(members)
        removed = [{"id": one.id, "label": one.label} for one in found.removed]
        draft.summary = {"layout": summary["layout"], "list": listed, "removed": removed}
    made = sum(choice.found < 0 for choice in found.shown)
    print(
        f"hotspots: {len(listed)} after {args.file.name}, {made} of them made by hand; {len(found.removed)} left out, "
        f"{len(found.faults)} problems",
        file=sys.stderr,
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        action = "save it as UTF-8"
        raise SourceError(
            "the file of hotspots cannot be used", expected="UTF-8", found=str(error), where=str(path), action=action
        ) from None


def _wishes(entries: list[edited.Entry], items: shown.Shown, vectors: Path) -> list[edited.Wish]:
    """Entries with their images, told by id or by the path or name of an item."""
    images = tables.read(vectors / "images.parquet", tables.IMAGES, ["image"])["image"].combine_chunks()
    names = [name for entry in entries for name in entry.items]
    place = given.places(names, items.items["item"].to_pylist()) if names else np.empty(0, dtype=np.int64)
    by_name = np.where(place >= 0, items.image_row[place], -1)
    ends = np.cumsum([0, *(len(entry.items) for entry in entries)])
    return [_wish(entry, images, by_name[begin:end]) for entry, begin, end in zip(entries, ends, ends[1:], strict=False)]


def _wish(entry: edited.Entry, images: pa.Array, by_name: NDArray[np.int64]) -> edited.Wish:
    found = pa.compute.index_in(pa.array(entry.images, pa.string()), value_set=images)
    rows = np.concatenate([np.asarray(found.fill_null(-1), dtype=np.int64), by_name])
    lost = [told for told, row in zip([*entry.images, *entry.items], rows.tolist(), strict=True) if row < 0]
    return edited.Wish(entry, np.unique(rows[rows >= 0]), tuple(lost))


def _chosen(choice: edited.Choice, entry: dict[str, Any], name: str) -> dict[str, Any]:
    """A hotspot that was found, with its name; a number given by hand is none."""
    label = "" if edited.NUMBERED.fullmatch(choice.label) else choice.label
    tags = {"tags": list(choice.tags)} if choice.tags else {}
    return {**entry, "id": choice.id, "label": label or name or entry["label"], "named": bool(label or name), **tags}


def _made(choice: edited.Choice, of: _Map, first_item: NDArray[np.int64]) -> dict[str, Any]:
    hotspot = clusters.describe(choice.rows, of.positions, of.vectors, of.picture)
    count = int(np.isin(of.image_row, choice.rows).sum())
    entry = _entry(Found(choice.id, count, hotspot, choice.label or choice.id), first_item, -1)
    return _chosen(choice, entry, "")


def _laid_out(
    found: edited.Arranged, of_item: NDArray[np.int32], image_row: NDArray[np.int64]
) -> tuple[NDArray[np.int32], list[NDArray[np.uint32]]]:
    """The hotspot of each item, i32 [N]; and the rows of those shown that it does not tell, then of those removed."""
    place = np.full(of_item.max(initial=-1) + 2, -1, dtype=np.int32)
    for number, choice in enumerate(found.shown):
        if choice.found >= 0:
            place[choice.found] = number
    sets = []
    for choice in [*found.shown, *found.removed]:
        inside = np.isin(image_row, choice.rows) if choice.found < 0 else of_item == choice.found
        told = choice.found >= 0 and place[choice.found] >= 0
        sets.append(np.flatnonzero(inside & (not told)).astype(np.uint32))
    # Of those in none, -1, the last place is read.
    return place[of_item], sets
