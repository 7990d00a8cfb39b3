"""The step `site`: gathers everything into a folder that any static host can serve, and updates it in place.

What is new is written first, then the page, then the manifest; what is old goes last. So a visitor sees the old site or the
new one, whenever this is killed, and an updated folder is byte for byte one that was made from scratch.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import digest, stories
from pixplot_steps.errors import DamagedError, SiteError
from pixplot_steps.site import (
    coarse,
    folder,
    gather,
    hashed,
    iiif,
    look,
    manifest,
    report,
    rights,
    search,
    services,
    similar,
    slides,
    stacks,
    table,
    terms,
)
from pixplot_steps.store import arrays, commit, ledger, lineage, lock, shown, tables

Json = dict[str, Any]

_EXAMPLES = 3
_ADVICE = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--catalog", type=Path, required=True, help="folder of the catalogue")
    parser.add_argument("--images", type=Path, required=True, help="folder of the ingested shards")
    parser.add_argument("--vectors", type=Path, nargs="+", required=True, help="vectors of each model, which say which images are shown")
    parser.add_argument("--features", type=Path, nargs="+", required=True, help="folder of the shards' features, of each model")
    parser.add_argument("--neighbours", type=Path, nargs="+", required=True, help="graph of neighbours, of each model")
    parser.add_argument(
        "--layouts", type=_named_path, nargs="+", required=True, metavar="NAME=PATH", help="layouts; the first is shown first"
    )
    parser.add_argument(
        "--spaces", type=_named_path, nargs="*", required=True, metavar="NAME=PATH", help="the same maps in three dimensions"
    )
    parser.add_argument("--hotspots", type=Path, nargs="+", required=True, help="hotspots of each model's map")
    parser.add_argument("--names", type=Path, nargs="+", required=True, help="names of the hotspots of each model's map")
    parser.add_argument(
        "--edited", type=Path, nargs="*", required=True, help="the first ones as a person wants them, where there is a file"
    )
    parser.add_argument("--atlas-plan", type=Path, required=True, help="plan of the atlas")
    parser.add_argument("--atlas-pages", type=Path, nargs="*", required=True, help="groups of atlas pages, in order")
    parser.add_argument("--deepzoom", type=_named_path, nargs="*", required=True, metavar="NAME=PATH", help="deep zooms of layouts")
    parser.add_argument("--mosaics", type=_named_path, nargs="*", required=True, metavar="NAME=PATH", help="mosaics of layouts")
    parser.add_argument("--viewer", type=Path, required=True, help="the built viewer")
    parser.add_argument("--title", required=True, help="title of the page")
    parser.add_argument("--description", required=True, help="a sentence on the collection")
    parser.add_argument("--credit", required=True, help="who is to be named for the pictures, or nothing")
    parser.add_argument("--licence", required=True, help="what may be done with the pictures, or nothing")
    parser.add_argument("--licence-url", required=True, help="where the licence can be read, or nothing")
    parser.add_argument("--gzip", type=json.loads, required=True, help="write compressed copies too: true or false")
    parser.add_argument("--address", required=True, help="where the site will be on the web, or nothing: no IIIF manifests then")
    parser.add_argument("--stories", required=True, help="file of stories, or nothing")
    parser.add_argument("--logo", required=True, help="picture file of the collection's sign, or nothing")
    parser.add_argument("--light", required=True, help="accent on light ground, #rrggbb")
    parser.add_argument("--dark", required=True, help="accent on dark ground, #rrggbb")
    parser.add_argument("--opening", required=True, help="what the address has after its # for the view that opens, or nothing")
    parser.add_argument("--alt", required=True, help="column that says what is on a picture without a title, or nothing")
    parser.add_argument("--data-from", nargs="*", required=True, help="places whose collections the page may show")
    parser.add_argument("--record", type=Path, required=True, help="file that remembers which shards' pictures the site has")
    parser.add_argument("--plan", required=True, help="the plan's name of the site")
    parser.add_argument("--made", type=Path, required=True, help="file that remembers the plan's name of the site")
    parser.add_argument("--lineage", type=Path, required=True, help="file that remembers what was shown, for later maps to carry on from")
    parser.add_argument("--shown", type=lineage.given, required=True, help="JSON list of what is shown now and carried on from")
    parser.add_argument("--problems", type=Path, required=True, help="table of all problems to write")
    parser.add_argument("--report", type=Path, required=True, help="folder of what a report of the run shows")
    parser.add_argument("--out", type=Path, required=True, help="folder of the site")


def run(args: argparse.Namespace) -> None:
    """Write or update the site, and tell what was left out; another one that is at work on it is waited for."""
    with lock.alone(args.out.with_name(f".{args.out.name}.lock")):
        _update(args)


def _update(args: argparse.Namespace) -> None:
    viewer = _viewer_files(args.viewer)
    folder.check_owner(args.out)
    _check_parts(args)
    site = _Site(args.out)
    items = shown.read(args.catalog, args.vectors[0])
    found = list(gather.parts(args.vectors[0], args.images))
    pictures = _write_pictures(site, found, args.record)
    problems = _problems(args, items.items.column_names)
    parts = _write_data(site, args, items, pictures, problems)
    origins = services.origins(_services(items.items))
    for name, path in viewer:
        data = path.read_bytes()
        site.write(name, services.allowed(data, origins, args.data_from) if name == "index.html" else data)
    _write_iiif(site, args, items, found, parts)
    if args.gzip:
        _write_compressed(site)
    lineage.record(args.lineage, args.shown)
    told = manifest.value(parts)
    folder.write_manifest(args.out, commit.json_text(told))
    folder.write_record(args.record, _digests(found))
    ledger.write_made(args.made, args.plan)
    folder.sweep(args.out, site.named | {folder.MANIFEST})
    with commit.file(args.problems) as draft:
        tables.write(draft, problems, tables.PROBLEMS)
    _write_report(args, items, found, told, problems)
    _tell(args, parts, problems)


@dataclass
class _Site:
    """The folder, and the names of all that was written or found right in it."""

    root: Path
    named: set[str] = field(default_factory=set)

    def write(self, name: str, data: bytes | memoryview) -> None:
        folder.write(self.root, name, data)
        self.named.add(name)

    def fixed(self, name: str, data: memoryview) -> None:
        """A file whose name says what it was made from, so that its length is enough to know it by."""
        folder.write_hashed(self.root, name, data)
        self.named.add(name)

    def hashed(self, file: hashed.Hashed) -> dict[str, Any]:
        folder.write_hashed(self.root, file.path, file.data)
        self.named.add(file.path)
        return file.reference


def _named_path(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if not name or not path:
        raise argparse.ArgumentTypeError(f"expected NAME=PATH, found {text!r}")
    return name, Path(path)


def _viewer_files(viewer: Path) -> list[tuple[str, Path]]:
    """Names and paths of the viewer's files, its page last, since it names the others."""
    if not (viewer / "index.html").is_file():
        raise SiteError(
            "the viewer is not built",
            expected="index.html and assets/",
            found="no index.html",
            where=str(viewer),
            action="run `make viewer`, then the same command again",
        )
    files = [(path.relative_to(viewer).as_posix(), path) for path in sorted(viewer.rglob("*")) if path.is_file()]
    return sorted(files, key=lambda file: file[0] == "index.html")


