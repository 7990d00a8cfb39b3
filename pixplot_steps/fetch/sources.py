"""What the configuration names as `manifests`: addresses, lists of them, tables with a column of them, and files that are manifests."""

from __future__ import annotations

import csv
import glob
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pixplot_steps.errors import SourceError

MANIFEST_COLUMNS = ("manifest", "manifests", "manifest_url", "manifest url", "iiif manifest", "iiif_manifest", "iiif", "url")
SERVICE_COLUMNS = ("service", "image service", "image_service", "iiif image", "iiif_image", "info.json", "info")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_SEPARATORS = ",;\t|"
_LONGEST_CELL = 1 << 30


@dataclass(frozen=True)
class Page:
    """The address of a manifest or collection, and what a table says of its pictures."""

    address: str
    cells: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Local:
    """A file that is a manifest or a collection."""

    path: Path


@dataclass(frozen=True)
class Picture:
    """The address of an image service, and what a table says of its picture."""

    address: str
    cells: dict[str, list[str]]


Source = Page | Local | Picture


def read(sources: list[str]) -> Iterator[Source]:
    """All that the sources (addresses, or absolute paths or patterns) name, in order. Raises SourceError."""
    for source in sources:
        if _WEB.match(source):
            yield Page(source)
        elif Path(source).is_file():
            yield from _file(Path(source))
        else:
            # `Path.glob` knows no absolute patterns.
            found = [path for path in map(Path, sorted(glob.glob(source, recursive=True))) if path.is_file()]  # noqa: PTH207
            if not found:
                raise _wrong("There is no such list of manifests", source, "no such file")
            for path in found:
                yield from _file(path)


def _file(path: Path) -> Iterator[Source]:
    if path.suffix.lower() == ".json":
        yield Local(path)
    elif path.suffix.lower() in (".csv", ".tsv"):
        yield from _table(path)
    else:
        yield from _lines(path)


def _lines(path: Path) -> Iterator[Source]:
    for number, line in enumerate(_text(path).splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if _WEB.match(text):
            yield Page(text)
        elif (path.parent / text).is_file():
            yield Local(path.parent / text)
        else:
            raise _wrong("A list of manifests has a line that is none", f"{path}, line {number}", repr(text[:100]))


def _table(path: Path) -> Iterator[Source]:
    csv.field_size_limit(_LONGEST_CELL)
    text = _text(path)
    separator = max(_SEPARATORS, key=lambda one: len(next(csv.reader(io.StringIO(text, newline=""), delimiter=one), [])))
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    names = [name for name in rows.fieldnames or [] if name]
    lower = {name.strip().lower(): name for name in reversed(names)}
    key = next((lower[name] for name in (*MANIFEST_COLUMNS, *SERVICE_COLUMNS) if name in lower), None)
    if key is None:
        raise _wrong("A table names no manifests", str(path), f"the columns {', '.join(names[:20])}")
    is_service = key.strip().lower() in SERVICE_COLUMNS
    for row in rows:
        address = (row[key] or "").strip()
        cells = {name.strip(): [value.strip()] for name in names if name != key and (value := row[name] or "").strip()}
        if address and is_service:
            yield Picture(address.removesuffix("/info.json").rstrip("/"), cells)
        elif address:
            yield Page(address, cells)


def name(path: Path) -> str:
    """How a local manifest is called: by its own id, which its server knows it by; else by the name of its file."""
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return path.name
    found = value.get("id", value.get("@id")) if isinstance(value, dict) else None
    return found if isinstance(found, str) and _WEB.match(found) else path.name


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", "replace")


def _wrong(summary: str, where: str, found: str) -> SourceError:
    return SourceError(
        summary,
        expected="an address that begins with http:// or https://, a manifest (.json), a text file of addresses, or a CSV table with a "
        "column `manifest` or `service`",
        found=found,
        where=where,
        action="correct --images, or `manifests` in the configuration; see docs/iiif.md",
    )
