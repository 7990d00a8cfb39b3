"""The model `descriptor`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import fit
from pixplot_steps.features import descriptor, square
from tests.features.thumbs import drawn, thumbs

SHAPES = [(128, 128), (300, 90), (90, 300), (7, 5), (1, 400), (400, 1), (1, 1)]


def test_rows_have_length_one_and_the_stated_dimensions() -> None:
    features = descriptor.describe(*thumbs(*(drawn(*shape, seed) for seed, shape in enumerate(SHAPES))))
    assert features.shape == (len(SHAPES), descriptor.DIMENSIONS)
    assert features.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)


def test_each_row_depends_on_its_own_picture() -> None:
    cells, sizes = thumbs(*(drawn(*shape, seed) for seed, shape in enumerate(SHAPES)))
    together = descriptor.describe(cells, sizes)
    for row in range(len(cells)):
        np.testing.assert_array_equal(descriptor.describe(cells[row : row + 1], sizes[row : row + 1])[0], together[row])


def test_ground_does_not_count() -> None:
    picture = drawn(200, 60, 1)
    np.testing.assert_array_equal(
        descriptor.describe(*thumbs(picture, ground=(0, 0, 0))), descriptor.describe(*thumbs(picture, ground=(255, 0, 255)))
    )


@pytest.mark.parametrize("level", [0, 127, 255])
def test_even_pictures_are_finite_and_alike(level: int) -> None:
    values = np.full((2, 128, 128, 3), level, np.uint8)
    values[1] = np.clip(values[1].astype(int) + np.random.default_rng(3).integers(-1, 2, (128, 128, 3)), 0, 255)
    one, other = descriptor.describe(*thumbs(*values))
    assert np.isfinite(one).all()
    assert one @ other > 0.9  # noise of a level or so is not blown up to a pattern


def test_like_is_nearer_than_unlike() -> None:
    picture, other = drawn(128, 128, 5), drawn(128, 128, 6)
    brighter = np.clip(picture.astype(int) + 20, 0, 255).astype(np.uint8)
    same, changed, unlike = descriptor.describe(*thumbs(picture, brighter, other))
    assert same @ changed > same @ unlike + 0.1


def test_colour_alone_tells_pictures_apart() -> None:
    red, green, blue = (np.full((32, 32, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 200, 0), (0, 0, 200)))
    likeness = (rows := descriptor.describe(*thumbs(red, green, blue))) @ rows.T
    assert likeness[~np.eye(3, dtype=bool)].max() < 0.5


def test_gradients_are_signed_and_of_even_pictures_zero() -> None:
    ramp = np.broadcast_to(np.linspace(0, 100, descriptor.SIDE, dtype=np.float32), (1, descriptor.SIDE, descriptor.SIDE))
    even = np.zeros_like(ramp)
    rising, falling, none = (descriptor.gradients(np.ascontiguousarray(values)) for values in (ramp, ramp[..., ::-1], even))
    assert not none.any()
    assert 0.2 < float((rising @ falling.T).item()) < 0.8  # the unsigned part agrees, the signed does not


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.sampled_from([32, 64, 128]))
def test_rectangles_are_where_ingest_draws(width: int, height: int, cell: int) -> None:
    place = fit.centred(width, height, cell)
    expected = [place.x, place.y, place.x + place.width, place.y + place.height]
    assert square.rectangles(np.array([[width, height]], np.uint32), cell).tolist() == [expected]
