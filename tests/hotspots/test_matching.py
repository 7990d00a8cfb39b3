"""Which hotspot is which: by the share of members that two have in common."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.hotspots import matching


@pytest.mark.parametrize(
    ("before", "now", "expected", "why"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], {0: 1, 1: 0}, "other numbers, the same members"),
        ([0, 0, 0, -1], [0, 0, 0, 0], {0: 0}, "one more"),
        ([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1], {0: 0}, "of two parts the larger one"),
        ([0, 0, 0, 1, 1, -1], [0, 0, 0, 0, 0, 0], {0: 0}, "of two that merge the larger one"),
        ([0, 0, 0, 0, -1, -1], [-1, -1, -1, 0, 0, 0], {}, "one member in common is not enough"),
        ([-1, -1], [0, 0], {}, "all new"),
        ([0, 0], [-1, -1], {}, "all gone"),
        ([0, 0, 1, 1], [0, 1, 0, 1], {0: 0, 1: 1}, "equal shares: the first, and each once"),
        ([], [], {}, "nothing"),
    ],
)
def test_match(before: list[int], now: list[int], expected: dict[int, int], why: str) -> None:
    assert matching.match(np.array(before, np.int64), np.array(now, np.int64)) == expected, why


@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 5)), max_size=80))
def test_each_is_matched_once_and_nothing_changed_matches_all(pairs: list[tuple[int, int]]) -> None:
    before, now = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    found = matching.match(before, now)
    assert len(set(found.values())) == len(found)
    assert matching.match(now, now) == {number: number for number in set(now.tolist()) - {-1}}
