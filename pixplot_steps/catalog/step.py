"""Catalogue step: lists the pictures, names their contents, joins the metadata and fills the shards."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pixplot_steps import digest, spec
from pixplot_steps.catalog import columns, files, metadata, shards
from pixplot_steps.errors import DamagedError, FormatError, SourceError
from pixplot_steps.store import commit, lock, tables

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file's time of change is believed: a file written twice within one tick of the clock looks unchanged."""

_FORMAT = {b"format": b"1"}
"""Version of the ledger's tables, in the metadata of their schemas."""

_INDEX = pa.schema([("item", pa.string()), ("size", pa.int64()), ("mtime", pa.int64()), ("image", pa.string())], _FORMAT)
_LEDGER = pa.schema([("shard", pa.string()), ("image", pa.string())], _FORMAT)

_ACTIONS = {
    "folder": "rename the folder if this was not meant; pictures in it are used",
    "unreadable": "check the file's permissions or the link's target",
    "empty": "copy the file again from its source",
    "not a picture": "nothing, if this was meant",
    "row without picture": "correct the file name in the metadata, or add the picture",
    "row not used": "remove one of the rows",
}


@dataclass
class _Problems:
    """Rows of the problems table, in the order found."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, path: str, kind: str, reason: str) -> None:
        self.rows.append((path, kind, reason))

    def table(self) -> pa.Table:
        rows = [
            {"path": path, "stage": "catalog", "kind": kind, "reason": reason, "action": _ACTIONS[kind]}
            for path, kind, reason in sorted(self.rows)
        ]
        return pa.Table.from_pylist(rows, tables.PROBLEMS)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the step's flags."""
    parser.add_argument("--images", type=Path, required=True, help="folder of pictures")
    parser.add_argument("--metadata", type=Path, nargs="*", required=True, help="CSV file, or nothing")
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
    found = _list(args.images, args.metadata, problems)
    known = _known(found, args, problems)
    items = [file.item for file in found if file.item in known]
    if not items:
        raise _no_pictures(args.images, problems)
    images = [known[item] for item in items]
    table = _items(items, images, args.metadata, problems)
    ledger = _extend_ledger(args, images)
    used = _used(ledger, images)
    _renew(args, used, set(images))
    _write(args, table, used, problems)


def _list(root: Path, metadata_files: Sequence[Path], problems: _Problems) -> list[files.File]:
    if not root.is_dir():
        found = "a file" if root.exists() else "nothing"
        raise SourceError(
            "There is no folder of pictures",
            expected="a folder",
            found=found,
            where=str(root),
            action="correct `images` in the configuration",
        )
    listing = files.listing(root, frozenset(metadata_files))
    for row in listing.aside:
        problems.add(*row)
    return listing.files


def _no_pictures(root: Path, problems: _Problems) -> SourceError:
    aside = (
        f"{len(problems.rows)} files or folders that cannot be used, such as {problems.rows[0][0]}" if problems.rows else "no file at all"
    )
    return SourceError(
        "There are no pictures",
        expected="at least one picture",
        found=aside,
        where=str(root),
        action="correct `images` in the configuration",
    )


def _known(found: list[files.File], args: argparse.Namespace, problems: _Problems) -> dict[str, str]:
    """Digest of each file's bytes; files with the path, size and time of change of an earlier run are not read again."""
    began = time.time_ns()
    path = args.ledger / "files.parquet"
    earlier: dict[tuple[str, int, int], str] = {}
    index = _read_ledger(path, _INDEX)
    if index is not None:
        columns_ = index.to_pydict()
        earlier = dict(zip(zip(columns_["item"], columns_["size"], columns_["mtime"], strict=True), columns_["image"], strict=True))
    fresh = [file for file in found if (file.item, file.size, file.mtime) not in earlier]
    with ThreadPoolExecutor(max(1, args.threads)) as pool:
        digests = list(pool.map(lambda file: _digest(args.images / file.item), fresh))
    named = {file.item: earlier.get((file.item, file.size, file.mtime), "") for file in found}
    for file, (name, fault) in zip(fresh, digests, strict=True):
        named[file.item] = name
        if fault:
            problems.add(file.item, "unreadable", fault)
    settled = [file for file in found if named[file.item] and file.mtime < began - _SETTLED]
    _write_index(path, settled, named)
    print(f"catalog: {len(found)} files, {len(fresh)} of them read", file=sys.stderr)
    return {item: name for item, name in named.items() if name}


def _digest(path: Path) -> tuple[str, str]:
    try:
        return digest.of_file(path), ""
    except OSError as error:
        return "", error.strerror or type(error).__name__


def _write_index(path: Path, settled: list[files.File], named: dict[str, str]) -> None:
    index = {
        "item": [f.item for f in settled],
        "size": [f.size for f in settled],
        "mtime": [f.mtime for f in settled],
        "image": [named[f.item] for f in settled],
    }
    with commit.file(path) as draft:
        tables.write(draft, pa.table(index, schema=_INDEX), _INDEX)


