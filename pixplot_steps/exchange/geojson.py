"""GeoJSON (RFC 7946): a point for each item whose place is known, for any map program."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pixplot_steps.errors import SiteError
from pixplot_steps.exchange.common import Wanted, cells, hotspot_of
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit


def export(site: Site, out: Path, wanted: Wanted) -> list[Path]:
    """Write `items.geojson`, item by item. Raises SiteError where no column has the roles `lat` and `lng`."""
    lat, lng = site.role("lat"), site.role("lng")
    if lat is None or lng is None:
        raise SiteError(
            "the items have no places",
            expected="columns lat and lng",
            where=str(site.root),
            action="add them to the metadata, and build again",
        )
    hotspots, pictures = hotspot_of(site), site.pictures()
    path = out / "items.geojson"
    out.mkdir(parents=True, exist_ok=True)
    with commit.file(path) as draft, draft.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        between = "\n"
        for row, values in enumerate(cells(site)):
            place = values.pop(lng), values.pop(lat)
            if _known(*place):
                more = {"hotspot": hotspots[row], "picture": wanted.address + pictures[row]}
                feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(place)}, "properties": values | more}
                file.write(between + json.dumps(feature, ensure_ascii=False, allow_nan=False))
                between = ",\n"
        file.write("\n]}\n")
    return [path]


def _known(lng: Any, lat: Any) -> bool:
    numbers = all(isinstance(one, int | float) and math.isfinite(one) for one in (lng, lat))
    return numbers and abs(lat) <= 90 and abs(lng) <= 180