def _check_parts(args: argparse.Namespace) -> None:
    commit.stamps(
        [
            *args.vectors,
            *args.neighbours,
            *(path for _, path in (*args.layouts, *args.spaces)),
            *args.hotspots,
            *args.names,
            *args.edited,
            args.atlas_plan,
            *args.atlas_pages,
            *(part for _, path in args.deepzoom for part in (*(path / "tiles").iterdir(), path / "top.zarr")),
            *(path for _, path in args.mosaics),
        ]
    )


def _write_pictures(site: _Site, found: list[gather.Part], record: Path) -> manifest.Pictures:
    """Write the pictures of shards that the site has not; of the others, only files that are gone or have another length."""
    digests = _digests(found)
    written = {name: made for name, made in folder.read_record(record).items() if digests.get(name) == made}
    # Before the first picture is overwritten: of a shard on record, every picture is the shard's.
    folder.write_record(record, written)
    total = longest = 0
    for part in found:
        lengths = gather.picture_lengths(part)
        paths = [manifest.picture_path(image) for image in part.ids]
        if part.folder.stem in written:
            stale = [row for row, path in enumerate(paths) if not folder.has(site.root, path, int(lengths[row]))]
            site.named.update(paths)
        else:
            stale = list(range(len(paths)))
        for image, data in gather.pictures(part.only(stale)):
            site.write(manifest.picture_path(image), data)
        total += int(lengths.sum())
        longest = max(longest, gather.longest_side(part))
    return manifest.Pictures(longest, total)


