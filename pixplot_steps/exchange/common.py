"""What the formats share: rows as plain values, names, tables of text, and reading what others wrote."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pixplot_steps.errors import SourceError
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit

TAGS = "|"
"""Between tags in a cell."""


@dataclass(frozen=True)
class Wanted:
    """`layouts`: names, the first is the one for programs that know one; `address`: of the site, ending in a slash, or empty.

    `pictures`: whether pictures are put into the file itself, where a format can hold them.
    """

    layouts: tuple[str, ...]
    address: str = ""
    pictures: bool = False


@dataclass
class Brought:
    """What another program's folder says. `rows`: of the metadata, each with `filename`; `positions`, `clusters`: by file name.

    `timeline`: what happened in which year, rows of `year`, `title`, `text` and `extra`;
    `images`: a folder of pictures in it, None where there is none; `columns`: types for the configuration; `remarks`: for the user.
    """

    title: str
    rows: list[dict[str, str]]
    images: Path | None = None
    timeline: list[dict[str, str]] = field(default_factory=list)
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def is_free(folder: Path) -> bool:
    """Whether nothing would be overwritten there: a folder that is empty, or not there."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def cells(site: Site) -> Iterator[dict[str, Any]]:
    """Each item's columns as plain values, `item` first; lists stay lists."""
    names = ["item", *(one["name"] for one in site.columns if one["name"] != "item")]
    for batch in site.items.select(names).to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def hotspot_of(site: Site) -> list[str]:
    """The label of each item's hotspot, empty for none."""
    labels = np.full(len(site), "", dtype=object)
    for hotspot in site.hotspots:
        labels[hotspot.rows] = hotspot.label
    return [str(label) for label in labels]


def text(value: Any) -> str:
    """A value in a cell of a table of text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return TAGS.join(map(str, value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def names(items: Sequence[str]) -> list[str]:
    """A distinct name for each item that is safe as a file name and in an address: its own without suffix, numbered where that is taken."""
    seen: dict[str, int] = {}
    found = []
    for item in items:
        plain = re.sub(r"[^\w-]+", "_", item.rpartition("/")[2].rpartition(".")[0] or item).strip("_") or "item"
        seen[plain] = seen.get(plain, 0) + 1
        found.append(plain if seen[plain] == 1 else f"{plain}-{seen[plain]}")
    return found if len(set(found)) == len(found) else [f"{name}-{row}" for row, name in enumerate(found)]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file in UTF-8, row by row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with commit.file(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_json(path: Path, value: Any, *, indent: int | None = None) -> None:
    """A JSON file in UTF-8."""
    commit.unsynced_file(path, json.dumps(value, ensure_ascii=False, indent=indent).encode())


def read_json(path: Path) -> Any:
    """A JSON file, compressed or not. Raises SourceError."""
    try:
        data = path.read_bytes()
        return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, ValueError, EOFError) as error:
        raise SourceError(
            "A file cannot be read", expected="JSON", found=str(error), where=str(path), action="check that it is whole"
        ) from None


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file in UTF-8, short ones filled up. Raises SourceError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{key: value or "" for key, value in row.items() if key is not None} for row in csv.DictReader(file)]
    except (OSError, ValueError, csv.Error) as error:
        raise SourceError(
            "A table cannot be read", expected="CSV in UTF-8", found=str(error), where=str(path), action="check that it is whole"
        ) from None


def beside(folder: Path, reference: Any, *below: str) -> Path | None:
    """What a foreign path or address names by its last part, in `folder` or one of its folders `below`; None where there is nothing."""
    name = str(reference or "").rstrip("/").replace("\\", "/").rpartition("/")[2].partition("?")[0]
    if name in ("", ".", ".."):
        return None
    return next((path for path in (folder / name, *(folder / one / name for one in below)) if path.exists()), None)


def mapping(value: Any, path: Path) -> Mapping[str, Any]:
    """A JSON object. Raises SourceError for anything else."""
    if not isinstance(value, dict):
        raise SourceError(
            "A file holds something else", expected="a JSON object", found=type(value).__name__, where=str(path), action="check it"
        )
    return value
