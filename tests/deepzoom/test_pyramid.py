"""The arithmetic of tiles: every pixel of every level in one tile, and the names that libvips and the Image API give them."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pixplot_steps.deepzoom import lattice, pdf
from pixplot_steps.deepzoom.pyramid import Pyramid, blocks

PYRAMIDS = st.builds(Pyramid, st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([64, 128, 256, 512]))


@given(PYRAMIDS)
def test_tiles_cover_each_level_without_overlap(pyramid: Pyramid) -> None:
    for level in range(pyramid.levels):
        width, height = pyramid.size(level)
        boxes = [pyramid.box(tile) for tile in pyramid.tiles(level)]
        assert sum(box.width * box.height for box in boxes) == width * height
        assert len({(box.x, box.y) for box in boxes}) == len(boxes)
        assert all(0 < box.width <= pyramid.tile and 0 < box.height <= pyramid.tile for box in boxes)
        assert all(box.x + box.width <= width and box.y + box.height <= height for box in boxes)


@given(PYRAMIDS)
def test_levels_are_halves_down_to_one_pixel(pyramid: Pyramid) -> None:
    sizes = [pyramid.size(level) for level in range(pyramid.levels)]
    assert (sizes[0], sizes[-1]) == ((pyramid.width, pyramid.height), (1, 1))
    assert all((-(-w // 2), -(-h // 2)) == after for (w, h), after in itertools.pairwise(sizes))
    assert (1, 1) not in sizes[:-1]
    assert [pyramid.count(level) == (1, 1) for level in range(pyramid.levels)].index(True) == pyramid.joined


@given(PYRAMIDS)
def test_each_tile_is_the_child_of_one_tile(pyramid: Pyramid) -> None:
    for level in range(1, pyramid.levels):
        children = [child for tile in pyramid.tiles(level) for child in tile.children if pyramid.has(child)]
        assert sorted(children) == sorted(pyramid.tiles(level - 1))


@given(PYRAMIDS, st.integers(1, 9))
def test_jobs_share_out_all_blocks(pyramid: Pyramid, parts: int) -> None:
    level = min(1, pyramid.joined)
    shares = [blocks(pyramid, level, part, parts) for part in range(parts)]
    assert [tile for share in shares for tile in share] == list(pyramid.tiles(level))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@given(PYRAMIDS)
def test_a_region_at_its_scale_is_the_tile(pyramid: Pyramid) -> None:
    """What the Image API asks of the size of a tile: the region divided by the scale factor, rounded up."""
    for level in range(pyramid.levels):
        for tile in pyramid.tiles(level):
            region, box = pyramid.region(tile), pyramid.box(tile)
            assert (-(-region.width >> level), -(-region.height >> level)) == (box.width, box.height)


@pytest.mark.parametrize("size", [(1300, 900), (512, 512), (100, 40), (257, 256), (1025, 30), (1, 700)])
def test_names_and_sizes_are_those_of_libvips(tmp_path: Path, size: tuple[int, int]) -> None:
    pyramid = Pyramid(*size, 256)
    picture = pyvips.Image.black(*size, bands=3)
    picture.dzsave(str(tmp_path / "z"), layout="dz", tile_size=256, overlap=0, suffix=".jpg")
    found = {path.relative_to(tmp_path / "z_files").as_posix(): path for path in (tmp_path / "z_files").rglob("*.jpg")}
    tiles = {pyramid.dzi(tile): tile for level in range(pyramid.levels) for tile in pyramid.tiles(level)}
    assert set(tiles) == set(found)
    for name, path in found.items():
        with Image.open(path) as image:
            assert image.size == pyramid.box(tiles[name])[2:], name
    described = re.sub(r"\s+", " ", (tmp_path / "z.dzi").read_text())
    for word in (f'Width="{size[0]}"', f'Height="{size[1]}"', 'TileSize="256"', 'Overlap="0"', 'Format="jpg"'):
        assert word in described
        assert word in pyramid.descriptor().decode()


@pytest.mark.parametrize("size", [(1300, 900), (512, 512), (100, 40), (257, 256), (1025, 30), (5000, 300)])
def test_iiif_tiles_are_those_of_libvips(tmp_path: Path, size: tuple[int, int]) -> None:
    pyramid = Pyramid(*size, 256)
    pyvips.Image.black(*size, bands=3).dzsave(str(tmp_path / "i"), layout="iiif3", tile_size=256, id="https://example.org")
    found = {path.relative_to(tmp_path / "i").as_posix() for path in (tmp_path / "i").rglob("*.jpg")}
    own = {pyramid.iiif(tile) for level in range(pyramid.joined + 1) for tile in pyramid.tiles(level)}
    # libvips writes a further picture of all, and calls the whole picture by its size where that is one tile; the canonical word is max.
    renamed = {name if name != "full/{},{}/0/default.jpg".format(*size) else "full/max/0/default.jpg" for name in found}
    assert own <= renamed | {"full/max/0/default.jpg"}
    assert {name for name in renamed if not name.startswith("full/")} <= own
    theirs, mine = json.loads((tmp_path / "i/info.json").read_text()), pyramid.info("https://example.org/i")
    for key in ("@context", "id", "type", "profile", "protocol", "width", "height"):
        assert mine[key] == theirs[key], key


def test_info_says_what_is_there() -> None:
    pyramid = Pyramid(1300, 900, 256)
    info = pyramid.info("https://example.org/i")
    names = {pyramid.iiif(tile) for level in range(pyramid.joined + 1) for tile in pyramid.tiles(level)}
    assert info["tiles"] == [{"width": 256, "height": 256, "scaleFactors": [1, 2, 4, 8]}]
    assert {f"full/{size['width']},{size['height']}/0/default.jpg" for size in info["sizes"]} <= names
    for factor in info["tiles"][0]["scaleFactors"]:  # the arithmetic of the Image API, section 5.4 and its implementation notes
        side = 256 * factor
        for y in range(0, 900, side):
            for x in range(0, 1300, side):
                w, h = min(side, 1300 - x), min(side, 900 - y)
                region = "full" if (w, h) == (1300, 900) else f"{x},{y},{w},{h}"
                assert f"{region}/{-(-w // factor)},{-(-h // factor)}/0/default.jpg" in names


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=60), st.floats(0.001, 0.1))
def test_a_lattice_is_found_from_its_positions(cells: set[tuple[int, int]], spacing: float) -> None:
    places = np.array(sorted(cells), np.float64)
    places -= places.min(axis=0)
    positions = np.stack([-0.9 + places[:, 0] * spacing, 0.8 - places[:, 1] * spacing], axis=1).astype(np.float32)
    found = lattice.of(positions, spacing)
    assert found is not None
    assert (found.columns, found.rows) == tuple((places.max(axis=0) + 1).astype(int).tolist())
    assert (found.cell == places[:, 1] * found.columns + places[:, 0]).all()
    by_cell = found.by_cell(np.arange(len(places)))
    assert (by_cell[found.cell] == np.arange(len(places))).all()
    assert (by_cell >= 0).sum() == len(places)


def test_points_that_share_a_cell_are_no_lattice() -> None:
    assert lattice.of(np.array([[0, 0], [0.04, 0.0], [0.5, 0.5]], np.float32), 0.1) is None


@pytest.mark.parametrize(("size", "page"), [((300, 200), "300.000 200.000"), ((28800, 14400), "14400.000 7200.000")])
def test_a_pdf_holds_the_jpeg_as_it_is(size: tuple[int, int], page: str) -> None:
    jpeg = b"\xff\xd8 pretended \xff\xd9"
    head, end = pdf.around(*size, len(jpeg))
    data = head + jpeg + end
    assert f"/MediaBox [0 0 {page}]".encode() in data
    start = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    assert data[start : start + 4] == b"xref"
    places = [int(line.split()[0]) for line in data[start:].split(b"\n")[3:8]]
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj\n" % number)
    body = data[places[4] :]
    length = int(re.search(rb"/Length (\d+)", body)[1])  # type: ignore[index]
    assert body.split(b"stream\n", 1)[1][:length] == jpeg
