"""The site folder: writes only what differs, and sweeps what is no longer named. Touches nothing that a site does not own.

A site owns `index.html`, `assets/`, `data/`, `pictures/`, `iiif/` and `deepzoom/`; other files at its root are the publisher's.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from pixplot_steps.errors import SiteError
from pixplot_steps.store import commit

MANIFEST = "data/manifest.json"

_OWNED = (
    re.compile(r"data/[0-9a-f]{32}\.\w+(\.gz)?"),
    re.compile(r"pictures/[^/]{1,2}/[^/]+\.jpg"),
    re.compile(r"assets/.+"),
    re.compile(r"iiif/[\w-]+\.json"),
    re.compile(r"deepzoom/[0-9a-f]{12}(\.(dzi|jpg|png|pdf)|_files/\d+/\d+_\d+\.jpg|/info\.json|/[a-z\d,]+/[a-z\d,]+/0/default\.jpg)"),
    re.compile(r"(.+/)?\.[^/]+\.partial"),
)
_LASTING = re.compile(r"(data/[0-9a-f]{32}\.|assets/.+\.)(arrow|bin|js|css|svg|json)")
_RECORD_FORMAT = 1
FOLDERS = ("data", "pictures", "assets", "iiif", "deepzoom")


def compressible(named: set[str]) -> set[str]:
    """Those files that never change under their name, and are not compressed by themselves."""
    return {name for name in named if _LASTING.fullmatch(name)}


def write(root: Path, name: str, data: bytes | memoryview) -> None:
    """Write `name` below `root`, unless it is there with the same bytes."""
    path = root / name
    if not _same(path, data):
        commit.unsynced_file(path, data)


def write_hashed(root: Path, name: str, data: bytes | memoryview) -> None:
    """Write a file named by its content, unless it is there with the same length."""
    path = root / name
    if not (path.is_file() and path.stat().st_size == len(data)):
        commit.unsynced_file(path, data)


def has(root: Path, name: str, length: int) -> bool:
    """Whether `name` is a file of this length."""
    try:
        return (root / name).stat().st_size == length
    except OSError:
        return False


def read_record(path: Path) -> dict[str, str]:
    """Which shards' pictures the site has: the digest of each shard's folder, by the shard's name."""
    try:
        value = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return dict(value["pictures"]) if value.get("format") == _RECORD_FORMAT else {}


def write_record(path: Path, pictures: dict[str, str]) -> None:
    """Remember which shards' pictures the site has."""
    commit.bytes_file(path, commit.json_text({"format": _RECORD_FORMAT, "pictures": pictures}))


def write_manifest(root: Path, data: bytes) -> None:
    """Write the manifest when all else has reached the disk."""
    os.sync()
    commit.bytes_file(root / MANIFEST, data)


def sweep(root: Path, named: set[str]) -> int:
    """Remove the site's own files that are not `named` (paths relative to `root`), then empty folders; returns how many files went."""
    gone = 0
    for folder in FOLDERS:
        for place in (Path(place) for place, _, _ in os.walk(root / folder, topdown=False)):
            stale = [path for path in place.iterdir() if not path.is_dir() and _is_stale(path.relative_to(root).as_posix(), named)]
            for path in stale:
                path.unlink()
            gone += len(stale)
            if next(place.iterdir(), None) is None:
                place.rmdir()
    return gone


def stale(root: Path, named: set[str]) -> int:
    """How many of the site's own files are not `named`."""
    return sum(_is_stale(path, named) for path in _files(root))


def check_owner(root: Path) -> None:
    """Refuse a folder that holds something else: its `pictures` could be somebody's originals. Raises SiteError."""
    strangers = [path for path in _files(root) if not (path == MANIFEST or any(owned.fullmatch(path) for owned in _OWNED))]
    if strangers:
        raise SiteError(
            "the site's folder holds other files",
            expected="an empty folder, or one that this program wrote",
            found=strangers[0],
            where=str(root),
            action="choose another folder for the site, or move these files away",
        )


def _files(root: Path) -> list[str]:
    places = (place for folder in FOLDERS for place in os.walk(root / folder))
    return [f"{Path(place).relative_to(root).as_posix()}/{name}" for place, _, files in places for name in files]


def _is_stale(path: str, named: set[str]) -> bool:
    return path not in named and any(owned.fullmatch(path) for owned in _OWNED)


def _same(path: Path, data: bytes | memoryview) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
