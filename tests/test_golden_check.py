"""The rule of golden output: a change needs a new version, and only then is the file refreshed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden_check


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the golden output of one step, version 1."""
    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    golden_check.check("grid", 1, {"digest": "aa", "quality": [0.5, 0.25]}, tmp_path)
    monkeypatch.delenv("UPDATE_GOLDEN")
    return tmp_path


def test_same_output_passes(folder: Path) -> None:
    golden_check.check("grid", 1, {"quality": [0.5, 0.25], "digest": "aa"}, folder)


@pytest.mark.parametrize(
    ("update", "version", "digest", "message"),
    [
        pytest.param("", 1, "bb", "raise spec.VERSIONS\\['grid'\\].*\n.*aa -> bb", id="changed output"),
        pytest.param("", 2, "aa", "golden output 1: refresh", id="raised version"),
        pytest.param("1", 1, "bb", "changed but its version did not", id="refresh does not hide a change"),
        pytest.param("1", 0, "bb", "golden output 1", id="a version never falls"),
    ],
)
def test_difference_fails(folder: Path, monkeypatch: pytest.MonkeyPatch, update: str, version: int, digest: str, message: str) -> None:
    monkeypatch.setenv("UPDATE_GOLDEN", update)
    with pytest.raises(pytest.fail.Exception, match=message):
        golden_check.check("grid", version, {"digest": digest, "quality": [0.5, 0.25]}, folder)


@pytest.mark.parametrize(("update", "version"), [("1", 2), ("force", 1)])
def test_refresh(folder: Path, monkeypatch: pytest.MonkeyPatch, update: str, version: int) -> None:
    monkeypatch.setenv("UPDATE_GOLDEN", update)
    golden_check.check("grid", version, {"digest": "bb"}, folder)
    monkeypatch.delenv("UPDATE_GOLDEN")
    golden_check.check("grid", version, {"digest": "bb"}, folder)


def test_first_time_asks_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    with pytest.raises(pytest.fail.Exception, match="no golden output yet"):
        golden_check.check("grid", 1, {}, tmp_path)
