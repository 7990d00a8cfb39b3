"""Which convolutions stay float32, and the others in 8 bits: on small networks that OpenVINO builds here."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps import machine, spec
from pixplot_steps.errors import ConfigError
from pixplot_steps.features import convolutions, engines
from tests import golden_check
from tests.features import shard

needs_openvino = pytest.mark.skipif(find_spec("openvino") is None, reason="no OpenVINO: run make setup-models")

SIDE = 32


@given(st.floats(-1e4, 1e4), st.floats(0, 1e4))
def test_a_range_has_a_level_at_zero_and_room_for_its_ends(least: float, width: float) -> None:
    low, high = convolutions.limits_of(least, least + width)
    step = (high - low) / 255
    assert abs(low / step - round(low / step)) < 1e-6
    assert low <= max(least, -1e4) + 0.006 * (high - low) + 1e-5 or least > 0
    assert high >= (least + width) * 0.994 - 1e-5
    assert convolutions.limits_of(low, high) == pytest.approx((low, high), rel=0.02), "rounding does not wander"


class Layers:
    """A network written layer by layer: 3 for a convolution of 3 x 3 to so many channels, 1 for a pointwise one, d for a depthwise one."""

    def __init__(self, text: str, side: int = SIDE) -> None:
        import openvino

        # In this set of operations MaxPool has one output, as in networks that Keras writes.
        from openvino import opset1, opset13

        self.ops, self.old, self.random = opset13, opset1, np.random.default_rng(5)
        pixels = opset13.parameter([-1, side, side, 3], np.uint8, name="pixels")
        value = opset13.convert(opset13.transpose(pixels, [0, 3, 1, 2]), np.float32)
        value = opset13.subtract(opset13.multiply(value, np.float32(1 / 128)), np.float32(1))
        for word in text.split():
            value = self.layer(value, word)
        self.network = openvino.Model([opset13.reduce_mean(value, [2, 3])], [pixels], "layers")

    def layer(self, value: Any, word: str) -> Any:
        kind, number = word[0], int(word[1:] or 1)
        channels = value.get_output_partial_shape(0)[1].get_length()
        if kind == "p":
            return self.old.max_pool(value, [2, 2], [0, 0], [0, 0], [2, 2])
        if kind == "z":
            return self.ops.pad(value, [0, 0, 0, 0], [0, 0, 1, 1], "constant", np.float32(number - 1))
        size = {"1": 1, "3": 3, "d": 3}[kind]
        around = [size // 2] * 2
        if kind == "d":
            made = self.ops.group_convolution(value, self.weights(channels, 1, 1, 3, 3), [number] * 2, around, around, [1, 1])
        else:
            made = self.ops.convolution(value, self.weights(number, channels, size, size), [1, 1], around, around, [1, 1])
        return self.ops.relu(made)

    def weights(self, *shape: int) -> NDArray[np.float32]:
        found: NDArray[np.float32] = (self.random.normal(size=shape) / np.sqrt(np.prod(shape[-3:]))).astype(np.float32)
        return found


@needs_openvino
@pytest.mark.parametrize(
    ("layers", "kept", "why"),
    [
        ("38 d 14 116 d 14", 3, "up to the pointwise one after the first depthwise one"),
        ("38 d2 14 116", 3, "a depthwise one of step 2"),
        ("38 14 d 16 38", 4, "a depthwise one that is not the second"),
        ("38 38 38", 0, "none is depthwise"),
        ("38 p p d 14", 0, "the first is depthwise where the picture is small already"),
        ("38 d", 0, "nothing follows it"),
    ],
)
def test_the_first_separable_block_stays(layers: str, kept: int, why: str) -> None:
    network = Layers(layers).network
    assert len(convolutions.sensitive(network)) == kept, why
    others = sum(word[0] in "13d" for word in layers.split()) - kept
    assert sum(len(point.readers) for point in convolutions.points(network)) == others, "all others are rounded"


@needs_openvino
@pytest.mark.parametrize(("layers", "type_before"), [("38 p 38", "Relu"), ("38 z 38", "Relu"), ("38 p z 38", "Relu"), ("38 z5 38", "Pad")])
def test_rounding_stands_before_what_it_commutes_with(layers: str, type_before: str) -> None:
    network = Layers(layers).network
    assert [point.source.get_node().get_type_name() for point in convolutions.points(network)] == ["Subtract", type_before]


@needs_openvino
def test_what_two_convolutions_read_is_rounded_once() -> None:
    import openvino

    layers = Layers("38")
    read = layers.network.get_results()[0].input(0).get_source_output().get_node().input(0).get_source_output().get_node()
    both = [layers.ops.reduce_mean(layers.layer(read, word), [2, 3]) for word in ("18", "34")]
    network = openvino.Model(both, layers.network.get_parameters(), "both")
    assert [len(point.readers) for point in convolutions.points(network)] == [1, 2]


@pytest.fixture
def pictures() -> NDArray[np.uint8]:
    return shard.pictures(20, SIDE)


def _int8(tmp_path: Path, layers: str, pictures: NDArray[np.uint8]) -> tuple[Path, Path]:
    import openvino

    paths = tmp_path / "float.xml", tmp_path / "int8.xml"
    openvino.save_model(Layers(layers).network, str(paths[0]), compress_to_fp16=False)
    engines.openvino_int8(str(paths[0]), pictures, 2, str(paths[1]))
    return paths


def _ran(path: Path, precision: str = "f32") -> list[str]:
    """What each convolution ran in, in order."""
    import openvino

    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": precision})
    told = [node.get_rt_info() for node in compiled.get_runtime_model().get_ordered_ops()]
    return [info["runtimePrecision"].astype(str) for info in told if info["layerType"].astype(str) == "Convolution"]


@needs_openvino
@pytest.mark.parametrize(("layers", "kept"), [("38 38 p 316", 0), ("38 d 18 132 d 18", 3)])
def test_a_network_in_8_bits_is_near_that_in_float32(tmp_path: Path, pictures: NDArray[np.uint8], layers: str, kept: int) -> None:
    model = shard.model({"model": str(_onnx(tmp_path)), "side": SIDE}, precision="float32")
    one, other = (engines.OpenVino(str(path), model, 2).run(pictures[:8]) for path in _int8(tmp_path, layers, pictures))
    assert 0 < np.abs(one - other).max() < 0.03 * np.abs(one).max(), "rounded, and not wrong"
    if machine.detect().int8:
        ran = _ran(tmp_path / "int8.xml")
        assert (ran[:kept], {text[1:] for text in ran[kept:]}) == (["f32"] * kept, {"8"}), ran


def _onnx(folder: Path) -> Path:
    """A file for an entry to name; it is not read."""
    path = folder / "named.onnx"
    path.write_bytes(b"")
    return path


@needs_openvino
def test_the_same_pictures_give_the_same_bytes(tmp_path: Path, pictures: NDArray[np.uint8]) -> None:
    original, first = _int8(tmp_path, "38 38", pictures)
    engines.openvino_int8(str(original), pictures, 2, str(tmp_path / "again.xml"))
    for suffix in (".xml", ".bin"):
        assert first.with_suffix(suffix).read_bytes() == (tmp_path / "again.xml").with_suffix(suffix).read_bytes()


@needs_openvino
def test_ranges_are_means_over_the_pictures(pictures: NDArray[np.uint8]) -> None:
    import openvino

    network = Layers("38 34").network
    wanted = convolutions.points(network)
    # Twelve pictures are a batch and a half, which is filled up.
    ranges = engines._ranges(openvino.Core(), convolutions.observed(network, wanted), pictures[:12], 2).reshape(2, 2)
    scaled = pictures[:12] / 128 - 1
    np.testing.assert_allclose(ranges[0], [scaled.min(axis=(1, 2, 3)).mean(), scaled.max(axis=(1, 2, 3)).mean()], rtol=1e-5)
    limits: golden_check.Value = [[round(limit, 4) for limit in convolutions.limits_of(*pair)] for pair in ranges.tolist()]
    golden_check.check("calibration", spec.VERSIONS["calibration"], {"limits": limits})


@needs_openvino
def test_a_network_without_convolutions_says_so(tmp_path: Path, pictures: NDArray[np.uint8]) -> None:
    with pytest.raises(ConfigError, match="no convolution that int8 could make faster"):
        _int8(tmp_path, "p", pictures)


@needs_openvino
def test_what_stays_float32_is_written_into_the_network(tmp_path: Path) -> None:
    network = Layers("38 d 18 132 d 18").network
    engines._save(network, str(tmp_path / "net.xml"))
    layers = ET.parse(tmp_path / "net.xml").iterfind("layers/layer")  # noqa: S314 - written above
    marked = [layer.get("type", "") for layer in layers if layer.find("rt_info/attribute[@name='precise']") is not None]
    assert [kind for kind in marked if kind.endswith("Convolution")] == ["Convolution", "GroupConvolution", "Convolution"]
    if machine.detect().bfloat16:
        assert _ran(tmp_path / "net.xml", "bf16") == ["f32"] * 3 + ["bf16"] * 3
