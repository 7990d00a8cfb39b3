"""What lies on a page: the picture's own pixels in its own rectangle, and the ground elsewhere."""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps.atlases import geometry, step
from pixplot_steps.atlases.canvas import Canvas
from pixplot_steps.atlases.geometry import Pages
from pixplot_steps.atlases.pages import encode
from pixplot_steps.errors import ConfigError, DamagedError, MissingPartError
from pixplot_steps.store import arrays, commit, tables
from tests import artefacts, site_fixture

GROUND = "#102030"
MAGENTA = (255, 0, 255)


def draw(sizes: NDArray[np.uint32], cell: int, thumbs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """All thumbnails on one page, from slot 0."""
    with tempfile.TemporaryFile() as file:
        canvas = Canvas(Pages(512, cell, len(sizes)), range(1), GROUND, file)
        canvas.draw(np.arange(len(sizes)), thumbs, sizes)
        return np.asarray(canvas.image(0))


def thumbs_in_magenta(sizes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Flat green pictures; everything around them is magenta, so that a single wrong pixel shows."""
    thumbs = np.empty((len(sizes), 128, 128, 3), np.uint8)
    thumbs[:] = MAGENTA
    for thumb, (x, y, w, h) in zip(thumbs, geometry.fit(sizes, 128).tolist(), strict=True):
        thumb[y : y + h, x : x + w] = (0, 200, 0)
    return thumbs


@given(
    st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), min_size=1, max_size=16),
    st.sampled_from([cell for cell in geometry.CELLS if cell < 128]),
)
@settings(max_examples=40, deadline=None)
def test_a_cell_holds_the_picture_in_its_rectangle_and_ground_around_it(sizes: list[tuple[int, int]], cell: int) -> None:
    known = np.array(sizes, np.uint32)
    page = draw(known, cell, thumbs_in_magenta(known))
    expected = np.empty_like(page)
    expected[:] = (0x10, 0x20, 0x30)
    pages = Pages(512, cell, len(sizes))
    for (x, y, w, h), (_, cx, cy) in zip(geometry.fit(known, cell), geometry.corners(np.arange(len(sizes)), pages), strict=True):
        expected[cy + y : cy + y + h, cx + x : cx + x + w] = (0, 200, 0)
    assert (page == expected).all()


def test_cells_as_large_as_thumbnails_are_thumbnails() -> None:
    sizes = np.array([[300, 200], [20, 900]], np.uint32)
    thumbs = thumbs_in_magenta(sizes)
    assert (draw(sizes, 128, thumbs)[:128, :256].reshape(128, 2, 128, 3).swapaxes(0, 1) == thumbs).all()


@pytest.mark.parametrize(("form", "name"), [("webp", "WEBP"), ("jpeg", "JPEG"), ("avif", "AVIF")])
def test_encoding_is_deterministic_and_keeps_size_and_colour(form: str, name: str) -> None:
    page = Image.fromarray(np.repeat(np.repeat(np.random.default_rng(0).integers(0, 256, (4, 8, 3), dtype=np.uint8), 64, 0), 64, 1))
    data = encode(page, form, 90)
    assert data == encode(page.copy(), form, 90)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == (name, page.size)
        assert np.abs(np.asarray(image.convert("RGB"), np.int16)[32::64, 32::64] - np.asarray(page, np.int16)[32::64, 32::64]).max() < 8


@pytest.mark.parametrize(("before", "now"), [(150, 150), (150, 153), (150, 146), (150, 200)])
def test_when_images_come_and_go_old_pages_are_the_same_files(tmp_path: Path, before: int, now: int) -> None:
    atlas = partial(site_fixture.atlas, page=256, budget_mib=1, form="jpeg", per_job=3, groups=4, levels=(64, 128))
    old = atlas(artefacts.write(tmp_path / "old", before, broken=False))
    found = artefacts.write(tmp_path / "new", now, broken=False)
    new = atlas(found, former=old)
    plan, had = commit.stamp(new / "plan.zarr").summary, commit.stamp(old / "plan.zarr").summary
    assert plan["cell"] == had["cell"]
    files = {path.name: path for path in new.glob("pages/*/*.jpg")}
    levels = [Pages(256, cell, plan["slots"]) for cell in plan["cells"]]
    assert levels[0].count <= 4
    assert len(files) == sum(pages.count for pages in levels)
    for path in old.glob("pages/*/*.jpg"):
        assert files[path.name].read_bytes() == path.read_bytes()
    opened = {name: np.asarray(Image.open(path)) for name, path in files.items()}
    slots = tables.read(new / "plan.zarr" / "images.parquet", tables.SLOTS)
    for image, slot in zip(slots["image"].to_pylist(), slots["slot"].to_pylist(), strict=True):
        colour = colour_of(found, image)
        for pages in levels:
            number, x, y = geometry.corners(np.array([slot]), pages)[0].tolist()
            middle = opened[f"{pages.cell:03d}-{number:06d}.jpg"][y + pages.cell // 2, x + pages.cell // 2].astype(int)
            assert np.abs(middle - colour).max() < 40, (image, pages.cell)


def colour_of(found: artefacts.Artefacts, image: str) -> NDArray[np.int64]:
    """The colour in the middle of an image's thumbnail."""
    images = tables.read(found.vectors / "images.parquet", tables.IMAGES).to_pylist()
    [(shard, row)] = [(one["shard"], one["row"]) for one in images if one["image"] == image]
    colour: NDArray[np.int64] = arrays.open_array(found.images / f"{shard}.zarr", "thumb")[row][64, 64].astype(np.int64)
    return colour


def test_an_atlas_before_that_lacks_a_page_is_named(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path / "old", 20)
    old = site_fixture.atlas(found)
    [page] = (old / "pages" / "0").glob("*-000000.webp")
    page.unlink()
    arguments = plan_arguments(found, tmp_path)
    arguments.former = [old / "plan.zarr" / "images.parquet"]
    with pytest.raises(MissingPartError, match="made afresh"):
        step.run(arguments)


@pytest.mark.parametrize("count", [1, 2, 3, 14, 150])
def test_every_cell_shows_its_own_image(tmp_path: Path, count: int) -> None:
    found = artefacts.write(tmp_path, count)
    atlas = site_fixture.atlas(found, page=256, budget_mib=1, form="jpeg", per_job=3, groups=20, levels=(32, 128))
    plan = commit.stamp(atlas / "plan.zarr").summary
    colours = expected_colours(found, atlas / "plan.zarr")
    for cell in plan["cells"]:
        pages = Pages(plan["page"], cell, plan["slots"])
        files = sorted(atlas.glob(f"pages/*/{cell:03d}-*.jpg"), key=lambda path: path.name)
        assert [path.name for path in files] == [f"{cell:03d}-{number:06d}.jpg" for number in range(pages.count)]
        decoded = [np.asarray(Image.open(path)) for path in files]
        assert [page.shape for page in decoded] == [(pages.height(number), pages.page, 3) for number in range(pages.count)]
        for slot, (number, x, y) in enumerate(geometry.corners(np.arange(pages.slots), pages).tolist()):
            middle = decoded[number][y + cell // 2, x + cell // 2].astype(int)
            assert np.abs(middle - colours[slot]).max() < 40, f"slot {slot}, cell {cell}"


def expected_colours(found: artefacts.Artefacts, plan: Path) -> NDArray[np.int64]:
    """The colour in the middle of each slot's thumbnail."""
    shards = commit.stamp(plan).summary["shards"]
    places = zip(arrays.read(plan, "shard").tolist(), arrays.read(plan, "row").tolist(), strict=True)
    thumbs = {shard: arrays.read(found.images / f"{shard}.zarr", "thumb") for shard in shards}
    return np.array([thumbs[shards[shard]][row][64, 64] for shard, row in places]).astype(np.int64)


def test_a_group_past_the_last_page_is_empty_but_finished(tmp_path: Path) -> None:
    atlas = site_fixture.atlas(artefacts.write(tmp_path, 3), groups=2)
    assert [path.name for path in (atlas / "pages" / "1").iterdir()] == [commit.STAMP]
    assert commit.check(atlas / "pages" / "1").rows == 0


def test_how_pages_are_shared_among_jobs_does_not_change_them(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 150)
    contents = []
    for per_job, groups in ((1, 12), (5, 3)):
        atlas = site_fixture.atlas(found, page=256, budget_mib=1, per_job=per_job, groups=groups, levels=(64, 128))
        contents.append({path.name: path.read_bytes() for path in atlas.glob("pages/*/*.webp")})
        atlas.rename(tmp_path / f"atlas-{per_job}")
    assert contents[0] == contents[1]
    assert contents[0]


def test_slots_name_the_rows_of_the_vectors(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 80)
    plan = site_fixture.atlas(found) / "plan.zarr"
    images = tables.read(found.vectors / "images.parquet", tables.IMAGES).to_pylist()
    shards = commit.stamp(plan).summary["shards"]
    places = list(zip([shards[i] for i in arrays.read(plan, "shard")], arrays.read(plan, "row").tolist(), strict=True))
    assert sorted(places) == sorted((image["shard"], image["row"]) for image in images)


def test_slots_without_a_picture_are_ground() -> None:
    sizes = np.array([[9, 9], [9, 9]], np.uint32)
    with tempfile.TemporaryFile() as file:
        canvas = Canvas(Pages(512, 128, 40), range(1, 3), GROUND, file)
        canvas.draw(np.array([17, 20]), thumbs_in_magenta(sizes), sizes)
        first, last = np.asarray(canvas.image(1)), np.asarray(canvas.image(2))
    assert (first[:128, 128:256] == (0, 200, 0)).all()
    assert (first[128:256, :128] == (0, 200, 0)).all()
    assert (first[:128, 256:] == (0x10, 0x20, 0x30)).all()
    assert last.shape == (256, 512, 3)
    assert (last == (0x10, 0x20, 0x30)).all()


def test_cells_of_32_are_drawn_without_the_large_thumbnails(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 200)
    for shard in found.shards:
        shutil.rmtree(found.images / f"{shard}.zarr" / "thumb")
    atlas = site_fixture.atlas(found, budget_mib=1)
    assert [path.name for path in atlas.glob("pages/*/*.webp")] == ["032-000000.webp"]


def test_a_map_of_other_items_is_refused(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 5)
    with commit.folder(found.layout("umap")) as draft:
        arrays.write(draft.path, "positions", np.zeros((2, 2), np.float32))
    with pytest.raises(DamagedError, match="not of these items"):
        step.run(plan_arguments(found, tmp_path))


@pytest.mark.parametrize(("page", "quality"), [(100, 80), (0, 80), (192, 80), (2048, 0), (2048, 101)])
def test_pages_that_cannot_be_are_refused(tmp_path: Path, page: int, quality: int) -> None:
    with pytest.raises(ConfigError, match=r"atlases\."):
        step.run(plan_arguments(artefacts.write(tmp_path, 2), tmp_path, page=page, quality=quality))


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path, 2)
    (found.images / f"{found.shards[0]}.zarr").rename(tmp_path / "gone")
    step.run(plan_arguments(found, tmp_path))
    flags = argparse.Namespace(part="pages", plan=tmp_path / "plan.zarr", images=found.images, group=0, pages_per_job=4, ground=GROUND)
    flags.out = tmp_path / "pages"
    with pytest.raises(MissingPartError, match=found.shards[0]):
        step.run(flags)
    assert not flags.out.exists()


def plan_arguments(found: artefacts.Artefacts, folder: Path, page: int = 2048, quality: int = 80) -> argparse.Namespace:
    return argparse.Namespace(
        part="plan",
        catalog=found.catalog,
        vectors=found.vectors,
        map=found.layout("umap"),
        page=page,
        cell=128,
        budget_mib=128,
        levels=[],
        format="webp",
        quality=quality,
        former=[],
        out=folder / "plan.zarr",
    )