def _digests(found: list[gather.Part]) -> dict[str, str]:
    return {part.folder.stem: commit.stamp(part.folder).digest for part in found}


def _write_data(
    site: _Site, args: argparse.Namespace, items: shown.Shown, pictures: manifest.Pictures, problems: pa.Table
) -> manifest.Parts:
    found = list(gather.parts(args.vectors[0], args.images))
    count = len(items.image_row)
    columns = table.columns(items.items.schema)
    rows = table.shown(items.items, columns)
    large = count > search.FROM
    hotspots = _all_hotspots(site, args, count)
    layouts = list(_layouts(site, args, items.image_row))
    return manifest.Parts(
        title=_text(args.title),
        description=_text(args.description),
        images=sum(len(part.rows) for part in found),
        shards=len(_shards(args.catalog)),
        table=site.hashed(hashed.file(table.encode_rows(rows, columns), "arrow", rows=count)),
        columns=columns,
        colours=site.hashed(hashed.array(gather.values(found, "colour")[items.image_row])),
        sizes=site.hashed(hashed.array(gather.values(found, "size")[items.image_row])),
        stacks=site.hashed(hashed.array(_stacks(found, items))),
        years=[
            {"column": column, "values": site.hashed(hashed.array(tables.years(items.items[years])))}
            for column, years in table.dates(items.items.schema)
        ],
        layouts=layouts,
        deepzoom=_deepzooms(site, args),
        models=_models(args),
        atlas=_atlas(site, args, count),
        neighbours=[site.hashed(hashed.array(_neighbours(args, place, count))) for place in range(len(args.neighbours))],
        hotspots=hotspots,
        problems=site.hashed(hashed.file(table.encode(problems), "arrow", rows=problems.num_rows)),
        pictures=pictures,
        services=_service_files(site, items.items),
        look={"logo": _logo(site, args.logo), "accent": {"light": args.light, "dark": args.dark}},
        opening=_text(args.opening),
        alt=args.alt if args.alt in items.items.column_names else None,
        search=search.index(rows, columns, site.hashed, terms.BLOCK) if large else None,
        rights=_rights(args),
        stories=_stories(site, args.stories, layouts, hotspots, rows),
        table_parts=search.parts(rows, columns, site.hashed, search.PART) if large else None,
    )


def _rights(args: argparse.Namespace) -> rights.Rights:
    return rights.Rights(_text(args.credit), _text(args.licence), _text(args.licence_url))


def _logo(site: _Site, path: str) -> dict[str, Any] | None:
    if not path:
        return None
    drawn = look.sign(Path(path).read_bytes(), path)
    return site.hashed(hashed.file(drawn.data, "png", width=drawn.width, height=drawn.height))


