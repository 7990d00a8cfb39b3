"""What runs a prepared network on batches of pixels: OpenVINO or TensorFlow, in the precision that was named, or not at all.

Each batch has the same shape, short ones being filled up, so that a picture's features do not depend on how many others there are.
"""

from __future__ import annotations

import warnings
import xml.etree.ElementTree as ET
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.features import convolutions
from pixplot_steps.spec import Model

Pixels = NDArray[np.uint8]
Features = NDArray[np.float32]

_OPENVINO_BATCH = 8
"""The fastest for most networks on CPUs: measured 1 to 64."""

_TENSORFLOW_BATCH = 32

_OPENVINO_TYPES = {"float32": "f32", "bfloat16": "bf16", "float16": "f16", "int8": "f32"}
"""A network in int8 has its 8 bits in it; what is left over runs in float32."""


class Engine(Protocol):
    """`batch`: pictures taken at once; `shrink` halves it."""

    batch: int

    def run(self, pixels: Pixels) -> Features:
        """Features f32 [n, d] of pixels u8 [n, side, side, 3], n at most `batch`. Raises RuntimeError or MemoryError."""

    def shrink(self) -> None:
        """Take half as many pictures at once."""


def filled(pixels: Pixels, batch: int) -> Pixels:
    """Pixels with the last picture repeated until there are `batch` of them."""
    missing = batch - len(pixels)
    return pixels if missing == 0 else np.concatenate([pixels, np.repeat(pixels[-1:], missing, axis=0)])


def out_of_memory(error: BaseException) -> bool:
    """Whether an engine failed for want of memory."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(word in text for word in ("resource exhausted", "out of memory", "bad_alloc", "oom when"))


class OpenVino:
    """A network in OpenVINO's own form, on the processor."""

    def __init__(self, path: str, model: Model, threads: int) -> None:
        import openvino

        self._core = openvino.Core()
        self._network = self._core.read_model(path)
        self._model = model
        self._options = {
            "INFERENCE_PRECISION_HINT": _OPENVINO_TYPES[model.precision],
            "INFERENCE_NUM_THREADS": str(threads),
            "PERFORMANCE_HINT": "LATENCY",
        }
        self.batch = _OPENVINO_BATCH
        self._compile()

    def run(self, pixels: Pixels) -> Features:
        """See Engine."""
        found = self._compiled(filled(pixels, self.batch))[0]
        return np.array(found[: len(pixels)], dtype=np.float32)

    def shrink(self) -> None:
        """See Engine."""
        self.batch //= 2
        self._compile()

    def _compile(self) -> None:
        self._network.reshape([self.batch, self._model.side, self._model.side, 3])
        self._compiled = self._core.compile_model(self._network, "CPU", self._options)
        used = self._compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        if used != _OPENVINO_TYPES[self._model.precision]:
            raise _precision_missing(self._model.precision, used)


class TensorFlow:
    """A frozen graph, on the GPU that is visible or else on the processor."""

    def __init__(self, graph: bytes) -> None:
        import tensorflow as tf

        self._tf = tf
        # Else one process takes all of the GPU's memory, and a batch that is too large shows only as a crash.
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)
        self._run = _function(tf, graph)
        self.batch = _TENSORFLOW_BATCH

    @property
    def devices(self) -> int:
        """GPUs that TensorFlow uses."""
        return len(self._tf.config.list_physical_devices("GPU"))

    def run(self, pixels: Pixels) -> Features:
        """See Engine."""
        try:
            found = self._run(self._tf.constant(filled(pixels, self.batch)))
        except self._tf.errors.OpError as error:
            raise RuntimeError(f"{type(error).__name__}: {error.message}") from None
        return np.asarray(found, dtype=np.float32)[: len(pixels)]

    def shrink(self) -> None:
        """See Engine."""
        self.batch //= 2


def _function(tf: Any, graph: bytes) -> Any:
    definition = tf.compat.v1.GraphDef()
    definition.ParseFromString(graph)
    ends = [node.name for node in definition.node if node.op == "Placeholder"], [definition.node[-1].name]
    wrapped = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(definition, name=""), [])
    pruned = wrapped.prune([f"{name}:0" for name in ends[0]], f"{ends[1][0]}:0")
    return tf.function(pruned)


def openvino_from_graph(path: str, out: str) -> int:
    """Write a frozen graph in OpenVINO's form; returns the number of features."""
    import openvino

    network = openvino.Core().read_model(path)
    _save(network, out)
    return int(network.outputs[0].get_partial_shape()[1].get_length())


def openvino_int8(path: str, pictures: Pixels, threads: int, out: str) -> None:
    """Write a network in OpenVINO's form whose convolutions compute in 8 bits, from one that has not; `pictures` [n, side, side, 3].

    Each range is the mean over the pictures of the least and the largest value. Raises ConfigError where there is nothing to round.
    """
    import openvino

    core = openvino.Core()
    network = core.read_model(path)
    wanted = convolutions.points(network)
    if not wanted:
        raise ConfigError(
            "a network has no convolution that int8 could make faster",
            expected="a convolutional network whose weights are float32",
            where="features.precision",
            action="take auto, bfloat16 or float32",
        )
    ranges = _ranges(core, convolutions.observed(network, wanted), pictures, threads)
    convolutions.round_to_8_bits(network, wanted, ranges.reshape(len(wanted), 2))
    openvino.save_model(network, out, compress_to_fp16=False)


