"""What is written for other programs, read as they read it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pixplot_steps import cli
from pixplot_steps.exchange import common, csn, sprites, vikus
from pixplot_steps.exchange.exporting import FORMATS
from pixplot_steps.site.reading import Site
from tests import artefacts, site_fixture

ADDRESS = "https://example.org/map/"
COUNT = 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with hostile texts, and places for some items."""
    root = tmp_path_factory.mktemp("site")
    found = artefacts.write(root, COUNT, more=placed)
    site_fixture.atlas(found)
    site_fixture.site(found, root / "site")
    return Site(root / "site")


def placed(table: pa.Table) -> pa.Table:
    """The items with coordinates, of which every third has none."""
    for number, (name, span) in enumerate((("lat", 90.0), ("lng", 180.0))):
        values = [None if row % 3 == 0 else (row * 7.3 + number) % span for row in range(table.num_rows)]
        field = pa.field(name, pa.float64(), metadata={"type": "number", "role": name, "label": name})
        table = table.append_column(field, pa.array(values, pa.float64()))
    return table


def export(site: Site, out: Path, form: str, *flags: str) -> None:
    assert cli.main(["export", form, str(site.root), str(out), *flags]) == 0


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_once(site: Site, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    export(site, tmp_path / "out", form, "--address", ADDRESS)
    assert f"export: {len(site)} items" in capsys.readouterr().err
    assert cli.main(["export", form, str(site.root), str(tmp_path / "out")]) == 1
    assert "not empty" in capsys.readouterr().err


def test_a_layout_that_is_not_there_is_told(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "csv", str(site.root), str(tmp_path), "--layouts", "globe"]) == 1
    assert "no layout 'globe'" in capsys.readouterr().err


def test_embedding_atlas(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "embedding-atlas", "--pictures", "--layouts", "grid", "umap")
    table = pq.read_table(tmp_path / "atlas.parquet")
    assert table["item"].to_pylist() == site.items["item"].to_pylist()
    assert np.array_equal(np.stack([table["projection_x"], table["projection_y"]], axis=1), site.layout("grid"))
    assert np.array_equal(np.asarray(table["umap_x"]), site.layout("umap")[:, 0])
    near = table["neighbors"].to_pylist()
    assert [row["ids"] for row in near] == site.neighbours.tolist()
    assert all(row["distances"] == sorted(row["distances"]) and len(row["distances"]) == len(row["ids"]) for row in near)
    assert [one["bytes"][:2] for one in table["image"].to_pylist()] == [b"\xff\xd8"] * len(site)


def test_pictures_by_address(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "embedding-atlas", "--address", ADDRESS.rstrip("/"))
    addresses = pq.read_table(tmp_path / "atlas.parquet")["image"].to_pylist()
    assert [one for one in addresses if not (site.root / one.removeprefix(ADDRESS)).is_file()] == []