def _stories(
    site: _Site, path: str, layouts: list[tuple[str, Json, Json]], hotspots: list[manifest.Hotspots], rows: pa.Table
) -> dict[str, Any] | None:
    if not path:
        return None
    levels = [listed for one in hotspots for listed in (one.listed, one.regions)]
    clusters = [{spot["id"]: spot["label"] for spot in listed} for listed in levels]
    found = slides.written(stories.read(Path(path)), [name for name, *_ in layouts], clusters, set(rows[table.ITEM].to_pylist()))
    return site.hashed(hashed.file(commit.json_text(found), "json"))


def _all_hotspots(site: _Site, args: argparse.Namespace, count: int) -> list[manifest.Hotspots]:
    found = [_hotspots(site, *paths, count) for paths in zip(args.hotspots, args.names, strict=True)]
    return [*(_edited(site, found[0], path, count) for path in args.edited), *found[len(args.edited) :]]


def _hotspots(site: _Site, path: Path, names: Path, count: int) -> manifest.Hotspots:
    summary, named = commit.stamp(path).summary, commit.stamp(names).summary
    return manifest.Hotspots(
        summary["layout"],
        _labelled(summary["list"], named["labels"]),
        site.hashed(hashed.array(_rows(path, "members", count))),
        _labelled(summary["regions"], named["regions"]),
        site.hashed(hashed.array(_rows(path, "regions", count))) if summary["regions"] else None,
    )


def _edited(site: _Site, found: manifest.Hotspots, path: Path, count: int) -> manifest.Hotspots:
    """The hotspots as a person wants them; the regions stay."""
    summary = commit.stamp(path).summary
    members = site.hashed(hashed.array(_rows(path, "members", count)))
    sets = {name: site.hashed(hashed.array(arrays.read(path, name))) for name in ("rows", "ends")}
    return replace(found, listed=summary["list"], members=members, edited={**sets, "removed": summary["removed"]})


def _labelled(entries: list[dict[str, Any]], labels: list[str]) -> list[dict[str, Any]]:
    """Entries with their names; what has none keeps its number, or gets one."""
    return [
        {**entry, "label": label or entry["label"] or f"Region {number + 1}", "named": bool(label)}
        for number, (entry, label) in enumerate(zip(entries, labels, strict=True))
    ]


def _services(items: pa.Table) -> list[str | None]:
    """The image service of each item as a JSON object; none in a table of local files."""
    if table.SERVICE_COLUMN not in items.column_names:
        return [None] * items.num_rows
    found: list[str | None] = items[table.SERVICE_COLUMN].to_pylist()
    return found


def _service_files(site: _Site, items: pa.Table) -> dict[str, Any] | None:
    found = _services(items)
    if not any(found):
        return None
    records, ends = services.references(services.joined(found))
    return {"records": site.hashed(records), "ends": site.hashed(ends), "hosts": services.origins(found)}


def _write_iiif(site: _Site, args: argparse.Namespace, items: shown.Shown, found: list[gather.Part], parts: manifest.Parts) -> None:
    """Manifests of the hotspots and of all pictures, where the site's address is known, which is a part of their names."""
    if not args.address:
        return
    sizes = gather.values(found, "size")[items.image_row]
    rows = iiif.rows(items.items, sizes, parts.pictures.longest_side)
    spots = ((one["id"], one["label"], members) for one, members in zip(parts.hotspots[0].listed, _members(args, len(rows)), strict=False))
    for name, data in iiif.manifests(args.address.rstrip("/") + "/", _text(args.title), rows, spots, parts.rights):
        site.write(name, data)


def _write_compressed(site: _Site) -> None:
    """Compressed copies of the files whose names change with their bytes: of others a host might send an old one."""
    for name in sorted(folder.compressible(site.named)):
        copy = f"{name}.gz"
        if not (site.root / copy).is_file():
            # Without a time, the same bytes give the same copy.
            folder.write(site.root, copy, gzip.compress((site.root / name).read_bytes(), mtime=0))
        site.named.add(copy)


