"""Claims of the atlases: cells per second and core, from Zarr to the encoded page, and the memory that a job takes.

The pictures are noise that costs about as many bytes per cell as photographs do (at 64 pixels 640 to 700), in shards as the workflow
writes them; the map scatters each shard over all pages. The rival draws the same cells one picture at a time, as PixPlot does: read
a picture, `thumbnail`, paste, save with Pillow's defaults. One worker and two are compared by the clock, in turns, on pages drawn again
and again, so that the second or two in which a process starts, and which is counted, does not decide.

Prints a table and, last, one JSON object.

    python benchmarks/atlases.py [--quick]
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import cells, digest
from pixplot_steps.atlases import geometry, step
from pixplot_steps.store import arrays, commit, tables

SEED = 24
SHARD = 2048
PICTURES = 8192
SOURCES = 256
GROUND = "#000000"
RIVALS = 256
BUDGETS = {64: 128, 32: 32}
"""MiB that lead to each cell, for so many pictures."""


def photographs(count: int) -> NDArray[np.uint8]:
    """Pictures u8 [count, 128, 128, 3] whose spectrum falls with frequency as that of photographs does (Field 1987)."""
    generator = np.random.default_rng(SEED)
    y, x = np.meshgrid(np.fft.fftfreq(128), np.fft.rfftfreq(128), indexing="ij")
    falling = 1 / np.maximum(np.hypot(y, x), 1 / 128) ** 1.6
    waves = np.fft.rfft2(generator.normal(size=(count, 3, 128, 128))) * falling
    grey = np.fft.irfft2(waves[:, :1] + 0.4 * waves, s=(128, 128))
    scaled = 128 + 45 * grey / grey.std(axis=(1, 2, 3), keepdims=True) + generator.normal(scale=1.0, size=grey.shape)
    return np.ascontiguousarray(np.moveaxis(np.clip(scaled, 0, 255), 1, 3), dtype=np.uint8)


def write(root: Path, count: int) -> None:
    """Catalogue, shards, vectors and a map of `count` pictures; only what the atlases read."""
    generator = np.random.default_rng(SEED)
    sources = photographs(SOURCES)
    aspect = 2.0 ** generator.uniform(-1, 1, count)
    sizes = np.stack([np.minimum(1000, 1000 * aspect), np.minimum(1000, 1000 / aspect)], axis=1).astype(np.uint32)
    names = [f"{shard:032x}" for shard in range(-(-count // SHARD))]
    for shard, name in enumerate(names):
        rows = np.arange(shard * SHARD, min(count, (shard + 1) * SHARD))
        with commit.folder(root / "images" / f"{name}.zarr") as draft:
            drawn = thumbs(sources, rows, sizes[rows])
            arrays.write(draft.path, "thumb", drawn, "quick", scattered=True)
            arrays.write(draft.path, "thumb_32", cells.reduced(drawn, sizes[rows], 32, GROUND), "quick", scattered=True)
            arrays.write(draft.path, "size", sizes[rows])
    ids = [digest.of_bytes(b"%d" % number) for number in range(count)]
    shards, rows = np.divmod(np.arange(count), SHARD)
    with commit.folder(root / "vectors.zarr") as draft:
        columns = [pa.array(ids), pa.array([names[shard] for shard in shards]), pa.array(rows, pa.int32())]
        tables.write(draft.path / "images.parquet", pa.Table.from_arrays(columns, schema=tables.IMAGES), tables.IMAGES)
    with commit.folder(root / "catalog") as draft:
        items = pa.table({"item": [f"{number:09d}" for number in range(count)], "image": ids})
        tables.write(draft.path / "items.parquet", items, tables.ITEMS)
    with commit.folder(root / "map.zarr") as draft:
        arrays.write(draft.path, "positions", generator.uniform(-1, 1, (count, 2)).astype(np.float32))


def thumbs(sources: NDArray[np.uint8], rows: NDArray[np.int64], sizes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Thumbnails u8 [n, 128, 128, 3]: a source each, in the rectangle of its size."""
    out = np.zeros((len(rows), 128, 128, 3), np.uint8)
    for thumb, row, (x, y, w, h) in zip(out, rows, geometry.fit(sizes, 128).tolist(), strict=True):
        thumb[y : y + h, x : x + w] = np.roll(sources[row % SOURCES], row // SOURCES, axis=1)[y : y + h, x : x + w]
    return out


def plan(root: Path, cell: int) -> None:
    """Plan an atlas of this cell."""
    out = root / f"plan-{cell}.zarr"
    flags = {"catalog": root / "catalog", "vectors": root / "vectors.zarr", "map": root / "map.zarr", "out": out}
    step.run(
        argparse.Namespace(
            part="plan", page=2048, cell=128, budget_mib=BUDGETS[cell], levels=[], former=[], format="webp", quality=80, **flags
        )
    )


def worker(root: Path, cell: int, groups: range, of: int, rounds: int) -> None:
    """Draw some groups of `of` pages, again and again; print what it took this process alone.

    `rate`: cells per second of processor time, of all threads; `peak`: of memory in MiB; `bytes`: of a cell.
    """
    plan_ = root / f"plan-{cell}.zarr"
    slots, per_group = commit.stamp(plan_).summary["slots"], of * (2048 // cell) ** 2
    started, drawn, size = time.process_time(), 0, 0
    for group in [*groups] * rounds:
        flags = argparse.Namespace(part="pages", plan=plan_, images=root / "images", group=group, pages_per_job=of, ground=GROUND)
        flags.out = root / f"pages-{cell}-{group}-{of}"
        shutil.rmtree(flags.out, ignore_errors=True)
        step.run(flags)
        drawn += min(slots - group * per_group, per_group)
        size += commit.stamp(flags.out).bytes
    seconds = time.process_time() - started
    print(json.dumps({"rate": drawn / seconds, "seconds": seconds, "peak": peak_mib(), "bytes": size / drawn}))


def speed_up(root: Path, rounds: int) -> tuple[float, float]:
    """Two processes that draw a page each, `rounds` times, against one that draws both: medians of three turns.

    How many times sooner they are done by the clock, which says little where others use the processors; and the processor time of one by
    that of two together, which is 1 where nothing is done twice.
    """

    def start(begin: int, end: int) -> subprocess.Popen[str]:
        words = [str(root), "32", str(begin), str(end), "1", str(rounds)]
        return subprocess.Popen(
            [sys.executable, __file__, "--worker", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def taken(parts: list[tuple[int, int]]) -> tuple[float, float]:
        started = time.perf_counter()
        processes = [start(*part) for part in parts]
        found = [json.loads(process.communicate()[0]) for process in processes]
        return time.perf_counter() - started, sum(one["seconds"] for one in found)

    turns = [(taken([(0, 2)]), taken([(0, 1), (1, 2)])) for _ in range(3)]
    wall, processor = (statistics.median(one[i] / two[i] for one, two in turns) for i in (0, 1))
    return wall, processor


def peak_mib() -> float:
    """The most memory that this process held; `ru_maxrss` would count its parent's, from before it started this program."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def rival(root: Path, cell: int) -> float:
    """Cells per second of processor time, one picture at a time."""
    summary = commit.stamp(root / f"plan-{cell}.zarr").summary
    shards, rows = (arrays.read(root / f"plan-{cell}.zarr", name)[:RIVALS] for name in ("shard", "row"))
    started = time.process_time()
    page = Image.new("RGB", (16 * cell, RIVALS // 16 * cell))
    for slot, (shard, row) in enumerate(zip(shards.tolist(), rows.tolist(), strict=True)):
        picture = Image.fromarray(np.asarray(arrays.open_array(root / "images" / f"{summary['shards'][shard]}.zarr", "thumb")[row]))
        picture.thumbnail((cell, cell))
        page.paste(picture, (slot % 16 * cell, slot // 16 * cell))
    page.save(io.BytesIO(), "WEBP", quality=80)
    return RIVALS / (time.process_time() - started)


def main() -> None:
    """Run the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the time for two workers")
    parser.add_argument("--worker", nargs=6, metavar=("FOLDER", "CELL", "BEGIN", "END", "PAGES", "ROUNDS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        cell, begin, end, of, rounds = map(int, options.worker[1:])
        worker(Path(options.worker[0]), cell, range(begin, end), of, rounds)
        return
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, PICTURES)
        print(f"{'cell':>6}{'cells/s/core':>14}{'bytes/cell':>12}{'peak MiB':>10}{'one at a time':>15}{'ratio':>8}")
        for cell in BUDGETS:
            plan(root, cell)
            command = [sys.executable, __file__, "--worker", folder, str(cell), "0", "1", "8", "4"]
            measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            slow = rival(root, cell)
            ratio = measured["rate"] / slow
            print(f"{cell:>6}{measured['rate']:>14.0f}{measured['bytes']:>12.0f}{measured['peak']:>10.0f}{slow:>15.0f}{ratio:>8.1f}")
            results |= {f"cells_per_s_{cell}": round(measured["rate"]), f"ratio_{cell}": round(ratio, 1)}
            results["peak_mib"] = max(results.get("peak_mib", 0), round(measured["peak"]))
        wall, processor = speed_up(root, 5 if options.quick else 20)
        results |= {"two_workers": round(wall, 2), "two_workers_processor": round(processor, 2)}
        print(f"two processes are done {wall:.2f} times sooner than one; processor time of one by that of two: {processor:.2f}")
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