def _items(items: list[str], images: list[str], metadata_files: Sequence[Path], problems: _Problems) -> pa.Table:
    """The items table: item, image, filename, then the columns of the metadata."""
    fields = [pa.field("item", pa.string()), pa.field("image", pa.string())]
    arrays = [pa.array(items, pa.string()), pa.array(images, pa.string())]
    taken: set[str] = set()
    cells: dict[str, list[str | None]] = {metadata.KEY: list(items)}
    for path in metadata_files:
        cells.update(_joined(items, path, problems))
    for name, values in cells.items():
        typed, array = columns.column(name, values, taken)
        fields.append(typed)
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _joined(items: list[str], path: Path, problems: _Problems) -> dict[str, list[str | None]]:
    if not path.is_file():
        raise SourceError(
            "There is no metadata file", expected="a CSV file", where=str(path), action="correct `metadata` in the configuration"
        )
    rows = metadata.parse(path.read_bytes(), str(path))
    key = rows.names.index(metadata.KEY)
    keys = [row[key] for row in rows.cells]
    joined = metadata.join(items, keys)
    for index, reason in joined.unused:
        kind = "row without picture" if reason.startswith("no picture") else "row not used"
        problems.add(keys[index] or f"row {index + 2}", kind, f"{reason} (row {index + 2} of {path.name})")
    names = [name for name in rows.names if name not in (metadata.KEY, "item", "image")]
    places = [rows.names.index(name) for name in names]
    return {name: [None if row < 0 else rows.cells[row][place] for row in joined.row] for name, place in zip(names, places, strict=True)}


def _read_ledger(path: Path, contract: pa.Schema) -> pa.Table | None:
    """A table of the ledger; None where there is none, or where it is damaged: it can be made again from the rest."""
    if not path.exists():
        return None
    try:
        table = tables.read(path, contract)
    except DamagedError as error:
        print(f"catalog: {error.summary}, and is made again: {path} ({error.found})", file=sys.stderr)
        return None
    found = (table.schema.metadata or {}).get(b"format")
    if found != _FORMAT[b"format"]:
        raise FormatError(
            "a ledger of another version",
            expected=_FORMAT[b"format"].decode(),
            found=str(found),
            where=str(path),
            action="use the version of this program that wrote it, or remove the folder and compute everything again",
        )
    return table


def _extend_ledger(args: argparse.Namespace, images: list[str]) -> list[shards.Shard]:
    """Add shards for the new images to the ledger of all shards ever made."""
    path = args.ledger / "shards.parquet"
    table = _read_ledger(path, _LEDGER)
    earlier = _listed(table) if table is not None else _last_used(args.out / "shards")
    extended = shards.extend(earlier, list(dict.fromkeys(images)), args.shard_size)
    pairs = {"shard": [s.name for s in extended for _ in s.images], "image": [image for s in extended for image in s.images]}
    with commit.file(path) as draft:
        tables.write(draft, pa.table(pairs, schema=_LEDGER), _LEDGER)
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


def _used(ledger: list[shards.Shard], images: list[str]) -> list[shards.Shard]:
    present = set(images)
    return [shard for shard in ledger if not present.isdisjoint(shard.images)]


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


def _write(args: argparse.Namespace, table: pa.Table, used: list[shards.Shard], problems: _Problems) -> None:
    items, images = table["item"].to_pylist(), table["image"].to_pylist()
    first = dict(reversed(list(zip(images, items, strict=True))))
    problem_table = problems.table()
    with commit.folder(args.out) as draft:
        (draft.path / "shards").mkdir()
        for shard in used:
            tables.write(draft.path / "shards" / f"{shard.name}.parquet", _shard_table(shard, first, args.images), tables.SHARD)
        tables.write(draft.path / "items.parquet", table, tables.ITEMS)
        tables.write(draft.path / "problems.parquet", problem_table, tables.PROBLEMS)
        (draft.path / "plan.json").write_bytes(commit.json_text(_plan(args, table, used, first, problem_table)))
        draft.rows = len(items)
    print(f"catalog: {len(items)} items, {len(first)} images in {len(used)} shards, {problem_table.num_rows} problems", file=sys.stderr)


def _shard_table(shard: shards.Shard, first: dict[str, str], root: Path) -> pa.Table:
    items = [first.get(image) for image in shard.images]
    paths = [None if item is None else str(root / item) for item in items]
    rows = [{"image": image, "path": path, "page": 0, "item": item} for image, path, item in zip(shard.images, paths, items, strict=True)]
    return pa.Table.from_pylist(rows, schema=tables.SHARD)


def _plan(args: argparse.Namespace, table: pa.Table, used: list[shards.Shard], first: dict[str, str], problems: pa.Table) -> dict[str, Any]:
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
        "table": digest.of_value(column_digests),
        "problems": {"count": problems.num_rows, "digest": _column_digest(problems)},
    }


def _column_digest(table: pa.Table) -> str:
    """Digest of a table's schema, field metadata and values, by its Arrow stream in one batch."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return digest.of_bytes(memoryview(sink.getvalue()))
