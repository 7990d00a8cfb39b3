"""Principal components and the graph of neighbours at the size of a large collection: time against numpy's own product, and memory.

    python benchmarks/vectors.py [--images 100000] [--dimensions 2048] [--neighbours 0] [--quick]

The features are random half floats of 40 hidden directions, in shards of 2,048, written and read as the workflow does. The rival is
numpy's `x.T @ x` (BLAS syrk) of the same rows as float32 blocks in memory. Compared are seconds of processor time, on however many
threads, so that what else the machine does counts little. From the step's its start (the same step on 64 images, with its
eigendecomposition) and the reading are taken. Time grows with the images, memory
hardly: what a million take is the time scaled, and the memory measured plus 200 bytes an image. `--neighbours N` also makes the graph
of N x 50 vectors, with one thread as `reproducible: true` does. The last line is one JSON object of all figures.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.store import arrays, commit

ROOT = Path(__file__).parents[1]
# The tests' own maker of shards, which lies beside this folder.
sys.path.insert(0, str(ROOT))
shards = importlib.import_module("tests.vectors.shards")

SHARD = 2048
HIDDEN = 40


def main() -> None:
    """Measure, print, and end with the figures as JSON."""
    args = _arguments()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        if args.images:
            figures.update(_components(Path(folder), args.images, args.dimensions))
        if args.neighbours:
            figures.update(_neighbours(Path(folder), args.neighbours))
    for name, value in figures.items():
        print(f"{name:36} {value:14,.2f}")
    print(json.dumps(figures, sort_keys=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time and memory of vectors and neighbours.")
    parser.add_argument("--images", type=int, default=100_000, help="images whose components are found; 0: none")
    parser.add_argument("--dimensions", type=int, default=2048, help="numbers for each image")
    parser.add_argument("--neighbours", type=int, default=0, help="images in the graph of neighbours; 0: none")
    parser.add_argument("--quick", action="store_true", help="8,192 images and a graph of 25,000")
    args = parser.parse_args()
    if args.quick:
        args.images, args.neighbours = 8192, 25_000
    return args


def _features(images: int, dimensions: int) -> NDArray[np.float16]:
    generator = np.random.default_rng(0)
    directions = generator.normal(size=(HIDDEN, dimensions)).astype(np.float32)
    out = np.empty((images, dimensions), np.float16)
    for start in range(0, images, SHARD):
        part = out[start : start + SHARD]
        part[:] = generator.normal(size=(len(part), HIDDEN)).astype(np.float32) @ directions
    return out


def _components(folder: Path, images: int, dimensions: int) -> dict[str, float]:
    features = _features(images, dimensions)
    parts = shards.write(folder, features, size=SHARD)
    rival = _syrk(features)
    del features
    flags = ["--catalog", parts.catalog, "--images", parts.images, "--features", parts.features, "--others"]
    flags += ["--components", 50, "--whiten", "false", "--out"]
    seconds, processor, mib = _step("vectors", *flags, folder / "v.zarr")
    again = _syrk(arrays.lazy([parts.features / f"{name}" for name in sorted(os.listdir(parts.features))], "features").compute())
    reading = _reading(parts.features)
    syrk = min(rival, again)
    one = shards.write(folder / "one", _features(64, dimensions), size=64)
    flags[1], flags[3], flags[5] = one.catalog, one.images, one.features
    _, start, _ = _step("vectors", *flags, folder / "one.zarr")
    return {
        "pca_images": images,
        "pca_seconds": seconds,
        "pca_processor_seconds": processor,
        "pca_reading_processor_seconds": 2 * reading,
        "pca_syrk_processor_seconds": syrk,
        "pca_start_processor_seconds": start,
        "pca_by_syrk": (processor - start - 2 * reading) / syrk,
        "pca_peak_mib": mib,
        "pca_peak_mib_at_a_million": mib + 200 * (1_000_000 - images) / (1 << 20),
    }


def _syrk(features: NDArray[np.float16]) -> float:
    total = np.zeros((features.shape[1],) * 2, np.float32)
    seconds = 0.0
    for start in range(0, len(features), SHARD):
        block = features[start : start + SHARD].astype(np.float32)
        started = time.process_time()
        total += block.T @ block
        seconds += time.process_time() - started
    return seconds


def _reading(folder: Path) -> float:
    started = time.process_time()
    for path in folder.iterdir():
        arrays.read(path, "features")
    return time.process_time() - started


def _neighbours(folder: Path, images: int) -> dict[str, float]:
    generator = np.random.default_rng(1)
    centres = generator.normal(size=(200, 50)).astype(np.float32) * 3
    scale = np.linspace(2, 0.3, 50, dtype=np.float32)
    points = (centres[generator.integers(0, 200, images)] + generator.normal(size=(images, 50)).astype(np.float32)) * scale
    with commit.folder(folder / "points.zarr") as draft:
        arrays.write(draft.path, "vectors", points)
        draft.rows = images
    del points
    flags = ["--vectors", folder / "points.zarr", "--count", 20, "--metric", "euclidean", "--exact-below", 20_000, "--seed", 24]
    seconds, _, mib = _step("neighbours", *flags, "--reproducible", "true", "--out", folder / "n.zarr")
    recall = commit.stamp(folder / "n.zarr").summary["recall"]
    return {"knn_images": images, "knn_seconds": seconds, "knn_peak_mib": mib, "knn_recall": recall}


def _step(*words: object) -> tuple[float, float, float]:
    """Seconds, seconds of processor time and peak memory in MiB of a step in a process of its own."""
    code = "import sys, resource; from pixplot_steps.cli import main; code = main(sys.argv[1:]); "
    code += "used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime, used.ru_maxrss); sys.exit(code)"
    started = time.perf_counter()
    command = [sys.executable, "-c", code, "step", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    processor, peak = done.stdout.split()[-2:]
    return seconds, float(processor), int(peak) * unit / (1 << 20)


if __name__ == "__main__":
    main()
