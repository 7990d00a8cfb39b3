"""The grid by likeness: it needs its extra, and is whole whatever the shape."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from benchmarks.layouts import components, folded
from pixplot_steps.errors import ConfigError
from pixplot_steps.layouts import cells, quality, similarity
from tests.vectors import shards

installed = pytest.mark.skipif(importlib.util.find_spec("vc_flas") is None, reason="vc-flas is an optional extra, and not installed")


@installed
@pytest.mark.parametrize(("count", "aspect"), [(1, 1), (2, 1), (3, 1), (5, 1.5), (100, 1.5), (101, 0.3), (7, 10)])
def test_every_vector_has_its_own_cell(count: int, aspect: float) -> None:
    vectors = shards.clustered(count).astype(np.float32)
    found = similarity.assign(vectors, cells.rectangle(count, aspect), 0.9, 24)
    assert sorted(found.tolist()) == list(range(count))


@installed
def test_it_keeps_more_neighbours_than_chance_and_gives_the_same_cells() -> None:
    vectors = shards.clustered(600).astype(np.float32)
    shape = cells.rectangle(600, 1.5)
    first, again = (similarity.assign(vectors, shape, 0.93, 24) for _ in range(2))
    assert first.tolist() == again.tolist()
    kept = quality.kept_of_features(vectors, cells.centres(first, shape), np.arange(600))
    assert kept is not None
    assert kept > 3 * 24 / 600


@installed
@pytest.mark.parametrize(("count", "least"), [(4096, 0.42), (40_000, 0.30)])
def test_neighbours_in_feature_space_are_kept(count: int, least: float) -> None:
    """Of vectors on a bent sheet of eight dimensions; measured 0.467 and 0.336."""
    vectors = components(folded(count))[:, :50]
    shape = cells.rectangle(count, 1.5)
    placed = cells.centres(similarity.assign(vectors, shape, 0.97, 24), shape)
    kept = quality.kept_of_features(vectors, placed, np.sort(quality.sample(count, 1)[:2000]))
    assert kept is not None
    assert kept >= least


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install vc-flas"):
        similarity.assign(np.zeros((9, 2), np.float32), cells.rectangle(9, 1), 0.9, 1)
