"""The manifest's value, from parts that are already written. See docs/format.md, "data/manifest.json"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FORMAT = "pixplot-site"
VERSION = 1
PICTURE_PATH = "pictures/{prefix}/{image}.jpg"

Json = dict[str, Any]


@dataclass(frozen=True)
class Atlas:
    """One level of pages, and the slot of each row."""

    page: int
    format: str
    cell: int
    slots: Json
    pages: list[Json]


@dataclass(frozen=True)
class Pictures:
    """`longest_side`: of the largest picture, in pixels; `bytes`: of all together."""

    longest_side: int
    bytes: int


@dataclass(frozen=True)
class Parts:
    """Everything that a manifest names. `layouts`: name, the layout's own summary and the reference to its positions, in order."""

    title: str
    description: str
    images: int
    shards: int
    table: Json
    columns: list[dict[str, str | None]]
    colours: Json
    sizes: Json
    stacks: Json
    years: list[Json]
    layouts: list[tuple[str, Json, Json]]
    atlas: Atlas
    neighbours: Json
    hotspots: Json
    members: Json
    problems: Json
    pictures: Pictures
    vectors: Json


def picture_path(image: str) -> str:
    """Where the picture of an image lies, relative to the site's root."""
    return PICTURE_PATH.format(prefix=image[:2], image=image)


def value(parts: Parts) -> Json:
    """The manifest as a JSON value; nothing in it depends on the time or on the machine."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": parts.title,
        "description": parts.description,
        "counts": _counts(parts),
        "table": parts.table,
        "columns": parts.columns,
        "colours": parts.colours,
        "sizes": parts.sizes,
        "stacks": parts.stacks,
        "years": parts.years,
        "layouts": [_layout(*layout) for layout in parts.layouts],
        "atlas": _atlas(parts.atlas),
        "neighbours": parts.neighbours,
        "hotspots": {"layout": parts.hotspots["layout"], "members": parts.members, "list": parts.hotspots["list"]},
        "problems": parts.problems,
        "pictures": {"path": PICTURE_PATH, "longest_side": parts.pictures.longest_side, "bytes": parts.pictures.bytes},
        "model": _model(parts.vectors["model"]),
        "vectors": {key: parts.vectors[key] for key in ("components", "explained_variance")},
    }


def _counts(parts: Parts) -> Json:
    return {"items": parts.table["rows"], "images": parts.images, "shards": parts.shards, "problems": parts.problems["rows"]}


def _layout(name: str, summary: Json, positions: Json) -> Json:
    return {"name": name, "positions": positions, **{key: summary[key] for key in ("label", "kind", "cell", "quality")}}


def _atlas(atlas: Atlas) -> Json:
    levels = [{"cell": atlas.cell, "pages": atlas.pages}]
    return {"page": atlas.page, "format": atlas.format, "slots": atlas.slots, "levels": levels}


def _model(summary: Json) -> Json:
    texts = {"name": summary["model"], "version": summary["version"], "dimensions": summary["dimensions"]}
    return {**texts, "description": summary.get("description", "")}
