"""Reading shards for a site: sizes, colours and the panel's pictures of the images shown, one shard at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.site.manifest import Model
from pixplot_steps.store import arrays, commit, tables

_READ_BYTES = 1 << 25
"""Pictures read at once: 32 MiB."""


@dataclass(frozen=True)
class Part:
    """The images shown of one shard: its folder, their rows in it (ascending), and their ids."""

    folder: Path
    rows: NDArray[np.int64]
    ids: list[str]

    def only(self, places: list[int]) -> Part:
        """The part with some of its images, by their place in it."""
        return Part(self.folder, self.rows[places], [self.ids[place] for place in places])


def parts(vectors: Path, images: Path) -> Iterator[Part]:
    """The shards behind the vectors, in the vectors' order."""
    table = tables.read(vectors / "images.parquet", tables.IMAGES)
    shards = table["shard"].combine_chunks().dictionary_encode()
    indices = np.asarray(shards.indices)
    begins = np.flatnonzero(np.diff(indices, prepend=-1))
    for begin, end in zip(begins, [*begins[1:], len(indices)], strict=True):
        rows = table.slice(begin, end - begin)
        folder = images / f"{shards.dictionary[int(indices[begin])].as_py()}.zarr"
        yield Part(folder, np.asarray(rows["row"], dtype=np.int64), rows["image"].to_pylist())


def values(found: list[Part], name: str) -> NDArray[np.generic]:
    """An array's rows of all parts together, in the vectors' order."""
    return np.concatenate([arrays.read(part.folder, name)[part.rows] for part in found])


def pictures(part: Part) -> Iterator[tuple[str, memoryview]]:
    """Each image's id and its picture's file."""
    if not part.ids:
        return
    ends = arrays.read(part.folder, "picture_end").astype(np.int64)
    begins = np.concatenate([[0], ends[:-1]])[part.rows]
    ends = ends[part.rows]
    stored = arrays.open_array(part.folder, "picture")
    for first, last in _runs(begins, ends):
        data = np.asarray(stored[int(begins[first]) : int(ends[last])], dtype=np.uint8).data
        for i in range(first, last + 1):
            yield part.ids[i], data[int(begins[i] - begins[first]) : int(ends[i] - begins[first])]


def tiles(part: Path) -> Iterator[tuple[str, str | None, memoryview]]:
    """Each tile of a part of a deep zoom: its paths as a Deep Zoom Image and as a IIIF image, and its file."""
    table = tables.read(part / "tiles.parquet", tables.TILES)
    if not table.num_rows:
        return
    ends = np.asarray(table["end"], dtype=np.int64)
    begins = np.concatenate([[0], ends[:-1]])
    names = list(zip(table["dzi"].to_pylist(), table["iiif"].to_pylist(), strict=True))
    stored = arrays.open_array(part, "tile")
    for first, last in _runs(begins, ends):
        data = np.asarray(stored[int(begins[first]) : int(ends[last])], dtype=np.uint8).data
        for i in range(first, last + 1):
            yield *names[i], data[int(begins[i] - begins[first]) : int(ends[i] - begins[first])]


def picture_lengths(part: Part) -> NDArray[np.int64]:
    """Bytes of each picture's file."""
    ends = arrays.read(part.folder, "picture_end").astype(np.int64)
    return np.diff(ends, prepend=0)[part.rows]


def longest_side(part: Part) -> int:
    """The longest side of the part's pictures, in pixels: images are reduced to a limit, never enlarged."""
    limit: int = commit.stamp(part.folder).summary["picture"]
    return min(limit, int(arrays.read(part.folder, "size")[part.rows].max()))


def problems(catalog: Path, folders: dict[str, list[Path]], items: pa.Table) -> list[pa.Table]:
    """The catalogue's problems, and those of the folders of each stage: a row for every item that shows the image."""
    shown_by = items.select(["image", "item"]).rename_columns(["image", "path"])
    found = [tables.read(catalog / "problems.parquet", tables.PROBLEMS, tables.PROBLEMS.names)]
    for stage, folder in ((stage, folder) for stage, listed in folders.items() for folder in listed):
        faults = tables.read(folder / "problems.parquet", tables.FAULTS)
        named = faults.join(shown_by, "image", join_type="inner")
        column = pa.array([stage] * named.num_rows, pa.string())
        found.append(named.append_column("stage", column).select(tables.PROBLEMS.names))
    return found


def missed_neighbours(models: Iterable[Model]) -> pa.Table:
    """A problem, of a setting and not of a picture, for each model whose search found too few of the true nearest neighbours."""
    rows = [
        {
            "path": "neighbours.exact_below",
            "stage": "neighbours",
            "kind": "neighbours missed",
            "reason": f"{described['model']}: {found['recall']:.3f} of the nearest neighbours were found, {found['wanted']} is wanted",
            "action": "set it above the number of pictures, which takes longer, or set vectors.components lower",
        }
        for described, found in ((model.vectors["model"], model.neighbours) for model in models)
        if found["recall"] < found["wanted"]
    ]
    return pa.Table.from_pylist(rows, schema=tables.PROBLEMS)


def _runs(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """First and last index of the pictures to read at once: those that follow each other, of 32 MiB, or a single larger one."""
    first = 0
    for i in range(1, len(begins) + 1):
        if i == len(begins) or begins[i] != ends[i - 1] or ends[i] - begins[first] > _READ_BYTES:
            yield first, i - 1
            first = i
