"""The manifest's value, from parts that are already written. See docs/format.md, "data/manifest.json"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pixplot_steps.site.rights import Rights

FORMAT = "pixplot-site"
VERSION = 1
PICTURE_PATH = "pictures/{prefix}/{image}.jpg"

Json = dict[str, Any]


@dataclass(frozen=True)
class Hotspots:
    """Those of one map, and its regions, the coarse level: entries and the array of members; `region_members` is None without any.

    `edited`: where a person arranged them, the sets of rows that `members` does not tell, and the entries that were removed.
    """

    layout: str
    listed: list[Json]
    members: Json
    regions: list[Json]
    region_members: Json | None
    edited: Json | None = None


@dataclass(frozen=True)
class Atlas:
    """`levels`: cell and pages of each, ascending by cell; `slots`: reference to the slot of each row.

    `count`: slots, of images that are gone too.
    """

    page: int
    format: str
    count: int
    slots: Json
    levels: list[tuple[int, list[Json]]]


@dataclass(frozen=True)
class Pictures:
    """`longest_side`: of the largest picture, in pixels; `bytes`: of all together."""

    longest_side: int
    bytes: int


@dataclass(frozen=True)
class Model:
    """What the vectors and the graph of neighbours of one model say of themselves."""

    vectors: Json
    neighbours: Json


@dataclass(frozen=True)
class Parts:
    """Everything that a manifest names. `layouts`: name, the layout's own summary and the references to its files, in order.

    `models`, `neighbours` and `hotspots` (summary and reference to the members) are in one order; the first made the first layout.
    `deepzoom`: what is said of the deep zooms of layouts, by name.
    """

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
    models: list[Model]
    atlas: Atlas
    neighbours: list[Json]
    hotspots: list[Hotspots]
    problems: Json
    pictures: Pictures
    deepzoom: dict[str, Json]
    services: Json | None = None
    look: Json | None = None
    opening: str = ""
    alt: str | None = None
    rights: Rights = field(default_factory=Rights)
    search: Json | None = None
    table_parts: Json | None = None
    stories: Json | None = None


def picture_path(image: str) -> str:
    """Where the picture of an image lies, relative to the site's root."""
    return PICTURE_PATH.format(prefix=image[:2], image=image)


def value(parts: Parts) -> Json:
    """The manifest as a JSON value; nothing in it depends on the time or on the machine."""
    optional = {"services": parts.services, "search": parts.search, "parts": parts.table_parts, "stories": parts.stories}
    optional["rights"] = parts.rights.told
    return _always(parts) | {key: found for key, found in optional.items() if found}


def _always(parts: Parts) -> Json:
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
        "layouts": [_layout(parts, *layout) for layout in parts.layouts],
        "atlas": _atlas(parts.atlas),
        "neighbours": parts.neighbours[0],
        "more_neighbours": _more_neighbours(parts),
        "hotspots": _hotspots(parts.hotspots[0]),
        "more_hotspots": [_hotspots(one) for one in parts.hotspots[1:]],
        "problems": parts.problems,
        "pictures": {"path": PICTURE_PATH, "longest_side": parts.pictures.longest_side, "bytes": parts.pictures.bytes},
        "model": _model(parts.models[0].vectors["model"]),
        "models": [_all_of(model) for model in parts.models],
        "vectors": _vectors(parts.models[0]),
        "look": parts.look,
        "opening": parts.opening,
        "alt": parts.alt,
    }


def _counts(parts: Parts) -> Json:
    return {"items": parts.table["rows"], "images": parts.images, "shards": parts.shards, "problems": parts.problems["rows"]}


def _layout(parts: Parts, name: str, summary: Json, files: Json) -> Json:
    described = {key: summary[key] for key in ("label", "kind", "cell", "quality")}
    described |= {key: summary[key] for key in ("kept", "parameters", "variant_of", "supervised") if summary.get(key)}
    base = summary.get("variant_of", name)
    made = {"arrangement": base.partition("-")[0], "columns": summary.get("columns", []), "unit": summary.get("variant")}
    large = {"deepzoom": parts.deepzoom[name]} if name in parts.deepzoom else {}
    return {"name": name, "model": _model_of(parts, base), **described, **made, **files, **large}


def _model_of(parts: Parts, layout: str) -> str | None:
    """The model behind a layout: of `umap-<name>` the one that is named, of `umap` and `grid` the first, of others none."""
    if layout.partition("-")[0] not in ("umap", "tsne", "jitter", "grid", "similarity"):
        return None
    names = [str(model.vectors["model"]["model"]) for model in parts.models]
    return next((name for name in names if layout.endswith(f"-{name}")), names[0])


def _more_neighbours(parts: Parts) -> list[Json]:
    others = zip(parts.models[1:], parts.neighbours[1:], strict=True)
    return [{"model": _model(model.vectors["model"])["name"], "rows": rows} for model, rows in others]


def _hotspots(found: Hotspots) -> Json:
    regions = {"members": found.region_members, "list": found.regions} if found.regions else None
    edited = {"edited": found.edited} if found.edited else {}
    return {"layout": found.layout, "members": found.members, "list": found.listed, "regions": regions} | edited


def _all_of(model: Model) -> Json:
    described = model.vectors["model"]
    ran = {key: described[key] for key in ("engine", "precision") if key in described}
    graph = {key: model.neighbours[key] for key in ("count", "metric", "exact", "recall", "sample")}
    return {**_model(described), **ran, "vectors": _vectors(model), "neighbours": graph}


def _vectors(model: Model) -> Json:
    return {key: model.vectors[key] for key in ("components", "explained_variance")}


def _atlas(atlas: Atlas) -> Json:
    levels = [{"cell": cell, "pages": pages} for cell, pages in atlas.levels]
    return {"page": atlas.page, "format": atlas.format, "count": atlas.count, "slots": atlas.slots, "levels": levels}


def _model(summary: Json) -> Json:
    texts = {"name": summary["model"], "version": summary["version"], "dimensions": summary["dimensions"]}
    return {**texts, "description": summary.get("description", "")}