def _members(args: argparse.Namespace, count: int) -> Iterator[list[int]]:
    """The rows of each of the first hotspots, in the order of their list."""
    [path] = args.edited or args.hotspots[:1]
    members = _rows(path, "members", count)
    ends = arrays.read(path, "ends") if args.edited else np.zeros(len(commit.stamp(path).summary["list"]), dtype=np.uint32)
    rows = arrays.read(path, "rows") if args.edited else np.empty(0, dtype=np.uint32)
    for place, own in enumerate(np.split(rows, ends[:-1])):
        yield (own if len(own) else np.flatnonzero(members == place)).tolist()


def _models(args: argparse.Namespace) -> list[manifest.Model]:
    pairs = zip(args.vectors, args.neighbours, strict=True)
    return [manifest.Model(commit.stamp(vectors).summary, commit.stamp(neighbours).summary) for vectors, neighbours in pairs]


def _stacks(found: list[gather.Part], items: shown.Shown) -> NDArray[np.uint32]:
    digests = np.asarray(gather.values(found, "phash"), dtype=np.uint64)
    return stacks.first_rows(stacks.groups(digests)[items.image_row])


def _layouts(site: _Site, args: argparse.Namespace, image_row: NDArray[np.int64]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, summary and files of each; the variants of a map follow it, under its name with their parameters."""
    named, spaces, count = args.layouts, dict(args.spaces), len(image_row)
    bases = {_map_of(name): commit.stamp(path).summary["base"] for name, path in named if _has_variants(name)}
    for name, path in named:
        if not _has_variants(name):
            found, summary, files = _layout(site, name, path, count)
            if name in spaces:
                files["positions3"] = site.hashed(hashed.array(arrays.read(spaces[name], "coordinates")[image_row]))
            yield found, summary | {"parameters": bases.get(name)}, files
            continue
        described = commit.stamp(path).summary
        of = _map_of(name)
        for number, (one, variant) in enumerate(zip(described["variants"], _variants(name, path), strict=True)):
            pair = {key: one[key] for key in described["base"]}
            values = _rows(path, f"positions_{number}", count)
            own = {"label": described["label"], "kind": described["kind"], **one, "parameters": pair, "variant_of": of}
            yield variant, own, _positions(site, values)


def _has_variants(name: str) -> bool:
    return name.partition("-")[0] == "variants"


def _positions(site: _Site, values: NDArray[Any]) -> dict[str, Any]:
    files: dict[str, Any] = {"positions": site.hashed(hashed.array(values))}
    if len(values) > coarse.FROM:
        files["positions"]["coarse"] = site.hashed(hashed.array(coarse.steps(values)))
    return files


def _layout(site: _Site, name: str, path: Path, count: int) -> tuple[str, dict[str, Any], dict[str, Any]]:
    summary = commit.stamp(path).summary
    files = _positions(site, _rows(path, "positions", count))
    if summary.get("deep"):
        files["positions3"] = site.hashed(hashed.array(_rows(path, "positions3", count)))
    if summary.get("near"):
        files["near"] = site.hashed(hashed.array(_rows(path, "near", count)))
    if summary.get("labels"):
        labels = tables.read(path / "labels.parquet", tables.LABELS)
        files["labels"] = site.hashed(hashed.file(table.encode(labels), "arrow", rows=labels.num_rows))
    if summary.get("events"):
        events = tables.read(path / "events.parquet", tables.EVENTS)
        files["events"] = site.hashed(hashed.file(table.encode(events), "arrow", rows=events.num_rows))
    if summary.get("lines"):
        lines = {"points": arrays.read(path, "lines"), "ends": arrays.read(path, "line_ends")}
        files["lines"] = {key: site.hashed(hashed.array(values)) for key, values in lines.items()}
    return name, summary, files


def _atlas(site: _Site, args: argparse.Namespace, count: int) -> manifest.Atlas:
    plan = commit.stamp(args.atlas_plan).summary
    slots = site.hashed(hashed.array(_rows(args.atlas_plan, "slots", count)))
    pages = [page for group in args.atlas_pages for page in sorted(group.iterdir()) if page.name != commit.STAMP]
    levels: dict[int, list[dict[str, Any]]] = {cell: [] for cell in plan["cells"]}
    for page in pages:
        levels[int(page.name.partition("-")[0])].append(site.hashed(hashed.file(page.read_bytes(), page.suffix[1:])))
    return manifest.Atlas(plan["page"], plan["format"], plan["slots"], slots, list(levels.items()))


def _deepzooms(site: _Site, args: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """What the manifest says of the deep zoom of each layout that has one."""
    mosaics = dict(args.mosaics)
    found = {}
    for name, path in args.deepzoom:
        found[name] = _deepzoom(site, path, args.address)
        if name in mosaics:
            found[name]["mosaic"] = _mosaic(site, mosaics[name])
    return found


def _deepzoom(site: _Site, path: Path, address: str) -> dict[str, Any]:
    """Write the tiles of a deep zoom, as a Deep Zoom Image and, where the site's address is known, as a IIIF image."""
    top, base = path / "top.zarr", f"deepzoom/{path.name}"
    summary, lengths = commit.stamp(top).summary, []
    for part in [*sorted((path / "tiles").iterdir(), key=lambda part: int(part.stem)), top]:
        for dzi, iiif_name, data in gather.tiles(part):
            site.fixed(f"{base}_files/{dzi}", data)
            lengths.append(len(data))
            if address and iiif_name:
                site.fixed(f"{base}/{iiif_name}", data)
    site.write(f"{base}.dzi", (top / "image.dzi").read_bytes())
    told = {key: summary[key] for key in ("width", "height", "cell", "tile")}
    told |= {"dzi": f"{base}.dzi", "tiles": len(lengths), "bytes": sum(lengths)}
    if address:
        info = json.loads((top / "info.json").read_bytes()) | {"id": f"{address.rstrip('/')}/{base}"}
        site.write(f"{base}/info.json", commit.json_text(info))
        told["iiif"] = f"{base}/info.json"
    return told


def _mosaic(site: _Site, path: Path) -> dict[str, Any]:
    """Copy a mosaic, which may be larger than memory."""
    summary = commit.stamp(path).summary
    file = path / summary["file"]
    name = f"deepzoom/{path.name}{file.suffix}"
    site.fixed(name, np.memmap(file, np.uint8, "r").data)
    reference = {"file": name, "bytes": file.stat().st_size, "digest": digest.of_file(file)}
    return reference | {"width": summary["width"], "height": summary["height"], "cell": summary["cell"]}


def _rows(path: Path, name: str, count: int) -> NDArray[Any]:
    """An array with a row for each item shown."""
    values = arrays.read(path, name)
    if len(values) != count:
        raise DamagedError(
            f"{name} are not of these items",
            expected=f"{count} rows",
            found=f"{len(values)}",
            where=str(path),
            action="remove this folder and run the workflow again",
        )
    return values


def _neighbours(args: argparse.Namespace, place: int, count: int) -> NDArray[np.uint32]:
    """Of the model at a place: the rows most like each of the `count` rows."""
    graph = arrays.read(args.neighbours[place], "indices")
    images = commit.stamp(args.vectors[place]).rows
    image_row = shown.read(args.catalog, args.vectors[place], []).image_row
    for wanted, found in ((images, len(graph)), (count, len(image_row))):
        if wanted != found:
            raise DamagedError(
                "the neighbours are not of these vectors",
                expected=f"{wanted} rows",
                found=f"{found}",
                where=str(args.neighbours[place]),
                action="remove this folder and run the workflow again",
            )
    return similar.rows(graph, image_row)


def _problems(args: argparse.Namespace, columns: list[str]) -> pa.Table:
    items = tables.read(args.catalog / "items.parquet", tables.ITEMS, ["item", "image"])
    shards = _shards(args.catalog)
    folders = {
        "ingest": [args.images / f"{shard}.zarr" for shard in shards],
        "features": [features / f"{shard}.zarr" for features in args.features for shard in shards],
        "layouts": [path for _, path in args.layouts],
        "hotspots": args.hotspots,
    }
    edited = [tables.read(path / "problems.parquet", tables.PROBLEMS) for path in args.edited]
    missed = gather.missed_neighbours(_models(args))
    return table.sorted_problems([*gather.problems(args.catalog, folders, items), *edited, _unused(args, columns), missed])


def _unused(args: argparse.Namespace, columns: list[str]) -> pa.Table:
    """Settings that name what the site has not: it is built without them, since what a growing collection has may change."""
    layouts = [found for name, path in args.layouts for found in ([name] if not _has_variants(name) else _variants(name, path))]
    hotspots = [one["id"] for path in args.hotspots for one in commit.stamp(path).summary["list"]]
    faults = [("site.opening", f"the site has no {what}") for what in look.strangers(args.opening, layouts, hotspots)]
    if args.alt and args.alt not in columns:
        faults.append(("site.alt", f"the metadata has no column {args.alt!r}"))
    rows = [
        {"path": path, "stage": "site", "kind": "setting not used", "reason": reason, "action": f"correct {path} in the configuration"}
        for path, reason in faults
    ]
    return pa.Table.from_pylist(rows, tables.PROBLEMS)


def _map_of(variants: str) -> str:
    """Name of the map that some variants are of."""
    return variants.replace("variants", "umap", 1)


def _variants(name: str, path: Path) -> list[str]:
    of = _map_of(name)
    return [f"{of}~{one['n_neighbors']}~{one['min_dist']}" for one in commit.stamp(path).summary["variants"]]


def _shards(catalog: Path) -> list[str]:
    return [shard["name"] for shard in json.loads((catalog / "plan.json").read_bytes())["shards"]]


def _text(text: str) -> str:
    """A text from the command line that UTF-8 can hold: bytes that were no UTF-8 become question marks."""
    return text.encode("utf-8", "replace").decode()


def _write_report(args: argparse.Namespace, items: shown.Shown, found: list[gather.Part], told: Json, problems: pa.Table) -> None:
    """What `snakemake --report` takes along."""
    colours = np.asarray(gather.values(found, "colour")[items.image_row], np.uint8)
    drawn = report.picture(_rows(args.layouts[0][1], "positions", len(colours)), colours)
    args.report.mkdir(parents=True, exist_ok=True)
    commit.bytes_file(args.report / "map.png", report.png(drawn))
    commit.bytes_file(args.report / "collection.html", report.collection(told).encode())
    commit.bytes_file(args.report / "problems.html", report.problems(told["title"], problems).encode())


def _tell(args: argparse.Namespace, parts: manifest.Parts, problems: pa.Table) -> None:
    lines = [f"site: {parts.table['rows']} items, {parts.images} images, {problems.num_rows} problems, in {args.out}"]
    paths, kinds, actions = (problems[name].to_pylist() for name in ("path", "kind", "action"))
    for kind, number in Counter(kinds).most_common():
        rows = [row for row, its_kind in enumerate(kinds) if its_kind == kind]
        lines.append(f"  {kind}: {number}, such as {', '.join(repr(paths[row]) for row in rows[:_EXAMPLES])}")
        advice = Counter(actions[row] for row in rows).most_common(_ADVICE)
        lines += [f"    what to do: {action}" for action, _ in advice]
    if kinds:
        lines.append(f"  all of them, with reasons: {args.problems}, and on the page under problems")
    print("\n".join(lines), file=sys.stderr)
