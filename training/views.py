"""Views: what teacher and student look at, the same piece of the same picture, each at its own size.

"Knowledge distillation: a good teacher is patient and consistent" (Beyer et al., CVPR 2022): crops, flips, colours and mixtures reach
both, so that the teacher's answer is right for what the student sees. Mixtures are those of "mixup" (Zhang et al., ICLR 2018) and
"CutMix" (Yun et al., ICCV 2019); they make of few pictures many that are unlike any of them. How far that carries: "The
augmented image prior: distilling 1000 classes by extrapolating from a single image" (Asano and Saeed, ICLR 2023).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from training.data import Picture

Pixels = NDArray[np.uint8]

THUMBNAIL = 128
"""Longest side in pixels of the thumbnail that the product cuts the student's square from."""

WHOLE = 0.3
"""Share of views that show all of a picture."""
SMALLEST = 0.06
"""Least share of a picture's area that a crop shows."""
SHORTEST = 40
"""Pixels of a picture that a crop has at least on each side."""
MIXED = 0.25
"""Share of views that are mixed, and the same share again that are cut together."""
PLAIN = 0.2
"""Share of views whose colours stay, and of the others those that lose them."""
GREY = 0.1


@dataclass(frozen=True)
class Views:
    """The same views twice: `large` u8 [n, side, side, 3] for the teacher, `small` for the student."""

    large: Pixels
    small: Pixels


@dataclass(frozen=True)
class Pool:
    """Pictures by collection, and the share of each collection."""

    pictures: tuple[tuple[Picture, ...], ...]
    shares: tuple[float, ...]
    large: int
    small: int


def draw(pool: Pool, count: int, seed: tuple[int, ...], threads: int) -> Views:
    """`count` views by chance. The same seed gives the same views, whatever the number of threads."""
    generators = [np.random.default_rng((*seed, index)) for index in range(count)]
    with ThreadPoolExecutor(threads) as workers:
        cut = list(workers.map(lambda generator: _cut(pool, generator), generators))
        large = np.stack([pixels for pixels, _ in cut])
        _mix(large, np.random.default_rng((*seed, count)))
        small = np.stack(list(workers.map(lambda pair: seen(pair[0], pair[1][1], pool.small), zip(large, cut, strict=True))))
    return Views(large, small)


def whole(pictures: tuple[Picture, ...], large: int, small: int) -> Views:
    """Each picture once, unchanged, as the product shows it to a model."""
    aspects = [picture.shape[1] / picture.shape[0] for picture in pictures]
    squares = np.stack([np.asarray(_square(picture, large)) for picture in pictures])
    thumbs = [seen(picture, aspect, small) for picture, aspect in zip(pictures, aspects, strict=True)]
    return Views(squares, np.stack(thumbs))


def seen(pixels: Pixels, aspect: float, side: int) -> Pixels:
    """What the student sees of pixels [h, w, 3] of a picture with this aspect: its thumbnail, then squashed to a square."""
    width, height = (THUMBNAIL, THUMBNAIL / aspect) if aspect >= 1 else (THUMBNAIL * aspect, THUMBNAIL)
    thumbnail = Image.fromarray(pixels).resize((max(1, round(width)), max(1, round(height))), Image.Resampling.BILINEAR)
    return np.asarray(thumbnail.resize((side, side), Image.Resampling.BILINEAR))


def resized(pixels: Pixels, side: int) -> Pixels:
    """Squares u8 [n, side, side, 3] from others."""
    return pixels if pixels.shape[1] == side else np.stack([np.asarray(_square(square, side)) for square in pixels])


def _square(pixels: Pixels, side: int) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels)).resize((side, side), Image.Resampling.BILINEAR)


def _cut(pool: Pool, generator: np.random.Generator) -> tuple[Pixels, float]:
    """A piece of a picture as a square, and the piece's aspect before it was squashed."""
    collection = pool.pictures[int(generator.choice(len(pool.shares), p=pool.shares))]
    picture = collection[int(generator.integers(len(collection)))]
    top, left, height, width = box(picture.shape[0], picture.shape[1], generator)
    square = _square(picture[top : top + height, left : left + width], pool.large)
    square = square.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if generator.random() < 0.5 else square
    return np.asarray(_coloured(square, generator)), width / height


def box(height: int, width: int, generator: np.random.Generator) -> tuple[int, int, int, int]:
    """Top, left, height and width of a piece of a picture: all of it, or a crop whose area is spread evenly over magnitudes."""
    if generator.random() < WHOLE:
        return 0, 0, height, width
    area = np.exp(generator.uniform(np.log(SMALLEST), 0)) * height * width
    aspect = np.exp(generator.uniform(-0.5, 0.5)) * width / height
    tall, wide = (
        int(np.clip(length, min(SHORTEST, most), most))
        for length, most in ((np.sqrt(area / aspect), height), (np.sqrt(area * aspect), width))
    )
    return int(generator.integers(height - tall + 1)), int(generator.integers(width - wide + 1)), tall, wide


def _coloured(square: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Other light: brightness, contrast, tint, and more or less colour, at times none."""
    if generator.random() < PLAIN:
        return square
    saturation = 0.0 if generator.random() < GREY else generator.uniform(0.5, 1.4)
    gains = generator.uniform(0.75, 1.3) * generator.uniform(0.9, 1.1, 3)
    levels = (np.arange(256) - 127.5) * gains[:, None] + 127.5 + generator.uniform(-25, 25)
    return ImageEnhance.Color(square).enhance(saturation).point(np.clip(levels, 0, 255).astype(np.uint8).ravel().tolist())


def _mix(large: Pixels, generator: np.random.Generator) -> None:
    """Blend some views with others, and paste pieces of others into some, in place."""
    others = generator.permutation(len(large))
    source = large.copy()
    for row, (other, kind) in enumerate(zip(others, generator.random(len(large)), strict=True)):
        if kind < MIXED:
            share = int(256 * generator.uniform(0.15, 0.5))
            large[row] = (source[row].astype(np.uint16) * (256 - share) + source[other].astype(np.uint16) * share) >> 8
        elif kind < 2 * MIXED:
            _paste(large[row], source[other], generator)


def _paste(view: Pixels, other: Pixels, generator: np.random.Generator) -> None:
    """A rectangle of another view, or all of it made smaller, into a view, in place."""
    side = len(view)
    tall, wide = (int(side * share) for share in generator.uniform(0.25, 0.75, 2))
    top, left = int(generator.integers(side - tall + 1)), int(generator.integers(side - wide + 1))
    if generator.random() < 0.5:
        view[top : top + tall, left : left + wide] = other[top : top + tall, left : left + wide]
    else:
        view[top : top + tall, left : left + wide] = np.asarray(Image.fromarray(other).resize((wide, tall), Image.Resampling.BILINEAR))
