"""Shards: ordered lists of images, append-only, named by the digest of their list.

New images fill new shards and existing shards keep their name, so an addition of n images costs ceil(n / size) shards.
(Hashing images into a fixed number of buckets would touch every bucket on each addition.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pixplot_steps import digest


@dataclass(frozen=True)
class Shard:
    """`name`: digest of `images`, the digests of its images in order."""

    name: str
    images: tuple[str, ...]


def extend(shards: Sequence[Shard], images: Sequence[str], size: int) -> list[Shard]:
    """All shards after `images` (distinct, in the order wanted) are there: the old ones, then new ones for the unknown images."""
    known = {image for shard in shards for image in shard.images}
    new = [image for image in images if image not in known]
    return [*shards, *(named(new[start : start + size]) for start in range(0, len(new), size))]


def named(images: Sequence[str]) -> Shard:
    """Make a shard of a list of images."""
    return Shard(digest.of_lines(images), tuple(images))


def sample(items: Sequence[str], count: int, seed: int) -> list[str]:
    """So many of `items` by chance: those whose digests with the seed are least, so that few change when others come or go."""
    return sorted(items, key=lambda item: digest.of_lines([str(seed), item]))[:count]
