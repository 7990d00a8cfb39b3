"""Embedding Atlas (https://apple.github.io/embedding-atlas): one Parquet file.

    embedding-atlas atlas.parquet --x projection_x --y projection_y --neighbors neighbors --image image

`neighbors` are rows with ranks from 1 on in place of distances, which a site does not hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pixplot_steps.exchange.common import Wanted, hotspot_of
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit

_ROWS = 1000


def export(site: Site, out: Path, wanted: Wanted) -> list[Path]:
    """Write `atlas.parquet`, some rows at a time."""
    table = _table(site, wanted)
    pictures = site.pictures() if wanted.pictures or wanted.address else []
    path = out / "atlas.parquet"
    out.mkdir(parents=True, exist_ok=True)
    with commit.file(path) as draft:
        writer = None
        for start in range(0, max(len(site), 1), _ROWS):
            part = table.slice(start, _ROWS)
            if pictures:
                part = part.append_column("image", _pictures(site, pictures[start : start + _ROWS], wanted))
            writer = writer or pq.ParquetWriter(draft, part.schema)
            writer.write_table(part)
        if writer is not None:
            writer.close()
    return [path]


def _table(site: Site, wanted: Wanted) -> pa.Table:
    names = ["item", *(one["name"] for one in site.columns if one["name"] not in ("item", "image"))]
    table = site.items.select(names)
    for number, name in enumerate(wanted.layouts):
        positions = site.layout(name)
        for axis in (0, 1):
            column = f"projection_{'xy'[axis]}" if number == 0 else f"{name}_{'xy'[axis]}"
            table = table.append_column(_free(column, table), pa.array(positions[:, axis]))
    table = table.append_column(_free("hotspot", table), pa.array(hotspot_of(site), pa.string()))
    return table.append_column(_free("neighbors", table), _neighbours(site))


def _free(name: str, table: pa.Table) -> str:
    return name if name not in table.column_names else _free(f"{name}_", table)


def _neighbours(site: Site) -> pa.Array:
    near = site.neighbours
    count = near.shape[1]
    ids = pa.FixedSizeListArray.from_arrays(pa.array(near.astype("int64").ravel()), count) if count else None
    ranks = pa.array(list(range(1, count + 1)) * len(near), pa.float64())
    if ids is None:
        return pa.nulls(len(near), pa.struct({"ids": pa.list_(pa.int64()), "distances": pa.list_(pa.float64())}))
    lists = [ids.cast(pa.list_(pa.int64())), pa.FixedSizeListArray.from_arrays(ranks, count).cast(pa.list_(pa.float64()))]
    return pa.StructArray.from_arrays(lists, ["ids", "distances"])


def _pictures(site: Site, paths: list[str], wanted: Wanted) -> Any:
    if not wanted.pictures:
        return pa.array([wanted.address + path for path in paths], pa.string())
    return pa.array([{"bytes": (site.root / path).read_bytes()} for path in paths], pa.struct({"bytes": pa.binary()}))
