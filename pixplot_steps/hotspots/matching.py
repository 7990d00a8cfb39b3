"""Which hotspot of the run before is which one now: told by their members, so that an id, and a name given by hand, stays with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SAME = 1 / 3
"""Least share of common members among all members of both (Jaccard's index) for two hotspots to be one."""


def match(before: NDArray[np.int64], now: NDArray[np.int64]) -> dict[int, int]:
    """For each hotspot of `now` that was there before, its number `before`; both i64 [M] tell the hotspot of each image, -1 for none.

    The pair with the greatest overlap is taken first, then the next of those that are left; of equal ones the first. Images that are
    gone since count for nothing.
    """
    rows = np.flatnonzero(before >= 0)
    return match_sets(before[rows], rows, now)


def match_sets(numbers: NDArray[np.int64], rows: NDArray[np.int64], now: NDArray[np.int64]) -> dict[int, int]:
    """The same where those before may share images: `numbers` and `rows` i64 [p] are pairs of one and an image of it, each once."""
    count = int(numbers.max(initial=-1)) + 1
    both = now[rows] >= 0
    pairs, shared = np.unique(now[rows[both]] * count + numbers[both], return_counts=True)
    new, old = np.divmod(pairs, max(1, count))
    sizes_now, sizes_before = _sizes(now), np.bincount(numbers, minlength=1)
    overlap = shared / (sizes_now[new] + sizes_before[old] - shared)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for place in np.lexsort((new, old, -overlap)):
        if overlap[place] >= _SAME and int(new[place]) not in found and int(old[place]) not in taken:
            found[int(new[place])] = int(old[place])
            taken.add(int(old[place]))
    return found


def _sizes(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(labels[labels >= 0], minlength=1)
