"""Write the student as the package runs it: `python -m training.export --run RUN --out FILE`.

Batch normalisation becomes part of the convolutions, and their weights become whole numbers of 8 bits, each output channel in steps of
its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import digest
from training import student
from training.train import Plan, Training

_LEVELS = 127


def write(file: str | BinaryIO, network: Any, scale: NDArray[np.float32]) -> None:
    """Write the file of a Keras network of `training.student`, which `pixplot_steps.features.residual.read` reads.

    `scale` [dimensions] is what the features are divided by: that of teacher.Basis, so that they are in the teacher's own units.
    """
    arrays: dict[str, Any] = _layers(network, scale)
    np.savez(file, **arrays)


def _layers(network: Any, scale: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for layer in network.layers:
        if type(layer).__name__ != "Conv2D":
            continue
        kernel = np.asarray(layer.kernel, np.float64)
        if layer.name == "head":
            kernel, bias = kernel / scale, np.asarray(layer.bias, np.float64) / scale
        else:
            kernel, bias = _folded(kernel, network.get_layer(f"{layer.name}_norm"))
        arrays |= {f"{layer.name}.{key}": value for key, value in _rounded(kernel, bias).items()}
        arrays[f"{layer.name}.stride"] = np.array(layer.strides[0], np.int32)
    return arrays


def _folded(kernel: NDArray[np.float64], norm: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    gamma, beta, mean, variance = (
        np.asarray(value, np.float64) for value in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
    )
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return kernel * factor, beta - mean * factor


def _rounded(kernel: NDArray[np.float64], bias: NDArray[np.float64]) -> Mapping[str, NDArray[Any]]:
    most = np.abs(kernel).max(axis=(0, 1, 2))
    scale = np.where(most > 0, most / _LEVELS, 1).astype(np.float32)
    return {"weight": np.rint(kernel / scale).astype(np.int8), "scale": scale, "bias": bias.astype(np.float32)}


def main() -> None:
    """Export the averaged weights of a run, and say the digest of the file."""
    parser = argparse.ArgumentParser(description="Write the weights of the model `builtin` from a run of training.train.")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    args = parser.parse_args()
    training = Training(student.SHAPE, Plan(1, 0), "float32")
    training.start_from(args.run / "checkpoint.npz")
    with np.load(args.run / "basis.npz") as basis:
        write(str(args.out), training.network, basis["scale"])
    print(f"{args.out}: {args.out.stat().st_size} bytes, digest {digest.of_file(args.out)}")


if __name__ == "__main__":
    main()
