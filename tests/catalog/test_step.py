"""The catalogue step on real folders."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pixplot_steps import cli


def _run(root: Path, out: Path, *, metadata: str = "", size: int = 2) -> int:
    table = out / "table.csv"
    out.mkdir(exist_ok=True)
    if metadata:
        table.write_text(metadata)
    flags = ["--images", str(root), "--metadata", *([str(table)] if metadata else []), "--shard-size", str(size)]
    flags += ["--ledger", str(out / "ledger"), "--images-made", str(out / "images"), "--features-made", str(out / "features")]
    return cli.main(["step", "catalog", *flags, "--fingerprint", "f", "--threads", "2", "--out", str(out / "catalog")])


def _plan(out: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((out / "catalog" / "plan.json").read_bytes())
    return value


def _rows(out: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(out / "catalog" / name).to_pylist()
    return rows


def _pictures(root: Path, **contents: str) -> None:
    root.mkdir(exist_ok=True)
    for name, content in contents.items():
        (root / f"{name}.png").write_text(content)


def test_items_share_images_and_shards_hold_each_image_once(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", a="1", b="2", c="1", d="3")
    assert _run(tmp_path / "in", tmp_path / "out") == 0
    plan = _plan(tmp_path / "out")
    assert (plan["items"], plan["images"], [s["count"] for s in plan["shards"]]) == (4, 3, [2, 1])
    items = _rows(tmp_path / "out", "items.parquet")
    assert [row["item"] for row in items] == ["a.png", "b.png", "c.png", "d.png"]
    assert items[0]["image"] == items[2]["image"]


def test_added_pictures_fill_new_shards_and_removed_ones_leave_only_the_list(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    _pictures(root, a="1", b="2", c="3")
    _run(root, out)
    first = [s["name"] for s in _plan(out)["shards"]]
    _pictures(root, d="4")
    (root / "a.png").unlink()
    _run(root, out)
    second = [s["name"] for s in _plan(out)["shards"]]
    assert second[:2] == first
    assert len(second) == 3
    gone = pq.read_table(out / "catalog" / "shards" / f"{first[0]}.parquet").to_pylist()
    assert [row["path"] is None for row in gone] == [True, False]
    (root / "b.png").unlink()
    _run(root, out)
    assert [s["name"] for s in _plan(out)["shards"]] == second[1:], "a shard without any image in use is not listed"


def test_touching_and_renaming_change_no_shard(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    _pictures(root, a="1", b="2")
    _run(root, out)
    first = _plan(out)
    os.utime(root / "a.png", (1, 1))
    _run(root, out)
    assert _plan(out) == first
    (root / "b.png").rename(root / "z.png")
    _run(root, out)
    assert (_plan(out)["content"], _plan(out)["shards"]) == (first["content"], first["shards"])


def test_a_file_written_to_in_the_same_tick_is_read_again(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    _pictures(root, a="1")
    status = (root / "a.png").stat()
    _run(root, out)
    first = _plan(out)["content"]
    (root / "a.png").write_text("2")
    os.utime(root / "a.png", ns=(status.st_atime_ns, status.st_mtime_ns))
    _run(root, out)
    assert _plan(out)["content"] != first


def test_unchanged_files_are_not_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    _pictures(root, a="1", b="2")
    for name in "ab":
        os.utime(root / f"{name}.png", (1, 1))
    _run(root, out)
    assert "2 files, 2 of them read" in capfd.readouterr().err
    _run(root, out)
    assert "2 files, 0 of them read" in capfd.readouterr().err


def test_two_runs_make_the_same_bytes(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", a="1", b="2", c="3")
    table = "filename,title,tags\na.png,A,x|y\nnowhere.png,B,\n"
    for out in ("one", "two"):
        _run(tmp_path / "in", tmp_path / out, metadata=table.replace("one", out))
    one, two = (sorted((tmp_path / out / "catalog").rglob("*")) for out in ("one", "two"))
    assert [p.name for p in one] == [p.name for p in two]
    assert all(p.read_bytes() == q.read_bytes() for p, q in zip(one, two, strict=True) if p.is_file())


def test_metadata_becomes_columns_and_problems(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", a="1", b="2")
    _run(tmp_path / "in", tmp_path / "out", metadata="filename,Title,Year\na.png,First,1890\ngone.png,x,1\na.png,again,2\n")
    items = _rows(tmp_path / "out", "items.parquet")
    assert [(row["filename"], row["title"], row["year"]) for row in items] == [("a.png", "First", 1890.0), ("b.png", None, None)]
    problems = [(row["path"], row["kind"]) for row in _rows(tmp_path / "out", "problems.parquet")]
    assert problems == [("a.png", "row not used"), ("gone.png", "row without picture")]


@pytest.mark.parametrize(
    ("prepare", "text"),
    [
        (lambda root: None, "no folder of pictures"),
        (lambda root: root.mkdir(), "no file at all"),
        (lambda root: root.write_text("x"), "found: a file"),
        (lambda root: (root.mkdir(), (root / "a.png").touch()), "such as a.png"),
    ],
    ids=["missing", "empty", "a file", "only empty files"],
)
def test_nothing_to_show_is_one_clear_message(tmp_path: Path, prepare: Any, text: str, capfd: pytest.CaptureFixture[str]) -> None:
    prepare(tmp_path / "in")
    assert _run(tmp_path / "in", tmp_path / "out") == 1
    assert text in capfd.readouterr().err
    assert not (tmp_path / "out" / "catalog").exists()


def test_a_failed_catalogue_keeps_the_last_one(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", a="1")
    _run(tmp_path / "in", tmp_path / "out")
    shutil.rmtree(tmp_path / "in")
    assert _run(tmp_path / "in", tmp_path / "out") == 1
    assert _plan(tmp_path / "out")["items"] == 1
