"""Tiles of a grid: the right picture at the right place, on every level, however the work is shared out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import digest, spec
from pixplot_steps.deepzoom import drawing
from pixplot_steps.deepzoom import step as module
from pixplot_steps.deepzoom.pyramid import Pyramid
from pixplot_steps.errors import ConfigError, DamagedError
from pixplot_steps.store import arrays, commit, tables
from tests import artefacts, golden_check
from tests.artefacts import Artefacts


def step(*words: object) -> None:
    """Run a part of the step; its errors are raised."""
    parser = argparse.ArgumentParser()
    module.configure(parser)
    module.run(parser.parse_args([str(word) for word in words]))


def plan(found: Artefacts, layout: str = "grid") -> Path:
    out = found.root / f"plan-{layout}.zarr"
    flags = ("--catalog", found.catalog, "--vectors", found.vectors, "--layout", found.layout(layout), "--name", layout)
    step("plan", *flags, "--out", out)
    return out


def draw(found: Artefacts, groups: int = 1, cell: int = 128, tile: int = 256, fit: str = "contain") -> list[Path]:
    """All parts of the grid, the top last."""
    named = plan(found)
    common = ("--plan", named, "--cell", cell, "--tile", tile, "--quality", 90)
    parts = [found.root / f"part-{group}-{groups}.zarr" for group in range(groups)]
    for group, out in enumerate(parts):
        shared = ("--images", found.images, "--ground", artefacts.GROUND, "--fit", fit)
        step("tiles", *common, *shared, "--group", group, "--groups", groups, "--out", out)
    top = found.root / f"top-{groups}.zarr"
    step("top", *common, "--tiles", *parts, "--out", top)
    return [*parts, top]


def tiles(parts: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Name as a Deep Zoom Image, and file, of all tiles."""
    for part in parts:
        data, begin = arrays.read(part, "tile"), 0
        for row in tables.read(part / "tiles.parquet", tables.TILES).to_pylist():
            yield row["dzi"], data[begin : row["end"]].tobytes()
            begin = row["end"]


def expected(found: Artefacts, cell: int = 128) -> NDArray[np.uint8]:
    """The whole grid, drawn at once from what was given."""
    layout = commit.stamp(found.layout("grid")).summary
    positions = arrays.read(found.layout("grid"), "positions").astype(float)
    columns = np.rint((positions[:, 0] - positions[:, 0].min()) / layout["cell"]).astype(int)
    rows = np.rint((positions[:, 1].max() - positions[:, 1]) / layout["cell"]).astype(int)
    images = tables.read(found.vectors / "images.parquet", tables.IMAGES).to_pylist()
    thumbs = {shard: arrays.read(found.images / f"{shard}.zarr", "thumb" if cell == 128 else f"thumb_{cell}") for shard in found.shards}
    shown = {one["image"]: thumbs[one["shard"]][one["row"]] for one in images}
    items = [image for image in tables.read(found.catalog / "items.parquet", tables.ITEMS)["image"].to_pylist() if image in shown]
    out = np.empty(((rows.max() + 1) * cell, (columns.max() + 1) * cell, 3), np.uint8)
    out[:] = (0x20, 0x20, 0x20)
    for image, column, row in zip(items, columns, rows, strict=True):
        out[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] = shown[image]
    return out


def levels(whole: NDArray[np.uint8]) -> Iterator[Image.Image]:
    image = Image.fromarray(whole)
    yield image
    while max(image.size) > 1:
        image = image.reduce(2)
        yield image


@pytest.mark.parametrize("count", [1, 2, 14, 90])
@pytest.mark.parametrize("cell", [32, 128])
def test_every_tile_of_every_level_is_that_part_of_the_whole(tmp_path: Path, count: int, cell: int) -> None:
    found = artefacts.write(tmp_path, count)
    whole = expected(found, cell)
    pyramid = Pyramid(whole.shape[1], whole.shape[0], 256)
    drawn = dict(tiles(draw(found, cell=cell)))
    assert sorted(drawn) == sorted(pyramid.dzi(tile) for level in range(pyramid.levels) for tile in pyramid.tiles(level))
    for level, image in enumerate(levels(whole)):
        assert image.size == pyramid.size(level)
        for tile in pyramid.tiles(level):
            x, y, w, h = pyramid.box(tile)
            assert drawn[pyramid.dzi(tile)] == drawing.encode(image.crop((x, y, x + w, y + h)), 90), tile


def test_how_many_jobs_share_the_tiles_does_not_change_them(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 300)
    once, shared = (dict(tiles(draw(found, groups))) for groups in (1, 3))
    assert max(int(name.partition("/")[0]) for name in once) > 11
    assert once == shared


def test_more_jobs_than_there_is_work_leave_some_empty_but_finished(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 3)
    parts = draw(found, groups=4)
    assert [commit.check(part).rows for part in parts[:4]].count(0) == 3
    assert dict(tiles(parts)) == dict(tiles(draw(found)))


def test_golden_output(tmp_path: Path) -> None:
    parts = draw(artefacts.write(tmp_path, 20))
    drawn = {name: digest.of_bytes(data) for name, data in tiles(parts)}
    golden_check.check("deepzoom", spec.VERSIONS["deepzoom"], drawn)


