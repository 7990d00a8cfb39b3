"""Names of hotspots, from the metadata of their members: what is frequent in one and rare elsewhere.

Terms are weighed as in class-based tf-idf (Grootendorst 2022, BERTopic), each counted once for a picture: the share of a hotspot's
pictures that have a term, times log(1 + A / f), where f is the number of pictures that have it in all hotspots and A the mean size of one.
A term must also hold for a good part of the hotspot, and clearly more often than in the whole collection: what all pictures are says
nothing about some of them, in whatever language a collection's little words are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps import completed

_WORD = r"[^\p{L}\p{M}\p{N}'’\-]+"
_SHORTEST = 3
_LITTLE = """
and are but for from has her his into its near not off one our out over she that the their them they this two was were
which who with aus auf bei das dem den der des die ein eine einem einen einer für ihr ist mit nach oder sich sie sind
über und von vor war zum zur aux avec ces cette dans deux elle est les leur mais ont par pas pour que qui sans ses son
sur une como con del donde entre era las los más para pero por sin sobre una unas unos che dal dalla degli dei della
delle gli nel nella per più sul sulla tra uno aan bij dat een het met naar niet ook uit van voor zijn
"""
"""Words that join others in the languages that most collections are described in; those of other languages are told by their lift."""

_LONGEST = 60
"""Characters of a term in a name."""


@dataclass(frozen=True)
class Least:
    """What a term needs: `share` of the hotspot's pictures, and `lift`, that share by the share of the whole collection."""

    share: float
    lift: float


_VALUES = Least(0.3, 1.3)
_WORDS = Least(0.2, 2.0)
"""Little words are more frequent in long texts than in short ones, and so here or there without meaning anything."""

_SECOND = 0.5
"""Share of the first term's weight that a second must have."""

_TERMS = 2
_DATED = 0.5
_INNER = (0.1, 0.9)
_NARROW = 0.5
"""The years of a hotspot must span at most this share of the collection's."""

_SHARED = 0.25
"""Share of the hotspots that may have the same years."""


@dataclass(frozen=True)
class Terms:
    """Which rows have which terms: pairs `row` i64 [p], `term` i64 [p], each once; `texts` [t] as they are written most often."""

    row: NDArray[np.int64]
    term: NDArray[np.int64]
    texts: list[str]
    least: Least = _VALUES


@dataclass(frozen=True)
class Candidate:
    """A term of one hotspot and its weight."""

    weight: float
    text: str


def values(column: pa.ChunkedArray) -> Terms:
    """The terms of a column of text or of lists of text, [N]: each whole value is one."""
    column = _plain(column)
    if pa.types.is_list(column.type):
        row = np.asarray(pc.list_parent_indices(column), dtype=np.int64)
        return _terms(row, pc.list_flatten(column))
    return _terms(np.arange(len(column)), column)


def words(column: pa.ChunkedArray) -> Terms:
    """The terms of a column of text [N]: its words of three letters and more."""
    column = _plain(column)
    if not len(column):
        return replace(values(column), least=_WORDS)
    split = pc.split_pattern_regex(completed.whole(column), _WORD)
    texts = split.flatten()
    telling = pc.invert(pc.is_in(pc.utf8_lower(texts), value_set=pa.array(_LITTLE.split())))
    return replace(_terms(np.asarray(pc.list_parent_indices(split), dtype=np.int64), pc.if_else(telling, texts, None)), least=_WORDS)


def name(members: NDArray[np.int32], groups: int, terms: list[Terms], years: list[NDArray[np.int32]]) -> list[str]:
    """A name for each of so many groups, different from all others; empty where the metadata has none.

    `members` i32 [N]: the group of each row, or -1. `years`: columns i32 [N, 2] of first and last year, `0, -1` where there is no date.
    """
    sizes = np.bincount(members[members >= 0], minlength=groups)
    candidates: list[list[Candidate]] = [[] for _ in range(groups)]
    for found in terms:
        for group, candidate in _candidates(found, members, sizes):
            candidates[group].append(candidate)
    spans = _spans(members, groups, years)
    return _different([_ranked(one) for one in candidates], spans)


