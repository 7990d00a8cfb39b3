"""Exact principal components of more rows than fit in memory.

Sums and Gram matrices add up over blocks, so one pass over the data and one eigendecomposition give the components
(Pearson 1901; the covariance method). Sums are float64; rows are shifted by a row of the data before they are squared, so
that little is lost when the mean is subtracted, and nothing when all rows are equal. Half floats are multiplied as float32, some
thousand rows at a time: their products are exact in it, and so the sum of a block is right to six digits or more, in half the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

_ROWS = 2048
"""Rows multiplied at once."""

_SMALLEST = 1e-9


@dataclass(frozen=True)
class Moments:
    """`count` of rows, `total` f64 [d] and `gram` f64 [d, d] of the shifted rows."""

    count: int
    total: NDArray[np.float64]
    gram: NDArray[np.float64]


@dataclass(frozen=True)
class Basis:
    """`mean` f64 [d], `components` f64 [k, d] (orthonormal rows, most variance first), `explained` f64 [k] in [0, 1].

    `deviations` f64 [k]: standard deviation along each component.
    """

    mean: NDArray[np.float64]
    components: NDArray[np.float64]
    explained: NDArray[np.float64]
    deviations: NDArray[np.float64]


def moments(block: NDArray[np.floating], active: NDArray[np.bool_], shift: NDArray[np.float64]) -> Moments:
    """Moments of the active rows of a block [n, d]; `shift` f64 [d] is the same for all blocks."""
    kind = np.float32 if block.dtype == np.float16 else np.float64
    chosen = block if active.all() else block[active]
    gram = np.zeros((len(shift), len(shift)))
    total = np.zeros(len(shift))
    for start in range(0, len(chosen), _ROWS):
        rows: NDArray[np.floating] = chosen[start : start + _ROWS].astype(kind)
        rows = rows - shift.astype(kind)
        gram += rows.T @ rows
        total += rows.sum(axis=0, dtype=np.float64)
    return Moments(len(chosen), total, gram)


def add(left: Moments, right: Moments) -> Moments:
    """Moments of two blocks together."""
    return Moments(left.count + right.count, left.total + right.total, left.gram + right.gram)


def rank(asked: int, rows: int, dimensions: int) -> int:
    """How many components there can be: centred rows span at most rows - 1 dimensions; one is always given."""
    return max(1, min(asked, dimensions, rows - 1))


def basis(sums: Moments, shift: NDArray[np.float64], asked: int) -> Basis:
    """The `asked` components (or as many as there can be) of most variance; the largest loading of each is positive."""
    dimensions = len(shift)
    kept = rank(asked, sums.count, dimensions)
    offset = sums.total / sums.count
    scatter = sums.gram - sums.count * np.outer(offset, offset)
    values, columns = scipy.linalg.eigh(scatter, subset_by_index=(dimensions - kept, dimensions - 1))
    components = _fix_signs(columns.T[::-1])
    # Variance along a direction that the rows do not span is rounding, and would be blown up by whitening.
    found = np.where(values > values[-1] * _SMALLEST, values, 0.0)[::-1]
    deviations = np.sqrt(found / max(1, sums.count - 1))
    return Basis(offset + shift, components, _shares(values[::-1], float(np.trace(scatter))), deviations)


def project(block: NDArray[np.floating], active: NDArray[np.bool_], onto: Basis, whiten: bool) -> NDArray[np.float32]:
    """Coordinates [active rows, k] of a block in the basis; `whiten` gives each component a variance of 1, or 0 where it has none."""
    kind = np.float32 if block.dtype == np.float16 else np.float64
    rows: NDArray[np.floating] = (block if active.all() else block[active]).astype(kind)
    rows = rows - onto.mean.astype(kind)
    found = rows @ onto.components.T.astype(kind)
    if whiten:
        found *= np.divide(1.0, onto.deviations, out=np.zeros_like(onto.deviations), where=onto.deviations > 0).astype(kind)
    return np.asarray(found, dtype=np.float32)


def _fix_signs(components: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return components * np.where(signs == 0, 1.0, signs)[:, None]


def _shares(values: NDArray[np.float64], total: float) -> NDArray[np.float64]:
    if total <= 0:
        return np.zeros_like(values)
    return np.clip(values, 0.0, None) / total
