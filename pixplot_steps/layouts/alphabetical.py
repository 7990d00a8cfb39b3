"""The order of texts as a reader expects it: case and accents do not matter, and 2 comes before 10."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from itertools import filterfalse

import numpy as np
from numpy.typing import NDArray

_DIGITS = re.compile(r"[0-9]+")
_LENGTH_WIDTH = 4


def key(text: str) -> str:
    """A text that sorts, by code points, where `text` belongs: casefolded, without accents, numbers by their value."""
    if not text.isascii():
        text = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", text)))
    return _DIGITS.sub(_by_value, text.casefold()).strip()


def order(values: Sequence[str | float | None], items: Sequence[str]) -> NDArray[np.int64]:
    """Row numbers in order of `values`, all numbers or all texts, then of missing ones by their item; ties keep the rows' order."""
    missing = np.fromiter((_is_missing(value) for value in values), dtype=np.bool_, count=len(values))
    texts = [_text(item if gone else value) for value, item, gone in zip(values, items, missing.tolist(), strict=True)]
    numbers = np.array([0.0 if isinstance(value, str) or gone else value for value, gone in zip(values, missing.tolist(), strict=True)])
    place = {text: rank for rank, text in enumerate(sorted(set(texts)))}
    ranks = np.fromiter((place[text] for text in texts), dtype=np.int64, count=len(texts))
    return np.lexsort((ranks, numbers.astype(np.float64), missing)).astype(np.int64)


def _is_missing(value: str | float | None) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or math.isnan(value)


def _text(value: str | float | None) -> str:
    return key(value) if isinstance(value, str) else ""


def _by_value(match: re.Match[str]) -> str:
    digits = match.group().lstrip("0") or "0"
    return f"{len(digits):0{_LENGTH_WIDTH}d}{digits}"
