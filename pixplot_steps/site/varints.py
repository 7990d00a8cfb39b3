"""Whole numbers in as few bytes as they need: seven bits in each, the lowest first, the highest bit set but in the last (LEB128)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MOST = 5
"""Bytes of the largest number, below 2^32."""


def encode(values: NDArray[np.integer]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All numbers (0 to 2^32 - 1) one after the other: u8, and where each starts, i64 [n + 1], the end last."""
    numbers = values.astype(np.uint32)
    lengths = np.ones(len(numbers), np.int64)
    for place in range(1, _MOST):
        lengths += numbers >= np.uint32(1 << (7 * place))
    starts = np.zeros(len(numbers) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    out = np.empty(starts[-1], np.uint8)
    for place in range(_MOST):
        those = np.flatnonzero(lengths > place) if place else slice(None)
        more = (lengths[those] > place + 1).astype(np.uint8) << 7
        out[starts[:-1][those] + place] = ((numbers[those] >> np.uint32(7 * place)) & 127).astype(np.uint8) | more
    return out, starts


def one(value: int) -> bytes:
    """One number, of any size."""
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def decode(data: bytes | memoryview) -> NDArray[np.int64]:
    """All numbers of what `encode` made. Raises ValueError where the last has no end."""
    raw = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(raw < 128)
    if len(raw) and (not len(ends) or ends[-1] != len(raw) - 1):
        raise ValueError("the last number has no end")
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)[: len(ends)]
    place = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
    parts = (raw & 127).astype(np.int64) << (7 * place)
    return np.add.reduceat(parts, starts) if len(starts) else np.empty(0, np.int64)
