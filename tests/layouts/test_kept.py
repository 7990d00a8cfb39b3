"""The map stays where it was: what a change costs the old points, and what it costs the truth."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps.layouts import kept, quality
from pixplot_steps.spec import Umap
from tests.layouts.test_placing import graph_of
from tests.vectors import shards

ROWS = 600
_WANTED = Umap(15, 0.1, 200)


def fit(points: NDArray[np.float32]) -> kept.Fit:
    return kept.Fit(points, graph_of(points, 20), _WANTED, 24, True)


@cache
def points() -> NDArray[np.float32]:
    return shards.clustered(ROWS, groups=12).astype(np.float32)


@cache
def afresh(first: int) -> kept.Map:
    return kept.afresh(fit(points()[:first]))


def former(first: int, rows: int = ROWS, placed: int = 0) -> kept.Former:
    """The map of the first points, as seen from the first `rows` of all."""
    found = afresh(first)
    known = np.arange(rows) < first
    return kept.Former(known, found.places[: min(first, rows)], found.told["unit"], placed, {"trustworthiness": 0.5})


def trust(places: NDArray[np.float32]) -> float:
    found = quality.of_map(points()[: len(places)], places, np.arange(len(places)))
    assert found is not None
    return found.trustworthiness


def test_one_per_cent_more_moves_nothing_and_costs_no_truth() -> None:
    found = kept.carry_on(fit(points()), former(594))
    assert (found.places[:594] == afresh(594).places).all()
    expected = {"old": 594, "new": 6, "laid_out_again": False, "drift_percent": 0.0, "quality_before": {"trustworthiness": 0.5}}
    assert found.told["kept"] == expected
    assert found.told["placed"] == 6
    assert np.abs(found.places).max() <= 1
    assert trust(found.places) > trust(afresh(ROWS).places) - 0.01


def test_a_removal_moves_nothing() -> None:
    found = kept.carry_on(fit(points()[:500]), former(ROWS, 500))
    assert (found.places == afresh(ROWS).places[:500]).all()
    assert found.told["kept"]["old"] == 500
    assert trust(found.places) > trust(afresh(500).places) - 0.01


@pytest.mark.parametrize(
    ("first", "placed", "again"),
    [(540, 0, False), (539, 0, True), (594, 54, False), (594, 55, True), (300, 0, True)],
    ids=["a tenth", "more than a tenth", "a tenth in steps", "more in steps", "half"],
)
def test_many_new_points_have_the_whole_laid_out_again(first: int, placed: int, again: bool) -> None:
    found = kept.carry_on(fit(points()), former(first, placed=placed))
    assert found.told["kept"]["laid_out_again"] is again
    assert (found.told["placed"] == 0) is again
    assert trust(found.places) > trust(afresh(ROWS).places) - 0.01
    assert found.told["kept"]["drift_percent"] < 30, "half a map is what chance would give"


def test_no_image_in_common_is_a_new_map() -> None:
    stranger = kept.Former(np.zeros(ROWS, bool), np.zeros((0, 2), np.float32), 1.0, 0, None)
    assert (kept.carry_on(fit(points()), stranger).places == afresh(ROWS).places).all()


@pytest.mark.parametrize(("first", "rows"), [(1, 2), (2, 3), (3, 4), (4, 5), (4, 4), (4, 3), (6, 12)])
def test_few_points(first: int, rows: int) -> None:
    found = kept.carry_on(fit(points()[:rows]), former(first, rows))
    assert found.places.shape == (rows, 2)
    assert np.isfinite(found.places).all()
    assert np.abs(found.places).max() <= 1
