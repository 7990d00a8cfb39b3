"""The order of titles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.layouts import alphabetical

Values = list[str | float | None]


def order(values: Values, items: list[str] | None = None) -> list[int]:
    kind = pa.float64() if any(isinstance(value, float) for value in values) else pa.string()
    named = items or [f"item {i}" for i in range(len(values))]
    # In pieces, as a table of many batches has them.
    split = len(values) // 2
    column = pa.chunked_array([pa.array(values[:split], kind), pa.array(values[split:], kind)])
    found: list[int] = alphabetical.order(column, pa.chunked_array([named])).tolist()
    return found


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
        (["9", "10", "010", "000"], ["000", "9", "10", "010"]),
        (["1 of 10", "1 of 9", "1"], ["1", "1 of 9", "1 of 10"]),
    ],
    ids=["case", "accents and digits", "accents", "casefold", "missing last", "numbers", "long numbers", "scripts", "zeros", "two numbers"],
)
def test_order(values: Values, expected: Values) -> None:
    assert [values[i] for i in order(values)][: len(expected)] == expected


def test_missing_ones_go_by_item_and_ties_stay() -> None:
    assert order([None, "x", "", "X"], ["d", "c", "b10", "a"]) == [1, 3, 2, 0]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_numbers_in_texts_go_by_value(numbers: list[int]) -> None:
    texts: Values = [f"fig {number:03d}b" for number in numbers]
    assert [numbers[i] for i in order(texts)] == sorted(numbers)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=20))
def test_any_texts_have_an_order(texts: list[str]) -> None:
    values: Values = [text.encode("utf-8", "replace").decode() for text in texts]
    assert sorted(order(values)) == list(range(len(texts)))


def test_rows_are_lettered_where_a_new_letter_begins() -> None:
    values = pa.chunked_array([["Émile", "eva", "Zoë", None, "日本"]])
    made = alphabetical.arrange(values, pa.chunked_array([["i1", "i2", "i3", "x4", "i5"]]), 0.2)
    # One column: E, E, Z, 日, and then the one without a title.
    assert [label.text for label in made.labels] == ["E", "Z", "日"]
    assert np.argsort(-made.positions[:, 1]).tolist() == [0, 1, 2, 4, 3]
