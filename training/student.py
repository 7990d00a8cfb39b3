"""The student: a small residual network of plain convolutions.

"Deep residual learning for image recognition" (He et al., CVPR 2016), with a wide first convolution that takes steps of four pixels. Plain
convolutions, and not the depthwise ones of MobileNet, as processors multiply matrices several times faster than they do anything else:
both to train and, in numpy alone, to describe pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pixplot_steps.features import residual


@dataclass(frozen=True)
class Shape:
    """`widths`: channels of each stage, each half as high and wide as the one before; `blocks` of each; `dimensions`: of the features."""

    side: int
    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    dimensions: int


SHAPE = Shape(residual.SIDE, (48, 96, 192), (1, 2, 2), 256)
"""Of the model `builtin`."""

STEM = 7
STEM_STRIDE = 4
MOMENTUM = 0.95
"""Of the running means of batch normalisation: the weights themselves are averaged over longer."""


def build(shape: Shape) -> Any:
    """The Keras network from pixels f32 [b, side, side, 3] in 0..255 to features f32 [b, height, width, dimensions] of each place.

    It takes squares of other sides too: a smaller one is quicker to learn from.
    """
    import keras

    pixels = keras.layers.Input((None, None, 3), dtype="float32")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    x = _convolved(x, shape.widths[0], STEM, STEM_STRIDE, "stem")
    for stage, (width, blocks) in enumerate(zip(shape.widths, shape.blocks, strict=True)):
        x = _convolved(x, width, 3, 2, f"down{stage}") if stage else x
        for block in range(blocks):
            inner = _convolved(x, width, 3, 1, f"stage{stage}_block{block}_a")
            inner = _convolved(inner, width, 3, 1, f"stage{stage}_block{block}_b", rectified=False)
            x = keras.layers.ReLU()(keras.layers.Add()([x, inner]))
    # Nearly nothing at first, as then nothing is wrong but what is not yet known.
    small = keras.initializers.RandomNormal(stddev=0.01)
    x = keras.layers.Conv2D(shape.dimensions, 1, kernel_initializer=small, name="head", dtype="float32")(x)
    return keras.Model(pixels, x, name="student")


def _convolved(x: Any, width: int, size: int, stride: int, name: str, rectified: bool = True) -> Any:
    import keras

    # As the second of a block begins at nothing, a block begins as the identity (Goyal et al., 2017, "Accurate, large minibatch SGD").
    gamma = "ones" if rectified else "zeros"
    x = keras.layers.Conv2D(width, size, stride, "same", use_bias=False, kernel_initializer="he_normal", name=name)(x)
    x = keras.layers.BatchNormalization(momentum=MOMENTUM, gamma_initializer=gamma, name=f"{name}_norm")(x)
    return keras.layers.ReLU()(x) if rectified else x
