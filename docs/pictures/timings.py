"""Draw docs/pictures/timings.svg: what each stage of a finished run took, from the files that Snakemake's `benchmark:` wrote.

    make demo SERVE=0 && python docs/pictures/timings.py [--workdir results/demo] [--out docs/pictures/timings.svg]

Only what was made since the catalogue counts: the files of earlier runs stay in the work folder.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.pictures import drawing
from pixplot_steps.cli import STEPS

_WIDTH, _ROW, _TOP, _BAR = 760, 34, 66, 9
_SECONDS, _MEMORY, _LONG, _SHORT = 150, 530, 250, 130
"""Left edges of the two columns of bars, and their lengths, in pixels."""


@dataclass(frozen=True)
class Took:
    """`seconds` by the clock and `processor` seconds of all jobs together; `peak`: MiB of the largest, 0 where none was sampled."""

    jobs: int
    seconds: float
    processor: float
    peak: float


def read(benchmarks: Path) -> dict[str, Took]:
    """What each stage took that ran since the catalogue, in the order of the data."""
    catalogue = benchmarks / "catalog" / "catalog.tsv"
    if not catalogue.is_file():
        sys.exit(f"no benchmark files: expected {catalogue}, found none. Build first: make demo SERVE=0")
    since = catalogue.stat().st_mtime_ns
    found = {}
    for stage in STEPS:
        files = [path for path in sorted((benchmarks / stage).rglob("*.tsv")) if path.stat().st_mtime_ns >= since]
        rows = [row for path in files for row in csv.DictReader(path.read_text("utf-8").splitlines(), delimiter="\t")]
        if rows:
            found[stage] = Took(len(rows), sum(values(rows, "s")), sum(values(rows, "cpu_time")), max(values(rows, "max_rss"), default=0.0))
    return found


def values(rows: list[dict[str, str]], name: str) -> Iterator[float]:
    """A column's numbers; Snakemake writes NA for a job that ended before it was looked at."""
    return (float(row[name]) for row in rows if row[name] not in ("NA", "-"))


def picture(took: dict[str, Took], title: str) -> str:
    """The bars as SVG."""
    longest = max(max(one.seconds, one.processor) for one in took.values())
    largest = max(one.peak for one in took.values())
    parts = [
        drawing.text(18, 26, title, "stage"),
        drawing.text(_SECONDS, 50, "seconds of all jobs: by the clock, and of a processor", "muted"),
        drawing.text(_MEMORY, 50, "MiB of the largest job", "muted"),
    ]
    for number, (stage, one) in enumerate(took.items()):
        y = _TOP + number * _ROW
        jobs = f"{one.jobs} job{'s' if one.jobs > 1 else ''}"
        parts += [drawing.text(18, y + 14, stage, "stage"), drawing.text(_SECONDS - 12, y + 14, jobs, "muted", "end")]
        wide, own, high = (_LONG * one.seconds / longest, _LONG * one.processor / longest, _SHORT * one.peak / (largest or 1))
        parts += [
            drawing.rectangle(_SECONDS, y, max(wide, 1), _BAR, "soft", 2),
            drawing.rectangle(_SECONDS, y + _BAR + 1, max(own, 1), _BAR, "bar", 2),
            drawing.text(_SECONDS + max(wide, own) + 8, y + 14, f"{one.seconds:.1f}, {one.processor:.1f}"),
            drawing.rectangle(_MEMORY, y + 3, max(high, 1), 13, "soft", 2),
            drawing.text(_MEMORY + high + 8, y + 14, f"{one.peak:.0f}"),
        ]
    return drawing.svg(_WIDTH, _TOP + len(took) * _ROW + 8, title, parts)


def main() -> None:
    """Read a work folder, and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workdir", type=Path, default=Path("results/demo"), help="work folder of a finished run")
    parser.add_argument("--title", default="What each stage of the demo takes", help="over the bars")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".svg"), help="file to write")
    given = parser.parse_args()
    given.out.write_text(picture(read(given.workdir / "benchmarks"), given.title), "utf-8")


if __name__ == "__main__":
    main()
