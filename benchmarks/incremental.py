"""Claims of a re-run: one per cent more pictures cost little, no old picture is described again, none moves, and a no-op is quick.

The pictures are drawn: stripes of forty kinds, each kind in its own colours, width and direction, with noise. CPU time is of all
processes of a run, Snakemake's own among them. A model of keras.applications gets random weights, which cost as much as trained ones
(needs `make setup-models`). Prints a table and, last, one JSON object.

    python benchmarks/incremental.py [--quick] [--images N] [--model NAME]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from pixplot_steps.networks import NETWORKS

ROOT = Path(__file__).parents[1]
IMAGES = 20_000
QUICK = 1_000
SHARE = 100
"""One more picture for so many."""

KINDS = 40
SIZE = (640, 480)


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and CPU seconds of a run and all its jobs."""

    wall: float
    cpu: float


def draw(folder: Path, number: int) -> None:
    """Draw a picture of the kind `number` modulo KINDS."""
    kind, own = np.random.default_rng(number % KINDS), np.random.default_rng(1000 + number)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    angle, width = kind.uniform(0, np.pi) + own.normal(0, 0.1), kind.uniform(8, 120) * np.exp(own.normal(0, 0.15))
    wave = (1 + np.sin((x * np.cos(angle) + y * np.sin(angle)) / width * 2 * np.pi + own.uniform(0, 6)))[:, :, None] / 2
    dark, light = kind.uniform(0, 130, 3), kind.uniform(90, 255, 3) + own.normal(0, 8, 3)
    pixels = dark + wave * (light - dark) + own.normal(0, 6, (SIZE[1], SIZE[0], 1))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / f"{number:06}.jpg", quality=88)


def draw_all(folder: Path, numbers: range) -> None:
    """Draw pictures in processes of their own."""
    folder.mkdir(exist_ok=True)
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(draw, folder), numbers, chunksize=50))


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    parser = argparse.ArgumentParser(description="What a re-run costs.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pictures only")
    parser.add_argument("--images", type=int, help="how many pictures")
    parser.add_argument("--model", default="builtin", help="builtin, or a network of keras.applications")
    given = parser.parse_args()
    count = given.images or (QUICK if given.quick else IMAGES)
    if not (ROOT / "viewer/dist/index.html").is_file():
        print("the viewer is not built: run `make viewer` first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), count, given.model)
    for name, value in figures.items():
        print(f"{name:24} {value:>12}")
    print(json.dumps(figures, sort_keys=True))
    return 0


def measure(root: Path, count: int, model: str) -> dict[str, Any]:
    """All figures for so many pictures."""
    models = [model if model == "builtin" else {"model": model, "weights": str(_weights(root, model))}]
    value = {"images": str(root / "pictures"), "workdir": str(root / "work"), "features": {"models": models}}
    (root / "config.yaml").write_text(yaml.safe_dump(value))
    draw_all(root / "pictures", range(count))
    first, before = _run(root), _map(root)
    described = _described(root)
    draw_all(root / "pictures", range(count, count + max(1, count // SHARE)))
    second, after = _run(root), _map(root)
    again = _run(root)
    recomputed = [name for name, at in _described(root).items() if name in described and described[name] != at]
    return {
        "images": count,
        "model": model,
        "more": max(1, count // SHARE),
        "first_cpu_s": round(first.cpu, 1),
        "first_s": round(first.wall, 1),
        "second_cpu_s": round(second.cpu, 1),
        "second_s": round(second.wall, 1),
        "cpu_share": round(second.cpu / first.cpu, 4),
        "features_recomputed": len(recomputed),
        "noop_s": round(again.wall, 1),
        "drift_percent": after["kept"]["drift_percent"],
        "trustworthiness_before": before["quality"]["trustworthiness"],
        "trustworthiness_after": after["quality"]["trustworthiness"],
    }


def _weights(root: Path, model: str) -> Path:
    """Random weights of a network without its classifier, drawn in a process of its own, as TensorFlow stays in memory."""
    path, known = root / f"{model}.weights.h5", NETWORKS[model]
    code = (
        "import sys, keras; path, function = sys.argv[1:]; keras.utils.set_random_seed(1);"
        "getattr(keras.applications, function)(weights=None, include_top=False, pooling='avg').save_weights(path)"
    )
    subprocess.run([sys.executable, "-c", code, str(path), known.function], check=True, stderr=subprocess.DEVNULL)
    return path


def _run(root: Path) -> Cost:
    """Run the workflow as a user does."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "snakemake", "--cores", "all", "--quiet", "all", "--configfile", str(root / "config.yaml")]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(time.perf_counter() - began, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def _map(root: Path) -> dict[str, Any]:
    """What the manifest says of the map."""
    layouts = json.loads((root / "work/site/data/manifest.json").read_bytes())["layouts"]
    [found] = [layout for layout in layouts if layout["name"] == "umap"]
    return dict(found)


def _described(root: Path) -> dict[str, int]:
    """When each shard's features were written."""
    return {str(path): path.stat().st_mtime_ns for path in (root / "work/features").glob("*/*.zarr/stamp.json")}


if __name__ == "__main__":
    sys.exit(main())
