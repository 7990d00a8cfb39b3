"""The convolutions of a network in OpenVINO's form: which must stay float32, and how the others become 8 bit integers.

Whoever rounds the first depthwise convolution rounds small differences of neighbouring pixels, and no sum over channels evens that out:
of MobileNetV2, by ImageNet weights, bfloat16 keeps 0.83 of float32's 10 nearest neighbours when all is rounded, and 0.96 when the
first separable block stays float32, at the same speed (docs/models.md).

8 bits: weights symmetric, by a scale for each output channel; what a convolution reads by one scale for all, from the range that a sample
of pictures takes (Krishnamoorthi 2018, Quantizing deep convolutional networks for efficient inference, arXiv:1806.08342).
OpenVINO's FakeQuantize says where and in what range; the processor's plugin makes integers of it. What is no convolution stays float32.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = ("Convolution", "GroupConvolution")
_NO_COMPUTATION = ("Parameter", "Const")

_LEVELS = 256
_WEIGHT_LEVELS = 255
"""From -127 to 127: the same on both sides of 0."""

_LEAST = 1e-6
"""Of a range: a channel that is always 0 has a scale too."""


@dataclass(frozen=True)
class Point:
    """`source`: what some convolutions read, an output of a node; `readers`: the inputs that read it, which get its rounded values."""

    source: Any
    readers: list[Any]


def sensitive(network: Any) -> list[Any]:
    """The first separable block, where a network begins with one: all convolutions up to the pointwise one after its depthwise one."""
    found = []
    side = network.inputs[0].get_partial_shape()[1].get_length()
    deep = 0
    for node in _convolutions(network):
        found.append(node)
        seen, made = _height(node.input(0).get_source_output()), _height(node.output(0))
        if deep and made == deep:
            return found
        if not deep and 3 * seen < side:
            return []
        if not deep and _depthwise(node):
            deep = made
    return []


def keep_precise(root: ET.Element, network: Any) -> None:
    """Give all up to the end of the sensitive block, in the network's XML, the attribute that keeps it in float32, in place."""
    block = sensitive(network)
    names = [node.get_friendly_name() for node in network.get_ordered_ops()]
    first = set(names[: names.index(block[-1].get_friendly_name()) + 1]) if block else set()
    for layer in root.iterfind("layers/layer"):
        if layer.get("name") in first and layer.get("type") not in _NO_COMPUTATION:
            ET.SubElement(_rt_info(layer), "attribute", name="precise", version="0")


def _rt_info(layer: ET.Element) -> ET.Element:
    found = layer.find("rt_info")
    if found is None:
        found = ET.Element("rt_info")
        layer.insert(0 if layer.find("data") is None else 1, found)
    return found


def points(network: Any) -> list[Point]:
    """Where what convolutions read is rounded to 8 bits, in the network's order; empty where no convolution can be."""
    left = {node.get_friendly_name() for node in sensitive(network)}
    found: dict[tuple[str, int], Point] = {}
    for node in _convolutions(network):
        if node.get_friendly_name() not in left and _constant(node.input(1)):
            reader = _before(node.input(0))
            source = reader.get_source_output()
            readers = found.setdefault((source.get_node().get_friendly_name(), source.get_index()), Point(source, [])).readers
            readers += [reader] if all(_place(reader) != _place(other) for other in readers) else []
    return list(found.values())


def observed(network: Any, wanted: Sequence[Point]) -> Any:
    """A network on the same pixels that gives, for each point, the least and the largest value of each picture, f32 [n]."""
    import openvino
    from openvino import opset13

    outputs = []
    for point in wanted:
        axes = np.arange(1, point.source.get_partial_shape().rank.get_length())
        outputs += [reduce(point.source, axes, keep_dims=False).output(0) for reduce in (opset13.reduce_min, opset13.reduce_max)]
    return openvino.Model(outputs, network.get_parameters(), "ranges")


