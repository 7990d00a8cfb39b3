"""What each kind of model says of itself, and the entry points through which a model of one's own is found."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.features import builtin, descriptor
from pixplot_steps.features.engines import Features, Pixels
from pixplot_steps.spec import Model

GROUP = "pixplot.models"
"""Of entry points."""

_PLUGIN_BATCH = 32


class Plugin(Protocol):
    """A model of one's own. Importing its module must be quick: what is heavy belongs into `load`.

    `side` of the square in pixels; `version`: raised whenever its features change; `description`: for visitors of the site.
    """

    side: int
    version: str
    description: str

    def load(self, threads: int) -> Any:
        """A callable from pixels u8 [n, side, side, 3] to features [n, d], finite and below 65,504; d is always the same."""


@dataclass(frozen=True)
class About:
    """What the site says of a model."""

    version: str | int
    description: str


WITHOUT_SOFTWARE = {
    "builtin": About(builtin.VERSION, builtin.DESCRIPTION),
    "descriptor": About(descriptor.VERSION, descriptor.DESCRIPTION),
}
"""The models of the package itself, which look at thumbnails."""


def about(model: Model, software: str) -> About:
    """What to say of a model that was prepared by `software`, a name with a version."""
    if model.kind == "vectors":
        return About(model.source[:12], "Vectors made elsewhere and given by file name")
    weights = "ImageNet weights" if model.weights == "imagenet" else f"weights {model.weights[:12]}"
    layer = f", layer {model.layer}" if model.layer else ""
    if model.kind == "keras":
        return About(
            f"{software}, {weights}", f"The neural network {model.source} of Keras{layer}: it knows things it was trained to tell apart"
        )
    return About(model.source[:12], f"A neural network of one's own{layer}")


def plugin(name: str) -> Plugin:
    """The model behind an entry point. Raises ConfigError."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        raise ConfigError(
            f"no entry point of {GROUP} is named {name!r}",
            expected=", ".join(sorted(found)) or "an installed package that has one",
            where="features.models",
            action="install the package into the environment that runs this step",
        )
    loaded: Plugin = found[name].load()
    return loaded


class PluginEngine:
    """A model of one's own as an engine."""

    def __init__(self, name: str, threads: int) -> None:
        self._name = name
        self._describe = plugin(name).load(threads)
        self.batch = _PLUGIN_BATCH

    def run(self, pixels: Pixels) -> Features:
        """See Engine. Raises ConfigError where what comes is not one row of numbers for each picture."""
        found: NDArray[Any] = np.asarray(self._describe(pixels))
        if found.ndim != 2 or len(found) != len(pixels) or found.dtype.kind not in "iuf":
            raise ConfigError(
                f"the model {self._name} breaks its contract",
                expected=f"numbers of shape [{len(pixels)}, dimensions]",
                found=f"{found.dtype} of shape {list(found.shape)}",
                where=f"entry point {self._name} of {GROUP}",
                action="see docs/models.md",
            )
        return found.astype(np.float32)

    def shrink(self) -> None:
        """See Engine."""
        self.batch //= 2
