"""All pictures of a shard through an engine.

They are read on other threads while it computes, batches are halved where memory ends, and no picture that fails takes others with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.features.engines import Engine, Features, Pixels, out_of_memory

Read = Callable[[NDArray[np.int64]], Pixels]
"""From row numbers of the shard, ascending, to their pixels u8 [n, side, side, 3]."""

_BLOCK = 64
"""Rows read at once: a few chunks of the store."""
_AHEAD = 3
_READERS = 2

_LARGEST_BATCH = 512
_WORTH = 1.1
"""A doubled batch must be faster by this to be kept."""

FAULTS = (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, MemoryError)
"""What engines and models of others raise."""

_HALF_MAX = float(np.finfo(np.float16).max)


@dataclass
class Described:
    """`features` f32 [n, d] of the rows asked for, zero where not `ok` bool [n]; `faults`: by index, what went wrong."""

    features: Features
    ok: NDArray[np.bool_]
    faults: dict[int, str]


def describe(read: Read, rows: NDArray[np.int64], engine: Engine, dimensions: int, progress: Callable[[int], None]) -> Described:
    """Describe the pictures at `rows` of a shard; `progress` is told how many are done, after each block.

    Raises what the engine raised where it failed for every picture of the first block: then it is no picture's fault.
    """
    out = Described(np.zeros((len(rows), dimensions), np.float32), np.ones(len(rows), np.bool_), {})
    done = 0
    for pixels in _read_ahead(read, rows):
        part = run(engine, pixels)
        out.features[done : done + len(pixels)] = part.features if part.ok.any() else 0
        out.ok[done : done + len(pixels)] = part.ok
        out.faults.update({done + index: fault for index, fault in part.faults.items()})
        done += len(pixels)
        progress(done)
    return out


def run(engine: Engine, pixels: Pixels) -> Described:
    """One block of pictures, of any number. Raises where every one fails."""
    parts = []
    start = 0
    while start < len(pixels):
        size = engine.batch
        try:
            parts.append(engine.run(pixels[start : start + size]))
        except FAULTS as error:
            if out_of_memory(error):
                if size == 1:
                    raise
                engine.shrink()
                continue
            return _one_by_one(engine, pixels)
        start += size
    return _checked(np.concatenate(parts), {})


def fastest(engine: Engine, pixels: Pixels, clock: Callable[[], float], grow: Callable[[int], None]) -> int:
    """The batch from which doubling brings less than a tenth: tried on `pixels` [1, ...], repeated. `grow` sets the engine's batch.

    A batch that memory does not allow ends the search.
    """
    best, rate = engine.batch, _rate(engine, pixels, clock)
    while 2 * best <= _LARGEST_BATCH:
        grow(2 * best)
        try:
            found = _rate(engine, pixels, clock)
        except FAULTS as error:
            if not out_of_memory(error):
                raise
            break
        if found < _WORTH * rate:
            break
        best, rate = 2 * best, found
    grow(best)
    return best


def _rate(engine: Engine, pixels: Pixels, clock: Callable[[], float]) -> float:
    batch = np.repeat(pixels, engine.batch, axis=0)
    engine.run(batch)  # the first pays for compiling
    started = clock()
    engine.run(batch)
    return engine.batch / max(1e-9, clock() - started)


def _one_by_one(engine: Engine, pixels: Pixels) -> Described:
    found: dict[int, Features] = {}
    faults: dict[int, str] = {}
    for index in range(len(pixels)):
        try:
            found[index] = engine.run(pixels[index : index + 1])
        except FAULTS as error:
            faults[index] = f"the model failed on it ({str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__})"
            last = error
    if not found:
        raise last
    empty = np.zeros_like(next(iter(found.values())))
    return _checked(np.concatenate([found.get(index, empty) for index in range(len(pixels))]), faults)


def _checked(features: Features, faults: dict[int, str]) -> Described:
    """Features that half floats can hold; others are faults of their pictures."""
    with np.errstate(invalid="ignore"):
        # A comparison with NaN is false, as one with infinity is.
        fits = np.asarray(np.all(np.abs(features) <= _HALF_MAX, axis=1), dtype=np.bool_)
    strange = {int(index): "the model gives no finite numbers for it" for index in np.flatnonzero(~fits)}
    ok = fits.copy()
    ok[list(faults)] = False
    return Described(np.where(ok[:, None], features, np.float32(0)), ok, {**strange, **faults})


def _read_ahead(read: Read, rows: NDArray[np.int64]) -> Iterator[Pixels]:
    blocks = [rows[i : i + _BLOCK] for i in range(0, len(rows), _BLOCK)]
    with ThreadPoolExecutor(_READERS) as pool:
        waiting: deque[Future[Pixels]] = deque(pool.submit(read, block) for block in blocks[:_AHEAD])
        for block in [*blocks[_AHEAD:], *[None] * min(_AHEAD, len(blocks))]:
            ready = waiting.popleft().result()
            if block is not None:
                waiting.append(pool.submit(read, block))
            yield ready
