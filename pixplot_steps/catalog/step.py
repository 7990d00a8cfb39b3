"""Catalogue step: lists the pictures, names their contents, joins the metadata and fills the shards."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pixplot_steps import digest, spec
from pixplot_steps.catalog import columns, files, known, metadata, remote, shards
from pixplot_steps.catalog.files import File
from pixplot_steps.catalog.known import Known
from pixplot_steps.errors import SourceError
from pixplot_steps.store import commit, ledger, lock, tables

_HIDDEN = ("years", "service")
"""Types of columns that belong to others, or to no layout."""

_ACTIONS = {
    "folder": "rename the folder if this was not meant; pictures in it are used",
    "unreadable": "check the file's permissions or the link's target",
    "missing": "correct the list, or add the file",
    "empty": "copy the file again from its source",
    "not a picture": "nothing, if this was meant",
    "row without picture": "correct the file name in the metadata, or add the picture",
    "row not used": "remove one of the rows",
    "picture without row": "add a row for it to the metadata, or leave such pictures out by catalog: without_row: drop",
    "cell left out": "correct it in the metadata, or give the column another type in catalog: columns",
    "coordinate 0, 0": "leave the cells blank where the place is not known",
}


class Page(NamedTuple):
    """One item: its name, its image, and where it is."""

    item: str
    image: str
    file: File
    page: int


@dataclass
class _Problems:
    """Rows of the problems table, in the order found."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, path: str, kind: str, reason: str) -> None:
        self.rows.append((path, kind, reason))

    def table(self) -> pa.Table:
        rows = sorted(self.rows)
        arrays = [
            [row[0] for row in rows],
            ["catalog"] * len(rows),
            *([row[i] for row in rows] for i in (1, 2)),
            [_ACTIONS[row[1]] for row in rows],
        ]
        return pa.table(arrays, schema=tables.PROBLEMS)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the step's flags."""
    parser.add_argument("--images", nargs="*", required=True, help="folders, patterns, archives, pictures, or text files that list them")
    parser.add_argument("--fetched", type=Path, nargs="*", required=True, help="folder of what was fetched from servers, or nothing")
    parser.add_argument("--cache", type=Path, required=True, help="folder of the bytes that were fetched")
    parser.add_argument("--metadata", nargs="*", required=True, help="tables, or patterns of them; or nothing")
    parser.add_argument("--max-images", type=int, required=True, help="pictures taken at most; 0: all")
    parser.add_argument("--shuffle", type=json.loads, required=True, help="take some by chance, not the first: true or false")
    parser.add_argument("--seed", type=int, required=True, help="of that chance")
    parser.add_argument("--pages", choices=("first", "all"), required=True, help="which pages of a TIFF file are items")
    parser.add_argument("--key", required=True, help="column of the metadata that names the picture")
    parser.add_argument("--encoding", required=True, help="of tables that are text")
    parser.add_argument("--without-row", choices=("keep", "drop"), required=True, help="pictures that the metadata does not name")
    parser.add_argument("--columns", type=json.loads, required=True, help="JSON object: for a column its template, type, role and label")
    parser.add_argument("--shard-size", type=int, required=True, help="images per shard")
    parser.add_argument("--ledger", type=Path, required=True, help="folder of what earlier runs knew")
    parser.add_argument("--images-made", type=Path, required=True, help="folder of ingested shards, of any parameters")
    parser.add_argument("--features-made", type=Path, required=True, help="folder of features, of any model")
    parser.add_argument("--fingerprint", required=True, help="digest of the listing, kept in the plan")
    parser.add_argument("--threads", type=int, required=True, help="files read at a time")
    parser.add_argument("--out", type=Path, required=True, help="folder to make")


def run(args: argparse.Namespace) -> None:
    """Make the catalogue; another one that is at work on it is waited for."""
    with lock.alone(args.ledger / ".lock"):
        _make(args)


