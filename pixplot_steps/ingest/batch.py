"""Many pictures at once: threads decode, each row of the result depends on its own file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixplot_steps.ingest import decode, render
from pixplot_steps.ingest.decode import Decoded, Wanted
from pixplot_steps.ingest.fault import Fault

Source = Callable[[], "bytes | Fault"]
"""Gives the bytes of one file, or says why there are none. Called once, and once more where the file is damaged."""

Decoder = Callable[[bytes, Wanted], "Decoded | Fault"]


@dataclass(frozen=True)
class Options:
    """Sides in pixels, JPEG quality in 1..95, ground colour, the limit of megapixels and the number of threads.

    `squares`: sides of the squares that networks see; `aspect`: squash, crop or pad.
    """

    thumbnail: int
    picture: int
    picture_quality: int
    ground: tuple[int, int, int]
    max_megapixels: int
    threads: int
    squares: tuple[int, ...] = ()
    aspect: str = "squash"

    @property
    def wanted(self) -> Wanted:
        """What to decode for the thumbnail, the picture and the squares."""
        return Wanted(max(self.thumbnail, self.picture, *self.squares), self.ground, self.max_megapixels)


class Batch:
    """The rows of one shard.

    `thumb` u8 [n, cell, cell, 3]; `size` u32 [n, 2]; `colour` u8 [n, 3]; `ok` bool [n]; `pictures`: n JPEG files, empty where not ok;
    `faults`: per row what was wrong; `squares`: by side, u8 [n, side, side, 3]. Rows that are not ok are the ground colour, 0 and False.
    """

    def __init__(self, rows: int, options: Options) -> None:
        self.options = options
        self.thumb: NDArray[np.uint8] = np.empty((rows, options.thumbnail, options.thumbnail, 3), np.uint8)
        self.thumb[:] = options.ground
        self.squares = {side: np.full((rows, side, side, 3), options.ground, np.uint8) for side in options.squares}
        self.size = np.zeros((rows, 2), np.uint32)
        self.colour = np.zeros((rows, 3), np.uint8)
        self.ok = np.zeros(rows, np.bool_)
        self.pictures = [b""] * rows
        self.faults: list[tuple[Fault, ...]] = [()] * rows

    def read(self, sources: Sequence[Source]) -> None:
        """Fill all rows; damaged files are read a second time, tolerantly, after all others, as Pillow's switch for it is global."""
        self._decode(sources, range(len(sources)), decode.decode, tolerant=False)
        damaged = [row for row, faults in enumerate(self.faults) if any(_may_recover(fault) for fault in faults)]
        self._decode(sources, damaged, decode.recover, tolerant=True)

    def _decode(self, sources: Sequence[Source], rows: Iterable[int], decoder: Decoder, *, tolerant: bool) -> None:
        with decode.pillow(self.options.wanted, tolerant=tolerant), ThreadPoolExecutor(self.options.threads) as pool:
            for _ in pool.map(lambda row: self._fill(row, sources[row], decoder), rows):
                pass

    def _fill(self, row: int, source: Source, decoder: Decoder) -> None:
        data = source()
        decoded = decoder(data, self.options.wanted) if isinstance(data, bytes) else data
        if isinstance(decoded, Fault):
            self.faults[row] = (decoded,)
            return
        self.faults[row] = decoded.repairs
        self.thumb[row] = render.thumbnail(decoded.image, decoded.size, self.options.thumbnail, self.options.ground)
        self.pictures[row] = render.picture(decoded.image, decoded.size, self.options.picture, self.options.picture_quality)
        for side, squares in self.squares.items():
            squares[row] = render.square(decoded.image, decoded.size, side, self.options.aspect, self.options.ground)
        self.colour[row] = render.mean_colour(decoded.image)
        self.size[row] = decoded.size
        self.ok[row] = True


def _may_recover(fault: Fault) -> bool:
    return fault.kind in ("unreadable", "unsupported")
