"""Near-duplicates: pictures whose perceptual digests differ in few bits, put together in stacks.

Digests are compared where they share one of four parts of their first 64 bits (Norouzi, Punjani and Fleet 2012, "multi-index hashing"),
which finds all pairs that differ in at most three of those bits, in a time that grows with the pairs and not with the square.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEAR_BITS = 24
"""Of 256: copies of half the size at low quality differ in at most 20, different pictures in 40 or more (ingest/phash.py)."""

_BANDS = 4
_BAND_BITS = 16
_MOST = 256
"""Neighbours in a band that a digest is compared with: bounds the time where thousands share a part."""


def groups(digests: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each picture the number of its stack: i64 [n] from digests u64 [n, 4]. All 0 is no digest, and near to none."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    distinct, inverse = np.unique(digests, axis=0, return_inverse=True)
    pairs = [_near(distinct, band) for band in range(_BANDS)]
    left, right = np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])
    graph = coo_array((np.ones(len(left), np.bool_), (left, right)), shape=(len(distinct), len(distinct)))
    _, labels = connected_components(graph, directed=False)
    stacks = np.asarray(labels[inverse.ravel()], dtype=np.int64)
    alone = ~digests.any(axis=1)
    stacks[alone] = len(distinct) + np.arange(np.count_nonzero(alone))
    return stacks


def first_rows(stacks: NDArray[np.int64]) -> NDArray[np.uint32]:
    """For each row the first row of its stack: u32 [n]."""
    _, first, inverse = np.unique(stacks, return_index=True, return_inverse=True)
    return np.asarray(first[inverse.ravel()], dtype=np.uint32)


def _near(digests: NDArray[np.uint64], band: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of digests that share a band of their first word and are near."""
    keys = (digests[:, 0] >> np.uint64(band * _BAND_BITS)) & np.uint64((1 << _BAND_BITS) - 1)
    order = np.argsort(keys, kind="stable")
    keys, found = keys[order], [np.empty((2, 0), np.int64)]
    for shift in range(1, min(_MOST, len(keys) - 1) + 1):
        together = np.flatnonzero(keys[shift:] == keys[:-shift])
        if not len(together):
            break
        one, other = order[together], order[together + shift]
        near = np.bitwise_count(digests[one] ^ digests[other]).sum(axis=1) <= NEAR_BITS
        found.append(np.stack([one[near], other[near]]))
    left, right = np.concatenate(found, axis=1)
    return left, right
