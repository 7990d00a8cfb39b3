"""The arithmetic of a picture in tiles: what lies where on which level, and what two formats call it.

Level 0 is the whole picture; each further level is half as wide and half as high, rounded up, down to a single pixel. A level is cut into
tiles of one side from the top left; those at the right and at the bottom may be smaller. Tiles do not overlap. All units are pixels of the
level, but for `region`.

Microsoft's Deep Zoom Image counts levels from the single pixel up. A IIIF image of compliance level 0 (Image API 3.0, sections 4 and 5) has
the same tiles down to the level that is one tile; its names say the region in pixels of the whole picture, and the size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple


class Tile(NamedTuple):
    """A tile of a level: its column and row there."""

    level: int
    column: int
    row: int

    @property
    def children(self) -> list[Tile]:
        """The four tiles of the level below that it shows at half the size, row by row."""
        return [Tile(self.level - 1, 2 * self.column + x, 2 * self.row + y) for y in (0, 1) for x in (0, 1)]


class Box(NamedTuple):
    """Left, top, width and height."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Pyramid:
    """A picture of `width` by `height` (at least 1) in tiles of side `tile` (a power of two)."""

    width: int
    height: int
    tile: int

    @property
    def levels(self) -> int:
        """Number of levels, the single pixel's too."""
        return (max(self.width, self.height) - 1).bit_length() + 1

    @property
    def joined(self) -> int:
        """The first level that is a single tile."""
        return next(level for level in range(self.levels) if max(self.size(level)) <= self.tile)

    def size(self, level: int) -> tuple[int, int]:
        """Width and height of a level."""
        return -(-self.width >> level), -(-self.height >> level)

    def count(self, level: int) -> tuple[int, int]:
        """Columns and rows of tiles of a level."""
        width, height = self.size(level)
        return -(-width // self.tile), -(-height // self.tile)

    def has(self, tile: Tile) -> bool:
        """Whether there is such a tile."""
        columns, rows = self.count(tile.level)
        return 0 <= tile.column < columns and 0 <= tile.row < rows

    def box(self, tile: Tile) -> Box:
        """What a tile covers of its level."""
        width, height = self.size(tile.level)
        x, y = tile.column * self.tile, tile.row * self.tile
        return Box(x, y, min(self.tile, width - x), min(self.tile, height - y))

    def region(self, tile: Tile) -> Box:
        """What a tile covers of the whole picture."""
        side = self.tile << tile.level
        x, y = tile.column * side, tile.row * side
        return Box(x, y, min(side, self.width - x), min(side, self.height - y))

    def tiles(self, level: int) -> Iterator[Tile]:
        """All tiles of a level, row by row."""
        columns, rows = self.count(level)
        return (Tile(level, column, row) for row in range(rows) for column in range(columns))

    def dzi(self, tile: Tile) -> str:
        """Path of a tile below `<name>_files/`."""
        return f"{self.levels - 1 - tile.level}/{tile.column}_{tile.row}.jpg"

    def descriptor(self) -> bytes:
        """The file `<name>.dzi`."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="{self.tile}" Overlap="0" Format="jpg">\n'
            f'  <Size Width="{self.width}" Height="{self.height}"/>\n'
            "</Image>\n"
        ).encode()

    def iiif(self, tile: Tile) -> str:
        """Path of a tile below the image's address, in the canonical form; of a level up to `joined`."""
        box, (width, height) = self.region(tile), self.box(tile)[2:]
        whole = box == (0, 0, self.width, self.height)
        region = "full" if whole else ",".join(map(str, box))
        size = "max" if whole and tile.level == 0 else f"{width},{height}"
        return f"{region}/{size}/0/default.jpg"

    def info(self, address: str) -> dict[str, Any]:
        """The file `info.json` of the image at this address."""
        width, height = self.size(self.joined)
        return {
            "@context": "http://iiif.io/api/image/3/context.json",
            "id": address,
            "type": "ImageService3",
            "protocol": "http://iiif.io/api/image",
            "profile": "level0",
            "width": self.width,
            "height": self.height,
            "sizes": [{"width": width, "height": height}],
            "tiles": [{"width": self.tile, "height": self.tile, "scaleFactors": [1 << level for level in range(self.joined + 1)]}],
        }


def blocks(pyramid: Pyramid, level: int, part: int, parts: int) -> list[Tile]:
    """The tiles of a level that fall to one of several jobs: runs of as even a length as can be, row by row."""
    columns, rows = pyramid.count(level)
    begin, end = (columns * rows * number // parts for number in (part, part + 1))
    return [Tile(level, number % columns, number // columns) for number in range(begin, end)]
