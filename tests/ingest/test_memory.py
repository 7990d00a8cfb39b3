"""A job of ingest stays small, whatever is in its shard: what is large lies on the disk. `benchmarks/ingest.py` has the real sizes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.ingest import location
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.ingest.row import Row, Task, make
from pixplot_steps.store import arrays, tables
from tests import peak

LIMIT_MIB = 1536


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="this system does not tell what a process takes")
def test_a_full_shard_with_the_squares_of_a_network(tmp_path: Path) -> None:
    """2,048 squares of 600 pixels are 2.1 GiB: more than the job may take in memory."""
    rng = np.random.default_rng(1)
    rows = []
    for number in range(2048):
        path = tmp_path / f"{number % 32}.jpg"
        if not path.exists():
            Image.fromarray(rng.integers(0, 255, (600, 600, 3), dtype=np.uint8)).save(path, quality=98)
        present = number < 128
        rows.append({"image": digest.of_file(path) if present else f"{number:032}", "path": str(path) if present else None, "page": 0})
    shard = tmp_path / "shard.parquet"
    tables.write(shard, pa.Table.from_pylist(rows, schema=tables.SHARD), tables.SHARD)
    flags = "--thumbnail 128 --picture 1024 --picture-quality 85 --ground #ffffff --min-size 0 --max-megapixels 300"
    flags += " --aspect squash --squares 600"
    program = [sys.executable, "-c", "import sys; from pixplot_steps import cli; sys.exit(cli.main())"]
    out = tmp_path / "images.zarr"
    mib = peak.of([*program, "step", "ingest", "--shard", str(shard), "--out", str(out), "--threads", "2", *flags.split()])
    assert 0 < mib < LIMIT_MIB
    assert arrays.open_array(out, "square_600").shape == (2048, 600, 600, 3)
    assert arrays.read(out, "ok").sum() == 128
    assert sorted(path.name for path in out.iterdir() if path.name.startswith(".")) == [], "what lay beside is gone"


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "svg"])
def test_a_long_file_stays_on_the_disk_and_is_decoded_by_any_decoder(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a mapping of the file, which not every library takes for bytes."""
    path = tmp_path / f"long.{suffix}"
    if suffix == "svg":
        path.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40" fill="#123456"/></svg>'
        )
    else:
        Image.new("RGB", (60, 40), "#123456").save(path)
    monkeypatch.setattr(location, "LONG", 16)
    assert not isinstance(location.read(Location(digest.of_file(path), str(path)), 300), bytes)
    monkeypatch.setattr("pixplot_steps.ingest.picture._LARGE", 100)
    wanted = Wanted(thumbnail=128, picture=1024, quality=85, ground=(255, 255, 255), max_megapixels=300, patient=True)
    made = make(Task(0, Location(digest.of_file(path), str(path)), wanted))
    assert isinstance(made, Row)
    assert (made.size, made.repairs) == ((60, 40), ())
    assert np.abs(made.colour.astype(int) - (0x12, 0x34, 0x56)).max() <= 2
    assert os.listdir(tmp_path) == [path.name]
