"""The output folder of PixPlot 2: metadata, hotspots and the map of an earlier life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pixplot_steps.errors import SourceError
from pixplot_steps.exchange.common import Brought, mapping, read_json, text


def bring(source: Path) -> Brought:
    """The folder with `data/manifest.json` in it, or `data` itself. Raises SourceError."""
    data = next((folder for folder in (source / "data", source) if (folder / "manifest.json").is_file()), None)
    if data is None:
        raise SourceError(
            "This is no output of PixPlot", expected="data/manifest.json", where=str(source), action="name its folder `output`"
        )
    manifest = mapping(read_json(data / "manifest.json"), data / "manifest.json")
    files = _files(data, manifest)
    originals = data / "originals"
    return Brought(
        title="",
        rows=[_row(data, name) for name in files],
        images=originals if originals.is_dir() else None,
        positions=_positions(data, manifest, files),
        clusters=_clusters(data, manifest, files),
        remarks=["its pictures are 600 pixels high: name the folder of the true originals with --images, if you have it"]
        if originals.is_dir()
        else [],
    )


def _file(data: Path, reference: Any) -> Path | None:
    """A file below `data` that the manifest names by a path that begins with the folder of that time."""
    parts = str(reference or "").replace("\\", "/").split("/")
    below = parts[parts.index("data") + 1 :] if "data" in parts else parts
    if not below or any(part in ("", ".", "..") for part in below):
        return None
    paths = [data.joinpath(*below), data.joinpath(*below[:-1], f"{below[-1]}.gz")]
    return next((path for path in paths if path.is_file()), None)


def _files(data: Path, manifest: Mapping[str, Any]) -> list[str]:
    path = _file(data, manifest.get("imagelist"))
    listed = mapping(read_json(path), path).get("images") if path is not None else None
    if not isinstance(listed, list) or not listed:
        raise SourceError(
            "The list of pictures is not there", expected="the file that `imagelist` names", where=str(data), action="copy all of data/"
        )
    return [str(name) for name in listed]


def _row(data: Path, name: str) -> dict[str, str]:
    path = data / "metadata" / "file" / f"{name}.json"
    plain = "/" not in name and name not in (".", "..")
    value = read_json(path) if plain and path.is_file() else {}
    return {"filename": name, **({str(k): text(v) for k, v in value.items() if k != "filename"} if isinstance(value, dict) else {})}


def _positions(data: Path, manifest: Mapping[str, Any], files: list[str]) -> dict[str, tuple[float, float]]:
    """Of the first map without jitter."""
    layouts = manifest.get("layouts")
    paths = (_file(data, one) for one in _texts(layouts.get("umap") if isinstance(layouts, dict) else None) if "jitter" not in one)
    path = next((one for one in paths if one is not None), None)
    values = read_json(path) if path is not None else []
    if not isinstance(values, list) or len(values) != len(files):
        return {}
    places = zip(files, values, strict=True)
    return {name: (float(one[0]), float(one[1])) for name, one in places if isinstance(one, list) and len(one) >= 2}


def _texts(value: Any) -> Iterator[str]:
    """All paths of JSON files in a nested value, in order."""
    if isinstance(value, str) and value.partition(".json")[1]:
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from _texts(one)


def _clusters(data: Path, manifest: Mapping[str, Any], files: list[str]) -> dict[str, str]:
    """The label of each picture's hotspot; those that a user saved come before those that were found. The first of several counts."""
    paths = [_file(data, manifest.get(name)) for name in ("custom_hotspots", "default_hotspots")]
    path = next((one for one in paths if one is not None), None)
    listed = read_json(path) if path is not None else []
    found: dict[str, str] = {}
    for number, one in enumerate(listed if isinstance(listed, list) else [], start=1):
        label = str(one.get("label") or f"Cluster {number}") if isinstance(one, dict) else ""
        images = one.get("images") if isinstance(one, dict) else None
        for row in images if isinstance(images, list) else []:
            if isinstance(row, int) and 0 <= row < len(files):
                found.setdefault(files[row], label)
    return found
