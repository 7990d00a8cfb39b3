"""The step `vectors`: reads all shards' features twice, through dask, and writes their principal components.

Memory: a shard's rows twice and two Gram matrices (12 d^2 bytes) for each thread, and 4 k bytes for each image.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps.errors import DamagedError, SourceError
from pixplot_steps.store import arrays, commit, tables
from pixplot_steps.vectors import pca

_REASONS_SHOWN = 5


@dataclass(frozen=True)
class Inputs:
    """Where the parts lie: `shards` in the plan's order, a folder of pictures and one of features for each.

    `others`: for each other model, its folders of features, whose pictures count too.
    """

    catalog: Path
    shards: list[str]
    images: list[Path]
    features: list[Path]
    others: list[list[Path]]


@dataclass(frozen=True)
class Active:
    """`table`: the images of the vectors (store.tables.IMAGES); `masks`: for each shard, which of its rows they are."""

    table: pa.Table
    masks: list[NDArray[np.bool_]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of the step."""
    parser.add_argument("--catalog", type=Path, required=True, metavar="DIR", help="the catalogue")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="folder of the shards' pictures")
    parser.add_argument("--features", type=Path, required=True, metavar="DIR", help="folder of the shards' features")
    parser.add_argument("--others", type=Path, nargs="*", required=True, metavar="DIR", help="the same of the other models of this build")
    parser.add_argument("--whiten", choices=("true", "false"), required=True, help="whether each component gets a variance of 1")
    parser.add_argument("--components", type=int, required=True, metavar="INT", help="principal components kept, at most")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH", help="the vectors to write")


def run(args: argparse.Namespace) -> None:
    """Reduce all features. Raises MissingPartError, DamagedError, and SourceError where no picture could be read."""
    inputs = _inputs(args)
    commit.stamps([inputs.catalog, *inputs.images, *(path for paths in inputs.others for path in paths)])
    summaries = [stamp.summary for stamp in commit.stamps(inputs.features)]
    active = _active(inputs)
    if not active.table.num_rows:
        raise _nothing_to_show(inputs)
    basis, vectors = _reduce(inputs, active.masks, args.components, args.whiten == "true")
    with commit.folder(args.out) as draft:
        _write(draft.path, basis, vectors)
        tables.write(draft.path / "images.parquet", active.table, tables.IMAGES)
        draft.rows = len(vectors)
        explained = round(float(basis.explained.sum()), 6)
        draft.summary = {
            "components": vectors.shape[1],
            "explained_variance": explained,
            "whitened": args.whiten == "true",
            "model": _model(summaries, inputs.features),
        }
    print(f"vectors: {len(vectors)} images, {vectors.shape[1]} components keep {explained:.1%} of the variance", file=sys.stderr)


def _inputs(args: argparse.Namespace) -> Inputs:
    commit.stamps([args.catalog])
    shards = [shard["name"] for shard in json.loads((args.catalog / "plan.json").read_bytes())["shards"]]
    images, features, *others = [[folder / f"{s}.zarr" for s in shards] for folder in (args.images, args.features, *args.others)]
    return Inputs(args.catalog, shards, images, features, others)


def _active(inputs: Inputs) -> Active:
    parts = [_shard_rows(inputs, i) for i in range(len(inputs.shards))]
    if not parts:
        return Active(tables.IMAGES.empty_table(), [])
    rows = pa.concat_tables([table for table, _ in parts])
    used = tables.read(inputs.catalog / "items.parquet", tables.ITEMS, ["image"])["image"]
    shown = np.asarray(pc.is_in(rows["image"], value_set=pc.unique(used))) & np.concatenate([ok for _, ok in parts])
    ends = np.cumsum([table.num_rows for table, _ in parts])
    return Active(rows.filter(pa.array(shown)), np.split(shown, ends[:-1]))


def _shard_rows(inputs: Inputs, index: int) -> tuple[pa.Table, NDArray[np.bool_]]:
    name = inputs.shards[index]
    image = tables.read(inputs.catalog / "shards" / f"{name}.parquet", tables.SHARD, ["image"])["image"]
    described = [arrays.read(paths[index], "ok") for paths in (inputs.features, *inputs.others)]
    ok = np.logical_and.reduce(described)
    rows = arrays.open_array(inputs.features[index], "features").shape[0]
    if not len(image) == len(ok) == rows:
        raise DamagedError(
            f"the parts of shard {name} differ in length",
            expected=f"{len(image)} rows, as in the catalogue",
            found=f"{len(ok)} described, {rows} features",
            where=f"{inputs.images[index]}, {inputs.features[index]}",
            action="remove both folders and run the workflow again",
        )
    return pa.table([image, pa.repeat(name, rows), pa.array(np.arange(rows, dtype=np.int32))], schema=tables.IMAGES), ok


