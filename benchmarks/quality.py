"""How well features tell alike from unlike: leave-one-out 5-nearest-neighbour accuracy on labelled collections.

    python benchmarks/quality.py [--data FOLDER] [--models NAME ...] [--quick]

Rivals run on what one ingest wrote: `builtin` and `descriptor`; the networks named (weights are taken from weights/ of the data where they
lie there, else from Keras's cache or by download), in float32, and in bfloat16 and int8 where the processor has it, with the share of
float32's 10 nearest neighbours that each of them finds too; and the picture at 16 x 16 pixels, which is what anyone would try first. int8
is calibrated as the workflow does it, on a sample of the first collection.

The first network is the teacher of `builtin`: told is also which share of its 10 nearest neighbours `builtin` and `descriptor` find, on all
of `heritage` (`<model>_heritage_overlap`).

Distance is cosine after centring, as in the neighbour graph. The last line is one JSON object of all figures.

Collections: `clothing`, by class; `usda`, the fruit watercolours in `heritage`, by species, of which those with a single picture are
left out, as they cannot be right.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import digest, machine
from pixplot_steps.features import builtin, descriptor, engines, network
from pixplot_steps.features.square import squares
from pixplot_steps.features.step import SAMPLE
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.networks import NETWORKS
from pixplot_steps.spec import Model

ROOT = Path(__file__).parents[1]
NEIGHBOURS = 5
BATCH = 64
QUICK = 4
WANTED = Wanted(thumbnail=128, picture=128, quality=50, ground=(255, 255, 255), max_megapixels=100)
"""No picture for the panel is wanted here, so the smallest is made."""

WEIGHTS = {"mobilenet_v2": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"}
"""Files of weights/ of the data."""

OWN = ("builtin", "descriptor")
"""The models of the package itself."""


@dataclass(frozen=True)
class Collection:
    """Ingested pictures and their labels, row by row."""

    name: str
    thumbs: NDArray[np.uint8]
    sizes: NDArray[np.uint32]
    labels: NDArray[np.str_]
    squares: dict[int, NDArray[np.uint8]]


Describe = Callable[[Collection, slice], NDArray[Any]]
"""Features of some rows of a collection."""


def main() -> int:
    """Measure, print a table, and end with the figures as JSON."""
    args = _arguments()
    missing = [name for name in ("clothing", "heritage") if not (args.data / name / "metadata.csv").is_file()]
    if missing:
        print(f"no labelled pictures: {args.data} lacks {' and '.join(missing)} (give their folder with --data)", file=sys.stderr)
        return 2
    sides = tuple(sorted({NETWORKS[name].side for name in args.models}))
    collections = [_clothing(args.data, args.quick, sides), _usda(args.data, args.quick, sides)]
    figures: dict[str, float] = {}
    rivals = _rivals(args, collections[0])
    for name, describe in rivals.items():
        figures.update(_measure(name, describe, collections))
    _print_table(list(rivals), collections, figures)
    figures.update(_agreements(rivals, collections[0]))
    if args.models:
        figures.update(_overlaps(rivals, args.models[0], _heritage(args.data, args.quick, sides)))
    print(json.dumps(figures, sort_keys=True))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Accuracy and speed of the feature models.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder with clothing/ and heritage/")
    parser.add_argument("--models", nargs="*", default=["mobilenet_v2"], choices=list(NETWORKS), help="networks to judge")
    parser.add_argument("--quick", action="store_true", help=f"every {QUICK}th picture of each label only")
    return parser.parse_args()


def _rivals(args: argparse.Namespace, sample: Collection) -> dict[str, Describe]:
    found = machine.detect()
    precisions = ["float32", *["bfloat16"] * found.bfloat16, *["int8"] * found.int8]
    networks = {
        name if precision == "float32" else f"{name}_{precision}": _network(name, precision, args.data, sample)
        for name in args.models
        for precision in precisions
    }
    return {
        "builtin": lambda c, rows: builtin.describe(c.thumbs[rows], c.sizes[rows], os.cpu_count() or 1),
        "descriptor": lambda c, rows: descriptor.describe(c.thumbs[rows], c.sizes[rows]),
        **networks,
        "pixels16": _pixels16,
    }


def _pixels16(collection: Collection, rows: slice) -> NDArray[np.float32]:
    found = squares(collection.thumbs[rows], collection.sizes[rows], 16)
    return found.reshape(len(found), -1).astype(np.float32)


def _network(name: str, precision: str, data: Path, sample: Collection) -> Describe:
    import tensorflow as tf

    path = data / "weights" / WEIGHTS.get(name, "none")
    side = NETWORKS[name].side
    model = Model("keras", name, name, str(path) if path.is_file() else "", side=side, engine="openvino", precision=precision)
    frozen = network.freeze(*network.build(model), side)
    with tempfile.TemporaryDirectory() as folder:
        tf.io.write_graph(frozen.graph, folder, "network.pb", as_text=False)
        engines.openvino_from_graph(f"{folder}/network.pb", f"{folder}/network.xml")
        if model.calibrated:
            rows = np.linspace(0, len(sample.labels) - 1, min(SAMPLE, len(sample.labels))).round().astype(np.int64)
            engines.openvino_int8(f"{folder}/network.xml", sample.squares[side][rows], os.cpu_count() or 1, f"{folder}/int8.xml")
        engine = engines.OpenVino(f"{folder}/{'int8' if model.calibrated else 'network'}.xml", model, os.cpu_count() or 1)

    def describe(collection: Collection, rows: slice) -> NDArray[np.float32]:
        pixels = collection.squares[side][rows]
        return np.vstack([engine.run(pixels[start : start + engine.batch]) for start in range(0, len(pixels), engine.batch)])

    return describe


def _agreements(rivals: dict[str, Describe], collection: Collection) -> dict[str, float]:
    """The agreement with float32 of each network that ran in another precision too."""
    pairs = [(name, other) for name in rivals for other in (f"{name}_bfloat16", f"{name}_int8") if other in rivals]
    found: dict[str, float] = {}
    for name, other in pairs:
        found[f"{other}_agreement"] = round(agreement(*(_described(rivals[rival], collection) for rival in (name, other))), 4)
        print(f"{other}: {found[f'{other}_agreement']:.3f} of the 10 nearest neighbours by float32")
    return found


def _overlaps(rivals: dict[str, Describe], teacher: str, collection: Collection) -> dict[str, float]:
    """The agreement of the package's own models with a network."""
    told = _described(rivals[teacher], collection)
    found = {f"{name}_{collection.name}_overlap": round(agreement(told, _described(rivals[name], collection)), 4) for name in OWN}
    for name, share in found.items():
        print(f"{name}: {share:.3f} of the 10 nearest neighbours by {teacher}")
    return found