def _plain(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return array.cast(array.type.value_type) if pa.types.is_dictionary(array.type) else array


def _terms(row: NDArray[np.int64], texts: pa.Array) -> Terms:
    texts = pc.utf8_trim_whitespace(texts)
    useful = pc.and_(pc.greater_equal(pc.utf8_length(texts), _SHORTEST), pc.invert(pc.match_substring_regex(texts, r"^[\p{N}\-]+$")))
    kept = np.asarray(pc.fill_null(useful, False), dtype=np.bool_)
    encoded = texts.filter(pa.array(kept)).dictionary_encode()
    written = np.asarray(encoded.indices, dtype=np.int64)
    folded = pc.utf8_lower(encoded.dictionary).dictionary_encode()
    fold = np.asarray(folded.indices, dtype=np.int64)
    count = max(1, len(folded.dictionary))
    pairs = np.unique(row[kept] * count + fold[written])
    return Terms(pairs // count, pairs % count, _most_written(encoded.dictionary, fold, np.bincount(written, minlength=len(fold))))


def _most_written(texts: pa.Array, fold: NDArray[np.int64], counts: NDArray[np.int64]) -> list[str]:
    order = np.lexsort((np.arange(len(fold)), -counts, fold))
    first = order[np.unique(fold[order], return_index=True)[1]]
    return [str(text) for text in texts.take(pa.array(first)).to_pylist()]


def _candidates(found: Terms, members: NDArray[np.int32], sizes: NDArray[np.int64]) -> list[tuple[int, Candidate]]:
    count = len(found.texts)
    if not count or not sizes.any():
        return []
    group = members[found.row].astype(np.int64)
    inside = group >= 0
    pairs, frequency = np.unique(group[inside] * count + found.term[inside], return_counts=True)
    number, term = pairs // count, pairs % count
    of_term = np.bincount(found.term, minlength=count)
    in_groups = np.bincount(found.term[inside], minlength=count)
    share = frequency / sizes[number]
    weight = share * np.log1p(sizes[sizes > 0].mean() / in_groups[term])
    lift = share * len(members) / of_term[term]
    good = (share >= found.least.share) & (lift >= found.least.lift) & (frequency > 1)
    return [(int(number[i]), Candidate(float(weight[i]), _short(found.texts[term[i]]))) for i in np.flatnonzero(good)]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _ranked(candidates: list[Candidate]) -> list[Candidate]:
    """Best first; of terms of which one contains the other the better one."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda one: (-one.weight, one.text)):
        text = candidate.text.casefold()
        if not any(text in other.text.casefold() or other.text.casefold() in text for other in kept):
            kept.append(candidate)
    return kept


def _different(ranked: list[list[Candidate]], spans: list[str]) -> list[str]:
    """Names of the best terms and the years; of two that are alike the later one gets further terms, then a number."""
    taken: set[str] = set()
    names = []
    for terms, span in zip(ranked, spans, strict=True):
        chosen = [one.text for one in terms[:_TERMS] if one.weight >= _SECOND * terms[0].weight]
        further = [one.text for one in terms[len(chosen) :]]
        text = _joined(chosen, span)
        while text.casefold() in taken and further:
            chosen.append(further.pop(0))
            text = _joined(chosen, span)
        number = 2
        plain = text
        while text and text.casefold() in taken:
            text = f"{plain} ({number})"
            number += 1
        taken.add(text.casefold())
        names.append(text)
    return names


def _joined(terms: list[str], span: str) -> str:
    text = ", ".join([*terms, *([span] if span else [])])
    return text[:1].upper() + text[1:]


def _spans(members: NDArray[np.int32], groups: int, years: list[NDArray[np.int32]]) -> list[str]:
    """The years of each group where they are clearly fewer than the collection's, else empty."""
    spans = [""] * groups
    for column in years:
        dated = column[:, 1] >= column[:, 0]
        if not dated.any():
            continue
        middle = column.mean(axis=1)
        low, high = np.quantile(middle[dated], _INNER)
        order = np.argsort(members, kind="stable")
        bounds = np.searchsorted(members[order], np.arange(groups + 1))
        for group in range(groups):
            rows = order[bounds[group] : bounds[group + 1]]
            known = rows[dated[rows]]
            if spans[group] or len(known) < 2 or len(known) < _DATED * len(rows):
                continue
            first, last = np.quantile(middle[known], _INNER)
            if last - first <= _NARROW * (high - low):
                spans[group] = _years(int(np.floor(first)), int(np.floor(last)))
    # Years that many hotspots share tell none from the others.
    counts = Counter(spans)
    return [span if counts[span] <= max(_SHARED * groups, 1) else "" for span in spans]


def _years(first: int, last: int) -> str:
    """Years in whole decades: 1890s, 1890–1920, 500–450 BC."""
    begin, end = first // 10 * 10, -(-(last + 1) // 10) * 10
    if end <= 0:
        return f"{-begin}–{-end} BC" if end < 0 else f"{-begin} BC–AD 1"
    if begin < 0:
        return f"{-begin} BC–AD {end}"
    return f"{begin}s" if end - begin <= 10 else f"{begin}–{end}"
