"""The digest of near-duplicates, on real pictures and on drawn ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from pixplot_steps import fit
from pixplot_steps.ingest import phash, render


def digest(picture: Image.Image) -> NDArray[np.uint64]:
    thumb = render.thumbnail(picture, picture.size, 128, (255, 255, 255))
    return phash.of(thumb, fit.centred(*picture.size, 128))


def distance(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def test_copies_are_near_and_other_pictures_far(shared_data: Path) -> None:
    paths = sorted((shared_data / "heritage/images").iterdir())[::20]
    pictures = [Image.open(path).convert("RGB") for path in paths]
    digests = [digest(picture) for picture in pictures]
    for picture, own in zip(pictures, digests, strict=True):
        smaller = picture.resize((picture.width // 2, picture.height // 2))
        assert distance(digest(smaller), own) <= 24
        assert distance(digest(ImageEnhance.Brightness(picture).enhance(0.9)), own) <= 24
    others = [distance(a, b) for i, a in enumerate(digests) for b in digests[:i]]
    assert min(others) >= 40


def test_one_colour_has_no_digest() -> None:
    assert digest(Image.new("RGB", (40, 30), (9, 200, 9))).tolist() == [0, 0, 0, 0]


def test_the_ground_around_a_picture_does_not_count() -> None:
    values = np.random.default_rng(5).integers(0, 255, (8, 8), dtype=np.uint8)
    picture = Image.fromarray(values).resize((200, 100))
    thumb = render.thumbnail(picture, picture.size, 128, (0, 0, 0))
    assert distance(phash.of(thumb, fit.centred(*picture.size, 128)), digest(picture)) == 0


def test_the_bits_are_the_same_on_every_machine() -> None:
    ramp = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(np.uint8)
    ramp[10:20, 30:50] = 255
    words = [f"{word:016x}" for word in digest(Image.fromarray(ramp)).tolist()]
    assert words == [
        "59a6a6a6a6595859",
        "39c6c6c6c6393919",
        "b659d8a6a6595959",
        "d63919c6e6393939",
    ]
