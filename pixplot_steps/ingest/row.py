"""One image from its file to all that is kept of it: the work of one task of `workers`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import cells, fit
from pixplot_steps.ingest import decode, fault, location, phash, render
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.location import LONG, Location
from pixplot_steps.ingest.picture import Decoded, Later, Wanted


@dataclass(frozen=True)
class Task:
    """The row of the shard, where its file is, and what is wanted of it."""

    row: int
    place: Location
    wanted: Wanted

    @property
    def alone(self) -> Task:
        """The same, to be done when no other task is."""
        return replace(self, wanted=replace(self.wanted, patient=True))


@dataclass(frozen=True)
class Row:
    """`thumb` u8 [cell, cell, 3]; `picture`: a JPEG file; `colour` u8 [3]; `size`: width and height in pixels; `phash` u64 [4].

    `small` u8 [32, 32, 3]: the thumbnail, reduced. `squares`: u8 [side, side, 3], one for each side wanted.
    """

    thumb: NDArray[np.uint8]
    small: NDArray[np.uint8]
    picture: bytes
    colour: NDArray[np.uint8]
    size: tuple[int, int]
    phash: NDArray[np.uint64]
    repairs: tuple[Fault, ...]
    squares: tuple[NDArray[np.uint8], ...]


def make(task: Task) -> Row | Fault | Later:
    """Read and decode; Later, as an answer, for what is to be done alone."""
    wanted = task.wanted
    data = location.read(task.place, wanted.max_megapixels)
    if isinstance(data, Fault):
        return data
    if len(data) > LONG and not wanted.patient:
        return Later()
    try:
        decoded = decode.decode(data, wanted, task.place.page)
    except Later as later:
        return later
    if isinstance(decoded, Fault):
        return decoded
    if min(decoded.size) < wanted.min_size:
        return fault.too_small(decoded.size, wanted.min_size)
    return _row(decoded, wanted)


def _row(decoded: Decoded, wanted: Wanted) -> Row:
    image, size = decoded.image, decoded.size
    thumb = render.thumbnail(image, size, wanted.thumbnail, wanted.ground)
    place = fit.centred(*size, wanted.thumbnail)
    longest = min(max(size), wanted.picture)
    return Row(
        thumb=thumb,
        small=cells.reduced(thumb[None], np.array([size]), cells.SMALL, wanted.ground)[0],
        picture=decoded.kept or render.picture(image, longest, wanted.quality),
        colour=render.mean_colour(thumb, place),
        size=size,
        phash=phash.of(thumb, place),
        repairs=decoded.repairs,
        squares=tuple(render.square(image, size, side, wanted.aspect, wanted.ground) for side in wanted.squares),
    )