def _ranges(core: Any, observed: Any, pictures: Pixels, threads: int) -> NDArray[np.float64]:
    """Mean over the pictures of each output f32 [n] of a network."""
    observed.reshape([_OPENVINO_BATCH, *pictures.shape[1:]])
    options = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": str(threads)}
    compiled = core.compile_model(observed, "CPU", options)
    total = np.zeros(len(observed.outputs))
    for start in range(0, len(pictures), _OPENVINO_BATCH):
        batch = pictures[start : start + _OPENVINO_BATCH]
        found = compiled(filled(batch, _OPENVINO_BATCH))
        total += [found[i][: len(batch)].sum(dtype=np.float64) for i in range(len(total))]
    return total / len(pictures)


def _save(network: Any, out: str) -> None:
    """Write a network, and say in it which of its nodes stay in float32 whatever the precision of the rest."""
    import openvino

    openvino.save_model(network, out, compress_to_fp16=False)
    written = ET.parse(out)  # noqa: S314 - OpenVINO wrote it
    convolutions.keep_precise(written.getroot(), network)
    written.write(out, encoding="utf-8", xml_declaration=True)


def openvino_from_onnx(model: Model, out: str) -> int:
    """Write an ONNX network, with its preprocessing before it, in OpenVINO's form; returns the number of features.

    Pixels are 0..255 as they are, or with `mean` and `std` (pixel / 255 - mean) / std. Raises ConfigError where input or output
    are not those of a network on pictures.
    """
    network = _pooled(_read_onnx(model.path), model)
    _with_pixels(network, model)
    dimensions = network.outputs[0].get_partial_shape()[1]
    if dimensions.is_dynamic:
        raise _wrong_onnx(model, "an output of a fixed number of features", str(network.outputs[0].get_partial_shape()))
    _save(network, out)
    return int(dimensions.get_length())


def _read_onnx(path: str) -> Any:
    import openvino

    try:
        return openvino.Core().read_model(path)
    except RuntimeError as error:
        raise ConfigError(
            "an ONNX file cannot be read",
            expected="an ONNX model that OpenVINO reads",
            found=str(error).strip().splitlines()[-1][:300],
            where=path,
            action="check the file",
        ) from None


def _pooled(network: Any, model: Model) -> Any:
    """The network up to its layer or first output, averaged over space where it has any."""
    import openvino
    from openvino import opset13

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        output = _output(network, model)
        rank = output.get_partial_shape().rank.get_length()
        if rank not in (2, 4):
            raise _wrong_onnx(model, "an output [batch, features] or [batch, features, height, width]", str(output.get_partial_shape()))
        node = output if rank == 2 else opset13.reduce_mean(output, np.array([2, 3]), keep_dims=False).output(0)
        return openvino.Model([node], network.get_parameters(), "features")


def _output(network: Any, model: Model) -> Any:
    if not model.layer:
        # A result's own source, as a model may not take a result for an output of another.
        return network.outputs[0].get_node().input(0).get_source_output()
    for node in network.get_ops():
        for output in node.outputs():
            if node.get_type_name() != "Result" and model.layer in {node.get_friendly_name(), *output.get_names()}:
                return output
    raise _wrong_onnx(model, f"a layer or output {model.layer!r}", ", ".join(sorted(network.outputs[0].get_names())))


def _with_pixels(network: Any, model: Model) -> None:
    """Put the preprocessing before the network: u8 [b, side, side, 3] becomes what it takes, in place."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    shape = network.inputs[0].get_partial_shape()
    channels = [axis for axis in (1, 3) if len(shape) == 4 and not shape[axis].is_dynamic and shape[axis].get_length() == 3]
    if len(network.inputs) != 1 or not channels:
        raise _wrong_onnx(model, "one input [batch, 3, height, width] or [batch, height, width, 3]", str(shape))
    sides = [-1, 3, model.side, model.side] if channels[0] == 1 else [-1, model.side, model.side, 3]
    if any(not found.is_dynamic and found.get_length() != side for found, side in zip(shape, sides, strict=True) if side > 0):
        raise _wrong_onnx(model, f"an input of side {model.side}, as the entry says", str(shape))
    network.reshape(sides)
    steps = PrePostProcessor(network)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().model().set_layout(Layout("NCHW" if channels[0] == 1 else "NHWC"))
    changes = steps.input().preprocess().convert_element_type(Type.f32)
    if model.std:
        changes.mean([255 * value for value in model.mean]).scale([255 * value for value in model.std])
    steps.build()


def _wrong_onnx(model: Model, expected: str, found: str) -> ConfigError:
    return ConfigError(
        "an ONNX model does not fit",
        expected=expected,
        found=found,
        where=model.path,
        action="correct side or layer of its entry, or export it anew",
    )


def _precision_missing(asked: str, used: str) -> ConfigError:
    return ConfigError(
        f"this processor does not compute in {asked}",
        expected=asked,
        found=used,
        where="features.precision",
        action="take auto or float32",
    )
