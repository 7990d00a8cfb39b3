"""Which GPU a job takes, and how many pictures at once: with folders, locks and a TensorFlow that stand in for the real ones."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pixplot_steps import spec
from pixplot_steps.features import engines, step
from pixplot_steps.features.engines import Features, Pixels
from pixplot_steps.store import lock


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with two GPUs; returns the folder of its locks."""
    for address in ("0000:3b:00.0", "0000:af:00.0"):
        (tmp_path / "gpus" / address).mkdir(parents=True)
    (tmp_path / "locks").mkdir()
    monkeypatch.setattr(step, "_GPUS", tmp_path / "gpus")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "locks"))
    # Set first, so that it is as it was after the test whatever the step does.
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    return tmp_path / "locks"


def _hold(locks: Path, number: int) -> int:
    return lock.hold(locks / f"pixplot-gpu-{os.getuid()}-{number}.lock", "a GPU")


@pytest.mark.parametrize(
    ("allowed", "held", "claimed"),
    [
        (None, [], "0"),
        (None, [0], "1"),
        ("1", [], "1"),
        ("1, 0", [1], "0"),
        ("GPU-5e4f", [], "GPU-5e4f"),
        ("", [], ""),
    ],
    ids=[
        "the first",
        "the free one",
        "the allowed one",
        "the free one of those allowed",
        "named by its number of making",
        "none is allowed",
    ],
)
def test_a_job_takes_a_gpu_of_its_own(
    two: Path, allowed: str | None, held: list[int], claimed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if allowed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", allowed)
    descriptors = [_hold(two, number) for number in held]
    assert step._claim_gpu() == claimed
    assert os.environ.get("CUDA_VISIBLE_DEVICES", "") == claimed, "the only one that TensorFlow sees"
    for descriptor in descriptors:
        os.close(descriptor)


def test_a_job_waits_until_one_is_free(two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    held = [_hold(two, number) for number in (0, 1)]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            os.close(held.pop())

    monkeypatch.setattr(time, "sleep", sleep)
    assert step._claim_gpu() == "1"
    assert capsys.readouterr().err.count("waiting for a GPU, as other jobs use 0, 1") == 1, "told once"
    os.close(held.pop())


def test_a_machine_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "_GPUS", tmp_path / "none")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert step._claim_gpu() == ""


class Memory(engines.TensorFlow):
    """TensorFlow with room for so many pictures, on so many GPUs."""

    def __init__(self, room: int, gpus: int) -> None:
        self.batch, self.room, self.gpus, self.seen = 32, room, gpus, list[int]()

    @property
    def devices(self) -> int:
        return self.gpus

    def run(self, pixels: Pixels) -> Features:
        self.seen.append(len(pixels))
        if len(pixels) > self.room:
            raise RuntimeError("ResourceExhaustedError: OOM when allocating tensor")
        return np.zeros((len(pixels), 2), np.float32)


@pytest.mark.parametrize(
    ("room", "gpus", "batch", "said"), [(100, 1, 64, "GPU 0, 64 pictures at once"), (100, 0, 32, "cannot use the GPU")]
)
def test_the_batch_is_found_on_a_gpu(
    two: Path,
    tmp_path: Path,
    room: int,
    gpus: int,
    batch: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = Memory(room, gpus)
    seconds = iter(range(1000))
    (tmp_path / "network.pb").write_bytes(b"")
    monkeypatch.setattr(engines, "TensorFlow", lambda graph: engine)
    monkeypatch.setattr(step, "_need", lambda *packages: None)
    monkeypatch.setattr(step, "_tensorflow", lambda: None)
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    # Every batch takes a second, so twice as many are twice as fast.
    monkeypatch.setattr(time, "perf_counter", lambda: next(seconds))
    model = spec.Model("keras", "m", "mobilenet_v2", side=8, engine="tensorflow", precision="float32")
    assert step._engine(SimpleNamespace(model=model, prepared=[tmp_path], threads=2)).batch == batch  # type: ignore[arg-type]
    assert said in capsys.readouterr().err
    assert max(engine.seen, default=0) == (128 if gpus else 0), "tried where there is no room, and given up"
