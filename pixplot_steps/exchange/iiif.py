"""IIIF Presentation 3: a manifest for each hotspot and for all items, as a build with `site: address` writes them beside the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from pixplot_steps.errors import SiteError
from pixplot_steps.exchange.common import Wanted
from pixplot_steps.site import iiif
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit

_NAMES = ("rights", "attribution", "manifest")


def export(site: Site, out: Path, wanted: Wanted) -> list[Path]:
    """Write `iiif/*.json`. Raises SiteError where the address is not told, which is a part of the manifests' names."""
    if not wanted.address:
        raise SiteError(
            "the site's address is needed",
            expected="--address, such as https://example.org/map/",
            action="say where the site is on the web",
        )
    rows = _rows(site)
    spots = ((one.id, one.label, one.rows.tolist()) for one in site.hotspots)
    found = []
    for name, data in iiif.manifests(wanted.address, site.title, rows, spots):
        commit.unsynced_file(out / name, data)
        found.append(out / name)
    return found


def _rows(site: Site) -> list[iiif.Row]:
    columns = {key: name for key in ("title", "permalink") if (name := site.role(key))}
    columns |= {name: name for name in _NAMES if any(one["name"] == name for one in site.columns)}
    told = {key: site.items[name].to_pylist() for key, name in columns.items()}
    longest = site.manifest["pictures"]["longest_side"]
    services, pictures, items = _services(site), site.pictures(), site.items["item"].to_pylist()
    return [
        iiif.Row(
            item=items[row],
            picture=pictures[row],
            size=_fitted(int(site.sizes[row, 0]), int(site.sizes[row, 1]), longest),
            service=services[row],
            told={key: str(values[row]) for key, values in told.items() if values[row]},
        )
        for row in range(len(site))
    ]


def _fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _services(site: Site) -> list[str | None]:
    """The image service of each item, with the whole address of a large picture; None where it has none."""
    services: dict[str, Any] | None = site.manifest.get("services")
    if not services:
        return [None] * len(site)
    data = (site.root / services["records"]["file"]).read_bytes()
    ends = np.fromfile(site.root / services["ends"]["file"], "<u4").tolist()
    texts = [data[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    return [_whole(json.loads(one)) if one else None for one in texts]


def _whole(service: dict[str, Any]) -> str:
    large = service["large"]
    return json.dumps(service | {"large": large if "://" in large else service["id"] + large})