def round_to_8_bits(network: Any, wanted: Sequence[Point], ranges: NDArray[np.floating]) -> None:
    """Let the convolutions behind these points compute in 8 bits, in place; `ranges` [points, 2]: least and largest value of each."""
    rounded = {_place(reader) for point in wanted for reader in point.readers}
    nodes = [node for node in _convolutions(network) if _place(_before(node.input(0))) in rounded and _constant(node.input(1))]
    for node in nodes:
        _round_weights(node)
    for point, (least, largest) in zip(wanted, ranges, strict=True):
        low, high = (np.full((1, 1, 1, 1), limit, np.float32) for limit in limits_of(float(least), float(largest)))
        values = _fake_quantize(point.source, low, high, _LEVELS)
        for reader in point.readers:
            reader.replace_source_output(values)
    network.validate_nodes_and_infer_types()


def limits_of(least: float, largest: float) -> tuple[float, float]:
    """The range that 256 levels divide so that one of them is 0: from 0, or 128 levels below and 127 above it.

    Rounded to three digits, since sums of floating-point numbers differ in their last digits between processors.
    """
    if least >= -_LEAST:
        return 0.0, _three_digits(max(largest, _LEAST))
    farthest = _three_digits(max(-least, largest, _LEAST))
    return -farthest * 128 / 127, farthest


def _three_digits(value: float) -> float:
    return float(f"{value:.2e}")


def _round_weights(node: Any) -> None:
    source = node.input(1).get_source_output()
    weights = source.get_node().get_data()
    # A GroupConvolution's weights are [groups, out, in, height, width].
    axes = tuple(range(2 if node.get_type_name() == "GroupConvolution" else 1, weights.ndim))
    farthest = np.maximum(np.abs(weights).max(axis=axes, keepdims=True), np.float32(_LEAST)).astype(np.float32)
    node.input(1).replace_source_output(_fake_quantize(source, -farthest, farthest, _WEIGHT_LEVELS))


def _fake_quantize(source: Any, low: NDArray[np.float32], high: NDArray[np.float32], levels: int) -> Any:
    from openvino import opset13

    name = f"{source.get_node().get_friendly_name()}/{source.get_index()}"
    least, largest = opset13.constant(low), opset13.constant(high)
    made = opset13.fake_quantize(source, least, largest, least, largest, levels)
    # OpenVINO numbers nodes as they are made, and the same network would be other bytes.
    for node, part in ((least, "low"), (largest, "high"), (made, "rounded")):
        node.set_friendly_name(f"{name}/{part}")
    return made.output(0)


def _convolutions(network: Any) -> Iterator[Any]:
    return (node for node in network.get_ordered_ops() if node.get_type_name() in _TYPES and _height(node.output(0)))


def _depthwise(node: Any) -> bool:
    shape = node.input(1).get_partial_shape()
    return node.get_type_name() == "GroupConvolution" and len(shape) == 5 and shape[2].get_length() == 1


def _height(output: Any) -> int:
    """Of a picture [n, channels, height, width]; 0 where it is not told."""
    shape = output.get_partial_shape()
    known = shape.rank.is_static and len(shape) == 4 and shape[2].is_static
    return int(shape[2].get_length()) if known else 0


def _constant(reader: Any) -> bool:
    return bool(reader.get_source_output().get_node().get_type_name() == "Constant")


def _before(reader: Any) -> Any:
    """The input where rounding is to stand: before padding by zeros and taking the largest, which rounding does not change."""
    node = reader.get_source_output().get_node()
    while node.get_type_name() == "MaxPool" or (node.get_type_name() == "Pad" and _pads_zeros(node)):
        reader = node.input(0)
        node = reader.get_source_output().get_node()
    return reader


def _pads_zeros(node: Any) -> bool:
    filled = [node.input(number) for number in range(3, node.get_input_size())]
    return all(_constant(value) and not np.any(value.get_source_output().get_node().get_data()) for value in filled)


def _place(reader: Any) -> tuple[str, int]:
    return reader.get_node().get_friendly_name(), reader.get_index()
