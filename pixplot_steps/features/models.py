"""The one place where a model is chosen by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.errors import ConfigError
from pixplot_steps.features import builtin

Describe = Callable[[NDArray[np.uint8], NDArray[np.uint32]], NDArray[np.float32]]
"""From thumbs u8 [b, s, s, 3] and sizes u32 [b, 2] (width and height of the whole picture, at least 1) to features f32 [b, d].

Each row depends on its own picture alone.
"""


@dataclass(frozen=True)
class Model:
    """`version` is raised whenever the features of any picture change; `description` is shown to visitors of the site."""

    name: str
    version: int
    dimensions: int
    description: str
    describe: Describe


_MODELS = {
    "builtin": Model("builtin", builtin.VERSION, builtin.DIMENSIONS, builtin.DESCRIPTION, builtin.describe),
}


def names() -> list[str]:
    """All names, sorted."""
    return sorted(_MODELS)


def find(name: str) -> Model:
    """The model of this name. Raises ConfigError with the nearest right name."""
    if name in _MODELS:
        return _MODELS[name]
    near = difflib.get_close_matches(name, names(), n=1, cutoff=0)
    raise ConfigError(
        f"no model is named {name!r}",
        expected="one of " + ", ".join(names()),
        found=repr(name),
        where="features: model",
        action=f"did you mean {near[0]!r}?",
    )
