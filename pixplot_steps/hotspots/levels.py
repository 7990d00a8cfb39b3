"""The coarse level of hotspots: few large regions, each a branch of the hierarchy in which the hotspots are found.

Both levels come from one condensed tree (Campello et al. 2013), so every hotspot lies in at most one region.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FEWEST = 8
"""Hotspots below which one level is enough."""

_MOST = 12


@dataclass(frozen=True)
class Tree:
    """A condensed tree: rows `parent`, `child`, `size`; points are 0 .. points - 1, the root is `points`, children have greater numbers."""

    parent: NDArray[np.int64]
    child: NDArray[np.int64]
    size: NDArray[np.int64]
    points: int


def wanted(hotspots: int) -> int:
    """How many regions so many hotspots are best told in: about the square root, 0 for one level only."""
    return 0 if hotspots < _FEWEST else min(_MOST, math.isqrt(hotspots) + 1)


def regions(tree: Tree, labels: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The region i64 [points] of each point, or -1: branches of the tree, the largest split until there are `count`.

    No hotspot is split.

    `labels` i64 [points]: the hotspot of each point, or -1, each the whole of a branch.
    """
    inner = tree.child >= tree.points
    children: dict[int, list[int]] = {}
    size = {tree.points: tree.points}
    for parent, child, members in zip(tree.parent[inner].tolist(), tree.child[inner].tolist(), tree.size[inner].tolist(), strict=True):
        children.setdefault(parent, []).append(child)
        size[child] = members
    whole = _branches_of(tree, labels, size)
    chosen = [tree.points]
    while len(chosen) < count:
        splittable = [node for node in chosen if node in children and node not in whole]
        if not splittable:
            break
        largest = max(splittable, key=lambda node: (size[node], -node))
        chosen.remove(largest)
        chosen += children[largest]
    return _below(tree, sorted(chosen)) if len(chosen) > 1 else np.full(tree.points, -1, dtype=np.int64)


def _branches_of(tree: Tree, labels: NDArray[np.int64], size: dict[int, int]) -> set[int]:
    """The branch that each hotspot is: of those above one of its points the one with as many points."""
    inner = tree.child >= tree.points
    above = dict(zip(tree.child[inner].tolist(), tree.parent[inner].tolist(), strict=True))
    own = np.full(tree.points, -1, dtype=np.int64)
    own[tree.child[~inner]] = tree.parent[~inner]
    numbers, first, counts = np.unique(labels, return_index=True, return_counts=True)
    found = set()
    for point, count in zip(first[numbers >= 0].tolist(), counts[numbers >= 0].tolist(), strict=True):
        node = int(own[point])
        while node >= 0 and size[node] < count:
            node = above.get(node, -1)
        if node >= 0:
            found.add(node)
    return found


def _below(tree: Tree, chosen: list[int]) -> NDArray[np.int64]:
    """For each point which of the chosen branches it is in, or -1."""
    inner = np.flatnonzero(tree.child >= tree.points)
    last = int(max(tree.parent.max(initial=tree.points), tree.child.max(initial=tree.points)))
    region = np.full(last + 1 - tree.points, -1, dtype=np.int64)
    region[np.array(chosen) - tree.points] = np.arange(len(chosen))
    # Numbers grow downwards, so a parent's region is known before its children's.
    for row in inner[np.argsort(tree.child[inner], kind="stable")].tolist():
        place = tree.child[row] - tree.points
        if region[place] < 0:
            region[place] = region[tree.parent[row] - tree.points]
    found = np.full(tree.points, -1, dtype=np.int64)
    points = np.flatnonzero(tree.child < tree.points)
    found[tree.child[points]] = region[tree.parent[points] - tree.points]
    return found
