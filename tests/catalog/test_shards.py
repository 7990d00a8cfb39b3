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
