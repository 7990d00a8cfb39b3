"""The rules of docs/format.md, one function for each part of the manifest. Each gives the faults of its part.

A function ends early, with Wrong, where what is found leaves nothing more to compare.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.site import table
from pixplot_steps.site.manifest import FORMAT, PICTURE_PATH, VERSION
from pixplot_steps.site.untrusted import MANIFEST, Fault, Node, Site, Wrong
from pixplot_steps.store import tables

Faults = Iterator[Fault]

_PROBLEMS = ("path", "stage", "kind", "reason", "action")
_ID = re.compile("[0-9a-f]{32}")
_EDITED_ID = re.compile(r"[0-9a-f]{32}|own-[0-9A-Za-z\-]{1,64}")
_SLACK = 1e-6
"""Float32 positions may round past 1 by this."""

_STEP = 2 / 65_535
"""Map units between coarse positions."""

_LARGEST_SIDE = 1 << 16
"""Of a page or a picture: beyond what JPEG and WebP can hold."""

_UNITS = ("year", "decade", "century", "hue", "lightness")
"""Of an arrangement by dates or by colours."""

_COLOUR = re.compile("#[0-9a-f]{6}")
_HOST = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
_WEB = re.compile(r"https?://[^\s\"<>]+")
_SERVICE = {"id": str, "version": int, "level": int, "width": int, "height": int, "region": str, "large": str}

_DEEPZOOM = re.compile(r"deepzoom/[0-9a-f]{12}")

_END_OF_JPEG = b"\xff\xd9"


@dataclass(frozen=True)
class Rows:
    """The table's images: distinct ids, sorted, and for each row the index of its id."""

    ids: list[str]
    index: NDArray[np.int64]


def head(manifest: Node) -> Faults:
    """Format, version and texts."""
    manifest["format"].text(FORMAT)
    version = manifest["version"]
    if version.integer() != VERSION:
        raise version.wrong(str(VERSION))
    for key in ("title", "description"):
        manifest[key].text()
    manifest["counts"]["images"].integer(1, manifest["counts"]["items"].integer(1))
    for key in ("shards", "problems"):
        manifest["counts"][key].integer()
    yield from ()


def items(manifest: Node, found: pa.Table) -> Faults:
    """The table of items: its rows, its two fixed columns and the order of its rows."""
    name, count = manifest["table"]["file"].text(), manifest["counts"]["items"].integer()
    if found.num_rows != count:
        yield Fault(name, f"{count} rows, as counts.items says", f"{found.num_rows} rows")
    for column in table.FIXED:
        if column not in found.column_names or not _is_text(found[column].type) or found[column].null_count:
            raise Wrong(name, f"a column {column!r} of texts, all given", _type(found, column))
    names = found["item"].combine_chunks().cast(pa.string())
    steps = pc.less(names[:-1], names[1:])
    if not pc.all(steps, min_count=0).as_py():
        row = steps.index(False).as_py() + 1
        yield Fault(name, "items sorted by path, each once", f"row {row}: {names[row].as_py()!a} after {names[row - 1].as_py()!a}")


def rows(manifest: Node, found: pa.Table) -> Rows:
    """The images of the table's rows."""
    coded = found["image"].combine_chunks().cast(pa.string()).dictionary_encode()
    ids = coded.dictionary.to_pylist()
    strange = next((image for image in ids if not _ID.fullmatch(image)), None)
    if strange is not None:
        raise Wrong(manifest["table"]["file"].text(), "ids of images of 32 hexadecimal characters", ascii(strange))
    order = sorted(range(len(ids)), key=ids.__getitem__)
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    return Rows([ids[i] for i in order], rank[np.asarray(coded.indices, dtype=np.int64)])


def images(manifest: Node, known: Rows) -> Faults:
    """The number of distinct images."""
    if len(known.ids) != manifest["counts"]["images"].integer():
        yield manifest["counts"]["images"].wrong(f"{len(known.ids)}, as the table has").fault


