"""Claims of the layouts: a grid keeps the map's neighbours, and a million points take seconds.

The points are a map of clustered vectors: 40 groups of very unequal size, as in collections. Prints a table and, last, one JSON object.

The rival cuts the map into strips. Of vectors on a bent sheet, the grid by likeness is compared with the grid of the map; it is left out
where vc-flas is not installed. The map itself, with the graph of neighbours, is compared with umap-learn by itself, which searches its
own neighbours and begins with eigenvectors: on 60,000 vectors of 50 components, and on those of a finished run (`--run`, its raw features
for the rival).
Both are seeded, of one thread and of as many epochs, and are judged alike; what numba takes to compile is told apart.
Each is measured in a process of its own, so that its memory is.

    python benchmarks/layouts.py [--quick] [--run WORKDIR]
    python benchmarks/layouts.py --maps 1000000 [--plain 200000] [--run WORKDIR] [--turns 1]   maps alone, of so many vectors
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from threadpoolctl import threadpool_limits

from pixplot_steps.hotspots import clusters
from pixplot_steps.layouts import alphabetical, boxes, cells, colour, frame, grid, jitter, quality, similarity, timeline, umap
from pixplot_steps.layouts import kept as kept_maps
from pixplot_steps.neighbours import graph
from pixplot_steps.spec import Umap
from pixplot_steps.store import arrays
from tests import umap_learn

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


def towns(count: int) -> NDArray[np.float32]:
    """Positions as UMAP leaves them: those of 40,000 vectors, each with others around it as near as its neighbours are."""
    known = clustered(min(count, 40_000))
    generator = np.random.default_rng(SEED)
    near = cKDTree(known).query(known, 6)[0][:, 5]
    rows = generator.integers(0, len(known), count)
    return np.asarray(known[rows] + near[rows, None] * generator.normal(size=(count, 2)), dtype=np.float32)


def hotspots(count: int) -> dict[str, float]:
    """Finding the hotspots of so many points, and describing the 30 largest."""
    points = towns(count)
    before = peak()
    started = time.process_time()
    found = clusters.by_density(points, 20).hotspot
    sizes = np.bincount(found[found >= 0])
    for number in np.argsort(-sizes, kind="stable")[:30]:
        clusters.describe(np.flatnonzero(found == number), points, points, 0.001)
    seconds_ = time.process_time() - started
    return {
        "seconds": round(seconds_, 1),
        "found": len(sizes),
        "inside": round(float((found >= 0).mean()), 3),
        "gib_before": before,
        "gib": peak(),
    }


def peak() -> float:
    """Most memory that this process has had, in GiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20), 2)


def shared(points: NDArray[np.float32], truth: NDArray[np.float32]) -> dict[str, float]:
    """The graph of neighbours, the map, and a variant of it, as the steps make them; of very many no variant, and compiling counts."""
    found: list[graph.Graph] = []
    maps: list[NDArray[np.float32]] = []

    def search() -> None:
        # As neighbours.exact_below has it.
        if len(points) < 60_000:
            found.append(graph.exact(points, np.arange(len(points)), 20))
        else:
            found.append(graph.approximate(points, 20, SEED, 1, 10))

    def fit(min_dist: float, rounds: int = 0) -> kept_maps.Fit:
        near = umap.Graph(found[0].indices, found[0].distances.astype(np.float32))
        return kept_maps.Fit(points, near, Umap(15, min_dist, rounds), SEED, reproducible=True)

    def compiled() -> None:
        few = np.random.default_rng(SEED).normal(size=(5000, points.shape[1])).astype(np.float32)
        near = graph.approximate(few, 20, SEED, 1, 10) if len(points) >= 60_000 else graph.exact(few, np.arange(len(few)), 20)
        one = umap.Graph(near.indices, near.distances.astype(np.float32))
        kept_maps.afresh(kept_maps.Fit(few, one, Umap(15, 0.1, 1), SEED, reproducible=True))

    works: dict[str, Callable[[], object]] = {
        "compile": compiled,
        "graph": search,
        "map": lambda: maps.append(kept_maps.afresh(fit(0.1)).places),
        "variant": lambda: kept_maps.variant(fit(0.5), maps[0]),
    }
    if len(points) >= 500_000:
        works = {name: works[name] for name in ("graph", "map")}
    told: dict[str, float] = {}
    with threadpool_limits(1, user_api="blas"):
        for name, work in works.items():
            told[name] = round(seconds(work), 1)
            # A large one takes hours on a busy machine: what is known is told at once.
            print(f"{name}: {told[name]} s, {peak()} GiB", file=sys.stderr, flush=True)
        return told | judged(truth, maps[0])


def plain(points: NDArray[np.float32], truth: NDArray[np.float32]) -> dict[str, float]:
    """umap-learn by itself, seeded, which takes one thread."""
    fit = umap_learn.load().UMAP(n_neighbors=15, min_dist=0.1, random_state=SEED, n_jobs=1)
    few = np.random.default_rng(SEED).normal(size=(5000, points.shape[1])).astype(np.float32)
    with threadpool_limits(1, user_api="blas"):
        told = {"compile": round(seconds(lambda: fit.fit(few)), 1)}
        told["map"] = round(seconds(lambda: fit.fit(points)), 1)
        return told | judged(truth, fit.embedding_)


