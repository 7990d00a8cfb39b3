"""`pixplot step features`: makes a model ready, once, and describes each picture of a shard by it.

Memory: `prepare` loads TensorFlow and the network; `calibrate` holds a sample of pixels; `describe` holds one shard's features and a few
blocks of pixels.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps import spec
from pixplot_steps.errors import BusyError, ConfigError, DamagedError, SourceError
from pixplot_steps.features import batches, builtin, engines, models
from pixplot_steps.spec import Model
from pixplot_steps.store import arrays, commit, given, lock, tables

BATCH = 64
"""Pictures that `builtin` describes at once: their intermediate arrays stay within some 100 MB."""

SAMPLE = 256
"""Pictures that calibrate a network: with twice as many the ranges of MobileNetV2 differ by 0.1 % in the median."""

_TELL_EVERY = 5.0
_GPUS = Path("/proc/driver/nvidia/gpus")
"""Has a folder for each."""
_GPU_WAIT = 1.0

_NETWORK = "network.xml"
_GRAPH = "network.pb"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the three commands."""
    commands = parser.add_subparsers(dest="command", title="commands", required=True)
    prepare = commands.add_parser("prepare", help="make a model ready: load weights, convert the network")
    calibrate = commands.add_parser("calibrate", help="a prepared network in 8 bits, by the ranges that a sample of the pictures takes")
    calibrate.add_argument("--images", type=Path, nargs="*", required=True, help="ingested shards that the sample is taken from")
    calibrate.add_argument("--prepared", type=Path, required=True, help="the prepared network")
    calibrate.add_argument("--threads", type=int, required=True, help="threads that compute")
    describe = commands.add_parser("describe", help="one vector for each picture of a shard")
    describe.add_argument("--images", type=Path, required=True, help="ingested shard to read")
    describe.add_argument("--catalog", type=Path, required=True, help="the catalogue, which knows file names")
    describe.add_argument("--shard", required=True, help="name of the shard")
    describe.add_argument("--prepared", type=Path, nargs="*", required=True, help="the prepared model, where there is one")
    describe.add_argument("--threads", type=int, required=True, help="threads that compute")
    for command in (prepare, calibrate, describe):
        command.add_argument("--model", type=spec.read_model, required=True, help="the model, as JSON of spec.Model")
        command.add_argument("--out", type=Path, required=True, help="folder to write")


def run(args: argparse.Namespace) -> None:
    """Prepare a model, calibrate it, or describe a shard's pictures; rows without a picture are zeros."""
    {"prepare": _prepare, "calibrate": _calibrate, "describe": _describe}[args.command](args)


# --- prepare ---


def _prepare(args: argparse.Namespace) -> None:
    model: Model = args.model
    makers = {"keras": _prepare_keras, "keras_file": _prepare_keras, "onnx": _prepare_onnx, "vectors": _prepare_vectors}
    with commit.folder(args.out) as draft:
        dimensions, software = makers[model.kind](model, draft.path)
        said = models.about(model, software)
        draft.rows = 1
        draft.summary = {"model": model.name, "version": said.version, "dimensions": dimensions, "description": said.description}
        if model.engine:
            draft.summary |= {"engine": model.engine, "precision": model.precision}
    ran = f", runs in {model.engine} as {model.precision}" if model.engine else ""
    print(f"features: {model.name} is ready, {dimensions} numbers for each picture{ran}", file=sys.stderr)


def _prepare_keras(model: Model, folder: Path) -> tuple[int, str]:
    _need("keras", "tensorflow")
    tf = _tensorflow()
    import keras

    from pixplot_steps.features import network

    frozen = network.freeze(*network.build(model), model.side)
    dimensions = int(frozen.outputs[0].shape[-1])
    if model.engine == "tensorflow":
        tf.io.write_graph(frozen.graph, str(folder), _GRAPH, as_text=False)
    else:
        _need("openvino")
        with tempfile.TemporaryDirectory() as scratch:
            tf.io.write_graph(frozen.graph, scratch, _GRAPH, as_text=False)
            engines.openvino_from_graph(f"{scratch}/{_GRAPH}", str(folder / _NETWORK))
    return dimensions, f"Keras {keras.__version__}"


