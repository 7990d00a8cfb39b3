"""A small ONNX network, written by hand in ONNX's own encoding (Protocol Buffers, onnx.proto), so that no exporter is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _value(name: str, shape: list[int | str]) -> bytes:
    dims = b"".join(_field(1, _field(1, d) if isinstance(d, int) else _field(2, d)) for d in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    return b"".join(_field(1, d) for d in values.shape) + _field(2, 1) + _field(8, name) + _field(9, values.astype("<f4").tobytes())


def _node(op: str, inputs: list[str], output: str, attributes: bytes = b"") -> bytes:
    return b"".join(_field(1, i) for i in inputs) + _field(2, output) + _field(3, output) + _field(4, op) + attributes


def network(weights: NDArray[np.float32], side: int | str) -> bytes:
    """1 x 1 convolution by weights f32 [d, 3, 1, 1], then the mean over the picture: input [n, 3, side, side], output [n, d]."""
    axes = _field(5, _field(1, "axes") + _field(8, 2) + _field(8, 3) + _field(20, 7))
    keep = _field(5, _field(1, "keepdims") + _field(3, 0) + _field(20, 2))
    nodes = [_node("Conv", ["pixels", "w"], "spatial"), _node("ReduceMean", ["spatial"], "mean", axes + keep)]
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, "g") + _field(5, _tensor("w", weights))
    graph += _field(11, _value("pixels", ["n", 3, side, side])) + _field(12, _value("mean", ["n", weights.shape[0]]))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 13))
