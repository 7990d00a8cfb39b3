"""How well features tell alike from unlike: leave-one-out 5-nearest-neighbour accuracy on labelled collections.

    python benchmarks/quality.py [--data FOLDER] [--quick]

Rivals run on the same thumbnails: each model of `features.models`, and the picture at 16 x 16 pixels, which is what anyone would try
first. Distance is cosine after centring, as in the neighbour graph. The last line is one JSON object of all figures.

Collections: `clothing`, by class; `usda`, the fruit watercolours in `heritage`, by species, of which those with a single picture are
left out, as they cannot be right.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.features import models
from pixplot_steps.features.square import squares
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted

ROOT = Path(__file__).parents[1]
NEIGHBOURS = 5
BATCH = 64
QUICK = 4
WANTED = Wanted(thumbnail=128, picture=128, quality=50, ground=(255, 255, 255), max_megapixels=100)
"""No picture for the panel is wanted here, so the smallest is made."""

Describe = Callable[[NDArray[np.uint8], NDArray[np.uint32]], NDArray[Any]]


@dataclass(frozen=True)
class Collection:
    """Ingested pictures and their labels, row by row."""

    name: str
    thumbs: NDArray[np.uint8]
    sizes: NDArray[np.uint32]
    labels: NDArray[np.str_]


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    args = _arguments()
    missing = [name for name in ("clothing", "heritage") if not (args.data / name / "metadata.csv").is_file()]
    if missing:
        print(f"no labelled pictures: {args.data} lacks {' and '.join(missing)} (give their folder with --data)", file=sys.stderr)
        return 2
    collections = [_clothing(args.data, args.quick), _usda(args.data, args.quick)]
    figures: dict[str, float] = {}
    for name, describe in _rivals().items():
        figures.update(_measure(name, describe, collections))
    _print_table(list(_rivals()), collections, figures)
    print(json.dumps(figures, sort_keys=True))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Accuracy and speed of the feature models.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with clothing/ and heritage/")
    parser.add_argument("--quick", action="store_true", help=f"every {QUICK}th picture of each label only")
    return parser.parse_args()


def _rivals() -> dict[str, Describe]:
    rivals: dict[str, Describe] = {name: models.find(name).describe for name in models.names()}
    return {**rivals, "pixels16": _pixels16}


def _pixels16(thumbs: NDArray[np.uint8], sizes: NDArray[np.uint32]) -> NDArray[np.float32]:
    return squares(thumbs, sizes, 16).reshape(len(thumbs), -1).astype(np.float32)


def _clothing(data: Path, quick: bool) -> Collection:
    return _ingest("clothing", data / "clothing", lambda row: row["label"], quick)


def _usda(data: Path, quick: bool) -> Collection:
    return _ingest("usda", data / "heritage", lambda row: row["label"] if "USDA" in row["category"] else "", quick)


def _ingest(name: str, folder: Path, label: Callable[[dict[str, str]], str], quick: bool) -> Collection:
    """Decode what has a label that at least two pictures share, through the ingest stage."""
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as file:
        labelled = sorted((label(row), row["filename"]) for row in csv.DictReader(file) if label(row))
    labelled = labelled[::QUICK] if quick else labelled
    counts = Counter(text for text, _ in labelled)
    chosen = [(text, filename) for text, filename in labelled if counts[text] > 1]
    batch = Batch(len(chosen), WANTED)
    paths = [folder / "images" / filename for _, filename in chosen]
    batch.read([Location(digest.of_file(path), str(path)) for path in paths], os.cpu_count() or 1)
    labels = np.array([text for text, _ in chosen])
    return Collection(name, batch.thumb[batch.ok], batch.size[batch.ok], labels[batch.ok])


def _measure(name: str, describe: Describe, collections: list[Collection]) -> dict[str, float]:
    describe(collections[0].thumbs[:BATCH], collections[0].sizes[:BATCH])  # the first call pays for imports
    figures, seconds, pictures = {}, 0.0, 0
    for collection in collections:
        started = time.perf_counter()
        features = _described(describe, collection)
        seconds += time.perf_counter() - started
        pictures += len(features)
        figures[f"{name}_{collection.name}_5nn"] = round(accuracy(features, collection.labels), 4)
    figures[f"{name}_mean_5nn"] = round(float(np.mean(list(figures.values()))), 4)
    figures[f"{name}_images_per_s"] = round(pictures / seconds, 1)
    return figures


def _described(describe: Describe, collection: Collection) -> NDArray[np.float32]:
    starts = range(0, len(collection.labels), BATCH)
    parts = [describe(collection.thumbs[s : s + BATCH], collection.sizes[s : s + BATCH]) for s in starts]
    # Half floats, as the features are stored; they hold bytes of pixels exactly.
    return np.vstack(parts).astype(np.float16).astype(np.float32)


def accuracy(features: NDArray[np.float32], labels: NDArray[np.str_]) -> float:
    """Share of rows whose label is the most frequent among their 5 nearest others; a tie goes to the nearest of those tied."""
    centred = features - features.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-12
    likeness = centred @ centred.T
    np.fill_diagonal(likeness, -np.inf)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :NEIGHBOURS]
    guesses = [Counter(labels[row].tolist()).most_common(1)[0][0] for row in nearest]
    return float(np.mean(labels == np.array(guesses)))


def _print_table(rivals: list[str], collections: list[Collection], figures: dict[str, float]) -> None:
    print("5-NN accuracy, leave one out, cosine after centring")
    for collection in collections:
        print(f"  {collection.name}: {len(collection.labels)} pictures, {len(set(collection.labels.tolist()))} labels")
    columns = [*(f"{c.name}_5nn" for c in collections), "mean_5nn", "images_per_s"]
    print(f"{'':14}" + "".join(f"{column:>15}" for column in columns))
    for rival in rivals:
        print(f"{rival:14}" + "".join(f"{figures[f'{rival}_{column}']:15.3f}" for column in columns))


if __name__ == "__main__":
    sys.exit(main())
