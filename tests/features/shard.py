"""One ingested shard and its catalogue, and the features step run on it as the workflow does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import config, spec
from pixplot_steps.cli import main
from pixplot_steps.store import arrays, commit, tables

SHARD = "a" * 32
ROOT = Path(__file__).parents[2]


def write(root: Path, ok: Sequence[bool], squares: NDArray[np.uint8] | None = None, side: int = 64) -> Path:
    """A shard at root/images.zarr and a catalogue at root/catalog; returns `root`."""
    rows = len(ok)
    if squares is None:
        squares = pictures(rows, side)
    images = [f"{row:032x}" for row in range(rows)]
    paths = [f"folder/p{row}.png" for row in range(rows)]
    with commit.folder(root / "images.zarr") as draft:
        arrays.write(draft.path, "thumb", np.random.default_rng(4).integers(0, 255, (rows, 128, 128, 3), dtype=np.uint8))
        arrays.write(draft.path, "size", np.where(np.array(ok)[:, None], [[128, 90]], 0).astype(np.uint32))
        arrays.write(draft.path, "ok", np.array(ok))
        arrays.write(draft.path, f"square_{squares.shape[1]}", squares)
        draft.rows = rows
    with commit.folder(root / "catalog") as draft:
        (draft.path / "shards").mkdir()
        listed = [{"image": image, "path": path, "page": 0, "item": path} for image, path in zip(images, paths, strict=True)]
        tables.write(draft.path / "shards" / f"{SHARD}.parquet", pa.Table.from_pylist(listed, schema=tables.SHARD), tables.SHARD)
        tables.write(draft.path / "items.parquet", pa.table([paths, images], schema=tables.ITEMS), tables.ITEMS)
    return root


def pictures(rows: int, side: int) -> NDArray[np.uint8]:
    """Smooth colours u8 [rows, side, side, 3], each its own."""
    generator = np.random.default_rng(7)
    y, x = np.mgrid[:side, :side] / side
    waves = [
        np.sin(generator.uniform(2, 12, 3) * x[..., None] + generator.uniform(2, 12, 3) * y[..., None] + generator.uniform(0, 6, 3))
        for _ in range(rows)
    ]
    return (np.stack(waves) * 127 + 128).astype(np.uint8) if rows else np.zeros((0, side, side, 3), np.uint8)


def model(entry: object, engine: str = "openvino", precision: str = "float32") -> spec.Model:
    """An entry of features.models, resolved as a configuration of the user's is."""
    import yaml

    value = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8")) | {"images": "pictures"}
    value["features"] |= {"models": [entry], "engine": engine, "precision": precision}
    [found] = config.read(value, ROOT / "workflow/schemas/config.schema.yaml", Path("/")).features.models
    return found


def prepare(wanted: spec.Model, out: Path) -> int:
    """Run `prepare`; returns the exit code."""
    return main(["step", "features", "prepare", "--model", wanted.text, "--out", str(out)])


def calibrate(root: Path, wanted: spec.Model, prepared: Path, out: Path) -> int:
    """Run `calibrate` on the one shard; returns the exit code."""
    flags = [
        "--images",
        str(root / "images.zarr"),
        "--prepared",
        str(prepared),
        "--model",
        wanted.text,
        "--threads",
        "2",
        "--out",
        str(out),
    ]
    return main(["step", "features", "calibrate", *flags])


def describe(root: Path, wanted: spec.Model, prepared: Sequence[Path] = (), out: str = "features.zarr", threads: int = 2) -> int:
    """Run `describe`; returns the exit code."""
    inputs = ["--images", str(root / "images.zarr"), "--catalog", str(root / "catalog"), "--shard", SHARD]
    flags = ["--prepared", *map(str, prepared), "--threads", str(threads), "--model", wanted.text, "--out", str(root / out)]
    return main(["step", "features", "describe", *inputs, *flags])


def features(
    root: Path, entry: object, engine: str = "openvino", precision: str = "float32", out: str = "features.zarr"
) -> NDArray[np.float64]:
    """Prepare, calibrate where that is wanted, and describe; returns the features."""
    wanted = model(entry, engine, precision)
    prepared = [root / f"model-{engine}-{precision}"] if wanted.prepared else []
    for path in prepared:
        assert prepare(wanted, path) == 0
    if wanted.calibrated:
        assert calibrate(root, wanted, prepared[0], root / "calibrated") == 0
        prepared = [root / "calibrated"]
    assert describe(root, wanted, prepared, out) == 0
    return arrays.read(root / out, "features").astype(np.float64)
