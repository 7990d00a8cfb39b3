"""Words that an editor completed in brackets, as libraries transcribe: `N[ew] Mex[ico]` means New Mexico."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_BRACKETS = (r"(\pL)\[(\pL+)\]", r"\[(\pL+)\](\pL)")
"""Letters alone between them, and a letter outside: before them, or behind."""


def whole(texts: pa.Array) -> pa.Array:
    """Texts (utf8) with these words whole; other brackets stay, and so do nulls."""
    for pattern in _BRACKETS:
        texts = pc.replace_substring_regex(texts, pattern, r"\1\2")
    return texts
