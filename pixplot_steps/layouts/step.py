"""The step `layouts`: one command for each layout; all write positions of the shown items, in map units.

Memory: `umap` takes the vectors, the graph and about 1.5 kB for each image; the others some 400 bytes for each item.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps import metric
from pixplot_steps.errors import SourceError
from pixplot_steps.layouts import alphabetical, cells, frame, grid, kept, placed, quality, umap
from pixplot_steps.spec import Umap
from pixplot_steps.store import arrays, commit, given, shown, tables

_SAMPLE_SEED = 1
"""The sample on which layouts are judged is the same for all seeds, so that figures compare."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add a command for each layout."""
    commands = parser.add_subparsers(dest="layout", title="layouts", required=True)
    _configure_umap(commands.add_parser("umap", help="the map: similar pictures lie together"))
    _configure_positions(commands.add_parser("positions", help="positions of one's own instead of the map"))
    _configure_grid(commands.add_parser("grid", help="a grid that keeps the neighbours of a map"))
    _configure_alphabetical(commands.add_parser("alphabetical", help="a grid in alphabetical order"))


def run(args: argparse.Namespace) -> None:
    """Make one layout. Raises MissingPartError and ConfigError."""
    makers: dict[str, Callable[[argparse.Namespace], None]] = {
        "umap": _umap,
        "positions": _positions,
        "grid": _grid,
        "alphabetical": _alphabetical,
    }
    makers[args.layout](args)


