"""What each stage of a finished build took, from the files that Snakemake's `benchmark:` wrote: jobs, seconds, peak memory.

    python benchmarks/demo.py [--workdir results/demo]

A job is there once, with its last run. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

STAGES = ("catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "site")


@dataclass(frozen=True)
class Took:
    """`seconds`: of all jobs together; `longest`: of one; `peak`: resident MiB of the largest job, 0 where none was sampled."""

    jobs: int
    seconds: float
    longest: float
    peak: float


def read(folder: Path) -> Took:
    """Sum up the benchmark files of one stage."""
    rows = [row for path in sorted(folder.rglob("*.tsv")) for row in csv.DictReader(path.open(encoding="utf-8"), delimiter="\t")]
    seconds = [float(row["s"]) for row in rows]
    # Snakemake samples memory every few seconds at first, and writes NA for a job that ended before.
    peaks = [float(row["max_rss"]) for row in rows if row["max_rss"] not in ("NA", "-")]
    return Took(len(rows), sum(seconds), max(seconds, default=0.0), max(peaks, default=0.0))


def figures(stages: dict[str, Took]) -> dict[str, float]:
    """Named figures of all stages, and of the whole."""
    named: dict[str, float] = {}
    for stage, took in stages.items():
        named |= {f"{stage}_jobs": took.jobs, f"{stage}_s": round(took.seconds, 1), f"{stage}_peak_mib": round(took.peak)}
    return {
        **named,
        "jobs": sum(took.jobs for took in stages.values()),
        "job_s": round(sum(took.seconds for took in stages.values()), 1),
        "peak_mib": round(max(took.peak for took in stages.values())),
    }


def table(stages: dict[str, Took]) -> str:
    """A table for people, in the order of the data."""
    head = f"{'stage':<12}{'jobs':>6}{'seconds':>10}{'longest':>10}{'peak MiB':>10}"
    return "\n".join([head, *(f"{s:<12}{t.jobs:>6}{t.seconds:>10.1f}{t.longest:>10.1f}{t.peak:>10.0f}" for s, t in stages.items())])


def main() -> None:
    """Print the table and the figures; exit where a stage has no benchmark file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workdir", type=Path, default=Path("results/demo"), help="work folder of a finished build")
    parser.add_argument("--quick", action="store_true", help="accepted as in every benchmark; reading takes no time")
    workdir = parser.parse_args().workdir
    stages = {stage: read(workdir / "benchmarks" / stage) for stage in STAGES}
    missing = [stage for stage, took in stages.items() if not took.jobs]
    if missing:
        sys.exit(f"no benchmark files of {', '.join(missing)} in {workdir}: build it first, with make demo")
    print(table(stages))
    print(json.dumps(figures(stages)))


if __name__ == "__main__":
    main()
