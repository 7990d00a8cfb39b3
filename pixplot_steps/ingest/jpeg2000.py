"""JPEG 2000 files hold their picture at half, a quarter, ... of its size, too (ITU-T T.800): how far one can be reduced as it is read."""

from __future__ import annotations

from pixplot_steps.ingest.location import Bytes

_BEGIN = b"\xff\x4f\xff\x51"
_CODING = b"\xff\x52"
_TILE = b"\xff\x90"
_LEVELS = 9
"""Where the number of decompositions stands in the segment of coding styles (table A.12), counted from its marker."""


def begins(head: bytes) -> bool:
    """Whether a file begins as one of JPEG 2000 does, bare or in boxes (ITU-T T.800, annexes A and I)."""
    return head[:4] == _BEGIN or head[4:8] == b"jP  "


def halvings(data: Bytes) -> int:
    """How often the picture can be halved; 0 where the file does not say."""
    place = data.find(_BEGIN) + 2
    if place < 2:
        return 0
    while (marker := bytes(data[place : place + 2])) not in (_CODING, _TILE, b""):
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if length < 2:
            return 0
        place += 2 + length
    levels = bytes(data[place + _LEVELS : place + _LEVELS + 1])
    return levels[0] if marker == _CODING and levels else 0
