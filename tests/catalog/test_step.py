"""The catalogue step on real folders."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image

from pixplot_steps import cli
from pixplot_steps.ingest import location


def _run(root: Path, out: Path, *, metadata: str = "", size: int = 2, **changes: str) -> int:
    table = out / "table.csv"
    out.mkdir(exist_ok=True)
    if metadata:
        table.write_text(metadata)
    flags = [
        "--images",
        str(root),
        "--fetched",
        "--cache",
        "cache",
        "--metadata",
        *([str(table)] if metadata else []),
        "--shard-size",
        str(size),
    ]
    options = {
        "max-images": "0",
        "shuffle": "false",
        "seed": "24",
        "encoding": "utf8",
        "pages": "first",
        "key": "filename",
        "without-row": "keep",
        "columns": "{}",
    }
    options |= {name.replace("_", "-"): value for name, value in changes.items()}
    flags += [text for name, value in options.items() for text in (f"--{name}", value)]
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


def test_a_ledger_of_a_later_version_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    _pictures(root, a="1", b="2")
    assert _run(root, out) == 0
    before = {path: path.read_bytes() for path in (out / "catalog").rglob("*") if path.is_file()}
    path = out / "ledger/shards.parquet"
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"format": "99"}), path)
    assert _run(root, out) == 1
    said = capfd.readouterr().err
    assert "a ledger of another version" in said
    assert all(text in said for text in ("expected: 1", "99", str(path), "use the version of this program that wrote it"))
    assert {path: path.read_bytes() for path in (out / "catalog").rglob("*") if path.is_file()} == before


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
    assert problems == [("a.png", "row not used"), ("b.png", "picture without row"), ("gone.png", "row without picture")]


@pytest.mark.parametrize(
    ("prepare", "text"),
    [
        (lambda root: None, "no such pictures"),
        (lambda root: root.mkdir(), "no file at all"),
        (lambda root: root.touch(), "such as in"),
        (lambda root: (root.mkdir(), (root / "a.png").touch()), "such as a.png"),
    ],
    ids=["missing", "empty", "an empty file", "only empty files"],
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


def _kinds(out: Path) -> list[tuple[str, str]]:
    return [(row["path"], row["kind"]) for row in _rows(out, "problems.parquet")]


def test_pictures_without_a_row_can_be_dropped(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", a="1", b="2")
    assert _run(tmp_path / "in", tmp_path / "out", metadata="filename\na.png\n", without_row="drop") == 0
    assert [row["item"] for row in _rows(tmp_path / "out", "items.parquet")] == ["a.png"]
    assert _kinds(tmp_path / "out") == [("b.png", "picture without row")], "and are listed"


def test_nothing_left_says_why(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _pictures(tmp_path / "in", a="1")
    assert _run(tmp_path / "in", tmp_path / "out", metadata="filename\nz.png\n", without_row="drop") == 1
    assert "for example 'z.png', where the first picture is 'a.png'" in capfd.readouterr().err


def test_another_column_may_name_the_picture_and_columns_are_written_from_others(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", a="1", b="2")
    table = "Id,Name,Made,Lat,Lng\na,Rose,c. 1905,0,0\nb,Aster,soon,95,1\n"
    columns = {"title": "{Name} ({Made})", "made": {"type": "date", "label": "Made in"}}
    _run(tmp_path / "in", tmp_path / "out", metadata=table, key="id", columns=json.dumps(columns))
    rows = _rows(tmp_path / "out", "items.parquet")
    assert [row["title"] for row in rows] == ["Rose (c. 1905)", "Aster (soon)"]
    assert [row["made: years"] for row in rows] == [[1900, 1910], None]
    assert [(row["lat"], row["lng"]) for row in rows] == [(0, 0), (None, None)]
    assert _kinds(tmp_path / "out") == [("a.png", "coordinate 0, 0"), ("b.png", "cell left out"), ("b.png", "cell left out")]


def _tiff(path: Path, pages: int) -> None:
    first, *others = (Image.new("L", (8 + number, 8), number) for number in range(pages))
    first.save(path, save_all=True, append_images=others)


def test_every_page_of_a_tiff_is_an_item_on_request(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    _tiff(root / "many.tif", 3)
    _tiff(root / "one.tif", 1)
    table = "filename,title\nmany.tif,A letter\n"
    _run(root, out, metadata=table)
    first = _rows(out, "items.parquet")
    assert [row["item"] for row in first] == ["many.tif", "one.tif"]
    _run(root, out, metadata=table, pages="all")
    items = _rows(out, "items.parquet")
    assert [row["item"] for row in items] == ["many.tif", "many.tif#page=2", "many.tif#page=3", "one.tif"]
    assert [row["title"] for row in items] == ["A letter"] * 3 + [None]
    assert items[0]["image"] == first[0]["image"], "the first page keeps its name"
    assert len({row["image"] for row in items}) == 4
    shards = [row for path in sorted((out / "catalog/shards").iterdir()) for row in pq.read_table(path).to_pylist()]
    assert sorted((row["item"], row["page"]) for row in shards if row["path"].endswith(b"many.tif")) == [
        ("many.tif", 0),
        ("many.tif#page=2", 1),
        ("many.tif#page=3", 2),
    ]
    assert all(location.identity(Path(os.fsdecode(row["path"])).read_bytes(), row["page"]) == row["image"] for row in shards)


def test_archives_are_read_in_place_and_not_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", "1")
        archive.writestr("b.png", "2")
    os.utime(path, (1, 1))
    assert _run(path, out) == 0
    shards = [row for path in sorted((out / "catalog/shards").iterdir()) for row in pq.read_table(path).to_pylist()]
    assert [(row["member"], row["length"]) for row in shards] == [("a.png", 1), ("b.png", 1)]
    places = [location.Location.of(row) for row in shards]
    assert [location.read(place, 1) for place in places] == [b"1", b"2"]
    _run(path, out)
    assert "2 files, 0 of them read" in capfd.readouterr().err


NAMES = ("caf\u00e9.png".encode(), "caf\u00e9.png".encode("latin-1"), b"\x81.png", b"\xff\xfe/\xe9.png")


def test_files_whose_names_are_not_utf8_are_found_joined_and_read(tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    for number, name in enumerate(NAMES):
        path = root / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d" % number)
    assert _run(root, out, metadata="filename,title\n\u00e9.png,E\n") == 0
    items = {row["item"]: row for row in _rows(out, "items.parquet")}
    assert list(items) == ["caf\u00e9.png", "caf\u00e9.png#name=2", "\u00ff\u00fe/\u00e9.png", "\ufffd.png"], "as Windows wrote them"
    assert items["\u00ff\u00fe/\u00e9.png"]["title"] == "E"
    shards = [row for path in sorted((out / "catalog/shards").iterdir()) for row in pq.read_table(path).to_pylist()]
    found = {row["item"]: location.read(location.Location.of(row), 1) for row in shards}
    assert found == dict(zip(items, (b"0", b"1", b"3", b"2"), strict=True))
    assert _run(root, out) == 0, "and from what is known of the last run"


def test_so_many_pictures_are_taken_and_no_more(tmp_path: Path) -> None:
    _pictures(tmp_path / "in", **{f"p{number}": str(number) for number in range(8)})
    table = "filename,title\n" + "".join(f"p{number}.png,T{number}\n" for number in range(9))
    assert _run(tmp_path / "in", tmp_path / "out", metadata=table, max_images="3") == 0
    assert [row["item"] for row in _rows(tmp_path / "out", "items.parquet")] == ["p0.png", "p1.png", "p2.png"]
    assert _kinds(tmp_path / "out") == [], "rows of pictures that were not taken are no problem"
    assert _run(tmp_path / "in", tmp_path / "chance", metadata=table, max_images="3", shuffle="true") == 0
    some = [row["item"] for row in _rows(tmp_path / "chance", "items.parquet")]
    assert len(some) == 3
    assert some != ["p0.png", "p1.png", "p2.png"]
    assert _run(tmp_path / "in", tmp_path / "all", metadata=table, max_images="8") == 0
    assert len(_rows(tmp_path / "all", "items.parquet")) == 8
    assert [path for path, _ in _kinds(tmp_path / "all")] == ["p8.png"], "of all pictures a row too many is told"
