"""Claims of the deep zoom: a grid of 20,000 pictures of 128 pixels within 3 GiB, and two workers sooner than one.

Shards as the workflow writes them, of the pictures of `benchmarks/atlases.py`; a grid scatters each shard over all of it. Rates are
cells of the grid by processor time, all levels drawn and encoded. One worker and two are compared by the clock, in turns, each with the
start of its process. The rival is what image-tsne-ui does: one picture of all in memory, from which Pillow cuts and reduces the tiles.

Prints a table and, last, one JSON object.

    python benchmarks/deepzoom.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.atlases import GROUND, peak_mib, write
from pixplot_steps.deepzoom import drawing, step
from pixplot_steps.deepzoom.pyramid import Pyramid
from pixplot_steps.store import arrays, commit

SEED = 24
CELL = 128
TILE = 512
QUALITY = 85


def grid(root: Path, count: int) -> None:
    """A grid in which the pictures lie in random order."""
    columns = int(np.ceil(np.sqrt(1.5 * count)))
    rows = -(-count // columns)
    spacing = 2 / max(columns - 1, rows - 1)
    line, column = np.divmod(np.random.default_rng(SEED).permutation(count), columns)
    with commit.folder(root / "grid.zarr") as draft:
        places = np.stack([column * spacing - 1, 1 - line * spacing], axis=1).astype(np.float32)
        arrays.write(draft.path, "positions", places)
        draft.summary = {"kind": "grid", "cell": spacing}
    flags = argparse.Namespace(part="plan", catalog=root / "catalog", vectors=root / "vectors.zarr", layout=root / "grid.zarr", name="grid")
    flags.out = root / "plan.zarr"
    step.run(flags)


def flags_of(root: Path, part: str, out: Path) -> argparse.Namespace:
    """The flags that all parts share."""
    flags = argparse.Namespace(part=part, plan=root / "plan.zarr", images=root / "images", out=out)
    flags.ground, flags.cell, flags.tile, flags.quality = GROUND, CELL, TILE, QUALITY
    return flags


def worker(root: Path, part: str, groups: range, of: int) -> None:
    """Do a part for some of `of` groups; print seconds of processor time, and the peak of memory in MiB, of this process alone."""
    started = time.process_time()
    for group in groups:
        flags = flags_of(root, part, root / f"{part}-{group}-{of}.zarr")
        flags.group, flags.groups = group, of
        flags.tiles, flags.format = [root / f"tiles-{one}-{of}.zarr" for one in range(of)], "jpeg"
        shutil.rmtree(flags.out, ignore_errors=True)
        step.run(flags)
    print(json.dumps({"seconds": time.process_time() - started, "peak": peak_mib()}))


def start(root: Path, part: str, groups: range, of: int) -> subprocess.Popen[str]:
    """A worker in a process of its own."""
    words = [str(root), part, str(groups.start), str(groups.stop), str(of)]
    command = [sys.executable, "-m", "benchmarks.deepzoom", "--worker", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def answers(processes: list[subprocess.Popen[str]]) -> list[dict[str, float]]:
    """What workers print, when all are done."""
    found = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [json.loads(text) for text in found]


def speed_up(root: Path, turns: int) -> tuple[float, float]:
    """Two workers that draw half of the tiles each against one that draws all: medians of some turns.

    How many times sooner they are done by the clock, which says little where others use the processors; and the processor time of one by
    that of two together, which is 1 where nothing is done twice.
    """

    def taken(parts: list[range]) -> tuple[float, float]:
        started = time.perf_counter()
        found = answers([start(root, "tiles", part, 2) for part in parts])
        return time.perf_counter() - started, sum(one["seconds"] for one in found)

    each = [(taken([range(2)]), taken([range(1), range(1, 2)])) for _ in range(turns)]
    wall, processor = (statistics.median(one[i] / two[i] for one, two in each) for i in (0, 1))
    return wall, processor


def rival(side: int) -> tuple[float, float]:
    """Seconds of processor time, and MiB of pixels, for one picture of so many cells a side from which Pillow cuts tiles."""
    generator = np.random.default_rng(SEED)
    cell = generator.integers(0, 255, (CELL, CELL, 3), dtype=np.uint8)
    whole = Image.new("RGB", (side * CELL, side * CELL))
    started = time.process_time()
    for place in range(side * side):
        whole.paste(Image.fromarray(cell), (place % side * CELL, place // side * CELL))
    pyramid = Pyramid(*whole.size, TILE)
    mib = 4 * whole.width * whole.height / 2**20
    for level in range(pyramid.levels):
        for tile in pyramid.tiles(level):
            x, y, width, height = pyramid.box(tile)
            drawing.encode(whole.crop((x, y, x + width, y + height)), QUALITY)
        whole = whole.resize(pyramid.size(level + 1), Image.Resampling.LANCZOS)
    return time.process_time() - started, mib


def main() -> None:
    """Run the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="4,000 pictures instead of 20,000")
    parser.add_argument("--worker", nargs=5, metavar=("FOLDER", "PART", "BEGIN", "END", "OF"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        folder, part, begin, end, of = options.worker
        worker(Path(folder), part, range(int(begin), int(end)), int(of))
        return
    count = 4_000 if options.quick else 20_000
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        write(root, count)
        grid(root, count)
        [tiles] = answers([start(root, "tiles", range(2), 2)])
        [top] = answers([start(root, "top", range(1), 2)])
        [mosaic] = answers([start(root, "mosaic", range(1), 2)])
        results: dict[str, float] = {
            "cells": count,
            "cells_per_s": round(count / (tiles["seconds"] + top["seconds"])),
            "mosaic_cells_per_s": round(count / mosaic["seconds"]),
            "peak_mib": round(max(tiles["peak"], top["peak"])),
            "mosaic_peak_mib": round(mosaic["peak"]),
        }
        wall, processor = speed_up(root, 1 if options.quick else 3)
        results |= {"two_workers": round(wall, 2), "two_workers_processor": round(processor, 2)}
    side = 30 if options.quick else 60
    seconds, mib = rival(side)
    results |= {"rival_cells_per_s": round(side * side / seconds), "rival_mib_of_pixels_at_20000": round(mib / side**2 * 20_000)}
    for name, value in results.items():
        print(f"{name:>32}{value:>12,}")
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
