"""The collection as IIIF Presentation 3 (https://iiif.io/api/presentation/3.0/): a manifest for each hotspot, and all of it in parts.

Canvases have ids of their own, since two items may show one canvas, and name the manifests that they come from (`partOf`). Where an
image service is known the picture comes from there, else from the site.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.site.manifest import picture_path
from pixplot_steps.site.table import SERVICE_COLUMN

FOLDER = "iiif"
PART = 500
"""Canvases of a manifest, so that viewers can open it."""

_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_WEB = re.compile(r"https?://\S+")
_RIGHTS = re.compile(r"http://(creativecommons\.org/|rightsstatements\.org/vocab/)\S+")

Json = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One item. `size`: of the site's picture in pixels; `service`: a JSON object as fetch writes it, or None.

    `told`: texts by role or name: title, permalink, rights, attribution, manifest.
    """

    item: str
    picture: str
    size: tuple[int, int]
    service: str | None
    told: Mapping[str, str]


_ROLES = ("title", "permalink")
_NAMES = ("rights", "attribution", "manifest")


def rows(items: pa.Table, sizes: NDArray[np.generic], longest: int) -> list[Row]:
    """The shown items (catalogue schema). `sizes`: of the originals in pixels, [N, 2]; `longest`: side of the site's largest picture."""
    columns = {name: items[name].to_pylist() for name in ("item", "image")}
    column_of = {(field.metadata or {}).get(b"role", b"").decode(): field.name for field in items.schema}
    named = {role: column_of[role] for role in _ROLES if role in column_of}
    named |= {name: name for name in _NAMES if name in items.column_names and pa.types.is_string(items[name].type)}
    told = {key: items[name].to_pylist() for key, name in named.items()}
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


def _fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def manifests(
    address: str, title: str, rows: Sequence[Row], hotspots: Iterable[tuple[str, str, Sequence[int]]]
) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of all files. `address`: of the site, ending in a slash; `hotspots`: id, label and rows of each.

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
            yield path, _bytes(manifest(address, address + path, heading, [rows[row] for row in part]))
    path = f"{FOLDER}/collection.json"
    yield path, _bytes({"@context": _CONTEXT, "id": address + path, "type": "Collection", "label": _text(title), "items": listed})


def manifest(address: str, its_id: str, label: str, rows: Iterable[Row]) -> Json:
    """One manifest, with a canvas for each row."""
    canvases = [_canvas(address, its_id, row) for row in rows]
    return {"@context": _CONTEXT, "id": its_id, "type": "Manifest", "label": _text(label), "items": canvases}


def _canvas(address: str, manifest_id: str, row: Row) -> Json:
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
    return canvas | _described(row.told)


def _described(told: Mapping[str, str]) -> Json:
    found: Json = {}
    if _RIGHTS.fullmatch(told.get("rights", "")):
        found["rights"] = told["rights"]
    if told.get("attribution"):
        found["requiredStatement"] = {"label": {"en": ["Attribution"]}, "value": _text(told["attribution"])}
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