def judged(points: NDArray[np.float32], places: NDArray[np.float32]) -> dict[str, float]:
    """How true a map of `points` is, and the most memory until it is known."""
    started = time.process_time()
    found = quality.of_map(points, places, quality.sample(len(points), 1))
    assert found is not None
    told = {"trust": round(found.trustworthiness, 4), "kept": round(found.neighbours_kept, 4)}
    return told | {"judging": round(time.process_time() - started, 1), "gib": peak()}


def of_run(run: str, what: str) -> NDArray[np.float32]:
    """The vectors of a finished run, or its features; the latest, where it has several."""
    latest = max(Path(run).glob("vectors/*.zarr" if what == "vectors" else "features/*"), key=lambda path: path.stat().st_mtime)
    parts = [latest] if what == "vectors" else sorted(latest.glob("*.zarr"))
    return np.concatenate([np.asarray(arrays.read(part, what), dtype=np.float32) for part in parts])


def alone(what: str, count: int, points: Path | None = None, truth: Path | None = None) -> dict[str, float]:
    """One measurement in a process of its own; `truth` is what a map is judged by, where not its own points."""
    command = [sys.executable, __file__, "--alone", what, "--count", str(count)]
    if points:
        command += ["--points", str(points), "--truth", str(truth or points)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    value: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{what:<34}{count:>10}  {value}", flush=True)
    return value


def maps_of(count: int, rival: int, run: str = "", turns: int = 1) -> dict[str, float]:
    """The map of so many vectors, and the rival's of as many, or fewer, or of the features of a run; in turns, and the quickest counts."""
    with tempfile.TemporaryDirectory() as folder:
        own_points, rival_points = Path(folder, "own.npy"), Path(folder, "rival.npy")
        np.save(own_points, of_run(run, "vectors") if run else components(vectors(count))[:, :50])
        np.save(rival_points, of_run(run, "features") if run else components(vectors(rival))[:, :50])
        truth = rival_points if run else None
        of = [(alone("shared", count, own_points, truth), alone("plain", rival, rival_points)) for _ in range(turns)]
    own, other = ({key: min(turn[side][key] for turn in of) for key in of[0][side]} for side in (0, 1))
    name = Path(run).name if run else str(count)
    found = {f"umap_{name}_{key}": own[key] for key in own} | {f"plain_umap_{rival or name}_{key}": other[key] for key in other}
    if "variant" in own and rival == count:
        found[f"umap_vs_plain_{name}"] = round(other["map"] / (own["graph"] + own["map"]), 2)
        found[f"second_variant_speedup_{name}"] = round(other["map"] / own["variant"], 2)
        found[f"umap_trust_above_plain_{name}"] = round(own["trust"] - other["trust"], 4)
    return found


ALONE: dict[str, Callable[[NDArray[np.float32], NDArray[np.float32]], dict[str, float]]] = {"shared": shared, "plain": plain}


def main() -> None:
    """Run the claims."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no map of 40,000 points, and a tenth of the million")
    parser.add_argument("--run", default="", help="work folder of a finished run, whose map is made again")
    parser.add_argument("--maps", type=int, default=0, help="only the map of so many vectors")
    parser.add_argument("--plain", type=int, default=0, help="with --maps: umap-learn's of so many, where that is another number")
    parser.add_argument("--turns", type=int, default=2, help="how often each map is made, in turns")
    parser.add_argument("--alone", choices=[*ALONE, "hotspots"], help="only this, in this process")
    parser.add_argument("--count", type=int, default=0, help="of --alone")
    parser.add_argument("--points", default="", help="of --alone: file of the vectors")
    parser.add_argument("--truth", default="", help="of --alone: file of the vectors by which the map is judged")
    args = parser.parse_args()
    quick = args.quick
    if args.alone:
        of_points = args.points and ALONE[args.alone](np.load(args.points), np.load(args.truth, mmap_mode="r"))
        print(json.dumps(of_points or hotspots(args.count)))
        return
    if args.maps:
        made = maps_of(args.maps, args.plain or args.maps, turns=args.turns)
        print(json.dumps(made | (maps_of(0, 0, args.run, args.turns) if args.run else {}), sort_keys=True))
        return
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
    results |= maps_of(10_000 if quick else 60_000, 10_000 if quick else 60_000, turns=args.turns)
    if args.run:
        results |= maps_of(0, 0, args.run, args.turns)
    if not quick:
        results |= {name: results[f"{name}_60000"] for name in ("umap_vs_plain", "second_variant_speedup")}
    found = alone("hotspots", million)
    size = "100k" if quick else "1m"
    results |= {f"hotspots_{size}_s": found["seconds"], f"hotspots_{size}_gib": found["gib"]}
    if importlib.util.find_spec("vc_flas"):
        results |= likeness(4096 if quick else 40_000)
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
