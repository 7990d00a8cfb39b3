"""The collection as IIIF Presentation 3 (https://iiif.io/api/presentation/3.0/): a manifest for each hotspot, and all of it in parts.

Canvases have ids of their own, since two items may show one canvas, and name the manifests that they come from (`partOf`). Where an
image service is known the picture comes from there, else from the site.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.site import rights, table
from pixplot_steps.site.manifest import picture_path
from pixplot_steps.site.rights import Rights
from pixplot_steps.site.table import SERVICE_COLUMN

FOLDER = "iiif"
PART = 500
"""Canvases of a manifest, so that viewers can open it."""

NONE = Rights()
"""Of a collection that says nothing."""

_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_WEB = re.compile(r"https?://\S+")

Json = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One item. `size`: of the site's picture in pixels; `service`: a JSON object as fetch writes it, or None.

    `told`: texts: title, permalink and manifest; credit and licence, where the item has its own.
    """

    item: str
    picture: str
    size: tuple[int, int]
    service: str | None
    told: Mapping[str, str]


_ROLES = ("title", "permalink")
_NAMES = ("manifest",)


def rows(items: pa.Table, sizes: NDArray[np.generic], longest: int) -> list[Row]:
    """The shown items (catalogue schema). `sizes`: of the originals in pixels, [N, 2]; `longest`: side of the site's largest picture."""
    columns = {name: items[name].to_pylist() for name in ("item", "image")}
    column_of = {(field.metadata or {}).get(b"role", b"").decode(): field.name for field in items.schema}
    named = {role: column_of[role] for role in _ROLES if role in column_of}
    named |= {name: name for name in _NAMES if name in items.column_names and pa.types.is_string(items[name].type)}
    told = {key: items[name].to_pylist() for key, name in named.items()}
    columns_ = table.columns(items.schema)
    told["credit"] = _texts(items, rights.named(columns_, rights.CREDITS))
    told["licence"] = _texts(items, rights.named(columns_, rights.LICENCES), rights.uri)
    found = items[SERVICE_COLUMN].to_pylist() if SERVICE_COLUMN in items.column_names else [None] * items.num_rows
    return [
        Row(
            item=columns["item"][row],
            picture=picture_path(columns["image"][row]),
            size=_fitted(int(sizes[row, 0]), int(sizes[row, 1]), longest),
            service=found[row],
            told={key: values[row] for key, values in told.items() if values[row]},
        )
        for row in range(items.num_rows)
    ]


def _texts(items: pa.Table, names: Sequence[str], better: Callable[[str], object] = bool) -> list[str]:
    """Of each row the first text that there is in some columns, one that is better before others."""
    rows_ = zip(*(items[name].to_pylist() for name in names), strict=True) if names else ((),) * items.num_rows
    found = ([text for text in map(_joined, row) if text] for row in rows_)
    return [next(filter(better, texts), texts[0] if texts else "") for texts in found]


def _joined(value: object) -> str:
    """A cell as one text: of tags all."""
    listed = value if isinstance(value, list) else [value]
    return ", ".join(f"{one}" for one in listed if one is not None).strip()


def _fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def manifests(
    address: str, title: str, rows: Sequence[Row], hotspots: Iterable[tuple[str, str, Sequence[int]]], of: Rights = NONE
) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of all files. `address`: of the site, ending in a slash; `hotspots`: id, label and rows of each; `of`: the collection.

    Larger ones are in several manifests. The collection comes last.
    """
    listed: list[Json] = []
    pieces = [(f"hotspot-{key}", label, members) for key, label, members in hotspots]
    for name, label, members in [*pieces, ("all", title, range(len(rows)))]:
        parts = [members[start : start + PART] for start in range(0, len(members), PART)]
        for number, part in enumerate(parts, start=1):
            path = f"{FOLDER}/{name}.json" if len(parts) == 1 else f"{FOLDER}/{name}-{number}.json"
            heading = label if len(parts) == 1 else f"{label} ({number}/{len(parts)})"
            listed.append({"id": address + path, "type": "Manifest", "label": _text(heading)})
            yield path, _bytes(manifest(address, address + path, heading, [rows[row] for row in part], of))
    path = f"{FOLDER}/collection.json"
    whole = {"@context": _CONTEXT, "id": address + path, "type": "Collection", "label": _text(title)}
    yield path, _bytes(whole | _statement(_split(rows, of)[0]) | {"items": listed})


def manifest(address: str, its_id: str, label: str, rows: Sequence[Row], of: Rights = NONE) -> Json:
    """One manifest, with a canvas for each row. What is true of all rows is said of the manifest, all else of canvases."""
    shared, rest = _split(rows, of)
    canvases = [_canvas(address, its_id, row, rest) for row in rows]
    return {"@context": _CONTEXT, "id": its_id, "type": "Manifest", "label": _text(label)} | _statement(shared) | {"items": canvases}


def _split(rows: Iterable[Row], of: Rights) -> tuple[Rights, Rights]:
    """What of the collection's holds for all rows, as none of them has its own; and the rest, which is to be said of single ones."""
    own = {key for row in rows for key in ("credit", "licence") if row.told.get(key)}
    credit, licence = "credit" not in own, "licence" not in own
    whole = Rights(of.credit * credit, of.licence * licence, of.address * licence)
    return whole, Rights(of.credit * (not credit), of.licence * (not licence), of.address * (not licence))


def _statement(of: Rights) -> Json:
    return rights.statement(of.credit, of.licence, of.address)


def _canvas(address: str, manifest_id: str, row: Row, of: Rights) -> Json:
    key = f"{manifest_id}/canvas/{digest.of_lines([row.item])}"
    body = _body(address, row)
    painting = {"id": f"{key}/image", "type": "Annotation", "motivation": "painting", "body": body, "target": key}
    canvas = {
        "id": key,
        "type": "Canvas",
        "label": _text(row.told.get("title") or row.item),
        "height": body["height"],
        "width": body["width"],
        "items": [{"id": f"{key}/page", "type": "AnnotationPage", "items": [painting]}],
    }
    return canvas | _described(row.told, of)


def _described(told: Mapping[str, str], of: Rights) -> Json:
    """`of`: what the collection says of rows that have nothing of their own."""
    licence = (told["licence"], "") if told.get("licence") else (of.licence, of.address)
    found = rights.statement(told.get("credit") or of.credit, *licence)
    if _WEB.fullmatch(told.get("permalink", "")):
        found["homepage"] = [
            {"id": told["permalink"], "type": "Text", "label": _text(told.get("title") or told["permalink"]), "format": "text/html"}
        ]
    if _WEB.fullmatch(told.get("manifest", "")):
        found["partOf"] = [{"id": told["manifest"], "type": "Manifest"}]
    return found


def _body(address: str, row: Row) -> Json:
    if row.service is None:
        return _image(address + row.picture, *row.size)
    service = json.loads(row.service)
    known = service["width"] and service["height"]
    body = _image(service["large"], *((service["width"], service["height"]) if known else row.size))
    if service["version"] >= 3:
        body["service"] = [{"id": service["id"], "type": "ImageService3", "profile": f"level{service['level']}"}]
    else:
        profile = f"http://iiif.io/api/image/2/level{service['level']}.json"
        if service["version"] == 1:
            profile = f"http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level{service['level']}"
        body["service"] = [{"@id": service["id"], "@type": f"ImageService{service['version']}", "profile": profile}]
    return body


def _image(address: str, width: int, height: int) -> Json:
    return {"id": address, "type": "Image", "format": "image/jpeg", "width": width, "height": height}


def _text(text: str) -> Json:
    return {"none": [text]}


def _bytes(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
