"""The pictures that are trained on: decoded once, kept small in memory, in an order that depends on their names alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

SHARES: Mapping[str, float] = {"heritage": 0.3, "fsac": 0.35, "clothing_unlabelled": 0.35}
"""Folders of pictures whose licence allows training, and which share of the views is cut from each.

Paintings and watercolours are few, and count for more than their number: large pictures give many crops that differ.
"""

LONGEST = 512
"""Pixels kept of a picture's longer side: a crop of a quarter of it still fills the student's square."""

HELD_OUT = 25
"""One picture in as many is not trained on, and tells how well the student does on pictures it never saw."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Collection:
    """Pictures u8 [height, width, 3], those trained on and those held out; `digest` of the bytes of all files."""

    name: str
    trained: tuple[Picture, ...]
    held_out: tuple[Picture, ...]
    digest: str


def read(root: Path, names: Mapping[str, float] = SHARES) -> list[Collection]:
    """All collections, each from `root/<name>/images`."""
    return [_collection(name, root / name / "images") for name in names]


def _collection(name: str, folder: Path) -> Collection:
    paths = sorted(folder.iterdir())
    if not paths:
        raise SystemExit(f"{folder} has no pictures")
    whole = hashlib.sha256()
    parts: tuple[list[Picture], list[Picture]] = ([], [])
    for path in paths:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
        parts[_is_held_out(path.name)].append(_decoded(path))
    return Collection(name, tuple(parts[0]), tuple(parts[1]), whole.hexdigest())


def _is_held_out(filename: str) -> bool:
    # By the name, so that a picture stays on its side when others are added.
    return int(hashlib.sha256(filename.encode()).hexdigest(), 16) % HELD_OUT == 0


def _decoded(path: Path) -> Picture:
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
    return np.asarray(upright)
