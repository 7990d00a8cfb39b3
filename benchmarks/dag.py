"""Claims of the graph of jobs: a million images make at most 2,000 jobs, laid out in seconds, and a job of one shard starts soon.

There are no pictures: catalog/plan.json is written as the catalogue would write it for so many images, in full shards, and all that is
made from it is planned in a dry run. A job that is sent to another machine starts Snakemake anew, for itself alone: `job_start_s` is that
start, planning included, and the start of its command. `snakemake_alone_s`, measured in the same run, is a workflow of one rule without
any code: what Snakemake takes itself. Times are processor time of the best of three runs, so that what else the machine does counts
little; `dry_run_wall_s` is by the clock.

Prints a table and, last, one JSON object.

    python benchmarks/dag.py [--quick] [--images N]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import yaml

from pixplot_steps import digest, spec

ROOT = Path(__file__).parents[1]
IMAGES = 1_000_000
QUICK = 100_000
SHARD = 2048
REPEATS = 3

TARGETS = {"jobs": 2000, "dry_run_s": 15, "dry_run_mib": 2048, "job_start_s": 3}
"""At most so much for a million images."""


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    parser = argparse.ArgumentParser(description="The graph of jobs: how large, how soon.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} images only")
    parser.add_argument("--images", type=int, help="how many images")
    given = parser.parse_args()
    if not (ROOT / "viewer/dist/index.html").is_file():
        print("the viewer is not built: run `make viewer` first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), given.images or (QUICK if given.quick else IMAGES))
    for name, value in figures.items():
        print(f"{name:20} {value:>10}" + (f"   at most {TARGETS[name]}" if name in TARGETS else ""))
    print(json.dumps(figures, sort_keys=True))
    return 0


def measure(root: Path, images: int) -> dict[str, float]:
    """All figures for so many images."""
    pictures = root / "pictures"
    pictures.mkdir()
    (pictures / "one.png").touch()
    configuration = root / "config.yaml"
    value = {"images": str(pictures), "workdir": str(root / "work"), "features": {"models": ["builtin"]}}
    configuration.write_text(yaml.safe_dump(value), "utf-8")
    names = _write_catalogue(root / "work/catalog", images)
    call = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", str(configuration)]
    told, dry, mib, wall = _best([*call, "--dry-run", "--quiet", "rules"])
    [jobs] = re.findall(r"^total +(\d+)$", told, re.MULTILINE)[:1]
    [features, *_] = re.findall(r"features/(builtin-\w+)/", _run([*call, "--dry-run"]).told)
    inner = ["--target-jobs", f"features:model={features},shard={names[0]}", "--allowed-rules", "features"]
    inner += ["--force", "--nolock", "--ignore-incomplete", "--target-files-omit-workdir-adjustment", "--max-inventory-time", "0"]
    _, start, _, _ = _best([*call, *inner, "--dry-run"])
    _, step, _, _ = _best([sys.executable, "-m", "pixplot_steps.cli", "step", "ingest", "--help"])
    empty = root / "Snakefile"
    empty.write_text('rule all:\n    output: "x"\n    shell: "touch x"\n', "utf-8")
    _, alone, _, _ = _best(
        [sys.executable, "-m", "snakemake", "--cores", "2", "--dry-run", "--snakefile", str(empty), "--directory", str(root)]
    )
    return {
        "images": images,
        "shards": len(names),
        "jobs": int(jobs),
        "dry_run_s": round(dry, 1),
        "dry_run_wall_s": round(wall, 1),
        "dry_run_mib": mib,
        "job_start_s": round(start + step, 2),
        "snakemake_alone_s": round(alone, 2),
        "command_s": round(step, 2),
    }


def _write_catalogue(folder: Path, images: int) -> list[str]:
    """Write the plan of a catalogue of so many images; returns the names of its shards."""
    names = [digest.of_value(start) for start in range(0, images, SHARD)]
    counts = [min(SHARD, images - start) for start in range(0, images, SHARD)]
    value = {
        "format": spec.CATALOGUE_FORMAT,
        "fingerprint": digest.of_value("fingerprint"),
        "items": images,
        "images": images,
        "content": digest.of_value("content"),
        "shards": [{"name": name, "count": count} for name, count in zip(names, counts, strict=True)],
        "columns": {name: digest.of_value(name) for name in ("item", "image", "filename")},
        "described": [],
        "table": digest.of_value("table"),
        "problems": {"count": 0, "digest": digest.of_value("problems")},
    }
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(json.dumps(value), "utf-8")
    (folder / "stamp.json").write_text("{}", "utf-8")
    return names


class Run(NamedTuple):
    """What a command says, its seconds of a processor, the most MiB of it or one of its processes, and its seconds by the clock."""

    told: str
    seconds: float
    mib: int
    wall: float


def _best(command: list[str]) -> Run:
    """The fastest of some runs: what else the machine does can only add."""
    return min((_run(command) for _ in range(REPEATS)), key=lambda run: run.seconds)


def _run(command: list[str]) -> Run:
    # Python keeps what it compiled, as it does unless told otherwise; the first of the runs may have to compile.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as text:
        process = subprocess.Popen(command, cwd=ROOT, stdout=text, stderr=subprocess.STDOUT, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        text.seek(0)
        told = text.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{told[-3000:]}")
    return Run(told, usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10, wall)


if __name__ == "__main__":
    sys.exit(main())
