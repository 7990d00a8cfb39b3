"""Thumbnails, panel pictures and mean colours."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pixplot_steps import fit
from pixplot_steps.ingest import render

GROUND = (1, 2, 3)


@pytest.mark.parametrize("size", [(128, 128), (300, 100), (5, 9), (1, 2000), (2000, 1), (1, 1)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_thumbnail_has_the_picture_in_its_place_and_ground_around(size: tuple[int, int], mode: str) -> None:
    thumb = render.thumbnail(Image.new(mode, size, "white"), size, 128, GROUND)
    place = fit.centred(*size, 128)
    expected = np.full((128, 128, 3), GROUND, np.uint8)
    expected[place.y : place.y + place.height, place.x : place.x + place.width] = 255
    np.testing.assert_array_equal(thumb, expected)


def test_thumbnail_goes_by_the_whole_pictures_size() -> None:
    # 901 x 301, read at an eighth, is 113 x 38, which alone would be fitted one row higher.
    thumb = render.thumbnail(Image.new("RGB", (113, 38), "white"), (901, 301), 64, (0, 0, 0))
    assert int((thumb[:, 32, 0] == 255).sum()) == 21


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1000), (1024, 341)), ((1024, 9), (1024, 9)), ((10, 20), (10, 20)), ((9000, 1), (1024, 1))],
)
def test_picture_is_reduced_but_never_enlarged(size: tuple[int, int], expected: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(render.picture(Image.new("RGB", size), 1024, 80))) as picture:
        assert picture.format == "JPEG"
        assert picture.size == expected


def test_picture_has_no_metadata_and_same_bytes_each_time() -> None:
    image = Image.fromarray(np.random.default_rng(2).integers(0, 255, (90, 90, 3), dtype=np.uint8))
    plain = render.picture(image, 1024, 80)
    image.getexif()[0x010E] = "secret"
    image.info.update(comment=b"secret", exif=b"Exif\0\0secret", icc_profile=b"secret", dpi=(72, 72), xmp=b"secret")
    assert render.picture(image, 1024, 80) == plain
    assert b"secret" not in plain
    with Image.open(io.BytesIO(plain)) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_grey_picture_is_stored_as_grey() -> None:
    with Image.open(io.BytesIO(render.picture(Image.new("L", (9, 9), 77), 1024, 80))) as picture:
        assert picture.mode == "L"


def test_mean_colour_counts_pixels_alone() -> None:
    thumb = np.full((8, 8, 3), 200, np.uint8)
    place = fit.centred(4, 1, 8)
    thumb[place.y : place.y + place.height, place.x : place.x + place.width] = 0
    thumb[place.y : place.y + place.height, place.x : place.x + 2] = (255, 100, 3)
    assert render.mean_colour(thumb, place).tolist() == [64, 25, 1]


@pytest.mark.parametrize(
    ("aspect", "left", "centre"),
    [("squash", (255, 0, 0), (0, 255, 0)), ("crop", (0, 255, 0), (0, 255, 0)), ("pad", (255, 0, 0), (0, 255, 0))],
)
def test_aspects_of_a_square(aspect: str, left: tuple[int, int, int], centre: tuple[int, int, int]) -> None:
    # Red, green, blue side by side, each a square.
    picture = Image.new("RGB", (300, 100), (255, 0, 0))
    picture.paste((0, 255, 0), (100, 0, 200, 100))
    picture.paste((0, 0, 255), (200, 0, 300, 100))
    square = render.square(picture, (300, 100), 60, aspect, (9, 9, 9))
    assert tuple(square[30, 4]) == left
    assert tuple(square[30, 30]) == centre
    assert (tuple(square[2, 30]) == (9, 9, 9)) == (aspect == "pad")


def test_a_square_of_a_grey_picture_is_rgb() -> None:
    assert render.square(Image.new("L", (50, 20), 7), (50, 20), 32, "squash", (0, 0, 0)).shape == (32, 32, 3)


def test_contrast_is_not_stretched() -> None:
    """PixPlot's pictures went from black to white each: greys of 100 to 140 became 0 to 255, and other ones in the atlas."""
    grey = Image.fromarray(np.tile(np.arange(100, 141, dtype=np.uint8), (41, 1))).convert("RGB")
    thumb = render.thumbnail(grey, grey.size, 64, GROUND)
    with Image.open(io.BytesIO(render.picture(grey, 1024, 95))) as picture:
        shown = np.asarray(picture.convert("L"))
    assert (thumb.min(), thumb.max()) == pytest.approx((100, 140), abs=2)
    assert (shown.min(), shown.max()) == pytest.approx((100, 140), abs=3)
