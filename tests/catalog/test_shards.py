"""Shards are append-only and named by what they hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.catalog import shards

_IMAGES = st.lists(st.integers(0, 200).map(str), unique=True)


@given(_IMAGES, _IMAGES, st.integers(1, 9))
def test_additions_never_touch_old_shards(first: list[str], second: list[str], size: int) -> None:
    before = shards.extend([], first, size)
    after = shards.extend(before, second, size)
    assert after[: len(before)] == before
    new = len(set(second) - set(first))
    assert len(after) - len(before) == -(-new // size), "ceil(n / size) new shards and no other"
    held = [image for shard in after for image in shard.images]
    assert sorted(held) == sorted(set(first) | set(second)), "each image once, none lost"


def test_names_depend_on_content_and_order() -> None:
    assert shards.named(["a", "b"]).name == shards.named(("a", "b")).name
    assert len({shards.named(x).name for x in (["a", "b"], ["b", "a"], ["ab"], ["a"])}) == 4


@given(st.sets(st.text(min_size=1), min_size=1, max_size=30), st.integers(1, 10), st.integers(0, 5))
def test_a_sample_stays_when_pictures_that_are_not_in_it_go(items: set[str], count: int, seed: int) -> None:
    listed = sorted(items)
    taken = shards.sample(listed, count, seed)
    assert len(set(taken)) == len(taken) == min(count, len(listed))
    assert set(taken) <= items
    assert shards.sample(taken, count, seed) == taken
    assert shards.sample(listed[::-1], count, seed) == taken, "the order given means nothing"


def test_another_seed_takes_another_sample() -> None:
    items = [f"p{number}.jpg" for number in range(100)]
    assert set(shards.sample(items, 10, 1)) != set(shards.sample(items, 10, 2)) != set(items[:10])
