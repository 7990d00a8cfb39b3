"""A small residual network in numpy alone: what `training/` trains, and `builtin` runs.

Its weights are whole numbers of 8 bits, each output channel with a scale of its own (Jacob et al., "Quantization and training of neural
networks for efficient integer-arithmetic-only inference", CVPR 2018); batch normalisation is part of them. They are made float32 when
they are read, and all is computed in float32.

A convolution is one product of matrices for each picture. So a picture's features do not depend on which others are described with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIDE = 96
"""Side in pixels of the square that it sees."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Convolution:
    """`weight` f32 [size * size * inputs, outputs], `bias` f32 [outputs]; `size` of its window and `stride` in places."""

    weight: Floats
    bias: Floats
    size: int
    stride: int

    def __call__(self, x: Floats) -> Floats:
        """f32 [b, ceil(h / stride), ceil(w / stride), outputs] from [b, h, w, inputs], zeros being around it."""
        windows = _windows(x, self.size, self.stride)
        b, height, width, length = windows.shape
        found = np.matmul(windows.reshape(b, height * width, length), self.weight)
        found += self.bias
        return np.asarray(found.reshape(b, height, width, -1))


@dataclass(frozen=True)
class Network:
    """Layers by name: `stem`, `down<stage>`, `stage<stage>_block<block>_a` and `_b`, `head`."""

    layers: dict[str, Convolution]

    def __call__(self, pixels: NDArray[np.uint8]) -> Floats:
        """Features f32 [b, d] from pixels u8 [b, SIDE, SIDE, 3]."""
        x = pixels.astype(np.float32)
        x *= np.float32(1 / 127.5)
        x -= 1
        x = _rectified(self.layers["stem"](x))
        for name in self._order():
            if name.startswith("down"):
                x = _rectified(self.layers[name](x))
            else:
                inner = self.layers[f"{name}_b"](_rectified(self.layers[f"{name}_a"](x)))
                inner += x
                x = _rectified(inner)
        return np.asarray(self.layers["head"](x.mean(axis=(1, 2), keepdims=True))[:, 0, 0])

    def _order(self) -> Iterator[str]:
        """What follows the stem, from the first stage to the last."""
        stage = 0
        while f"stage{stage}_block0_a" in self.layers:
            yield from [f"down{stage}"] if stage else []
            block = 0
            while f"stage{stage}_block{block}_a" in self.layers:
                yield f"stage{stage}_block{block}"
                block += 1
            stage += 1


def read(content: bytes) -> Network:
    """The network in a file.

    For each layer it has `<name>.weight` i8 [height, width, inputs, outputs], `.scale` and `.bias` f32 [outputs], and `.stride`.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        names = sorted(name.removesuffix(".weight") for name in file.files if name.endswith(".weight"))
        layers = {}
        for name in names:
            weight, scale, bias = file[f"{name}.weight"], file[f"{name}.scale"], file[f"{name}.bias"]
            flat = weight.reshape(-1, weight.shape[-1]).astype(np.float32) * scale
            layers[name] = Convolution(flat, bias, weight.shape[0], int(file[f"{name}.stride"]))
    return Network(layers)


def _windows(x: Floats, size: int, stride: int) -> Floats:
    """[b, h', w', size * size * c]: what a convolution sees from each of its places, zeros beyond the rim shared as TensorFlow does."""
    if size == 1:
        return x
    b, height, width, channels = x.shape
    (top, tall, down), (left, wide, right) = _padding(height, size, stride), _padding(width, size, stride)
    padded = np.pad(x, ((0, 0), (top, down), (left, right), (0, 0)))
    out = np.empty((b, tall, wide, size, size, channels), np.float32)
    for i in range(size):
        for j in range(size):
            out[:, :, :, i, j] = padded[:, i : i + stride * tall : stride, j : j + stride * wide : stride]
    return out.reshape(b, tall, wide, -1)


def _padding(length: int, size: int, stride: int) -> tuple[int, int, int]:
    """Zeros before, places, and zeros after, for windows along an axis; the odd zero comes after."""
    places = -(-length // stride)
    zeros = max(0, (places - 1) * stride + size - length)
    return zeros // 2, places, zeros - zeros // 2


def _rectified(x: Floats) -> Floats:
    return np.maximum(x, 0, out=x)
