"""Exact components: against the singular value decomposition, however the rows are cut into blocks, and where little can be found."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps.vectors import pca


def reduce(rows: NDArray[np.float64], asked: int, blocks: int = 1) -> tuple[pca.Basis, NDArray[np.float32]]:
    parts = [(part, np.ones(len(part), np.bool_)) for part in np.array_split(rows, blocks)]
    shift = rows[0]
    sums = functools.reduce(pca.add, [pca.moments(*part, shift) for part in parts])
    basis = pca.basis(sums, shift, asked)
    return basis, np.concatenate([pca.project(*part, basis, whiten=False) for part in parts])


@pytest.mark.parametrize(
    ("rows", "dimensions", "blocks"),
    [(200, 10, 1), (200, 10, 7), (8, 30, 3), (50, 50, 2)],
    ids=["one block", "uneven blocks", "fewer rows than dimensions", "square"],
)
def test_agrees_with_svd(rows: int, dimensions: int, blocks: int) -> None:
    # A mean far from zero, where the sum of squares alone would lose digits.
    values = np.random.default_rng(1).normal(size=(rows, dimensions)) * np.linspace(1, 3, dimensions) + 1000
    basis, vectors = reduce(values, 5, blocks)
    left, singular, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    assert np.abs(vectors) == pytest.approx(np.abs(left * singular)[:, :5], abs=1e-4)
    assert basis.explained == pytest.approx((singular**2 / (singular**2).sum())[:5])


@pytest.mark.parametrize(
    ("asked", "rows", "dimensions", "kept"),
    [(50, 1, 64, 1), (50, 2, 64, 1), (50, 14, 64, 13), (50, 1000, 10, 10), (5, 1000, 10, 5)],
    ids=["one image", "two", "few images", "few dimensions", "as asked"],
)
def test_rank(asked: int, rows: int, dimensions: int, kept: int) -> None:
    assert pca.rank(asked, rows, dimensions) == kept


@pytest.mark.parametrize("rows", [1, 2, 40])
def test_equal_rows_have_no_direction(rows: int) -> None:
    basis, vectors = reduce(np.full((rows, 6), 1 / 3), 4)
    assert not vectors.any()
    assert not basis.explained.any()


def test_signs_do_not_depend_on_the_solver() -> None:
    basis, _ = reduce(np.random.default_rng(2).normal(size=(60, 9)), 9)
    assert (basis.components[np.arange(9), np.abs(basis.components).argmax(axis=1)] > 0).all()


def test_half_floats_are_exact_enough() -> None:
    values = (np.random.default_rng(3).normal(size=(5000, 20)) * np.linspace(1, 9, 20) + 30).astype(np.float16)
    shift = values[0].astype(np.float64)
    everything = np.ones(len(values), np.bool_)
    half, full = (pca.basis(pca.moments(kind, everything, shift), shift, 5) for kind in (values, values.astype(np.float64)))
    np.testing.assert_allclose(half.explained, full.explained, rtol=1e-5)
    np.testing.assert_allclose(np.abs((half.components * full.components).sum(axis=1)), 1, atol=1e-6)
