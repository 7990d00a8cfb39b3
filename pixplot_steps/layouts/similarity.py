"""A grid by likeness itself: pictures are sorted into cells by their vectors, not by a map of them.

The work is done by vc-flas, its authors' own code for FLAS (Barthel, Hezel, Jung and Schall 2023), an optional extra.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.layouts.cells import Rectangle


def assign(vectors: NDArray[np.float32], shape: Rectangle, decay: float, seed: int) -> NDArray[np.int64]:
    """The cell, i64 [N], of each vector f32 [N, d]; every cell below N is taken once.

    `decay`: by how much the radius shrinks in a round, in (0, 1): near 1 takes longer and keeps more. Raises ConfigError without vc-flas.
    """
    flas = _flas()
    if min(shape.columns, shape.rows) < 2:
        # A line has no two sides to sort by.
        cells = np.empty(len(vectors), dtype=np.int64)
        cells[np.argsort(vectors[:, 0], kind="stable")] = np.arange(len(vectors))
        return cells
    start = flas.Grid.from_features(np.ascontiguousarray(vectors, dtype=np.float32), size=(shape.rows, shape.columns))
    sorted_ = np.asarray(flas.flas(start, wrap=False, radius_decay=decay, seed=seed % (1 << 31)).sorting).ravel()
    filled = np.flatnonzero(sorted_ >= 0)
    cells = np.empty(len(vectors), dtype=np.int64)
    cells[sorted_[filled]] = filled
    return cells


def _flas() -> ModuleType:
    if importlib.util.find_spec("vc_flas") is None:
        raise ConfigError(
            "the grid by likeness needs a package that is not installed",
            expected="vc-flas",
            where="layouts.similarity.wanted",
            action="install it: .venv/bin/python -m pip install vc-flas, or set it to false",
        )
    return importlib.import_module("vc_flas")
