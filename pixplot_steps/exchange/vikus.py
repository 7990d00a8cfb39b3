"""VIKUS Viewer (https://github.com/cpietsch/vikus-viewer): config.json, data.csv, timeline.csv, layouts as CSV, pictures and sprites."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pixplot_steps.errors import SourceError
from pixplot_steps.exchange import sprites
from pixplot_steps.exchange.common import Brought, Wanted, beside, cells, mapping, names, read_csv, read_json, text, write_csv, write_json
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit

_DELIMITER = ";"
_PICTURES = "1024"
_STYLE = {
    "fontColor": "#1d2733",
    "fontColorActive": "#ffffff",
    "fontBackground": "#2b5c86",
    "textShadow": "none",
    "timelineBackground": "#ffffff",
    "timelineFontColor": "#1d2733",
    "infoBackground": "#2b5c86",
    "infoFontColor": "#ffffff",
    "detailBackground": "#ffffff",
    "searchbarBackground": "#ffffff",
    "canvasBackground": "#ffffff",
}
_TYPES = {"tags": "keywords", "link": "link"}


def export(site: Site, out: Path, wanted: Wanted) -> list[Path]:
    """Write the folder `data` of a VIKUS Viewer: its tables, the pictures under the items' ids, and the sprites."""
    data = out / "data"
    ids = names(site.items["item"].to_pylist())
    fields = {one["name"]: _field(one["name"]) for one in site.columns}
    write_csv(data / "data.csv", ["id", "keywords", "year", *fields.values()], _rows(site, ids, list(fields)))
    write_csv(data / "timeline.csv", ["year", "title", "text", "extra"], ([*event, ""] for event in site.events))
    for name in wanted.layouts:
        # From 0 to 1, as its own scripts write them.
        places = (site.layout(name) + 1) / 2
        write_csv(
            data / "layouts" / f"{name}.csv", ["id", "x", "y"], ([i, f"{x:.6f}", f"{y:.6f}"] for i, (x, y) in zip(ids, places, strict=True))
        )
    commit.unsynced_file(data / "info.md", f"# {site.title}\n\n{site.manifest['description']}\n".encode())
    write_json(data / "config.json", _configuration(site, fields, wanted), indent=2)
    pictures = site.pictures()
    for name, picture in zip(ids, pictures, strict=True):
        target = data / _PICTURES / f"{name}.jpg"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(site.root / picture, target)
    sprites.write(data / "sprites", site.root, pictures, site.sizes, ids)
    return [data / "config.json", data / "data.csv"]


def bring(source: Path) -> Brought:
    """A folder with config.json and the tables that it names. Raises SourceError."""
    path = source / "config.json" if source.is_dir() else source
    folder = path.parent
    said = mapping(read_json(path), path)
    loader = mapping(said.get("loader"), path)
    table = beside(folder, loader.get("items"))
    if table is None:
        raise SourceError(
            "The items are not there", expected="the file that loader.items names", where=str(folder), action="copy it beside config.json"
        )
    labels = _labels(said.get("detail"))
    found = [_item(row, str(said.get("delimiter", ",")), labels) for row in read_csv(table)]
    project = said.get("project")
    return Brought(
        title=str(project.get("name", "")) if isinstance(project, dict) else "",
        rows=[row for row in found if row["filename"]],
        images=_images(folder, loader.get("textures")),
        positions=_positions(folder, loader.get("layouts")),
        columns={"keywords": {"type": "tags", "role": "tags"}},
        timeline=[row for row in _timeline(folder, loader) if _is_year(row.get("year", ""))],
        remarks=_remarks(folder, loader, found),
    )


def _field(name: str) -> str:
    return f"_{re.sub(r'[^0-9a-z]+', '_', name.lower()).strip('_') or 'field'}"


def _rows(site: Site, ids: Sequence[str], columns: Sequence[str]) -> Any:
    tags, year = site.role("tags") or site.role("category"), site.role("year") or site.role("date")
    for row, values in enumerate(cells(site)):
        given = values.get(tags) if tags else None
        keywords = given if isinstance(given, list) else [given] if given else []
        yield [
            ids[row],
            _DELIMITER.join(str(one).replace(_DELIMITER, ",") for one in keywords),
            text(values.get(year)) if year else "",
            *(text(values[name]) for name in columns),
        ]


