"""The index of words and the parts of the table: they say what the table says, in a few small files."""

from __future__ import annotations

import itertools
import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.site import checks_files, codes, hashed, search, terms, varints, words
from pixplot_steps.site.verify import verify
from pixplot_steps.store import commit
from tests import site_fixture
from tests.site.conftest import Built

Found = dict[tuple[str, int], dict[int, list[int]]]


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_varints_come_back(numbers: list[int]) -> None:
    data, starts = varints.encode(np.array(numbers, np.int64))
    assert varints.decode(data.tobytes()).tolist() == numbers
    assert [data[start:end].tobytes() for start, end in itertools.pairwise(starts)] == [varints.one(one) for one in numbers]


@pytest.mark.parametrize("data", [b"\x80", b"\x01\xff"])
def test_a_varint_without_an_end_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no end"):
        varints.decode(data)


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("The Café at Night", "the cafe at night", "case and accents"),
        ("Straße, Æther; Łódź", "strasse aether lodz", "letters that no decomposition takes apart"),
        ("ﬁne № ½", "fine no 1 2", "compatibility forms"),
        ("ΟΔΟΣ", "οδοσ", "one sigma"),
        ("a-b, 'c'", "a b c", "punctuation"),
        ("N[ew] Mex[ico], [Col]orado", "new mexico colorado", "words that an editor completed"),
        ("É[glise] N[ew]Y[ork]", "eglise newyork", "the same with accents, and twice in one"),
        ("[sic] wom[?]n 1[89]0 a []b", "sic wom n 1 89 0 a b", "other brackets"),
        ("  ", "", "nothing"),
        ("日本の鳥", "日本の鳥", "no spaces where there are none"),
        ("🐦 bird", "🐦 bird", "a pictograph is a word"),
        ("x" * 100_000, "x" * 4000, "very long cells end"),
    ],
)
def test_words(text: str, expected: str, why: str) -> None:
    assert words.words_of(pa.array([text])).to_pylist() == [expected], why


def read(blocks: list[terms.Block], count: int) -> Found:
    found: Found = {}
    for block in blocks:
        for group in checks_files.groups(block.terms, block.places, count):
            assert (group.term, group.column) not in found
            found[group.term, group.column] = dict(zip(group.rows.tolist(), group.places, strict=True))
    return found


def expected_of(columns: list[list[list[str]]]) -> Found:
    """By a plain loop: texts of ASCII words."""
    found: Found = defaultdict(lambda: defaultdict(list))
    for column, rows in enumerate(columns):
        for row, values in enumerate(rows):
            place = 0
            for value in values:
                for word in value.split():
                    found[word, column][row].append(place)
                    place += 1
                place += 1
    return {key: dict(rows) for key, rows in found.items()}


texts = st.lists(st.sampled_from(["a", "ab", "abc", "b", "zebra"]), max_size=4).map(" ".join)
columns = st.integers(1, 30).flatmap(
    lambda rows: st.lists(st.lists(st.lists(texts, max_size=3), min_size=rows, max_size=rows), min_size=1, max_size=3)
)


@given(columns, st.integers(1, 200), st.integers(1, 50))
def test_each_word_is_where_it_stands(told: list[list[list[str]]], size: int, part: int) -> None:
    found = terms.Occurrences()
    for number, rows in enumerate(told):
        flat = [(row, value) for row, values in enumerate(rows) for value in values]
        found.add_texts(number, pa.array([value for _, value in flat], pa.string()), np.array([row for row, _ in flat], np.int64))
    blocks = list(terms.blocks(found, len(told[0]), size, part))
    assert read(blocks, len(told[0])) == expected_of(told)
    assert [block.first for block in blocks] == sorted({block.first for block in blocks})


@pytest.mark.parametrize(
    ("rows", "kind"),
    [([7], terms.SINGLE), (range(1000), terms.RUNS), (range(0, 1000, 2), terms.BITMAP), ([3, 500, 900], terms.DELTAS)],
)
def test_rows_are_written_in_the_shortest_way(rows: Any, kind: int) -> None:
    found = terms.Occurrences()
    given_ = np.array(list(rows), np.int64)
    found.add_texts(0, pa.array(["word"] * len(given_)), given_)
    (block,) = terms.blocks(found, 1000)
    assert block.terms[7] == kind, "after the term's two lengths, its four letters and the number of columns"
    assert read([block], 1000) == {("word", 0): {int(row): [0] for row in given_}}


def test_scripts_without_spaces_are_indexed_by_character() -> None:
    found = terms.Occurrences()
    found.add_texts(0, pa.array(["x日本 y", "plain"]), np.array([0, 1]))
    by_character = {chr(1) + character: {0: [place]} for place, character in enumerate("x日本 y") if character != " "}
    by_word = {"x日": {0: [0]}, "y": {0: [1]}, "plain": {1: [0]}}
    assert read(list(terms.blocks(found, 2)), 2) == {(term, 0): rows for term, rows in (by_character | by_word).items()}


def test_whole_numbers_can_be_typed() -> None:
    found = terms.Occurrences()
    found.add_numbers(0, np.array([1890, 1899.5, -40, np.nan, 0, 1e300]), np.arange(6))
    assert set(read(list(terms.blocks(found, 6)), 6)) == {("\x020", 0), ("\x021890", 0)}


def test_places_beyond_the_last_are_cut_and_stay_readable() -> None:
    found = terms.Occurrences()
    many = 1_100_000
    found.add_texts(0, pa.array(["a"] * many), np.zeros(many, np.int64))
    ((_, rows),) = read(list(terms.blocks(found, 1)), 1).items()
    assert len(rows[0]) == many