def columns(manifest: Node, found: pa.Table) -> Faults:
    """The list of columns, and the table's types."""
    seen: set[str] = set(table.FIXED)
    for column in manifest["columns"].list():
        name, kind = column["name"].text(), column["type"].text(*table.TYPES)
        column["label"].text()
        if column["role"].value is not None:
            column["role"].text(*table.ROLES)
        if name in seen:
            yield column["name"].wrong("a name that is not taken").fault
        seen.add(name)
        if found.column_names.count(name) != 1 or not _fits(found[name].type, kind):
            yield Fault(manifest["table"]["file"].text(), f"one column {name!r} of {kind} ({table.TYPES[kind]})", _type(found, name))
    for name in sorted(set(found.column_names) - seen):
        yield Fault(manifest["table"]["file"].text(), "only columns that the manifest lists", ascii(name))


def colours(site: Site, manifest: Node) -> Faults:
    """Mean colours."""
    site.array(manifest["colours"], "u8", (_count(manifest), 3))
    yield from ()


def sizes(site: Site, manifest: Node) -> Faults:
    """Widths and heights."""
    values = site.array(manifest["sizes"], "u32", (_count(manifest), 2))
    yield from _outside(manifest["sizes"], values, values >= 1, "sizes of at least 1")


def stacks(site: Site, manifest: Node) -> Faults:
    """The first row of each row's stack, where there are stacks."""
    if "stacks" in manifest.value:
        values = site.array(manifest["stacks"], "u32", (_count(manifest),)).astype(np.int64)
        rows_ = np.arange(len(values))
        inside = values <= rows_
        first = np.where(inside, values, rows_)
        yield from _outside(
            manifest["stacks"], values, inside & (values[first] == values), "the first row of a stack, which is its own first"
        )


def years(site: Site, manifest: Node) -> Faults:
    """First and last years of the columns of dates, where there are any."""
    for one in manifest["years"].list() if "years" in manifest.value else []:
        one["column"].text(*(column["name"].text() for column in manifest["columns"].list()))
        values = site.array(one["values"], "i32", (_count(manifest), 2))
        none = (values == tables.NO_YEARS).all(axis=1)
        yield from _outside(one["values"], values, none | (values[:, 0] <= values[:, 1]), f"years in order, or {tables.NO_YEARS}")


def services(site: Site, manifest: Node) -> Faults:
    """Image services, where there are any: objects with their keys, one after the other; and that the hosts are names of hosts."""
    if "services" not in manifest.value:
        return
    told = manifest["services"]
    for host in told["hosts"].list():
        if not _HOST.fullmatch(host.text()):
            yield host.wrong("http:// or https://, a host, and nothing else").fault
    ends = site.array(told["ends"], "u32", (_count(manifest),)).astype(np.int64)
    data = site.file(told["records"]).read_bytes()
    starts = np.concatenate([[0], ends[:-1]])
    yield from _outside(told["ends"], ends, (starts <= ends) & (ends <= len(data)), f"ends that ascend to {len(data)}")
    if (starts <= ends).all() and len(ends) and ends[-1] == len(data):
        for row in np.flatnonzero(ends > starts):
            if not _is_service(data[starts[row] : ends[row]]):
                yield told["records"].wrong(f"an image service as an object in row {row}").fault
                return
    else:
        yield told["ends"].wrong(f"a last end of {len(data)}").fault


def _is_service(data: bytes) -> bool:
    try:
        value = json.loads(data)
    except ValueError:
        return False
    return isinstance(value, dict) and all(isinstance(value.get(key), kind) for key, kind in _SERVICE.items())


