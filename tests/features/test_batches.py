"""Blocks of pictures through an engine that fails in all the ways engines fail."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from pixplot_steps.features import batches
from pixplot_steps.features.engines import Features, Pixels


class Means:
    """An engine: the mean of each picture. `room`: pictures that fit into memory; values of `bad` fail, those of `strange` give NaN."""

    def __init__(self, batch: int = 8, room: int = 99, bad: int = -1, strange: int = -1) -> None:
        self.batch, self.room, self.bad, self.strange = batch, room, bad, strange
        self.seen: list[int] = []

    def run(self, pixels: Pixels) -> Features:
        self.seen.append(len(pixels))
        if len(pixels) > self.room:
            raise RuntimeError("ResourceExhaustedError: OOM when allocating tensor")
        if self.bad in pixels[:, 0, 0, 0]:
            raise ValueError("bad picture")
        values = pixels[:, 0, 0, :2].astype(np.float32)
        values[pixels[:, 0, 0, 0] == self.strange] = np.nan
        return values

    def shrink(self) -> None:
        self.batch //= 2


def describe(engine: Means, count: int) -> batches.Described:
    values = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 2, 2, 3))
    told: list[int] = []
    found = batches.describe(lambda rows: values[rows], np.arange(count), engine, 2, told.append)
    assert told == sorted(told)
    assert count == (told[-1] if told else 0)
    return found


@pytest.mark.parametrize("count", [0, 1, 7, 64, 65, 250])
def test_every_picture_in_its_row(count: int) -> None:
    found = describe(Means(), count)
    assert found.features[:, 0].tolist() == list(range(count))
    assert found.ok.all()
    assert found.faults == {}


def test_a_batch_too_large_for_memory_is_halved_and_done_again() -> None:
    engine = Means(batch=32, room=5)
    assert describe(engine, 100).features[:, 0].tolist() == list(range(100))
    assert engine.batch == 4
    assert engine.seen[:4] == [32, 16, 8, 4]


def test_memory_that_is_too_small_for_one_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="OOM"):
        describe(Means(room=0), 10)


def test_a_picture_that_fails_takes_no_other_with_it() -> None:
    found = describe(Means(bad=70), 100)
    assert np.flatnonzero(~found.ok).tolist() == [70]
    assert found.faults == {70: "the model failed on it (bad picture)"}
    assert np.delete(found.features[:, 0], 70).tolist() == [row for row in range(100) if row != 70]


def test_numbers_that_are_none_are_a_fault_of_the_picture() -> None:
    found = describe(Means(strange=3), 10)
    assert found.faults == {3: "the model gives no finite numbers for it"}
    assert not found.features[3].any()


def test_an_engine_that_always_fails_is_no_fault_of_pictures() -> None:
    with pytest.raises(ValueError, match="bad picture"):
        describe(Means(bad=0), 1)


@pytest.mark.parametrize(("rates", "found"), [([1, 1.9, 3.6, 3.7], 128), ([1, 1.05], 32), ([1, 2, 4, 8, 16], 512)])
def test_the_batch_is_found(rates: list[float], found: int) -> None:
    engine = Means(batch=32, room=10_000)
    sizes = [32 * 2**step for step in range(len(rates))]

    def clock() -> Iterator[float]:
        now = 0.0
        for rate, size in zip(rates, sizes, strict=True):
            yield now
            now += size / rate
            yield now

    ticks = clock()
    assert batches.fastest(engine, _one(), lambda: next(ticks), lambda batch: setattr(engine, "batch", batch)) == found
    assert engine.batch == found


def test_the_search_for_a_batch_ends_where_memory_does() -> None:
    engine = Means(batch=32, room=100)
    ticks = iter(np.cumsum([0, 1, 0, 1, 0, 1]).tolist())
    assert batches.fastest(engine, _one(), lambda: next(ticks), lambda batch: setattr(engine, "batch", batch)) == 64


def _one() -> NDArray[np.uint8]:
    return np.zeros((1, 2, 2, 3), np.uint8)
