"""The teacher: MobileNetV2 of keras.applications, whose features of a view, and of each quarter of it, the student learns.

The student is not told all 1,280 numbers but their first principal components, which hold nearly all of what tells pictures apart.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import machine
from pixplot_steps.features import engines, network
from pixplot_steps.networks import NETWORKS
from pixplot_steps.spec import Model

SIDE = NETWORKS["mobilenet_v2"].side
REGIONS = 5
"""The whole view, then its quarters: above left and right, below left and right."""
MIRRORED = (0, 2, 1, 4, 3)
"""The regions of a view seen in a mirror."""

Floats = NDArray[np.float32]


class Teacher:
    """A network in OpenVINO, from a file of weights of MobileNetV2 1.0 without its top."""

    def __init__(self, weights: Path, threads: int) -> None:
        found = machine.detect()
        precision = "bfloat16" if found.bfloat16 else "float32"
        model = Model("keras", "teacher", "mobilenet_v2", str(weights), side=SIDE, engine="openvino", precision=precision)
        import keras
        import tensorflow as tf

        keras.config.set_dtype_policy("float32")
        frozen = network.freeze(*_regional(weights), SIDE)
        with tempfile.TemporaryDirectory() as folder:
            tf.io.write_graph(frozen.graph, folder, "network.pb", as_text=False)
            self.dimensions = engines.openvino_from_graph(f"{folder}/network.pb", f"{folder}/network.xml") // REGIONS
            self._engine = engines.OpenVino(f"{folder}/network.xml", model, threads)

    def features(self, pixels: NDArray[np.uint8]) -> Floats:
        """f32 [n, REGIONS, dimensions] of views u8 [n, SIDE, SIDE, 3]."""
        step = self._engine.batch
        rows = [self._engine.run(pixels[start : start + step]) for start in range(0, len(pixels), step)]
        return np.concatenate(rows).reshape(len(pixels), REGIONS, self.dimensions)


def _regional(weights: Path) -> tuple[Any, Any]:
    """The network with the means over the regions of its last 7 x 7 places, one after another, and its preprocessing."""
    import keras

    module = keras.applications.mobilenet_v2
    base = module.MobileNetV2((SIDE, SIDE, 3), include_top=False, weights=str(weights))
    places = base.output
    height = int(places.shape[1])
    reach = (height + 1) // 2
    low, high = slice(0, reach), slice(height - reach, height)
    regions = [places, *(places[:, rows, columns] for rows in (low, high) for columns in (low, high))]
    means = [keras.ops.mean(region, axis=(1, 2)) for region in regions]
    return keras.Model(base.input, keras.ops.concatenate(means, axis=1)), module.preprocess_input


@dataclass(frozen=True)
class Basis:
    """What the student is told of the teacher's features f32 [..., d], as k numbers: (features - mean) @ axes * scale.

    `mean` f32 [d] of whole views; `axes` f32 [d, k]: their first principal components; `scale` f32 [k]: halves, in orders of magnitude,
    what the components differ in, since the first tell collections apart and the later ones pictures within them; `explained`: share of
    all variance.
    """

    mean: Floats
    axes: Floats
    scale: Floats
    explained: float

    def project(self, features: Floats) -> Floats:
        """f32 [..., k] from features [..., d]. Whole views have a mean square length of 1."""
        return np.asarray((features - self.mean) @ self.axes * self.scale, np.float32)


def basis(features: Floats, components: int) -> Basis:
    """The basis by features f32 [n, d] of whole views."""
    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / len(features))
    values, axes = np.maximum(values[::-1], 1e-12), vectors[:, ::-1][:, :components]
    kept = values[:components]
    scale = kept**-0.25 / np.sqrt((kept**0.5).sum())
    return Basis(mean.astype(np.float32), axes.astype(np.float32), scale.astype(np.float32), float(kept.sum() / values.sum()))
