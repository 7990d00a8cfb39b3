"""Claims of ingest: pictures per second and core beside `vipsthumbnail` and beside PixPlot's way, and the memory of the worst pictures.

The pictures are the real heritage set and 12-megapixel JPEGs enlarged from it. `vipsthumbnail` makes one small JPEG of each, at the
largest size that a model of keras.applications wants; ingest makes the thumbnail, the panel's picture, the mean colour and the perceptual
digest, and checks each file's digest. PixPlot's way is a full decode for every use, six times, and what its code then does. All are
measured in processor time, round after round, so that other work on the machine counts for all alike.

Needs `vips` and `vipsthumbnail` (Debian: libvips-tools). Prints a table and, last, one JSON object.

    python benchmarks/ingest.py [--quick] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.ingest import row
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.ingest.row import Row, Task
from pixplot_steps.store import arrays, tables

ROOT = Path(__file__).parents[1]
# Of the tests, which lie beside this folder.
sys.path.insert(0, str(ROOT))
peak = importlib.import_module("tests.peak")

WANTED = Wanted(thumbnail=128, picture=1024, quality=85, ground=(255, 255, 255), max_megapixels=300)
MODEL_SIDE = 600
"""EfficientNetB7's, the largest of keras.applications."""


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    parser = argparse.ArgumentParser(description="Speed and memory of ingest.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with heritage/")
    parser.add_argument("--only", choices=("speed", "memory"), help="one half of it")
    parser.add_argument("--quick", action="store_true", help="every eighth picture, one round, smaller hostile pictures")
    given = parser.parse_args()
    heritage = sorted((given.data / "heritage" / "images").glob("*.jpg"))
    if not heritage or shutil.which("vipsthumbnail") is None:
        print("needs heritage/images below --data, and vipsthumbnail (Debian: libvips-tools)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        root, figures = Path(folder), dict[str, float]()
        if given.only != "memory":
            figures |= _speed(root, heritage[::8] if given.quick else heritage, quick=given.quick)
        if given.only != "speed":
            figures |= _memory(root, 20 if given.quick else 100, 256 if given.quick else 2048)
    for name, value in figures.items():
        print(f"{name:40} {value:>10}")
    print(json.dumps(figures, sort_keys=True))
    return 0


def _speed(root: Path, heritage: Sequence[Path], *, quick: bool) -> dict[str, float]:
    large = _enlarged(heritage[:: 60 if quick else 20], root / "large")
    figures: dict[str, float] = {}
    for name, paths in (("heritage", heritage), ("12mp", large)):
        figures |= {f"{name}_{key}": value for key, value in _speeds(paths, root, rounds=1 if quick else 3).items()}
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


def _memory(root: Path, megapixels: int, rows: int) -> dict[str, float]:
    """The most MiB of a job of ingest, all its processes together: a full shard, and pictures that are hostile by their size."""
    hostile: dict[str, tuple[str, str, dict[str, object]]] = {
        "progressive_jpeg": ("jpg", "RGB", {"progressive": True, "quality": 90}),
        "jpeg_cmyk": ("jpg", "CMYK", {"quality": 90}),
        "png_rgba": ("png", "RGBA", {"compress_level": 1}),
        "png_interlaced": ("png", "RGB", {"interlaced": True}),
        "png_16_bit": ("png", "I;16", {"compress_level": 1}),
        "tiff_lzw": ("tif", "RGB", {"compression": "tiff_lzw"}),
        "tiff_float": ("tif", "F", {}),
        "tiff_16_bit": ("tif", "I;16", {}),
        "webp": ("webp", "RGB", {"quality": 50, "method": 0}),
        "bmp": ("bmp", "RGB", {}),
        "gif": ("gif", "L", {}),
        "jpeg_2000": ("jp2", "RGB", {"quality_mode": "rates", "quality_layers": [20]}),
        "avif": ("avif", "RGB", {"speed": 10, "quality": 50}),
    }
    figures = {"mib_shard_of_panel_pictures": _peak_of_shard(root, rows)}
    for name, (suffix, mode, options) in hostile.items():
        path = root / f"{name}.{suffix}"
        _write_large(path, mode, megapixels, options)
        mib, told = _peak([path], root / "large.zarr")
        figures[f"mib_{name}_{megapixels}mp"] = mib
        print(f"{name:24} {mib:8.1f} MiB  {told or 'an image'}", file=sys.stderr)
        path.unlink()
    return figures


def _peak_of_shard(root: Path, rows: int) -> float:
    """Pictures that compress badly, all re-encoded for the panel, and the squares of two networks."""
    rng = np.random.default_rng(1)
    paths = [root / f"noise{number}.jpg" for number in range(16)]
    for path in paths:
        Image.fromarray(rng.integers(0, 255, (1024, 1024, 3), dtype=np.uint8)).save(path, quality=95)
    mib, told = _peak([paths[row % len(paths)] for row in range(rows)], root / "full.zarr", squares=(299, 600))
    assert not told, told
    stored = arrays.open_array(root / "full.zarr", "picture")
    print(f"{rows} panel pictures of {stored.shape[0] >> 20} MiB: {mib} MiB", file=sys.stderr)
    return mib


def _write_large(path: Path, mode: str, megapixels: int, options: dict[str, object]) -> None:
    side = int((megapixels * 1e6) ** 0.5) // 64 * 64
    if options.pop("interlaced", False):
        # Pillow does not write these.
        source = path.with_suffix(".tif")
        _write_large(source, mode, megapixels, {"compression": "raw"})
        subprocess.run(["vips", "pngsave", str(source), str(path), "--interlace", "--compression", "1"], check=True)
        source.unlink()
        return
    # A process of its own: what it takes is no part of the measurement.
    code = (
        "import sys, json, numpy as np; from PIL import Image, ImageFile; ImageFile.MAXBLOCK = 1 << 28; Image.MAX_IMAGE_PIXELS = None;"
        "path, mode, side, options = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]);"
        "kind, bands = {'I;16': ('u2', ()), 'F': ('f4', ()), 'L': ('u1', ())}.get(mode, ('u1', (len(mode),)));"
        "tile = np.random.default_rng(1).integers(0, 255, (64, 64, *bands)).astype(kind);"
        "pixels = np.tile(tile, (side // 64, side // 64) + (1,) * len(bands));"
        "(Image.fromarray(pixels, mode) if mode == 'CMYK' else Image.fromarray(pixels)).save(path, **options)"
    )
    subprocess.run([sys.executable, "-c", code, str(path), mode, str(side), json.dumps(options)], check=True, stderr=subprocess.DEVNULL)


def _peak(paths: Sequence[Path], out: Path, squares: Sequence[int] = ()) -> tuple[float, str]:
    """Most MiB while a job ingests the pictures, and what it told of them."""
    digests = {path: digest.of_file(path) for path in set(paths)}
    rows = [{"image": digests[path], "path": str(path), "page": 0, "item": path.name} for path in paths]
    shard = out.with_suffix(".parquet")
    tables.write(shard, pa.Table.from_pylist(rows, schema=tables.SHARD), tables.SHARD)
    flags = {
        "shard": shard, "thumbnail": WANTED.thumbnail, "picture": WANTED.picture, "picture-quality": WANTED.quality, "ground": "#ffffff",
        "min-size": 0, "max-megapixels": WANTED.max_megapixels, "aspect": "squash", "threads": 2, "out": out,
    }  # fmt: skip
    words = [text for name, value in flags.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, "-c", "import sys; from pixplot_steps import cli; sys.exit(cli.main())", "step", "ingest", *words]
    mib = peak.of([*command, "--squares", *map(str, squares)])
    problems = tables.read(out / "problems.parquet", tables.FAULTS)
    return mib, "; ".join(f"{row['kind']}: {row['reason']}" for row in problems.to_pylist())


if __name__ == "__main__":
    sys.exit(main())
