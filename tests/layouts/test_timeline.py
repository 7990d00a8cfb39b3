"""Dates in columns: where an interval stands, what a column is called, and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from pixplot_steps.layouts import timeline
from pixplot_steps.layouts.marks import MISSING


@pytest.mark.parametrize(
    ("years", "unit", "text", "sure"),
    [
        ((1894, 1894), "year", "1894", True),
        ((1890, 1899), "year", "1894", False),
        ((1890, 1899), "decade", "1890–99", True),
        ((1895, 1905), "decade", "1900–09", False),
        ((1801, 1900), "century", "1801–1900", True),
        ((1900, 1999), "century", "1901–2000", False),
        ((-1, -1), "year", "−1", True),
        ((-1, 1), "year", "−1", False),
        ((-500, -401), "century", "−500–−401", True),
        ((1, 100), "century", "1–100", True),
        ((-11, -2), "decade", "−11–−2", True),
    ],
)
def test_column(years: tuple[int, int], unit: str, text: str, sure: bool) -> None:
    found = timeline.dated(np.array([years], np.int32), unit)
    assert timeline.caption(int(found.column[0]), unit) == text
    assert found.sure.tolist() == [sure]


def test_unsure_dates_stand_above_a_gap() -> None:
    years = np.array([(1900, 1900)] * 6 + [(1899, 1901)], np.int32)
    made = timeline.arrange(years, "year", 0.1)
    heights = made.positions[:, 1]
    assert heights[6] - heights[:6].max() == pytest.approx(2 * made.cell, abs=1e-5)


def test_columns_go_by_time_and_long_gaps_are_closed() -> None:
    years = np.array([(1950, 1950), (1000, 1000), (1951, 1951), (1952, 1952), (0, -1)], np.int32)
    made = timeline.arrange(years, "year", 1.0)
    assert np.argsort(made.positions[:, 0]).tolist() == [1, 0, 2, 3, 4]
    steps = np.diff(np.sort(made.positions[:4, 0])) / made.cell
    assert steps[0] / steps[1] == pytest.approx(5, abs=0.01)
    assert [label.text for label in made.labels] == ["1000", "1950", "1951", "1952", MISSING]


def test_round_years_are_named_first() -> None:
    years = np.array([(year, year) for year in range(1890, 1911)], np.int32)
    levels = {label.text: label.level for label in timeline.arrange(years, "year", 1.8).labels}
    assert levels["1900"] < levels["1890"] < levels["1895"] < levels["1891"]


@pytest.mark.parametrize("count", [1, 2, 50])
def test_only_undated_ones(count: int) -> None:
    made = timeline.arrange(np.tile(np.array([0, -1], np.int32), (count, 1)), "year", 1.8)
    assert len(np.unique(made.positions, axis=0)) == count