class TestCodes:
    def test_names_are_in_their_order_and_paths_have_all_their_parts(self) -> None:
        found = codes.names(pa.array(["b", "a:x", "b", "a"]), np.array([0, 0, 2, 3]), 4)
        assert found.names == ["b", "a", "a:x"]
        assert found.counts is not None
        assert (found.codes.tolist(), found.counts.tolist()) == ([0, 1, 2, 0, 1], [3, 0, 1, 1])

    def test_one_name_each_needs_no_counts(self) -> None:
        found = codes.names(pa.array(["b", "a", "b"]), np.array([0, 2, 3]), 4)
        assert (found.names, found.codes.tolist(), found.counts) == (["b", "a"], [1, 0, 2, 1], None)

    def test_a_name_that_comes_twice_in_a_row_counts_once(self) -> None:
        found = codes.names(pa.array(["a:b", "a:b", "a"]), np.array([0, 0, 0]), 1)
        assert found.counts is not None
        assert (found.codes.tolist(), found.counts.tolist()) == ([0, 1], [2])

    def test_values_are_told_once(self) -> None:
        found = codes.values(np.array([3.5, np.nan, -1, 3.5]))
        assert (found.values.tolist(), found.codes.tolist()) == ([-1, 3.5], [2, 0, 1, 2])

    @pytest.mark.parametrize(("largest", "dtype"), [(255, "uint8"), (256, "uint16"), (65_535, "uint16"), (65_536, "uint32")])
    def test_codes_take_the_smallest_type(self, largest: int, dtype: str) -> None:
        assert codes.smallest(np.array([0]), largest).dtype == dtype

    @pytest.mark.parametrize(
        ("text", "year"),
        [
            ("1890", 1890),
            (" 1890-07 ", 1890.5),
            ("1890-01-02T10:00", 1890 + 1 / 372),
            ("-44", -44),
            ("c. 1650?", 1650),
            ("long ago", np.nan),
        ],
    )
    def test_years(self, text: str, year: float) -> None:
        assert codes.years(pa.array([text, None]))[0] == pytest.approx(year, nan_ok=True)


@pytest.fixture
def large(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site as it is written for very many rows."""
    monkeypatch.setattr(search, "FROM", 10)
    site_fixture.site(built.found, tmp_path / "site")
    return tmp_path / "site"


def manifest_of(site: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / "data/manifest.json").read_bytes())
    return found


def test_small_collections_have_neither(built: Built) -> None:
    assert not {"search", "parts"} & set(manifest_of(built.site))


def test_large_collections_have_both_and_they_are_right(large: Path) -> None:
    assert {"search", "parts"} <= set(manifest_of(large))
    assert verify(large) == []


def test_an_index_is_the_same_bytes_again(large: Path, built: Built, tmp_path: Path) -> None:
    site_fixture.site(built.found, tmp_path / "again")
    assert manifest_of(tmp_path / "again") == manifest_of(large)


def other(site: Path, reference: dict[str, Any], change: Any) -> dict[str, Any]:
    """The reference to a JSON file that was changed."""
    value = json.loads((site / reference["file"]).read_bytes())
    change(value)
    made = hashed.file(json.dumps(value, ensure_ascii=False).encode(), "json")
    (site / made.path).write_bytes(made.data)
    return made.reference


def damaged_block(site: Path, data: bytes) -> Any:
    def change(index: dict[str, Any]) -> None:
        made = hashed.file(data, "terms")
        (site / made.path).write_bytes(made.data)
        index["blocks"][0][1:3] = [made.reference["digest"], len(data)]

    return change


@pytest.mark.parametrize(
    ("key", "change", "told"),
    [
        ("search", lambda index: index["columns"].reverse(), "the manifest's columns, then item"),
        ("search", lambda index: index["blocks"][0].__setitem__(0, "zzz"), "terms that ascend"),
        ("search", lambda index: index["blocks"][0].__setitem__(1, "0" * 32), "a file"),
        ("search", lambda index: index["values"].clear(), "a key"),
        ("parts", lambda parts: parts.pop(), "parts of 41 rows"),
        ("parts", lambda parts: parts[0].__setitem__(0, "other"), "the first item"),
    ],
)
def test_damage_is_found(large: Path, key: str, change: Any, told: str) -> None:
    manifest = manifest_of(large)
    if key == "search":
        manifest["search"] = other(large, manifest["search"], change)
    else:
        manifest["parts"]["list"] = other(large, manifest["parts"]["list"], change)
    (large / "data/manifest.json").write_bytes(commit.json_text(manifest))
    assert any(told in str(fault) for fault in verify(large))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"\x00\x01a\x01\x01\x08\x00" + b"\xff" * 6 + b"\x7f", b"\x00\x01a\x01\x03\x7f", b"\x00\x01a\x01\x02\xff"],
    ids=["nothing", "cut off", "a run without end", "a row beyond the last", "a bitmap cut off"],
)
def test_hostile_blocks_are_refused(large: Path, data: bytes) -> None:
    manifest = manifest_of(large)
    manifest["search"] = other(large, manifest["search"], damaged_block(large, data))
    (large / "data/manifest.json").write_bytes(commit.json_text(manifest))
    assert verify(large) != []


def test_an_update_to_fewer_rows_takes_the_index_away(large: Path, built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FROM", 1_000_000)
    site_fixture.site(built.found, large)
    assert not list(large.glob("data/*.terms"))
    shutil.rmtree(large)