def test_the_table_has_everything(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "csv")
    with (tmp_path / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == site.items["item"].to_pylist()
    assert [row["filepath"] for row in rows if not (site.root / row["filepath"]).is_file()] == []
    title = site.role("title")
    assert title is not None
    # What a reader of CSV cannot tell apart: nothing, and an empty text.
    assert [row[title] for row in rows] == [value or "" for value in site.items[title].to_pylist()]
    assert np.allclose([[float(row["umap_x"]), float(row["umap_y"])] for row in rows], site.layout("umap"), atol=1e-5)
    assert {row["hotspot"] for row in rows} - {""} == {one.label for one in site.hotspots if len(one.rows)}


def test_vikus(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "vikus")
    said = json.loads((tmp_path / "data/config.json").read_bytes())
    with (tmp_path / "data/data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"id", "keywords", "year"} <= set(rows[0])
    assert len({row["id"] for row in rows}) == len(rows) == len(site)
    assert [row["id"] for row in rows if not (tmp_path / said["loader"]["textures"]["detail"]["url"] / f"{row['id']}.jpg").is_file()] == []
    assert [one["source"] for one in said["detail"]["structure"] if one["source"] not in rows[0]] == []
    assert {one["type"] for one in said["detail"]["structure"]} <= {"text", "link"}, "nothing is run, and nothing is HTML"
    loader = [said["loader"][name] for name in ("items", "timeline", "info")]
    urls = [one["url"] for one in said["loader"]["layouts"] if "url" in one]
    assert [path for path in loader + urls if not (tmp_path / path).is_file()] == []
    assert all(style.startswith("#") or style == "none" for style in said["style"].values())


def test_sprites_show_the_pictures(site: Site, tmp_path: Path) -> None:
    """Each id of data.csv has a sprite, which is its picture made small: told from all others by its pixels."""
    export(site, tmp_path, "vikus")
    data = tmp_path / "data"
    listed = json.loads((data / "sprites/spritesheet.json").read_bytes())
    assert listed["meta"]["type"] == "sharpsheet"
    with (data / "data.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    found: dict[str, Image.Image] = {}
    for one in listed["spritesheets"]:
        with Image.open(data / "sprites" / one["image"]) as sheet:
            assert (sheet.format, sheet.size) == ("JPEG", (sprites.SHEET, sprites.SHEET))
            for sprite in one["sprites"]:
                (x, y), (width, height) = sprite["position"].values(), sprite["dimension"].values()
                assert max(width, height) == sprites.SIDE
                found[sprite["name"]] = sheet.crop((x, y, x + width, y + height)).convert("RGB")
    assert sorted(found) == sorted(ids)
    for key, small in found.items():
        with Image.open(data / "1024" / f"{key}.jpg") as image:
            wanted = image.convert("RGB").resize(small.size)
        assert np.abs(np.asarray(small, float) - np.asarray(wanted, float)).mean() < 6, key


@given(st.lists(st.tuples(st.integers(1, sprites.SIDE), st.integers(1, sprites.SIDE)), min_size=1, max_size=700))
@settings(max_examples=30, deadline=None)
def test_sprites_do_not_touch(sizes: list[tuple[int, int]]) -> None:
    places = sprites.packed(np.array(sizes))
    taken = np.zeros((int(places[:, 0].max()) + 1, sprites.SHEET, sprites.SHEET), np.uint8)
    for (width, height), (sheet, x, y) in zip(sizes, places.tolist(), strict=True):
        assert min(x, y) >= sprites.GAP
        assert max(x + width, y + height) <= sprites.SHEET - sprites.GAP
        # The gap is to the right and below, which the next one is beyond.
        taken[sheet, y : y + height + sprites.GAP, x : x + width + sprites.GAP] += 1
    assert taken.max() == 1


def test_csn(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "csn", "--address", ADDRESS)
    listed = json.loads((tmp_path / "datasets/datasets_config.json").read_bytes())
    folder = tmp_path / "datasets" / listed["default"]
    said = json.loads((folder / "config.json").read_bytes())
    rows = json.loads((folder / "metadata.json").read_bytes())
    assert said["total"] == len(rows) == len(site)
    for one in said["embeddings"]:
        places = np.array(json.loads((folder / one["file"]).read_bytes()))
        assert places.shape == (len(site), 2)
        assert np.abs(places).max() <= 25
    bars = json.loads((folder / "barData.json").read_bytes())
    assert [one["id"] for one in said["sliders"]] == list(bars)
    for name, bar in bars.items():
        rows_given = [row for row, values in enumerate(rows) if values[name] is not None]
        assert sorted(row for selection in bar["selections"] for row in selection) == rows_given
        assert bar["histogram"] == [len(selection) for selection in bar["selections"]]
        assert len(bar["histogram"]) == 50
    with Image.open(folder / "tile_0.png") as tile:
        assert (tile.size, tile.mode) == ((2048, 2048), "RGBA")
        cells = np.asarray(tile)[..., 3].reshape(32, 64, 32, 64).transpose(0, 2, 1, 3).reshape(1024, 64 * 64)
    assert (cells.max(axis=1) == 255).tolist() == [True] * len(site) + [False] * (1024 - len(site))
    assert not (folder / "tile_1.png").exists()


def test_geojson(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "geojson", "--address", ADDRESS)
    value = json.loads((tmp_path / "items.geojson").read_bytes())
    lat, lng = site.items["lat"].to_pylist(), site.items["lng"].to_pylist()
    known = [row for row in range(len(site)) if lat[row] is not None]
    assert 0 < len(known) < len(site)
    assert [one["geometry"]["coordinates"] for one in value["features"]] == [[lng[row], lat[row]] for row in known]
    assert [one["properties"]["item"] for one in value["features"]] == site.items["item"].take(known).to_pylist()


def test_iiif(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "iiif", "--address", ADDRESS)
    collection = json.loads((tmp_path / "iiif/collection.json").read_bytes())
    for one in collection["items"]:
        assert json.loads((tmp_path / one["id"].removeprefix(ADDRESS)).read_bytes())["id"] == one["id"]
    canvases = json.loads((tmp_path / "iiif/all.json").read_bytes())["items"]
    bodies = [canvas["items"][0]["items"][0]["body"] for canvas in canvases]
    assert len(canvases) == len(site)
    for body in bodies:
        with Image.open(site.root / body["id"].removeprefix(ADDRESS)) as image:
            assert abs(image.width - body["width"]) <= 1
            assert abs(image.height - body["height"]) <= 1


def test_iiif_needs_an_address(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "iiif", str(site.root), str(tmp_path)]) == 1
    assert "--address" in capsys.readouterr().err


@given(st.lists(st.text(min_size=1), max_size=20))
def test_names_are_distinct_and_safe(items: list[str]) -> None:
    found = common.names(items)
    assert len(set(found)) == len(items)
    assert all(name and set(name) & set("/\\.:?# ") == set() for name in found)


def test_vikus_and_back(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "vikus")
    back = vikus.bring(tmp_path / "data")
    assert len(back.rows) == len(site)
    assert back.images == tmp_path / "data" / "1024"
    assert {f"{row['filename']}.jpg" for row in back.rows} == {path.name for path in back.images.iterdir()}
    places = np.array([back.positions[row["filename"]] for row in back.rows])
    assert np.allclose(places * 2 - 1, site.layout("umap"), atol=1e-5)
    assert back.title == site.title


def test_csn_and_back(site: Site, tmp_path: Path) -> None:
    export(site, tmp_path, "csn", "--address", ADDRESS)
    back = csn.bring(tmp_path)
    assert [row["item"] for row in back.rows] == site.items["item"].to_pylist()
    # Two items may show one picture, and so one place of the two is kept.
    places = dict(zip(site.pictures(), site.layout("umap").tolist(), strict=True))
    assert {name: [x / 25, y / 25] for name, (x, y) in back.positions.items()} == {
        path: pytest.approx(places[path], abs=1e-5) for path in places
    }
    assert ADDRESS in back.remarks[0]


def test_a_site_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["export", "csv", str(tmp_path / "none"), str(tmp_path / "out")]) == 1
    assert "no finished site" in capsys.readouterr().err