def _make(args: argparse.Namespace) -> None:
    problems = _Problems()
    tables_ = _metadata_files(args.metadata)
    listed_files = _list(args.images, tables_, problems)
    all_fetched = _fetched(args)
    found, fetched = _cut(listed_files, all_fetched, args)
    whole = len(found) + fetched.num_rows == len(listed_files) + all_fetched.num_rows
    known_, unreadable = known.read(found, args.ledger / "contents.parquet", args.threads, look=args.pages == "all")
    for item, reason in unreadable:
        problems.add(item, "unreadable", reason)
    rows = _read_metadata(tables_, args.encoding)
    listed = sorted(_pages(found, known_) + _fetched_pages(fetched, args.cache.absolute()), key=lambda page: page.item)
    if not listed:
        raise _no_pictures(args.images, problems)
    kept, row_of = _join(listed, rows, args, problems, whole=whole)
    table = _items(kept, row_of, rows, fetched, args, problems)
    images = [page.image for page in kept]
    used = _used(_extend_ledger(args, images), images)
    _renew(args, used, set(images))
    _write(args, table, kept, used, problems)


def _fetched(args: argparse.Namespace) -> pa.Table:
    """What came from servers; no rows where there are none."""
    if not args.fetched:
        return tables.FETCHED.empty_table()
    return pa.concat_tables(tables.read(folder / "items.parquet", tables.FETCHED) for folder in args.fetched)


def _fetched_pages(fetched: pa.Table, cache: Path) -> list[Page]:
    rows = zip(*(fetched[name].to_pylist() for name in ("item", "image", "size")), strict=True)
    return [Page(item, image, File(item, size, 0, str(cache / image[:2] / image)), 0) for item, image, size in rows]


def _metadata_files(sources: Sequence[str]) -> list[str]:
    found = []
    for source in sources:
        matched = files.matches(source)
        if not matched:
            raise SourceError(
                "There is no metadata",
                expected="a file, or a pattern of files",
                where=source,
                action="correct --metadata, or `metadata` in the configuration",
            )
        found += matched
    return list(dict.fromkeys(found))


def _list(sources: Sequence[str], beside: Sequence[str], problems: _Problems) -> list[File]:
    listing = files.listing(sources, frozenset(beside))
    if listing.missing:
        raise SourceError(
            "There are no such pictures",
            expected="a folder, a pattern, a ZIP or tar archive, a picture, or a text file of paths",
            found="nothing",
            where=", ".join(listing.missing),
            action="correct --images, or `images` in the configuration",
        )
    for row in listing.aside:
        problems.add(*row)
    return listing.files


def _cut(found: list[File], fetched: pa.Table, args: argparse.Namespace) -> tuple[list[File], pa.Table]:
    """The files and the fetched pictures that are taken: all, the first by path, or a sample that stays when others come."""
    remote_items = fetched["item"].to_pylist()
    items = [file.item for file in found] + remote_items
    if not 0 < args.max_images < len(items):
        return found, fetched
    taken = set(shards.sample(items, args.max_images, args.seed) if args.shuffle else sorted(items)[: args.max_images])
    print(f"catalog: {args.max_images} of {len(items)} pictures are taken (max_images)", file=sys.stderr)
    mask = pa.array([item in taken for item in remote_items], pa.bool_())
    return [file for file in found if file.item in taken], fetched.filter(mask)


def _no_pictures(sources: Sequence[str], problems: _Problems) -> SourceError:
    aside = f"{len(problems.rows):,} that cannot be used, such as {problems.rows[0][0]}" if problems.rows else "no file at all"
    return SourceError(
        "There are no pictures",
        expected="at least one picture",
        found=aside,
        where=", ".join(sources),
        action="correct --images, or `images` in the configuration",
    )


def _pages(found: list[File], known_: dict[str, Known]) -> list[Page]:
    """The items that lie here: a file, or each page of it."""
    listed = []
    for file in found:
        if was := known_.get(file.item):
            listed += [_page(file, was.image, number, len(was.pages or (0,))) for number in was.pages or (0,)]
    return listed


def _page(file: File, image: str, number: int, count: int) -> Page:
    if number == 0:
        return Page(file.item, image, file, 0)
    name = f"{file.item}#page={number + 1:0{len(str(count))}}"
    return Page(name, digest.of_lines([image, str(number)]), file, number)


def _read_metadata(paths: Sequence[str], encoding: str) -> metadata.Rows:
    rows = metadata.Rows()
    for path in paths:
        rows.add(metadata.parse(Path(path).read_bytes(), Path(path).name, path, encoding))
    return rows