def _configure_umap(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--neighbours", type=Path, required=True, metavar="PATH", help="the graph of neighbours")
    parser.add_argument("--n-neighbors", type=int, required=True, metavar="INT", help="neighbours that shape the map, itself counted")
    parser.add_argument("--min-dist", type=float, required=True, metavar="FLOAT", help="how close points may come")
    parser.add_argument("--epochs", type=int, required=True, metavar="INT", help="rounds of descent; 0: by size")
    parser.add_argument("--seed", type=int, required=True, metavar="INT", help="seed of the descent")
    parser.add_argument("--reproducible", choices=("true", "false"), required=True, help="whether two runs must give the same bytes")
    parser.add_argument(
        "--former", type=Path, nargs="*", required=True, metavar="FILE", help="places on the map that this one carries on from"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the layout to write")


def _configure_positions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors, by which the positions are judged")
    parser.add_argument("--file", type=Path, required=True, metavar="PATH", help="the positions, by file name")
    parser.add_argument("--metric", choices=metric.METRICS, required=True, help="what near means between vectors")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the layout to write")


def _configure_grid(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the layout whose neighbours are kept")
    parser.add_argument("--aspect", type=float, required=True, metavar="FLOAT", help="width by height")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the layout to write")


def _configure_alphabetical(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--by", required=True, metavar="TEXT", help="a column, or a role such as title")
    parser.add_argument("--aspect", type=float, required=True, metavar="FLOAT", help="width by height")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the layout to write")


def _umap(args: argparse.Namespace) -> None:
    graph_summary = commit.stamps([args.catalog, args.vectors, args.neighbours])[2].summary
    vectors = arrays.read(args.vectors, "vectors")
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"].combine_chunks()
    graph = umap.Graph(arrays.read(args.neighbours, "indices"), arrays.read(args.neighbours, "distances"))
    fit = kept.Fit(vectors, graph, Umap(args.n_neighbors, args.min_dist, args.epochs), args.seed, args.reproducible == "true")
    found = kept.carry_on(fit, _former(args.former[0], images)) if args.former else kept.afresh(fit)
    measured = _map_quality(metric.to_euclidean(vectors, graph_summary["metric"]), found.places)
    positions = found.places[shown.read(args.catalog, args.vectors, []).image_row]
    summary = {"label": "Map", "kind": "map", "cell": frame.picture_side(positions), "quality": measured, **found.told}
    columns = [images, pa.array(found.places[:, 0]), pa.array(found.places[:, 1])]
    _write(args.out, positions, summary, places=pa.Table.from_arrays(columns, schema=tables.PLACES))


def _former(path: Path, images: pa.Array) -> kept.Former:
    """What the map before says of these images."""
    summary = commit.stamp(path.parent).summary
    table = tables.read(path, tables.PLACES)
    row = pa.compute.index_in(images, value_set=table["image"].combine_chunks())
    known = np.asarray(pa.compute.is_valid(row))
    old = np.column_stack([table["x"], table["y"]]).astype(np.float32)
    return kept.Former(
        known, old[np.asarray(row.filter(row.is_valid()), dtype=np.int64)], summary["unit"], summary["placed"], summary["quality"]
    )


def _positions(args: argparse.Namespace) -> None:
    commit.stamps([args.catalog, args.vectors])
    items = shown.read(args.catalog, args.vectors, [])
    file = given.read(args.file)
    xy = _two_columns(file, args.file)
    names = items.items["item"].to_pylist()
    row = given.rows(file.names, names)
    known = row >= 0
    if not known.any():
        raise SourceError(
            "no picture has a position",
            expected="file names below the folder of pictures, such as " + ", ".join(map(repr, names[:3])),
            found=", ".join(map(repr, file.names[:3])),
            where=str(args.file),
            action="correct the column filename",
        )
    positions = frame.scaled(placed.complete(np.where(known[:, None], xy[row], 0.0), known))
    # Quality is of images; an image that several items show is judged where the first of them lies.
    first = np.unique(items.image_row, return_index=True)[1]
    measured = _map_quality(metric.to_euclidean(arrays.read(args.vectors, "vectors"), args.metric), positions[first])
    faults = _without_position(items.items, known)
    summary = {"label": "Map", "kind": "map", "cell": frame.picture_side(positions), "quality": measured}
    _write(args.out, positions, summary, faults)


def _two_columns(file: given.Given, path: Path) -> NDArray[np.floating]:
    if {"x", "y"} <= set(file.columns):
        return file.values[:, [file.columns.index("x"), file.columns.index("y")]]
    if file.values.shape[1] != 2:
        raise SourceError(
            "positions are not in two dimensions",
            expected="columns x and y, or two columns",
            found=", ".join(file.columns) or f"{file.values.shape[1]} columns",
            where=str(path),
            action="correct the file",
        )
    return file.values


def _without_position(items: pa.Table, known: NDArray[np.bool_]) -> pa.Table:
    lost = sorted(set(items.filter(pa.array(~known))["image"].to_pylist()))
    reason, action = "the file of positions has no row for it; it lies below the map", "add it to the file"
    rows = [{"image": image, "kind": "no position", "reason": reason, "action": action} for image in lost]
    return pa.Table.from_pylist(rows, schema=tables.FAULTS)


def _map_quality(points: NDArray[np.float32], positions: NDArray[np.float32]) -> dict[str, Any] | None:
    from threadpoolctl import threadpool_limits

    # One BLAS thread: how a product is divided among threads must not change its last bits.
    with threadpool_limits(1, user_api="blas"):
        found = quality.of_map(points, positions, quality.sample(len(points), _SAMPLE_SEED))
    if found is None:
        return None
    return {
        "trustworthiness": round(found.trustworthiness, 4),
        "neighbours_kept": round(found.neighbours_kept, 4),
        "sample": found.sample,
    }


def _grid(args: argparse.Namespace) -> None:
    commit.stamps([args.map])
    points = arrays.read(args.map, "positions")
    shape = cells.rectangle(len(points), args.aspect)
    positions = cells.centres(grid.assign(points, shape), shape)
    rows = quality.sample(len(points), _SAMPLE_SEED)
    kept = quality.kept_by_grid(points, positions, rows)
    measured = None if kept is None else {"neighbours_kept": round(kept, 4), "sample": len(rows)}
    _write(args.out, positions, {"label": "Grid", "kind": "grid", "cell": shape.spacing, "quality": measured})


def _alphabetical(args: argparse.Namespace) -> None:
    commit.stamps([args.catalog, args.vectors])
    column = _find_column(args.catalog / "items.parquet", args.by)
    items = shown.read(args.catalog, args.vectors, [] if column is None else [column]).items
    order = alphabetical.order(_values(items, column), items["item"].to_pylist())
    shape = cells.rectangle(len(order), args.aspect)
    positions = np.empty((len(order), 2), dtype=np.float32)
    positions[order] = cells.centres(np.arange(len(order)), shape)
    _write(args.out, positions, {"label": "A to Z", "kind": "grid", "cell": shape.spacing, "quality": None})


def _find_column(path: Path, by: str) -> str | None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    if by in schema.names:
        return by
    with_role = [field.name for field in schema if (field.metadata or {}).get(b"role") == by.encode()]
    return with_role[0] if with_role else None


def _values(items: pa.Table, column: str | None) -> list[str | float | None]:
    if column is None:
        return [None] * items.num_rows
    values = items[column]
    if pa.types.is_list(values.type):
        values = pc.binary_join(values, " ")
    listed: list[str | float | None] = values.to_pylist()
    return listed


def _write(
    out: Path, positions: NDArray[np.float32], summary: dict[str, Any], problems: pa.Table | None = None, places: pa.Table | None = None
) -> None:
    with commit.folder(out) as draft:
        arrays.write(draft.path, "positions", positions)
        if places is not None:
            tables.write(draft.path / "places.parquet", places, tables.PLACES)
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table() if problems is None else problems, tables.FAULTS)
        draft.rows = len(positions)
        draft.summary = summary
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in (summary["quality"] or {}).items())
    print(f"layouts: {summary['label']}, {len(positions)} items" + (f", {told}" if told else ""), file=sys.stderr)
