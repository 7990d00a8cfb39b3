"""Listing of the folder of pictures."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

from pixplot_steps import archive
from pixplot_steps.catalog import files


def _make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def test_lists_sorted_below_the_root(tmp_path: Path) -> None:
    _make(tmp_path, "b.png", "a/z.jpg", "a/b/c.tif", "no_suffix")
    assert [f.item for f in files.listing([str(tmp_path)]).files] == ["a/b/c.tif", "a/z.jpg", "b.png", "no_suffix"]


def test_sets_aside_with_kind(tmp_path: Path) -> None:
    _make(tmp_path, "notes.txt", "album.jpg/inner.png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere")
    found = files.listing([str(tmp_path)])
    assert [(item, kind) for item, kind, _ in found.aside] == [
        ("album.jpg", "folder"),
        ("broken.png", "unreadable"),
        ("empty.png", "empty"),
        ("notes.txt", "not a picture"),
    ]
    assert [f.item for f in found.files] == ["album.jpg/inner.png"], "pictures in a folder named like one are used"


def test_hidden_files_and_metadata_are_not_listed(tmp_path: Path) -> None:
    _make(tmp_path, ".DS_Store", ".thumbs/a.png", "a.png", "metadata.csv")
    found = files.listing([str(tmp_path)], frozenset({str(tmp_path / "metadata.csv")}))
    assert ([f.item for f in found.files], found.aside) == (["a.png"], [])


def test_link_loops_end(tmp_path: Path) -> None:
    _make(tmp_path, "a/b.png")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [f.item for f in files.listing([str(tmp_path)]).files] == ["a/b.png"]


def test_fingerprint_changes_with_files_only(tmp_path: Path) -> None:
    root, table = tmp_path / "pictures", tmp_path / "table.csv"
    sources, beside = [str(root)], [str(table)]
    _make(root, "a.png", "b.png")
    first = files.fingerprint(sources, beside)
    assert files.fingerprint(sources, beside) == first
    _make(tmp_path, "beside.png")
    assert files.fingerprint(sources, beside) == first, "a file elsewhere does not matter"
    table.write_text("filename\n")
    second = files.fingerprint(sources, beside)
    (root / "b.png").rename(root / "c.png")
    assert len({first, second, files.fingerprint(sources, beside)}) == 3


def test_fingerprint_of_a_missing_folder_is_one(tmp_path: Path) -> None:
    assert files.fingerprint([str(tmp_path / "nowhere")], []) != ""


def _items(*sources: Path | str) -> list[str]:
    return [file.item for file in files.listing([str(source) for source in sources]).files]


def test_patterns(tmp_path: Path) -> None:
    _make(tmp_path, "in/a/1.jpg", "in/a/b/2.jpg", "in/a/b/3.png", "in/4.jpg", "in/[x].jpg")
    root = tmp_path / "in"
    assert _items(root / "**/*.jpg") == ["4.jpg", "[x].jpg", "a/1.jpg", "a/b/2.jpg"]
    assert _items(root / "*.jpg") == ["4.jpg", "[x].jpg"]
    assert _items(root / "a/*/[23].*") == ["b/2.jpg", "b/3.png"]
    assert _items(root / "**/?.jpg") == ["4.jpg", "a/1.jpg", "a/b/2.jpg"]
    assert _items(root / "[x].jpg") == ["[x].jpg"], "what is there is no pattern"
    assert _items(root / "*.gif") == []


def test_several_sources_share_a_root_and_files_count_once(tmp_path: Path) -> None:
    _make(tmp_path, "in/a/1.jpg", "in/b/1.jpg", "in/b/2.jpg")
    assert _items(tmp_path / "in/a", tmp_path / "in/b", tmp_path / "in/b/*.jpg") == ["a/1.jpg", "b/1.jpg", "b/2.jpg"]
    assert _items(tmp_path / "in/b/2.jpg") == ["2.jpg"]


def test_links_end_and_patterns_follow_them_once(tmp_path: Path) -> None:
    _make(tmp_path, "in/a/1.jpg")
    (tmp_path / "in" / "a" / "loop").symlink_to(tmp_path / "in")
    assert _items(tmp_path / "in/**/*.jpg") == ["a/1.jpg"]


def test_a_list_names_files_folders_and_patterns(tmp_path: Path) -> None:
    _make(tmp_path, "in/a/1.jpg", "in/b/2.jpg", "in/c/3.jpg", "in/c/4.png")
    listed = tmp_path / "lists" / "list.txt"
    listed.parent.mkdir()
    listed.write_text(f"\ufeff# a remark\n../in/a/1.jpg\n\n{tmp_path}/in/b\n../in/c/*.png\n../in/gone.jpg\n", "utf-8")
    found = files.listing([str(listed)])
    assert [file.item for file in found.files] == ["a/1.jpg", "b/2.jpg", "c/4.png"]
    assert [(item, kind) for item, kind, _ in found.aside] == [("gone.jpg", "missing")]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    assert files.listing([str(tmp_path / "nowhere")]).missing == [str(tmp_path / "nowhere")]


def _archives(folder: Path) -> list[Path]:
    names = ["a/1.jpg", "a/2.jpg", "notes.txt", ".hidden/3.jpg", "__MACOSX/a/._1.jpg", "empty.jpg"]
    paths = [folder / "set.zip", folder / "set.tar", folder / "set.tar.gz"]
    with zipfile.ZipFile(paths[0], "w") as archive:
        for name in names:
            archive.writestr(name, b"" if name == "empty.jpg" else name)
    for path in paths[1:]:
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
            for name in names:
                info = tarfile.TarInfo(name)
                info.size = 0 if name == "empty.jpg" else len(name)
                tar.addfile(info, io.BytesIO(name.encode()))
    return paths


def test_archives_are_read_in_place(tmp_path: Path) -> None:
    for path in _archives(tmp_path):
        found = files.listing([str(path)])
        assert [file.item for file in found.files] == ["a/1.jpg", "a/2.jpg"], path.name
        assert [(item, kind) for item, kind, _ in found.aside] == [("empty.jpg", "empty"), ("notes.txt", "not a picture")], path.name
        for file in found.files:
            assert archive.read(file.path, str(file.member), file.offset, file.size) == file.item.encode(), path.name


def test_an_archive_among_others_is_a_folder(tmp_path: Path) -> None:
    [zipped, *_] = _archives(tmp_path)
    _make(tmp_path, "more/9.jpg")
    assert _items(zipped, tmp_path / "more") == ["more/9.jpg", "set.zip/a/1.jpg", "set.zip/a/2.jpg"]
    found = files.listing([str(tmp_path)])
    assert [file.item for file in found.files] == ["more/9.jpg"], "only those that are named are opened"
    assert "name it in `images`" in {item: reason for item, _, reason in found.aside}["set.zip"]


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 no archive")
    _make(tmp_path, "more/9.jpg")
    found = files.listing([str(tmp_path / "bad.zip"), str(tmp_path / "more")])
    assert [(item, kind) for item, kind, _ in found.aside] == [("bad.zip", "unreadable")]


def test_the_fingerprint_of_an_archive_is_its_files(tmp_path: Path) -> None:
    [zipped, *_] = _archives(tmp_path)
    first = files.fingerprint([str(zipped)], [])
    assert files.fingerprint([str(zipped)], []) == first
    with zipfile.ZipFile(zipped, "a") as archive_:
        archive_.writestr("b.jpg", "b")
    assert files.fingerprint([str(zipped)], []) != first


def test_the_fingerprint_sees_tables_that_a_pattern_names(tmp_path: Path) -> None:
    _make(tmp_path, "in/a.png", "tables/1.json")
    pattern = [str(tmp_path / "tables/*.json")]
    first = files.fingerprint([str(tmp_path / "in")], pattern)
    _make(tmp_path, "tables/2.json")
    assert files.fingerprint([str(tmp_path / "in")], pattern) != first


def test_archives_of_names_that_are_no_text(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "set.tar", "w", encoding="latin-1") as tar:
        info = tarfile.TarInfo("\u00e9.jpg")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    [found] = files.listing([str(tmp_path / "set.tar")]).files
    assert (found.item, archive.read(found.path, found.member or "", found.offset, found.size)) == ("\u00e9.jpg", b"x")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as zipped:
        zipped.writestr("\u00e9.jpg", b"x")
    data = (tmp_path / "set.zip").read_bytes()
    (tmp_path / "set.zip").write_bytes(data.replace("\u00e9".encode(), b"\xff\xff"))
    damaged = files.listing([str(tmp_path / "set.zip")])
    assert (damaged.files, [kind for _, kind, _ in damaged.aside]) == ([], ["unreadable"])
