"""What every decoder is asked for, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from pixplot_steps.ingest.fault import Fault

_LARGE = 16_000_000


class Later(Exception):  # noqa: N818 - no fault, but a request
    """A picture takes so much memory that it is to be decoded when no other is."""


@dataclass(frozen=True)
class Wanted:
    """`thumbnail`, `picture`: longest sides in pixels; `quality`: of the picture's JPEG file; `ground`: colour under transparency.

    Pictures of more than `max_megapixels` are refused. `patient`: large ones are decoded, and not put off.
    Those whose shorter side is below `min_size` are left out.
    `squares`: sides of the squares that networks see; `aspect`: squash, crop or pad.
    """

    thumbnail: int
    picture: int
    quality: int
    ground: tuple[int, int, int]
    max_megapixels: int
    patient: bool = False
    squares: tuple[int, ...] = ()
    aspect: str = "squash"
    min_size: int = 0

    @property
    def longest(self) -> int:
        """The side in pixels that all sizes together need."""
        return max(self.enough, self.picture)

    @property
    def enough(self) -> int:
        """The side that the thumbnail and the squares need: twice their own, for a reduction of good quality."""
        return 2 * max((self.thumbnail, *self.squares))

    @property
    def max_pixels(self) -> int:
        """The limit in pixels."""
        return self.max_megapixels * 1_000_000

    def large(self, width: int, height: int) -> bool:
        """Whether decoding so many pixels takes more memory than one of several processes may take."""
        return width * height > _LARGE


@dataclass(frozen=True)
class Decoded:
    """`image`: mode L or RGB, upright, longest side at most `Wanted.longest` and never enlarged, without metadata.

    `size`: width and height of the whole picture, upright. `repairs`: what had to be put right. `kept`: the file itself, without
    metadata, where it is fit for the panel.
    """

    image: Image.Image
    size: tuple[int, int]
    repairs: tuple[Fault, ...] = ()
    kept: bytes | None = None
