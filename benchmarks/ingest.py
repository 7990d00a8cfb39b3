"""Claims of ingest: pictures per second and core beside `vipsthumbnail` and beside PixPlot's way, and the memory of the worst pictures.

The pictures are the real heritage set and 12-megapixel JPEGs enlarged from it. `vipsthumbnail` makes one small JPEG of each, at the
largest size that a model of keras.applications wants; ingest makes the thumbnail, the panel's picture, the mean colour and the perceptual
digest, and checks each file's digest. PixPlot's way is a full decode for every use, six times, and what its code then does. All are
measured in processor time, round after round, so that other work on the machine counts for all alike.

Needs `vipsthumbnail` (Debian: libvips-tools). Prints a table and, last, one JSON object.

    python benchmarks/ingest.py [--quick] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.ingest import row
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.ingest.row import Row, Task

ROOT = Path(__file__).parents[1]
WANTED = Wanted(thumbnail=128, picture=1024, quality=85, ground=(255, 255, 255), max_megapixels=300)
MODEL_SIDE = 600
"""EfficientNetB7's, the largest of keras.applications."""


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    parser = argparse.ArgumentParser(description="Speed and memory of ingest.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with heritage/")
    parser.add_argument("--quick", action="store_true", help="every eighth picture, one round, smaller hostile pictures")
    given = parser.parse_args()
    heritage = sorted((given.data / "heritage" / "images").glob("*.jpg"))
    if not heritage or shutil.which("vipsthumbnail") is None:
        print("needs heritage/images below --data, and vipsthumbnail (Debian: libvips-tools)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), heritage[::8] if given.quick else heritage, quick=given.quick)
    for name, value in figures.items():
        print(f"{name:40} {value:>10}")
    print(json.dumps(figures, sort_keys=True))
    return 0


def measure(root: Path, heritage: Sequence[Path], *, quick: bool) -> dict[str, float]:
    """All figures."""
    large = _enlarged(heritage[:: 60 if quick else 20], root / "large")
    figures: dict[str, float] = {}
    for name, paths in (("heritage", heritage), ("12mp", large)):
        figures |= {f"{name}_{key}": value for key, value in _speeds(paths, root, rounds=1 if quick else 3).items()}
    figures |= _memory(root, 20 if quick else 100)
    return figures


def _enlarged(paths: Sequence[Path], folder: Path) -> list[Path]:
    folder.mkdir()
    made = []
    for path in paths:
        with Image.open(path) as picture:
            size = (4000, 3000) if picture.width >= picture.height else (3000, 4000)
            made.append(folder / path.name)
            picture.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(made[-1], quality=90)
    return made


def _speeds(paths: Sequence[Path], root: Path, rounds: int) -> dict[str, float]:
    """Pictures per second of one core, in the median of the rounds, and the ratios of ingest to the others."""
    tasks = [Task(i, Location(digest.of_file(path), str(path)), WANTED) for i, path in enumerate(paths)]
    ways: dict[str, Callable[[], float]] = {
        "ingest": lambda: _own_seconds(lambda: _ingest(tasks)),
        "vipsthumbnail": lambda: _vipsthumbnail(paths, root / "small"),
        "pixplot_way": lambda: _own_seconds(lambda: _pixplot(paths[::4])) * len(paths) / len(paths[::4]),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(way())
    rates = {f"{name}_per_core_s": round(len(paths) / statistics.median(found), 1) for name, found in seconds.items()}
    ratio = {
        f"times_{name}": round(statistics.median(b / a for a, b in zip(seconds["ingest"], seconds[name], strict=True)), 2)
        for name in ("vipsthumbnail", "pixplot_way")
    }
    return rates | ratio


def _own_seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _ingest(tasks: Sequence[Task]) -> None:
    for task in tasks:
        made = row.make(task)
        assert isinstance(made, Row), made


def _vipsthumbnail(paths: Sequence[Path], out: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["vipsthumbnail", "--size", str(MODEL_SIDE), "--output", f"{out}/%s.jpg", *map(str, paths)]
    out.mkdir(exist_ok=True)
    subprocess.run(command, check=True, env=os.environ | {"VIPS_CONCURRENCY": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _pixplot(paths: Sequence[Path]) -> None:
    """What pixplot.py 0.0.113 does with each picture, a full decode for each use, through keras' arrays of 32-bit floats."""
    for path in paths:
        _full(path)  # filter
        _floats(_full(path), height=32)  # atlas
        np.asarray(_full(path).resize((299, 299), Image.Resampling.NEAREST), dtype=np.float32)  # vectors
        _full(path)  # places on the map
        _saved(_floats(_full(path), longest=128))  # thumbs
        _saved(_floats(_full(path), height=600))  # originals


def _full(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def _floats(picture: Image.Image, *, height: int = 0, longest: int = 0) -> NDArray[np.float32]:
    scale = height / picture.height if height else longest / max(picture.size)
    size = max(1, int(picture.width * scale)), max(1, int(picture.height * scale))
    return np.asarray(picture.resize(size), dtype=np.float32)


def _saved(values: NDArray[np.float32]) -> None:
    """As keras' save_img: stretched between the darkest and the brightest value, then JPEG with Pillow's defaults."""
    stretched = values - values.min()
    stretched *= 255 / max(1.0, float(stretched.max()))
    Image.fromarray(stretched.astype(np.uint8)).save(io.BytesIO(), "JPEG")


def _memory(root: Path, megapixels: int) -> dict[str, float]:
    """The most MiB of an ingest of one hostile picture, all its processes together."""
    pictures: dict[str, tuple[tuple[str, str], dict[str, object]]] = {
        f"progressive_{megapixels}mp_jpeg_mib": (("jpg", "RGB"), {"progressive": True, "quality": 90}),
        f"png_{megapixels}mp_rgba_mib": (("png", "RGBA"), {"compress_level": 1}),
        f"tiff_{megapixels}mp_lzw_mib": (("tif", "RGB"), {"compression": "tiff_lzw"}),
    }
    figures = {}
    for name, ((suffix, mode), options) in pictures.items():
        path = root / f"{name}.{suffix}"
        _write_large(path, mode, megapixels, options)
        figures[name] = _peak(path)
        path.unlink()
    return figures


def _write_large(path: Path, mode: str, megapixels: int, options: dict[str, object]) -> None:
    # A process of its own: what it takes is no part of the measurement.
    code = (
        "import sys, json, numpy as np; from PIL import Image, ImageFile; ImageFile.MAXBLOCK = 1 << 28;"
        "path, mode, side, options = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]);"
        "tile = np.random.default_rng(1).integers(0, 255, (64, 64, len(mode)), dtype=np.uint8);"
        "Image.fromarray(np.tile(tile, (side // 64, side // 64, 1))).save(path, **options)"
    )
    side = int((megapixels * 1e6) ** 0.5) // 64 * 64
    subprocess.run([sys.executable, "-c", code, str(path), mode, str(side), json.dumps(options)], check=True)


def _peak(path: Path) -> float:
    """Most proportional memory of this process's children together while one picture is ingested, beside what this one takes more."""
    batch = Batch(1, replace(WANTED, max_megapixels=300))
    ended, peak, before = threading.Event(), [0.0], _proportional(os.getpid())

    def watch() -> None:
        while not ended.wait(0.01):
            peak[0] = max(peak[0], _tree(os.getpid()) - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    batch.read([Location(digest.of_file(path), str(path))], workers=2)
    ended.set()
    watcher.join()
    assert batch.ok[0], batch.faults[0]
    return round(peak[0], 1)


def _tree(process: int) -> float:
    """Proportional MiB of a process and of all below it."""
    try:
        children = [int(text) for task in Path(f"/proc/{process}/task").iterdir() for text in (task / "children").read_text().split()]
    except FileNotFoundError:
        return 0.0
    return _proportional(process) + sum(_tree(child) for child in children)


def _proportional(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    sys.exit(main())
