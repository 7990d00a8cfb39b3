"""Every hostile or odd file of the real test data ends as an image or as a row of the problems; nasty.csv holds the outcome of each.

`UPDATE_GOLDEN=1` writes the table anew: what changed must be looked at.
"""

from __future__ import annotations

import csv
import io
import os
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted

TABLE = Path(__file__).with_name("nasty.csv")
WANTED = Wanted(thumbnail=128, picture=1024, quality=85, ground=(255, 255, 255), max_megapixels=300)


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "nasty" / "images").iterdir())


@pytest.fixture(scope="module")
def batch(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Batch:
    made = Batch(len(files), WANTED, tmp_path_factory.mktemp("spool"))
    made.read([Location(digest.of_file(path), str(path)) for path in files], workers=2)
    return made


def _row(name: str, size: NDArray[np.uint32], ok: bool, reasons: list[str]) -> dict[str, str]:
    width, height = size.tolist()
    return {"file": name, "outcome": "image" if ok else "problem", "size": f"{width} x {height}" if ok else "", "told": "; ".join(reasons)}


def test_the_outcome_of_each(files: list[Path], batch: Batch) -> None:
    rows = [
        _row(path.name, batch.size[i], bool(batch.ok[i]), [f"{fault.kind}: {fault.reason}" for fault in batch.faults[i]])
        for i, path in enumerate(files)
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, ["file", "outcome", "size", "told"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text(text.getvalue(), "utf-8")
    assert text.getvalue().splitlines() == TABLE.read_text("utf-8").splitlines()


def test_what_is_no_image_has_a_reason_and_advice(batch: Batch) -> None:
    for ok, found in zip(batch.ok, batch.faults, strict=True):
        assert ok or found
        assert all(fault.reason and fault.action for fault in found)
        # A person cannot do anything with the name of a class or a function.
        assert not any(re.search(r"Error\b|Exception|Vips|0x", fault.reason) for fault in found)


def test_turned_pictures_look_like_the_upright_one(files: list[Path], batch: Batch) -> None:
    names, thumbs = [path.name for path in files], batch.thumb[:].astype(int)
    for shape in ("Landscape", "Portrait"):
        upright = thumbs[names.index(f"recurser__{shape}_1.jpg")]
        turned = [i for i, name in enumerate(names) if name.startswith(f"recurser__{shape}_")]
        assert len(turned) >= 7
        for i in turned:
            # Each is a photograph compressed anew, with its number drawn on it.
            assert np.abs(thumbs[i] - upright).mean() < 12, names[i]