def _reduce(inputs: Inputs, masks: list[NDArray[np.bool_]], components: int, whiten: bool) -> tuple[pca.Basis, NDArray[np.float32]]:
    import dask
    from threadpoolctl import threadpool_limits

    # One BLAS thread: how a product is divided among threads must not change its last bits. Dask's threads share out the shards.
    with threadpool_limits(1):
        blocks = arrays.lazy(inputs.features, "features").to_delayed().ravel().tolist()
        shift = _first_row(inputs.features, masks)
        parts = [dask.delayed(pca.moments)(block, mask, shift) for block, mask in zip(blocks, masks, strict=True)]
        # A chain, so that sums are always taken in the shards' order and few Gram matrices are alive at once.
        sums = functools.reduce(dask.delayed(pca.add), parts)
        (sums,) = dask.compute(sums, scheduler="threads")
        _check_finite(sums, inputs.features)
        basis = pca.basis(sums, shift, components)
        projected = [dask.delayed(pca.project)(block, mask, basis, whiten) for block, mask in zip(blocks, masks, strict=True)]
        return basis, np.concatenate(dask.compute(*projected, scheduler="threads"))


def _first_row(features: list[Path], masks: list[NDArray[np.bool_]]) -> NDArray[np.float64]:
    shard = next(i for i, mask in enumerate(masks) if mask.any())
    row = int(masks[shard].argmax())
    return np.asarray(arrays.open_array(features[shard], "features")[row], dtype=np.float64)


def _check_finite(sums: pca.Moments, features: list[Path]) -> None:
    if not np.isfinite(sums.gram).all():
        raise DamagedError(
            "features are not finite numbers",
            expected="finite float16 values",
            found="infinite values or NaN",
            where=str(features[0].parent),
            action="remove this folder and run again, or choose another model",
        )


def _write(folder: Path, basis: pca.Basis, vectors: NDArray[np.float32]) -> None:
    arrays.write(folder, "vectors", vectors)
    arrays.write(folder, "mean", basis.mean.astype(np.float32))
    arrays.write(folder, "components", basis.components.astype(np.float32))
    arrays.write(folder, "explained", basis.explained.astype(np.float32))


def _model(summaries: list[dict[str, Any]], features: list[Path]) -> dict[str, Any]:
    for summary, path in zip(summaries, features, strict=True):
        if summary != summaries[0]:
            raise DamagedError(
                "shards hold features of different models",
                expected=str(summaries[0]),
                found=str(summary),
                where=str(path),
                action="remove this folder and run again",
            )
    return summaries[0]


def _nothing_to_show(inputs: Inputs) -> SourceError:
    folders = [*inputs.images, *inputs.features, *(path for paths in inputs.others for path in paths)]
    problems = [tables.read(path / "problems.parquet", tables.FAULTS, ["kind", "reason"]) for path in folders]
    tried = sum(commit.stamp(path).rows for path in inputs.images)
    return SourceError(
        "no picture could be read",
        expected="at least one picture that can be decoded",
        found=f"{tried} pictures tried: {_counts(problems)}",
        where=str(inputs.catalog),
        action="look at problems.parquet in the catalogue, and check that the folder of images holds pictures",
    )


def _counts(problems: list[pa.Table]) -> str:
    if not problems:
        return "none"
    counted = pa.concat_tables(problems).group_by(["kind", "reason"]).aggregate([([], "count_all")]).to_pylist()
    counted.sort(key=lambda row: (-row["count_all"], row["kind"], row["reason"]))
    texts = [f"{row['count_all']} {row['kind']} ({row['reason']})" for row in counted]
    more = [f"{len(texts) - _REASONS_SHOWN} more reasons"] if len(texts) > _REASONS_SHOWN else []
    return ", ".join(texts[:_REASONS_SHOWN] + more) or "no reason recorded"