def _configuration(site: Site, fields: Mapping[str, str], wanted: Wanted) -> dict[str, Any]:
    types = {one["name"]: _TYPES.get(one["type"], "text") for one in site.columns}
    labels = {one["name"]: one["label"] for one in site.columns}
    structure = [
        {"name": labels[name], "source": source, "display": "wide", "type": "link" if types[name] == "link" else "text"}
        for name, source in fields.items()
    ]
    shown = {one["name"]: one["label"] for one in site.manifest["layouts"]}
    layouts = [{"title": "Time", "type": "group", "groupKey": "year"}]
    layouts += [{"title": shown[name], "url": f"data/layouts/{name}.csv"} for name in wanted.layouts]
    return {
        "project": {"name": site.title},
        "delimiter": _DELIMITER,
        "loader": {
            "info": "data/info.md",
            "timeline": "data/timeline.csv",
            "items": "data/data.csv",
            "layouts": layouts,
            "textures": {
                "medium": {"size": sprites.SIDE, "url": "data/sprites/spritesheet.json"},
                "detail": {"size": 1024, "url": f"data/{_PICTURES}/"},
            },
        },
        "style": _STYLE,
        "projection": {"columns": 10},
        "detail": {"structure": structure},
    }


def _labels(detail: Any) -> dict[str, str]:
    structure = detail.get("structure") if isinstance(detail, dict) else None
    entries = [one for one in structure if isinstance(one, dict)] if isinstance(structure, list) else []
    # The source of a `function` is a program, which nobody runs here.
    return {
        str(one["source"]): str(one["name"]) for one in entries if one.get("type") != "function" and one.get("source") and one.get("name")
    }


def _item(row: Mapping[str, str], delimiter: str, labels: Mapping[str, str]) -> dict[str, str]:
    found = {"filename": row.get("id") or row.get("imageid", "")}
    for name, value in row.items():
        if name == "keywords":
            found["keywords"] = "|".join(one.strip() for one in value.split(delimiter or ",") if one.strip())
        elif name not in ("id", "imageid"):
            label = name if name == "year" else labels.get(name, name.removeprefix("_"))
            found[label if label not in found and label != "keywords" else name] = value
    return found


def _images(folder: Path, textures: Any) -> Path | None:
    """The folder of the largest pictures that lie here."""
    sizes = textures if isinstance(textures, dict) else {}
    urls = [sizes[name].get("url") for name in ("big", "detail") if isinstance(sizes.get(name), dict)]
    return next((path for path in (beside(folder, url) for url in urls) if path is not None and path.is_dir()), None)


def _positions(folder: Path, layouts: Any) -> dict[str, tuple[float, float]]:
    """Of the first layout that has any."""
    for one in layouts if isinstance(layouts, list) else []:
        path = beside(folder, one.get("url"), "layouts") if isinstance(one, dict) else None
        if path is not None and path.is_file():
            return {row["id"]: (float(row["x"]), float(row["y"])) for row in read_csv(path) if _numbers(row)}
    return {}


def _numbers(row: Mapping[str, str]) -> bool:
    try:
        float(row["x"]), float(row["y"])
    except (KeyError, ValueError):
        return False
    return bool(row.get("id"))


def _remarks(folder: Path, loader: Mapping[str, Any], found: Sequence[Mapping[str, str]]) -> list[str]:
    remarks = []
    without = sum(not row["filename"] for row in found)
    if without:
        remarks.append(f"{without} rows have no id, and are left out")
    strange = sum(not _is_year(row.get("year", "")) for row in _timeline(folder, loader))
    if strange:
        remarks.append(f"{strange} entries of the timeline are left out: their year is no number")
    return remarks


def _timeline(folder: Path, loader: Mapping[str, Any]) -> list[dict[str, str]]:
    path = beside(folder, loader.get("timeline"))
    return read_csv(path) if path is not None and path.is_file() else []


def _is_year(text: str) -> bool:
    return re.fullmatch(r"-?0*[1-9]\d*", text.strip()) is not None
