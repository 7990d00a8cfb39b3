"""Networks of Keras: built by name or read from a file, with their own preprocessing, and frozen into one graph.

The graph takes pixels u8 [b, side, side, 3] and gives features f32 [b, d], so that whoever runs it needs to know nothing else.
"""

from __future__ import annotations

import difflib
import re
from typing import Any

from pixplot_steps.errors import ConfigError
from pixplot_steps.networks import NETWORKS
from pixplot_steps.spec import Model


def build(model: Model) -> tuple[Any, Any]:
    """The Keras network of a model of kind keras or keras_file, cut at its layer, and the preprocessing of its pixels.

    Raises ConfigError where weights are missing or do not fit, and where there is no such layer.
    """
    import keras

    keras.config.set_dtype_policy(_policy(model))
    if model.kind == "keras_file":
        return _cut(_from_file(model), model.layer), lambda pixels: pixels
    module = getattr(keras.applications, NETWORKS[model.source].module)
    return _cut(_by_name(model), model.layer), module.preprocess_input


def freeze(network: Any, preprocess: Any, side: int) -> Any:
    """The network on pixels as a concrete function whose variables are constants."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    def describe(pixels: Any) -> Any:
        found = network(preprocess(tf.cast(pixels, tf.float32)), training=False)
        spatial = list(range(1, len(found.shape) - 1))
        return tf.cast(tf.reduce_mean(found, axis=spatial) if spatial else found, tf.float32)

    signature = [tf.TensorSpec((None, side, side, 3), tf.uint8, name="pixels")]
    return convert_variables_to_constants_v2(tf.function(describe, input_signature=signature).get_concrete_function())


def _policy(model: Model) -> str:
    # OpenVINO is told its precision when it compiles; TensorFlow computes as the network was built.
    return "float32" if model.engine == "openvino" or model.precision == "float32" else f"mixed_{model.precision}"


def _by_name(model: Model) -> Any:
    top = bool(model.layer) and not _has_layer(model)
    options: dict[str, Any] = {"include_top": top, "input_shape": (model.side, model.side, 3)}
    if not top:
        options["pooling"] = None if model.layer else "avg"
    try:
        return _function(model)(weights=model.path or "imagenet", **options)
    except Exception as error:
        if "URL fetch failure" in str(error):
            raise _no_download(model, str(error)) from None
        if model.path and isinstance(error, ValueError | OSError | KeyError):
            raise _no_fit(model, error) from None
        raise


def _function(model: Model) -> Any:
    import keras

    return getattr(keras.applications, NETWORKS[model.source].function)


def _has_layer(model: Model) -> bool:
    """Whether the layer lies below the classifier, whose weights are then not needed."""
    bare = _function(model)(weights=None, include_top=False, input_shape=(model.side, model.side, 3))
    return model.layer in {layer.name for layer in bare.layers}


def _from_file(model: Model) -> Any:
    import keras

    try:
        network = keras.models.load_model(model.path, compile=False)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ConfigError(
            "a Keras file cannot be loaded",
            expected="a network written by model.save('name.keras'), of Keras's own layers",
            found=_first_line(error),
            where=model.path,
            action="save it again with this version of Keras, or give it as ONNX",
        ) from None
    if model.engine == "tensorflow" and model.precision != "float32":
        raise ConfigError(
            "a Keras file has its precision in it",
            expected="precision: float32 with engine: tensorflow",
            found=model.precision,
            where="features.precision",
            action="change it, or take engine: openvino",
        )
    return network


def _cut(network: Any, layer: str) -> Any:
    import keras

    if not layer:
        return network
    names = [found.name for found in network.layers]
    if layer not in names:
        near = difflib.get_close_matches(layer, names, n=3, cutoff=0.3)
        raise ConfigError(
            f"no layer is named {layer!r}",
            expected="one of the network's layers, such as " + ", ".join(near or names[-3:]),
            where="features.models: layer",
            action="correct it, or leave it out for the last one",
        )
    return keras.Model(network.inputs, network.get_layer(layer).output)


def _no_download(model: Model, said: str) -> ConfigError:
    # The one who downloads is the one who knows where to: no public name tells it.
    from keras.src.backend.config import keras_home

    address = re.search(r"https?://\S*/([^/\s:]+)", said)
    file = address[1] if address else "the file of weights"
    return ConfigError(
        f"the weights of {model.source} are not here and cannot be downloaded",
        expected=f"{file} in {keras_home()}/models",
        found="no such file, and no connection",
        where=f"features.models: {model.source}, weights: imagenet",
        action=(
            f"fetch {address[0].rstrip(':') if address else file} on another computer and put it there, or name it as `weights`; "
            "or take the model builtin, which needs no weights"
        ),
    )


def _no_fit(model: Model, error: Exception) -> ConfigError:
    return ConfigError(
        f"the weights are not those of {model.source}",
        expected=f"a file of weights that Keras saved from {NETWORKS[model.source].function}"
        + (" with its classifier" if model.layer else " without its classifier (no_top)"),
        found=_first_line(error),
        where=model.path,
        action="name the right file",
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
