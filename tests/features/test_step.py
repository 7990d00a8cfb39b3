"""The features step and the choice of a model."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest

from pixplot_steps.errors import ConfigError, MissingPartError
from pixplot_steps.features import models, step
from pixplot_steps.store import arrays, commit


def describe(images: Path, out: Path, model: str = "builtin") -> None:
    parser = argparse.ArgumentParser()
    step.configure(parser)
    step.run(parser.parse_args(["--images", str(images), "--model", model, "--out", str(out)]))


def images(folder: Path, ok: list[bool]) -> Path:
    rows = len(ok)
    with commit.folder(folder / "images.zarr") as draft:
        arrays.write(draft.path, "thumb", np.random.default_rng(4).integers(0, 255, (rows, 128, 128, 3), dtype=np.uint8))
        arrays.write(draft.path, "size", np.where(np.array(ok)[:, None], [[128, 90]], 0).astype(np.uint32))
        arrays.write(draft.path, "ok", np.array(ok))
        draft.rows = rows
    return folder / "images.zarr"


@pytest.mark.parametrize(
    "ok",
    [
        [True],
        [False],  # no picture at all
        [True, False, True],
        [row % 3 > 0 for row in range(step.BATCH + 1)],  # a batch and one more
        [False] * step.BATCH + [True],  # a batch without a picture
    ],
)
def test_rows_are_zero_where_there_is_no_picture(tmp_path: Path, ok: list[bool]) -> None:
    describe(images(tmp_path, ok), tmp_path / "features.zarr")
    features = arrays.read(tmp_path / "features.zarr", "features")
    assert features.dtype == np.float16
    assert features.any(axis=1).tolist() == ok
    stamp = commit.check(tmp_path / "features.zarr")
    assert stamp.rows == len(ok)
    assert (stamp.summary["model"], stamp.summary["version"], stamp.summary["dimensions"]) == ("builtin", 1, features.shape[1])


def test_same_input_gives_same_bytes(tmp_path: Path) -> None:
    source = images(tmp_path, [True, False, True])
    for name in ("a", "b"):
        describe(source, tmp_path / name)
    assert commit.stamp(tmp_path / "a") == commit.stamp(tmp_path / "b")


def test_unfinished_images_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="gone"):
        describe(tmp_path / "gone.zarr", tmp_path / "features.zarr")


@pytest.mark.parametrize("name", ["bulitin", "Builtin", "", "mobilenet"])
def test_unknown_model_names_the_nearest(name: str) -> None:
    with pytest.raises(ConfigError, match="builtin"):
        models.find(name)


@pytest.mark.parametrize("name", models.names())
def test_models_keep_their_word(name: str) -> None:
    model = models.find(name)
    features = model.describe(np.zeros((2, 128, 128, 3), np.uint8), np.full((2, 2), 128, np.uint32))
    assert features.shape == (2, model.dimensions)
    assert features.dtype == np.float32
    assert model.description
