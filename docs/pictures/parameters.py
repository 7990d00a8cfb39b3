"""Draw docs/pictures/parameters.png: what n_neighbors and min_dist do, on the 1,797 handwritten digits that scikit-learn brings along.

python docs/pictures/parameters.py
"""

from __future__ import annotations

import colorsys
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

NEIGHBOURS, DISTANCES = (5, 15, 50), (0.01, 0.1, 0.5)
_SIDE, _MARGIN, _LEFT, _TOP = 250, 14, 120, 40
_INK, _GROUND = (40, 40, 40), (255, 255, 255)


def positions(neighbours: int, distance: float) -> NDArray[np.float32]:
    """A map of the digits, f32 [1797, 2]."""
    # umap-learn would load TensorFlow where it is installed.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    from sklearn.datasets import load_digits
    from umap import UMAP

    found: NDArray[np.float32] = UMAP(n_neighbors=neighbours, min_dist=distance, random_state=24, n_jobs=1).fit_transform(
        load_digits().data
    )
    return found


def panel(places: NDArray[np.float32], digits: NDArray[np.int64]) -> Image.Image:
    """Dots in a colour for each digit, on a square."""
    scale = 4
    image = Image.new("RGB", (_SIDE * scale, _SIDE * scale), _GROUND)
    draw = ImageDraw.Draw(image)
    low, span = places.min(axis=0), float(np.ptp(places, axis=0).max())
    shift = (1 - np.ptp(places, axis=0) / span) / 2
    dots = ((places - low) / span + shift) * (_SIDE - 2 * _MARGIN) + _MARGIN
    for (x, y), digit in zip(dots * scale, digits, strict=True):
        red, green, blue = colorsys.hsv_to_rgb(digit / 10, 0.75, 0.8)
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=(round(red * 255), round(green * 255), round(blue * 255)))
    return image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)


def main() -> None:
    """Nine maps in a table."""
    from sklearn.datasets import load_digits

    digits = load_digits().target
    image = Image.new("RGB", (_LEFT + _SIDE * len(DISTANCES), _TOP + _SIDE * len(NEIGHBOURS)), _GROUND)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(15)
    for column, distance in enumerate(DISTANCES):
        draw.text((_LEFT + _SIDE * (column + 0.5), _TOP / 2), f"min_dist {distance}", _INK, font, anchor="mm")
    for row, neighbours in enumerate(NEIGHBOURS):
        draw.text((8, _TOP + _SIDE * (row + 0.5)), f"n_neighbors\n{neighbours}", _INK, font, anchor="lm")
        for column, distance in enumerate(DISTANCES):
            image.paste(panel(positions(neighbours, distance), digits), (_LEFT + _SIDE * column, _TOP + _SIDE * row))
    image.quantize(128).save(Path(__file__).with_suffix(".png"), optimize=True)


if __name__ == "__main__":
    main()
