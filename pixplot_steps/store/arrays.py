"""Arrays as Zarr version 3 with the sharding codec: files of up to 64 MiB of values, chunks of about 1 MB, or of one row each.

An array is named inside a folder (a Zarr group). Arrays are written once, by one writer, and never changed. Writing holds the values of
one file in memory. Zarr writes what an array is, and reads slices; files are written, and single rows read, by `pieces`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec, Crc32cCodec

from pixplot_steps.errors import MissingPartError
from pixplot_steps.store import commit, pieces
from pixplot_steps.store.pieces import Blosc, Cut

if TYPE_CHECKING:
    import dask.array as da

CHUNK_BYTES = 1 << 20
SHARD_BYTES = 64 << 20


class Values(Protocol):
    """What is written: a numpy array, or values that lie elsewhere and are read slice by slice."""

    @property
    def shape(self) -> tuple[int, ...]:
        """At least one axis."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of all values."""

    def __getitem__(self, rows: slice, /) -> NDArray[Any]:
        """Rows of the first axis, for slices without steps."""


Packing = Literal["small", "quick", "none"]
"""`small`: what stays and is read seldom; `quick`: pixels that a network waits for, a fifth longer, but written in a quarter of the time
and read in half; `none`: what is packed already, such as JPEG files. Measured on photographs of 224 x 224 pixels."""


_PACKERS = {"small": Blosc("zstd", 3, shuffle=True), "quick": Blosc("lz4", 5, shuffle=False), "none": None}


def write(folder: Path, name: str, values: Values, packing: Packing = "small", *, scattered: bool = False) -> None:
    """Write `values` as array `name` of the group `folder`, cut along the first axis.

    `scattered`: rows will be read here and there (`Stored.rows`), so each is a chunk of its own.
    """
    group = zarr.open_group(folder, mode="a", zarr_format=3)
    chunk_rows, shard_rows = _split(values, 1 if scattered else CHUNK_BYTES)
    packer = _PACKERS[packing]
    group.create_array(
        name,
        shape=values.shape,
        dtype=values.dtype,
        chunks=(chunk_rows, *_tail(values)),
        shards=(shard_rows, *_tail(values)),
        # A checksum closes each chunk: a changed bit is found whenever the chunk is read, at no cost to speak of.
        compressors=[*_codec(packer, values.dtype.itemsize), Crc32cCodec()],
        config={"write_empty_chunks": True},
    )
    cut = Cut(chunk_rows, shard_rows, _tail(values), values.dtype)
    for number, begin in enumerate(range(0, values.shape[0] if math.prod(values.shape) else 0, shard_rows)):
        pieces.write(cut.path(folder / name, number), cut, values[begin : begin + shard_rows], packer)


def _codec(packer: Blosc | None, itemsize: int) -> list[BloscCodec]:
    if packer is None:
        return []
    return [BloscCodec(cname=packer.name, clevel=packer.level, shuffle="shuffle" if packer.shuffle else "noshuffle", typesize=itemsize)]


def read(folder: Path, name: str) -> NDArray[Any]:
    """Read a whole array into memory."""
    return open_array(folder, name)[...]


@dataclass(frozen=True)
class Stored:
    """An array on disk. Slicing reads the chunks it needs, and raises DamagedError where one is not what was written."""

    folder: Path
    name: str
    array: zarr.Array[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, then the sides of each."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the elements."""
        return np.dtype(self.array.dtype)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.array.ndim

    @property
    def chunks(self) -> tuple[int, ...]:
        """Shape of the least piece that is read."""
        return self.array.chunks

    def __getitem__(self, key: Any) -> NDArray[Any]:
        return self._read(lambda: self.array[key])

    def rows(self, wanted: NDArray[np.integer[Any]]) -> NDArray[Any]:
        """The rows of these numbers, in their order; only the chunks that hold one are read. Raises DamagedError."""
        array = self.array
        if len(wanted) and not 0 <= int(wanted.min()) <= int(wanted.max()) < self.shape[0]:
            raise IndexError(f"rows {wanted.min()} to {wanted.max()} of {self.shape[0]} in {self.name}")
        cut = Cut(array.chunks[0], (array.shards or array.chunks)[0], array.chunks[1:], self.dtype)
        packed = BloscCodec in {type(codec) for codec in array.compressors}
        return self._read(lambda: pieces.read(self.folder / self.name, cut, wanted, packed))

    def _read(self, ask: Callable[[], Any]) -> NDArray[Any]:
        try:
            return np.asarray(ask())
        except (ValueError, RuntimeError) as error:
            raise commit.damaged(self.folder, f"the bytes written to {self.name}", str(error)) from None


def open_array(folder: Path, name: str) -> Stored:
    """Open an array without reading it. Raises MissingPartError and, where its files are gone or garbled, DamagedError."""
    commit.check_file(folder / name / "zarr.json")
    try:
        array = zarr.open_array(folder / name, mode="r", zarr_format=3)
    except FileNotFoundError:
        raise MissingPartError(f"no array {name!r}", where=str(folder), action="remove this folder and run again") from None
    except (ValueError, KeyError, TypeError) as error:
        raise commit.damaged(folder, f"metadata of the array {name}", str(error)) from None
    # Zarr reads a file that is missing as zeros.
    missing = [path for path in _files(array) if array.size and not (folder / name / path).is_file()]
    if missing:
        raise commit.damaged(folder, f"{name}/{missing[0]}", "no such file")
    return Stored(folder, name, array)


def _files(array: zarr.Array[Any]) -> list[str]:
    counts = [math.ceil(length / side) for length, side in zip(array.shape, array.shards or array.chunks, strict=True)]
    return ["/".join(["c", *map(str, place)]) for place in np.ndindex(*counts)]


def lazy(folders: list[Path], name: str) -> da.Array:
    """All parts of an array, one after another along the first axis, as one dask array with a block per part."""
    import dask.array as da

    parts = [open_array(folder, name) for folder in folders]
    return da.concatenate([da.from_array(part, chunks=part.shape) for part in parts], axis=0)


def _tail(values: Values) -> tuple[int, ...]:
    # A zero-length axis would make a zero-length chunk, which Zarr refuses.
    return tuple(max(1, n) for n in values.shape[1:])


def _split(values: Values, chunk_bytes: int) -> tuple[int, int]:
    row_bytes = max(1, math.prod(_tail(values)) * values.dtype.itemsize)
    rows = max(1, values.shape[0])
    chunk = max(1, min(rows, chunk_bytes // row_bytes))
    chunks_per_shard = max(1, min(math.ceil(rows / chunk), SHARD_BYTES // (chunk * row_bytes)))
    return chunk, chunk * chunks_per_shard
