"""A catalogue with ingested and described shards, as the stages before `vectors` leave them, made of numbers alone."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.store import arrays, commit, tables


@dataclass(frozen=True)
class Shards:
    """Where the parts lie."""

    catalog: Path
    images: Path
    features: Path


def step(module: ModuleType, *flags: object) -> None:
    """Run a step as the command line does."""
    parser = argparse.ArgumentParser()
    module.configure(parser)
    module.run(parser.parse_args([str(flag) for flag in flags]))


def clustered(rows: int, dimensions: int = 16, groups: int = 5, seed: int = 0) -> NDArray[np.float16]:
    """Features in round groups."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(groups, dimensions)) * 3
    return (centres[generator.integers(0, groups, rows)] + generator.normal(size=(rows, dimensions))).astype(np.float16)


def image(number: int) -> str:
    """The id of an image."""
    return digest.of_bytes(b"%d" % number)


Columns = Sequence[tuple[pa.Field, pa.Array]]


def write(
    root: Path, features: NDArray[np.float16], size: int = 100, bad: Sequence[int] = (), twice: int = 0, more: Columns = ()
) -> Shards:
    """Write shards of `size` images; `bad` ones could not be read, the first `twice` are shown by two items each.

    `more`: columns of the catalogue besides the title.
    """
    out = Shards(root / "catalog", root / "images", root / "features")
    names = [image(number) for number in range(len(features))]
    paths = [f"a/{number:06d}.jpg" for number in range(len(features))]
    blocks = [list(range(i, min(i + size, len(features)))) for i in range(0, len(features), size)]
    shards = [digest.of_lines(names[i] for i in block) for block in blocks]
    _write_catalog(out.catalog, shards, blocks, names, _items_table(names, paths, twice, more))
    for shard, block in zip(shards, blocks, strict=True):
        ok = np.isin(block, list(bad), invert=True)
        _write_images(out.images / f"{shard}.zarr", ok, [names[i] for i in block])
        with commit.folder(out.features / f"{shard}.zarr") as draft:
            arrays.write(draft.path, "features", np.where(ok[:, None], features[block], 0).astype(np.float16))
            arrays.write(draft.path, "ok", ok)
            tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
            draft.rows = len(block)
            draft.summary = {"model": "test", "version": 1, "dimensions": features.shape[1]}
    return out


def _items_table(names: list[str], paths: list[str], twice: int, more: Columns) -> pa.Table:
    items = [*paths, *(f"b/{number:06d}.jpg" for number in range(twice))]
    titles = [f"Title {len(items) - number}" for number in range(len(items))]
    title = pa.field("name of the thing", pa.string(), metadata={b"role": b"title"})
    fields = [*tables.ITEMS, title, *(field for field, _ in more)]
    return pa.table([items, names + names[:twice], titles, *(values for _, values in more)], schema=pa.schema(fields))


def _write_catalog(path: Path, shards: list[str], blocks: list[list[int]], names: list[str], table: pa.Table) -> None:
    paths = table["item"].to_pylist()
    with commit.folder(path) as draft:
        (draft.path / "shards").mkdir()
        for shard, block in zip(shards, blocks, strict=True):
            rows = [{"image": names[i], "path": paths[i], "page": 0, "item": paths[i]} for i in block]
            tables.write(draft.path / "shards" / f"{shard}.parquet", pa.Table.from_pylist(rows, schema=tables.SHARD), tables.SHARD)
        tables.write(draft.path / "items.parquet", table, tables.ITEMS)
        (draft.path / "plan.json").write_bytes(commit.json_text({"shards": [{"name": shard} for shard in shards]}))
        draft.rows = table.num_rows


def _write_images(path: Path, ok: NDArray[np.bool_], images: list[str]) -> None:
    lost = [name for name, fine in zip(images, ok.tolist(), strict=True) if not fine]
    columns = [lost, *([text] * len(lost) for text in ("undecodable", "not a picture", "replace it"))]
    with commit.folder(path) as draft:
        arrays.write(draft.path, "ok", ok)
        arrays.write(draft.path, "colour", (np.arange(3 * len(ok)) * 37 % 256).astype(np.uint8).reshape(-1, 3))
        tables.write(draft.path / "problems.parquet", pa.table(columns, schema=tables.FAULTS), tables.FAULTS)
        draft.rows = len(ok)
