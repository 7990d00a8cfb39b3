"""Stacks of near-duplicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.site import stacks


def _digests(count: int, seed: int = 1) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(1, 2**64, (count, 4), dtype=np.uint64)


def _flip(digest: NDArray[np.uint64], bits: list[int]) -> NDArray[np.uint64]:
    changed = digest.copy()
    for bit in bits:
        changed[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return changed


def test_near_ones_are_found_and_others_stay_apart() -> None:
    digests = _digests(5000)
    digests[4000] = _flip(digests[10], [0, 20, 40, *range(64, 84)])
    digests[4001] = _flip(digests[4000], [70, 100])
    digests[4002] = digests[11]
    found = stacks.groups(digests)
    assert found[10] == found[4000] == found[4001], "also through a third one"
    assert found[11] == found[4002]
    assert len(np.unique(found)) == 5000 - 3


def test_beyond_the_limit_they_are_two() -> None:
    digests = _digests(2)
    digests[1] = _flip(digests[0], list(range(64, 64 + stacks.NEAR_BITS + 1)))
    assert len(np.unique(stacks.groups(digests))) == 2
    digests[1] = _flip(digests[0], list(range(64, 64 + stacks.NEAR_BITS)))
    assert len(np.unique(stacks.groups(digests))) == 1


def test_no_digest_is_near_to_none() -> None:
    assert len(np.unique(stacks.groups(np.zeros((3, 4), np.uint64)))) == 3


def test_first_rows() -> None:
    assert stacks.first_rows(np.array([7, 3, 7, 3, 9])).tolist() == [0, 1, 0, 1, 4]