def look(site: Site, manifest: Node) -> Faults:
    """The look of the page, where the site says something of it: sign, accents, the view that opens, and the column of alt texts."""
    told = manifest.get("look")
    logo, accent = (told.get("logo"), told.get("accent")) if told else (None, None)
    if logo:
        sides = (logo["width"].integer(1, _LARGEST_SIDE), logo["height"].integer(1, _LARGEST_SIDE))
        found = site.image(site.file(logo).relative_to(site.root).as_posix(), "PNG")
        if found != sides:
            yield logo.wrong(f"the sides of its file, {found[0]} x {found[1]}").fault
    for colour in [accent[ground] for ground in ("light", "dark")] if accent else []:
        if not _COLOUR.fullmatch(colour.text()):
            yield colour.wrong("#rrggbb").fault
    if opening := manifest.get("opening"):
        opening.text()
    alt = manifest.get("alt")
    if alt and alt.text() not in [column["name"].value for column in manifest["columns"].list()]:
        yield alt.wrong("a column that is listed").fault


def rights(manifest: Node) -> Faults:
    """Credit and licence of the collection, where the site says something of them."""
    told = manifest.get("rights")
    if told is None:
        return
    texts = [told[key].text() for key in ("credit", "licence", "address")]
    if texts[-1] and not _WEB.fullmatch(texts[-1]):
        yield told["address"].wrong("an address that begins with http: or https:, or nothing").fault


def layout_names(manifest: Node) -> Faults:
    """That there are layouts, of distinct names."""
    names = [layout["name"].text() for layout in manifest["layouts"].list()]
    if not names or len(set(names)) != len(names):
        yield manifest["layouts"].wrong(f"one layout or more, of distinct names, not {names!a}").fault


def layout(site: Site, manifest: Node, one: Node) -> Faults:
    """One layout."""
    one["label"].text()
    one["kind"].text("map", "grid")
    _made_from(manifest, one)
    if one["cell"].number(0) == 0:
        yield one["cell"].wrong("a number above 0").fault
    if one["quality"].value is not None:
        yield from _quality(one["quality"])
    if one.get("unit") is not None:
        one["unit"].text(*_UNITS)
    if one.get("parameters") is not None:
        one["parameters"]["n_neighbors"].integer(2)
        one["parameters"]["min_dist"].number(0)
    if one.get("variant_of") is not None:
        one["variant_of"].text(*(other["name"].text() for other in manifest["layouts"].list() if other.get("variant_of") is None))
    if one.get("kept") is not None:
        yield from _kept(one["kept"])
    if one.get("model") is not None:
        one["model"].text(*(named["name"].text() for named in manifest["models"].list()))
    values = site.array(one["positions"], "f32", (_count(manifest), 2))
    yield from _outside(one["positions"], values, np.abs(values) <= 1 + _SLACK, "positions in [-1, 1]")
    yield from _depth(site, manifest, one)
    if one.get("near") is not None:
        site.array(one["near"], "u8", (_count(manifest),))
    if (given := one["positions"].get("coarse")) is not None:
        steps = site.array(given, "u16", values.shape)
        near = np.abs(steps * _STEP - 1 - values) <= _STEP / 2 + _SLACK
        yield from _outside(given, steps, near, "the nearest steps to the positions")
    yield from _labels(site, one)
    yield from _events(site, one)
    yield from _lines(site, one)
    yield from _deepzoom(site, one)


def _made_from(manifest: Node, one: Node) -> None:
    """What a layout goes by."""
    for key in ("arrangement", "unit"):
        if one.get(key) is not None:
            one[key].text()
    for column in one["columns"].list() if one.get("columns") else []:
        column.text(*(named["name"].text() for named in manifest["columns"].list()))

    if (drawn := one.get("supervised")) is not None:
        drawn["column"].text(*(named["name"].text() for named in manifest["columns"].list()))
        drawn["weight"].number(0, 1)


def _depth(site: Site, manifest: Node, one: Node) -> Faults:
    """The places in three dimensions, where there are any."""
    if (deep := one.get("positions3")) is not None:
        values = site.array(deep, "f32", (_count(manifest), 3))
        yield from _outside(deep, values, np.abs(values) <= 1 + _SLACK, "positions in [-1, 1]")


