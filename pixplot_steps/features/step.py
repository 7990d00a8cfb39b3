"""`pixplot step features`: one vector for each picture of a shard."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.features import models
from pixplot_steps.features.models import Model
from pixplot_steps.store import arrays, commit

BATCH = 64
"""Pictures described at once: their intermediate arrays stay within some 100 MB."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--images", type=Path, required=True, help="ingested shard to read")
    parser.add_argument("--model", required=True, help="name of the model")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")


def run(args: argparse.Namespace) -> None:
    """Describe the shard's pictures; rows without a picture are zeros."""
    started = time.perf_counter()
    model = models.find(args.model)
    pictures = commit.stamp(args.images)
    features = _features(args.images, model)
    with commit.folder(args.out) as draft:
        arrays.write(draft.path, "features", features)
        draft.rows = len(features)
        draft.summary = {
            "model": model.name,
            "version": model.version,
            "dimensions": model.dimensions,
            "description": model.description,
            "images": pictures.digest,
        }
    rate = len(features) / (time.perf_counter() - started)
    print(f"features: {len(features)} images by {model.name} {model.version}, {rate:.0f} images/s", file=sys.stderr)


def _features(images: Path, model: Model) -> NDArray[np.float16]:
    ok = arrays.read(images, "ok")
    size = arrays.read(images, "size")
    thumb = arrays.open_array(images, "thumb")
    features = np.zeros((len(ok), model.dimensions), np.float16)
    for start in range(0, len(ok), BATCH):
        batch = slice(start, start + BATCH)
        rows = np.flatnonzero(ok[batch])
        if len(rows):
            features[start + rows] = model.describe(np.asarray(thumb[batch])[rows], size[batch][rows])
    return features
