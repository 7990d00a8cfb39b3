"""Claims of the catalogue: the first look at a million files costs little more than reading them, and an unchanged run costs seconds.

The files are small, each of its own bytes, a thousand to a folder. The first run is the catalogue alone, as the workflow runs it, beside
`find` and `cat`, which read the same files in the same run. For the second, the artefacts of all later steps are written as empty
stamps under their planned names: Snakemake then has the whole graph of a million images before it, and nothing to do.

Prints a table and, last, one JSON object.

    python benchmarks/catalog.py [--quick] [--files N] [--pictures FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from pixplot_steps import config, plan
from pixplot_steps.store import commit

ROOT = Path(__file__).parents[1]
FOLDER = 1000
FILES = 1_000_000
QUICK = 20_000
HEAD = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    parser = argparse.ArgumentParser(description="Time and memory of the catalogue.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} files only")
    parser.add_argument("--files", type=int, help="how many files")
    parser.add_argument("--pictures", type=Path, help="folder that keeps the files for the next time; what is there is not written again")
    given = parser.parse_args()
    count = given.files or (QUICK if given.quick else FILES)
    if not (ROOT / "viewer/dist/index.html").is_file():
        print("the viewer is not built: run `make viewer` first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), given.pictures or Path(folder) / "pictures", count)
    for name, value in figures.items():
        print(f"{name:28} {value:>12}")
    print(json.dumps(figures, sort_keys=True))
    return 0


def measure(root: Path, pictures: Path, count: int) -> dict[str, float]:
    """All figures for so many files."""
    _write_files(pictures, count)
    configuration = root / "config.yaml"
    value = {"images": str(pictures.resolve()), "workdir": str(root / "work"), "features": {"models": ["builtin"]}}
    configuration.write_text(yaml.safe_dump(value))
    figures: dict[str, float] = {"files": count}
    figures |= _run("read_by_cat", ["sh", "-c", f"find {pictures} -type f -print0 | xargs -0 cat | wc -c"])
    figures |= _run("first_run", _snakemake(configuration, "catalog"))
    # Each file's time of change must be older than two seconds to be believed.
    _write_stamps(root / "work", configuration)
    figures |= _run("unchanged_run", _snakemake(configuration), expect="Nothing to be done")
    figures |= _run("listed_anew", _snakemake(configuration, "--forcerun", "catalog", "--until", "catalog"))
    return figures


def _write_files(root: Path, count: int) -> None:
    for start in range(0, count, FOLDER):
        folder = root / f"{start // FOLDER:04}"
        if folder.is_dir():
            continue
        folder.mkdir(parents=True)
        for number in range(start, min(start + FOLDER, count)):
            (folder / f"{number:07}.png").write_bytes(HEAD + number.to_bytes(8, "little"))


def _snakemake(configuration: Path, *flags: str) -> list[str]:
    return [sys.executable, "-m", "snakemake", *flags, "--cores", "2", "--configfile", str(configuration)]


def _run(name: str, command: list[str], expect: str = "") -> dict[str, float]:
    """Seconds that a command takes, of the clock and of the processors, and the most MiB that it or one of its processes takes."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as text:
        process = subprocess.Popen(command, cwd=ROOT, stdout=text, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text.seek(0)
        told = text.read()
    if process.returncode or expect not in told:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told[-3000:]}")
    seconds = time.perf_counter() - began
    figures = {
        f"{name}_s": round(seconds, 1),
        f"{name}_processor_s": round(usage.ru_utime + usage.ru_stime, 1),
        f"{name}_mib": usage.ru_maxrss >> 10,
    }
    print(figures, file=sys.stderr)
    return figures


def _write_stamps(work: Path, configuration: Path) -> None:
    defaults = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8"))
    given = yaml.safe_load(configuration.read_text("utf-8"))
    value = defaults | given | {"features": defaults["features"] | given["features"]}
    spec = config.read(value, ROOT / "workflow/schemas/config.schema.yaml", ROOT)
    planned = plan.Plan(spec, plan.read_catalogue(work / "catalog/plan.json"))
    paths = [*planned.images_stamps, *planned.all_features_stamps, *planned.vectors_stamps, *planned.neighbours_stamps]
    paths += [*planned.layouts_stamps, *planned.hotspots_stamps, f"atlases/{planned.atlases}/plan.zarr/stamp.json", *planned.atlas_stamps]
    for path in [*paths, "problems.parquet", "site/data/manifest.json"]:
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_bytes(commit.json_text({"format": commit.STAMP_FORMAT, "rows": 0, "bytes": 0, "digest": "", "summary": {}}))


if __name__ == "__main__":
    sys.exit(main())