def _join(
    listed: list[Page], rows: metadata.Rows, args: argparse.Namespace, problems: _Problems, *, whole: bool
) -> tuple[list[Page], list[int]]:
    """The items that stay, and for each the index of its row or -1. Pages of a file share its row.

    Rows without a picture are told where the pictures are `whole`: else they may belong to one that was not taken.
    """
    if not args.metadata:
        return listed, [-1] * len(listed)
    keys = metadata.key_column(rows, args.key, ", ".join(args.metadata))
    items = list(dict.fromkeys(page.file.item for page in listed))
    joined = metadata.join(items, keys)
    for index, reason in joined.unused:
        kind = "row without picture" if reason.startswith(("no picture", "the row names")) else "row not used"
        if kind == "row without picture" and keys[index] and not whole:
            continue
        name, number = rows.places[index]
        problems.add(keys[index] or name, kind, f"{reason} (row {number} of {name})")
    row_of_file = dict(zip(items, joined.row, strict=True))
    row_of = [row_of_file[page.file.item] for page in listed]
    dropped = args.without_row == "drop"
    reason = "no row of the metadata names it" + (", and so it is left out" if dropped else "")
    for page, row in zip(listed, row_of, strict=True):
        if row < 0:
            problems.add(page.item, "picture without row", reason)
    if not dropped:
        return listed, row_of
    kept = [(page, row) for page, row in zip(listed, row_of, strict=True) if row >= 0]
    if not kept:
        raise SourceError(
            "No picture has a row in the metadata, and such pictures are left out",
            expected=f"file names of pictures in the column {args.key!r}",
            found=f"for example {keys[0]!r}, where the first picture is {items[0]!r}" if keys else "no rows",
            where=", ".join(args.metadata),
            action="correct the column, or set catalog: without_row: keep",
        )
    return [page for page, _ in kept], [row for _, row in kept]


def _items(
    kept: list[Page], row_of: list[int], rows: metadata.Rows, fetched: pa.Table, args: argparse.Namespace, problems: _Problems
) -> pa.Table:
    """The items table: item, image, filename, then the columns of the metadata and of the configuration."""
    names = [page.item for page in kept]
    told = fetched["item"].to_pylist()
    remote.add_rows(rows, row_of, names, dict(zip(told, fetched["cells"].to_pylist(), strict=True)))
    made, faults = columns.table(names, row_of, rows, columns.settings(args.columns))
    for row, kind, reason in faults:
        problems.add(names[row], kind, reason)
    fields = [(pa.field("item", pa.string()), pa.array(names, pa.string()))]
    fields.append((pa.field("image", pa.string()), pa.array([page.image for page in kept], pa.string())))
    fields += [pair for column in made for pair in column.arrow()]
    if told:
        fields.append(remote.service_column(names, dict(zip(told, fetched["service"].to_pylist(), strict=True))))
    return pa.Table.from_arrays([array for _, array in fields], schema=pa.schema([one for one, _ in fields]))


def _extend_ledger(args: argparse.Namespace, images: list[str]) -> list[shards.Shard]:
    """Add shards for the new images to the ledger of all shards ever made."""
    path = args.ledger / "shards.parquet"
    table = ledger.read(path, ledger.SHARDS)
    earlier = _listed(table) if table is not None else _last_used(args.out / "shards")
    extended = shards.extend(earlier, list(dict.fromkeys(images)), args.shard_size)
    pairs = {"shard": [s.name for s in extended for _ in s.images], "image": [image for s in extended for image in s.images]}
    ledger.write(path, pa.table(pairs, schema=ledger.SHARDS), ledger.SHARDS)
    return extended


def _listed(table: pa.Table) -> list[shards.Shard]:
    lists: dict[str, list[str]] = {}
    for shard, image in zip(table["shard"].to_pylist(), table["image"].to_pylist(), strict=True):
        lists.setdefault(shard, []).append(image)
    return [shards.Shard(name, tuple(members)) for name, members in lists.items()]


def _last_used(folder: Path) -> list[shards.Shard]:
    """The shards of the last catalogue, for a ledger that is lost: they are what most was computed for."""
    found = (shards.named(tables.read(path, tables.SHARD, ["image"])["image"].to_pylist()) for path in sorted(folder.glob("*.parquet")))
    return [shard for shard in found if (folder / f"{shard.name}.parquet").is_file()]


def _used(ever: list[shards.Shard], images: list[str]) -> list[shards.Shard]:
    present = set(images)
    return [shard for shard in ever if not present.isdisjoint(shard.images)]


