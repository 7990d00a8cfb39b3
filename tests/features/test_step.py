"""The features step: builtin and descriptor, own vectors, a model of one's own from an installed package, and pictures that fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zarr

from pixplot_steps import machine
from pixplot_steps.errors import ConfigError
from pixplot_steps.features import step
from pixplot_steps.store import arrays, commit, tables
from tests.features import shard


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
@pytest.mark.parametrize(("model", "version"), [("builtin", 2), ("descriptor", 1)])
def test_rows_are_zero_where_there_is_no_picture(tmp_path: Path, ok: list[bool], model: str, version: int) -> None:
    found = shard.features(shard.write(tmp_path, ok), model)
    assert found.any(axis=1).tolist() == ok
    assert arrays.read(tmp_path / "features.zarr", "features").dtype == np.float16
    assert arrays.read(tmp_path / "features.zarr", "ok").tolist() == ok
    stamp = commit.check(tmp_path / "features.zarr")
    assert (stamp.rows, stamp.summary["model"], stamp.summary["version"]) == (len(ok), model, version)


@pytest.mark.parametrize("model", ["builtin", "descriptor"])
def test_same_input_gives_same_bytes(tmp_path: Path, model: str) -> None:
    root = shard.write(tmp_path, [True, False, True])
    for name, threads in (("a", 1), ("b", 3)):
        shard.describe(root, shard.model(model), out=name, threads=threads)
    assert commit.stamp(tmp_path / "a") == commit.stamp(tmp_path / "b")


def test_unfinished_images_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shard.describe(tmp_path, shard.model("builtin")) == 1
    assert "images.zarr" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "near"), [("bulitin", "builtin"), ("InceptionV3", "inception_v3"), ("mobilenet_v4", "mobilenet_v2")])
def test_unknown_model_names_the_nearest(name: str, near: str) -> None:
    with pytest.raises(ConfigError, match=f"did you mean '{near}'"):
        shard.model(name)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"model": "builtin", "layer": "x"}, "has no option 'layer'"),
        ({"model": "vgg16", "weights": "gone.h5"}, "a file is not there"),
        ("gone.npy", "a file is not there"),
        ("gone.keras", "a file is not there"),
    ],
)
def test_wrong_entries(entry: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        shard.model(entry)


@pytest.mark.parametrize(
    ("engine", "has", "said"),
    [
        ("auto", machine.Machine(gpu=True, bfloat16=True, int8=True), "say engine: openvino"),
        ("tensorflow", machine.Machine(gpu=False, bfloat16=True, int8=True), "say engine: openvino"),
        ("openvino", machine.Machine(gpu=False, bfloat16=True, int8=False), "a processor without"),
    ],
)
def test_int8_is_refused_where_it_is_not_to_be_had(engine: str, has: machine.Machine, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "detect", lambda: has)
    with pytest.raises(ConfigError, match=said):
        shard.model("mobilenet_v2", engine=engine, precision="int8")


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ("fpu avx512_vnni avx512_bf16", (True, True)),
        ("fpu avx2 avx_vnni", (False, True)),
        ("fpu avx2 avx512f", (False, False)),
        ("fp asimd asimddp bf16", (True, True)),
    ],
)
def test_what_a_processor_computes_in(flags: str, found: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_cpu_flags", lambda: set(flags.split()))
    monkeypatch.setattr(machine, "_gpu_capabilities", list)
    detected = machine.detect.__wrapped__()
    assert (detected.bfloat16, detected.int8) == found
    assert detected.precision("auto") == ("bfloat16" if found[0] else "float32"), "never int8 unasked"


# --- vectors of one's own ---

NAMES = ["p2.png", "./folder/p0.png", "folder\\p3.png", "other.png"]
VALUES = np.arange(12, dtype=np.float64).reshape(4, 3)


def _given(folder: Path, kind: str) -> Path:
    path = folder / f"mine.{kind}"
    if kind == "npy":
        np.save(path, VALUES)
        path.with_suffix(".txt").write_text("\n".join(NAMES) + "\n")
    elif kind == "zarr":
        group = zarr.open_group(path, mode="w")
        group.create_array("filename", data=np.array(NAMES, dtype="U40"))
        group.create_array("v", data=VALUES)
    elif kind == "csv":
        path.write_text("filename,a,b,c\n" + "".join(f"{n},{','.join(map(str, v))}\n" for n, v in zip(NAMES, VALUES, strict=True)))
    else:
        pq.write_table(pa.table({"filename": NAMES, "v": list(VALUES)}), path)
    return path


@pytest.mark.parametrize("kind", ["npy", "zarr", "csv", "parquet"])
@pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification")
def test_own_vectors_by_file_name(tmp_path: Path, kind: str) -> None:
    root = shard.write(tmp_path, [True, True, True, True, False])
    found = shard.features(root, str(_given(tmp_path, kind)))
    assert found.tolist() == [[3, 4, 5], [0, 0, 0], [0, 1, 2], [6, 7, 8], [0, 0, 0]]
    assert arrays.read(root / "features.zarr", "ok").tolist() == [True, False, True, True, False]
    [problem] = tables.read(root / "features.zarr" / "problems.parquet", tables.FAULTS).to_pylist()
    assert (problem["image"], problem["kind"]) == (f"{1:032x}", "not described")
    assert commit.stamp(root / "features.zarr").summary["model"] == "mine"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "file,x\na,1\n", "a column filename"),
        ("a.csv", "filename,x\na,text\n", "columns of numbers"),
        ("a.csv", "filename,x\na,nan\nb,1\n", "finite numbers"),
        ("a.npy", "no array", "one a line, in a.txt"),
        ("a.parquet", "no table", "a Parquet file"),
    ],
)
def test_files_that_are_no_vectors(tmp_path: Path, name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text(text)
    assert shard.prepare(shard.model(str(tmp_path / name)), tmp_path / "out") == 1
    assert said in capsys.readouterr().err


# --- a model of one's own ---


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of docs/models.md, installed as a user installs it."""
    target = tmp_path_factory.mktemp("site-packages")
    command = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(target)]
    subprocess.run([*command, "--no-deps", "--no-build-isolation", str(shard.ROOT / "docs/examples/greys")], check=True)
    return target


def test_an_installed_package_gives_a_model(tmp_path: Path, example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(example))
    squares = shard.pictures(70, 64)
    found = shard.features(shard.write(tmp_path, [row != 5 for row in range(70)], squares), "greys")
    expected = squares.reshape(70, 8, 8, 8, 8, 3).mean(axis=(2, 4, 5)).reshape(70, 64) / 255
    expected[5] = 0
    np.testing.assert_allclose(found, expected, atol=1e-3)
    stamp = commit.stamp(tmp_path / "features.zarr").summary
    assert (stamp["model"], stamp["version"], stamp["dimensions"]) == ("greys", "1", 64)


def test_a_package_that_is_gone_is_named(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as with_example:
        with_example.syspath_prepend(str(example))
        wanted = shard.model("greys")
    with pytest.raises(ConfigError, match="greys"):
        shard.model("greys")
    assert shard.describe(shard.write(tmp_path, [True]), wanted) == 1