def agreement(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Share of the 10 nearest neighbours by `one` that are among those by `other`."""
    first, second = _nearest(one, 10), _nearest(other, 10)
    return float((first[:, :, None] == second[:, None, :]).any(axis=2).mean())


def _clothing(data: Path, quick: bool, sides: tuple[int, ...]) -> Collection:
    return _ingest("clothing", data / "clothing", lambda row: row["label"], quick, sides)


def _usda(data: Path, quick: bool, sides: tuple[int, ...]) -> Collection:
    return _ingest("usda", data / "heritage", lambda row: row["label"] if "USDA" in row["category"] else "", quick, sides)


def _heritage(data: Path, quick: bool, sides: tuple[int, ...]) -> Collection:
    return _ingest("heritage", data / "heritage", lambda _: "any", quick, sides)


def _ingest(name: str, folder: Path, label: Callable[[dict[str, str]], str], quick: bool, sides: tuple[int, ...]) -> Collection:
    """Decode what has a label that at least two pictures share, through the ingest stage."""
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as file:
        labelled = sorted((label(row), row["filename"]) for row in csv.DictReader(file) if label(row))
    labelled = labelled[::QUICK] if quick else labelled
    counts = Counter(text for text, _ in labelled)
    chosen = [(text, filename) for text, filename in labelled if counts[text] > 1]
    paths = [folder / "images" / filename for _, filename in chosen]
    labels = np.array([text for text, _ in chosen])
    with tempfile.TemporaryDirectory() as spool:
        batch = Batch(len(chosen), replace(WANTED, squares=sides), Path(spool))
        batch.read([Location(digest.of_file(path), str(path)) for path in paths], os.cpu_count() or 1)
        seen = {side: values[:][batch.ok] for side, values in batch.squares.items()}
        return Collection(name, batch.thumb[:][batch.ok], batch.size[batch.ok], labels[batch.ok], seen)


def _measure(name: str, describe: Describe, collections: list[Collection]) -> dict[str, float]:
    describe(collections[0], slice(BATCH))  # the first call pays for imports
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
    parts = [describe(collection, slice(s, s + BATCH)) for s in starts]
    # Half floats, as the features are stored; they hold bytes of pixels exactly.
    return np.vstack(parts).astype(np.float16).astype(np.float32)


def accuracy(features: NDArray[np.float32], labels: NDArray[np.str_]) -> float:
    """Share of rows whose label is the most frequent among their 5 nearest others; a tie goes to the nearest of those tied."""
    guesses = [Counter(labels[row].tolist()).most_common(1)[0][0] for row in _nearest(features, NEIGHBOURS)]
    return float(np.mean(labels == np.array(guesses)))


def _nearest(features: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    centred = features - features.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-12
    likeness = centred @ centred.T
    np.fill_diagonal(likeness, -np.inf)
    return np.argsort(-likeness, axis=1, kind="stable")[:, :count]


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
