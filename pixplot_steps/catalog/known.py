"""What is in the files: the digest of each one's bytes. An index of earlier runs saves reading what has not changed."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pixplot_steps import archive, digest
from pixplot_steps.catalog import pages
from pixplot_steps.catalog.files import File
from pixplot_steps.store import ledger

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file's time of change is believed: a file written twice within one tick of the clock looks unchanged."""

_TOGETHER = 64
"""Files that a thread reads at a stretch."""

_PAGES = pa.list_(pa.field("element", pa.int32()))
_INDEX = pa.schema(
    [("item", pa.string()), ("size", pa.int64()), ("mtime", pa.int64()), ("image", pa.string()), ("pages", _PAGES)], ledger.FORMAT
)


class Known(NamedTuple):
    """`image`: digest of a file's bytes; `pages`: numbers of the pages that are items, None where nobody looked."""

    image: str
    pages: tuple[int, ...] | None


def read(found: list[File], path: Path, threads: int, *, look: bool) -> tuple[dict[str, Known], list[tuple[str, str]]]:
    """What each file holds, and (item, reason) of those that could not be read.

    Files with the path, size and time of change that the index at `path` knows of an earlier run are not read again. `look`: for pages.
    """
    began = time.time_ns()
    known = _earlier(found, path, need_pages=look)
    fresh = [file for file in found if file.item not in known]
    faults = []
    for file, result in _read_all(fresh, threads, look=look):
        if isinstance(result, Known):
            known[file.item] = result
        else:
            faults.append((file.item, result))
    settled = [file for file in found if file.item in known and file.mtime < began - _SETTLED]
    _write_index(path, settled, known)
    print(f"catalog: {len(found)} files, {len(fresh)} of them read", file=sys.stderr)
    return known, faults


def _earlier(found: list[File], path: Path, *, need_pages: bool) -> dict[str, Known]:
    """What the index knows of the files as they are now. Arrow finds them: a million rows as Python's objects take a gibibyte."""
    index = ledger.read(path, _INDEX)
    if index is None or not found:
        return {}
    place = pc.index_in(pa.array([file.item for file in found], pa.string()), value_set=index["item"].combine_chunks())
    rows = np.asarray(place.fill_null(-1))
    same = rows >= 0
    for name in ("size", "mtime"):
        same[same] = np.asarray(index[name])[rows[same]] == np.array([getattr(file, name) for file in found], np.int64)[same]
    if need_pages:
        same[same] = np.asarray(index["pages"].is_valid())[rows[same]]
    kept = index.select(["image", "pages"]).take(pa.array(rows[same]))
    images, pages_ = kept["image"].to_pylist(), kept["pages"].to_pylist()
    return {
        found[i].item: Known(image, None if numbers is None else tuple(numbers))
        for i, image, numbers in zip(np.flatnonzero(same).tolist(), images, pages_, strict=True)
    }


def _read_all(fresh: list[File], threads: int, *, look: bool) -> list[tuple[File, Known | str]]:
    """Read plain files side by side, and each archive by one thread from its beginning to its end."""
    alone = [file for file in fresh if file.member is None]
    # Many to a task: one each would cost more than reading small files does, and a gibibyte for a million.
    plain = [alone[start : start + _TOGETHER] for start in range(0, len(alone), _TOGETHER)]
    inside = sorted((file for file in fresh if file.member is not None), key=lambda file: (file.path, file.offset or 0))
    groups = plain + [list(group) for _, group in groupby(inside, key=lambda file: file.path)]
    with ThreadPoolExecutor(max(1, threads)) as pool:
        results = pool.map(lambda group: [(file, _read(file, look=look)) for file in group], groups)
        return [pair for group in results for pair in group]


def _read(file: File, *, look: bool) -> Known | str:
    try:
        if file.member is not None:
            data = archive.read(file.path, file.member, file.offset, file.size)
            return Known(digest.of_bytes(data), tuple(pages.of_bytes(data)) if look else None)
        path = Path(file.path)
        return Known(digest.of_file(path), _pages_of(path) if look else None)
    except archive.FAULTS as error:
        return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _pages_of(path: Path) -> tuple[int, ...]:
    with path.open("rb") as file:
        return tuple(pages.of_tiff(file))


def _write_index(path: Path, settled: list[File], known: dict[str, Known]) -> None:
    index = {
        "item": [f.item for f in settled],
        "size": [f.size for f in settled],
        "mtime": [f.mtime for f in settled],
        "image": [known[f.item].image for f in settled],
        "pages": [known[f.item].pages for f in settled],
    }
    ledger.write(path, pa.table(index, schema=_INDEX), _INDEX)
