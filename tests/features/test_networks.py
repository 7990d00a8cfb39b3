"""Networks: real weights through the real loading code, both engines, files of one's own, and what is said when something is missing."""

from __future__ import annotations

import csv
import dataclasses
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import quality
from pixplot_steps import digest, machine, spec
from pixplot_steps.errors import ConfigError
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.networks import NETWORKS, snake
from pixplot_steps.store import arrays, commit
from tests import golden_check
from tests.features import onnx_file, shard

pytestmark = [
    pytest.mark.skipif(find_spec("tensorflow") is None, reason="no TensorFlow: run make setup-models"),
    # What Keras and TensorFlow warn of in their own code.
    pytest.mark.filterwarnings("ignore"),
]

SIDE = 64
REAL = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"


def cosine(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Least likeness of rows, centred on the mean of the first."""
    left, right = one - one.mean(axis=0), other - one.mean(axis=0)
    return float(((left * right).sum(axis=1) / np.linalg.norm(left, axis=1) / np.linalg.norm(right, axis=1)).min())


@pytest.fixture(scope="module")
def clothing(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[NDArray[np.uint8], NDArray[np.str_]]:
    """Squares of 224 pixels of the labelled clothes, from ingest, and their labels."""
    with (shared_data / "clothing/metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["label"], row["filename"]) for row in csv.DictReader(file)]
    batch = Batch(
        len(rows), Wanted(128, 128, 50, (255, 255, 255), 100, squares=(224,), aspect="squash"), tmp_path_factory.mktemp("clothing")
    )
    paths = [shared_data / "clothing/images" / name for _, name in rows]
    batch.read([Location(digest.of_file(path), str(path)) for path in paths], 2)
    assert batch.ok.all()
    return batch.squares[224][:], np.array([label for label, _ in rows])


def test_real_weights_tell_clothes_apart(tmp_path: Path, shared_data: Path, clothing: Any) -> None:
    squares, labels = clothing
    root = shard.write(tmp_path, [True] * len(squares), squares)
    found = shard.features(root, {"model": "mobilenet_v2", "weights": str(shared_data / "weights" / REAL)})
    assert found.shape == (len(squares), 1280)
    assert quality.accuracy(found.astype(np.float32), labels) >= 0.76
    stamp = commit.stamp(root / "features.zarr").summary
    assert (stamp["engine"], stamp["precision"], stamp["dimensions"]) == ("openvino", "float32", 1280)
    assert arrays.open_array(root / "features.zarr", "features").dtype == np.float16
    # Rounded, as processors differ in the last digits.
    likeness = np.corrcoef(found[:4])
    golden_check.check("model", spec.VERSIONS["model"], {"likeness": (np.round(likeness, 2) + 0.0).tolist()})


@pytest.mark.parametrize(("precision", "least"), [("bfloat16", 0.93), ("int8", 0.85)])
def test_other_precisions_find_nearly_the_same_neighbours(
    tmp_path: Path, shared_data: Path, clothing: Any, precision: str, least: float
) -> None:
    if not getattr(machine.detect(), precision):
        pytest.skip(f"this processor does not compute in {precision}")
    squares, labels = clothing
    root = shard.write(tmp_path, [True] * len(squares), squares)
    entry = {"model": "mobilenet_v2", "weights": str(shared_data / "weights" / REAL)}
    exact, found = (shard.features(root, entry, precision=name, out=f"{name}.zarr").astype(np.float32) for name in ("float32", precision))
    # 0.83 in bfloat16 and 0.80 in int8 where all layers are rounded.
    assert least <= quality.agreement(exact, found) < 1
    assert quality.accuracy(found, labels) >= 0.76
    summary = commit.stamp(root / f"{precision}.zarr").summary
    assert (summary["precision"], summary.get("calibrated", 0)) == (precision, 256 if precision == "int8" else 0)


def test_int8_of_the_same_pictures_gives_the_same_bytes(tmp_path: Path, own: Path) -> None:
    root = shard.write(tmp_path, [row % 5 > 0 for row in range(40)], shard.pictures(40, SIDE))
    wanted = dataclasses.replace(shard.model(str(own)), precision="int8")
    assert shard.prepare(wanted, tmp_path / "model") == 0
    for name in ("a", "b"):
        assert shard.calibrate(root, wanted, tmp_path / "model", tmp_path / name) == 0
    assert commit.stamp(tmp_path / "a") == commit.stamp(tmp_path / "b")
    assert commit.stamp(tmp_path / "a").summary["calibrated"] == 32, "of those that could be read"


def test_int8_needs_a_picture(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = shard.write(tmp_path, [False] * 3)
    wanted = dataclasses.replace(shard.model(str(own)), precision="int8")
    assert shard.prepare(wanted, tmp_path / "model") == 0
    assert shard.calibrate(root, wanted, tmp_path / "model", tmp_path / "int8") == 1
    assert "no picture to calibrate" in capsys.readouterr().err


def test_imagenet_weights_are_taken_from_the_cache_of_keras(
    tmp_path: Path, shared_data: Path, clothing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path / "keras"))
    (tmp_path / "keras" / "models").mkdir(parents=True)
    (tmp_path / "keras" / "models" / REAL).symlink_to(shared_data / "weights" / REAL)
    squares = clothing[0][:12]
    by_name = shard.features(shard.write(tmp_path / "a", [True] * 12, squares), "mobilenet_v2")
    by_path = {"model": "mobilenet_v2", "weights": str(shared_data / "weights" / REAL)}
    np.testing.assert_array_equal(by_name, shard.features(shard.write(tmp_path / "b", [True] * 12, squares), by_path))
    tensorflow = shard.features(shard.write(tmp_path / "c", [True] * 12, squares), by_path, engine="tensorflow")
    assert cosine(by_name, tensorflow) > 0.9999, "both engines run the same network"


def test_without_network_one_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path / "keras"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert shard.prepare(shard.model("mobilenet_v2"), tmp_path / "model") == 1
    said = capsys.readouterr().err
    assert f"{REAL} in {tmp_path / 'keras'}/models" in said
    assert "builtin, which needs no weights" in said
    assert not (tmp_path / "model").exists()


def test_weights_of_another_network_are_refused(tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"model": "mobilenet", "weights": str(shared_data / "weights" / REAL), "side": SIDE}
    assert shard.prepare(shard.model(entry), tmp_path / "model") == 1
    assert "the weights are not those of mobilenet" in capsys.readouterr().err


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network saved by Keras: a convolution, `spatial`, and the mean of each channel."""
    import keras

    keras.utils.set_random_seed(1)
    pixels = keras.Input((SIDE, SIDE, 3))
    spatial = keras.layers.Conv2D(8, 3, strides=2, activation="relu", name="spatial")(keras.layers.Rescaling(1 / 255)(pixels))
    network = keras.Model(pixels, keras.layers.Dense(5)(keras.layers.GlobalAveragePooling2D()(spatial)))
    path = tmp_path_factory.mktemp("own") / "Own net.keras"
    network.save(path)
    return path


@pytest.mark.parametrize("engine", ["openvino", "tensorflow"])
def test_a_keras_file(tmp_path: Path, own: Path, engine: str) -> None:
    import keras

    squares = shard.pictures(70, SIDE)
    ok = [row != 3 for row in range(70)]
    found = shard.features(shard.write(tmp_path, ok, squares), str(own), engine=engine)
    expected = keras.models.load_model(own)(squares.astype(np.float32)).numpy() * np.array(ok)[:, None]
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert commit.stamp(tmp_path / "features.zarr").summary["model"] == "own_net"


def test_a_layer_is_averaged_over_the_picture(tmp_path: Path, own: Path) -> None:
    assert shard.features(shard.write(tmp_path, [True, True]), {"model": str(own), "layer": "spatial"}).shape == (2, 8)


def test_a_wrong_layer_names_near_ones(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shard.prepare(shard.model({"model": str(own), "layer": "spatail"}), tmp_path / "m") == 1
    assert "such as spatial" in capsys.readouterr().err


def test_a_layer_of_the_classifier(tmp_path: Path) -> None:
    # vgg16 with fc2 is half a gigabyte of weights, so its shape is looked at without them.
    import keras

    assert keras.applications.VGG16(weights=None).get_layer("fc2").output.shape == (None, 4096)
    bare = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    assert "fc2" not in {layer.name for layer in bare.layers}, "so the classifier is loaded for it"


@pytest.mark.parametrize("side", [SIDE, "s"], ids=["fixed side", "any side"])
@pytest.mark.parametrize("layer", ["", "spatial"])
def test_an_onnx_file(tmp_path: Path, side: int | str, layer: str) -> None:
    weights = np.random.default_rng(0).normal(size=(4, 3, 1, 1)).astype(np.float32)
    (tmp_path / "net.onnx").write_bytes(onnx_file.network(weights, side))
    squares = shard.pictures(9, SIDE)
    entry = {"model": str(tmp_path / "net.onnx"), "side": SIDE, "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.25, 0.3]}
    found = shard.features(shard.write(tmp_path, [True] * 9, squares), {**entry, "layer": layer} if layer else entry)
    normal = (squares.astype(np.float64) / 255 - [0.5, 0.4, 0.3]) / [0.2, 0.25, 0.3]
    np.testing.assert_allclose(found, normal.mean(axis=(1, 2)) @ weights[:, :, 0, 0].T, atol=5e-3)


@pytest.mark.parametrize(("change", "said"), [({"side": 32}, "an input of side 32"), ({"layer": "nothing"}, "a layer or output 'nothing'")])
def test_an_onnx_file_that_does_not_fit(tmp_path: Path, change: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.onnx").write_bytes(onnx_file.network(np.ones((4, 3, 1, 1), np.float32), SIDE))
    entry = {"model": str(tmp_path / "net.onnx"), "side": SIDE, **change}
    assert shard.prepare(shard.model(entry), tmp_path / "m") == 1
    assert said in capsys.readouterr().err


def test_an_onnx_entry_says_its_side(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"")
    with pytest.raises(ConfigError, match="side: 224"):
        shard.model(str(tmp_path / "net.onnx"))


def test_the_precision_named_is_the_one_used_or_none(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import openvino

    wanted = shard.model(str(own), precision="bfloat16")
    root = shard.write(tmp_path, [True] * 3)
    assert shard.prepare(wanted, tmp_path / "m") == 0
    has = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    assert shard.describe(root, wanted, [tmp_path / "m"]) == (0 if has else 1)
    assert has or "does not compute in bfloat16" in capsys.readouterr().err


def test_the_table_of_networks_is_that_of_keras() -> None:
    import inspect

    import keras

    functions = {name: value for name, value in vars(keras.applications).items() if inspect.isfunction(value)}
    assert {network.function: name for name, network in NETWORKS.items()} == {name: snake(name) for name in functions}
    for network in NETWORKS.values():
        assert hasattr(getattr(keras.applications, network.module), "preprocess_input"), network


@pytest.mark.parametrize("name", ["efficientnet_v2b0", "inception_v3"])
def test_a_network_has_the_side_of_the_table(name: str) -> None:
    import keras

    with_classifier = getattr(keras.applications, NETWORKS[name].function)(weights=None)
    assert with_classifier.input_shape[1:3] == (NETWORKS[name].side,) * 2


def test_nothing_is_sent_anywhere() -> None:
    # OpenVINO brings a package that reports to its makers from its converter, which is not used here.
    sources = [path.read_text("utf-8") for path in (shard.ROOT / "pixplot_steps").rglob("*.py")]
    assert not any("convert_model" in text for text in sources)