def _labels(site: Site, one: Node) -> Faults:
    """The labels of a layout, where it has any."""

    def right(found: pa.Table) -> bool:
        return set(found["anchor"].to_pylist()) <= {"top", "right"}

    return _marks(site, one.get("labels"), tables.LABELS, "labels, all given, anchored at top or right", right)


def _events(site: Site, one: Node) -> Faults:
    """What happened in which year, where a layout says so."""

    def right(found: pa.Table) -> bool:
        return bool(pc.all(pc.not_equal(found["year"], 0)).as_py())

    return _marks(site, one.get("events"), tables.EVENTS, "events, all given, in years other than 0", right)


def _marks(site: Site, reference: Node | None, schema: pa.Schema, wanted: str, right: Callable[[pa.Table], bool]) -> Faults:
    """A table of what stands at places of a layout, of which no cell is empty; none where there is no reference."""
    if reference is None:
        return
    found = site.table(reference)
    name = reference["file"].text()
    if found.schema.names != schema.names or found.schema.types != schema.types:
        yield Fault(name, str(schema).replace("\n", ", "), str(found.schema).replace("\n", ", "))
    elif any(column.null_count for column in found.columns) or not right(found):
        yield Fault(name, wanted, "another")
    elif not (pc.all(pc.is_finite(found["x"])).as_py() and pc.all(pc.is_finite(found["y"])).as_py()):
        yield Fault(name, "finite places", "another")


def _lines(site: Site, one: Node) -> Faults:
    """The lines of a layout, where it has any."""
    reference = one.get("lines")
    if reference is None:
        return
    count, lines = (reference[key]["shape"].list()[0].integer(1) for key in ("points", "ends"))
    points = site.array(reference["points"], "f32", (count, 2))
    ends = site.array(reference["ends"], "u32", (lines,)).astype(np.int64)
    yield from _outside(reference["points"], points, np.isfinite(points), "finite points")
    yield from _outside(reference["ends"], ends, np.diff(ends, prepend=0) >= 2, "ends that ascend by two points or more")
    if ends[-1] != count:
        yield Fault(reference["ends"]["file"].text(), f"{count}, the number of points, at the end", str(ends[-1]))


def _deepzoom(site: Site, one: Node) -> Faults:
    """The layout as one large picture, where it is one: its descriptors, and that its tiles are there."""
    told = one.get("deepzoom")
    if told is None:
        return
    width, height, tile = (told[key].integer(1) for key in ("width", "height", "tile"))
    told["cell"].integer(1)
    base = told["dzi"].text().removesuffix(".dzi")
    if not _DEEPZOOM.fullmatch(base):
        raise told["dzi"].wrong("deepzoom/, twelve hexadecimal characters and .dzi")
    descriptor = site.path(f"{base}.dzi").read_text("utf-8", "replace")
    for words in (f'TileSize="{tile}"', 'Overlap="0"', f'Width="{width}"', f'Height="{height}"'):
        if words not in descriptor:
            yield Fault(f"{base}.dzi", words, "another, or none")
    sizes = [path.stat().st_size for path in (site.root / f"{base}_files").glob("*/*.jpg")]
    if (len(sizes), sum(sizes)) != (told["tiles"].integer(1), told["bytes"].integer(1)):
        expected = f"{told['tiles'].value} tiles of {told['bytes'].value} bytes"
        yield Fault(f"{base}_files", expected, f"{len(sizes)} tiles of {sum(sizes)} bytes")
    yield from _deepzoom_as_iiif(site, told, base)
    if (mosaic := told.get("mosaic")) is not None:
        path = site.path(mosaic["file"].text())
        if (path.stat().st_size, digest.of_file(path)) != (mosaic["bytes"].integer(1), mosaic["digest"].text()):
            yield Fault(mosaic["file"].text(), "the bytes that the manifest says", "others")


