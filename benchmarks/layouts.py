"""Claims of the layouts: a grid keeps the map's neighbours, and a million points take seconds.

The points are a map of clustered vectors: 40 groups of very unequal size, as in collections. Prints a table and, last, one JSON object.

    python benchmarks/layouts.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.layouts import alphabetical, cells, frame, grid, quality, umap
from pixplot_steps.neighbours import graph
from pixplot_steps.spec import Umap

SEED = 24
GROUPS = 40
DIMENSIONS = 64


def clustered(count: int) -> NDArray[np.float32]:
    """A map f32 [count, 2], made by UMAP, of 64-dimensional unit vectors in 40 groups of heavy-tailed size."""
    generator = np.random.default_rng(SEED)
    share = generator.pareto(1.2, GROUPS) + 0.2
    group = generator.choice(GROUPS, count, p=share / share.sum())
    width = generator.uniform(0.3, 0.9, GROUPS) / np.sqrt(DIMENSIONS)
    centre = generator.normal(size=(GROUPS, DIMENSIONS)) / np.sqrt(DIMENSIONS)
    vectors = centre[group] + width[group, None] * generator.normal(size=(count, DIMENSIONS))
    points = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    points -= points.mean(axis=0)
    found = graph.exact(points, np.arange(count), 14)
    near = umap.Graph(found.indices, found.distances.astype(np.float32))
    return frame.scaled(frame.gathered(umap.embed(points @ axes(points), near, Umap(15, 0.1, 0), SEED, reproducible=True)))


def axes(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions of most variance, as columns."""
    return np.asarray(np.linalg.eigh(points.T @ points)[1][:, ::-1], dtype=np.float32)


def uniform(count: int) -> NDArray[np.float32]:
    """Positions without structure."""
    return np.random.default_rng(SEED).uniform(-1, 1, (count, 2)).astype(np.float32)


def kept(positions: NDArray[np.float32], aspect: float) -> tuple[float, float]:
    """Neighbours kept by the grid, and the seconds that it took."""
    started = time.perf_counter()
    shape = cells.rectangle(len(positions), aspect)
    placed = cells.centres(grid.assign(positions, shape), shape)
    seconds = time.perf_counter() - started
    share = quality.kept_by_grid(positions, placed, quality.sample(len(positions), SEED))
    assert share is not None
    return share, seconds


def alphabet(count: int) -> float:
    """Seconds to order so many titles."""
    numbers = np.random.default_rng(SEED).permutation(count).tolist()
    items = [f"item {number}" for number in range(count)]
    titles = [f"Élan {number} of the Straße" for number in numbers]
    started = time.perf_counter()
    alphabetical.arrange(pa.chunked_array([titles]), pa.chunked_array([items]), 1.5)
    return time.perf_counter() - started


def main() -> None:
    """Run the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no map of 40,000 points, and a tenth of the million")
    quick = parser.parse_args().quick
    million = 100_000 if quick else 1_000_000
    results: dict[str, float] = {}
    print(f"{'what':<34}{'points':>10}{'kept':>8}{'seconds':>10}")
    for count in (4096, 10_000) if quick else (4096, 10_000, 40_000):
        positions = clustered(count)
        for aspect in (1.0, 1.5):
            share, seconds = kept(positions, aspect)
            results[f"grid_kept_{count}" if aspect == 1.0 else f"grid_kept_{count}_wide"] = round(share, 4)
            print(f"{f'grid, clustered, aspect {aspect}':<34}{count:>10}{share:>8.3f}{seconds:>10.2f}")
    share, seconds = kept(uniform(million), 1.0)
    results[f"grid_{'100k' if million < 1_000_000 else '1m'}_s"] = round(seconds, 2)
    print(f"{'grid, uniform':<34}{million:>10}{share:>8.3f}{seconds:>10.2f}")
    seconds = alphabet(million)
    results[f"alphabetical_{'100k' if million < 1_000_000 else '1m'}_s"] = round(seconds, 2)
    print(f"{'A to Z':<34}{million:>10}{'':>8}{seconds:>10.2f}")
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
