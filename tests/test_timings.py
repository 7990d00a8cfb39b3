"""The picture of what each stage took (docs/pictures/timings.py)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from docs.pictures import timings

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def write(path: Path, seconds: float, peak: str, processor: str, time: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEAD}{seconds}\t0:00:01\t{peak}\t1\t1\t1\t0\t0\t50\t{processor}\n", "utf-8")
    os.utime(path, (time, time))


@pytest.fixture
def benchmarks(tmp_path: Path) -> Path:
    """Two runs: of the first, an ingest and a site whose file the second run replaced."""
    write(tmp_path / "ingest/old/shard.tsv", 500, "900", "400", 50)
    write(tmp_path / "catalog/catalog.tsv", 2, "100", "1", 100)
    write(tmp_path / "ingest/new/one.tsv", 10, "300", "8", 110)
    write(tmp_path / "ingest/new/two.tsv", 20, "200", "12", 111)
    write(tmp_path / "site/site.tsv", 1, "NA", "NA", 120)
    return tmp_path


def test_only_the_last_run_counts(benchmarks: Path) -> None:
    assert timings.read(benchmarks) == {
        "catalog": timings.Took(1, 2, 1, 100),
        "ingest": timings.Took(2, 30, 20, 300),
        "site": timings.Took(1, 1, 0, 0),
    }


def test_without_a_run_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"expected .*catalog\.tsv, found none"):
        timings.read(tmp_path)


def test_bars_are_as_long_as_their_values(benchmarks: Path) -> None:
    drawn = timings.picture(timings.read(benchmarks), "Two <runs>")
    assert "Two &lt;runs&gt;" in drawn
    bars = [(float(width), kind) for width, kind in re.findall(r'<rect x="150" y="[\d.]+" width="([\d.]+)" [^>]*class="(\w+)"', drawn)]
    long = [width for width, kind in bars if kind == "soft"]
    own = [width for width, kind in bars if kind == "bar"]
    assert long == pytest.approx([250 * 2 / 30, 250, 250 / 30], rel=1e-4)
    assert own == pytest.approx([250 / 30, 250 * 20 / 30, 1], rel=1e-4), "a bar of nothing is one pixel"


def test_bars_stay_in_their_column() -> None:
    """Of a stage that kept several cores at work, too."""
    drawn = timings.picture({"features": timings.Took(1, 20, 40, 100), "site": timings.Took(1, 10, 1, 50)}, "Busy")
    widths = [float(width) for width in re.findall(r'<rect x="150" y="[\d.]+" width="([\d.]+)"', drawn)]
    assert widths
    assert max(widths) <= 250
