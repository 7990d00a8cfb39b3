"""Images per second of the features stage, against PixPlot's way and against the bare network.

    python benchmarks/features.py [--data FOLDER] [--models mobilenet_v2 inception_v3] [--rounds 3] [--quick]

Three rivals take turns, round by round, on the same pictures: PixPlot's way (each file decoded in full, resized and given alone to
Keras's `predict`); this stage (the squares that ingest wrote, through Zarr to features on the disk, the reading of the network left
out); and the network alone, in the same engine, precision and batch, on an array in memory. Weights are random where none are given
by --weights, which changes no speed. The last line is one JSON object of all figures, medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pixplot_steps import digest, machine
from pixplot_steps.features import batches, engines, network
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.networks import NETWORKS
from pixplot_steps.spec import Model
from pixplot_steps.store import arrays, commit

ROOT = Path(__file__).parents[1]
PIXPLOT_SHARE = 8
"""PixPlot's way gets every so many-th picture: it would take most of the time."""


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    args = _arguments()
    files = sorted((args.data / "clothing_unlabelled").rglob("*.jpg"))[: 128 if args.quick else 512]
    if not files:
        print(f"no pictures: {args.data} lacks clothing_unlabelled (give its folder with --data)", file=sys.stderr)
        return 2
    figures: dict[str, float] = {}
    found = machine.detect()
    print(f"GPU: {found.gpu}; bfloat16: {found.bfloat16}; {len(files)} pictures, {args.rounds} rounds, images/s")
    print(f"{'':22}{'PixPlot':>10}{'this stage':>12}{'bare':>10}{'speed-up':>10}{'of bare':>9}")
    for name in args.models:
        model = Model("keras", name, name, side=NETWORKS[name].side, aspect="squash", engine=found.engine(args.engine))
        model = replace(model, precision=found.precision(args.precision))
        rates = _measure(model, files, args.rounds, os.cpu_count() or 1)
        ratios = {"speedup_vs_pixplot": rates["stage"] / rates["pixplot"], "share_of_bare_model": rates["stage"] / rates["bare"]}
        print(f"{name:22}{rates['pixplot']:10.1f}{rates['stage']:12.1f}{rates['bare']:10.1f}", end="")
        print(f"{ratios['speedup_vs_pixplot']:10.1f}{ratios['share_of_bare_model']:9.2f}  {model.engine} {model.precision}")
        named = {**ratios, "images_per_s": rates["stage"], "bare_images_per_s": rates["bare"], "pixplot_images_per_s": rates["pixplot"]}
        figures.update({f"{name}_{key}": round(value, 3) for key, value in named.items()})
    print(json.dumps(figures, sort_keys=True))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Images per second of the features stage.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with clothing_unlabelled/")
    parser.add_argument("--models", nargs="+", default=["mobilenet_v2", "inception_v3"], choices=list(NETWORKS))
    parser.add_argument("--engine", choices=("auto", "tensorflow", "openvino"), default="auto")
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16", "float16"), default="auto")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="128 pictures, one round")
    args = parser.parse_args()
    args.rounds = 1 if args.quick else args.rounds
    return args


def _measure(model: Model, files: list[Path], rounds: int, threads: int) -> dict[str, float]:
    import keras

    keras.config.set_dtype_policy("float32")
    function = getattr(keras.applications, NETWORKS[model.source].function)
    shape = (model.side, model.side, 3)
    rival = function(weights=None, include_top=False, pooling="avg", input_shape=shape)
    preprocess = getattr(keras.applications, NETWORKS[model.source].module).preprocess_input
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(model, rival, preprocess, Path(folder), threads)
        pixels = _ingested(files, model.side, Path(folder), threads)
        rivals: dict[str, Any] = {
            "pixplot": (partial(_pixplot, rival, preprocess, files[::PIXPLOT_SHARE], model.side), len(files[::PIXPLOT_SHARE])),
            "stage": (partial(_stage, engine, Path(folder), int(rival.output_shape[-1])), len(files)),
            "bare": (partial(_bare, engine, pixels), len(files)),
        }
        rates: dict[str, list[float]] = {name: [] for name in rivals}
        for turn in range(rounds + 1):
            for name, (run, count) in rivals.items():
                started = time.perf_counter()
                run()
                if turn or rounds == 0:  # the first turn pays for compiling
                    rates[name].append(count / (time.perf_counter() - started))
    return {name: statistics.median(values) for name, values in rates.items()}


def _engine(model: Model, rival: Any, preprocess: Any, folder: Path, threads: int) -> engines.Engine:
    import tensorflow as tf

    frozen = network.freeze(rival, preprocess, model.side)
    tf.io.write_graph(frozen.graph, str(folder), "network.pb", as_text=False)
    if model.engine == "tensorflow":
        return engines.TensorFlow((folder / "network.pb").read_bytes())
    engines.openvino_from_graph(str(folder / "network.pb"), str(folder / "network.xml"))
    return engines.OpenVino(str(folder / "network.xml"), model, threads)


def _ingested(files: list[Path], side: int, folder: Path, threads: int) -> engines.Pixels:
    batch = Batch(len(files), Wanted(128, 1024, 85, (255, 255, 255), 300, squares=(side,), aspect="squash"), folder)
    batch.read([Location(digest.of_file(path), str(path)) for path in files], threads)
    with commit.folder(folder / "images.zarr") as draft:
        arrays.write(draft.path, "square", batch.squares[side], "quick")
    return batch.squares[side][:]


def _pixplot(rival: Any, preprocess: Any, files: list[Path], side: int) -> None:
    for path in files:
        with Image.open(path) as file:
            picture = file.convert("RGB").resize((side, side))
        rival.predict(preprocess(np.asarray(picture, dtype=np.float32)[None]), verbose=0)


def _stage(engine: engines.Engine, folder: Path, dimensions: int) -> None:
    square = arrays.open_array(folder / "images.zarr", "square")
    rows = np.arange(square.shape[0])
    found = batches.describe(lambda wanted: np.asarray(square[wanted[0] : wanted[-1] + 1]), rows, engine, dimensions, lambda _: None)
    with commit.folder(folder / "features.zarr") as draft:
        arrays.write(draft.path, "features", found.features.astype(np.float16))


def _bare(engine: engines.Engine, pixels: engines.Pixels) -> None:
    for start in range(0, len(pixels), engine.batch):
        engine.run(pixels[start : start + engine.batch])


if __name__ == "__main__":
    sys.exit(main())
