"""Files named by their content, and the references that a manifest makes to them (docs/format.md, "File reference")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import digest

DTYPES = {"u8": "<u1", "u16": "<u2", "u32": "<u4", "i32": "<i4", "f32": "<f4", "f64": "<f8"}
"""The format's names of element types and NumPy's, little-endian."""

_NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


@dataclass(frozen=True)
class Hashed:
    """A file to write below the site's root, and the reference to it."""

    data: bytes
    reference: dict[str, Any]

    @property
    def path(self) -> str:
        """Where it lies, relative to the site's root."""
        return str(self.reference["file"])


def file(data: bytes, extension: str, **more: Any) -> Hashed:
    """Any file; `more` joins the reference."""
    name = digest.of_bytes(data)
    return Hashed(data, {"file": f"data/{name}.{extension}", "bytes": len(data), "digest": name, **more})


def array(values: NDArray[Any]) -> Hashed:
    """An array of one of `DTYPES`, as raw little-endian bytes in C order."""
    name = _NAMES[values.dtype.newbyteorder("<")]
    return file(np.ascontiguousarray(values, dtype=DTYPES[name]).tobytes(), "bin", dtype=name, shape=list(values.shape))
