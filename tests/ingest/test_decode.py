"""Decoding, on pictures drawn here, one rule each."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from pixplot_steps import fit
from pixplot_steps.ingest import decode, jpeg2000, pillow
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.picture import Decoded, Later, Wanted

GROUND = (10, 200, 30)
TURNED = Image.Exif()
TURNED[0x0112] = 6
WANTED = Wanted(thumbnail=32, picture=64, quality=85, ground=GROUND, max_megapixels=1)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(data: bytes, page: int = 0) -> Decoded:
    result = decode.decode(data, WANTED, page)
    assert isinstance(result, Decoded), result
    return result


def fault_of(data: bytes) -> Fault:
    result = decode.decode(data, WANTED)
    assert isinstance(result, Fault), result
    return result


def pixels(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(decoded(data).image.convert("RGB"))


def corners() -> NDArray[np.uint8]:
    """A 4 x 2 picture in blocks of 8 pixels, whose corners differ: red, green, blue, white, on black."""
    small = np.zeros((2, 4, 3), np.uint8)
    small[0, 0], small[0, 3], small[1, 0], small[1, 3] = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
    return small.repeat(8, axis=0).repeat(8, axis=1)


@pytest.mark.parametrize("orientation", range(10))
def test_exif_orientation_is_applied(orientation: int) -> None:
    upright = corners()
    # What a camera stores so that turning it by the tag gives `upright`; 0 and 9 mean nothing and turn nothing.
    stored = {
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }.get(orientation, upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = decoded(saved(Image.fromarray(np.ascontiguousarray(stored)), exif=exif))
    np.testing.assert_array_equal(np.asarray(result.image), upright)
    assert result.size == (32, 16)


def test_size_is_the_whole_pictures_and_not_the_drafts() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    result = decoded(saved(Image.new("RGB", (901, 301)), "JPEG", exif=exif))
    assert result.size == (301, 901)
    assert result.image.size == (21, 64)


@pytest.mark.parametrize("size", [(1, 9000), (9000, 1), (1, 1), (65, 64)])
def test_no_side_becomes_zero(size: tuple[int, int]) -> None:
    result = decoded(saved(Image.new("RGB", size, (1, 2, 3))))
    assert min(result.image.size) >= 1
    assert max(result.image.size) <= 64
    assert result.size == size


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_transparency_lies_on_the_ground(mode: str) -> None:
    half = Image.new("RGBA", (8, 8), (80, 80, 80, 255))
    half.paste((255, 0, 255, 0), (0, 0, 4, 8))
    kind = "TIFF" if mode == "PA" else "PNG"
    values = pixels(saved(half.convert(mode), kind)) if mode != "P" else pixels(saved(half.quantize(4)))
    assert tuple(values[4, 0]) == GROUND
    assert tuple(values[4, 7]) == (80, 80, 80)


def test_transparent_colour_does_not_bleed_when_reduced() -> None:
    values = np.zeros((256, 256, 4), np.uint8)
    values[:, ::2] = (0, 0, 255, 255)
    values[:, 1::2] = (255, 0, 0, 0)  # invisible red between the blue lines
    red = pixels(saved(Image.fromarray(values)))[..., 0]
    assert red.max() <= GROUND[0]


def test_transparent_grey_by_tag() -> None:
    values = np.array([[0, 100]], np.uint8)
    assert pixels(saved(Image.fromarray(values), transparency=0)).tolist() == [[list(GROUND), [100, 100, 100]]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 257, 32768, 65535]], np.uint16), [0, 1, 128, 255]),  # by the type's range
        (np.array([[1000, 1001, 1002, 1003]], np.uint16), [4, 4, 4, 4]),  # a dark picture stays dark
        (np.array([[0, 0.5, 1, np.nan]], np.float32), [0, 128, 255, 0]),
        (np.array([[-1, 1.5, 255, 1e9]], np.float32), [0, 2, 255, 255]),
        (np.array([[-5, 2**30, 2**31 - 1, 0]], np.int32), [0, 128, 255, 0]),
    ],
)
def test_deep_pixels_by_the_range_of_their_type(values: NDArray[Any], expected: list[int]) -> None:
    image = decoded(saved(Image.fromarray(values), "TIFF")).image
    assert image.mode == "L"
    assert np.asarray(image)[0].tolist() == expected


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "RGB", "LAB"])
def test_every_mode_shows_its_colour(mode: str) -> None:
    colour = (255, 255, 255) if mode in ("1", "L") else (200, 40, 40)
    source = Image.new("RGB", (8, 8), colour)
    if mode == "LAB":
        source = ImageCms.profileToProfile(source, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")  # type: ignore[assignment]
    image = source.quantize(4) if mode == "P" else source.convert(mode)
    values = pixels(saved(image, "TIFF" if mode in ("CMYK", "LAB", "YCbCr") else "PNG")).astype(int)
    assert np.abs(values - colour).max() <= 4


def test_profile_is_applied_and_grey_stays_grey() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    coloured = decoded(saved(Image.fromarray(np.dstack([values] * 3)), icc_profile=profile))
    assert coloured.repairs == ()
    assert np.abs(np.asarray(coloured.image).astype(int) - values[..., None]).max() <= 1


def test_unusable_profile_is_ignored_and_told() -> None:
    image = Image.new("RGB", (8, 8), (9, 8, 7))
    rgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for data in (saved(image, icc_profile=b"no profile at all"), saved(image.convert("L"), icc_profile=rgb)):
        result = decoded(data)
        assert [fault.kind for fault in result.repairs] == ["repaired"]
        assert np.ptp(np.asarray(result.image.convert("RGB")), axis=(0, 1)).max() == 0


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_first_frame_of_many(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    red = pixels(saved(frames[0], kind, save_all=True, append_images=frames[1:]))[4, 4].astype(int)
    assert np.abs(red - (255, 0, 0)).max() <= 3


def test_a_page_of_many_is_decoded_on_request() -> None:
    frames = [Image.new("RGB", (8, 8 + number), colour) for number, colour in enumerate(("red", "blue", "lime"))]
    data = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    second = decoded(data, page=1)
    assert second.size == (8, 9)
    assert np.asarray(second.image)[4, 4].tolist() == [0, 0, 255]


def test_drawings_are_drawn_on_the_ground_and_large_enough_for_the_thumbnail() -> None:
    shape = b"<rect width='10' height='10' fill='red'/>"
    data = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'>" + shape + b"</svg>"
    result = decoded(data)
    assert (result.size, result.image.size) == ((20, 10), (64, 32))
    values = np.asarray(result.image)
    assert values[16, 4].tolist() == [255, 0, 0]
    assert tuple(values[16, 60]) == GROUND


def test_heic_is_read(shared_data: Path) -> None:
    # Nothing here writes HEIC. The file shows four quarters, of which the transparent one is left out.
    result = decoded((shared_data / "nasty/images/bigcat88__RGB_10__128x128.heif").read_bytes())
    assert (result.size, result.repairs) == ((128, 128), ())
    assert np.ptp(np.asarray(result.image)) > 100


def test_floating_colours_that_pillow_does_not_know_are_read_by_the_same_table() -> None:
    values = np.linspace(0, 1, 48, dtype=np.float32).reshape(4, 4, 3)
    data = bytes(pyvips.Image.new_from_array(values, interpretation="rgb").tiffsave_buffer())
    assert isinstance(pillow.decode(data, WANTED), Fault)
    np.testing.assert_array_equal(np.asarray(decoded(data).image), np.rint(values * 255))


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("TIFF", "RGB"), ("PNG", "L")])
def test_pictures_too_large_to_be_decoded_beside_others_wait_and_then_look_the_same(kind: str, mode: str) -> None:
    wide = replace(WANTED, max_megapixels=20)
    data = saved(Image.new("RGBA", (4500, 4000), (200, 40, 40, 255)).convert(mode), kind)
    with pytest.raises(Later):
        decode.decode(data, wide)
    result = decode.decode(data, replace(wide, patient=True))
    assert isinstance(result, Decoded)
    assert (result.size, result.image.size, result.image.mode) == ((4500, 4000), (64, 57), "L" if mode == "L" else "RGB")
    expected = 88 if mode == "L" else (200, 40, 40)
    assert np.abs(np.asarray(result.image).astype(int) - expected).max() <= 1


def test_a_small_plain_jpeg_is_kept_without_its_metadata() -> None:
    picture = Image.fromarray(corners())
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    data = saved(picture, "JPEG", quality=80, exif=exif, comment=b"a secret", progressive=True) + b"a secret after the end"
    kept = decoded(data).kept
    assert kept is not None
    assert b"secret" not in kept
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(kept))), np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (saved(Image.new("RGB", (90, 90)), "JPEG"), "larger than wanted"),
        (saved(Image.fromarray(corners()), "JPEG", quality=98), "far better than wanted, and so far longer"),
        (saved(Image.new("CMYK", (9, 9)), "JPEG"), "browsers show CMYK each in its own way"),
        (saved(Image.fromarray(corners()), "JPEG", exif=TURNED), "turned"),
        (saved(Image.fromarray(corners()), "PNG"), "no JPEG"),
    ],
)  # fmt: skip
def test_other_files_are_not_kept(data: bytes, why: str) -> None:
    assert decoded(data).kept is None, why


def test_too_many_pixels_are_refused_before_decoding() -> None:
    assert fault_of(saved(Image.new("1", (1001, 1000)))).kind == "too large"
    assert decoded(saved(Image.new("1", (1000, 1000)))).size == (1000, 1000)


@pytest.mark.parametrize(
    ("data", "kind", "word"),
    [
        (b"", "empty", "no data"),
        (b"not a picture", "unsupported", "format"),
        (b"%PDF-1.7 ...", "unsupported", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unsupported", "PostScript"),  # Pillow would start Ghostscript
        (b"\0\0\0\x18ftypisom\0\0\0\0", "unsupported", "film"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "unreadable", "cannot be read"),
    ],
)
def test_what_is_no_picture(data: bytes, kind: str, word: str) -> None:
    result = fault_of(data)
    assert result.kind == kind
    assert word in result.reason
    assert result.action


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_truncated_files_are_recovered_and_told(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), kind)
    recovered = decoded(whole[: len(whole) * 2 // 3])
    assert [fault.kind for fault in recovered.repairs] == ["repaired"]
    assert (recovered.size, recovered.kept) == ((60, 60), None)


def test_nothing_recovered_is_a_fault() -> None:
    assert fault_of(saved(Image.new("RGB", (60, 60), "red"), "BMP")[:60]).kind == "unreadable"


def test_switches_are_put_back_and_warnings_kept_in() -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        # Between once and twice Pillow's own limit it would warn.
        decoded(saved(Image.new("1", (1000, 800))))
    assert told == []
    after = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    assert after == before


@pytest.mark.parametrize("resolutions", [1, 2, 6])
@pytest.mark.parametrize("size", [(500, 300), (500, 301), (201, 1000), (64, 64)])
def test_jpeg_2000_is_read_at_half_its_size_as_often_as_the_file_allows(resolutions: int, size: tuple[int, int]) -> None:
    y, x = np.mgrid[: size[1], : size[0]]
    picture = Image.fromarray(np.dstack([x * 255 // size[0], y * 255 // size[1], x * 0 + 90]).astype(np.uint8))
    data = saved(picture, "JPEG2000", num_resolutions=resolutions)
    assert jpeg2000.halvings(data) == resolutions - 1
    found = decoded(data)
    assert (found.size, found.repairs) == (size, ())
    assert found.image.size == fit.reduced(*size, WANTED.longest)
    expected = np.asarray(picture.resize(found.image.size, Image.Resampling.BOX)).astype(int)
    assert np.abs(np.asarray(found.image).astype(int) - expected).mean() < 6


@pytest.mark.parametrize("data", [b"", b"\xff\x4f\xff\x51", b"\xff\x4f\xff\x51\x00\x00", b"\xff\x4f\xff\x51\x00\x02\xff\x52\x00\x0c", b"x"])
def test_a_broken_head_of_jpeg_2000_halves_nothing(data: bytes) -> None:
    assert jpeg2000.halvings(data) == 0


@pytest.mark.parametrize("kind", ["AVIF", "JPEG2000"])
def test_damage_that_may_be_want_of_memory_is_looked_at_again_alone(kind: str) -> None:
    """Decoders of these formats call a file damaged when they get no memory: among others, they have little."""
    cut = saved(Image.fromarray(np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8)), kind)[:1500]
    with pytest.raises(Later):
        decode.decode(cut, WANTED)
    patient = decode.decode(cut, replace(WANTED, patient=True))
    assert isinstance(patient, Fault) or patient.repairs