def mosaic(found: Artefacts, form: str, cell: int = 32, fit: str = "contain") -> Path:
    out = found.root / f"mosaic-{form}-{fit}"
    flags = ("--images", found.images, "--ground", artefacts.GROUND, "--fit", fit, "--quality", 90, "--format", form, "--cell", cell)
    step("mosaic", "--plan", plan(found), *flags, "--out", out)
    return out / str(commit.stamp(out).summary["file"])


def test_a_mosaic_is_all_of_it_in_one_file(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 40)
    whole = expected(found, 32)
    with Image.open(mosaic(found, "png")) as image:
        assert image.mode == "RGB"
        assert (np.asarray(image) == whole).all()
    jpeg = mosaic(found, "jpeg")
    with Image.open(jpeg) as image:
        assert (image.format, image.size) == ("JPEG", (whole.shape[1], whole.shape[0]))
        assert (
            np.abs(np.asarray(image.convert("L").reduce(8), int) - np.asarray(Image.fromarray(whole).convert("L").reduce(8), int)).max() < 6
        )
    document = mosaic(found, "pdf").read_bytes()
    assert jpeg.read_bytes() in document
    assert sorted(path.name for path in (tmp_path / "mosaic-pdf-contain").iterdir()) == ["mosaic.pdf", "stamp.json"]


@pytest.mark.parametrize("cell", [32, 128])
def test_filled_cells_are_cut_out_of_the_middle(tmp_path: Path, cell: int) -> None:
    """Each drawn picture is a flat colour around another: a filled cell has no ground, and is what its picture's middle is."""
    found = artefacts.write(tmp_path, 14)
    with Image.open(mosaic(found, "png", cell, "fill")) as image:
        drawn = np.asarray(image)
    whole = expected(found, cell)
    ground = np.array([0x20, 0x20, 0x20])
    rows, columns = drawn.shape[0] // cell, drawn.shape[1] // cell
    seen = 0
    for row, column in np.ndindex(rows, columns):
        one, other = (pixels[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] for pixels in (drawn, whole))
        if (other == ground).all():
            assert (one == ground).all(), "an empty cell"
            continue
        seen += 1
        # The disc or square has half the shorter side, as in the picture itself: so corners are its ground, whatever its aspect.
        middle, corner = one[cell // 2, cell // 2].astype(int), one[2, 2].astype(int)
        assert np.abs(middle - other[cell // 2, cell // 2]).max() <= 12
        assert np.abs(middle + corner - 255).max() <= 12
        assert np.abs(one[cell // 2, cell // 8].astype(int) - corner).max() <= 12
    assert seen == 14


def test_tiles_are_filled_too(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 14)
    with Image.open(mosaic(found, "png", 128, "fill")) as image:
        whole = image.convert("RGB")
    pyramid = Pyramid(*whole.size, 256)
    drawn = dict(tiles(draw(found, fit="fill")))
    for tile in pyramid.tiles(0):
        x, y, w, h = pyramid.box(tile)
        assert drawn[pyramid.dzi(tile)] == drawing.encode(whole.crop((x, y, x + w, y + h)), 90), tile


def test_a_mosaic_that_few_programs_open_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 2)
    with commit.folder(tmp_path / "large.zarr") as draft:
        draft.summary = {"columns": 600, "rows": 400, "shards": []}
    flags = ("--images", found.images, "--ground", "#000000", "--fit", "contain", "--quality", 90, "--format", "jpeg", "--cell", 128)
    with pytest.raises(ConfigError) as told:
        step("mosaic", "--plan", tmp_path / "large.zarr", *flags, "--out", tmp_path / "out")
    assert "600 x 400 pictures of 128 pixels: 76800 x 51200 pixels" in str(told.value)
    assert "set deepzoom.mosaic_cell: 64" in str(told.value)
    assert not (tmp_path / "out").exists()


def test_only_a_grid_can_be_one_picture(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 12)
    with pytest.raises(ConfigError, match="only a grid"):
        plan(found, "umap")


def test_a_damaged_shard_is_told(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 4)
    for file in (found.images / f"{found.shards[0]}.zarr" / "thumb" / "c").rglob("0"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(DamagedError):
        mosaic(found, "png", cell=128)


def test_the_pictures_of_libvips_are_a_witness(tmp_path: Path) -> None:
    """The whole from the tiles of level 0, put together by another program, is the grid."""
    found = artefacts.write(tmp_path, 20)
    whole = expected(found)
    pyramid = Pyramid(whole.shape[1], whole.shape[0], 256)
    drawn = dict(tiles(draw(found)))
    across, _ = pyramid.count(0)
    joined = pyvips.Image.arrayjoin(
        [pyvips.Image.new_from_buffer(drawn[pyramid.dzi(tile)], "") for tile in pyramid.tiles(0)], across=across
    )
    pixels = np.asarray(joined.crop(0, 0, pyramid.width, pyramid.height).numpy(), int)
    assert np.abs(pixels - whole).mean() < 4
