"""The order of titles."""

from __future__ import annotations

import pytest

from pixplot_steps.layouts import alphabetical


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b", "A", "c"], ["A", "b", "c"]),
        (["fig 10", "fig 9", "fig 09b", "fig 2"], ["fig 2", "fig 9", "fig 09b", "fig 10"]),
        (["Zebra", "Élan", "eland", "Emu"], ["Élan", "eland", "Emu", "Zebra"]),
        (["straße b", "STRASSE a"], ["STRASSE a", "straße b"]),
        (["a", None, " ", "b"], ["a", "b", None, " "]),
        ([10.0, float("nan"), -3.0, 2.0], [-3.0, 2.0, 10.0]),
        (["12345678901234567890123", "9"], ["9", "12345678901234567890123"]),
        (["日本", "Ω", "a"], ["a", "Ω", "日本"]),
    ],
    ids=["case", "numbers by value", "accents", "casefold", "missing last", "numbers", "long numbers", "other scripts"],
)
def test_order(values: list[str | float | None], expected: list[str | float | None]) -> None:
    items = [f"item {i}" for i in range(len(values))]
    assert [values[i] for i in alphabetical.order(values, items)][: len(expected)] == expected


def test_missing_ones_go_by_item_and_ties_stay() -> None:
    assert alphabetical.order([None, "x", "", "X"], ["d", "c", "b10", "a"]).tolist() == [1, 3, 2, 0]