def _prepare_onnx(model: Model, folder: Path) -> tuple[int, str]:
    _need("openvino")
    return engines.openvino_from_onnx(model, str(folder / _NETWORK)), ""


def _prepare_vectors(model: Model, folder: Path) -> tuple[int, str]:
    read = given.read(Path(model.path))
    arrays.write(folder, "values", read.values.astype(np.float32))
    tables.write(folder / "names.parquet", pa.table({given.FILENAME: read.names}), tables.NAMES)
    return read.values.shape[1], ""


def _tensorflow() -> Any:
    """TensorFlow, imported without its notes on processors and GPUs, which are no news for whoever waits."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Keras may have been set up for another one.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    # Some are written to the terminal before that is looked at.
    sys.stderr.flush()
    terminal, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)
    return tensorflow


def _need(*packages: str) -> None:
    """Stop where a package of the extra `models` is missing, before anything is downloaded or converted."""
    from importlib.util import find_spec

    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise ConfigError(
            f"{' and '.join(missing)} is not installed, and the model needs it",
            expected="the packages of models.lock",
            found="only those of requirements.lock",
            where="features.models",
            action="run `make setup-models` (elsewhere: docs/models.md), or take the model builtin, which needs neither",
        )


# --- calibrate ---


def _calibrate(args: argparse.Namespace) -> None:
    _need("openvino")
    prepared, *_ = commit.stamps([args.prepared, *args.images])
    pictures = _sample(args.images, args.model.side)
    with commit.folder(args.out) as draft:
        engines.openvino_int8(str(args.prepared / _NETWORK), pictures, args.threads, str(draft.path / _NETWORK))
        draft.rows = 1
        draft.summary = {**prepared.summary, "calibrated": len(pictures)}
    print(f"features: {args.model.name} computes in 8 bits, in the ranges that {len(pictures)} pictures take", file=sys.stderr)


def _sample(images: list[Path], side: int) -> engines.Pixels:
    """Some pictures of each shard, evenly from first to last. Raises SourceError where there is none."""
    each = max(1, -(-SAMPLE // max(1, len(images))))
    parts = []
    for path in images:
        rows = np.flatnonzero(arrays.read(path, "ok"))
        chosen = rows[np.unique(np.linspace(0, len(rows) - 1, each).round().astype(np.int64))] if len(rows) else rows
        parts += [arrays.open_array(path, f"square_{side}").rows(chosen)] if len(chosen) else []
    if parts:
        return np.concatenate(parts)
    raise SourceError(
        "there is no picture to calibrate a network by",
        expected="at least one picture that can be decoded",
        where=", ".join(map(str, images)) or "the catalogue",
        action="look at problems.parquet in the catalogue, or take another precision than int8",
    )


# --- describe ---


@dataclass(frozen=True)
class Found:
    """`features` f16 or f32 [n, d], zero where not `ok` bool [n]; `faults`: by row; `summary`: what the site says of the model."""

    features: NDArray[np.floating]
    ok: NDArray[np.bool_]
    faults: dict[int, str]
    summary: dict[str, Any]


def _describe(args: argparse.Namespace) -> None:
    started = time.perf_counter()
    pictures, *_ = commit.stamps([args.images, *args.prepared])
    makers = {"builtin": _by_builtin, "vectors": _by_file, "plugin": _by_plugin}
    found = makers.get(args.model.kind, _by_network)(args)
    images = tables.read(args.catalog / "shards" / f"{args.shard}.parquet", tables.SHARD, ["image"])["image"].to_pylist()
    if len(images) != len(found.ok):
        raise DamagedError(
            "a shard of images is not that of the catalogue",
            expected=f"{len(images)} rows",
            found=f"{len(found.ok)}",
            where=str(args.images),
            action="remove this folder and run the workflow again",
        )
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "features", found.features)
        arrays.write(draft.path, "ok", found.ok)
        tables.write(draft.path / "problems.parquet", _problems(args.model, images, found.faults), tables.FAULTS)
        draft.rows = len(found.ok)
        draft.summary = {**found.summary, "images": pictures.digest}
    seconds = time.perf_counter() - started
    told = f", {len(found.faults)} without" if found.faults else ""
    print(f"features: {len(images)} images by {args.model.name}{told}, {len(images) / seconds:.0f} images/s", file=sys.stderr)


def _problems(model: Model, images: list[str], faults: dict[int, str]) -> pa.Table:
    action = "add it to the file, or leave the picture out" if model.kind == "vectors" else "look at the picture, or take another model"
    rows = [
        {"image": images[row], "kind": "not described", "reason": f"{model.name}: {reason}", "action": action}
        for row, reason in sorted(faults.items())
    ]
    return pa.Table.from_pylist(rows, schema=tables.FAULTS)


def _by_builtin(args: argparse.Namespace) -> Found:
    ok, size = arrays.read(args.images, "ok"), arrays.read(args.images, "size")
    thumb = arrays.open_array(args.images, "thumb")
    features = np.zeros((len(ok), builtin.DIMENSIONS), np.float16)
    for start in range(0, len(ok), BATCH):
        batch = slice(start, start + BATCH)
        rows = start + np.flatnonzero(ok[batch])
        if len(rows):
            features[rows] = builtin.describe(thumb.rows(rows), size[rows])
    said = models.BUILTIN
    summary = {"model": "builtin", "version": said.version, "dimensions": builtin.DIMENSIONS, "description": said.description}
    return Found(features, ok, {}, summary)


def _by_network(args: argparse.Namespace) -> Found:
    summary = _summary(args)
    return _by_engine(args, _engine(args), summary["dimensions"], summary)


def _summary(args: argparse.Namespace) -> dict[str, Any]:
    # One prepared network may be wanted under two names.
    return {**commit.stamp(args.prepared[0]).summary, "model": args.model.name}


def _by_plugin(args: argparse.Namespace) -> Found:
    about = models.plugin(args.model.source)
    engine = models.PluginEngine(args.model.source, args.threads)
    # How long its vectors are shows when it describes a picture.
    dimensions = engine.run(np.zeros((1, args.model.side, args.model.side, 3), np.uint8)).shape[1]
    said = {"version": str(about.version), "description": str(about.description)}
    return _by_engine(args, engine, dimensions, {"model": args.model.name, "dimensions": dimensions, **said})


def _by_engine(args: argparse.Namespace, engine: engines.Engine, dimensions: int, summary: dict[str, Any]) -> Found:
    ok = arrays.read(args.images, "ok")
    pixels = arrays.open_array(args.images, f"square_{args.model.side}")
    rows = np.flatnonzero(ok)
    described = batches.describe(lambda wanted: _rows_of(pixels, wanted), rows, engine, dimensions, _Progress(len(rows)))
    features = np.zeros((len(ok), dimensions), np.float16)
    features[rows] = described.features
    done = ok.copy()
    done[rows] = described.ok
    return Found(features, done, {int(rows[index]): fault for index, fault in described.faults.items()}, summary)


def _rows_of(pixels: Any, wanted: NDArray[np.int64]) -> engines.Pixels:
    # One slice and, where pictures are missing, a choice from it: Zarr takes single rows one by one.
    found: engines.Pixels = np.asarray(pixels[wanted[0] : wanted[-1] + 1])
    return found if len(found) == len(wanted) else found[wanted - wanted[0]]


def _engine(args: argparse.Namespace) -> engines.Engine:
    model: Model = args.model
    if model.engine == "openvino":
        _need("openvino")
        return engines.OpenVino(str(args.prepared[0] / _NETWORK), model, args.threads)
    _need("tensorflow")
    gpu = _claim_gpu()
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(args.threads)
    _tensorflow()
    engine = engines.TensorFlow((args.prepared[0] / _GRAPH).read_bytes())
    if gpu and engine.devices:
        batch = batches.fastest(engine, np.zeros((1, model.side, model.side, 3), np.uint8), time.perf_counter, _setter(engine))
        print(f"features: GPU {gpu}, {batch} pictures at once", file=sys.stderr)
    elif gpu:
        print("features: this TensorFlow cannot use the GPU, and computes on the processor; install tensorflow[and-cuda]", file=sys.stderr)
    return engine


def _setter(engine: engines.TensorFlow) -> Callable[[int], None]:
    return lambda batch: setattr(engine, "batch", batch)


def _claim_gpu() -> str:
    """The number of a GPU that no other job uses, made the only visible one; empty where there is none. Waits for one to be free."""
    present = [str(number) for number in range(len(list(_GPUS.iterdir())))] if _GPUS.is_dir() else []
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    numbers = present if allowed is None else [number.strip() for number in allowed.split(",") if number.strip()]
    told = False
    while numbers:
        for number in numbers:
            try:
                # Of this user alone: another's file could not be opened.
                lock.hold(Path(tempfile.gettempdir(), f"pixplot-gpu-{os.getuid()}-{number}.lock"), f"GPU {number}")
            except BusyError:
                continue
            os.environ["CUDA_VISIBLE_DEVICES"] = number
            return number
        if not told:
            print(f"features: waiting for a GPU, as other jobs use {', '.join(numbers)}", file=sys.stderr, flush=True)
            told = True
        time.sleep(_GPU_WAIT)
    return ""


def _by_file(args: argparse.Namespace) -> Found:
    prepared = args.prepared[0]
    ok = arrays.read(args.images, "ok")
    row = _rows_by_image(args, tables.read(prepared / "names.parquet", tables.NAMES)[given.FILENAME].to_pylist())
    values = arrays.open_array(prepared, "values")
    features = np.zeros((len(ok), values.shape[1]), np.float32)
    here = np.flatnonzero(ok & (row >= 0))
    if len(here):
        features[here] = values.rows(row[here])
    missing = {int(index): "the file of vectors has no row for it" for index in np.flatnonzero(ok & (row < 0))}
    return Found(features, ok & (row >= 0), missing, _summary(args))


def _rows_by_image(args: argparse.Namespace, names: list[str]) -> NDArray[np.int64]:
    """For each image of the shard the row of the first of its items that is named, or -1."""
    items = tables.read(args.catalog / "items.parquet", tables.ITEMS, ["item", "image"])
    images = tables.read(args.catalog / "shards" / f"{args.shard}.parquet", tables.SHARD, ["image"])["image"]
    named = given.rows(names, items["item"].to_pylist())
    with_row = pc.drop_null(pc.if_else(pa.array(named >= 0), items["image"], pa.scalar(None, pa.string())))
    first = pc.index_in(images, value_set=with_row.combine_chunks() if isinstance(with_row, pa.ChunkedArray) else with_row)
    place = np.asarray(pc.fill_null(first, -1), dtype=np.int64)
    # An empty list still needs a last element to be pointed at by -1.
    return np.append(named[named >= 0], -1)[place]


class _Progress:
    """Tells now and then how many pictures are done, how fast, and how long the rest takes."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = self._told = time.perf_counter()

    def __call__(self, done: int) -> None:
        now = time.perf_counter()
        if now - self._told < _TELL_EVERY:
            return
        self._told = now
        rate = done / (now - self._started)
        left = (self._total - done) / rate
        print(f"features: {done} of {self._total} images, {rate:.0f} images/s, {left:.0f} s left", file=sys.stderr, flush=True)