def _deepzoom_as_iiif(site: Site, told: Node, base: str) -> Faults:
    if told.get("iiif") is None:
        return
    name = told["iiif"].text(f"{base}/info.json")
    try:
        info = json.loads(site.path(name).read_bytes())
        sides = [info["width"], info["height"], info["tiles"][0]["width"]]
        largest = max(info["tiles"][0]["scaleFactors"])
    except (ValueError, KeyError, IndexError, TypeError):
        raise Wrong(name, "a IIIF image with tiles", "something else") from None
    if sides != [told[key].integer() for key in ("width", "height", "tile")]:
        yield Fault(name, "the sides that the manifest says", str(sides))
    whole = f"{base}/full/{-(-sides[0] // largest)},{-(-sides[1] // largest)}/0/default.jpg"
    site.image(whole if largest > 1 else f"{base}/full/max/0/default.jpg", "JPEG")


def slots(site: Site, manifest: Node, known: Rows | None) -> Faults:
    """The slot of each row: one for each image."""
    reference, count = manifest["atlas"]["slots"], _slots(manifest)
    values = site.array(reference, "u32", (_count(manifest),)).astype(np.int64)
    yield from _outside(reference, values, values < count, f"slots below {count}, the number of slots")
    if known is None or len(known.index) != len(values):
        return
    of_image = np.full(len(known.ids), -1)
    of_image[known.index] = values
    shared = np.flatnonzero(of_image[known.index] != values)
    if len(shared):
        yield Fault(reference["file"].text(), "one slot for rows that show one image", f"another slot in row {shared[0]}")
    if len(np.unique(of_image)) != len(of_image):
        yield Fault(reference["file"].text(), "a slot for each image", f"{len(np.unique(of_image))} slots for {len(of_image)} images")


def levels(manifest: Node) -> Faults:
    """The levels' cells."""
    atlas = manifest["atlas"]
    atlas["format"].text("webp", "jpeg", "avif")
    page = atlas["page"].integer(1, _LARGEST_SIDE)
    cells = [level["cell"].integer(1, page) for level in atlas["levels"].list()]
    if not cells or cells != sorted(set(cells)):
        yield atlas["levels"].wrong(f"one level or more, ascending by cell, not {cells}").fault
    for cell in cells:
        if page % cell:
            yield atlas["page"].wrong(f"a multiple of the cell, {cell}").fault


def level(manifest: Node, one: Node) -> Faults:
    """The number of pages of a level."""
    expected = _pages(manifest, one).count
    if len(one["pages"].list()) != expected:
        yield Fault(MANIFEST, f"{one.key}: {expected} pages for this cell", f"{len(one['pages'].list())}")


