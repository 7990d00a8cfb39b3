"""Which picture to ask a IIIF image server for: of the least size that is enough, and as the server says it can give it.

Image API 1.1, 2.1 and 3.0 (https://iiif.io/api/image/). Nothing is enlarged, and the whole picture is asked for only where it is
small, or where the server gives nothing else.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from pixplot_steps.fetch.presentation import Image, Service, number, service_of
from pixplot_steps.fetch.upgrade import Object, many, objects

_SCALES = frozenset({"sizeByW", "sizeByWh", "sizeByConfinedWh"})
"""Features of servers that give any size."""

_ENOUGH = 2
"""A listed size is taken up to so many times the side that is wanted; beyond, a server that scales is asked to."""

_LEVELS = {1: {"sizeByW"}, 2: {"sizeByW", "sizeByWh", "sizeByConfinedWh"}}


@dataclass(frozen=True)
class Picture:
    """`address` to ask for, and the width and height in pixels that are expected there; 0 where nobody says."""

    address: str
    width: int
    height: int


@dataclass(frozen=True)
class Info:
    """What a server says of one image. `version`: of the Image API; `sizes`: (width, height) it is quickest with, ascending.

    `widest`, `highest`, `area`: limits in pixels. `can`: names of features; `level` is 0 where it only has fixed sizes.
    """

    id: str
    version: int
    level: int
    width: int
    height: int
    sizes: tuple[tuple[int, int], ...]
    widest: float
    highest: float
    area: float
    can: frozenset[str]


def parse(data: bytes, service: Service) -> Info | None:
    """An info.json; None where it is none. `service`: what the manifest says, which holds where the answer says nothing."""
    try:
        value = json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not number(value.get("width")) or not number(value.get("height")):
        return None
    # The address by which it was found is believed, and not the one in the answer: behind proxies that is often wrong.
    told = service_of({**value, "id": service.id, "@id": service.id})
    version = (told and told.version) or service.version
    level = told.level if told and told.level >= 0 else service.level
    return info_of(Service(service.id, version, level, value))


def embedded(service: Service) -> Info | None:
    """What the manifest itself has of the info.json, where that is enough to choose by."""
    told = info_of(service)
    return told if told.width and told.height and (told.sizes or told.level > 0) and service.version else None


def assumed(image: Image) -> Info | None:
    """What may be taken for granted of a service of level 1 or 2 that is only named; None of others."""
    service = image.service
    if service is None or service.level < 1 or not service.version or not image.width or not image.height:
        return None
    told = info_of(service)
    return Info(service.id, service.version, service.level, image.width, image.height, (), told.widest, told.highest, told.area, told.can)


def info_of(service: Service) -> Info:
    """The description that a service carries with it."""
    value = service.info
    width, height = number(value.get("width")), number(value.get("height"))
    limits = [value, *objects(value.get("profile"))]
    widest = _limit(limits, "maxWidth")
    can = {str(name) for one in limits for key in ("supports", "extraFeatures") for name in many(one.get(key))}
    level = max(service.level, 0)
    return Info(
        id=service.id,
        version=service.version or 2,
        level=level,
        width=width,
        height=height,
        sizes=_sizes(value, width, height) or (_of_tiles(value, width, height) if level == 0 else ()),
        widest=widest,
        highest=_limit(limits, "maxHeight", widest),
        area=_limit(limits, "maxArea"),
        can=frozenset(can | _LEVELS.get(level, set())),
    )


def whole(info: Info, side: int) -> Picture:
    """The picture whose longest side is `side` pixels or a little more, where there is such a one."""
    scales = bool(info.can & _SCALES)
    listed = [size for size in info.sizes if max(size) >= side and _allowed(info, *size)]
    listed = [size for size in listed if not scales or max(size) <= _ENOUGH * side]
    if listed:
        return _picture(info, "full", *min(listed, key=lambda size: size[0] * size[1]))
    if not scales:
        largest = [size for size in info.sizes if _allowed(info, *size)]
        return _picture(info, "full", *max(largest, key=lambda size: size[0] * size[1])) if largest else _full(info)
    return _scaled(info, "full", info.width, info.height, side)


def of_image(info: Info, image: Image, side: int) -> Picture:
    """The picture to ask for, of the region that the canvas shows."""
    region = _region(image.region, info)
    if region is None:
        return whole(info, side)
    if not info.can & _SCALES:
        return Picture(_address(info, _text(region), "max" if info.version >= 3 else "full"), region[2], region[3])
    return _scaled(info, _text(region), region[2], region[3], side)


def _scaled(info: Info, region: str, width: int, height: int, side: int) -> Picture:
    scale = min(1.0, side / max(width, height), info.widest / width, info.highest / height, math.sqrt(info.area / (width * height)))
    drawn = max(1, math.ceil(width * scale - 1e-9)), max(1, math.ceil(height * scale - 1e-9))
    if not _allowed(info, *drawn):
        drawn = max(1, math.floor(width * scale)), max(1, math.floor(height * scale))
    if drawn == (width, height):
        size = "max" if info.version >= 3 else "full"
    elif "sizeByConfinedWh" in info.can and max(drawn) > 1:
        size = f"!{drawn[0]},{drawn[1]}"
    elif "sizeByW" in info.can:
        size = f"{drawn[0]},"
    else:
        size = f"{drawn[0]},{drawn[1]}"
    return Picture(_address(info, region, size), *drawn)


def _picture(info: Info, region: str, width: int, height: int) -> Picture:
    """A size that the server lists. Version 3 names both sides; version 2 the width alone, in its canonical form."""
    if (width, height) == (info.width, info.height):
        return Picture(_address(info, region, "max" if info.version >= 3 else "full"), width, height)
    both = info.version >= 3 or (info.level == 0 and "sizeByWhListed" in info.can)
    return Picture(_address(info, region, f"{width},{height}" if both else f"{width},"), width, height)


def _full(info: Info) -> Picture:
    """All there is, of a server that gives nothing else; in version 3, and where there are limits, the largest it gives."""
    limited = info.version >= 3 or not _allowed(info, info.width, info.height)
    return Picture(_address(info, "full", "max" if limited else "full"), info.width, info.height)


def _address(info: Info, region: str, size: str) -> str:
    return f"{info.id}/{region}/{size}/0/{'native' if info.version == 1 else 'default'}.jpg"


def _allowed(info: Info, width: int, height: int) -> bool:
    return width <= info.widest and height <= info.highest and width * height <= info.area


def _limit(values: list[Object], key: str, otherwise: float = math.inf) -> float:
    return min((float(found) for one in values if (found := number(one.get(key)))), default=otherwise)


def _sizes(value: Object, width: int, height: int) -> tuple[tuple[int, int], ...]:
    found = {(number(one.get("width")), number(one.get("height"))) for one in objects(value.get("sizes"))}
    # Some servers list sizes beyond the picture's own, which would be enlarged.
    return tuple(sorted((w, h) for w, h in found if w and h and (not width or (w <= width and h <= height))))


def _of_tiles(value: Object, width: int, height: int) -> tuple[tuple[int, int], ...]:
    """Sizes at which one tile is the whole picture: a server of tiles alone has these, and no others."""
    found = set()
    for tiles in objects(value.get("tiles")):
        across = number(tiles.get("width"))
        down = number(tiles.get("height")) or across
        for factor in map(number, many(tiles.get("scaleFactors"))):
            if factor and width <= across * factor and height <= down * factor:
                found.add((math.ceil(width / factor), math.ceil(height / factor)))
    return tuple(sorted(found))


def _region(text: str, info: Info) -> tuple[int, int, int, int] | None:
    """x, y, width and height of a part in pixels; None for the whole."""
    if text == "square":
        side = min(info.width, info.height)
        return (info.width - side) // 2, (info.height - side) // 2, side, side
    if text == "full" or not info.width:
        return None
    x, y, width, height = (float(part) for part in text.removeprefix("pct:").split(","))
    if text.startswith("pct:"):
        x, width = x * info.width / 100, width * info.width / 100
        y, height = y * info.height / 100, height * info.height / 100
    left, top = min(int(x), info.width - 1), min(int(y), info.height - 1)
    return left, top, max(1, min(int(width), info.width - left)), max(1, min(int(height), info.height - top))


def _text(region: tuple[int, int, int, int]) -> str:
    return ",".join(map(str, region))
