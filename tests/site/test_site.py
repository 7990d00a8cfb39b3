"""What is written, in which order, and what is left of an older site."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pixplot_steps.cli import main
from pixplot_steps.site import folder
from pixplot_steps.site.verify import summarise, verify
from pixplot_steps.store import arrays, commit, shown, tables
from tests import artefacts, site_fixture
from tests.site.conftest import Built

Files = dict[str, bytes]


def files(root: Path) -> Files:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def manifest(root: Path) -> Any:
    return json.loads((root / folder.MANIFEST).read_bytes())


def table(root: Path, key: str) -> pa.Table:
    return pa.ipc.open_file(root / manifest(root)[key]["file"]).read_all()


def array(root: Path, reference: dict[str, Any]) -> Any:
    codes = {"u8": "<u1", "u32": "<u4", "i32": "<i4", "f32": "<f4"}
    return np.fromfile(root / reference["file"], codes[reference["dtype"]]).reshape(reference["shape"])


@pytest.mark.parametrize("count", [1, 2, 3, 14])
def test_small_collections_make_right_sites(tmp_path: Path, count: int) -> None:
    found = artefacts.write(tmp_path, count)
    site_fixture.atlas(found)
    site_fixture.site(found, tmp_path / "site")
    assert verify(tmp_path / "site") == []


def test_variants_follow_their_map_with_its_model(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 14)
    site_fixture.atlas(found)
    count = len(arrays.read(found.layout("umap"), "positions"))
    pair = {"n_neighbors": 5, "min_dist": 0.5}
    with commit.folder(found.layout("variants")) as draft:
        arrays.write(draft.path, "positions_0", np.zeros((count, 2), np.float32))
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
        draft.summary = {"label": "Map", "kind": "map", "base": {"n_neighbors": 15, "min_dist": 0.1}}
        draft.summary["variants"] = [{**pair, "cell": 0.1, "quality": None}]
    site_fixture.site(found, tmp_path / "site", layouts=("umap", "variants", "grid"))
    assert verify(tmp_path / "site") == []
    base, variant, grid = manifest(tmp_path / "site")["layouts"]
    assert (base["name"], base["parameters"]) == ("umap", {"n_neighbors": 15, "min_dist": 0.1})
    assert (variant["name"], variant["parameters"], variant["variant_of"]) == ("umap~5~0.5", pair, "umap")
    assert (variant["model"], variant["arrangement"]) == (base["model"], "umap")
    assert "parameters" not in grid


def test_a_map_in_three_dimensions_goes_with_its_map(built: Built, tmp_path: Path) -> None:
    known = shown.read(built.found.catalog, built.found.vectors)
    deep = np.random.default_rng(0).uniform(-1, 1, (37, 3)).astype(np.float32)
    with commit.folder(tmp_path / "space.zarr") as draft:
        arrays.write(draft.path, "coordinates", deep)
    site_fixture.site(built.found, tmp_path / "site", spaces=[f"umap={tmp_path / 'space.zarr'}"])
    assert verify(tmp_path / "site") == []
    value = manifest(tmp_path / "site")
    base, grid = value["layouts"]
    assert (array(tmp_path / "site", base["positions3"]) == deep[known.image_row]).all()
    assert "positions3" not in grid
    base["supervised"] = {"column": "none", "weight": 0.5}
    base["positions3"]["shape"] = [41, 2]
    (tmp_path / "site/data/manifest.json").write_bytes(commit.json_text(value))
    assert {fault.expected.partition(":")[0] for fault in verify(tmp_path / "site")} >= {"layouts[0].supervised.column"}


def test_the_summary_says_what_the_site_holds(built: Built) -> None:
    assert verify(built.site) == []
    size = sum(len(data) for data in files(built.site).values())
    summary = {"items": 41, "images": 37, "shards": 3, "layouts": ["umap", "grid"], "hotspots": 2, "problems": 4, "bytes": size}
    assert summarise(built.site) == summary


def test_rows_are_the_same_items_in_every_file(built: Built) -> None:
    known = shown.read(built.found.catalog, built.found.vectors)
    rows, value = table(built.site, "table"), manifest(built.site)
    assert rows["item"].to_pylist() == known.items["item"].to_pylist()
    sizes, colours = array(built.site, value["sizes"]), array(built.site, value["colours"])
    for image, size, colour in zip(rows["image"].to_pylist(), sizes.tolist(), colours.tolist(), strict=True):
        with Image.open(built.site / f"pictures/{image[:2]}/{image}.jpg") as picture:
            assert list(picture.size) == size
            assert np.abs(np.asarray(picture).reshape(-1, 3).mean(0) - colour).max() < 3
    assert (array(built.site, value["layouts"][0]["positions"]) == arrays.read(built.found.layout("umap"), "positions")).all()


def test_every_cell_of_the_atlas_shows_the_picture_of_its_rows(built: Built) -> None:
    value, rows = manifest(built.site), table(built.site, "table")
    atlas, level = value["atlas"], value["atlas"]["levels"][0]
    columns = atlas["page"] // level["cell"]
    pages = [np.asarray(Image.open(built.site / page["file"])).astype(int) for page in level["pages"]]
    for image, slot in zip(rows["image"].to_pylist(), array(built.site, atlas["slots"]).tolist(), strict=True):
        number, place = divmod(slot, columns**2)
        y, x = (part * level["cell"] + level["cell"] // 2 for part in divmod(place, columns))
        picture = np.asarray(Image.open(built.site / f"pictures/{image[:2]}/{image}.jpg")).astype(int)
        expected = picture[picture.shape[0] // 2, picture.shape[1] // 2]
        assert np.abs(pages[number][y, x] - expected).max() < 40


def test_neighbours_are_rows_of_the_images_that_the_graph_names(built: Built) -> None:
    ids = table(built.site, "table")["image"].to_pylist()
    known = shown.read(built.found.catalog, built.found.vectors)
    graph = arrays.read(built.found.neighbours, "indices")
    order = tables.read(built.found.vectors / "images.parquet", tables.IMAGES)["image"].to_pylist()
    found = array(built.site, manifest(built.site)["neighbours"])
    assert found.shape == (41, 10)
    for row, near in enumerate(found.tolist()):
        assert [ids[i] for i in near] == [order[i] for i in graph[known.image_row[row]][:10]]
        assert near == [ids.index(ids[i]) for i in near], "an image is told by its first row"


def second_model(built: Built, root: Path, *, images: slice = slice(None)) -> tuple[Path, Path]:
    """Vectors of another model, with the images in the opposite order, or some of them; and their graph, which leads backwards."""
    known = tables.read(built.found.vectors / "images.parquet", tables.IMAGES)
    known = known.take(np.arange(len(known))[::-1][images])
    with commit.folder(root / "vectors.zarr") as draft:
        tables.write(draft.path / "images.parquet", known, tables.IMAGES)
        draft.rows = len(known)
        summary = commit.stamp(built.found.vectors).summary
        draft.summary = summary | {"model": summary["model"] | {"model": "other"}}
    with commit.folder(root / "graph.zarr") as draft:
        graph = (np.arange(len(known))[:, None] - 1 - np.arange(3)) % len(known)
        arrays.write(draft.path, "indices", graph.astype(np.int32))
        draft.rows = len(known)
        draft.summary = commit.stamp(built.found.neighbours).summary
    return root / "vectors.zarr", root / "graph.zarr"


def with_second_model(built: Built, out: Path, vectors: Path, graph: Path) -> list[str]:
    flags = flags_of(built, out)
    for flag, path in (("--vectors", vectors), ("--neighbours", graph)):
        flags.insert(flags.index(flag) + 2, str(path))
    return flags


def test_each_model_has_neighbours_of_its_own(built: Built, tmp_path: Path) -> None:
    vectors, graph = second_model(built, tmp_path)
    out = tmp_path / "site"
    assert main(["step", "site", *with_second_model(built, out, vectors, graph)]) == 0
    assert verify(out) == []
    [more] = manifest(out)["more_neighbours"]
    assert more["model"] == "other" == manifest(out)["models"][1]["name"]
    ids = table(out, "table")["image"].to_pylist()
    order = tables.read(vectors / "images.parquet", tables.IMAGES)["image"].to_pylist()
    indices = arrays.read(graph, "indices")
    for row, near in enumerate(array(out, more["rows"]).tolist()):
        assert [ids[i] for i in near] == [order[i] for i in indices[order.index(ids[row])]]
    assert manifest(built.site)["more_neighbours"] == []
    assert array(out, manifest(out)["neighbours"]).tolist() == array(built.site, manifest(built.site)["neighbours"]).tolist()


def test_neighbours_of_fewer_images_are_refused(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors, graph = second_model(built, tmp_path, images=slice(0, 30))
    assert main(["step", "site", *with_second_model(built, tmp_path / "site", vectors, graph)]) == 1
    assert "41 rows" in capsys.readouterr().err


def test_neighbours_of_other_images_are_refused(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with commit.folder(tmp_path / "other.zarr") as draft:
        arrays.write(draft.path, "indices", np.zeros((3, 2), np.int32))
        draft.summary = commit.stamp(built.found.neighbours).summary
    flags = flags_of(built, tmp_path / "site")
    flags[flags.index("--neighbours") + 1] = str(tmp_path / "other.zarr")
    assert main(["step", "site", *flags]) == 1
    assert "37 rows" in capsys.readouterr().err


def test_hostile_texts_arrive_as_they_are(built: Built) -> None:
    rows, known = table(built.site, "table"), shown.read(built.found.catalog, built.found.vectors).items
    for name in ("title", "link", "tags", "year", "note"):
        assert rows[name].to_pylist() == known[name].to_pylist(), name
    assert set(artefacts.HOSTILE) <= set(rows["title"].to_pylist())
    assert pa.types.is_dictionary(rows["category"].type)
    assert "<" in manifest(built.site)["title"]


def test_a_text_that_utf8_cannot_hold_becomes_question_marks(built: Built, tmp_path: Path) -> None:
    # A title that came as Latin-1 on the command line reaches Python as lone surrogates.
    flags = ["step", "site", *flags_of(built, tmp_path / "site")]
    flags[flags.index("--title") + 1] = "caf\udce9"
    assert main(flags) == 0
    assert manifest(tmp_path / "site")["title"] == "caf?"
    assert verify(tmp_path / "site") == []


def test_two_builds_are_the_same_bytes(built: Built, tmp_path: Path) -> None:
    site_fixture.site(built.found, tmp_path / "site")
    assert files(tmp_path / "site") == files(built.site)


def test_a_rebuild_writes_nothing_but_the_manifest(built: Built, copy: Path) -> None:
    before = {path: path.stat().st_ino for path in copy.rglob("*") if path.is_file()}
    site_fixture.site(built.found, copy)
    changed = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file() and before.get(path) != path.stat().st_ino}
    assert changed == {folder.MANIFEST}


def test_an_updated_site_is_the_one_from_scratch(built: Built, copy: Path, tmp_path: Path) -> None:
    fewer = artefacts.write(tmp_path / "fewer", 9)
    (fewer.viewer / "assets" / "main-1.js").rename(fewer.viewer / "assets" / "main-2.js")
    site_fixture.atlas(fewer)
    site_fixture.site(fewer, copy)
    site_fixture.site(fewer, tmp_path / "fresh")
    assert files(copy) == files(tmp_path / "fresh")
    assert sorted(copy.rglob("*")) == sorted(copy / path.relative_to(tmp_path / "fresh") for path in (tmp_path / "fresh").rglob("*"))


def test_a_picture_of_other_bytes_is_written_again(built: Built, copy: Path) -> None:
    # The picture's size in pixels or its quality was changed: its name, which is the image's, stays.
    for picture in sorted(copy.glob("pictures/*/*.jpg"))[:2]:
        data = bytearray(picture.read_bytes())
        data[len(data) // 2] ^= 1
        picture.write_bytes(data)
    site_fixture.site(built.found, copy)
    assert files(copy) == files(built.site)


def test_files_of_the_publisher_stay(built: Built, copy: Path) -> None:
    (copy / "CNAME").write_text("example.org")
    site_fixture.site(built.found, copy)
    assert (copy / "CNAME").read_text() == "example.org"


def test_drafts_of_killed_builds_are_swept(built: Built, copy: Path) -> None:
    (copy / "data" / ".0123.bin.partial").write_bytes(b"half")
    site_fixture.site(built.found, copy)
    assert files(copy) == files(built.site)


def test_a_folder_of_somebody_elses_pictures_is_refused(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    original = tmp_path / "home" / "pictures" / "holiday.jpg"
    original.parent.mkdir(parents=True)
    original.write_bytes(b"the only copy")
    assert main(["step", "site", *flags_of(built, tmp_path / "home")]) == 1
    assert "pictures/holiday.jpg" in capsys.readouterr().err
    assert files(tmp_path / "home") == {"pictures/holiday.jpg": b"the only copy"}


@pytest.mark.parametrize("moment", ["write_manifest", "sweep"])
def test_killed_before_or_after_the_manifest_the_site_is_right(
    built: Built, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    fewer = artefacts.write(tmp_path / "fewer", 9)
    site_fixture.atlas(fewer)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(folder, moment, killed)
        with pytest.raises(KeyboardInterrupt):
            site_fixture.site(fewer, copy)
    assert verify(copy) == []
    assert manifest(copy)["counts"]["items"] == (41 if moment == "write_manifest" else 9)
    site_fixture.site(fewer, copy)
    site_fixture.site(fewer, tmp_path / "fresh")
    assert files(copy) == files(tmp_path / "fresh")


def test_the_page_and_data_are_there_before_the_manifest(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    root = tmp_path / "site"

    def recorded(write: Callable[[Path, bytes], None]) -> Callable[[Path, bytes], None]:
        def record(path: Path, data: bytes) -> None:
            if path.is_relative_to(root):
                order.append(path.relative_to(root).as_posix())
            write(path, data)

        return record

    for name in ("unsynced_file", "bytes_file"):
        monkeypatch.setattr(commit, name, recorded(getattr(commit, name)))
    site_fixture.site(built.found, root)
    kinds = [name.split("/")[0] if name != folder.MANIFEST else "manifest" for name in order]
    assert list(dict.fromkeys(kinds)) == ["pictures", "data", "assets", "index.html", "manifest"]
    assert kinds.count("manifest") == 1


def test_without_a_viewer_the_message_says_how_to_build_it(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = flags_of(built, tmp_path / "site")
    flags[flags.index("--viewer") + 1] = str(tmp_path)
    assert main(["step", "site", *flags]) == 1
    assert "make viewer" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_missing_parts_are_named_before_anything_is_written(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = flags_of(built, tmp_path / "site")
    flags[flags.index("--hotspots") + 1] = str(tmp_path / "none.zarr")
    assert main(["step", "site", *flags]) == 1
    assert "none.zarr" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_layout_of_other_items_is_refused(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with commit.folder(tmp_path / "other.zarr") as draft:
        arrays.write(draft.path, "positions", np.zeros((3, 2), np.float32))
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
        draft.summary = commit.stamp(built.found.layout("umap")).summary
    flags = flags_of(built, tmp_path / "site")
    flags[flags.index("--layouts") + 2] = f"grid={tmp_path / 'other.zarr'}"
    assert main(["step", "site", *flags]) == 1
    assert "41 rows" in capsys.readouterr().err


def test_problems_are_sorted_and_told(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = table(built.site, "problems").to_pylist()
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    assert {row["stage"] for row in rows} == {"catalog", "ingest"}
    site_fixture.site(built.found, tmp_path / "site")
    told = capsys.readouterr().err
    assert "41 items, 37 images, 4 problems" in told
    assert "cannot decode: 3, such as" in told
    assert "z/none.txt" in told


def test_a_search_that_missed_neighbours_is_a_problem(built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = artefacts.Artefacts(Path(shutil.copytree(built.found.root, tmp_path / "less")), built.found.shards)
    with commit.folder(found.neighbours) as draft:
        shutil.copytree(built.found.neighbours, draft.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(commit.STAMP))
        stamp = commit.stamp(built.found.neighbours)
        draft.rows, draft.summary = stamp.rows, {**stamp.summary, "exact": False, "recall": 0.9312}
    site_fixture.site(found, tmp_path / "site")
    [row] = [row for row in table(tmp_path / "site", "problems").to_pylist() if row["stage"] == "neighbours"]
    assert (row["path"], row["kind"]) == ("neighbours.exact_below", "neighbours missed")
    assert "0.931 of the nearest neighbours were found, 0.97 is wanted" in row["reason"]
    assert "neighbours missed: 1, such as 'neighbours.exact_below'" in capsys.readouterr().err
    assert verify(tmp_path / "site") == []


def test_problems_of_pictures_that_were_removed_are_left_out(built: Built, tmp_path: Path) -> None:
    found = artefacts.Artefacts(Path(shutil.copytree(built.found.root, tmp_path / "less")), built.found.shards)
    items = shown.read(built.found.catalog, built.found.vectors).items  # the broken pictures' items are gone
    with commit.folder(found.catalog) as draft:
        shutil.copytree(built.found.catalog, draft.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(commit.STAMP))
        pq.write_table(items, draft.path / "items.parquet")
    site_fixture.site(found, tmp_path / "site")
    assert [row["stage"] for row in table(tmp_path / "site", "problems").to_pylist()] == ["catalog"]
    assert verify(tmp_path / "site") == []


def test_large_pictures_are_read_in_several_runs(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pixplot_steps.site.gather._READ_BYTES", 5000)
    site_fixture.site(built.found, tmp_path / "site")
    assert files(tmp_path / "site") == files(built.site)


def test_pictures_are_whole_files(built: Built) -> None:
    for number in (0, 1, 2):
        drawn = artefacts.picture(number)
        stored = (built.site / f"pictures/{drawn.image[:2]}/{drawn.image}.jpg").read_bytes()
        assert stored == drawn.jpeg
        assert Image.open(io.BytesIO(stored)).size == drawn.pixels.shape[1::-1]


def flags_of(built: Built, out: Path) -> list[str]:
    """The flags of the step for these artefacts."""
    given: list[list[object]] = []

    def record(*words: object) -> None:
        given.append(list(words))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_fixture, "step", record)
        site_fixture.site(built.found, out)
    return [str(word) for word in given[0][1:]]


def test_compressed_copies_are_written_and_go_again(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 9)
    site_fixture.atlas(found)
    out = tmp_path / "site"
    site_fixture.site(found, out, gzip=True)
    copies = sorted(path for path in out.rglob("*.gz"))
    assert {path.with_suffix("").suffix for path in copies} >= {".bin", ".arrow", ".js"}
    assert [path for path in copies if gzip.decompress(path.read_bytes()) != path.with_suffix("").read_bytes()] == []
    assert [path.name for path in copies if path.name in ("index.html.gz", "manifest.json.gz")] == [], "a host might send an old one"
    before = {path: path.stat().st_mtime_ns for path in copies}
    site_fixture.site(found, out, gzip=True)
    assert {path: path.stat().st_mtime_ns for path in sorted(out.rglob("*.gz"))} == before
    site_fixture.site(found, out)
    assert list(out.rglob("*.gz")) == []
