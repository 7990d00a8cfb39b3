"""Golden screenshots: what the page looks like, small, and compared so that another machine's letters do not matter.

`UPDATE_GOLDEN=1` writes those anew that differ, `UPDATE_GOLDEN=force` all; look at what changed before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent / "golden"
KEPT = 4
"""Pixels of the screen along a side of one that is kept."""

BLOCK = 2
"""Kept pixels along a side of the blocks that are compared by their means: edges of letters and of pictures come out alike."""

LEVELS = 12
"""Of 255: blocks that differ by more, in any channel, differ."""

SHARE = 0.003
"""Of the blocks may differ: a wider word moves what is beside it. Another font changes 0.0004 to 0.0018, a missing bar 0.005."""

MEAN = 0.3
"""Of 255: mean difference of all blocks, at most. Another font makes 0.01 to 0.08, a missing bar 0.5."""


def small(screen: Image.Image) -> Image.Image:
    """A screenshot as it is kept."""
    return screen.convert("RGB").resize((screen.width // KEPT, screen.height // KEPT), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Share of blocks that differ, and mean difference; (1, 255) where the sizes do."""
    if one.size != other.size:
        return 1.0, 255.0
    away = np.abs(_blocks(one) - _blocks(other)).max(axis=2)
    return float((away > LEVELS).mean()), float(away.mean())


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether two kept screenshots show the same."""
    share, mean = difference(one, other)
    return share <= SHARE and mean <= MEAN


def check(name: str, screen: Image.Image, scratch: Path, folder: Path = FOLDER) -> None:
    """Compare a screenshot with `<folder>/screen-<name>.webp`; fail where it shows something else, and leave it in `scratch`."""
    path, found = folder / f"screen-{name}.webp", small(screen)
    known = Image.open(path).convert("RGB") if path.is_file() else None
    mode = os.environ.get("UPDATE_GOLDEN", "")
    if known is not None and alike(found, known) and mode != "force":
        return
    if mode:
        found.save(path, "WEBP", lossless=True, quality=100, method=6)
        return
    left = scratch / f"screen-{name}.png"
    screen.save(left)
    if known is None:
        pytest.fail(f"there is no {path.name} yet: write it with UPDATE_GOLDEN=1, and look at it. What was seen: {left}", pytrace=False)
    share, mean = difference(found, known)
    pytest.fail(
        f"the page does not look like {path.name}: {share:.1%} of the blocks differ (at most {SHARE:.2%}), by {mean:.1f} of 255 in all "
        f"(at most {MEAN}). What was seen: {left}. If that is right: UPDATE_GOLDEN=1",
        pytrace=False,
    )


def _blocks(image: Image.Image) -> NDArray[np.float64]:
    values = np.asarray(image, np.float64)
    high, wide = values.shape[0] // BLOCK, values.shape[1] // BLOCK
    blocks = values[: high * BLOCK, : wide * BLOCK].reshape(high, BLOCK, wide, BLOCK, 3)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float64)