def pages(site: Site, manifest: Node, one: Node) -> Iterator[tuple[Node, int, range]]:
    """The pages of a level with the width and the heights that each may have: just enough for its last slot, or full."""
    layout = _pages(manifest, one)
    slots_ = site.array(manifest["atlas"]["slots"], "u32", (_count(manifest),)).astype(np.int64)
    numbers = np.arange(layout.count)
    last = np.full(layout.count, -1)
    np.maximum.at(last, np.minimum(slots_ // layout.per_page, layout.count - 1), slots_ % layout.per_page)
    for number, page, place in zip(numbers.tolist(), one["pages"].list(), last.tolist(), strict=True):
        full = layout.height(number)
        gaps = layout.slots > manifest["counts"]["images"].integer() and number < layout.count - 1
        least = max(layout.cell, layout.height_of(place + 1)) if gaps else full
        yield page, layout.page, range(least, full + 1, layout.cell)


def page(site: Site, manifest: Node, reference: Node, width: int, heights: range) -> Faults:
    """One page: its bytes, format and size."""
    site.file(reference)
    found = site.image(reference["file"].text(), manifest["atlas"]["format"].text().upper())
    if found[0] != width or found[1] not in heights:
        least = "" if len(heights) == 1 else f"{heights[0]} to "
        yield Fault(reference["file"].text(), f"{width} x {least}{heights[-1]} pixels", f"{found[0]} x {found[1]} pixels")


def neighbours(site: Site, manifest: Node, known: Rows | None) -> Faults:
    """The rows most like each row, by each model: each another image, and each once. Sites written before there were any have none."""
    first, more = manifest.get("neighbours"), manifest.get("more_neighbours")
    if first is not None:
        yield from _neighbours(site, manifest, first, known)
    listed = more.list() if more is not None else []
    others = [one["name"].text() for one in manifest["models"].list()[1:]] if listed else []
    names = [one["model"].text() for one in listed]
    if names and (first is None or len(set(names)) != len(names) or not {*names} <= {*others}):
        yield manifest["more_neighbours"].wrong(f"each of other models than the first, {others!a}, not {names!a}").fault
    for one in listed:
        yield from _neighbours(site, manifest, one["rows"], known)


def _neighbours(site: Site, manifest: Node, reference: Node, known: Rows | None) -> Faults:
    count = _count(manifest)
    shape = [side.integer() for side in reference["shape"].list()]
    values = site.array(reference, "u32", (count, shape[1] if len(shape) == 2 else 0)).astype(np.int64)
    inside = values < count
    yield from _outside(reference, values, inside, f"rows below {count}")
    if known is None or len(known.index) != count or not inside.all():
        return
    found = known.index[values]
    yield from _outside(reference, values, found != known.index[:, None], "neighbours that show another image")
    ordered = np.sort(found, axis=1)
    yield from _outside(reference, values, np.diff(ordered, axis=1, prepend=-1) > 0, "neighbours that differ")


def hotspots(site: Site, manifest: Node, spots: Node) -> Faults:
    """Members, and the list, of one map's hotspots, and of its regions."""
    spots["layout"].text(*(one["name"].text() for one in manifest["layouts"].list()))
    regions = spots.get("regions")
    edited = spots.get("edited")
    sets = [] if edited is None else _sets(site, manifest, edited, len(spots["list"].list()))
    yield from _groups(site, manifest, spots, 0 if regions is None else len(regions["list"].list()), sets)
    if regions is not None:
        yield from _groups(site, manifest, regions, 0, [])


def _sets(site: Site, manifest: Node, edited: Node, listed: int) -> list[NDArray[np.uint32]]:
    """The rows of each hotspot listed that `members` does not tell."""
    removed = edited["removed"].list()
    for one in removed:
        if not _EDITED_ID.fullmatch(one["id"].text()):
            raise one["id"].wrong("32 hexadecimal characters, or own- and letters or digits")
        one["label"].text()
    count = edited["rows"]["shape"].list()[0].integer()
    rows, ends = site.array(edited["rows"], "u32", (count,)), site.array(edited["ends"], "u32", (listed + len(removed),))
    steps = np.diff(ends.astype(np.int64), prepend=0)
    if (steps < 0).any() or (ends[-1] if len(ends) else 0) != count:
        raise edited["ends"]["file"].wrong(f"ends that ascend to {count}, the number of rows")
    found = np.split(rows, ends[:-1])
    if any(len(one) and (one[-1] >= _count(manifest) or (one[1:] <= one[:-1]).any()) for one in found):
        raise edited["rows"]["file"].wrong(f"rows of each hotspot that ascend, below {_count(manifest)}")
    return found[:listed]


def _groups(site: Site, manifest: Node, spots: Node, regions: int, sets: list[NDArray[np.uint32]]) -> Faults:
    listed = spots["list"].list()
    members = site.array(spots["members"], "i32", (_count(manifest),))
    inside = (members >= -1) & (members < len(listed))
    yield from _outside(spots["members"], members, inside, f"members from -1 to {len(listed) - 1}")
    counts = [spot["count"].integer(1) for spot in listed]
    if not sets and counts != sorted(counts, reverse=True):
        yield spots["list"].wrong("hotspots that descend by count").fault
    names = [spot["id"].text() for spot in listed]
    if len(set(names)) != len(names):
        yield spots["list"].wrong("distinct ids").fault
    for i, spot in enumerate(listed):
        spot["region"].integer(-1, regions - 1)
        own = bool(sets) and len(sets[i]) > 0
        yield from _hotspot(spot, sets[i] if own else np.flatnonzero(members == i), len(members), made=bool(sets))


def problems(site: Site, manifest: Node) -> Faults:
    """The table of problems."""
    reference, count = manifest["problems"], manifest["counts"]["problems"].integer()
    found = site.table(reference)
    if found.num_rows != count:
        yield Fault(reference["file"].text(), f"{count} rows, as counts.problems says", f"{found.num_rows} rows")
    if tuple(found.column_names) != _PROBLEMS or not all(_is_text(field.type) for field in found.schema):
        yield Fault(reference["file"].text(), f"the columns {', '.join(_PROBLEMS)}, of texts", str(found.schema).replace("\n", ", "))


def picture_sizes(site: Site, manifest: Node, known: Rows) -> Iterator[tuple[str, int]]:
    """The path of each image's picture and the longest side that it may have."""
    manifest["pictures"]["path"].text(PICTURE_PATH)
    limit = manifest["pictures"]["longest_side"].integer(1, _LARGEST_SIDE)
    sizes = site.array(manifest["sizes"], "u32", (_count(manifest), 2)).max(axis=1)
    if len(sizes) != len(known.index):
        raise Wrong(manifest["table"]["file"].text(), f"{len(sizes)} rows", f"{len(known.index)} rows")
    longest = np.full(len(known.ids), limit, dtype=np.int64)
    longest[known.index] = np.minimum(sizes, limit)
    for image, side in zip(known.ids, longest.tolist(), strict=True):
        yield PICTURE_PATH.format(prefix=image[:2], image=image), side


def picture(site: Site, name: str, side: int) -> Faults:
    """One picture: whole, and not enlarged."""
    width, height = site.image(name, "JPEG")
    if max(width, height) > side:
        yield Fault(name, f"no side longer than {side} pixels", f"{width} x {height} pixels")
    with site.path(name).open("rb") as file:
        file.seek(-len(_END_OF_JPEG), os.SEEK_END)
        end = file.read()
    if end != _END_OF_JPEG:
        yield Fault(name, "a whole JPEG file, closed by its end marker", f"the last bytes {end.hex()}")


def picture_bytes(manifest: Node, total: int) -> Faults:
    """The length of all pictures together."""
    if manifest["pictures"]["bytes"].integer() != total:
        yield manifest["pictures"]["bytes"].wrong(f"{total}, the bytes of all pictures").fault


def model(manifest: Node) -> Faults:
    """What is said of the features and of the principal components."""
    yield from _model(manifest["model"])
    _vectors(manifest["vectors"])
    if manifest.get("models") is None:
        return
    names = [one["name"].text() for one in manifest["models"].list()]
    if names[:1] != [manifest["model"]["name"].text()] or len(set(names)) != len(names):
        yield manifest["models"].wrong(f"distinct names, the first that of model, not {names!a}").fault
    for one in manifest["models"].list():
        yield from _model(one)
        _vectors(one["vectors"])
        one["neighbours"]["recall"].number(0, 1)


def _model(one: Node) -> Faults:
    one["name"].text()
    one["description"].text()
    one["dimensions"].integer(1)
    if not isinstance(one["version"].value, int | str):
        yield one["version"].wrong("a version").fault


def _vectors(one: Node) -> None:
    one["components"].integer(0)
    one["explained_variance"].number(0, 1)


def _count(manifest: Node) -> int:
    return manifest["counts"]["items"].integer(1)


def _is_text(kind: pa.DataType) -> bool:
    return bool(kind == pa.string() or (pa.types.is_dictionary(kind) and kind.value_type == pa.string()))


def _fits(kind: pa.DataType, wanted: str) -> bool:
    expected = table.TYPES[wanted]
    return _is_text(kind) if expected == pa.string() else bool(kind == expected)


def _type(found: pa.Table, column: str) -> str:
    named = [field for field in found.schema if field.name == column]
    if len(named) != 1:
        return f"{len(named)} of that name"
    return f"{named[0].type}, {found[column].null_count} not given"


def _outside(reference: Node, values: NDArray[Any], right: NDArray[np.bool_], expected: str) -> Faults:
    wrong = np.flatnonzero(~right.reshape(len(values), -1).all(axis=1))
    if len(wrong):
        found = f"{values[wrong[0]].tolist()} in row {wrong[0]}, one of {len(wrong)} such rows"
        yield Fault(reference["file"].text(), expected, found)


def _quality(quality: Node) -> Faults:
    if not isinstance(quality.value, dict):
        raise quality.wrong("an object or null")
    for key in ("trustworthiness", "neighbours_kept", "dpq16"):
        if quality.value.get(key) is not None:
            quality[key].number(0, 1)
    yield from ()


def _kept(kept: Node) -> Faults:
    for key in ("old", "new"):
        kept[key].integer()
    if kept["drift_percent"].number(0) > 0 and kept["laid_out_again"].value is not True:
        yield kept["drift_percent"].wrong("0, where the map was not laid out again").fault
    if kept["quality_before"].value is not None:
        yield from _quality(kept["quality_before"])


def _pages(manifest: Node, one: Node) -> _Pages:
    return _Pages(manifest["atlas"]["page"].integer(1), one["cell"].integer(1), _slots(manifest))


def _slots(manifest: Node) -> int:
    """Slots of the atlas; sites written before images could go have one for each image."""
    images, count = manifest["counts"]["images"].integer(1), manifest["atlas"].get("count")
    return images if count is None else count.integer(images)


@dataclass(frozen=True)
class _Pages:
    """The format's arithmetic, written once more: a checker that shared the writer's would share its mistakes."""

    page: int
    cell: int
    slots: int

    @property
    def per_page(self) -> int:
        return (self.page // self.cell) ** 2

    @property
    def count(self) -> int:
        return -(-self.slots // self.per_page)

    def height(self, number: int) -> int:
        return self.height_of(min(self.per_page, self.slots - number * self.per_page))

    def height_of(self, slots: int) -> int:
        return -(-slots // (self.page // self.cell)) * self.cell


def _hotspot(spot: Node, rows: NDArray[Any], count: int, *, made: bool) -> Faults:
    spot["label"].text()
    spot["named"].boolean()
    for tag in tags.list() if (tags := spot.get("tags")) else []:
        tag.text()
    if spot["count"].integer() != len(rows):
        yield spot["count"].wrong(f"{len(rows)}, the rows that are members").fault
    if spot["item"].integer(0, count - 1) not in rows:
        yield spot["item"].wrong("the row of a member").fault
    yield from _frame(spot)
    for ring in spot["outline"].list():
        if len([point for point in ring.list() if len([value.number(-2, 2) for value in point.list()]) == 2]) < 3:
            yield spot["outline"].wrong("rings of three points or more").fault
    if not (_EDITED_ID if made else _ID).fullmatch(spot["id"].text()):
        yield spot["id"].wrong("32 hexadecimal characters").fault


def _frame(spot: Node) -> Faults:
    values = {key: [value.number(-1 - _SLACK, 1 + _SLACK) for value in spot[key].list()] for key in ("centre", "bounds")}
    if len(values["centre"]) != 2:
        yield spot["centre"].wrong("x and y").fault
    bounds = values["bounds"]
    if len(bounds) != 4 or bounds[0] > bounds[2] or bounds[1] > bounds[3]:
        yield spot["bounds"].wrong("x0, y0, x1, y1, in order").fault
