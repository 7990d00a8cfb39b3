"""Listing of the folder of pictures."""

from __future__ import annotations

import os
from pathlib import Path

from pixplot_steps.catalog import files


def _make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def test_lists_sorted_below_the_root(tmp_path: Path) -> None:
    _make(tmp_path, "b.png", "a/z.jpg", "a/b/c.tif", "no_suffix")
    assert [f.item for f in files.listing(tmp_path).files] == ["a/b/c.tif", "a/z.jpg", "b.png", "no_suffix"]


def test_sets_aside_with_kind(tmp_path: Path) -> None:
    _make(tmp_path, "notes.txt", "album.jpg/inner.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere")
    found = files.listing(tmp_path)
    assert [(item, kind) for item, kind, _ in found.aside] == [
        ("album.jpg", "folder"),
        ("broken.png", "unreadable"),
        ("empty.png", "empty"),
        ("notes.txt", "not a picture"),
    ]
    assert [f.item for f in found.files] == ["album.jpg/inner.png"], "pictures in a folder named like one are used"


def test_hidden_files_and_metadata_are_not_listed(tmp_path: Path) -> None:
    _make(tmp_path, ".DS_Store", ".thumbs/a.png", "a.png", "metadata.csv")
    found = files.listing(tmp_path, frozenset({tmp_path / "metadata.csv"}))
    assert ([f.item for f in found.files], found.aside) == (["a.png"], [])


def test_link_loops_end(tmp_path: Path) -> None:
    _make(tmp_path, "a/b.png")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [f.item for f in files.listing(tmp_path).files] == ["a/b.png"]


def test_names_that_are_not_utf8_can_be_written_to_tables(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png"))).write_bytes(b"x")
    [found] = files.listing(tmp_path).files
    assert found.item == "�.png"


def test_fingerprint_changes_with_files_only(tmp_path: Path) -> None:
    root, table = tmp_path / "pictures", tmp_path / "table.csv"
    _make(root, "a.png", "b.png")
    first = files.fingerprint(root, [table])
    assert files.fingerprint(root, [table]) == first
    _make(tmp_path, "beside.png")
    assert files.fingerprint(root, [table]) == first, "a file elsewhere does not matter"
    table.write_text("filename\n")
    second = files.fingerprint(root, [table])
    (root / "b.png").rename(root / "c.png")
    assert len({first, second, files.fingerprint(root, [table])}) == 3


def test_fingerprint_of_a_missing_folder_is_one(tmp_path: Path) -> None:
    assert files.fingerprint(tmp_path / "nowhere", []) != ""
