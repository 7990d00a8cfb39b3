"""Names of hotspots."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from pixplot_steps.hotspots import names


def texts(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def tags(*values: list[str] | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.list_(pa.string()))])


def groups(*sizes: int) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)


def years(*spans: tuple[int, int]) -> NDArray[np.int32]:
    return np.array(spans, np.int32)


KINDS = texts(*["portrait"] * 4, *["landscape"] * 4)
TITLES = texts(*[f"The Lady {n} and a Dog" for n in "abcd"], *[f"The Sea at {n}" for n in ("Hull", "Dover", "Rye", "Deal")])


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([names.values(KINDS)], ["Portrait", "Landscape"]),
        ([names.words(TITLES)], ["Dog, Lady", "Sea"]),
        ([names.values(KINDS), names.words(texts("Anne", "Bea", "Carl", "Dora", *["sea"] * 4))], ["Portrait", "Landscape, sea"]),
        ([names.values(tags(*[["oil", "dog"]] * 4, *[["oil"]] * 4))], ["Dog", ""]),
        ([names.values(texts(*["print"] * 8))], ["", ""]),
        ([names.values(texts(*[None] * 8))], ["", ""]),
        ([names.values(texts(*"abcdefgh"))], ["", ""]),
        ([names.values(texts(*["1890"] * 4, *["1900"] * 4))], ["", ""]),
        ([names.values(texts(*["портрет"] * 4, *["صورة شخصية"] * 4))], ["Портрет", "صورة شخصية"]),
        ([], ["", ""]),
    ],
    ids=["values", "words", "both", "what all have says nothing", "alike", "empty", "single letters", "numbers", "scripts", "none"],
)
def test_a_name_says_what_is_frequent_here_and_rare_elsewhere(terms: list[names.Terms], expected: list[str]) -> None:
    assert names.name(groups(4, 4), 2, terms, []) == expected


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(1890, 1899)] * 4 + [(1700, 1700)] * 4, ["1890s", "1700s"]),
        ([(1891, 1891), (1895, 1895), (1904, 1904), (1907, 1907)] + [(1600, 1610)] * 4, ["1890–1910", "1600s"]),
        ([(-500, -450)] * 4 + [(1900, 1900)] * 4, ["480–470 BC", "1900s"]),
        ([(1890, 1899)] + [(0, -1)] * 3 + [(1700, 1700)] * 4, ["", "1700s"]),
        ([(1600 + 40 * n, 1600 + 40 * n) for n in range(4)] * 2, ["", ""]),
        ([(0, -1)] * 8, ["", ""]),
    ],
    ids=["decade", "span", "before Christ", "few are dated", "as wide as the collection", "no dates"],
)
def test_years_are_told_where_they_are_clearly_fewer_than_the_collections(spans: list[tuple[int, int]], expected: list[str]) -> None:
    assert names.name(groups(4, 4), 2, [], [years(*spans)]) == expected


def test_names_differ() -> None:
    kinds = names.values(texts(*["portrait"] * 8, *["map"] * 8))
    places = names.values(texts(*["Paris"] * 4, *["Rome"] * 4, *[None] * 8))
    found = names.name(groups(4, 4, 4, 4), 4, [kinds, places], [])
    assert len({name.casefold() for name in found}) == 4
    assert found[2:] == ["Map", "Map (2)"]
    assert "Paris" in found[0]
    assert "Rome" in found[1]


def test_the_spelling_most_often_written_is_shown() -> None:
    assert names.name(groups(5, 5), 2, [names.values(texts(*["vase"] * 2, *["Vase"] * 3, *["Urn"] * 5))], []) == ["Vase", "Urn"]


def test_words_that_an_editor_completed_are_whole() -> None:
    found = names.words(texts("Taos, N[ew] Mex[ico], in the [Mountains]", "[Col]orado[?]"))
    assert found.texts == ["Taos", "New", "Mexico", "Mountains", "Colorado"]


def test_what_is_in_no_hotspot_counts_for_the_whole() -> None:
    """Half of all pictures outside are portraits too, so that portraits tell nothing of the one hotspot."""
    members = np.array([0] * 4 + [-1] * 96, np.int32)
    assert names.name(members, 1, [names.values(texts(*["portrait"] * 100))], []) == [""]
    assert names.name(members, 1, [names.values(texts(*["portrait"] * 4, *["map"] * 96))], []) == ["Portrait"]


def test_hostile_texts_are_texts_and_short() -> None:
    found = names.name(groups(3, 3), 2, [names.values(texts(*["<script>" + "x" * 100_000] * 3, *["y" * 70] * 3))], [])
    assert [len(name) for name in found] == [60, 60]
    assert found[0].startswith("<script>")


def test_no_hotspots_and_no_rows() -> None:
    assert names.name(np.zeros(0, np.int32), 0, [names.values(texts()), names.words(texts()), names.values(tags())], []) == []


def test_a_dictionary_of_texts_is_read_as_its_texts() -> None:
    assert names.values(texts("a b c", "a b c").dictionary_encode()).texts == ["a b c"]
