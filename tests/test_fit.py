"""The fit formula of docs/format.md."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import fit

SIDES = st.integers(1, 100_000)
CELLS = st.sampled_from([1, 8, 16, 32, 64, 128, 1024])


@pytest.mark.parametrize(
    ("width", "height", "cell", "expected"),
    [
        (200, 100, 128, (0, 32, 128, 64)),  # reduced, centred vertically
        (64, 64, 128, (0, 0, 128, 128)),  # small pictures are enlarged to the cell
        (10_000, 1, 128, (0, 63, 128, 1)),  # a line never vanishes, and the odd pixel is below
        (1, 10_000, 128, (63, 0, 1, 128)),
        (256, 3, 128, (0, 63, 128, 2)),  # 1.5 rounds up
        (256, 5, 128, (0, 62, 128, 3)),  # 2.5 rounds up, not to even
        (1, 1, 8, (0, 0, 8, 8)),
    ],
)
def test_centred(width: int, height: int, cell: int, expected: tuple[int, int, int, int]) -> None:
    assert fit.centred(width, height, cell) == expected


@given(SIDES, SIDES, CELLS)
def test_fitted_is_the_formula_in_exact_numbers(width: int, height: int, cell: int) -> None:
    longer = max(width, height)
    exact = tuple(max(1, (Fraction(cell * side, longer) + Fraction(1, 2)).__floor__()) for side in (width, height))
    assert fit.fitted(width, height, cell) == exact


@given(SIDES, SIDES, CELLS)
def test_centred_stays_inside_its_cell(width: int, height: int, cell: int) -> None:
    place = fit.centred(width, height, cell)
    assert max(place.width, place.height) == cell
    assert min(place) >= 0
    assert min(place.width, place.height) >= 1
    assert 0 <= cell - place.width - 2 * place.x <= 1
    assert 0 <= cell - place.height - 2 * place.y <= 1


@given(SIDES, SIDES, CELLS)
def test_reduced_never_enlarges(width: int, height: int, longest: int) -> None:
    reduced = fit.reduced(width, height, longest)
    assert reduced[0] <= width
    assert reduced[1] <= height
    assert 1 <= max(reduced) <= longest
