"""The model `builtin`: its file, and what does not change its features."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import digest, networks
from pixplot_steps.errors import DamagedError
from pixplot_steps.features import builtin, residual
from tests.features.thumbs import drawn, thumbs

BYTES = 2_100_000
"""That the file may have."""

SHAPES = [(128, 128), (300, 90), (90, 300), (7, 5), (1, 400), (400, 1), (1, 1), (50, 60), (640, 480)]


def test_the_file_is_the_one_of_this_version_and_small() -> None:
    assert digest.of_file(builtin.WEIGHTS) == networks.BUILTIN
    assert builtin.WEIGHTS.stat().st_size <= BYTES


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    builtin.network.cache_clear()
    monkeypatch.setattr(networks, "BUILTIN", "0" * 32)
    with pytest.raises(DamagedError, match="install the package again"):
        builtin.network()


def test_rows_have_the_stated_dimensions_and_fit_into_half_floats() -> None:
    features = builtin.describe(*thumbs(*(drawn(*shape, seed) for seed, shape in enumerate(SHAPES))), threads=2)
    assert features.shape == (len(SHAPES), builtin.dimensions())
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert 0.1 < np.linalg.norm(features, axis=1).min() < np.linalg.norm(features, axis=1).max() < 100


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_each_row_depends_on_its_own_picture_alone(threads: int) -> None:
    cells, sizes = thumbs(*(drawn(*SHAPES[row % len(SHAPES)], row) for row in range(21)))
    together = builtin.describe(cells, sizes, threads)
    for rows in ([0], [20], [3, 4], range(1, 12), range(20, -1, -1)):
        np.testing.assert_array_equal(builtin.describe(cells[list(rows)], sizes[list(rows)], 1), together[list(rows)])


def test_ground_does_not_count() -> None:
    picture = drawn(200, 60, 1)
    black, pink = (builtin.describe(*thumbs(picture, ground=ground), threads=1) for ground in ((0, 0, 0), (255, 0, 255)))
    np.testing.assert_array_equal(black, pink)


def test_a_little_more_light_changes_little() -> None:
    picture, other = drawn(128, 128, 5), drawn(128, 128, 6)
    brighter = np.clip(picture.astype(int) + 8, 0, 255).astype(np.uint8)
    same, changed, unlike = builtin.describe(*thumbs(picture, brighter, other), threads=1)
    assert np.linalg.norm(same - changed) < 0.5 * np.linalg.norm(same - unlike)


@given(st.integers(1, 12), st.integers(1, 9), st.sampled_from([1, 2, 3, 7]), st.integers(1, 4), st.integers(0, 99))
def test_a_convolution_is_the_sum_over_its_window(height: int, width: int, size: int, stride: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(2, height, width, 3)).astype(np.float32)
    weight = generator.normal(size=(size, size, 3, 2)).astype(np.float32)
    bias = generator.normal(size=2).astype(np.float32)
    found = residual.Convolution(weight.reshape(-1, 2), bias, size, stride)(x)
    # Zeros all around, the odd one behind: "same" of TensorFlow.
    zeros = [max(0, (-(-length // stride) - 1) * stride + size - length) for length in (height, width)]
    padded = np.pad(x, ((0, 0), *((total // 2, total - total // 2) for total in zeros), (0, 0)))
    for row, column in np.ndindex(found.shape[1:3]):
        window = padded[:, row * stride : row * stride + size, column * stride : column * stride + size]
        np.testing.assert_allclose(found[:, row, column], np.tensordot(window, weight, 3) + bias, rtol=1e-3, atol=1e-3)


def test_a_file_with_code_in_it_is_not_read() -> None:
    file = io.BytesIO()
    arrays: dict[str, Any] = {"stem.weight": np.array([object()], dtype=object)}
    np.savez(file, **arrays)
    with pytest.raises(ValueError, match="allow_pickle"):
        residual.read(file.getvalue())