def _renew(args: argparse.Namespace, used: list[shards.Shard], present: set[str]) -> None:
    """Have those shards made again that were ingested while an image was absent which is back now, and their features."""
    names = {shard.name for shard in used}
    for path in sorted(args.images_made.glob("*/*.zarr")):
        if path.stem in names and (path / commit.STAMP).is_file():
            stamp = commit.stamp(path)
            if not present.isdisjoint(stamp.summary.get("absent", ())):
                for features in args.features_made.glob(f"*/{path.name}"):
                    if (features / commit.STAMP).is_file() and commit.stamp(features).summary.get("images") == stamp.digest:
                        commit.unfinish(features)
                commit.unfinish(path)


def _write(args: argparse.Namespace, table: pa.Table, kept: list[Page], used: list[shards.Shard], problems: _Problems) -> None:
    first: dict[str, Page] = {}
    for page in kept:
        first.setdefault(page.image, page)
    of_servers = [tables.read(folder / "problems.parquet", tables.PROBLEMS) for folder in args.fetched]
    problem_table = pa.concat_tables([*of_servers, problems.table()])
    with commit.folder(args.out) as draft:
        (draft.path / "shards").mkdir()
        for shard in used:
            tables.write(draft.path / "shards" / f"{shard.name}.parquet", _shard_table(shard, first), tables.SHARD)
        tables.write(draft.path / "items.parquet", table, tables.ITEMS)
        tables.write(draft.path / "problems.parquet", problem_table, tables.PROBLEMS)
        (draft.path / "plan.json").write_bytes(commit.json_text(_plan(args, table, used, first, problem_table)))
        draft.rows = len(kept)
    print(f"catalog: {len(kept)} items, {len(first)} images in {len(used)} shards, {problem_table.num_rows} problems", file=sys.stderr)


def _shard_table(shard: shards.Shard, first: dict[str, Page]) -> pa.Table:
    rows = [_shard_row(image, first.get(image)) for image in shard.images]
    return pa.Table.from_pylist(rows, schema=tables.SHARD)


def _shard_row(image: str, page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"image": image, "page": 0}
    file = page.file
    length = None if file.member is None else file.size
    place = {"path": os.fsencode(file.path), "member": file.member, "offset": file.offset, "length": length, "page": page.page}
    return {"image": image, "item": page.item, **place}


def _plan(
    args: argparse.Namespace, table: pa.Table, used: list[shards.Shard], first: dict[str, Page], problems: pa.Table
) -> dict[str, Any]:
    names = [image for shard in used for image in shard.images if image in first]
    column_digests = {name: _column_digest(table.select([name])) for name in table.column_names}
    return {
        "format": spec.CATALOGUE_FORMAT,
        "fingerprint": args.fingerprint,
        "items": table.num_rows,
        "images": len(names),
        "content": digest.of_lines(names),
        "shards": [{"name": shard.name, "count": len(shard.images)} for shard in used],
        "columns": column_digests,
        "described": [_described(table, field) for field in table.schema if _metadata(field).get("type", "years") not in _HIDDEN],
        "table": digest.of_value(column_digests),
        "problems": {"count": problems.num_rows, "digest": _column_digest(problems)},
    }


def _described(table: pa.Table, field: pa.Field) -> dict[str, Any]:
    """What layouts must know of a column before they are planned."""
    values, years = table[field.name], spec.years_of(field.name)
    flat = pc.list_flatten(values) if pa.types.is_list(field.type) else values
    said = _metadata(field)
    return {
        "name": field.name,
        "type": said["type"],
        "role": said["role"],
        "given": len(values) - values.null_count,
        "distinct": pc.count_distinct(flat).as_py(),
        "years": _span(table[years]) if years in table.column_names else None,
    }


def _span(years: pa.ChunkedArray) -> list[int] | None:
    """First and last year of all intervals [n, 2]; None where there is none."""
    bounds = pc.min_max(pc.list_flatten(years)).as_py()
    return None if bounds["min"] is None else [bounds["min"], bounds["max"]]


def _metadata(field: pa.Field) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}


def _column_digest(table: pa.Table) -> str:
    """Digest of a table's schema, field metadata and values, by its Arrow stream in one batch."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return digest.of_bytes(memoryview(sink.getvalue()))
