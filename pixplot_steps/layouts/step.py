"""The step `layouts`: one command for each layout; all write positions of the shown items, in map units, and their marks.

A layout is a module that computes, a function here that reads and writes, a line in `_LAYOUTS`, and a rule.

Memory: `umap` takes the vectors, the graph and about 1 kB for each image; the others some 400 bytes for each item.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pixplot_steps import metric, spec
from pixplot_steps.errors import SourceError
from pixplot_steps.layouts import (
    alphabetical,
    axes,
    boxes,
    cells,
    colour,
    events,
    frame,
    geography,
    geojson,
    grid,
    jitter,
    kept,
    marks,
    placed,
    quality,
    similarity,
    timeline,
    tsne,
    umap,
)
from pixplot_steps.spec import Umap
from pixplot_steps.store import arrays, commit, given, shown, tables

_SAMPLE_SEED = 1
"""The sample on which layouts are judged is the same for all seeds, so that figures compare."""

T = TypeVar("T")

_PLANE = 2
"""Dimensions that the page shows."""

_LINE_ASPECT = 1.8
"""Width by height of a t-SNE of one component."""

_WIDE = 120
"""Degrees of longitude, or half as many of latitude, beyond which the coarse coasts are enough."""

_PER_DEGREE = 100.0
"""world.npz counts in hundredths of a degree."""


_FLAGS: dict[str, dict[str, Any]] = {
    "--catalog": {"type": Path, "metavar": "DIR", "help": "the catalogue"},
    "--vectors": {"type": Path, "metavar": "PATH", "help": "the vectors"},
    "--images": {"type": Path, "metavar": "DIR", "help": "folder of the ingested shards"},
    "--map": {"type": Path, "metavar": "PATH", "help": "the layout whose neighbours are kept"},
    "--neighbours": {"type": Path, "metavar": "PATH", "help": "the graph of neighbours"},
    "--mask": {"metavar": "FIGURE", "help": "rectangle, circle, hexagon, or the path of a picture"},
    "--decay": {"type": float, "metavar": "FLOAT", "help": "of the radius, in (0, 1)"},
    "--perplexity": {"type": float, "metavar": "FLOAT", "help": "how many neighbours count"},
    "--components": {"type": int, "metavar": "INT", "help": "dimensions"},
    "--n-neighbors": {"type": int, "metavar": "INT", "help": "neighbours that shape it, itself counted"},
    "--min-dist": {"type": float, "metavar": "FLOAT", "help": "how close points may come"},
    "--epochs": {"type": int, "metavar": "INT", "help": "rounds of descent; 0: by size"},
    "--seed": {"type": int, "metavar": "INT", "help": "of everything random"},
    "--reproducible": {"choices": ("true", "false"), "help": "whether two runs must give the same bytes"},
    "--file": {"type": Path, "metavar": "PATH", "help": "the positions, by file name"},
    "--metric": {"choices": metric.METRICS, "help": "what near means between vectors"},
    "--by": {"type": json.loads, "metavar": "JSON", "help": "list of the columns it is made from"},
    "--unit": {"choices": tuple(timeline.YEARS), "help": "of a column of dates"},
    "--captions": {"nargs": "*", "type": Path, "metavar": "PATH", "help": "table of what happened in which year, or none"},
    "--order": {"choices": colour.ORDERS, "help": "of colours"},
    "--outlines": {"nargs": "*", "metavar": "PATH", "help": "world, and GeoJSON files"},
    "--fill": {"type": float, "metavar": "FLOAT", "help": "share of the cells filled, at most"},
    "--farthest": {"type": float, "metavar": "FLOAT", "help": "how far a picture may move, as a share of the map's width"},
    "--aspect": {"type": float, "metavar": "FLOAT", "help": "width by height"},
    "--out": {"type": Path, "metavar": "PATH", "help": "the layout to write"},
}
"""The flags that layouts share, by name; none has a default."""


@dataclass(frozen=True)
class _Layout:
    """A command: what `--help` says of it, its flags besides --out, and what makes it."""

    help: str
    flags: tuple[str, ...]
    make: Callable[[argparse.Namespace], None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add a command for each layout."""
    commands = parser.add_subparsers(dest="layout", title="layouts", required=True)
    _configure_umap(commands.add_parser("umap", help="the map: similar pictures lie together"))
    _configure_variants(commands.add_parser("variants", help="the map by other parameters"))
    for name, layout in _LAYOUTS.items():
        command = commands.add_parser(name, help=layout.help)
        for flag in (*layout.flags, "--out"):
            command.add_argument(flag, required=True, **_FLAGS[flag])


