"""Claims of the layouts: a grid keeps the map's neighbours, and a million points take seconds.

The points are clustered: 40 groups of very unequal size, as in collections. Prints a table and, last, one JSON object.

    python benchmarks/layouts.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.layouts import alphabetical, cells, grid, quality

SEED = 24
GROUPS = 40


def clustered(count: int) -> NDArray[np.float32]:
    """Positions f32 [count, 2] in [-1, 1]: groups of Zipf-like size, round to elongated, with a haze between them."""
    generator = np.random.default_rng(SEED)
    share = 1 / np.arange(1, GROUPS + 1)
    group = generator.choice(GROUPS, count, p=share / share.sum())
    centre = generator.uniform(-0.85, 0.85, (GROUPS, 2))
    axes = generator.normal(scale=0.05, size=(GROUPS, 2, 2)) * np.sqrt(share * GROUPS)[:, None, None] * 0.5
    spread = np.einsum("nij,nj->ni", axes[group], generator.normal(size=(count, 2)))
    haze = generator.random(count) < 0.03
    positions = np.where(haze[:, None], generator.uniform(-1, 1, (count, 2)), centre[group] + spread)
    return np.clip(positions, -1, 1).astype(np.float32)


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
    started = time.perf_counter()
    alphabetical.order([f"Élan {number} of the Straße" for number in numbers], items)
    return time.perf_counter() - started


def main() -> None:
    """Run the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the million")
    million = 100_000 if parser.parse_args().quick else 1_000_000
    results: dict[str, float] = {}
    print(f"{'what':<34}{'points':>10}{'kept':>8}{'seconds':>10}")
    for count in (4096, 10_000, 40_000):
        for aspect in (1.0, 1.5):
            share, seconds = kept(clustered(count), aspect)
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
