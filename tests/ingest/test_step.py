"""The ingest step on real files: every row is there, good or bad, whatever the number of threads."""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.errors import ConfigError, SourceError
from pixplot_steps.ingest import step
from pixplot_steps.store import arrays, commit, tables


def ingest(
    folder: Path,
    rows: list[tuple[str, str | None, str]],
    *,
    threads: int = 2,
    ground: str = "#0a0b0c",
    limit: int = 2,
    least: int = 0,
    squares: Sequence[int] = (),
) -> Path:
    shard = folder / "shard.parquet"
    listed_rows = [{"image": image, "path": path, "page": 0, "item": item} for image, path, item in rows]
    tables.write(shard, pa.Table.from_pylist(listed_rows, schema=tables.SHARD), tables.SHARD)
    out = folder / f"images{threads}.zarr"
    parser = argparse.ArgumentParser()
    step.configure(parser)
    flags = {
        "shard": shard, "out": out, "thumbnail": 128, "picture": 256, "picture-quality": 80,
        "ground": ground, "min-size": least, "max-megapixels": limit, "threads": threads, "aspect": "squash",
    }  # fmt: skip
    words = [text for key, value in flags.items() for text in (f"--{key}", str(value))]
    step.run(parser.parse_args([*words, "--squares", *map(str, squares)]))
    return out


def listed(path: Path) -> tuple[str, str | None, str]:
    return digest.of_file(path), str(path), path.name


def problems(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tables.read(out / "problems.parquet", tables.FAULTS).to_pylist()
    return rows


def test_rows_good_and_bad(tmp_path: Path) -> None:
    good = tmp_path / "good.jpeg.txt"  # the name says nothing: content decides
    Image.new("RGB", (400, 200), (200, 100, 50)).save(good, "PNG")
    empty = tmp_path / "empty.jpg"
    empty.touch()
    rows = [
        listed(good),
        ("0" * 32, None, "gone.jpg"),
        listed(empty),
    ]
    out = ingest(tmp_path, rows)
    assert [(row["image"], row["kind"]) for row in problems(out)] == [("0" * 32, "missing"), (rows[2][0], "empty")]
    assert arrays.read(out, "ok").tolist() == [True] + [False] * 2
    assert arrays.read(out, "size").tolist() == [[400, 200]] + [[0, 0]] * 2
    assert arrays.read(out, "colour").tolist() == [[200, 100, 50]] + [[0, 0, 0]] * 2
    thumb = arrays.read(out, "thumb")
    assert thumb.shape == (3, 128, 128, 3)
    assert (thumb[0, 40:88] == (200, 100, 50)).all()
    assert (thumb[1:] == (10, 11, 12)).all()
    small = arrays.read(out, "thumb_32")
    assert small.shape == (3, 32, 32, 3)
    assert (small[0, 8:24] == (200, 100, 50)).all()
    assert (small[0, :8] == (10, 11, 12)).all()
    assert (small[1:] == (10, 11, 12)).all()
    assert commit.check(out).rows == 3


@pytest.mark.parametrize("name", ["nowhere.jpg", "changed.jpg", "folder"])
def test_a_file_that_is_not_what_was_listed_stops_the_step(tmp_path: Path, name: str) -> None:
    """Written down, it would be missing for ever, also when it is back; stopped, the next run lists it as it then is."""
    Image.new("L", (5, 5)).save(tmp_path / "changed.jpg")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError, match=f"(?s)1 pictures were changed.*{name}.*run the same command again"):
        ingest(tmp_path, [listed(tmp_path / "changed.jpg"), ("0" * 32, str(tmp_path / name), name)])
    assert not (tmp_path / "images2.zarr").exists()


def test_pictures_are_cut_by_their_ends(tmp_path: Path) -> None:
    rows = []
    for side in (300, 40):
        path = tmp_path / f"{side}.png"
        Image.new("RGB", (side, side // 2)).save(path)
        rows.append(listed(path))
    out = ingest(tmp_path, [rows[0], ("0" * 32, None, "gone"), rows[1]])
    picture, ends = arrays.read(out, "picture"), arrays.read(out, "picture_end").tolist()
    assert picture.dtype == np.uint8
    assert ends[0] == ends[1]
    assert ends[2] == len(picture)
    sizes = [Image.open(io.BytesIO(picture[start:end].tobytes())).size for start, end in ((0, ends[0]), (ends[1], ends[2]))]
    assert sizes == [(256, 128), (40, 20)]


def test_all_rows_bad(tmp_path: Path) -> None:
    out = ingest(tmp_path, [("0" * 32, None, "gone")])
    assert arrays.read(out, "picture").shape == (0,)
    assert arrays.read(out, "picture_end").tolist() == [0]


@pytest.mark.parametrize("ground", ["white", "#fff", "#12345g", ""])
def test_ground_must_be_a_colour(tmp_path: Path, ground: str) -> None:
    with pytest.raises(ConfigError, match="ground"):
        ingest(tmp_path, [("0" * 32, None, "gone")], ground=ground)


def test_squares_for_networks_come_from_the_same_pass(tmp_path: Path) -> None:
    Image.fromarray(np.full((90, 200, 3), (10, 120, 240), np.uint8)).save(tmp_path / "a.png")
    out = ingest(tmp_path, [listed(tmp_path / "a.png"), ("0" * 32, None, "gone.png")], squares=(64, 96))
    for side in (64, 96):
        square = arrays.read(out, f"square_{side}")
        assert square.shape == (2, side, side, 3)
        assert (square[0] == (10, 120, 240)).all(), "squashed: no ground is seen"
        assert (square[1] == (10, 11, 12)).all(), "the ground, where there is no picture"


def test_small_pictures_are_left_out_on_request(tmp_path: Path) -> None:
    rows = []
    for number, size in enumerate([(50, 200), (60, 60), (59, 400)]):
        Image.new("RGB", size, (number, 0, 0)).save(tmp_path / f"{number}.png")
        rows.append(listed(tmp_path / f"{number}.png"))
    out = ingest(tmp_path, rows, least=60)
    assert arrays.read(out, "ok").tolist() == [False, True, False]
    assert {row["kind"] for row in problems(out)} == {"too small"}
    assert "50 x 200" in problems(out)[0]["reason"]
