"""The script behind the model `builtin`: a short training on drawn pictures, views, and what is exported."""

from __future__ import annotations

import io
import json
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps.features import builtin, residual
from training import card, data, loss, student, train, views

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[2]

TINY = student.Shape(side=32, widths=(8, 16), blocks=(1, 1), dimensions=6)


def needs_tensorflow() -> None:
    pytest.importorskip("keras", reason="make setup-models did not run")
    pytest.importorskip("tensorflow", reason="make setup-models did not run")


def drawn(count: int, side: int, seed: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Pictures whose halves have even colours, and those colours, as what a teacher might say of the whole and of each quarter."""
    colours = np.random.default_rng(seed).integers(0, 256, (count, 2, 3))
    pixels = np.repeat(np.repeat(colours[:, None], side, axis=1), side // 2, axis=2).astype(np.uint8)
    left, right = np.split(colours.astype(np.float32) / 127.5 - 1, 2, axis=1)
    sides = [np.hstack([half[:, 0], np.zeros((count, 3), np.float32)]) for half in (left, right)]
    return pixels, np.stack([(sides[0] + sides[1]) / 2, *sides, *sides], axis=1)


def training(plan: train.Plan, precision: str = "float32") -> train.Training:
    needs_tensorflow()
    return train.Training(TINY, plan, precision)


def rounds(made: train.Training, plan: train.Plan, indices: range) -> list[float]:
    answered: deque[train.Answered] = deque(maxlen=train.REUSED)
    for index in range(max(0, indices.start - train.REUSED + 1), indices.start):
        answered.append(train.Answered(*drawn(plan.new, TINY.side, index)))
    found = []
    for index in indices:
        answered.append(train.Answered(*drawn(plan.new, TINY.side, index)))
        found.append(train.train_round(made, answered, plan, index)["error"])
    return found


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_error_falls(precision: str) -> None:
    plan = train.Plan(rounds=12, seed=1, new=64, batch=16)
    errors = rounds(training(plan, precision), plan, range(12))
    assert errors[-1] < 0.5 * errors[0]


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    plan = train.Plan(rounds=4, seed=2, new=32, batch=16)
    through = training(plan)
    rounds(through, plan, range(4))
    first = training(plan)
    rounds(first, plan, range(2))
    first.save(tmp_path / "checkpoint.npz", 2)
    second = training(plan)
    assert second.load(tmp_path / "checkpoint.npz") == 2
    rounds(second, plan, range(2, 4))
    assert second.done == through.done == plan.all_steps
    for one, other in zip(through.averaged(), second.averaged(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


def test_the_package_computes_what_was_trained() -> None:
    from training import export

    plan = train.Plan(rounds=3, seed=3, new=64, batch=16)
    made = training(plan)
    rounds(made, plan, range(3))
    made.network.set_weights(made.averaged())
    scale = np.linspace(0.5, 2, TINY.dimensions, dtype=np.float32)
    file = io.BytesIO()
    export.write(file, made.network, scale)
    pixels, _ = drawn(40, TINY.side, 9)
    found, wanted = residual.read(file.getvalue())(pixels), made.describe(pixels) / scale
    # What is left is that weights are rounded to 8 bits.
    assert np.abs(found - wanted).max() < 0.03 * np.abs(wanted).max()
    assert (found * wanted).sum() / np.linalg.norm(found) / np.linalg.norm(wanted) > 0.9995


def test_regions_are_the_whole_and_its_quarters() -> None:
    needs_tensorflow()
    places = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    assert loss.regions(places).numpy()[0, :, 0].tolist() == [7.5, 2.5, 4.5, 10.5, 12.5]


def test_nothing_is_lost_where_student_and_teacher_agree() -> None:
    needs_tensorflow()
    wanted = np.random.default_rng(4).normal(size=(16, 5, 8)).astype(np.float32)
    agreed, other = (float(loss.total(found, wanted)[0]) for found in (wanted, wanted[::-1].copy()))
    assert agreed == pytest.approx(0, abs=1e-4)
    assert other > 1


@pytest.mark.parametrize(("step", "expected"), [(0, 1 / 20), (19, 1.0), (100, 0.5), (199, 0.0), (10_000, 0.0)])
def test_the_learning_rate_rises_and_falls(step: int, expected: float) -> None:
    assert train.learning_rate(step, 200) / train.RATE == pytest.approx(expected, abs=0.03)


@given(st.integers(1, 900), st.integers(1, 900), st.integers(0, 1000))
def test_a_crop_lies_in_its_picture(height: int, width: int, seed: int) -> None:
    top, left, tall, wide = views.box(height, width, np.random.default_rng(seed))
    assert min(top, left) >= 0
    assert top + tall <= height
    assert left + wide <= width
    assert tall >= min(views.SHORTEST, height)
    assert wide >= min(views.SHORTEST, width)


def pool() -> views.Pool:
    generator = np.random.default_rng(5)
    pictures = tuple(generator.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in ((90, 60), (50, 200), (40, 40)))
    return views.Pool((pictures, pictures[:1]), (0.5, 0.5), 64, 32)


def test_views_follow_from_the_seed_alone() -> None:
    one, other, unlike = (views.draw(pool(), 12, seed, threads) for seed, threads in (((1, 2), 1), ((1, 2), 3), ((1, 3), 3)))
    assert one.large.shape == (12, 64, 64, 3)
    assert one.small.shape == (12, 32, 32, 3)
    np.testing.assert_array_equal(one.large, other.large)
    np.testing.assert_array_equal(one.small, other.small)
    assert (one.large != unlike.large).any()


def test_held_out_pictures_are_judged_whole() -> None:
    [row] = views.whole((np.full((30, 60, 3), 7, np.uint8),), 64, 32).small
    assert row.shape == (32, 32, 3)
    assert (row == 7).all()


def test_collections_are_read_in_the_order_of_names_and_some_pictures_kept_back(tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "own" / "images"
    folder.mkdir(parents=True)
    for number in range(60):
        Image.new("L", (8 + number, 700), number).save(folder / f"{number:02}.png")
    [one], [again] = (data.read(tmp_path, {"own": 1.0}) for _ in range(2))
    assert one.digest == again.digest
    assert len(one.trained) + len(one.held_out) == 60
    assert 0 < len(one.held_out) < 12
    assert max(max(picture.shape) for picture in one.trained) == data.LONGEST


def test_a_run_is_not_gone_on_with_other_pictures(tmp_path: Path) -> None:
    collections = [data.Collection("own", (), (), "a")]
    train.plan_of(tmp_path / "plan.json", train.Plan(3, 1), collections)
    train.plan_of(tmp_path / "plan.json", train.Plan(3, 1), collections)
    with pytest.raises(SystemExit, match="another run"):
        train.plan_of(tmp_path / "plan.json", train.Plan(4, 1), collections)
    assert json.loads((tmp_path / "plan.json").read_text("utf-8"))["rounds"] == 3


def test_the_card_is_that_of_the_weights_in_the_package() -> None:
    folder = ROOT / "training/runs/builtin-2"
    figures = json.loads((folder / "figures.json").read_text("utf-8"))
    written = card.card([folder / "first", folder / "second"], builtin.WEIGHTS, figures)
    assert (ROOT / "docs/model-card.md").read_text("utf-8") == written


def test_no_card_is_written_of_a_run_that_is_not_finished(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"rounds": 3, "seed": 1, "collections": {}}', "utf-8")
    (tmp_path / "log.jsonl").write_text('{"round": 0}\n', "utf-8")
    with pytest.raises(SystemExit, match="1 of 3 rounds"):
        card.card([tmp_path], builtin.WEIGHTS, {})


def test_no_card_is_written_of_runs_on_other_pictures(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(f'{{"rounds": 1, "seed": 1, "collections": {{"{name}": {{}}}}}}', "utf-8")
        (tmp_path / name / "log.jsonl").write_text('{"round": 0}\n', "utf-8")
    with pytest.raises(SystemExit, match="other pictures"):
        card.card([tmp_path / "a", tmp_path / "b"], builtin.WEIGHTS, {})
