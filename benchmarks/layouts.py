"""Claims of the layouts: a grid keeps the map's neighbours, and a million points take seconds.

The points are a map of clustered vectors: 40 groups of very unequal size, as in collections. Prints a table and, last, one JSON object.

The rival cuts the map into strips. Of vectors on a bent sheet, the grid by likeness is compared with the grid of the map; it is left out
where vc-flas is not installed.

    python benchmarks/layouts.py [--quick]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.layouts import alphabetical, boxes, cells, colour, frame, grid, jitter, quality, similarity, timeline, umap
from pixplot_steps.neighbours import graph
from pixplot_steps.spec import Umap

SEED = 24
GROUPS = 40
DIMENSIONS = 64
LATENT = 8


def vectors(count: int) -> NDArray[np.float32]:
    """Unit vectors f32 [count, 64] in 40 groups of heavy-tailed size, which differ along all axes."""
    generator = np.random.default_rng(SEED)
    share = generator.pareto(1.2, GROUPS) + 0.2
    group = generator.choice(GROUPS, count, p=share / share.sum())
    width = generator.uniform(0.3, 0.9, GROUPS) / np.sqrt(DIMENSIONS)
    centre = generator.normal(size=(GROUPS, DIMENSIONS)) / np.sqrt(DIMENSIONS)
    found = centre[group] + width[group, None] * generator.normal(size=(count, DIMENSIONS))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def folded(count: int) -> NDArray[np.float32]:
    """Vectors f32 [count, 64] of 40 groups on a bent sheet of 8 dimensions, about as many as features of pictures have."""
    generator = np.random.default_rng(SEED)
    centre = generator.normal(size=(GROUPS, LATENT))
    latent = centre[generator.integers(0, GROUPS, count)] + 0.5 * generator.normal(size=(count, LATENT))
    return np.asarray(np.tanh(latent @ generator.normal(size=(LATENT, DIMENSIONS)) / np.sqrt(LATENT)), dtype=np.float32)


def clustered(count: int) -> NDArray[np.float32]:
    """A map f32 [count, 2] of such vectors."""
    return mapped(components(vectors(count)))


def components(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Principal components of vectors, all of them."""
    centred = points - points.mean(axis=0)
    return np.asarray(centred @ axes(centred), dtype=np.float32)


def mapped(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The map f32 [n, 2] that UMAP makes of principal components f32 [n, d]."""
    found = graph.exact(points, np.arange(len(points)), 14)
    near = umap.Graph(found.indices, found.distances.astype(np.float32))
    return frame.scaled(frame.gathered(umap.embed(points, near, Umap(15, 0.1, 0), SEED, reproducible=True)))


def axes(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions of most variance, as columns."""
    return np.asarray(np.linalg.eigh(points.T @ points)[1][:, ::-1], dtype=np.float32)


def uniform(count: int) -> NDArray[np.float32]:
    """Positions without structure."""
    return np.random.default_rng(SEED).uniform(-1, 1, (count, 2)).astype(np.float32)


def grid_of(positions: NDArray[np.float32], aspect: float) -> NDArray[np.float32]:
    """The grid of a map."""
    shape = cells.rectangle(len(positions), aspect)
    return cells.centres(grid.assign(positions, shape), shape)


def strips(positions: NDArray[np.float32], aspect: float) -> NDArray[np.float32]:
    """The rival: points in order of height are cut into rows, each in order of its width; what a table of thumbnails would do."""
    shape = cells.rectangle(len(positions), aspect)
    rows = np.argsort(-positions[:, 1], kind="stable")
    cell = np.empty(len(positions), dtype=np.int64)
    for start in range(0, len(rows), shape.columns):
        row = rows[start : start + shape.columns]
        cell[row[np.argsort(positions[row, 0], kind="stable")]] = start + np.arange(len(row))
    return cells.centres(cell, shape)


def kept(positions: NDArray[np.float32], placed: NDArray[np.float32]) -> float:
    """Neighbours on the map that a grid keeps."""
    share = quality.kept_by_grid(positions, placed, quality.sample(len(positions), SEED))
    assert share is not None
    return share


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds: other work on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def metadata(count: int) -> dict[str, Callable[[], object]]:
    """What orders so many items by metadata, colour and map; the data are made before the clock starts."""
    generator = np.random.default_rng(SEED)
    numbers = generator.permutation(count).tolist()
    titles = pa.chunked_array([[f"Élan {number} of the Straße" for number in numbers]])
    items = pa.chunked_array([[f"item {number}" for number in numbers]])
    kinds = pa.chunked_array([np.array([f"kind {i}" for i in range(50)])[generator.integers(0, 50, count)]])
    years = np.repeat(generator.integers(1800, 1990, (count, 1)), 2, axis=1).astype(np.int32)
    years[::3, 1] += 4
    years[::7] = (0, -1)
    colours = generator.integers(0, 256, (count, 3)).astype(np.uint8)
    points = uniform(count)
    return {
        "alphabetical": lambda: alphabetical.arrange(titles, items, 1.5),
        "category": lambda: boxes.arrange(boxes.grouped(kinds), 1.5),
        "date": lambda: timeline.arrange(years, "year", 1.8),
        "colour": lambda: colour.arrange(colours, "hue", 1.5),
        "jitter": lambda: jitter.arrange(points, 0.4, 0.1),
        "grid": lambda: grid_of(points, 1.0),
    }


def likeness(count: int) -> dict[str, float]:
    """Neighbours in feature space that the grid by likeness keeps, and how many times those that the grid of the map keeps."""
    points = components(folded(count))[:, :50]
    shape, rows = cells.rectangle(count, 1.5), quality.sample(count, SEED)[:2000]
    found = cells.centres(similarity.assign(points, shape, 0.97, SEED), shape)
    own, of_map = (quality.kept_of_features(points, one, np.sort(rows)) for one in (found, grid_of(mapped(points), 1.5)))
    assert own is not None
    assert of_map is not None
    return {f"similarity_kept_{count}": round(own, 4), f"similarity_vs_grid_{count}": round(own / of_map, 2)}


def main() -> None:
    """Run the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no map of 40,000 points, and a tenth of the million")
    quick = parser.parse_args().quick
    million = 100_000 if quick else 1_000_000
    results: dict[str, float] = {}
    print(f"{'what':<34}{'points':>10}{'kept':>8}{'strips':>8}")
    for count in (4096, 10_000) if quick else (4096, 10_000, 40_000):
        positions = clustered(count)
        for aspect in (1.0, 1.5):
            own, rival = (kept(positions, placed(positions, aspect)) for placed in (grid_of, strips))
            suffix = "" if aspect == 1.0 else "_wide"
            results[f"grid_kept_{count}{suffix}"] = round(own, 4)
            results[f"grid_vs_strips_{count}{suffix}"] = round(own / rival, 2)
            print(f"{f'grid, clustered, aspect {aspect}':<34}{count:>10}{own:>8.3f}{rival:>8.3f}")
    for name, work in metadata(million).items():
        results[f"{name}_{'100k' if quick else '1m'}_s"] = taken = round(seconds(work), 2)
        print(f"{name:<34}{million:>10}{taken:>16.2f} s")
    if importlib.util.find_spec("vc_flas"):
        results |= likeness(4096 if quick else 40_000)
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