def run(args: argparse.Namespace) -> None:
    """Make one layout. Raises MissingPartError, SourceError and ConfigError."""
    own = {"umap": _umap, "variants": _variants}
    make = own.get(args.layout) or _LAYOUTS[args.layout].make
    make(args)


def _configure_umap(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--neighbours", type=Path, required=True, metavar="PATH", help="the graph of neighbours")
    parser.add_argument("--n-neighbors", type=int, required=True, metavar="INT", help="neighbours that shape the map, itself counted")
    parser.add_argument("--min-dist", type=float, required=True, metavar="FLOAT", help="how close points may come")
    parser.add_argument("--epochs", type=int, required=True, metavar="INT", help="rounds of descent; 0: by size")
    parser.add_argument("--labels", type=json.loads, required=True, metavar="JSON", help="list of the column of labels, or of none")
    parser.add_argument("--label-weight", type=float, required=True, metavar="FLOAT", help="how much labels count, in (0, 1]")
    parser.add_argument("--seed", type=int, required=True, metavar="INT", help="seed of the descent")
    parser.add_argument("--reproducible", choices=("true", "false"), required=True, help="whether two runs must give the same bytes")
    parser.add_argument(
        "--former", type=Path, nargs="*", required=True, metavar="FILE", help="places on the map that this one carries on from"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the layout to write")


def _configure_variants(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--vectors", type=Path, required=True, metavar="PATH", help="the vectors")
    parser.add_argument("--neighbours", type=Path, required=True, metavar="PATH", help="the graph of neighbours")
    parser.add_argument("--map", type=Path, required=True, metavar="PATH", help="the map that they start from")
    parser.add_argument(
        "--wanted", type=_wanted, nargs="+", required=True, metavar="JSON", help="parameters of the map, then of each variant"
    )
    parser.add_argument("--labels", type=json.loads, required=True, metavar="JSON", help="list of the column of labels, or of none")
    parser.add_argument("--label-weight", type=float, required=True, metavar="FLOAT", help="how much labels count, in (0, 1]")
    parser.add_argument("--seed", type=int, required=True, metavar="INT", help="seed of the descent")
    parser.add_argument("--reproducible", choices=("true", "false"), required=True, help="whether two runs must give the same bytes")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the variants to write")


def _wanted(text: str) -> Umap:
    return Umap(**json.loads(text))


def _variants(args: argparse.Namespace) -> None:
    graph_summary = commit.stamps([args.catalog, args.vectors, args.neighbours, args.map])[2].summary
    vectors = arrays.read(args.vectors, "vectors")
    table = tables.read(args.map / "places.parquet", tables.PLACES)
    start = np.column_stack([table["x"], table["y"]]).astype(np.float32)
    graph = umap.Graph(arrays.read(args.neighbours, "indices"), arrays.read(args.neighbours, "distances"))
    labels, image_row = _labels(args)
    base, *others = args.wanted
    with commit.folder(args.out) as draft:
        described = []
        for number, wanted in enumerate(others):
            places = kept.variant(kept.Fit(vectors, graph, wanted, args.seed, args.reproducible == "true", labels.given), start)
            measured = _map_quality(metric.to_euclidean(vectors, graph_summary["metric"]), places)
            arrays.write(draft.path, f"positions_{number}", places[image_row])
            described.append({**_pair(wanted), "cell": frame.picture_side(places[image_row]), "quality": measured})
            print(f"layouts: Map by {wanted.n_neighbors} neighbours, distance {wanted.min_dist}, {len(image_row)} items", file=sys.stderr)
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
        draft.rows = len(image_row)
        draft.summary = {"label": "Map", "kind": "map", "base": _pair(base), "variants": described}


def _pair(wanted: Umap) -> dict[str, Any]:
    return {"n_neighbors": wanted.n_neighbors, "min_dist": wanted.min_dist}


def _umap(args: argparse.Namespace) -> None:
    graph_summary = commit.stamps([args.catalog, args.vectors, args.neighbours])[2].summary
    vectors = arrays.read(args.vectors, "vectors")
    images = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["image"])["image"].combine_chunks()
    graph = umap.Graph(arrays.read(args.neighbours, "indices"), arrays.read(args.neighbours, "distances"))
    labels, image_row = _labels(args)
    wanted = Umap(args.n_neighbors, args.min_dist, args.epochs)
    fit = kept.Fit(vectors, graph, wanted, args.seed, args.reproducible == "true", labels.given)
    found = kept.carry_on(fit, _former(args.former[0], images, labels)) if args.former else kept.afresh(fit)
    measured = _map_quality(metric.to_euclidean(vectors, graph_summary["metric"]), found.places)
    positions, near = found.places[image_row], quality.near(graph.indices, found.places)[image_row]
    summary = {"label": "Map", "kind": "map", "cell": frame.picture_side(positions), "quality": measured, **found.told}
    if labels.given:
        summary["supervised"] = {"column": args.labels[0], "weight": args.label_weight}
    places = pa.Table.from_arrays([images, pa.array(found.places[:, 0]), pa.array(found.places[:, 1])], schema=tables.PLACES)
    _write(args.out, positions, summary, near=near, places=places.append_column("label", labels.texts) if labels.given else places)


@dataclass(frozen=True)
class _Labels:
    """The label of each image: `texts` [M], null for none; and the same for UMAP, None where there is no column of them."""

    texts: pa.Array
    given: umap.Labels | None


def _labels(args: argparse.Namespace) -> tuple[_Labels, NDArray[np.int64]]:
    """The labels of images, of several items the first's; and the image of each item shown."""
    items = shown.read(args.catalog, args.vectors, args.labels)
    if not args.labels:
        return _Labels(pa.nulls(0, pa.string()), None), items.image_row
    said = pc.utf8_trim_whitespace(_texts(items.items[args.labels[0]]).cast(pa.string())).combine_chunks().take(items.first_items)
    # A blank is no label: PixPlot took it for one of its own.
    texts = pc.if_else(pc.equal(said, ""), pa.scalar(None, pa.string()), said)
    of = np.asarray(texts.dictionary_encode().indices.fill_null(-1), dtype=np.int64)
    return _Labels(texts, umap.Labels(of, args.label_weight)), items.image_row


def _former(path: Path, images: pa.Array, labels: _Labels) -> kept.Former:
    """What the map before says of these images."""
    summary = commit.stamp(path.parent).summary
    table = tables.read(path, tables.PLACES)
    row = pa.compute.index_in(images, value_set=table["image"].combine_chunks())
    known = np.asarray(pa.compute.is_valid(row))
    old = np.column_stack([table["x"], table["y"]]).astype(np.float32)[np.asarray(row.drop_null(), dtype=np.int64)]
    relabelled = False
    if labels.given:
        before = table["label"].combine_chunks().take(row.drop_null())
        relabelled = not before.equals(labels.texts.filter(row.is_valid()))
    return kept.Former(known, old, summary["scale"], summary["placed"], summary["quality"], relabelled)


def _positions(args: argparse.Namespace) -> None:
    commit.stamps([args.catalog, args.vectors, args.neighbours])
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
    first = items.first_items
    measured = _map_quality(metric.to_euclidean(arrays.read(args.vectors, "vectors"), args.metric), positions[first])
    faults = _without_position(items.items, known)
    summary = {"label": "Map", "kind": "map", "cell": frame.picture_side(positions), "quality": measured}
    near = quality.near(arrays.read(args.neighbours, "indices"), positions[first])[items.image_row]
    _write(args.out, positions, summary, faults, near=near)


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
    found = _one_thread(quality.of_map, points, positions, quality.sample(len(points), _SAMPLE_SEED))
    if found is None:
        return None
    return {
        "trustworthiness": round(found.trustworthiness, 4),
        "neighbours_kept": round(found.neighbours_kept, 4),
        "sample": found.sample,
    }


def _one_thread(measure: Callable[..., T], *parts: NDArray[Any]) -> T:
    """What is measured with one BLAS thread: how a product is divided among threads must not change its last bits."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        return measure(*parts)


def _tsne(args: argparse.Namespace) -> None:
    graph_summary = commit.stamps([args.catalog, args.vectors, args.neighbours])[2].summary
    vectors = arrays.read(args.vectors, "vectors")
    graph = umap.Graph(arrays.read(args.neighbours, "indices"), arrays.read(args.neighbours, "distances"))
    jobs = 1 if args.reproducible == "true" else -1
    embedded = tsne.embed(vectors, graph, args.perplexity, args.components, args.seed, jobs)
    image_row = shown.read(args.catalog, args.vectors, []).image_row
    summary: dict[str, Any] = {"label": f"t-SNE, perplexity {args.perplexity:g}"}
    if args.components == 1:
        places = tsne.stacked(embedded[image_row, 0], _LINE_ASPECT)
        framed = frame.around(places, 1.0)
        summary |= {"kind": "grid", "cell": framed.scale, "quality": None}
        _write(args.out, framed.positions(places), summary)
        return
    deep = frame.scaled(frame.spread_out(embedded)) if args.components > _PLANE else None
    placed_ = frame.scaled(frame.gathered(embedded) if deep is None else deep[:, :_PLANE])
    measured = _map_quality(metric.to_euclidean(vectors, graph_summary["metric"]), placed_)
    positions, near = placed_[image_row], quality.near(graph.indices, placed_)[image_row]
    summary |= {"kind": "map", "cell": frame.picture_side(positions), "quality": measured}
    _write(args.out, positions, summary, near=near, deep=None if deep is None else deep[image_row])


def _space(args: argparse.Namespace) -> None:
    commit.stamps([args.vectors, args.neighbours])
    vectors = arrays.read(args.vectors, "vectors")
    graph = umap.Graph(arrays.read(args.neighbours, "indices"), arrays.read(args.neighbours, "distances"))
    wanted = Umap(args.n_neighbors, args.min_dist, args.epochs)
    found = umap.embed(vectors, graph, wanted, args.seed, args.reproducible == "true", components=args.components)
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "coordinates", frame.scaled(found))
        draft.rows = len(found)
        draft.summary = {"components": args.components}
    print(f"layouts: {len(found)} images in {args.components} dimensions", file=sys.stderr)


def _grid(args: argparse.Namespace) -> None:
    commit.stamps([args.map, args.catalog, args.vectors])
    points = arrays.read(args.map, "positions")
    shape, filled = _cells(len(points), args)
    positions = cells.centres(grid.assign(points, shape, filled), shape)
    rows = quality.sample(len(points), _SAMPLE_SEED)
    measured = _grid_quality(quality.kept_by_grid(points, positions, rows), _points(args), positions, rows, shape.spacing)
    _write(args.out, positions, {"label": "Grid", "kind": "grid", "cell": shape.spacing, "quality": measured})


def _cells(items: int, args: argparse.Namespace) -> tuple[cells.Rectangle, NDArray[np.bool_]]:
    if args.mask == "rectangle":
        shape = cells.rectangle(items, args.aspect)
        return shape, cells.full(shape, items)
    figures = {"circle": cells.circle, "hexagon": cells.hexagon}
    inside = figures[args.mask] if args.mask in figures else cells.bitmap(_dark(Path(args.mask)))
    return cells.masked(items, args.aspect, inside)


def _dark(path: Path) -> NDArray[np.bool_]:
    """The pixels of a picture that are more than half opaque and less than half light."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            light, alpha = (np.asarray(picture.convert("RGBA").convert("LA").getchannel(i)) for i in (0, 1))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise _mask_fault(path, "a picture", str(error)) from None
    dark: NDArray[np.bool_] = (alpha > 127) & (light < 128)
    if not dark.any():
        raise _mask_fault(path, "a picture with a dark part, which is filled", "none")
    return dark


def _mask_fault(path: Path, expected: str, found: str) -> SourceError:
    action = "correct layouts.grid.mask"
    return SourceError("the mask of the grid cannot be used", expected=expected, found=found, where=str(path), action=action)


def _similarity(args: argparse.Namespace) -> None:
    commit.stamps([args.catalog, args.vectors])
    points = _points(args)
    shape = cells.rectangle(len(points), args.aspect)
    positions = cells.centres(similarity.assign(points, shape, args.decay, args.seed), shape)
    rows = quality.sample(len(points), _SAMPLE_SEED)
    measured = _grid_quality(_one_thread(quality.kept_of_features, points, positions, rows), points, positions, rows, shape.spacing)
    _write(args.out, positions, {"label": "Grid by likeness", "kind": "grid", "cell": shape.spacing, "quality": measured})


def _points(args: argparse.Namespace) -> NDArray[np.float32]:
    """The shown items' vectors, so that Euclidean distances are those of the metric."""
    vectors = metric.to_euclidean(arrays.read(args.vectors, "vectors"), args.metric)
    return np.asarray(vectors[shown.read(args.catalog, args.vectors, []).image_row], dtype=np.float32)


def _grid_quality(
    share: float | None, points: NDArray[np.float32], positions: NDArray[np.float32], rows: NDArray[np.int64], spacing: float
) -> dict[str, Any] | None:
    if share is None:
        return None
    preserved = quality.distance_preservation(points, positions, spacing, quality.few(rows))
    measured = {"neighbours_kept": round(share, 4), "sample": len(rows)}
    return measured | ({} if preserved is None else {"dpq16": round(preserved, 4)})


def _jitter(args: argparse.Namespace) -> None:
    commit.stamps([args.map])
    # The map is two units wide.
    made = jitter.arrange(arrays.read(args.map, "positions"), args.fill, 2 * args.farthest)
    moved = {"moved_median": round(float(np.median(made.moved)) / 2, 4), "moved_most": round(float(made.moved.max()) / 2, 4)}
    _write(args.out, made.positions, {"label": "Map without overlaps", "kind": "grid", "cell": made.cell, "quality": moved})


def _date(args: argparse.Namespace) -> None:
    column = spec.years_of(args.by[0])
    years = tables.years(_shown(args, [column]).items[column])
    noted = tuple(event for path in args.captions for event in _events(path))
    _arranged(args, "Date", "grid", timeline.arrange(years, args.unit, args.aspect, noted), unit=args.unit)


def _category(args: argparse.Namespace) -> None:
    items = _shown(args, args.by).items
    _arranged(args, "Categories", "grid", boxes.arrange(boxes.grouped(items[args.by[0]]), args.aspect))


def _geographic(args: argparse.Namespace) -> None:
    items = _shown(args, args.by).items
    lat, lng = (_numbers(items[name]) for name in args.by)
    outlines = _outlines(args.outlines, lat, lng)
    _arranged(args, "Places", "map", geography.arrange(lat, lng, outlines))


def _axes(args: argparse.Namespace) -> None:
    schema = pq.read_schema(args.catalog / "items.parquet")
    dates = [name for name in args.by if schema.field(name).type != pa.float64()]
    items = _shown(args, [spec.years_of(name) if name in dates else name for name in args.by]).items
    x, y = (axes.Axis(_middles(items, name) if name in dates else _numbers(items[name]), _label(schema, name)) for name in args.by)
    _arranged(args, "Axes", "map", axes.arrange(x, y))


def _custom(args: argparse.Namespace) -> None:
    items = _shown(args, args.by).items
    _arranged(args, "Own positions", "map", placed.arrange(np.column_stack([_numbers(items[name]) for name in args.by])))


def _colour(args: argparse.Namespace) -> None:
    commit.stamps([args.catalog, args.vectors])
    colours = _of_images(args, "colour")[_shown(args, []).image_row]
    label = "Colour" if args.order == "hue" else "Lightness"
    _arranged(args, label, "grid", colour.arrange(colours, args.order, args.aspect), unit=args.order)


def _alphabetical(args: argparse.Namespace) -> None:
    items = _shown(args, args.by).items
    column = _texts(items[args.by[0]]) if args.by else pa.chunked_array([pa.nulls(items.num_rows, pa.string())])
    _arranged(args, "A to Z", "grid", alphabetical.arrange(column, items["item"], args.aspect))


_OF_GRAPH = ("--catalog", "--vectors", "--neighbours")
_OF_VECTORS = ("--catalog", "--vectors", "--metric")

_LAYOUTS = {
    "positions": _Layout("positions of one's own instead of the map", (*_OF_GRAPH, "--file", "--metric"), _positions),
    "jitter": _Layout("a map with its overlaps removed", ("--map", "--fill", "--farthest"), _jitter),
    "tsne": _Layout("the map by another method", (*_OF_GRAPH, "--perplexity", "--components", "--seed", "--reproducible"), _tsne),
    "space": _Layout(
        "the map in more dimensions, which no page shows",
        ("--vectors", "--neighbours", "--components", "--n-neighbors", "--min-dist", "--epochs", "--seed", "--reproducible"),
        _space,
    ),
    "grid": _Layout("a grid that keeps the neighbours of a map", ("--map", *_OF_VECTORS, "--aspect", "--mask"), _grid),
    "similarity": _Layout("a grid by likeness itself", (*_OF_VECTORS, "--aspect", "--decay", "--seed"), _similarity),
    "date": _Layout("columns of dates", ("--catalog", "--vectors", "--by", "--unit", "--aspect", "--captions"), _date),
    "category": _Layout("a box for each category", ("--catalog", "--vectors", "--by", "--aspect"), _category),
    "geographic": _Layout("places, with outlines", ("--catalog", "--vectors", "--by", "--outlines"), _geographic),
    "axes": _Layout("two columns of numbers as axes", ("--catalog", "--vectors", "--by"), _axes),
    "custom": _Layout("positions that the metadata gives", ("--catalog", "--vectors", "--by"), _custom),
    "colour": _Layout("a grid by colour", ("--catalog", "--vectors", "--images", "--order", "--aspect"), _colour),
    "alphabetical": _Layout("a grid in alphabetical order", ("--catalog", "--vectors", "--by", "--aspect"), _alphabetical),
}
"""All layouts but the map and its variants, whose flags are their own."""


def _shown(args: argparse.Namespace, columns: list[str]) -> shown.Shown:
    commit.stamps([args.catalog, args.vectors])
    return shown.read(args.catalog, args.vectors, columns)


def _numbers(values: pa.ChunkedArray) -> NDArray[np.float64]:
    """Numbers f64 [N], NaN where not given."""
    return np.asarray(values.cast(pa.float64()).fill_null(np.nan), dtype=np.float64)


def _texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join(values, " ") if pa.types.is_list(values.type) else values


def _middles(items: pa.Table, column: str) -> NDArray[np.float64]:
    years = tables.years(items[spec.years_of(column)]).astype(np.float64)
    return np.where(years[:, 0] <= years[:, 1], years.mean(axis=1), np.nan)


def _label(schema: pa.Schema, column: str) -> str:
    said: dict[bytes, bytes] = schema.field(column).metadata or {}
    return said.get(b"label", column.encode()).decode()


def _of_images(args: argparse.Namespace, name: str) -> NDArray[Any]:
    """An array of the ingested shards, in the order of the vectors."""
    table = tables.read(args.vectors / "images.parquet", tables.IMAGES, ["shard", "row"])
    rows = np.asarray(table["row"], dtype=np.int64)
    shards = table["shard"].combine_chunks().dictionary_encode()
    of = np.asarray(shards.indices)
    parts = [arrays.read(args.images / f"{shard}.zarr", name)[rows[of == i]] for i, shard in enumerate(shards.dictionary.to_pylist())]
    # The vectors go shard by shard, so that the parts are in their order.
    return np.concatenate(parts)


def _outlines(sources: list[str], lat: NDArray[np.float64], lng: NDArray[np.float64]) -> marks.Lines:
    found: list[NDArray[np.float64]] = []
    for source in sources:
        found += _world(lat, lng) if source == "world" else _geojson(Path(source))
    return marks.lines_of(found)


def _world(lat: NDArray[np.float64], lng: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Coasts: the coarse ones for much of the world, the finer ones for a part of it."""
    wide = np.isfinite(lng).any() and max(np.nanmax(lng) - np.nanmin(lng), 2 * (np.nanmax(lat) - np.nanmin(lat))) > _WIDE
    name = "land_110m" if wide else "land_50m"
    with np.load(Path(__file__).with_name("world.npz"), allow_pickle=False) as file:
        return np.split(file[name] / _PER_DEGREE, file[f"{name}_ends"][:-1])


def _geojson(path: Path) -> list[NDArray[np.float64]]:
    try:
        return list(geojson.lines(json.loads(path.read_bytes())))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            "outlines cannot be read",
            expected="GeoJSON: a feature, a collection of features, or a geometry",
            found=str(error),
            where=str(path),
            action="correct the file, or layouts.geographic.outlines",
        ) from None


def _events(path: Path) -> tuple[events.Event, ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restval="")
            if not {"year", "title"} <= {*(rows.fieldnames or [])}:
                raise ValueError(f"the columns {', '.join(rows.fieldnames or ['none'])}")
            return events.read(rows)
    except events.NotAYearError as error:
        expected, found = "a year in each row, such as 1888 or -44", str(error)
    except (ValueError, csv.Error) as error:
        expected, found = "CSV in UTF-8 with the columns year and title, and perhaps text and extra", str(error)
    raise SourceError(
        "the captions of the dates cannot be read",
        expected=expected,
        found=found,
        where=str(path),
        action="correct the file, or layouts.date.captions",
    )


def _arranged(args: argparse.Namespace, label: str, kind: str, made: marks.Arranged, unit: str = "") -> None:
    columns = list(getattr(args, "by", []))
    summary = {"label": label, "kind": kind, "cell": made.cell, "quality": None, "columns": columns, "variant": unit or None}
    _write(args.out, made.positions, summary, made=made)


def _write(
    out: Path,
    positions: NDArray[np.float32],
    summary: dict[str, Any],
    problems: pa.Table | None = None,
    made: marks.Arranged | None = None,
    near: NDArray[np.uint8] | None = None,
    places: pa.Table | None = None,
    deep: NDArray[np.float32] | None = None,
) -> None:
    with commit.folder(out) as draft:
        arrays.write(draft.path, "positions", positions)
        if deep is not None:
            arrays.write(draft.path, "positions3", deep)
        if places is not None:
            tables.write(draft.path / "places.parquet", places, tables.PLACES)
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table() if problems is None else problems, tables.FAULTS)
        if near is not None:
            arrays.write(draft.path, "near", near)
        if made and made.labels:
            tables.write(
                draft.path / "labels.parquet", pa.Table.from_pylist([asdict(one) for one in made.labels], tables.LABELS), tables.LABELS
            )
        if made and made.notes:
            noted = pa.Table.from_pylist([asdict(one) for one in made.notes], tables.EVENTS)
            tables.write(draft.path / "events.parquet", noted, tables.EVENTS)
        if made and len(made.lines.ends):
            arrays.write(draft.path, "lines", made.lines.points.astype(np.float32))
            arrays.write(draft.path, "line_ends", made.lines.ends.astype(np.uint32))
        draft.rows = len(positions)
        marked = {"labels": len(made.labels), "lines": len(made.lines.ends)} if made else {}
        marked |= {"events": len(made.notes)} if made and made.notes else {}
        draft.summary = {**summary, **marked, "near": near is not None} | ({} if deep is None else {"deep": True})
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in (summary["quality"] or {}).items())
    print(f"layouts: {summary['label']}, {len(positions)} items" + (f", {told}" if told else ""), file=sys.stderr)
