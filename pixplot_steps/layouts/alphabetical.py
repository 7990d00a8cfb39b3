"""The order of texts as a reader expects it: case and accents do not matter, and 2 comes before 10."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_DIGITS = re.compile(r"[0-9]+")
_LENGTH_WIDTH = 4


def key(text: str) -> str:
    """A text that sorts, by code points, where `text` belongs: casefolded, without accents, numbers by their value."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _DIGITS.sub(_by_value, text.casefold()).strip()


def order(values: Sequence[str | float | None], items: Sequence[str]) -> NDArray[np.int64]:
    """Row numbers in order of `values`: numbers, then texts, then missing values by their item; ties keep the rows' order."""
    keys = {value: _sort_key(value) for value in set(values)}
    paths = {i: key(items[i]) for i, value in enumerate(values) if keys[value] == _MISSING}
    ranked = sorted(range(len(values)), key=lambda i: (*keys[values[i]], paths.get(i, "")))
    return np.array(ranked, dtype=np.int64)


_MISSING = (2, 0.0, "")


def _sort_key(value: str | float | None) -> tuple[int, float, str]:
    if isinstance(value, str):
        return (1, 0.0, key(value)) if value.strip() else _MISSING
    return _MISSING if value is None or math.isnan(value) else (0, float(value), "")


def _by_value(match: re.Match[str]) -> str:
    digits = match.group().lstrip("0") or "0"
    return f"{len(digits):0{_LENGTH_WIDTH}d}{digits}"
