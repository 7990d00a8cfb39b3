"""umap-learn, which the map is compared with; the product does without it."""

from __future__ import annotations

import sys
import warnings
from types import ModuleType


def load() -> ModuleType:
    """Its functions, imported without TensorFlow, which it would load (11 s, 900 MB) for a class not used here."""
    absent = "tensorflow" not in sys.modules
    if absent:
        sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)
            import umap.umap_ as umap
    finally:
        if absent:
            del sys.modules["tensorflow"]
    return umap  # type: ignore[no-any-return]
