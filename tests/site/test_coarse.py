"""Coarse positions: near the exact ones, written for large collections only, and checked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from pixplot_steps.site import coarse, hashed
from pixplot_steps.site.verify import verify
from pixplot_steps.store import commit
from tests import site_fixture
from tests.site.conftest import Built


@given(some.arrays(np.float32, st.tuples(st.integers(0, 20), st.just(2)), elements=st.floats(-1, 1, width=32)))
def test_steps_are_off_by_half_a_step_at_most(positions: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    assert (np.abs(coarse.spread(coarse.steps(positions)) - positions) <= 1 / 65_535 + 1e-9).all()


def test_the_ends_of_the_map_are_the_ends_of_the_steps() -> None:
    assert coarse.steps(np.array([[-1, 1], [-1.0000001, 1.0000001]])).tolist() == [[0, 65_535], [0, 65_535]]


def test_small_collections_have_none(built: Built) -> None:
    layouts = json.loads((built.site / "data/manifest.json").read_text())["layouts"]
    assert all("coarse" not in layout["positions"] for layout in layouts)


def test_large_collections_have_them_and_wrong_ones_are_found(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coarse, "FROM", 10)
    site = tmp_path / "site"
    site_fixture.site(built.found, site)
    assert list(verify(site)) == []
    manifest = json.loads((site / "data/manifest.json").read_text())
    given_ = [layout["positions"]["coarse"] for layout in manifest["layouts"]]
    assert all(reference["dtype"] == "u16" for reference in given_)
    values = np.fromfile(site / given_[0]["file"], "<u2").reshape(given_[0]["shape"])
    wrong = hashed.array(values + np.uint16(3))
    (site / wrong.path).write_bytes(wrong.data)
    manifest["layouts"][0]["positions"]["coarse"] = wrong.reference
    (site / "data/manifest.json").write_bytes(commit.json_text(manifest))
    assert any("nearest steps" in str(fault) for fault in verify(site))
